"""A case as JSON, read strictly: exact numbers, no key twice, nothing that is not a case."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from kg.cases.labs import LabResult, number, read_result
from kg.cases.model import Case, short
from kg.cases.reading import GIVEN_KINDS, read_age, read_sex, settled
from kg.errors import LabFormatError, UsageError
from kg.terms import Entry, Kind, Lexicon
from kg.terms.lexicon import quoted
from kg.vocab import compact

_KEYS: Final = frozenset({"conditions", "drugs", "absent", "unknown", "labs", "age", "sex"})
_FLAG_KEYS: Final = frozenset({"marker", "state"})
_VALUE_KEYS: Final = frozenset({"marker", "value", "unit", "low", "high", "comparator"})
_DAY: Final = "dayOfTreatment"
_TIME_KEYS: Final = frozenset({"percentChangeFromBaseline", _DAY, "duringTreatment"})
_LONGEST: Final = 60
"""Digits of a number, before or after the point; more is a slip or an attack."""


def strict(text: str) -> object:
    """The JSON value of a text; numbers exact, no key twice, nothing that is not JSON."""
    try:
        value: object = json.loads(
            text,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_no_key_twice,
        )
    except ArithmeticError:
        raise UsageError("the case holds a number of a size that cannot be read.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the case is not JSON: {error}.") from None
    return value


def _refuse_constant(name: str) -> object:
    raise UsageError(f"the case holds {name}, which is not a number.")


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise UsageError(f"the case has a key twice: {', '.join(twice)}.")
    return dict(pairs)


def write(case: Case) -> dict[str, object]:
    """The case as plain values, without what it does not say."""
    written: dict[str, object] = {
        "conditions": [compact(entry.iri) for entry in case.conditions],
        "drugs": [compact(entry.iri) for entry in case.drugs],
        "absent": [compact(entry.iri) for entry in case.denied],
        "unknown": [compact(entry.iri) for entry in case.unknown],
        "labs": [_lab_to_json(lab) for lab in case.labs],
        "age": None if case.age is None else f"{case.age:f}",
        "sex": None if case.sex is None else compact(case.sex.iri),
    }
    return {key: value for key, value in written.items() if value not in (None, [])}


def read(data: object, lexicon: Lexicon) -> Case:
    """The case that plain values describe; UsageError where they are not a case."""
    case = _table(data, _KEYS, "a case")
    said: list[tuple[Entry, str]] = []
    for key, kinds, answer in (
        ("conditions", (Kind.CONDITION,), "yes"),
        ("drugs", GIVEN_KINDS, "yes"),
        ("absent", (Kind.CONDITION, *GIVEN_KINDS), "no"),
        ("unknown", (Kind.CONDITION, *GIVEN_KINDS), "unknown"),
    ):
        said += [(lexicon.find(_text(each, key), *kinds), answer) for each in _list(case, key)]
    results = [_lab_from_json(each, lexicon) for each in _list(case, "labs")]
    _check_treatments(results, said)
    age = _optional(case, "age", _number_text)
    sex = _optional(case, "sex", lambda value: _text(value, "sex"))
    return settled(lexicon, said, results, read_age(age), read_sex(sex, lexicon))


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
        raise UsageError(f"{key}: wanted a text; found {value!r}.")
    return value


def _number_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise UsageError(f"wanted a number, or its digits as a text; found {value!r}.")
    if not isinstance(value, Decimal) or not value.is_finite():
        return str(value)
    if abs(value.adjusted()) > _LONGEST:
        raise LabFormatError(f"{quoted(str(value))} has more than {_LONGEST} digits.")
    return f"{value:f}"


def _optional(table: Mapping[str, object], key: str, read: Callable[[object], str]) -> str | None:
    value = table.get(key)
    return None if value is None else read(value)


def _lab_from_json(data: object, lexicon: Lexicon) -> LabResult:
    lab = _table(data, _FLAG_KEYS | _VALUE_KEYS | _TIME_KEYS, "a result")
    marker = lexicon.find(_text(lab.get("marker"), "marker"), Kind.MARKER)
    if ("state" in lab) == ("value" in lab):
        raise LabFormatError(f"{marker.label}: wanted either a state or a value with its range.")
    typed = _typed(lab)
    result = read_result(marker, typed, lexicon, given=f"{short(marker)}={typed}")
    during = _optional(lab, "duringTreatment", lambda value: _text(value, "duringTreatment"))
    return replace(
        result,
        percent_change=_signed(lab, "percentChangeFromBaseline"),
        day_of_treatment=_signed(lab, _DAY),
        during=None if during is None else lexicon.find(during, *GIVEN_KINDS).iri,
    )


def _check_treatments(results: Iterable[LabResult], said: Iterable[tuple[Entry, str]]) -> None:
    """A result under a treatment needs that treatment among the drugs, under the same name."""
    given = {entry.iri: entry.label for entry, answer in said if answer == "yes"}
    for result in results:
        if result.during is not None and result.during not in given:
            raise UsageError(
                f"{quoted(result.given)}: duringTreatment names <{result.during}>, which is not "
                f"among the drugs of the case: {', '.join(given.values()) or 'none is given'}."
            )


def _typed(lab: Mapping[str, object]) -> str:
    """The result as it would be typed, so that there is one reader for both."""
    if "state" in lab:
        extra = sorted(_VALUE_KEYS & lab.keys() - {"marker"})
        if extra:
            raise LabFormatError(f"a state stands without {', '.join(extra)}.")
        return _text(lab["state"], "state")
    parts = {key: _optional(lab, key, _number_text) or "" for key in ("value", "low", "high")}
    unit, comparator = (
        _optional(lab, key, lambda value: _text(value, "unit or comparator")) or ""
        for key in ("unit", "comparator")
    )
    limits = f"({parts['low']}-{parts['high']})" if parts["low"] or parts["high"] else ""
    return f"{comparator}{parts['value']} {unit}{limits}"


def _signed(lab: Mapping[str, object], key: str) -> Decimal | None:
    text = _optional(lab, key, _number_text)
    if text is None:
        return None
    size = number(text.removeprefix("-"), key, text)
    if not text.startswith("-"):
        return size
    if key == _DAY:
        raise LabFormatError(f"{key} is {text}: a day of treatment is counted from its start.")
    return -size


def _lab_to_json(lab: LabResult) -> dict[str, object]:
    written: dict[str, object] = {"marker": compact(lab.marker.iri)}
    if lab.value is None:
        written["state"] = lab.state
    else:
        numbers = {"value": lab.value, "low": lab.low, "high": lab.high}
        written |= {key: f"{value:f}" for key, value in numbers.items() if value is not None}
        written |= {"unit": lab.unit} | ({"comparator": lab.comparator} if lab.comparator else {})
    if lab.percent_change is not None:
        written["percentChangeFromBaseline"] = f"{lab.percent_change:f}"
    if lab.day_of_treatment is not None:
        written["dayOfTreatment"] = f"{lab.day_of_treatment:f}"
    if lab.during is not None:
        written["duringTreatment"] = compact(lab.during)
    return written
