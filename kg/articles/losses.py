"""What is said of axioms, and nothing comes of it: an axiom that is not made leaves no trace."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.articles.patterns import Made, Patterns
from kg.model.rdf import Graph
from kg.model.statements import short_id
from kg.model.vocabulary import EG, IRI, PROV, RDFS, Term, compact, eg, text_of

_BY_HAND: Final = (EG.evidence, EG.corroboration, EG.counterEvidence, EG.thresholdFrom)
"""Properties by which axioms and limits that stand by hand name statements."""
_EXPLAINED: Final = (EG.agreesWith, EG.carries, EG.saysNothingBecause, PROV.wasInvalidatedBy)
"""What a statement says where nothing has to be made of it."""


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
        yield from _unshown(patterns, statement)
        yield from _carried(graph, statement, axioms)
        yield from _denied(graph, statement, axioms, affirmed)
        yield from _ends(graph, statement, axioms)
        explained = any(graph.objects(statement, each) for each in _EXPLAINED)
        if not (axioms or explained or statement in named):
            yield from _misfits(patterns, statement)


def _unshown(patterns: Patterns, statement: IRI) -> Iterator[Loss]:
    """What is told of cases that show a subject has to have such cases, or nobody is told."""
    for each in patterns.unshown(statement):
        problem = f"{short_id(statement)} is told of the cases that have {each}, "
        problem += "and no kind of case does"
        solution = (
            "Name as `subject` a finding that a case shows, a condition, a treatment or a class of "
            "results, or as `shown for` the cases that the sentence is about."
        )
        yield Loss("case-without-subject", statement, problem, solution)


def _carried(graph: Graph, statement: IRI, made: Collection[Made]) -> Iterator[Loss]:
    """What is carried has to be something that cases can be given."""
    given = {each.target for each in made}
    for each in graph.objects(statement, EG.carries):
        if each not in given:
            problem = f"{short_id(statement)} carries {_name(each)}, which is "
            problem += "nothing that a kind of case can be given, or has no context that shows its "
            problem += "subject"
            solution = (
                "Name an alert, an advice or a course, and the context, or as `shown for` the "
            )
            solution += "cases that the sentence is about."
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
