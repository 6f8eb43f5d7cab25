"""What is wrong with a form, beside the field that it belongs to, in words for who fills it in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Final, cast

from msgspec import Struct
from msgspec.structs import replace

from kg.case import parse_options
from kg.case.dates import OLDEST
from kg.case.parse import Options
from kg.model.errors import AmbiguousQuestionError, KGError, UsageError
from kg.model.terms import LONGEST_NAME, Lexicon
from kg.pages.ask.typed import Typed, typed_from

_AT: Final = re.compile(r"(\w+)(\[\d+\])?(?:\.(\w+))?")
FORM: Final = "form"
"""Where stands what is wrong with the whole of it."""

_NUMBER: Final = "Wanted: a number, such as 212 or 3.5."
_DAY: Final = "Wanted: a day as year, month and day, such as 2026-03-01."
_NAME: Final = f"Wanted: a name of at most {LONGEST_NAME} characters."
_WANTED: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("value", "low", "high", "percentChangeFromBaseline", "dayOfTreatment"), _NUMBER
    ),
    **dict.fromkeys(("date", "start", "stop"), _DAY),
    **dict.fromkeys(("marker", "drug", "conditions", "absent", "unknown"), _NAME),
    "age": f"Wanted: an age in years, from 0 to {OLDEST}.",
    "duringTreatment": "Wanted: one of the drugs of this form.",
    "labs": (
        "Wanted: a measurement, and a value or one of high, normal and low. "
        "A unit and limits go with a value, and one flag."
    ),
    "drugs": "Wanted: the name of a drug or treatment.",
}
"""What is to stand in a field; of others the schema of a case says it."""


class Reading(Struct, frozen=True):
    """One way to read a question."""

    meaning: str
    said: str
    """What it says of the patient."""
    options: str
    """The options that it stands for, as they are typed."""


class Problem(Struct, frozen=True):
    """Why something cannot be read, and what is wanted there."""

    why: str
    names: tuple[str, ...] = ()
    """What may have been meant."""
    readings: tuple[Reading, ...] = ()
    """Of a question: the ways to read it."""


Found = Mapping[str, tuple[Problem, ...]]


def placed(faults: Iterable[Mapping[str, object]], places: Mapping[str, str]) -> Found:
    """Each fault by the row and field of the form; `places` say which row was which entry."""
    found: dict[str, tuple[Problem, ...]] = {}
    for fault in faults:
        where, key = _where(str(fault["at"]), places)
        names = fault.get("names", [])
        meant = tuple(map(str, names)) if isinstance(names, list) else ()
        said = _WANTED.get(key) or f"Wanted: {fault.get('wanted') or fault['why']}"
        found[where] = (*found.get(where, ()), Problem(said, meant))
    return found


def _where(at: str, places: Mapping[str, str]) -> tuple[str, str]:
    """The row and field of the form that a place of the case was typed in, and its key."""
    match = _AT.fullmatch(at)
    if match is None:
        return FORM, ""
    row = places.get(f"{match[1]}{match[2]}", FORM) if match[2] else match[1]
    key = match[3] or ""
    return (f"{row} {key}" if key and row != FORM else row), key or match[1]


def of_question(error: KGError) -> Found:
    """Why a question in words is not read, with its readings where there are several."""
    if isinstance(error, AmbiguousQuestionError):
        ways = zip(error.meanings, error.readings, strict=True)
        readings = tuple(Reading(meaning, in_words(each), each) for meaning, each in ways)
        return {"question": (Problem("It can be read in more than one way.", (), readings),)}
    return {"question": (Problem(f"{error.message[:1].upper()}{error.message[1:]}"),)}


def of_record(error: KGError) -> Found:
    """Why a record is not read."""
    return {"record": (Problem(f"{error.message[:1].upper()}{error.message[1:]}"),)}


# ── The readings of a question ──────────────────────────────────────────────────────────────────

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
