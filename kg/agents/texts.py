"""The texts of a case as an agent may write them, each as the reader of a case takes one.

Several names in one text are taken apart only where each of them is known for itself, and none
denies anything: what is no list would otherwise be read as something that nobody said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kg.case.model import GIVEN_KINDS, Unused
from kg.case.names import read_name
from kg.case.parse import Options, is_finding
from kg.model.terms import LONGEST_NAME, Kind, Lexicon

_NEXT_NAME: Final = re.compile(r"\s*[,;]\s*")
_NEXT_RESULT: Final = re.compile(r"\s*[,;]\s*(?=[^,;=()]*[A-Za-z][^,;=()]*=)")
_BEHIND: Final = re.compile(r"[@=].*", re.DOTALL)
"""A day or an answer behind a name."""


def read_texts(
    conditions: Iterable[str], drugs: Iterable[str], labs: Iterable[str], words: Lexicon
) -> Options:
    """The texts of three lists as the command line takes them."""
    have = _each_name(conditions, words, Kind.CONDITION)
    take = _each_name(drugs, words, *GIVEN_KINDS)
    return Options(
        has=[each for each in have if not is_finding(each)],
        drugs=[each for each in take if not is_finding(each)],
        labs=[part for each in kept(labs) for part in _NEXT_RESULT.split(each)],
        findings=[each for each in (*have, *take) if is_finding(each)],
    )


def kept(texts: Iterable[str]) -> list[str]:
    """The texts that say something; of a name that is too long for any, its beginning."""
    return [_shortened(each) for each in texts if each.strip()]


def _shortened(text: str) -> str:
    name, equals, rest = text.partition("=")
    if len(name) <= LONGEST_NAME:
        return text
    return f"{name[: LONGEST_NAME - 1]}…{equals}{rest}"


def _each_name(texts: Iterable[str], words: Lexicon, *kinds: Kind) -> list[str]:
    return [name for text in kept(texts) for name in _apart(text, words, kinds)]


def _apart(text: str, words: Lexicon, kinds: tuple[Kind, ...]) -> list[str]:
    """The names in one text where all are known, else the text."""
    parts = [each for each in _NEXT_NAME.split(text.strip()) if each]
    if len(parts) == 1 or _is_known(text, words, kinds):
        return [text]
    return parts if all(_is_known(each, words, kinds) for each in parts) else [text]


def _is_known(text: str, words: Lexicon, kinds: tuple[Kind, ...]) -> bool:
    name = _BEHIND.sub("", text).strip()
    if not name or len(name) > LONGEST_NAME:
        return False
    found = read_name(name, words, *kinds)
    return not isinstance(found, Unused) and not found.denied
