"""Statements with one field changed, and what notices it: a tested answer, or a check.

A mutant is a statement of an article, as it reaches the graph, with one value replaced by one that
another statement has in that field, with one figure changed, or without the value. What follows
from the axioms stays as it was, so a field that only a build would look at counts as unnoticed.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from kg.answer.ask import ask
from kg.case import resolve_case
from kg.case.document import read_questions
from kg.compile import builder
from kg.compile.check.rules import read_rules, run_queries
from kg.compile.check.shapes import run_shapes
from kg.compile.model import open_store
from kg.curate.diff.difference import shipped_questions
from kg.model import resources
from kg.model.errors import KGError
from kg.model.rdf import ntriples_of, read_sources
from kg.model.vocabulary import IRI, PREFIXES, compact
from kg.show import render
from kg.store.base import Store
from kg.store.knowledge import KnowledgeGraph, open_graph
from kg.store.local import LocalStore

CONSTANT: Final = frozenset(
    {"rdfs:isDefinedBy", "eg:evidenceType", "biolink:knowledge_level", "biolink:agent_type"}
)
"""Fields that have one value in every statement."""
_STATEMENT: Final = f"<{PREFIXES['st']}"
_DIGIT: Final = re.compile(r"\d")

Facts = Callable[[Store], list[object]]
"""What the tests ask of a store, as something to be compared."""


class Field(NamedTuple):
    """One value of one field of a statement, as N-Triples write it."""

    subject: str
    name: str
    value: str

    @property
    def line(self) -> str:
        """The triple, as it begins a line of N-Quads."""
        return f"{self.subject} {self.name} {self.value}"


class Mutant(NamedTuple):
    """A field, and the value that it has instead; empty where it is left out."""

    field: Field
    instead: str

    def __str__(self) -> str:
        """Which field of which statement, for whoever reads of a survivor."""
        name = _short(self.field.name)
        return f"{_short(self.field.subject)} {name}: {self.field.value} → {self.instead or '-'}"

    def of(self, nquads: str) -> bytes:
        """The graph with the field changed."""
        line = f"\n{self.field.line} "
        if not self.instead:
            start = nquads.index(line)
            return (nquads[:start] + nquads[nquads.index("\n", start + 1) :]).encode()
        return nquads.replace(
            line, f"\n{self.field._replace(value=self.instead).line} ", 1
        ).encode()


def mutants(nquads: str, seed: int) -> list[Mutant]:
    """A mutant for each value of each field of each statement of a document, in chance order."""
    chance = random.Random(seed)
    fields = sorted(_fields(nquads))
    known: defaultdict[str, set[str]] = defaultdict(set)
    for each in fields:
        known[each.name].add(each.value)
    found = [Mutant(each, _instead(each, sorted(known[each.name]), chance)) for each in fields]
    chance.shuffle(found)
    return found


def _fields(nquads: str) -> Iterator[Field]:
    for line in nquads.splitlines():
        if line.startswith(_STATEMENT) and "/graph/document/" in line:
            subject, name, rest = line.removesuffix(" .").split(" ", 2)
            if _short(name) not in CONSTANT and "#NamedIndividual>" not in rest:
                yield Field(subject, name, rest.rpartition(" ")[0])


def _instead(field: Field, values: Sequence[str], chance: random.Random) -> str:
    """Another value for a field: another figure, that of another statement, or none at all."""
    figure = _DIGIT.search(field.value)
    if field.value.startswith('"') and figure:
        other = str((int(figure[0]) + 1) % 10)
        return field.value[: figure.start()] + other + field.value[figure.end() :]
    others = [each for each in values if each != field.value]
    return chance.choice(others) if others and chance.random() < 0.8 else ""


def _short(iri: str) -> str:
    return compact(iri.strip("<>"))


@dataclass(frozen=True)
class Bench:
    """What tests and checks say of the graph as it is, to compare that of each mutant with it."""

    facts: Facts

    @cached_property
    def knowledge(self) -> KnowledgeGraph:
        """The graph as it is."""
        return open_graph(builder.ready())

    @cached_property
    def graph(self) -> str:
        """Its quads, with a line break before each."""
        return "\n" + builder.ready().content.decode()

    @cached_property
    def sources(self) -> str:
        """The quads of the files."""
        return "\n" + read_sources(resources.ontology_dir()).nquads.decode()

    @cached_property
    def _before(self) -> tuple[list[object], Mapping[str, str]]:
        store = LocalStore(self.graph.encode())
        return self.facts(store), self._answers(store)

    def noticed_by(self, mutant: Mutant) -> str:
        """What tells the mutant from the statement: facts, answers or checks; empty: nothing."""
        facts, answers = self._before
        store = LocalStore(mutant.of(self.graph))
        try:
            if self.facts(store) != facts:
                return "facts"
            if self._answers(store) != answers:
                return "answers"
        except (KGError, KeyError, ValueError):
            return "build"
        subject = mutant.field.subject
        before = self._findings(self.sources.encode(), subject)
        return "checks" if self._findings(mutant.of(self.sources), subject) != before else ""

    def _answers(self, store: Store) -> dict[str, str]:
        """The answer to each shipped question."""
        own = self.knowledge
        knowledge = open_store(store, own.rules, own.asserted, "mutant")
        found: dict[str, Any] = {}
        for question in read_questions(shipped_questions()):
            case = resolve_case(dict(question.case), knowledge.lexicon)
            found[question.name] = render(
                ask(knowledge, case, about=IRI(question.about) if question.about else None), "json"
            )
        return found

    @cached_property
    def _known(self) -> frozenset[str]:
        return self._by_rules(self.sources.encode())

    def _findings(self, nquads: bytes, subject: str) -> frozenset[str]:
        """What rules find in the files, and shapes in all of them but the other statements."""
        lines = nquads.decode().splitlines(keepends=True)
        about = "".join(e for e in lines if not e.startswith(_STATEMENT) or e.startswith(subject))
        report = run_shapes(ntriples_of(about.encode()), resources.ontology_dir() / "shapes")
        rules = self._known if nquads == self.sources.encode() else self._by_rules(nquads)
        return rules | {f"{each.rule} {each.message}" for each in report.findings}

    def _by_rules(self, nquads: bytes) -> frozenset[str]:
        found = run_queries(LocalStore(nquads), read_rules(resources.queries_dir() / "verify"))
        return frozenset(f"{each.rule} {each.message}" for each in found.findings)
