"""One patient of a cohort as a case: the same facts that the queries saw, for the judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from msgspec import Struct

from kg.case import Case, resolve_case
from kg.case.dates import read_when
from kg.case.document import Document
from kg.case.merge import Beside
from kg.case.ranges import RangeTable
from kg.case.series import Unread
from kg.cohort.engine import Days, Engine
from kg.cohort.tables import literal
from kg.cohort.text import ORDER
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI
from kg.reasoning.intervals import plain

_PEOPLE: Final = (
    "SELECT patient, k.key, s.iri AS sex, age, day FROM person JOIN patient_key k USING (patient) "
    "LEFT JOIN term s ON s.term = person.sex WHERE {where}"
)
_SAID: Final = (
    "SELECT patient, row_number() OVER (PARTITION BY patient ORDER BY said, is_given, iri, start, "
    "stop) AS place, said, is_given, iri, start, stop FROM ("
    "SELECT DISTINCT patient, said, is_given, t.iri, start, stop FROM said "
    "JOIN term t USING (term) WHERE {where}) facts"
)
_RESULTS: Final = (
    "SELECT r.patient, row_number() OVER (PARTITION BY r.patient ORDER BY r.marker, {order}) "
    "AS place, t.iri AS marker, r.unread, r.day IS NOT NULL AND r.is_then AS is_then, "
    "coalesce(r.taken, CAST(r.day AS VARCHAR)) AS taken, r.value, w.unit_text, "
    "r.low, r.high, w.range_unit_text, w.comparator, w.flag_text, r.change, "
    "r.treatment_day, d.iri AS during, r.line FROM ("
    "SELECT m.line, m.patient, m.marker, e.during, h.taken, m.day, c.change, c.treatment_day, "
    "m.is_then, CASE WHEN NOT m.is_read THEN m.why END AS unread, e.wording, e.value, "
    "CASE WHEN e.site_unit IS NULL THEN e.low END AS low, "
    "CASE WHEN e.site_unit IS NULL THEN e.high_given END AS high "
    "FROM (SELECT * FROM measured WHERE {where}) m JOIN reading e ON e.reading = m.reading "
    "LEFT JOIN timed h ON h.line = m.line LEFT JOIN stated_change c ON c.line = m.line) r "
    "JOIN wording w ON w.wording = r.wording JOIN term t ON t.term = r.marker "
    "LEFT JOIN term d ON d.term = r.during"
)
"""The results of patients, with whether each is of a day that can be asked about."""
_ORDER: Final = ", ".join(f"r.{each}" for each in ORDER.split(", "))
LEFT: Final = "patient IN (SELECT patient FROM for_judge)"
"""The patients whose facts contradict each other, in SQL."""


class Facts(Struct, frozen=True):
    """The queries of the facts of some patients; `place` puts those of a patient in order."""

    people: str
    said: str
    results: str


def facts_of(where: str) -> Facts:
    """What is known of each patient of a condition in SQL."""
    results = _RESULTS.format(where=where, order=_ORDER)
    return Facts(_PEOPLE.format(where=where), _SAID.format(where=where), results)


class Patient(Struct, frozen=True):
    """The facts of one patient: a case in the form of the case schema, and what was unread."""

    document: Document
    unread: tuple[Unread, ...] = ()
    ranges: RangeTable | None = None
    """The reference ranges of the site."""

    def case(self, lexicon: Lexicon, days: Days) -> Case:
        """The case that the judge answers."""
        beside = Beside(ranges=self.ranges, unread=self.unread)
        return resolve_case(self.document, lexicon, today=days.today, beside=beside)


def read_patient(engine: Engine, lexicon: Lexicon, key: str) -> Patient:
    """The facts of a patient of the part that was judged last; UsageError where there is none."""
    where = f"patient IN (SELECT patient FROM patient_key WHERE key = {literal(key)})"
    found = dict(read_patients(engine, lexicon, where))
    if key not in found:
        raise UsageError(f"there is no patient {key!r}, or more than one row of the patient.")
    return found[key]


def read_patients(
    engine: Engine, lexicon: Lexicon, where: str = "TRUE"
) -> Iterator[tuple[str, Patient]]:
    """The facts of each patient of a condition in SQL, with the key."""
    for _, key, patient in number_patients(engine, lexicon, where):
        yield key, patient


def number_patients(
    engine: Engine, lexicon: Lexicon, where: str = "TRUE"
) -> Iterator[tuple[int, str, Patient]]:
    """The facts of each patient of a condition in SQL, with the number in the part and the key."""
    facts = facts_of(where)
    said, results = (
        _grouped(engine.rows(f"{query} ORDER BY patient, place"))
        for query in (facts.said, facts.results)
    )
    for number, key, *person in engine.rows(f"{facts.people} ORDER BY patient"):
        yield (
            number,
            key,
            patient_of(lexicon, tuple(person), said[number], results[number], engine.ranges),
        )


def patient_of(
    lexicon: Lexicon,
    person: tuple[Any, ...],
    said: Iterable[tuple[Any, ...]],
    results: Iterable[tuple[Any, ...]],
    ranges: RangeTable | None,
) -> Patient:
    """A patient by the rows of `Facts`, without the patient and the place of each."""
    sex, age, day = person
    labs, unread = _results(lexicon, results)
    document: dict[str, Any] = {
        "sex": sex,
        "age": None if age is None else plain(age),
        "date": None if day is None else str(day),
        **_said(said),
        "labs": labs,
    }
    kept = {name: value for name, value in document.items() if value}
    return Patient(cast("Document", kept), unread, ranges)


def _grouped(rows: Iterable[tuple[Any, ...]]) -> defaultdict[int, list[tuple[Any, ...]]]:
    """The rows by the patient, who is their first value; the second is their place."""
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for patient, _, *row in rows:
        found[patient].append(tuple(row))
    return found


def _said(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """What is said of conditions and treatments."""
    found: dict[str, list[Any]] = {"conditions": [], "drugs": [], "absent": [], "unknown": []}
    for said, is_given, term, start, stop in rows:
        if said == "no":
            found["absent"].append(term)
        elif said == "unknown":
            found["unknown"].append(term)
        elif is_given:
            days = {"start": start, "stop": stop}
            found["drugs"].append(
                {"drug": term} | {key: str(day) for key, day in days.items() if day is not None}
            )
        else:
            found["conditions"].append(term)
    return found


def _results(
    lexicon: Lexicon, rows: Iterable[tuple[Any, ...]]
) -> tuple[list[dict[str, str]], tuple[Unread, ...]]:
    """The results of measurements that are covered, and those that say nothing at all."""
    labs: list[dict[str, str]] = []
    unread: list[Unread] = []
    for marker, reason, is_then, taken, value, *others in rows:
        if reason is None:
            labs.append(_lab(marker, taken, value, others))
        elif is_then:
            entry = lexicon.entries[IRI(marker)]
            when = read_when(taken, "a day")
            unread.append(Unread(entry, f"{entry.label}, line {others[-1]}", reason, when))
    return labs, tuple(unread)


def _lab(marker: str, taken: str | None, value: object, others: list[Any]) -> dict[str, str]:
    unit, low, high, range_unit, comparator, flag, change, treatment_day, during, _ = others
    numbers = {
        "value": value,
        "low": low,
        "high": high,
        "percentChangeFromBaseline": change,
        "dayOfTreatment": treatment_day,
    }
    texts = {
        "unit": unit,
        "rangeUnit": range_unit,
        "comparator": comparator,
        "flag": flag,
        "date": taken,
        "duringTreatment": during,
    }
    lab = {key: plain(each) for key, each in numbers.items() if each is not None}
    lab |= {key: each for key, each in texts.items() if each}
    if value is None:
        lab["state"] = lab.pop("flag")
        lab = {key: each for key, each in lab.items() if key not in _OF_VALUES}
    return {"marker": marker, **lab}


_OF_VALUES: Final = frozenset({"unit", "low", "high", "rangeUnit", "comparator"})
