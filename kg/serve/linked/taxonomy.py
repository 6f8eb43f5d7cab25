"""The nearest wider and narrower terms of each term, for pages that show terms as a tree, and why.

The graph says of a term everything above it, told and inferred; a tree shows the next step alone.
Classes that only say a value (`supported by low calcium`) are left out of it: what follows for a
term says that better. The proofs of values are in the graph; those of classes are worked out when
they are asked for, by the rules that answers are proved with, in a millisecond or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from kg.model.vocabulary import BASE, IRI, OWL, PREFIXES, RDFS, BlankNode
from kg.pages.values import path_of
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.engine import classify
from kg.reasoning.rules import TYPE, Fact, Facts
from kg.reasoning.trace import minimal_sets
from kg.serve.linked.view import View

PARENTS: Final = (RDFS.subClassOf, RDFS.subPropertyOf)
"""The properties by which a term stands below another."""

Links = Mapping[IRI, tuple[IRI, ...]]
"""The terms that each term leads to, by name."""


class Taxonomy:
    """The tree of the terms of a graph, as steps between a term and the next."""

    def __init__(self, view: View) -> None:
        self._view = view

    def parents(self, iri: IRI) -> tuple[IRI, ...]:
        """The wider terms with none between, by name."""
        return self._nearest.get(iri, ())

    def children(self, iri: IRI) -> tuple[IRI, ...]:
        """The narrower terms with none between, by name."""
        return self._below.get(iri, ())

    def above(self, iri: IRI) -> frozenset[IRI]:
        """Every wider term in the tree."""
        return self._above.get(iri, frozenset())

    def same(self, iri: IRI) -> frozenset[IRI]:
        """The terms that mean the same: each is said to be a kind of the other."""
        named = self._named
        return frozenset(each for each in named.get(iri, ()) if iri in named.get(each, ()))

    @cached_property
    def roots(self) -> tuple[IRI, ...]:
        """The terms with narrower ones and no wider one, by name."""
        return self.by_name(each for each in self._below if not self.parents(each))

    @cached_property
    def made(self) -> frozenset[IRI]:
        """The classes that only say a value, which stand in no tree."""
        same = self._view.saying(OWL.equivalentClass)
        return frozenset(
            IRI(str(each.subject))
            for each in same
            if isinstance(each.object, BlankNode)
            and _is_own(each.subject)
            and self._view.values(each.object, OWL.hasValue)
        )

    @cached_property
    def _named(self) -> Mapping[IRI, frozenset[IRI]]:
        """Every term of the project that stands above or below another, with all above it."""
        found: defaultdict[IRI, set[IRI]] = defaultdict(set)
        for predicate in PARENTS:
            for lower, _, upper in self._view.saying(predicate):
                if _is_own(lower) and _is_own(upper) and lower != upper:
                    found[IRI(str(lower))].add(IRI(str(upper)))
                    found[IRI(str(upper))].update(())
        return {each: frozenset(above) for each, above in found.items()}

    @cached_property
    def _above(self) -> Mapping[IRI, frozenset[IRI]]:
        return {
            each: above - self.made - self.same(each)
            for each, above in self._named.items()
            if each not in self.made
        }

    @cached_property
    def _nearest(self) -> Links:
        return {each: self.by_name(self._direct(each)) for each in self._above}

    def _direct(self, iri: IRI) -> Iterable[IRI]:
        """The wider terms that stand above none of the others."""
        above = self._above[iri]
        farther = {each for nearer in above for each in self._above.get(nearer, ())}
        return above - farther

    @cached_property
    def _below(self) -> Links:
        found: defaultdict[IRI, list[IRI]] = defaultdict(list)
        for lower, uppers in self._nearest.items():
            for upper in uppers:
                found[upper].append(lower)
        return {each: self.by_name(below) for each, below in found.items()}

    def by_name(self, iris: Iterable[IRI]) -> tuple[IRI, ...]:
        """Terms in the order in which a reader looks for them."""
        return tuple(sorted(iris, key=lambda each: (self._view.name(each).casefold(), each)))


def _is_own(term: object) -> bool:
    return isinstance(term, IRI) and term.startswith(BASE)


# ── Why one term stands below another ───────────────────────────────────────────────────────────


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
    return lower != upper and upper in view.values(lower, RDFS.subClassOf)


def find_ways(rules: AssertedRules, lower: IRI, upper: IRI) -> tuple[tuple[IRI, ...], ...]:
    """The records of the axioms of each way, the shortest first."""
    closure = classify(rules.rules, Facts(types=((_MEMBER, lower),)))
    goal = Fact(_MEMBER, TYPE, upper)
    sets = minimal_sets(rules.steps(closure), (goal,), rules.places)[goal]
    return tuple(tuple(IRI(f"{BASE}axiom/{each}") for each in found) for found in sets)
