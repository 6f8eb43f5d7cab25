"""The axioms as rules of one step each, as a value: what the steps of a proof are made of.

The rules for cases are closed: one step of theirs may stand for many axioms. Here a step stands
for one axiom, or for none where it only takes an expression apart or puts it together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.reasoning.closure import Step
from kg.reasoning.ruleset import EXPRESSION, Rules

MEMBER: Final = "urn:etiograph:member:"
"""The beginning of every IRI that stands for what an existential axiom says there is."""


class AssertedRules(Struct, frozen=True, dict=True):
    """Rules of one step each, and the axiom that each of them comes from."""

    rules: Rules
    carriers: tuple[str, ...]
    """Of each conjunction its axiom; empty where the step is a matter of form."""

    @cached_property
    def carrier(self) -> Mapping[tuple[str, tuple[str, ...]], str]:
        """The first axiom of a conjunction, by its head and its parts."""
        rows = zip(reversed(self.rules.conjunctions), reversed(self.carriers), strict=True)
        return dict(rows)

    def axioms_of(self, step: Step) -> tuple[str, ...]:
        """The axioms that a step of a derivation by these rules is made of."""
        if step.rule == "conjunction":
            parts = tuple(str(premise.value) for premise in step.premises)
            found = self.carrier[str(step.fact.value), parts]
            return (found,) if found else ()
        return tuple(each for each in step.axioms if each)

    def only(self, axioms: frozenset[str], names: Iterable[str] = ()) -> AssertedRules:
        """The same with no axioms but these, and the expressions that they and `names` hold."""
        rules = self.rules
        rows = list(zip(rules.conjunctions, self.carriers, strict=True))
        carried = [row for row in rows if row[1] in axioms]
        starts = {each for (head, parts), _ in carried for each in (head, *parts)} | {*names}
        starts |= {each for _, each, axiom in rules.constants if axiom in axioms}
        starts |= {r.target for r in (*rules.domains, *rules.ranges) if r.axiom in axioms}
        inside = frozenset(self._inside(starts))
        form = [
            ((head, parts), axiom)
            for (head, parts), axiom in rows
            if not axiom and _stays(head, inside) and all(_stays(each, inside) for each in parts)
        ]
        kept = [*form, *carried]
        return AssertedRules(
            replace(
                rules,
                conjunctions=tuple(row for row, _ in kept),
                existentials=tuple(r for r in rules.existentials if r[2] in inside),
                values=tuple(r for r in rules.values if r[2] in inside),
                facets=tuple(r for r in rules.facets if r[2] in inside),
                super_properties={
                    role: tuple(each for each in found if axioms.issuperset(each.axioms))
                    for role, found in rules.super_properties.items()
                },
                chains=tuple(each for each in rules.chains if each.axiom in axioms),
                inverses=tuple(each for each in rules.inverses if each.axiom in axioms),
                domains=tuple(each for each in rules.domains if each.axiom in axioms),
                ranges=tuple(each for each in rules.ranges if each.axiom in axioms),
                constants=tuple(r for r in rules.constants if not r[2] or r[2] in axioms),
            ),
            tuple(axiom for _, axiom in kept),
        )

    def _inside(self, starts: Iterable[str]) -> Iterator[str]:
        """The expressions among these and inside them."""
        waiting = [each for each in starts if each.startswith(EXPRESSION)]
        seen: set[str] = set()
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            yield current
            parts = self.rules.definitions[current][1:]
            waiting.extend(each for each in parts if each.startswith(EXPRESSION))


def _stays(name: str, inside: frozenset[str]) -> bool:
    return not name.startswith(EXPRESSION) or name in inside
