"""A case as plain values, written so that reading them gives the same facts."""

from __future__ import annotations

from kg.cases.model import Case
from kg.cases.results import Change, LabResult
from kg.terms import Entry
from kg.vocab import compact


def write(case: Case) -> dict[str, object]:
    """The case as plain values, without what it does not say."""
    written: dict[str, object] = {
        "conditions": [compact(entry.iri) for entry in case.conditions],
        "drugs": [drug for entry in case.drugs for drug in _drugs(entry, case)],
        "absent": [compact(entry.iri) for entry in case.denied],
        "unknown": [compact(entry.iri) for entry in case.unknown],
        "labs": [_lab(lab) for lab in (*case.labs, *case.baselines)],
        "age": None if case.age is None else f"{case.age:f}",
        "sex": None if case.sex is None else compact(case.sex.iri),
        "date": None if case.date is None else case.date.text,
    }
    return {key: value for key, value in written.items() if value not in (None, [])}


def _drugs(entry: Entry, case: Case) -> list[object]:
    """A drug by its name, or once for each course whose dates are known."""
    name = compact(entry.iri)
    courses = [each for each in case.courses if each.entry.iri == entry.iri]
    dated = [
        {"drug": name}
        | ({"start": each.start.text} if each.start else {})
        | ({"stop": each.stop.text} if each.stop else {})
        for each in courses
    ]
    return [*dated] or [name]


def _lab(lab: LabResult) -> dict[str, object]:
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
        written |= _stated(change)
    return written


def _stated(change: Change) -> dict[str, object]:
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
