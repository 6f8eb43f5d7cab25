"""What is wrong with a record of a table, and where it stands.

A slip that would only show in an answer, such as a plausible range in the wrong order or a short
form that two markers share, is named before anything is made of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, NamedTuple

from kg.articles.source import Keys, Written
from kg.articles.tables.records import (
    AnyOf,
    CaseRecord,
    ConversionRecord,
    DrugRecord,
    FindingRecord,
    Grade,
    MarkerRecord,
    MarkerTable,
)
from kg.articles.tables.states import NEGATED, states_of
from kg.articles.tables.ucum import is_unit
from kg.model.report import Finding
from kg.model.spelling import fold

RULE: Final = "table"
_CLASS: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_INDIVIDUAL: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OBSERVATION: Final = "Observation"


class Problem(NamedTuple):
    """Something that is wrong, with what to do about it and the way to it in the file."""

    message: str
    solution: str
    keys: Keys


def findings_of(written: Written, problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """The problems as findings, each with file and line, in the order of the file."""
    placed = sorted(problems, key=lambda each: written.key_at(*each.keys))
    return tuple(
        Finding(
            RULE,
            "error",
            next((key for key in reversed(each.keys) if isinstance(key, str)), written.path.name),
            f"{each.message} {each.solution}",
            f"{written.path}:{written.key_at(*each.keys)[0]}",
            each.solution,
        )
        for each in placed
    )


def marker_problems(table: MarkerTable) -> Iterator[Problem]:
    """Everything that is wrong with the table of markers."""
    yield from _unit_problems(table)
    yield from taken_names(
        {("markers", iri): names_of(each) for iri, each in table.markers.items()}
    )
    for iri, marker in table.markers.items():
        yield from _Marker(iri, marker, table).problems()
    for name, conversion in table.conversions.items():
        yield from _conversion_problems(name, conversion, table)
    for iri, group in table.any_of.items():
        yield from _group_problems(iri, group, table)
    for iri, panel in table.panels.items():
        yield from unknown(panel.members, table.markers, ("panels", iri, "members"), "marker")
    yield from _twice(table)


def unknown(names: Iterable[str], known: Iterable[str], keys: Keys, what: str) -> Iterator[Problem]:
    """A problem for each name that is none of those known."""
    there = frozenset(known)
    for name in names:
        if name not in there:
            yield Problem(
                f"{name} is no {what} of this table.", near(name, there) or "Add its record.", keys
            )


def near(name: str, known: Iterable[str]) -> str:
    """Which of the known names a name may be meant for; nothing where none is like it."""
    from difflib import get_close_matches

    found = get_close_matches(name, sorted(known), n=1)
    return f"Did you mean {found[0]}?" if found else ""


def taken_names(names: Mapping[tuple[str, str], Mapping[str, Sequence[str]]]) -> Iterator[Problem]:
    """A problem for each name that an earlier record has; spelling as for what is typed."""
    seen: dict[str, str] = {}
    for (section, iri), by_key in names.items():
        for key, given in by_key.items():
            for name in given:
                first = seen.setdefault(fold(name), iri)
                if first != iri:
                    yield Problem(
                        f'"{name}" is a name of {first} already.',
                        "A name stands for one thing: take it from one of the two, or make it an "
                        "ambiguous form in names.ttl.",
                        (section, iri, key),
                    )


def names_of(record: MarkerRecord | DrugRecord) -> dict[str, Sequence[str]]:
    """The names of a record by its keys."""
    names = {"abbreviations": record.abbreviations, "synonyms": record.synonyms}
    return {"name": [record.name], **names}


# ── Units ───────────────────────────────────────────────────────────────────────────────────────


def _unit_problems(table: MarkerTable) -> Iterator[Problem]:
    given = {unit for marker in table.markers.values() for unit in marker.units}
    for unit in table.units:
        if not is_unit(unit):
            yield Problem(
                f"{unit} is no unit by UCUM.",
                "Write its code, such as umol/L or 10*9/L, and what is counted in braces.",
                ("units", unit),
            )
        if unit not in given:
            yield Problem(f"No marker is given in {unit}.", "Take it away.", ("units", unit))


def _conversion_problems(
    name: str, conversion: ConversionRecord, table: MarkerTable
) -> Iterator[Problem]:
    keys = ("conversions", name)
    for key, unit in (("from", conversion.from_), ("to", conversion.to)):
        yield from unknown([unit], table.units, (*keys, key), "unit")
    factor = _ratio(conversion.factor)
    if factor is None or factor <= 0:
        yield Problem(
            f"{conversion.factor} is no factor.",
            "Write a decimal, or two with a stroke between, above 0.",
            (*keys, "factor"),
        )
    yield from unknown(conversion.for_, table.markers, (*keys, "for"), "marker")
    both = {conversion.from_, conversion.to}
    for each in conversion.for_:
        if each in table.markers and not both <= {*table.markers[each].units}:
            yield Problem(f"{each} is not given in both units.", "Take it away.", (*keys, "for"))


def _ratio(text: str) -> Fraction | None:
    above, _, below = text.partition("/")
    try:
        return Fraction(Decimal(above)) / Fraction(Decimal(below or "1"))
    except (InvalidOperation, ZeroDivisionError, ValueError, OverflowError):
        return None


# ── One marker ──────────────────────────────────────────────────────────────────────────────────


class _Marker:
    """The checks of one record."""

    def __init__(self, iri: str, marker: MarkerRecord, table: MarkerTable) -> None:
        self._iri = iri
        self._marker = marker
        self._table = table
        self._keys = ("markers", iri)
        self._words = [each.word for each in states_of(marker.limits, marker.states)]

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the record."""
        yield from _class_problems(self._iri, self._keys, _OBSERVATION)
        yield from self._units()
        yield from self._plausible()
        yield from self._kind()
        yield from self._states()
        yield from self._grades()
        known = {*self._words, *self._marker.grades}
        yield from _shown(self._keys, self._marker.findings, self._marker.cases, known)

    def _units(self) -> Iterator[Problem]:
        keys = (*self._keys, "units")
        if not self._marker.units:
            yield Problem("A marker needs a unit.", "Name one, such as {score}.", keys)
        yield from unknown(self._marker.units, self._table.units, keys, "unit")
        spelled: dict[str, str] = {}
        for unit in self._marker.units:
            record = self._table.units.get(unit)
            for also in (unit, *(record.also if record else ())):
                first = spelled.setdefault(fold(also), unit)
                if first != unit:
                    yield Problem(
                        f'"{also}" would mean {first} and {unit}.',
                        "A marker is given in units whose spellings differ.",
                        keys,
                    )

    def _plausible(self) -> Iterator[Problem]:
        given = self._marker.plausible
        keys = (*self._keys, "plausible")
        if given.in_ not in self._marker.units:
            yield Problem(f"{given.in_} is none of its units.", "Name one.", (*keys, "in"))
        if bool(given.limit_from) != bool(given.limit_to):
            yield Problem("One bound of the limit is missing.", "Give both or none.", keys)
        pairs = (("from", given.from_, given.to), ("limit from", given.limit_from, given.limit_to))
        for key, low, high in pairs:
            if low and high:
                yield from _range(low, high, (*keys, key))

    def _kind(self) -> Iterator[Problem]:
        above = self._marker.kind_of
        passed = {self._iri}
        while above:
            if above not in self._table.markers:
                yield from unknown([above], self._table.markers, (*self._keys, "kind of"), "marker")
                return
            if above in passed:
                keys = (*self._keys, "kind of")
                yield Problem(f"{self._iri} would be a kind of itself.", "Break the ring.", keys)
                return
            passed.add(above)
            above = self._table.markers[above].kind_of

    def _states(self) -> Iterator[Problem]:
        known = frozenset(results_of(self._table))
        because = False
        for word, record in self._marker.states.items():
            keys = (*self._keys, "states", word)
            if word not in self._words:
                wanted = ", ".join(dict.fromkeys([*self._words, *NEGATED]))
                yield Problem(f"{word} is no state here.", f"Wanted one of: {wanted}.", keys)
            because |= bool(record.set_aside_by)
            yield from unknown(
                record.set_aside_by, known, (*keys, "set aside by"), "class of results"
            )
            yield from unknown(
                record.read_with, self._table.markers, (*keys, "read with"), "marker"
            )
        if because != bool(self._marker.set_aside_because):
            yield Problem(
                "Results are set aside, or a reason for it is given, and not both.",
                "Write `set aside because:` and, in a state, `set aside by:`.",
                self._keys,
            )

    def _grades(self) -> Iterator[Problem]:
        known = {self._iri, *results_of(self._table)}
        for iri, grade in self._marker.grades.items():
            keys = (*self._keys, "grades", iri)
            yield from _class_problems(iri, keys, _OBSERVATION)
            if grade.kind_of:
                yield from unknown([grade.kind_of], known, (*keys, "kind of"), "class of results")
            yield from _grade_problems(grade, (*keys, "times the upper limit"))


def results_of(table: MarkerTable) -> Iterator[str]:
    """Every class of results that is made of the table."""
    for iri, marker in table.markers.items():
        yield from (f"{e.prefix}{iri}" for e in states_of(marker.limits, marker.states))
        yield from marker.grades


def _grade_problems(grade: Grade, keys: Keys) -> Iterator[Problem]:
    given = grade.times_the_upper_limit
    low, high = given.above or given.at_least, given.below or given.at_most
    twice = (given.above and given.at_least) or (given.below and given.at_most)
    if twice or not (low or high):
        yield Problem("A grade has one lower bound, or one upper bound, or both.", "", keys)
    elif low and high:
        yield from _range(low, high, keys)
    else:
        yield from _range("0", low or high, keys)


def _range(low: str, high: str, keys: Keys) -> Iterator[Problem]:
    first, last = _ratio(low), _ratio(high)
    if first is None or last is None or "/" in low + high:
        yield Problem(f"{low} to {high} is no range.", "Write two numbers.", keys)
    elif first >= last:
        yield Problem(f"{low} to {high} is no range.", "Write the lesser bound first.", keys)


# ── Findings and cases ──────────────────────────────────────────────────────────────────────────


def _shown(
    keys: Keys,
    findings: Mapping[str, FindingRecord],
    cases: Mapping[str, CaseRecord],
    states: Iterable[str],
) -> Iterator[Problem]:
    known = frozenset(states)
    for iri, finding in findings.items():
        at = (*keys, "findings", iri)
        if not _INDIVIDUAL.fullmatch(iri):
            yield Problem(f"{iri} is no name of a finding.", "Write it as raised-x.", at)
        yield from unknown([finding.state], known, (*at, "state"), "state or grade")
        yield from _class_problems(finding.case, (*at, "case"), "Case")
        of_a_grade = _CLASS.fullmatch(finding.state) is not None
        if of_a_grade and not (finding.label and finding.definition and finding.case_definition):
            yield Problem(
                "A finding of a grade needs words of its own.",
                "Write `label:`, `definition:` and `case definition:`.",
                at,
            )
    for iri, case in cases.items():
        yield from _class_problems(iri, (*keys, "cases", iri), "Case")
        yield from unknown([case.state], known, (*keys, "cases", iri, "state"), "state or grade")


def _group_problems(iri: str, group: AnyOf, table: MarkerTable) -> Iterator[Problem]:
    keys = ("any of", iri)
    yield from _class_problems(iri, keys, _OBSERVATION)
    yield from unknown(group.of, table.markers, (*keys, "of"), "marker")
    words = [each.word for each in states_of("both")]
    yield from _shown(keys, group.findings, group.cases, words)


def _class_problems(iri: str, keys: Keys, ending: str) -> Iterator[Problem]:
    if not _CLASS.fullmatch(iri) or not iri.endswith(ending) or iri == ending:
        wanted = f"Write a name in UpperCamel that ends in {ending}."
        yield Problem(f"{iri} is no name of a class here.", wanted, keys)


def _twice(table: MarkerTable) -> Iterator[Problem]:
    """Findings, cases and places in the order of questions that two records give."""
    seen: dict[str, Keys] = {}
    holders = (("markers", table.markers), ("any of", table.any_of))
    for section, records in holders:
        for iri, record in records.items():
            for name, finding in record.findings.items():
                keys = (section, iri, "findings", name)
                order = [] if finding.order is None else [f"order {finding.order}"]
                yield from _again([name, finding.case, *order], keys, seen)
            for name in record.cases:
                yield from _again([name], (section, iri, "cases", name), seen)


def _again(names: Iterable[str], keys: Keys, seen: dict[str, Keys]) -> Iterator[Problem]:
    for name in names:
        first = seen.setdefault(name, keys)
        if first != keys:
            where = " / ".join(map(str, first))
            yield Problem(f"{name} is given by {where} already.", "Give it once.", keys)
