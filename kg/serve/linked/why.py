"""Why one class is a kind of another: every smallest set of axioms that says so.

The graph keeps the proofs of values only. Those of classes are worked out when they are asked for,
by the rules that answers are proved with; it takes a millisecond or two.
"""

from __future__ import annotations

from typing import Final

from kg.model.vocabulary import BASE, IRI, PREFIXES, RDFS_SUBCLASS_OF
from kg.pages.values import path_of
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.engine import classify
from kg.reasoning.rules import TYPE, Fact, Facts
from kg.reasoning.trace import minimal_sets
from kg.serve.linked.view import View

WHY: Final = "ontology/why/"
"""What the addresses of these pages begin with; the names of both classes follow."""
_MEMBER: Final = "urn:etiograph:any"
"""Stands for any member of the narrower class."""


def why_path(lower: IRI, upper: IRI) -> str | None:
    """The address at which it is said why; none of classes with a name that is no plain one."""
    space = PREFIXES["eg"]
    names = [each.removeprefix(space) for each in (lower, upper)]
    is_plain = all(each.startswith(space) for each in (lower, upper))
    if not is_plain or any(not name or "/" in name for name in names):
        return None
    return path_of(f"{BASE}{WHY}{'/'.join(names)}")


def read_why(name: str) -> tuple[IRI, IRI]:
    """The classes that the path of such a page names, the narrower one first."""
    lower, _, upper = name.removeprefix(WHY).partition("/")
    return IRI(f"{PREFIXES['eg']}{lower}"), IRI(f"{PREFIXES['eg']}{upper}")


def is_why(view: View, name: str) -> bool:
    """Whether a path is that of such a page, of a class that the graph puts below the other."""
    if not name.startswith(WHY):
        return False
    lower, upper = read_why(name)
    return lower != upper and upper in view.values(lower, RDFS_SUBCLASS_OF)


def find_ways(rules: AssertedRules, lower: IRI, upper: IRI) -> tuple[tuple[IRI, ...], ...]:
    """The records of the axioms of each way, the shortest first."""
    closure = classify(rules.rules, Facts(types=((_MEMBER, lower),)))
    goal = Fact(_MEMBER, TYPE, upper)
    sets = minimal_sets(rules.steps(closure), (goal,), rules.places)[goal]
    return tuple(tuple(IRI(f"{BASE}axiom/{each}") for each in found) for found in sets)
