"""A case as Turtle in the vocabulary of the ontology, read and written: the same as in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar, cast

from kg.case.document import Document, Drug, Lab, Onset, case_to_json
from kg.case.model import Case, Course
from kg.model.errors import SourceSyntaxError, UsageError
from kg.model.rdf import (
    Description,
    Graph,
    Layout,
    Nameless,
    Node,
    Properties,
    read_turtle,
    write_turtle,
)
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import EG, IRI, RDF, XSD, BlankNode, Literal, Term, compact, expand, number

_NUMBERS: Final = frozenset({"value", "low", "high", "percentChangeFromBaseline", "dayOfTreatment"})
_ROLES: Final = {
    "value": EG.measuredValue,
    "comparator": EG.valueComparator,
    "unit": EG.unit,
    "low": EG.rangeLow,
    "high": EG.rangeHigh,
    "rangeUnit": EG.rangeUnit,
    "state": EG.flag,
    "flag": EG.flag,
    "date": EG.takenOn,
    "baseline": EG.isBaseline,
    "percentChangeFromBaseline": EG.percentChangeFromBaseline,
    "dayOfTreatment": EG.dayOfTreatment,
}
"""What a key of a result is called of an observation."""
_DATES: Final = {"start": EG.startedOn, "stop": EG.stoppedOn}
_OBSERVATION: Final = frozenset({*_ROLES.values(), EG.duringTreatment})
_TREATMENT: Final = frozenset({EG.withDrug, *_DATES.values()})
_LISTS: Final = {
    "conditions": EG.hasCondition,
    "drugs": EG.hasTreatment,
    "absent": EG.saidAbsent,
    "unknown": EG.saidUnknown,
    "labs": EG.hasObservation,
}
_CASE: Final = frozenset({*_LISTS.values(), EG.ageInYears, EG.askedOn})

_Value = TypeVar("_Value")


def parse_turtle(text: str) -> Document:
    """The plain dictionary of a text with one eg:Case; UsageError where it has none."""
    try:
        said = Graph(read_turtle(text.encode()))
    except SourceSyntaxError as error:
        raise UsageError(f"the case is not Turtle: {error.message}") from None
    cases = list(said.of_type(EG.Case))
    if len(cases) != 1:
        raise UsageError(f"wanted one node of type eg:Case; found {len(cases)}.")
    return _Reader(said).case(cases[0])


class _Reader:
    """Reads the nodes of one case."""

    def __init__(self, said: Graph) -> None:
        self._said = said
        self._seen: set[Node] = set()

    def case(self, node: Node) -> Document:
        about = self._about(node, _CASE, "a case")
        document = Document(
            conditions=[self._condition(each) for each in about.get(EG.hasCondition, ())],
            drugs=[self._drug(each) for each in about.get(EG.hasTreatment, ())],
            absent=[_iri(each, "eg:saidAbsent") for each in about.get(EG.saidAbsent, ())],
            unknown=[_iri(each, "eg:saidUnknown") for each in about.get(EG.saidUnknown, ())],
            labs=[self._lab(each) for each in about.get(EG.hasObservation, ())],
        )
        sexes = [each for each in self._types(node) if each != EG.Case]
        if sexes:
            document["sex"] = _one(sexes, "a case has one sex")
        if EG.ageInYears in about:
            document["age"] = _text(about, EG.ageInYears)
        if EG.askedOn in about:
            document["date"] = _text(about, EG.askedOn)
        self._check_all_read()
        return document

    def _about(self, node: Node, roles: frozenset[IRI], what: str) -> Mapping[IRI, Sequence[Term]]:
        """What is said of a node; UsageError for what a node of its kind cannot hold."""
        about = self._said.about(node)
        self._seen.add(node)
        unknown = sorted(compact(role) for role in about.keys() - roles - {RDF.type})
        if unknown:
            known = ", ".join(sorted(map(compact, roles)))
            raise UsageError(f"{what} has no property {', '.join(unknown)}; it has: {known}.")
        return about

    def _types(self, node: Node) -> list[str]:
        return [_iri(each, "rdf:type") for each in self._said.objects(node, RDF.type)]

    def _condition(self, term: Term) -> str | Onset:
        """A condition by its class, with the day on which it began where that is said."""
        node = _node(term)
        about = self._about(node, frozenset({EG.beganOn}), "it")
        name = _one(self._types(node), f"{node} has one type")
        if EG.beganOn not in about:
            return name
        return Onset(condition=name, date=_text(about, EG.beganOn))

    def _class(self, term: Term, *but: IRI) -> str:
        """The one class of a node that stands for a condition, a drug or a treatment."""
        node = _node(term)
        self._about(node, frozenset(_TREATMENT if but else ()), "it")
        return _one([each for each in self._types(node) if each not in but], f"{node} has one type")

    def _drug(self, term: Term) -> Drug:
        node = _node(term)
        about = self._about(node, _TREATMENT, "a treatment")
        drugs = about.get(EG.withDrug, [])
        name = self._class(_one(drugs, "a treatment is with one drug")) if drugs else ""
        values = {"drug": name or self._class(node, EG.Treatment)}
        values |= {key: _text(about, role) for key, role in _DATES.items() if role in about}
        return cast("Drug", values)

    def _lab(self, term: Term) -> Lab:
        node = _node(term)
        about = self._about(node, _OBSERVATION, "an observation")
        marker = _one(self._types(node), "an observation has one measurement as its type")
        roles = {key: role for key, role in _ROLES.items() if role in about}
        roles.pop("state" if "value" in roles else "flag", None)
        values: dict[str, object] = {key: _text(about, role) for key, role in roles.items()}
        if "baseline" in values:
            values["baseline"] = values["baseline"] in ("true", "1")
        if EG.duringTreatment in about:
            treatment = _one(about[EG.duringTreatment], "an observation is during one treatment")
            values["duringTreatment"] = self._drug(treatment)["drug"]
        return cast("Lab", {"marker": marker, **values})

    def _check_all_read(self) -> None:
        """UsageError where something was said that the case does not lead to."""
        for node, about in self._said.items():
            if node not in self._seen:
                roles = ", ".join(sorted(compact(role) for role in about))
                raise UsageError(f"{node} ({roles}) is no part of the case.")


def _node(term: Term) -> Node:
    if isinstance(term, Literal):
        raise UsageError(f"{term.n3():.80} stands where a node of the case is wanted.")
    return term


def _iri(term: Term, role: str) -> str:
    if not isinstance(term, IRI):
        raise UsageError(f"{role}: wanted the IRI of a term; found {term.n3():.80}.")
    return str(term)


def _one(values: Sequence[_Value], wanted: str) -> _Value:
    if len(values) != 1:
        raise UsageError(f"{wanted}; found {len(values)}.")
    return values[0]


def _text(about: Mapping[IRI, Sequence[Term]], role: IRI) -> str:
    value = _one(about[role], f"{compact(role)} stands once on a node")
    if not isinstance(value, Literal):
        raise UsageError(f"{compact(role)}: wanted a value; found {value.n3():.80}.")
    return value.value


def case_to_turtle(case: Case) -> str:
    """The case as Turtle; `parse_turtle` reads it back."""
    nodes = {compact(entry.iri): f"treatment{i}" for i, entry in enumerate(case.drugs, 1)}
    treatments = [each for entry in case.drugs for each in _treatments(entry, case, nodes)]
    labs = case_to_json(case).get("labs", [])
    conditions = [each for entry in case.conditions for each in _conditions(entry, case)]
    properties: Properties = [
        (RDF.type, [EG.Case, *([case.sex.iri] if case.sex else [])]),
        (EG.ageInYears, [] if case.age is None else [number(f"{case.age:f}")]),
        (EG.askedOn, [] if case.date is None else [_day(case.date.text)]),
        *((EG.saidAbsent, [entry.iri]) for entry in case.denied),
        *((EG.saidUnknown, [entry.iri]) for entry in case.unknown),
        *((EG.hasCondition, [each]) for each in conditions),
        *((EG.hasTreatment, [each.subject]) for each in treatments),
        *((EG.hasObservation, [_observation(lab, nodes)]) for lab in labs),
    ]
    whole = Description(BlankNode("case"), properties, Layout.BESIDE)
    return write_turtle([whole, *treatments], prefixes=("eg", "xsd"))


def _conditions(entry: Entry, case: Case) -> Iterator[Nameless]:
    """A condition as a node without a name, once for each day on which it is said to begin."""
    kind = (RDF.type, [entry.iri])
    for each in case.began(entry):
        yield Nameless([kind, (EG.beganOn, [_day(each.text)])])
    if not case.began(entry):
        yield _member_of(entry)


def _treatments(entry: Entry, case: Case, nodes: Mapping[str, str]) -> Iterator[Description]:
    """Each course as a node of its own; that of the first is the one that results point to."""
    is_drug = entry.kind is Kind.DRUG
    kind = (EG.withDrug, [_member_of(entry)]) if is_drug else (RDF.type, [entry.iri])
    courses = [each for each in case.courses if each.entry.iri == entry.iri] or [Course(entry)]
    for place, course in enumerate(courses, 1):
        node = BlankNode(nodes[compact(entry.iri)] + (f"-{place}" if place > 1 else ""))
        dates = ((EG.startedOn, course.start), (EG.stoppedOn, course.stop))
        known = [(role, [_day(each.text)]) for role, each in dates if each]
        yield Description(node, [kind, *known], Layout.ONE_LINE)


def _member_of(entry: Entry) -> Nameless:
    return Nameless([(RDF.type, [entry.iri])])


def _observation(lab: Lab, nodes: Mapping[str, str]) -> Nameless:
    """A result as a node without a name."""
    properties: list[tuple[IRI, list[Term]]] = [(RDF.type, [expand(lab["marker"])])]
    said = cast("Mapping[str, object]", lab)
    properties += [(role, [_value(key, said[key])]) for key, role in _ROLES.items() if key in lab]
    if "duringTreatment" in lab:
        properties.append((EG.duringTreatment, [BlankNode(nodes[lab["duringTreatment"]])]))
    return Nameless(properties)


def _value(key: str, value: object) -> Literal:
    if key == "date":
        return _day(str(value))
    if key in _NUMBERS:
        return number(str(value))
    return Literal("true", XSD.boolean) if value is True else Literal(str(value))


def _day(text: str) -> Literal:
    """A day as xsd:date; a time may lack the seconds that xsd:dateTime wants, so it stays text."""
    return Literal(text, XSD.date) if len(text) == len("2026-03-01") else Literal(text)
