"""What markup is, and texts of the graph that a reader of markup or a model finds no orders in.

What nobody sees is taken out of a text: it can only mislead a reader who sees something else than
the model. What would be markup is written otherwise, as the place allows that the text is for: as
an escape of JSON, which reads as the same value; with a backslash in Markdown; and in plain text
with another sign that looks much the same. So no renderer of HTML or Markdown meets a tag, a link
or a fence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of Unicode whose characters have no shape."""
_WITHOUT_SHAPE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Characters of other categories that show nothing: Default_Ignorable_Code_Point of Unicode 15.1
(DerivedCoreProperties.txt), and the empty sign of Braille."""
_KEPT: Final = frozenset("\n\t")

_ALONE: Final = r"(?<=:)(?<!etiograph:)//|(?<=www)\.|(?<=\w)@(?=\w)"
"""What some renderers make a link by itself; none knows the scheme of our own resources."""
_NUMBERED: Final = "|".join(rf"(?<=^\d{{{digits}}})[.)]" for digits in range(1, 10))
"""What makes the number at the start of a text that of a list."""
_IN_JSON: Final = re.compile(rf"[<>&`*~]|!(?=\[)|(?<=\])[(\[]|{_ALONE}", re.IGNORECASE)
"""Tags, entities, fences, pictures and links: no sign of JSON itself, outside its texts."""
_IN_MARKDOWN: Final = re.compile(rf"[\\`*_\[\]<>&!|~#]|^[-+=:]|{_NUMBERED}|{_ALONE}", re.IGNORECASE)
"""Every sign that begins something, where it stands."""
_IN_TEXT: Final = re.compile(
    rf"[`~]|<(?=[a-z/!?])|&(?=[#\w])|\*(?=\S)|(?<!\w)_(?=\S)|!(?=\[)|(?<=\])[(\[]|{_ALONE}",
    re.IGNORECASE,
)
"""The same where comparisons, lists in brackets and single stars may stay."""
_ALIKE: Final[Mapping[str, str]] = {
    "`": "'", "~": "\u223c", "<": "\u2039", "&": "+", "*": "\u2217", "_": "\u02cd",
    "!": "! ", "(": " (", "[": " [", "//": " ", ".": " ", "@": " ",
}  # fmt: skip
"""What stands for each of them in plain text."""


def visible(value: object) -> object:
    """The value without unseen characters in its texts and names."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _seen(value)
    if isinstance(value, Mapping):
        return {visible(key): visible(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [visible(each) for each in value]
    return value


def without_markup(json: str) -> str:
    """The same JSON with what would be markup as escapes; JSON readers give the same value."""
    return _IN_JSON.sub(_as_json, json)


def escaped(text: str) -> str:
    """A text as Markdown on one line that shows it and nothing else."""
    return _IN_MARKDOWN.sub(r"\\\g<0>", _on_one_line(text))


def plain(text: str) -> str:
    """A text on one line for a place that shows it as it is, or as Markdown after other words."""
    return _IN_TEXT.sub(lambda found: _ALIKE[found[0]], _on_one_line(text))


def _on_one_line(text: str) -> str:
    return " ".join(str(visible(text)).split())


def _as_json(found: re.Match[str]) -> str:
    text = found[0]
    return r"\/\/" if text == "//" else "".join(f"\\u{ord(each):04x}" for each in text)


def _seen(text: str) -> str:
    shown = _WITHOUT_SHAPE.sub("", text)
    return "".join(e for e in shown if e in _KEPT or unicodedata.category(e) not in _UNSEEN)
