"""A case as plain values and as Turtle, written so that reading them gives the same facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kg.case.model import Case
from kg.case.results import Change, LabResult
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import PREFIXES, Literal, compact, expand


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


def _drugs(entry: Entry, case: Case) -> list[str | dict[str, str]]:
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


def turtle(case: Case) -> str:
    """The case as Turtle, in the vocabulary of the ontology."""
    return "".join(_turtle(case))


def _turtle(case: Case) -> Iterator[str]:
    yield f"@prefix eg: <{PREFIXES['eg']}> .\n@prefix xsd: <{PREFIXES['xsd']}> .\n"
    values = write(case)
    names = {compact(entry.iri): f"_:treatment{i}" for i, entry in enumerate(case.drugs, 1)}
    yield "\n_:case a eg:Case"
    if case.sex is not None:
        yield f" , {_term(case.sex.iri)}"
    if case.age is not None:
        yield f" ;\n    eg:ageInYears {case.age:f}"
    if case.date is not None:
        yield f" ;\n    eg:askedOn {_day(case.date.text)}"
    for role, group in (("saidAbsent", case.denied), ("saidUnknown", case.unknown)):
        yield from (f" ;\n    eg:{role} {_term(entry.iri)}" for entry in group)
    yield from (f" ;\n    eg:hasCondition [ a {_term(e.iri)} ]" for e in case.conditions)
    treatments = _treatments(case, names)
    yield from (f" ;\n    eg:hasTreatment {node}" for node, _ in treatments)
    labs = values.get("labs", [])
    for lab in labs if isinstance(labs, list) else []:
        yield f" ;\n    eg:hasObservation {_observation(lab, names)}"
    yield " .\n"
    yield from (f"\n{node} {' ; '.join(said)} .\n" for node, said in treatments)


def _treatments(case: Case, names: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Each course as a node of its own; that of the first is the one that results point to."""
    found: list[tuple[str, list[str]]] = []
    for entry in case.drugs:
        is_drug = entry.kind is Kind.DRUG
        kind = f"eg:withDrug [ a {_term(entry.iri)} ]" if is_drug else f"a {_term(entry.iri)}"
        for number, drug in enumerate(_drugs(entry, case)):
            dates = drug if isinstance(drug, dict) else {}
            node = names[compact(entry.iri)] + (f"-{number + 1}" if number else "")
            said = [kind]
            said += [f"eg:startedOn {_day(dates['start'])}"] if "start" in dates else []
            said += [f"eg:stoppedOn {_day(dates['stop'])}"] if "stop" in dates else []
            found.append((node, said))
    return found


def _observation(lab: Mapping[str, object], names: Mapping[str, str]) -> str:
    """A result as a node without a name."""
    said = [f"a {_term(expand(str(lab['marker'])))}"]
    for key, role in _ROLES.items():
        if key in lab:
            said.append(f"eg:{role} {_value(key, lab[key])}")
    if "duringTreatment" in lab:
        said.append(f"eg:duringTreatment {names[str(lab['duringTreatment'])]}")
    return f"[ {' ; '.join(said)} ]"


def _value(key: str, value: object) -> str:
    if key in _TEXTS:
        return Literal(str(value)).n3()
    if key == "date":
        return _day(str(value))
    return "true" if value is True else str(value)


def _day(text: str) -> str:
    """A day as xsd:date; a time may lack the seconds that xsd:dateTime wants, so it stays text."""
    return f'"{text}"^^xsd:date' if len(text) == len("2026-03-01") else f'"{text}"'


def _term(iri: str) -> str:
    """A term of ours as Turtle writes it."""
    return compact(iri) if ":" in compact(iri) and "//" not in compact(iri) else f"<{iri}>"


_ROLES: Final = {
    "value": "measuredValue",
    "comparator": "valueComparator",
    "unit": "unit",
    "low": "rangeLow",
    "high": "rangeHigh",
    "rangeUnit": "rangeUnit",
    "state": "flag",
    "flag": "flag",
    "date": "takenOn",
    "baseline": "isBaseline",
    "percentChangeFromBaseline": "percentChangeFromBaseline",
    "dayOfTreatment": "dayOfTreatment",
}
"""What a property of an observation is called, by the key of the case schema."""
_TEXTS: Final = frozenset({"comparator", "unit", "rangeUnit", "state", "flag"})
