"""Texts of the graph that a reader of markup or a language model finds no orders in.

A result is JSON, and its texts are data. What nobody sees is taken out of them: it can only mislead
a reader who sees something else than the model. What would be markup is written as an escape of
JSON: the value is the same, and no renderer of HTML or Markdown meets a tag, a link or a fence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_MARKUP: Final = re.compile(
    r"[<>&`*~]|!(?=\[)|(?<=\])[(\[]|(?<=:)//|(?<=www)\.|(?<=\w)@(?=\w)", re.IGNORECASE
)
"""Tags, entities, fences, pictures, links and what is made one by itself: no JSON but in texts."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of Unicode whose characters have no shape."""
_KEPT: Final = frozenset("\n\t")


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
    return _MARKUP.sub(_escaped, json)


def _escaped(found: re.Match[str]) -> str:
    text = found[0]
    return r"\/\/" if text == "//" else "".join(f"\\u{ord(each):04x}" for each in text)


def _seen(text: str) -> str:
    return "".join(e for e in text if e in _KEPT or unicodedata.category(e) not in _UNSEEN)
