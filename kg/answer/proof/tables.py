"""Everything that proofs look up and that does not depend on a case, read once for each graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from kg.answer.notes import Notes, read_notes, short, value
from kg.answer.proof.model import AxiomNote, Part
from kg.model.vocabulary import IRI, PREFIXES, Term
from kg.reasoning.ruleset import TYPE, Fact
from kg.reasoning.tracing import Tracer
from kg.store.knowledge import Knowledge

MEMBER_OF: Final = "urn:etiograph:any"
"""Stands for any member of the class that a claim is about."""


@dataclass(frozen=True)
class EdgeNote:
    """What follows for every member of a class, with the axioms and statements it takes."""

    source: str
    property: str
    target: str
    inferred: bool
    axioms: frozenset[str]
    rules: tuple[str, ...]
    """The statements that say it of the class or of a wider one; short ids."""
    corroboration: tuple[str, ...]
    weakest: str
    """The statement that bounds the strength; empty where none does."""


@dataclass(frozen=True)
class ListedAs:
    """A statement that lists a cause, and the kind of possible cause that it is listed as."""

    role: str
    statement: str
    context: str


@dataclass(frozen=True)
class OpenDatum:
    """A datum that a cause waits for, and the finding that makes it wait, if it is one."""

    datum: str
    label: str
    message: str
    finding: str
    property: str


@dataclass(frozen=True)
class Tables:
    """The fixed tables of one graph."""

    knowledge: Knowledge
    notes: Notes
    tracer: Tracer
    axioms: Mapping[str, AxiomNote]
    labels: Mapping[str, str]
    edges: tuple[EdgeNote, ...]
    always: frozenset[str]
    """The consequences that hold outside the scope too."""
    exceptions: Mapping[str, frozenset[str]]
    """By consequence: the findings that it does not apply with."""
    settling: frozenset[str]
    """The statements whose words settle a question."""
    parts: dict[object, Part] = field(default_factory=dict)
    """The parts of proofs that are about classes alone, kept for the next case."""
    _sets: dict[object, frozenset[str] | None] = field(default_factory=dict)

    @cached_property
    def by_source(self) -> Mapping[str, tuple[EdgeNote, ...]]:
        """The edges of each class."""
        return _grouped(self.edges, "source")

    @cached_property
    def by_target(self) -> Mapping[str, tuple[EdgeNote, ...]]:
        """The edges to each value."""
        return _grouped(self.edges, "target")

    def carried_by(self, edge: EdgeNote, statement: str) -> frozenset[str] | None:
        """The axioms by which an edge follows from one of the statements that say it.

        The justification that the build chose may use an axiom of another of these statements.
        """
        if not statement or any(statement in self.axioms[e].statements for e in edge.axioms):
            return edge.axioms
        return self.carrying(frozenset(edge.rules), statement)

    def carrying(self, rules: frozenset[str], statement: str) -> frozenset[str] | None:
        """Every axiom but those by which only other rules say the same; None where all may stay."""
        key = rules, statement
        if key not in self._sets:
            others = frozenset(
                each.id
                for each in self.axioms.values()
                if statement not in each.statements and not rules.isdisjoint(each.statements)
            )
            self._sets[key] = frozenset(self.axioms.keys() - others) if others else None
        return self._sets[key]

    def axioms_for(
        self, edge: EdgeNote, statement: str, contexts: frozenset[str]
    ) -> frozenset[str] | None:
        """The same in a case of these kinds: if possible by no axiom that is said of others only.

        The justification that the build chose knows of no case.
        """
        stored = self.carried_by(edge, statement)
        others = self._said_of_others(contexts)
        if stored is not None and stored.isdisjoint(others):
            return stored
        key = edge, statement, others
        if key not in self._sets:
            may = self.carrying(frozenset(edge.rules), statement) or frozenset(self.axioms)
            facts = (Fact(MEMBER_OF, TYPE, edge.source),)
            goal = Fact(MEMBER_OF, edge.property, edge.target)
            own = self.tracer.axioms(facts, goal, within=may - others)
            self._sets[key] = own or stored
        return self._sets[key]

    def _said_of_others(self, contexts: frozenset[str]) -> frozenset[str]:
        """The axioms that documents state, and of none of these kinds of case."""
        notes = self.notes.statements
        if contexts not in self._sets:
            self._sets[contexts] = frozenset(
                each.id
                for each in self.axioms.values()
                if each.statements
                and not any(notes[name].context in contexts for name in each.statements)
            )
        return self._sets[contexts] or frozenset()

    def label(self, iri: str) -> str:
        """What a term is called."""
        return self.labels.get(iri, iri)

    def listed_as(self, about: str) -> Mapping[str, tuple[ListedAs, ...]]:
        """By cause of a finding: every statement that lists it."""
        return _listed_as(self.knowledge, self.notes, about)

    def open_data(self, about: str) -> Mapping[str, tuple[OpenDatum, ...]]:
        """By cause of a finding: what it may wait for."""
        return _open_data(self.knowledge, about)


@lru_cache(maxsize=4)
def read_tables(knowledge: Knowledge) -> Tables:
    """The tables of a graph."""
    always, exceptions = _exceptions(knowledge)
    return Tables(
        knowledge,
        read_notes(knowledge),
        Tracer(knowledge.told),
        _axioms(knowledge),
        {value(r["term"]): value(r["label"]) for r in knowledge.table("labels").records()},
        tuple(_edges(knowledge)),
        always,
        exceptions,
        frozenset(short(record["statement"]) for record in knowledge.table("settling").records()),
    )


def _axioms(knowledge: Knowledge) -> dict[str, AxiomNote]:
    texts: dict[str, str] = {}
    carried: defaultdict[str, list[str]] = defaultdict(list)
    for record in knowledge.table("axioms").records():
        identifier = _axiom_id(value(record["axiom"]))
        texts[identifier] = value(record["text"])
        if "statement" in record:
            carried[identifier].append(value(record["statement"]))
    background = PREFIXES["bg"]
    return {
        each: AxiomNote(
            each,
            text,
            tuple(short(IRI(s)) for s in carried[each] if not s.startswith(background)),
            tuple(short(IRI(s)) for s in carried[each] if s.startswith(background)),
        )
        for each, text in texts.items()
    }


def _edges(knowledge: Knowledge) -> list[EdgeNote]:
    found: dict[tuple[str, ...], defaultdict[str, list[str]]] = {}
    for record in knowledge.table("edges").records():
        key = tuple(value(record[n]) for n in ("source", "property", "target", "inferred"))
        roles = found.setdefault(key, defaultdict(list))
        roles[value(record["role"])].append(value(record["premise"]))
    return [
        EdgeNote(
            source,
            role,
            target,
            inferred == "true",
            frozenset(map(_axiom_id, uses["axiom"])),
            tuple(short(IRI(each)) for each in uses["rule"]),
            tuple(short(IRI(each)) for each in uses["corroboration"]),
            next((short(IRI(each)) for each in uses["weakest"]), ""),
        )
        for (source, role, target, inferred), uses in found.items()
    ]


def _exceptions(knowledge: Knowledge) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    always: set[str] = set()
    exceptions: defaultdict[str, set[str]] = defaultdict(set)
    for record in knowledge.table("exceptions").records():
        if "finding" in record:
            exceptions[value(record["item"])].add(value(record["finding"]))
        else:
            always.add(value(record["item"]))
    return frozenset(always), {item: frozenset(found) for item, found in exceptions.items()}


@lru_cache(maxsize=16)
def _listed_as(knowledge: Knowledge, notes: Notes, about: str) -> dict[str, tuple[ListedAs, ...]]:
    found: defaultdict[str, list[ListedAs]] = defaultdict(list)
    for record in _about(knowledge, "listed_as", about):
        statement = short(record["statement"])
        if statement in notes.statements:
            context = notes.statements[statement].context
            found[value(record["cause"])].append(
                ListedAs(value(record["role"]), statement, context)
            )
    return {cause: tuple(listed) for cause, listed in found.items()}


@lru_cache(maxsize=16)
def _open_data(knowledge: Knowledge, about: str) -> dict[str, tuple[OpenDatum, ...]]:
    found: defaultdict[str, dict[OpenDatum, None]] = defaultdict(dict)
    for record in _about(knowledge, "needs", about):
        finding = value(record["finding"]) if "finding" in record else ""
        datum = OpenDatum(
            value(record["datum"]),
            value(record["datum_label"]),
            value(record["message"]),
            finding,
            PREFIXES["eg"] + ("leavesOpen" if finding else "presupposes"),
        )
        found[value(record["cause"])][datum] = None
    return {cause: tuple(data) for cause, data in found.items()}


def _about(knowledge: Knowledge, name: str, about: str) -> Iterator[dict[str, Term]]:
    """The rows of a table that are about one finding."""
    return (row for row in knowledge.table(name).records() if value(row["about"]) == about)


def _axiom_id(iri: str) -> str:
    return iri.rpartition("/")[2]


def _grouped(edges: tuple[EdgeNote, ...], name: str) -> dict[str, tuple[EdgeNote, ...]]:
    found: defaultdict[str, list[EdgeNote]] = defaultdict(list)
    for edge in edges:
        found[getattr(edge, name)].append(edge)
    return {key: tuple(each) for key, each in found.items()}
