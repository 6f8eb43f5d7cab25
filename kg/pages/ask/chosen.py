"""A reading of a question that was chosen among several, as the form that says it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Final, cast

from msgspec.structs import replace

from kg.case import parse_options
from kg.case.parse import Options
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.pages.ask.typed import Typed, typed_from

_SEVERAL: Final = {"--has": "has", "--drug": "drugs", "--lab": "labs", "--finding": "findings"}
_ONCE: Final = {"--age": "age", "--sex": "sex"}


def choose(typed: Typed, options: str, lexicon: Lexicon) -> Typed:
    """The form with what the options of a reading say; its question counts as read.

    UsageError where they are no options of a reading.
    """
    document = parse_options(lexicon, **_read(options))
    kept = {name: getattr(typed, name) for name in ("question", "date", "about")}
    return replace(typed_from(document), question_read=typed.question, **kept)


def _read(options: str) -> Options:
    several: dict[str, list[str]] = {name: [] for name in _SEVERAL.values()}
    once: dict[str, str] = {}
    for name, value in _pairs(options):
        if name in _SEVERAL:
            several[_SEVERAL[name]].append(value)
        elif name in _ONCE:
            once[_ONCE[name]] = value
        else:
            raise UsageError("a reading is not one that a question has.")
    return cast("Options", {**several, **once})


def _pairs(options: str) -> Iterable[tuple[str, str]]:
    try:
        words = shlex.split(options)
    except ValueError:
        raise UsageError("a reading is not one that a question has.") from None
    if len(words) % 2:
        raise UsageError("a reading is not one that a question has.")
    return zip(words[::2], words[1::2], strict=True)
