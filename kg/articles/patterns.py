"""Which axioms a statement makes, by the patterns that its predicate carries.

No case is known to Python: an `eg:AxiomPattern` of the ontology says of which statements it is,
from which part of a statement its axiom starts, by which property, and at which part it ends. What
a denied statement would make is counter-evidence, and evidence of nothing.

>>> from kg.model.rdf import read_turtle
>>> graph = Graph(read_turtle(b'''
... @prefix eg: <https://w3id.org/etiograph/id/> .
... eg:causes eg:axiomPattern eg:p .
... eg:Gout a <http://www.w3.org/2002/07/owl#Class> .
... eg:p eg:axiomFrom "subject" ; eg:axiomProperty eg:mayCause ; eg:axiomTo "object" .
... <x:s> eg:predicate eg:causes ; eg:polarity eg:denied ; eg:subject eg:Gout ; eg:object eg:pain .
... '''))
>>> Patterns(graph).made(IRI("x:s"))[0].is_denied
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kg.articles.cases import Cases
from kg.articles.classes import Classes
from kg.model.rdf import Graph
from kg.model.vocabulary import EG, IRI, OWL, RDF, RDFS, Term, compact, eg, text_of

_NAMED_KINDS: Final[dict[str, tuple[IRI, ...]]] = {
    "whereTargetIs": (OWL.Class,),
    "ofKind": (EG.Statement,),
    "ofModality": (EG.Modality,),
    "exceptModality": (EG.Modality,),
    "unlessPattern": (EG.AxiomPattern,),
}
"""What the terms are that a pattern names."""
_OF_CASES: Final = ("context", "context with subject")
"""The parts of a statement that are kinds of case."""


@dataclass(frozen=True, slots=True)
class Made:
    """One axiom that a statement makes, by its two ends and the property between them."""

    source: IRI
    property: IRI
    """`rdfs:subClassOf` where `target` is itself a class."""
    target: IRI
    is_denied: bool = False
    """Whether the statement says that it is not so."""


class Patterns:
    """The patterns of an ontology, and what each makes of a statement."""

    def __init__(self, graph: Graph, cases: Cases | None = None) -> None:
        self._graph = graph
        self._classes = Classes(graph)
        self.cases = cases or Cases(graph)
        """The kinds of case, and those that statements need and no file has."""
        self._parts: dict[str, Callable[[IRI], Iterator[Term]]] = {
            "subject": lambda each: self._ends(each, "startsAt", "subject"),
            "object": lambda each: self._ends(each, "startsAt", "object"),
            "context": lambda each: self._cases_of(each, has_facts=False),
            "context with subject": lambda each: self._cases_of(each, has_facts=True),
            "finding": lambda each: self._ends(each, "endsAt", "object"),
            "finding of subject": lambda each: self._ends(each, "endsAt", "subject"),
            "finding of context": self._finding_of_context,
            "finding read": lambda each: self._values(each, "endsAt"),
            "wider": lambda each: self._values(each, "object"),
        }
        self._by_property = {
            kind: node
            for node in graph
            if isinstance(node, IRI) and graph.value(node, EG.carriedAs) is not None
            for kind in graph.objects(node, RDFS.range)
        }

    def made(self, statement: IRI) -> tuple[Made, ...]:
        """The axioms that a statement makes, each once, those of its patterns first."""
        found = (*self._by_pattern(statement), *self._carried(statement))
        return tuple(dict.fromkeys(found))

    def mistakes(self) -> Iterator[tuple[IRI, str]]:
        """The patterns that could make nothing, each with what was found and what was wanted."""
        nodes = [each for each in self._graph if isinstance(each, IRI)]
        for pattern in (each for each in nodes if self._is_one(each, (EG.AxiomPattern,))):
            yield from ((pattern, problem) for problem in self._slips(pattern))
        for predicate in nodes:
            for each in self._graph.objects(predicate, EG.axiomPattern):
                if not self._is_one(each, (EG.AxiomPattern,)):
                    yield predicate, f"its pattern {compact(text_of(each))} is no axiom pattern"

    def _slips(self, pattern: IRI) -> Iterator[str]:
        """What a pattern names and cannot be."""
        for name in ("axiomFrom", "axiomTo"):
            part = self._graph.text(pattern, eg(name))
            if part not in self._parts:
                known = ", ".join(self._parts)
                yield f"{part or 'nothing'!r} is no part of a statement; wanted one of {known}"
        if not isinstance(self._graph.value(pattern, EG.axiomProperty), IRI):
            yield "its axiom has no property"
        for name, kinds in _NAMED_KINDS.items():
            for each in self._graph.objects(pattern, eg(name)):
                if each != OWL.Class and not self._is_kind(each, kinds):
                    wanted = " or ".join(map(compact, kinds))
                    yield f"{compact(text_of(each))} under eg:{name} is no {wanted}"

    def misfits(self, statement: IRI) -> Iterator[str]:
        """Why patterns that are for a statement make nothing of its ends."""
        for pattern in self._of(statement):
            yield from self._misfits_of(pattern, statement)

    def _misfits_of(self, pattern: Term, statement: IRI) -> Iterator[str]:
        name = compact(text_of(pattern))
        for source in self._part(pattern, "axiomFrom", statement):
            if not self._is_class(source):
                yield f"{compact(text_of(source))} is no class, from which {name} starts"
        ends = tuple(self._graph.objects(pattern, EG.whereTargetIs))
        for target in self._part(pattern, "axiomTo", statement):
            if not self._is_one(target, ends):
                wanted = " or ".join(compact(text_of(each)) for each in ends)
                yield f"{compact(text_of(target))} is no {wanted}, at which {name} ends"

    def _by_pattern(self, statement: IRI) -> Iterator[Made]:
        applied: set[Term] = set()
        for pattern in self._of(statement):
            if not applied.intersection(self._graph.objects(pattern, EG.unlessPattern)):
                made = tuple(self._make(pattern, statement))
                applied |= {pattern} if made else set()
                yield from made

    def _of(self, statement: IRI) -> Iterator[Term]:
        """The patterns of the predicate that are for a statement."""
        for predicate in self._values(statement, "predicate"):
            for pattern in self._graph.objects(predicate, EG.axiomPattern):
                if self._applies(pattern, statement):
                    yield pattern

    def _applies(self, pattern: Term, statement: IRI) -> bool:
        """Whether a statement is of the kind and the force that a pattern is for."""
        kinds = set(self._graph.objects(pattern, EG.ofKind))
        wanted = set(self._graph.objects(pattern, EG.ofModality))
        unwanted = set(self._graph.objects(pattern, EG.exceptModality))
        modality = set(self._values(statement, "modality"))
        return (
            (not kinds or bool(kinds & set(self._graph.objects(statement, RDF.type))))
            and (not wanted or bool(wanted & modality))
            and not unwanted & modality
        )

    def _make(self, pattern: Term, statement: IRI) -> Iterator[Made]:
        sources = tuple(self._part(pattern, "axiomFrom", statement))
        targets = tuple(self._part(pattern, "axiomTo", statement))
        property_ = self._graph.value(pattern, EG.axiomProperty)
        needs_role = self._graph.value(pattern, EG.onlyWithRole) is not None
        ends = tuple(self._graph.objects(pattern, EG.whereTargetIs))
        for source in sources:
            for target in targets:
                if not (isinstance(source, IRI) and isinstance(target, IRI)):
                    continue
                fits = self._is_class(source) and self._is_one(target, ends)
                role = not needs_role or self._has_causes(property_, target)
                if fits and role and isinstance(property_, IRI):
                    yield Made(source, property_, target, self._is_denied(statement))

    def _has_causes(self, property_: Term | None, finding: IRI) -> bool:
        """Whether a finding is asked about, or has a class of what may cause it."""
        asked = self._graph.value(finding, EG.askedAs) is not None
        return asked or self._classes.role(property_, finding) is not None

    def _carried(self, statement: IRI) -> Iterator[Made]:
        """What a statement carries by name: an alert, an advice or an outcome for its cases."""
        for target in self._values(statement, "carries"):
            kinds = self._graph.objects(target, RDF.type)
            property_ = next(filter(None, map(self._by_property.get, kinds)), None)
            says_denial = self._graph.value(target, EG.saysDenial) is not None
            denied = self._is_denied(statement) and not says_denial
            for source in self._cases_of(statement, has_facts=True, or_context=True):
                if isinstance(target, IRI) and property_ is not None:
                    yield Made(source, property_, target, denied)

    # ── Parts of a statement ────────────────────────────────────────────────────────────────

    def _part(self, pattern: Term, name: str, statement: IRI) -> Iterator[Term]:
        part = self._graph.text(pattern, eg(name))
        return self._parts[part](statement) if part in self._parts else iter(())

    def _values(self, statement: IRI, name: str) -> Iterator[Term]:
        yield from self._graph.objects(statement, eg(name))

    def _ends(self, statement: IRI, first: str, otherwise: str) -> Iterator[Term]:
        """What the curator reads an end as, or the end itself, or each of its members."""
        own = tuple(self._values(statement, first)) or tuple(self._values(statement, otherwise))
        for each in own:
            yield from self._graph.objects(each, EG.hasMember) or (each,)

    def _cases_of(
        self, statement: IRI, *, has_facts: bool, or_context: bool = False
    ) -> Iterator[IRI]:
        """The cases of the context that show the subject, where it is a finding.

        With `has_facts` those that have the subject too, where it is a condition, a treatment or
        a class of results, unless the curator names the cases. No result of a measurement is the
        measurement itself: a course of it is told of nobody, and of all with `or_context`.
        """
        is_named = any(self._values(statement, "shownFor"))
        subjects = tuple(self._ends(statement, "subject", "subject"))
        for context in self._ends(statement, "shownFor", "context"):
            if isinstance(context, IRI):
                found = {
                    self._with(context, each, or_context=or_context)
                    for each in subjects
                    if self.cases.is_finding(each) or (has_facts and not is_named)
                }
                yield from (each for each in found or (context,) if each is not None)

    def _with(self, context: IRI, subject: Term, *, or_context: bool) -> IRI | None:
        if not isinstance(subject, IRI):
            return context
        is_wide = or_context and self.cases.is_measurement(subject)
        return self.cases.with_subject(context, subject) or (context if is_wide else None)

    def unshown(self, statement: IRI) -> Iterator[str]:
        """What an axiom of cases is about, and no kind of case shows."""
        for pattern in self._of(statement):
            if self._graph.text(pattern, EG.axiomFrom) in _OF_CASES:
                ends = tuple(self._graph.objects(pattern, EG.whereTargetIs))
                targets = self._part(pattern, "axiomTo", statement)
                ends_well = any(self._is_one(each, ends) for each in targets)
                has_context = any(self._ends(statement, "shownFor", "context"))
                if (
                    ends_well
                    and has_context
                    and not any(self._part(pattern, "axiomFrom", statement))
                ):
                    yield " and ".join(
                        compact(text_of(each)) for each in self._values(statement, "subject")
                    )

    def _finding_of_context(self, statement: IRI) -> Iterator[Term]:
        for context in self._values(statement, "context"):
            yield from self._classes.findings(context)

    def _is_class(self, term: Term) -> bool:
        """Whether a term is a class, by a file or made."""
        return term in self.cases.made or self._is_one(term, (OWL.Class,))

    def _is_one(self, term: Term, kinds: tuple[Term, ...]) -> bool:
        """Whether a term is of one of some types; of any where none is asked for."""
        types = self._graph.objects(term, RDF.type)
        return not kinds or any(each in types for each in kinds)

    def _is_kind(self, term: Term, kinds: tuple[IRI, ...]) -> bool:
        """Whether a term is of one of some types, or a class right below one."""
        above = self._graph.objects(term, RDFS.subClassOf)
        return self._is_one(term, kinds) or any(each in above for each in kinds)

    def _is_denied(self, statement: IRI) -> bool:
        return EG.denied in self._graph.objects(statement, EG.polarity)
