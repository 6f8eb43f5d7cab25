"""What pages are made from: a graph, and whatever was read beside it before there was a request.

What the answers to the shipped questions rest on is asked of the graph, not listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from msgspec import Struct, structs

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.case import resolve_case
from kg.case.document import Question, read_questions
from kg.model.copies import Copy
from kg.model.errors import UsageError
from kg.model.resources import queries_dir
from kg.model.terms import Kind
from kg.model.vocabulary import EG, IRI, PREFIXES
from kg.reasoning.asserted import AssertedRules
from kg.serve.linked.search import Index, entries
from kg.serve.linked.taxonomy import Taxonomy
from kg.serve.linked.view import View
from kg.serve.linked.wording import Rule, axiom_records, read_rules
from kg.store.knowledge import KnowledgeGraph

PARTS: Final[Mapping[str, str]] = {
    "scope": "limits of the answer",
    "alerts": "alerts",
    "origins": "source of the finding",
    "causes": "causes",
    "rules": "what the findings say",
    "outcomes": "prognosis",
    "advice": "advice",
    "ask_next": "next steps",
    "unadvised": "next steps",
    "steps_for_others": "steps for other patients",
    "other_populations": "other populations",
    "tensions": "statements that pull in different directions",
    "unknown": "not known of the case",
}
"""The parts of an answer whose lines rest on statements, in the order of an answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the parts of its answer that name each statement."""

    name: str
    asked: str
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the short id of a statement or of background."""
    terms: frozenset[str] = frozenset()
    """The IRIs of what the case is about."""


def read_asked(graph: KnowledgeGraph) -> tuple[Asked, ...]:
    """Every shipped question with what its answer rests on."""
    return tuple(_asked(graph, each) for each in read_questions(queries_dir() / "cases"))


def _asked(graph: KnowledgeGraph, question: Question) -> Asked:
    try:
        about = graph.lexicon.find(question.about, Kind.FINDING).iri if question.about else None
        answer = ask(graph, resolve_case(dict(question.case), graph.lexicon), about)
    except UsageError:  # another version of the graph may not know what is asked
        return Asked(question.name, question.asked)
    terms = frozenset(each.iri for each in answer.case if each.iri) | {answer.finding.iri}
    return Asked(question.name, question.asked, _parts(answer), terms)


def _parts(answer: Answer) -> dict[str, tuple[str, ...]]:
    """The parts that name each statement and each background statement."""
    known = {*answer.statements, *answer.background}
    found: dict[str, dict[str, None]] = {}
    for name, part in PARTS.items():
        for text in _texts(getattr(answer, name)):
            if text in known:
                found.setdefault(text, {})[part] = None
    return {name: tuple(parts) for name, parts in found.items()}


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, however deep."""
    match value:
        case str():
            yield value
        case Struct():
            for each in structs.astuple(value):
                yield from _texts(each)
        case tuple() | frozenset():
            for each in value:
                yield from _texts(each)


@dataclass(frozen=True)
class Material:
    """Everything that a page may say something from."""

    view: View
    asked: tuple[Asked, ...] = ()
    """The shipped questions, each with what its answer rests on; none for a bare file."""
    copies: tuple[Copy, ...] | None = None
    """The operator's own copies of documents; None where no folder of them was named."""
    asserted: AssertedRules | None = None
    """The axioms as rules of one step each, for proofs; None for a bare file."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The axioms that statements or background carry."""
        return read_rules(self.view, self.records)

    @cached_property
    def records(self) -> Mapping[str, IRI]:
        """The record of each axiom by its text."""
        return axiom_records(self.view)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The tree of the terms."""
        return Taxonomy(self.view)

    @cached_property
    def index(self) -> Index:
        """Everything that can be searched."""
        return Index(entries(self.view, self.rules))

    @cached_property
    def carried(self) -> Mapping[IRI, tuple[Rule, ...]]:
        """The rules that each statement carries, alone or beside others."""
        return _by((iri, rule) for rule in self.rules for iri in rule.evidence)

    @cached_property
    def corroborated(self) -> Mapping[IRI, tuple[Rule, ...]]:
        """The rules that each statement agrees with and does not carry."""
        return _by((iri, rule) for rule in self.rules for iri in rule.corroboration)

    @cached_property
    def denied(self) -> Mapping[IRI, tuple[Rule, ...]]:
        """The rules that each statement denies."""
        return _by((iri, rule) for rule in self.rules for iri in rule.counter)

    @cached_property
    def using(self) -> Mapping[IRI, tuple[Rule, ...]]:
        """The rules in which each term stands."""
        return _by((iri, rule) for rule in self.rules for iri in sorted(rule.uses))

    @cached_property
    def relations(self) -> tuple[IRI, ...]:
        """The properties that relate one statement to another, in the order of their names."""
        return tuple(sorted(set(_relations(self.view))))

    def ready(self) -> None:
        """Work out now what a worker should not have to."""
        _ = (
            self.view.own,
            self.index,
            self.carried,
            self.corroborated,
            self.denied,
            self.using,
            self.relations,
            self.taxonomy.roots,
        )


def _relations(view: View) -> Iterator[IRI]:
    for statement in {each.subject for each in view.saying(EG.predicate)}:
        for each in view.about(statement):
            if isinstance(each.object, IRI) and each.object.startswith(PREFIXES["st"]):
                yield each.predicate


def _by(pairs: Iterable[tuple[str, Rule]]) -> Mapping[IRI, tuple[Rule, ...]]:
    found: defaultdict[IRI, list[Rule]] = defaultdict(list)
    for iri, rule in pairs:
        found[IRI(iri)].append(rule)
    return {iri: tuple(rules) for iri, rules in found.items()}
