"""A case as the plain dictionary of the published case schema.

Every form of a case (typed, JSON, Turtle, FHIR) becomes this dictionary, and `resolve` makes the
case of it. The schema itself is printed by `kg schema case`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias, TypedDict, cast

from msgspec import Struct

from kg.case.dates import is_day
from kg.case.model import Case, Change, LabResult
from kg.case.quantities import COMPARATORS, check_spelling
from kg.model.characters import check_characters
from kg.model.errors import LabFormatError, UsageError
from kg.model.terms import Entry, quoted
from kg.model.vocabulary import compact

Number: TypeAlias = str | int | Decimal
"""A number, or its digits as a text."""


class Onset(TypedDict):
    """A condition, or an event such as a fracture or a birth, with the day on which it began."""

    condition: str
    date: str


class Drug(TypedDict, total=False):
    """A drug or treatment with the days on which it began and ended."""

    drug: str
    start: str
    stop: str


class Lab(TypedDict, total=False):
    """A result: a state, or a value with what belongs to it."""

    marker: str
    state: str
    value: Number
    unit: str
    low: Number
    high: Number
    rangeUnit: str
    comparator: str
    flag: str
    date: str
    baseline: bool
    percentChangeFromBaseline: Number
    dayOfTreatment: Number
    duringTreatment: str


class Document(TypedDict, total=False):
    """A case; terms stand by any of their names."""

    conditions: list[str | Onset]
    drugs: list[str | Drug]
    absent: list[str]
    unknown: list[str]
    labs: list[Lab]
    age: Number
    sex: str
    date: str
    question: str
    """Words that are read as a case, beside the other keys."""


_KEYS: Final = frozenset(Document.__annotations__)
_ONSET_KEYS: Final = frozenset(Onset.__annotations__)
_DRUG_KEYS: Final = frozenset(Drug.__annotations__)
_LAB_KEYS: Final = frozenset(Lab.__annotations__)
_VALUE_KEYS: Final = frozenset({"value", "unit", "low", "high", "rangeUnit", "comparator", "flag"})
_HALF_A_CHARACTER: Final = r"\\u[dD][89a-fA-F]|[\ud800-\udfff]"
"""What may be one: two of them that fit make a whole character."""
_QUESTION_KEYS: Final = frozenset({"asked", "about", "case"})


def parse_json(text: str) -> object:
    """The JSON value of a text; numbers exact, no key twice, whole characters, nothing else."""
    import json  # a case that is typed needs none of it

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
    if re.search(_HALF_A_CHARACTER, text):
        check_characters(value, "the case")
    return value


def _refuse_constant(name: str) -> object:
    raise UsageError(f"the case holds {name}, which is not a number.")


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = sorted(key for key, count in counts.items() if count > 1)
        raise UsageError(f"the case has a key twice: {', '.join(twice)}.")
    return table


def check_document(data: object) -> Document:
    """A case of the form that the schema has; UsageError for any other value."""
    case = _table(data, _KEYS, "a case")
    for drug in _list(case, "drugs"):
        if not isinstance(drug, str):
            _check_drug(drug)
    for condition in _list(case, "conditions"):
        if isinstance(condition, Mapping):
            _check_onset(condition)
        else:
            _text(condition, "conditions")
    for key in ("absent", "unknown"):
        for name in _list(case, key):
            _text(name, key)
    for lab in _list(case, "labs"):
        _check_lab(lab)
    if "age" in case:
        _check_number(case["age"], "age", "age")
    for key in ("sex", "date", "question"):
        _words(case, key)
    return cast("Document", case)


def _check_onset(data: object) -> None:
    onset = _table(data, _ONSET_KEYS, "a condition with its day")
    if lacking := sorted(_ONSET_KEYS - onset.keys()):
        raise UsageError(
            f"a condition with its day has no {' and no '.join(lacking)}; wanted: condition and "
            "date, or its name alone as a text."
        )
    _text(onset.get("condition"), "condition")
    _text(onset.get("date"), "date")
    _check_day(onset["date"], "date")


def _check_drug(data: object) -> None:
    drug = _table(data, _DRUG_KEYS, "a drug")
    _text(drug.get("drug"), "drug")
    for key in ("start", "stop"):
        if key in drug:
            _check_day(drug[key], key)


def _check_lab(data: object) -> None:
    """The form of a flag or of a value."""
    lab = _of_keys(data, _LAB_KEYS, "a result")
    name = _text(lab.get("marker"), "marker")
    is_state = "state" in lab
    if is_state == ("value" in lab):
        raise LabFormatError(f"{quoted(name)}: wanted either a state or a value with its range.")
    if is_state and (extra := sorted(_VALUE_KEYS & lab.keys())):
        raise LabFormatError(f"{quoted(name)}: a state stands without {', '.join(extra)}.")
    for key, check in _CHECKS_OF_LAB:
        if key in lab:
            check(lab[key], key, name)


def _check_baseline(value: object, _: str, name: str) -> None:
    if not isinstance(value, bool):
        raise LabFormatError(f"{quoted(name)}: baseline is true or false.")


def _check_comparator(value: object, key: str, name: str) -> None:
    comparator = _text(value, key)
    if comparator not in COMPARATORS:
        raise LabFormatError(
            f"{quoted(name)}: {quoted(comparator)} is no comparator; wanted one of "
            f"{', '.join(COMPARATORS)}."
        )


def _check_flag(value: object, key: str, name: str) -> None:
    if not _text(value, key).strip():
        raise LabFormatError(f"{quoted(name)}: {key} is empty; wanted the flag of the laboratory.")


def _check_text(value: object, key: str, _: str) -> None:
    _text(value, key)


def _table(data: object, keys: frozenset[str], what: str) -> dict[str, object]:
    return {str(key): value for key, value in _of_keys(data, keys, what).items()}


def _of_keys(data: object, keys: frozenset[str], what: str) -> Mapping[str, object]:
    """A table that has no other keys."""
    if not isinstance(data, Mapping):
        raise UsageError(f"{what} is an object; found {type(data).__name__}.")
    if not keys.issuperset(data):
        unknown = sorted(str(key) for key in data if key not in keys)
        raise UsageError(
            f"{what} has no key {', '.join(unknown)}; its keys: {', '.join(sorted(keys))}."
        )
    return data


def _list(case: Mapping[str, object], key: str) -> Iterator[object]:
    value = case.get(key, [])
    if not isinstance(value, list | tuple):
        raise UsageError(f"{key} is a list; found {type(value).__name__}.")
    yield from value


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        found = "nothing" if value is None else f"{value!r:.60}"
        raise UsageError(f"{key}: wanted a text; found {found}.")
    return value


def _words(table: Mapping[str, object], key: str) -> str | None:
    return None if key not in table else _text(table[key], key)


def _check_number(value: object, key: str, given: str) -> None:
    if isinstance(value, str):
        check_spelling(value, key, given)
    elif isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise LabFormatError(f"wanted a number, or its digits as a text; found {value!r:.60}.")


def _check_change(value: object, key: str, _: str) -> None:
    _check_number(value, key, str(value))


def _check_day(value: object, key: str, _: str = "") -> None:
    text = _text(value, key)
    if not is_day(text):
        raise UsageError(f"{key} is {quoted(text)}; wanted a date such as 2026-03-01.")


_CHECKS_OF_LAB: Final[tuple[tuple[str, Callable[[object, str, str], None]], ...]] = (
    ("baseline", _check_baseline),
    ("comparator", _check_comparator),
    *((key, _check_number) for key in ("value", "low", "high")),
    *((key, _check_text) for key in ("unit", "rangeUnit", "duringTreatment")),
    *((key, _check_flag) for key in ("state", "flag")),
    ("date", _check_day),
    *((key, _check_change) for key in ("percentChangeFromBaseline", "dayOfTreatment")),
)
"""What is checked of the keys of a result, in this order."""


def case_to_json(case: Case) -> Document:
    """The case as the plain dictionary, without what it does not say; `resolve_case` reads it."""
    written: dict[str, object] = {
        "conditions": [each for e in case.conditions for each in _conditions_to_json(e, case)],
        "drugs": [drug for entry in case.drugs for drug in _drugs_to_json(entry, case)],
        "absent": [compact(entry.iri) for entry in case.denied],
        "unknown": [compact(entry.iri) for entry in case.unknown],
        "labs": [_lab_to_json(e) for e in (*case.labs, *case.baselines, *case.compared)],
        "age": None if case.age is None else f"{case.age:f}",
        "sex": None if case.sex is None else compact(case.sex.iri),
        "date": None if case.date is None else case.date.text,
    }
    return cast("Document", {k: value for k, value in written.items() if value not in (None, [])})


def _names(entry: Entry, case: Case) -> tuple[str, ...]:
    """The words in which a term was given, where they say more than it; or else its IRI."""
    return case.words_of(entry) or (compact(entry.iri),)


def _conditions_to_json(entry: Entry, case: Case) -> Iterator[str | Onset]:
    """A condition by its names, the first of them with each day on which it is said to begin."""
    first, *others = _names(entry, case)
    days = case.began(entry)
    yield from (Onset(condition=first, date=each.text) for each in days)
    yield from others if days else (first, *others)


def _drugs_to_json(entry: Entry, case: Case) -> list[str | Drug]:
    """A drug by its name, or once for each course whose dates are known."""
    dated: list[str | Drug] = []
    names = _names(entry, case)
    for course in case.courses:
        if course.entry.iri == entry.iri:
            drug = Drug(drug=names[0])
            if course.start:
                drug["start"] = course.start.text
            if course.stop:
                drug["stop"] = course.stop.text
            dated.append(drug)
    return dated or [*names]


def _lab_to_json(lab: LabResult) -> dict[str, object]:
    written: dict[str, object] = {"marker": compact(lab.marker.iri)}
    if lab.value is None:
        written["state"] = lab.state
    else:
        numbers = {"value": lab.value, "low": lab.low, "high": lab.high}
        written |= {key: f"{value:f}" for key, value in numbers.items() if value is not None}
        texts = {"unit": lab.unit, "comparator": lab.comparator, "flag": lab.flag}
        written |= {key: text for key, text in texts.items() if text}
        if lab.range_unit not in ("", lab.unit):
            written["rangeUnit"] = lab.range_unit
    if lab.on is not None:
        written["date"] = lab.on.text
    if lab.baseline:
        written["baseline"] = True
    for change in lab.changes:
        written |= _change_to_json(change)
    return written


def _change_to_json(change: Change) -> dict[str, object]:
    """A change that was stated; one that was computed is computed again by who reads."""
    if change.computed_from:
        return {}
    written: dict[str, object] = {}
    if change.percent is not None:
        written["percentChangeFromBaseline"] = f"{change.percent:f}"
    if change.day is not None:
        written["dayOfTreatment"] = f"{change.day:f}"
    if change.during is not None:
        written["duringTreatment"] = compact(change.during)
    return written


class Question(Struct, frozen=True):
    """A competency question that ships with the project: a case, and the question in words."""

    name: str
    asked: str
    case: Mapping[str, object]
    about: str = ""
    """The finding that is asked about, by any of its names; empty for the one that is shown."""


def read_questions(folder: Path) -> tuple[Question, ...]:
    """The question of every file in a folder, in the order of their names."""
    return tuple(read_question(path) for path in sorted(folder.glob("*.json")))


def read_question(path: Path) -> Question:
    """The question of one file; UsageError where it holds something else."""
    data = parse_json(path.read_text("utf-8"))
    if not isinstance(data, dict) or not {"asked", "case"} <= data.keys() <= _QUESTION_KEYS:
        raise UsageError(f"{path}: wanted an object with asked and case, and perhaps about.")
    asked, about, case = data["asked"], data.get("about", ""), data["case"]
    if not isinstance(asked, str) or not isinstance(about, str) or not isinstance(case, dict):
        raise UsageError(f"{path}: asked and about are texts, and case is an object.")
    return Question(path.stem, asked, case, about)
