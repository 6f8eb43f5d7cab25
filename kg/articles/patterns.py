"""Which axioms a statement makes, by the patterns that its predicate carries.

No case is known to Python: an `eg:AxiomPattern` of the ontology says of which statements it is,
from which part of a statement its axiom starts, by which property, and at which part it ends. What
a denied statement would make is counter-evidence, and evidence of nothing. What is said of axioms,
and nothing comes of it, is an error: an axiom that is not made leaves no trace in an answer.

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

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.articles.classes import Classes
from kg.model.rdf import Graph
from kg.model.statements import short_id
from kg.model.vocabulary import EG, IRI, OWL, PROV, RDF, RDFS, Term, compact, eg, text_of

_NAMED_KINDS: Final[dict[str, tuple[IRI, ...]]] = {
    "whereTargetIs": (OWL.Class,),
    "ofKind": (EG.Statement,),
    "ofModality": (EG.Modality,),
    "exceptModality": (EG.Modality,),
    "unlessPattern": (EG.AxiomPattern,),
}
"""What the terms are that a pattern names."""
_BY_HAND: Final = (EG.evidence, EG.corroboration, EG.counterEvidence, EG.thresholdFrom)
"""Properties by which axioms and limits that stand by hand name statements."""
_EXPLAINED: Final = (EG.agreesWith, EG.carries, EG.saysNothingBecause, PROV.wasInvalidatedBy)
"""What a statement says where nothing has to be made of it."""


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

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._classes = Classes(graph)
        self._parts: dict[str, Callable[[IRI], Iterator[Term]]] = {
            "subject": lambda each: self._ends(each, "startsAt", "subject"),
            "object": lambda each: self._ends(each, "startsAt", "object"),
            "context": lambda each: self._ends(each, "shownFor", "context"),
            "context with subject": self._with_subject,
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
        for predicate in self._values(statement, "predicate"):
            for pattern in self._graph.objects(predicate, EG.axiomPattern):
                if self._applies(pattern, statement):
                    yield from self._misfits_of(pattern, statement)

    def _misfits_of(self, pattern: Term, statement: IRI) -> Iterator[str]:
        name = compact(text_of(pattern))
        for source in self._part(pattern, "axiomFrom", statement):
            if not self._is_one(source, (OWL.Class,)):
                yield f"{compact(text_of(source))} is no class, from which {name} starts"
        ends = tuple(self._graph.objects(pattern, EG.whereTargetIs))
        for target in self._part(pattern, "axiomTo", statement):
            if not self._is_one(target, ends):
                wanted = " or ".join(compact(text_of(each)) for each in ends)
                yield f"{compact(text_of(target))} is no {wanted}, at which {name} ends"

    def _by_pattern(self, statement: IRI) -> Iterator[Made]:
        applied: set[Term] = set()
        for predicate in self._values(statement, "predicate"):
            for pattern in self._graph.objects(predicate, EG.axiomPattern):
                barred = applied.intersection(self._graph.objects(pattern, EG.unlessPattern))
                if not barred and self._applies(pattern, statement):
                    made = tuple(self._make(pattern, statement))
                    applied |= {pattern} if made else set()
                    yield from made

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
                is_class = OWL.Class in self._graph.objects(source, RDF.type)
                fits = is_class and self._is_one(target, ends)
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
            subjects = tuple(self._values(statement, "subject"))
            for context, narrower in self._narrowed(statement, subjects):
                source = narrower or context
                if isinstance(source, IRI) and isinstance(target, IRI) and property_ is not None:
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

    def _with_subject(self, statement: IRI) -> Iterator[Term]:
        """The cases of the context that have the subject; of a finding, all of them.

        None where the subject is a class of what cases may have, no class of cases has it, and the
        curator names no cases to show it for: a course of some is not that of all.
        """
        is_named = any(self._values(statement, "shownFor"))
        subjects = tuple(self._values(statement, "subject"))
        is_had = any(OWL.Class in self._graph.objects(each, RDF.type) for each in subjects)
        for context, narrower in self._narrowed(statement, subjects):
            if narrower is not None or is_named or not is_had:
                yield narrower or context

    def _narrowed(
        self, statement: IRI, subjects: tuple[Term, ...]
    ) -> Iterator[tuple[Term, Term | None]]:
        """Each class of cases that a statement is of, and that of those with its subject."""
        for context in self._ends(statement, "shownFor", "context"):
            found = (self._classes.with_filler(context, each) for each in subjects)
            yield context, next((each for each in found if each is not None), None)

    def _finding_of_context(self, statement: IRI) -> Iterator[Term]:
        for context in self._values(statement, "context"):
            yield from self._classes.findings(context)

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


# ── What nothing comes of ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that is named, and that nothing comes of."""

    rule: str
    about: IRI
    """A statement, a pattern, or a predicate."""
    problem: str
    solution: str


def losses(
    graph: Graph, patterns: Patterns, made: Mapping[IRI, Collection[Made]]
) -> Iterator[Loss]:
    """Every loss in the patterns of a graph, and in the statements that make something by them."""
    for about, problem in patterns.mistakes():
        told = f"{compact(about)}: {problem}"
        yield Loss("pattern-makes-nothing", about, told, "Correct the pattern.")
    named = {
        each for node in graph for property_ in _BY_HAND for each in graph.objects(node, property_)
    }
    affirmed = {each.target for axioms in made.values() for each in axioms if not each.is_denied}
    for statement, axioms in made.items():
        yield from _carried(graph, statement, axioms)
        yield from _denied(graph, statement, axioms, affirmed)
        yield from _ends(graph, statement, axioms)
        explained = any(graph.objects(statement, each) for each in _EXPLAINED)
        if not (axioms or explained or statement in named):
            yield from _misfits(patterns, statement)


def _carried(graph: Graph, statement: IRI, made: Collection[Made]) -> Iterator[Loss]:
    """What is carried has to be something that cases can be given."""
    given = {each.target for each in made}
    for each in graph.objects(statement, EG.carries):
        if each not in given:
            problem = f"{short_id(statement)} carries {_name(each)}, which is "
            problem += "nothing that a kind of case can be given, or has no context"
            solution = "Name an alert, an advice or a course, and the context."
            yield Loss("carries-nothing", statement, problem, solution)


def _denied(
    graph: Graph, statement: IRI, made: Collection[Made], affirmed: Collection[IRI]
) -> Iterator[Loss]:
    """What is carried has to have a statement that speaks for it."""
    given = {each.target for each in made if each.is_denied}
    for each in graph.objects(statement, EG.carries):
        if each in given and each not in affirmed:
            problem = f"{short_id(statement)} is denied, so it speaks against {_name(each)}, "
            problem += "which it carries, and no statement speaks for it"
            solution = "Give the term `says denial: true` where its words are the denial."
            yield Loss("carries-its-denial", statement, problem, solution)


def _ends(graph: Graph, statement: IRI, made: Collection[Made]) -> Iterator[Loss]:
    """Where a record says that an axiom starts or ends, one has to."""
    used = {
        "startsAt": {each.source for each in made},
        "endsAt": {each.target for each in made},
    }
    for name, ends in used.items():
        for each in graph.objects(statement, eg(name)):
            if ends.isdisjoint(graph.objects(each, EG.hasMember) or (each,)):
                said = graph.text(eg(name), RDFS.label) or name
                problem = f"{short_id(statement)} {said} {_name(each)}, and no axiom of it does"
                solution = "Name a term of the kind that its pattern wants, or take it away."
                yield Loss("end-of-nothing", statement, problem, solution)
    if not made and graph.objects(statement, EG.shownFor):
        problem = f"{short_id(statement)} is shown for cases, and makes no axiom"
        yield Loss("end-of-nothing", statement, problem, "Say what it carries, or take it away.")


def _misfits(patterns: Patterns, statement: IRI) -> Iterator[Loss]:
    """A statement of which nothing is made has ends of the kinds that its patterns want."""
    for each in patterns.misfits(statement):
        problem = f"{short_id(statement)} makes no axiom: {each}"
        solution = (
            "Correct the term, or say what the statement `carries` or `agrees with`, or why it "
            "`says nothing for answers`."
        )
        yield Loss("end-of-another-kind", statement, problem, solution)


def _name(term: Term) -> str:
    return compact(text_of(term))
