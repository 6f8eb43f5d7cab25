"""What rustdl says of one case: a reasoner of other authors, in another language.

It counts the individuals of the ontology among its 32, and loses inferences beyond them without a
word. So the values that axioms name stand as classes here: having the value is being a member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from kg.compile.owl.axioms import Axiom, make_axiom
from kg.compile.owl.functional import ontology, write_facts, write_ontology
from kg.compile.owl.hierarchy import Hierarchy
from kg.reasoning.closure import Closure
from kg.reasoning.expressions import And, Expression, Named, Or, Some, Value
from kg.reasoning.rules import THING, Facts

MOST = 32
"""Beyond so many individuals it misses much and does not say so. What axioms say to exist counts
too, so that a case with fewer may lose a membership, in one run and not in the next."""


@dataclass(frozen=True)
class Opinion:
    """Where rustdl and the engine differ on one case; `("", "clash")` is that it cannot be."""

    case: Facts
    only_rustdl: frozenset[tuple[str, str]] = frozenset()
    only_engine: frozenset[tuple[str, str]] = frozenset()


def opinion(
    axioms: tuple[Axiom, ...], hierarchy: Hierarchy, closure: Closure, folder: Path
) -> Opinion:
    """What rustdl finds in a case that the engine does not, and the other way round."""
    rustdl = pytest.importorskip("rustdl")
    facts = closure.facts
    own = {i for i, _ in facts.types} | {i for s, _, o in facts.edges for i in (s, o)}
    own |= {subject for subject, _, _ in facts.values}
    own -= {each for each, _ in _told(axioms)}
    assert len(own) < MOST
    path = folder / "case.ofn"
    path.write_text(ontology((*_ontology(axioms), *_case(axioms, facts))))
    clash = frozenset({("", "clash")})
    if not rustdl.is_consistent(str(path)):
        return Opinion(facts) if closure.clashes else Opinion(facts, only_rustdl=clash)
    if closure.clashes:
        return Opinion(facts, only_engine=clash)
    ours = frozenset((each, kind) for each in own for kind in closure.types(each) - {THING})
    theirs = frozenset(
        (each, upper)
        for each, kinds in rustdl.realize(str(path)).items()
        for kind in kinds
        for upper in {kind, *hierarchy.supers.get(kind, ())} - {THING}
        if each in own and not upper.startswith("urn:")
    )
    return Opinion(facts, theirs - ours, ours - theirs)


@cache
def _ontology(axioms: tuple[Axiom, ...]) -> tuple[str, ...]:
    """The axioms in functional syntax, with a class for each value."""
    turned = [_turned(axiom) for axiom in axioms if axiom.kind != "type"]
    return tuple(write_ontology(turned).splitlines()[1:-1])


@cache
def _told(axioms: tuple[Axiom, ...]) -> frozenset[tuple[str, str]]:
    """The individuals of the ontology, each with its class."""
    return frozenset(axiom.iris for axiom in axioms if axiom.kind == "type")  # type: ignore[misc]


def _turned(axiom: Axiom) -> Axiom:
    if axiom.kind in ("subclass", "equivalent", "disjoint"):
        return make_axiom(axiom.kind, *map(_without_values, axiom.terms))
    return axiom


def _without_values(expression: Expression) -> Expression:
    match expression:
        case Value(role, individual):
            return Named(_having(role, individual))
        case Some(role, filler):
            return Some(role, _without_values(filler))
        case And(parts):
            return And(tuple(map(_without_values, parts)))
        case Or(parts):
            return Or(tuple(map(_without_values, parts)))
        case _:
            return expression


def _having(role: str, individual: str) -> str:
    return f"urn:having/{role.rpartition('/')[2]}/{individual.rpartition('/')[2]}"


def _case(axioms: tuple[Axiom, ...], facts: Facts) -> Iterator[str]:
    told = {each for each, _ in _told(axioms)}
    having = tuple((s, _having(role, o)) for s, role, o in facts.edges if o in told)
    for name in sorted({each for s, _, o in facts.edges for each in (s, o)}):
        yield f"Declaration(NamedIndividual(<{name}>))"
    yield from write_facts(replace(facts, types=(*facts.types, *having)))
