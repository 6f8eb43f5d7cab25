"""Compares the case engine with HermiT on random cases of any ontology; other tests import it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from realising import realise

from kg.compile.owl import hermit
from kg.compile.owl.axioms import Axiom, Declarations, used
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.functional import write_ontology
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.reading import read_axioms, read_declarations
from kg.compile.owl.rules import compile_rules
from kg.model import resources
from kg.model.errors import InconsistentError
from kg.model.rdf import Graph, read_ntriples, read_sources, read_turtle
from kg.reasoning.closure import Closure
from kg.reasoning.engine import classify
from kg.reasoning.expressions import (
    And,
    Expression,
    Facet,
    Named,
    Or,
    Some,
    Value,
    walk,
)
from kg.reasoning.intervals import Interval
from kg.reasoning.rules import THING, Facts, Rules

ULP = Decimal("0.000000000001")


@dataclass(frozen=True, eq=False)
class Reasoned:
    """An ontology with everything that reasoning makes of it."""

    axioms: tuple[Axiom, ...]
    declarations: Declarations
    names: Mapping[str, Expression]
    hierarchy: Hierarchy
    rules: Rules


def reason(graph: Graph) -> Reasoned:
    """Read, classify and compile an ontology."""
    axioms = read_axioms(graph)
    declarations = read_declarations(graph)
    names = name_expressions(axioms)
    hierarchy = hermit.classify(write_ontology(axioms, declarations, names=names))
    return Reasoned(axioms, declarations, names, hierarchy, compile_rules(axioms, hierarchy))


@cache
def reason_file(path: Path) -> Reasoned:
    """Reason over a Turtle file, once for all tests."""
    return reason(Graph(read_turtle(path.read_bytes())))


@cache
def reason_ontology() -> Reasoned:
    """Reason over the shipped ontology, once for all tests."""
    sources = read_sources(resources.ontology_dir())
    return reason(Graph(read_ntriples(sources.ntriples(), "the ontology")))


@dataclass
class Differences:
    """What was compared, and every fact that only one of the two found."""

    cases: int = 0
    facts: int = 0
    clashing: int = 0
    only_engine: list[tuple[str, ...]] = field(default_factory=list)
    only_hermit: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def found(self) -> bool:
        """Whether there is any difference."""
        return bool(self.only_engine or self.only_hermit)


def compare(
    rules: Rules,
    axioms: Sequence[Axiom],
    cases: Sequence[Facts],
    *,
    batch: int = 12,
    clashing_checked: int = 4,
) -> Differences:
    """The differences between engine and HermiT over the cases.

    Cases without a clash go to HermiT in batches, some of those with a clash one by one.
    """
    result = Differences()
    closures = [classify(rules, case) for case in cases]
    clean = [closure for closure in closures if not closure.clashes]
    for start in range(0, len(clean), batch):
        _compare_batch(axioms, clean[start : start + batch], result)
    for closure in [each for each in closures if each.clashes][:clashing_checked]:
        result.clashing += 1
        if _hermit_accepts(axioms, closure.facts):
            result.only_engine.append(("clash", str(closure.clashes[0])))
    return result


def assert_same(rules: Rules, axioms: Sequence[Axiom], cases: Sequence[Facts]) -> Differences:
    """Fails the test with the first differences; otherwise gives what was compared."""
    result = compare(rules, axioms, cases)
    if result.found:
        pytest.fail(
            f"only the engine: {result.only_engine[:5]}; only HermiT: {result.only_hermit[:5]}"
        )
    return result


def renamed(facts: Facts, prefix: str) -> Facts:
    """The same facts about individuals of other names, so that cases can share one reasoner."""
    subjects = {each for each, _ in facts.types}

    def name(term: str) -> str:
        return prefix + term if term in subjects else term

    return Facts(
        tuple((name(s), c) for s, c in facts.types),
        tuple((name(s), p, name(o)) for s, p, o in facts.edges),
        tuple((name(s), p, v) for s, p, v in facts.values),
    )


def random_cases(axioms: Sequence[Axiom], count: int, *, seed: int) -> tuple[Facts, ...]:
    """Cases around the definitions: parts present or missing, values on and beside every bound."""
    return tuple(
        _CaseMaker(axioms, random.Random(f"{seed}-{number}"), f"urn:case:{number}:").make()
        for number in range(count)
    )


class _CaseMaker:
    """Makes one case by half-fulfilling the definitions of a few classes."""

    def __init__(self, axioms: Sequence[Axiom], rng: random.Random, prefix: str) -> None:
        self._rng = rng
        self._prefix = prefix
        self._known: list[str] = []
        self._types: dict[tuple[str, str], None] = {}
        self._edges: dict[tuple[str, str, str], None] = {}
        self._values: dict[tuple[str, str, Decimal], None] = {}
        self._definitions: dict[str, list[Expression]] = {}
        self._functional = {axiom.iris[0] for axiom in axioms if axiom.kind == "functional"}
        self._bounds: dict[str, list[Decimal]] = {}
        self._classes: list[str] = sorted(used(axioms).classes - {THING})
        self._roles = sorted(used(axioms).object_properties)
        for axiom in axioms:
            self._learn(axiom)
        self._defined = sorted(self._definitions)

    def make(self) -> Facts:
        """Give the facts of the case."""
        for _ in range(self._rng.randint(1, 5)):
            goals = self._classes if self._rng.random() < 0.3 else self._defined
            self._fulfil(self._individual(), Named(self._rng.choice(goals)), 0)
        for _ in range(self._rng.randint(0, 2)):
            edge = (self._individual(), self._rng.choice(self._roles), self._individual())
            self._edges[edge] = None
        return Facts(tuple(self._types), tuple(self._edges), tuple(self._values))

    def _learn(self, axiom: Axiom) -> None:
        if axiom.kind == "equivalent":
            one, other = axiom.terms
            for name, body in ((one, other), (other, one)):
                if isinstance(name, Named):
                    self._definitions.setdefault(name.iri, []).append(body)
        if axiom.kind == "subclass" and isinstance(axiom.terms[1], Named):
            self._definitions.setdefault(axiom.terms[1].iri, []).append(axiom.terms[0])
        for part in (part for term in axiom.terms for part in walk(term)):
            if isinstance(part, Facet):
                self._bounds.setdefault(part.property, []).extend(_bounds(part.interval))

    def _individual(self) -> str:
        if self._known and self._rng.random() < 0.5:
            return self._rng.choice(self._known)
        self._known.append(f"{self._prefix}i{len(self._known)}")
        return self._known[-1]

    def _fulfil(self, individual: str, expression: Expression, depth: int) -> None:
        match expression:
            case Named(iri):
                self._fulfil_class(individual, iri, depth)
            case And(parts):
                for part in parts:
                    if self._rng.random() < 0.92:
                        self._fulfil(individual, part, depth + 1)
            case Or(parts):
                self._fulfil(individual, self._rng.choice(parts), depth + 1)
            case Some(role, filler):
                target = self._individual()
                self._edges[(individual, role, target)] = None
                self._fulfil(target, filler, depth + 1)
            case Value(role, target):
                self._edges[(individual, role, target)] = None
            case Facet(role, _):
                self._give_value(individual, role)

    def _fulfil_class(self, individual: str, iri: str, depth: int) -> None:
        bodies = self._definitions.get(iri)
        if bodies and depth < 5 and self._rng.random() < 0.7:
            self._fulfil(individual, self._rng.choice(bodies), depth + 1)
        elif iri != THING:
            self._types[(individual, iri)] = None

    def _give_value(self, individual: str, role: str) -> None:
        given = any((s, p) == (individual, role) for s, p, _ in self._values)
        if given and role in self._functional and self._rng.random() < 0.9:
            return
        bound = self._rng.choice(self._bounds.get(role) or [Decimal(1)])
        step = self._rng.choice([-ULP, Decimal(0), ULP, Decimal("0.5"), Decimal(-3)])
        self._values[(individual, role, bound + step)] = None


def _bounds(interval: Interval) -> Iterator[Decimal]:
    for bound in (interval.at_least, interval.above, interval.at_most, interval.below):
        if bound is not None:
            yield bound


def _compare_batch(
    axioms: Sequence[Axiom],
    closures: Sequence[Closure],
    result: Differences,
) -> None:
    ours = {fact for closure in closures for fact in _facts(closure)}
    merged = Facts(
        tuple(each for closure in closures for each in closure.facts.types),
        tuple(each for closure in closures for each in closure.facts.edges),
        tuple(each for closure in closures for each in closure.facts.values),
    )
    try:
        truth = realise(write_ontology(axioms, facts=merged))
    except InconsistentError:
        theirs = {("", "clash", "")}
    else:
        theirs = {(i, "type", c) for i, found in truth.types.items() for c in found} | truth.edges
    individuals = {fact[0] for fact in ours}
    theirs = {fact for fact in theirs if fact[0] in {"", *individuals}}
    if ours != theirs and len(closures) > 1:
        # cases may meet in an individual of the ontology: apart, they cannot
        for closure in closures:
            _compare_batch(axioms, [closure], result)
        return
    result.cases += len(closures)
    result.facts += len(ours | theirs)
    result.only_engine.extend(sorted(ours - theirs))
    result.only_hermit.extend(sorted(theirs - ours))


def _facts(closure: Closure) -> Iterator[tuple[str, ...]]:
    for individual in closure.individuals:
        for class_iri in closure.types(individual) - {THING}:
            yield individual, "type", class_iri
    yield from closure.edge_table


def _hermit_accepts(axioms: Sequence[Axiom], facts: Facts) -> bool:
    try:
        realise(write_ontology(axioms, facts=facts))
    except InconsistentError:
        return False
    return True
