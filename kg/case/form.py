"""A case as plain values, in the form of the published case schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from kg.case.dates import DATE, read_day
from kg.case.labs import Reported, read_result
from kg.case.model import Case, short
from kg.case.numbers import DIGITS, UnsafeResultError, signed
from kg.case.reading import GIVEN_KINDS, find_marker, read_age, read_sex
from kg.case.results import Change, LabResult
from kg.case.settling import Told, UnknownAnalyte, settled
from kg.case.treatments import Course, read_course
from kg.model.errors import LabFormatError, UsageError
from kg.model.terms import Kind, Lexicon, quoted

_KEYS: Final = frozenset({"conditions", "drugs", "absent", "unknown", "labs", "age", "sex", "date"})
_DRUG_KEYS: Final = frozenset({"drug", "start", "stop"})
_ALWAYS: Final = frozenset({"marker", "date", "baseline"})
_FLAG_KEYS: Final = frozenset({"state"})
_VALUE_KEYS: Final = frozenset({"value", "unit", "low", "high", "rangeUnit", "comparator", "flag"})
_PERCENT: Final = "percentChangeFromBaseline"
_ALL_OF_IT: Final = -100
_DAY: Final = "dayOfTreatment"
_DURING: Final = "duringTreatment"
_TIME_KEYS: Final = frozenset({_PERCENT, _DAY, _DURING})
_COMPARATORS: Final = ("<", "<=", ">", ">=", "≤", "≥")


def read(data: object, lexicon: Lexicon, *, today: date | None = None) -> Case:
    """The case that plain values describe; UsageError where they are not a case."""
    case = _table(data, _KEYS, "a case")
    courses = [_course(each, lexicon) for each in _list(case, "drugs")]
    said = [(course.entry, "yes") for course in courses]
    for key, kinds, answer in (
        ("conditions", (Kind.CONDITION,), "yes"),
        ("absent", (Kind.CONDITION, *GIVEN_KINDS), "no"),
        ("unknown", (Kind.CONDITION, *GIVEN_KINDS), "unknown"),
    ):
        said += [(lexicon.find(_text(each, key), *kinds), answer) for each in _list(case, key)]
    results = [_lab(each, lexicon) for each in _list(case, "labs")]
    _check_treatments(results, courses)
    told = Told(
        said=tuple(said),
        courses=tuple(courses),
        results=tuple(results),
        age=read_age(_number_text(case, "age", "age") if "age" in case else None),
        sex=read_sex(_words(case, "sex"), lexicon),
        day=read_day(_words(case, "date"), "the day that is asked about"),
        today=today,
    )
    return settled(lexicon, told)


def _table(data: object, keys: frozenset[str], what: str) -> dict[str, object]:
    if not isinstance(data, Mapping):
        raise UsageError(f"{what} is an object; found {type(data).__name__}.")
    unknown = sorted(str(key) for key in data if key not in keys)
    if unknown:
        raise UsageError(
            f"{what} has no key {', '.join(unknown)}; its keys: {', '.join(sorted(keys))}."
        )
    return {str(key): value for key, value in data.items()}


def _list(case: Mapping[str, object], key: str) -> Iterator[object]:
    value = case.get(key, [])
    if not isinstance(value, list | tuple):
        raise UsageError(f"{key} is a list; found {type(value).__name__}.")
    yield from value


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{key}: wanted a text; found {value!r:.60}.")
    return value


def _words(table: Mapping[str, object], key: str) -> str | None:
    return None if key not in table else _text(table[key], key)


def _digits(value: object) -> str:
    """The digits of a number; a reason where it is of a size that no result has."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise LabFormatError(f"wanted a number, or its digits as a text; found {value!r:.60}.")
    if isinstance(value, str):
        return value
    value = Decimal(value)
    if abs(value.adjusted()) > DIGITS or len(f"{value:f}".lstrip("-")) > DIGITS:
        raise UnsafeResultError(f"a number has more than {DIGITS} digits")
    return f"{value:f}"


def _optional(table: Mapping[str, object], key: str, read: Callable[[object], str]) -> str | None:
    return None if key not in table else read(table[key])


def _date(table: Mapping[str, object], key: str) -> str:
    text = _words(table, key) or ""
    if key in table and not DATE.fullmatch(text):
        raise UsageError(f"{key} is {quoted(text)}; wanted a date such as 2026-03-01.")
    return text


def _course(data: object, lexicon: Lexicon) -> Course:
    if isinstance(data, str):
        return Course(lexicon.find(data, *GIVEN_KINDS))
    drug = _table(data, _DRUG_KEYS, "a drug")
    entry = lexicon.find(_text(drug.get("drug"), "drug"), *GIVEN_KINDS)
    return read_course(entry, _date(drug, "start"), _date(drug, "stop"))


def _lab(data: object, lexicon: Lexicon) -> LabResult | UnknownAnalyte:
    lab = _table(data, _ALWAYS | _FLAG_KEYS | _VALUE_KEYS | _TIME_KEYS, "a result")
    name = _text(lab.get("marker"), "marker")
    marker = find_marker(name, lexicon)
    try:
        reported, stated = _reported(lab, name), _stated(lab, lexicon)
    except UnsafeResultError as error:
        if marker is None:
            return UnknownAnalyte(name, name)
        return LabResult(marker, name, unsafe=error.message)
    if marker is None:
        return UnknownAnalyte(name, f"{name}={reported.text}")
    given = f"{short(marker)}={reported.text}"
    result = read_result(marker, reported, lexicon, given)
    return result if stated is None else replace(result, changes=(stated,))


def _reported(lab: Mapping[str, object], name: str) -> Reported:
    """The texts of a result, checked for the form of a flag or of a value."""
    if ("state" in lab) == ("value" in lab):
        raise LabFormatError(f"{quoted(name)}: wanted either a state or a value with its range.")
    if "state" in lab:
        extra = sorted(_VALUE_KEYS & lab.keys())
        if extra:
            raise LabFormatError(f"{quoted(name)}: a state stands without {', '.join(extra)}.")
    baseline = lab.get("baseline", False)
    if not isinstance(baseline, bool):
        raise LabFormatError(f"{quoted(name)}: baseline is true or false.")
    comparator = _words(lab, "comparator")
    if comparator not in (None, *_COMPARATORS):
        raise LabFormatError(
            f"{quoted(name)}: {quoted(comparator or '')} is no comparator; wanted one of "
            f"{', '.join(_COMPARATORS)}."
        )
    value, low, high = (_number_text(lab, key, name) for key in ("value", "low", "high"))
    unit, range_unit = (_words(lab, key) or "" for key in ("unit", "rangeUnit"))
    key = "state" if "state" in lab else "flag"
    flag = _words(lab, key)
    if flag is not None and not flag.strip():
        raise LabFormatError(f"{quoted(name)}: {key} is empty; wanted the flag of the laboratory.")
    return Reported(
        value, unit.strip(), low, high, range_unit.strip(), comparator or "", (flag or "").strip(),
        _date(lab, "date"), baseline,
    )  # fmt: skip


def _number_text(lab: Mapping[str, object], key: str, name: str) -> str:
    text = _optional(lab, key, _digits)
    if text is None:
        return ""
    signed(text, key, name)
    return text


def _stated(lab: Mapping[str, object], lexicon: Lexicon) -> Change | None:
    """What is stated of change and treatment; None where nothing is."""
    if not _TIME_KEYS & lab.keys():
        return None
    during = _words(lab, _DURING)
    percent = _signed(lab, _PERCENT)
    if percent is not None and percent < _ALL_OF_IT:
        raise UnsafeResultError(f"its change is {percent} %, and nothing falls by more than 100 %")
    return Change(
        percent,
        _signed(lab, _DAY),
        None if during is None else lexicon.find(during, *GIVEN_KINDS).iri,
    )


def _signed(lab: Mapping[str, object], key: str) -> Decimal | None:
    text = _optional(lab, key, _digits)
    if text is None:
        return None
    size = signed(text, key, text)
    if key == _DAY and size < 0:
        raise LabFormatError(f"{key} is {text}: a day of treatment is counted from its start.")
    return size


def _check_treatments(
    results: Iterable[LabResult | UnknownAnalyte], courses: Iterable[Course]
) -> None:
    """A result under a treatment needs that treatment among the drugs, under the same name."""
    given = {course.entry.iri: course.entry.label for course in courses}
    for result in results:
        stated = () if isinstance(result, UnknownAnalyte) else result.changes
        for change in stated:
            if change.during is not None and change.during not in given:
                raise UsageError(
                    f"{quoted(result.given)}: duringTreatment names <{change.during}>, which is "
                    f"not among the drugs of the case: "
                    f"{', '.join(given.values()) or 'none is given'}."
                )
