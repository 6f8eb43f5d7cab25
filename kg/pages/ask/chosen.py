"""The readings of a question that has several: each in words, and as the form that says it."""

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
_ANSWERS: Final = {"yes": "{}", "no": "no {}", "unknown": "{} not known"}
_ONCE: Final = {"--age": "age", "--sex": "sex"}


def choose(typed: Typed, options: str, lexicon: Lexicon) -> Typed:
    """The form with what the options of a reading say; its question counts as read.

    UsageError where they are no options of a reading.
    """
    document = parse_options(lexicon, **_read(options))
    kept = {name: getattr(typed, name) for name in ("question", "date", "about")}
    return replace(typed_from(document), question_read=typed.question, **kept)


def in_words(options: str) -> str:
    """What the options of a reading say of the patient, as people say it."""
    return "; ".join(_said(name, value) for name, value in _pairs(options))


def _said(name: str, value: str) -> str:
    what, _, answer = value.rpartition("=")
    match name:
        case "--lab":
            return value.replace("=", " ", 1)
        case "--finding" if answer in _ANSWERS:
            return _ANSWERS[answer].format(what)
        case "--age":
            return f"age {value}"
    return value


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
