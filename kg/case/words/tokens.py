"""A question as tokens: words, numbers, days and signs, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from kg.model.spelling import without_plural

_TOKEN: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?!\d)"
    r"|(?:19|20)\d{2}-(?:0[1-9]|1[0-2])(?![\d-])"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?!\d)"
    r"|\d+(?:[.,]\d+)*"
    r"|[^\W\d_]+(?:'[^\W\d_]+)?"
    r"|<=|>=|\+/-|[+-]ve\b"
    r"|\S"
)
_SUPERSCRIPT: Final = re.compile("([⁰¹²³⁴-⁹]+)")
_DOTTED_DAY: Final = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}")
_FRACTION: Final = re.compile(r"(\d*)([¼½¾])")
_FRACTIONS: Final = {"¼": "25", "½": "5", "¾": "75"}
_QUOTES: Final = str.maketrans(dict.fromkeys("’‘`´ʼ′", "'"))  # noqa: RUF001
_SIGNS: Final = str.maketrans(dict.fromkeys("−‐‑", "-") | {"\u200b": " "})  # noqa: RUF001
_SPELLINGS: Final = (("ae", "e"), ("oe", "e"), ("our", "or"), ("oul", "ol"), ("isation", "ization"))
_SPELT_ALIKE: Final = 5
"""So many letters a word has whose spelling differs between countries."""


class Token(Struct, frozen=True):
    """A word, a number, a day or a sign."""

    text: str
    key: str
    """By which it is compared: without case, apostrophes, plural and national spelling."""
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Whether it is a number; a day is none."""
        return self.text[0].isdecimal() and not self.is_day

    @property
    def is_day(self) -> bool:
        """Whether it is a day, in whatever form."""
        signed = any(sign in self.text for sign in "-/") or _DOTTED_DAY.fullmatch(self.text)
        return self.text[0].isdecimal() and bool(signed)


def plain_text(text: str) -> str:
    """The text in one form of each character: no width, no superscript, one sign of each kind."""
    if text.isascii():
        return text
    marked = _SUPERSCRIPT.sub(r"^\1", text.translate(_QUOTES).translate(_SIGNS))
    marked = _FRACTION.sub(lambda each: f"{each[1] or 0}.{_FRACTIONS[each[2]]}", marked)
    plain = unicodedata.normalize("NFKC", marked).translate(_QUOTES).translate(_SIGNS)
    return "".join(each for each in plain if unicodedata.category(each) not in ("Cf", "Cs"))


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a text that `plain_text` made."""
    return tuple(
        Token(found.group(), key_of(found.group()), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    )


def key_of(word: str) -> str:
    """The key of one word."""
    plain = word.casefold().removesuffix("'s").replace("'", "")
    if not plain:
        return word
    if len(plain) > _SPELT_ALIKE:
        for one, other in _SPELLINGS:
            plain = plain.replace(one, other)
    return without_plural(plain)


def joined_key(tokens: tuple[Token, ...]) -> str:
    """The key of several tokens in a row: a hyphen joins, as a blank does."""
    return "".join([token.key for token in tokens if token.text != "-"])


def words_of(text: str) -> list[str]:
    """The texts of the tokens of a text that `plain_text` made."""
    return _TOKEN.findall(text)


def keys_joined(words: Iterable[str]) -> str:
    """The joined key of the texts of tokens."""
    return "".join([key_of(word) for word in words if word != "-"])
