"""Reading a case from what is typed, and its answers to yes and no."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from kg.case.dates import read_day
from kg.case.labs import read_result
from kg.case.model import Case
from kg.case.numbers import number
from kg.case.results import LabResult
from kg.case.settling import Told, UnknownAnalyte, settled
from kg.case.treatments import Course, read_course, typed_course
from kg.case.typed import parse_reported, split_typed
from kg.model.errors import LabFormatError, UnknownTermError, UsageError
from kg.model.terms import Entry, Kind, Lexicon, fold, quoted
from kg.model.vocabulary import EG_CASE

GIVEN_KINDS: Final = (Kind.DRUG, Kind.TREATMENT)
"""What a patient can be given."""

_OLDEST: Final = 130
_LONGEST_NAME: Final = 200


def read_case(  # noqa: PLR0913 - the inputs of a question
    lexicon: Lexicon,
    *,
    has: Iterable[str] = (),
    drugs: Iterable[str] = (),
    labs: Iterable[str] = (),
    findings: Iterable[str] = (),
    age: str | None = None,
    sex: str | None = None,
    day: str | None = None,
    today: date | None = None,
) -> Case:
    """The case of what was typed: terms by any of their names, results and findings as text."""
    said = [(lexicon.find(text, Kind.CONDITION), "yes") for text in has]
    courses = [_course(text, lexicon) for text in drugs]
    said += [(course.entry, "yes") for course in courses]
    said += [_finding(text, lexicon) for text in findings]
    told = Told(
        said=tuple(said),
        courses=tuple(courses),
        results=tuple(_result(text, lexicon) for text in labs),
        age=read_age(age),
        sex=read_sex(sex, lexicon),
        day=read_day(day, "the day that is asked about"),
        today=today,
    )
    return settled(lexicon, told)


def _course(text: str, lexicon: Lexicon) -> Course:
    name, start, stop = typed_course(text)
    return read_course(lexicon.find(name, *GIVEN_KINDS), start, stop)


def _result(text: str, lexicon: Lexicon) -> LabResult | UnknownAnalyte:
    name, result = split_typed(text)
    marker = find_marker(name, lexicon)
    if marker is None:
        return UnknownAnalyte(name, text.strip())
    return read_result(marker, parse_reported(result, marker, lexicon, text), lexicon, text)


def find_marker(name: str, lexicon: Lexicon) -> Entry | None:
    """The measurement of a name; None where no name is near it, so that it is no slip of a key."""
    try:
        return lexicon.find(name, Kind.MARKER)
    except UnknownTermError as error:
        if error.suggestions or not name.strip() or len(name) > _LONGEST_NAME:
            raise
        return None


def _finding(text: str, lexicon: Lexicon) -> tuple[Entry, str]:
    name, equals, answer = text.rpartition("=")
    value = _ANSWERS.get(fold(answer))
    if not equals or not name.strip() or value is None:
        raise UsageError(f"{quoted(text)} is no finding; wanted NAME=yes, NAME=no or NAME=unknown.")
    return lexicon.find(name.strip(), Kind.CONDITION, *GIVEN_KINDS), value


_ANSWERS: Final = {
    "yes": "yes",
    "y": "yes",
    "present": "yes",
    "no": "no",
    "n": "no",
    "absent": "no",
    "unknown": "unknown",
    "notknown": "unknown",
}


def read_age(text: str | None) -> Decimal | None:
    """An age in years; UsageError where it cannot be one."""
    if text is None:
        return None
    try:
        age = number(text.strip(), "the age", text)
    except LabFormatError as error:
        raise UsageError(error.message) from None
    if age > _OLDEST:
        raise UsageError(f"{quoted(text)}: the age is above {_OLDEST} years.")
    return age


def read_sex(text: str | None, lexicon: Lexicon) -> Entry | None:
    """The class of cases of a sex; UsageError where statements speak of none such."""
    if text is None:
        return None
    words = lexicon.states(EG_CASE)
    if fold(text) in words:
        return words[fold(text)]
    try:
        return lexicon.find(text, Kind.SEX)
    except UsageError:
        raise UsageError(
            f"{quoted(text)} is no sex that statements speak of; wanted {' or '.join(words)}."
        ) from None
