"""Why the conclusions hold: all minimal sets of axioms, by our own rules; why axioms clash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from kg.compile.owl.axioms import Axiom, axiom_text
from kg.compile.owl.classification import with_disjointness
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.hierarchy import NOTHING
from kg.compile.owl.rules import compile_asserted
from kg.model.errors import ReasonerError
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.closure import Step
from kg.reasoning.engine import classify
from kg.reasoning.rules import THING, TYPE, Fact, Facts
from kg.reasoning.trace import minimal_sets


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """Every member of the class `source` has the value `target` for `property`."""

    source: str
    property: str
    target: str


Justifications = tuple[tuple[str, ...], ...]
"""Sets of axioms by their ids, each enough by itself and with none to spare."""

MEMBER: Final = "urn:etiograph:any"
"""Stands for any member of the class that a conclusion is about."""

_CLASH: Final = Fact("", TYPE, NOTHING)
"""That somewhere something is what nothing can be."""


def justify(rules: AssertedRules, edges: Iterable[Edge]) -> dict[Edge, Justifications]:
    """For each edge all its justifications, the smallest first, then that with earlier axioms."""
    by_source: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        by_source[edge.source].append(edge)
    found: dict[Edge, Justifications] = {}
    for source, own in by_source.items():
        closure = classify(rules.rules, Facts(types=((MEMBER, source),)))
        goals = {each: Fact(MEMBER, each.property, each.target) for each in own}
        sets = minimal_sets(rules.steps(closure), tuple(goals.values()), rules.places)
        found |= {edge: sets[goal] for edge, goal in goals.items()}
    for edge in (edge for edge, sets in found.items() if not sets):
        raise ReasonerError(
            f"The rules for cases give {edge}, which those of one step do not come to."
        )
    return found


def explain_clash(
    axioms: Sequence[Axiom], labels: Mapping[str, str], class_iri: str | None = None
) -> str:
    """In words, the axioms that leave a class without a member, or else that contradict each other.

    They are as few as can be; where the rules do not come to a clash, the text says so.
    """
    ids = find_clash(axioms, class_iri)
    by_id = {axiom.id: axiom for axiom in axioms}
    lines = "".join(f"\n  - {axiom_text(by_id[each], labels)}" for each in ids)
    return f"These axioms together say so:{lines}" if lines else "The rules do not say why."


def find_clash(axioms: Sequence[Axiom], class_iri: str | None = None) -> tuple[str, ...]:
    """The ids of axioms by which a class can have no member, or else by which nothing can be."""
    if class_iri is not None:
        return _clash(axioms, Facts(types=((MEMBER, class_iri),)))
    individuals = {axiom.iris[0] for axiom in axioms if axiom.kind == "type"}
    return _clash(axioms, Facts(types=tuple((each, THING) for each in sorted(individuals))))


def _clash(axioms: Sequence[Axiom], facts: Facts) -> tuple[str, ...]:
    names = name_expressions(axioms)
    asserted = with_disjointness(axioms, compile_asserted(axioms, names), names)
    closure = classify(asserted.rules, facts)
    steps = list(asserted.steps(closure))
    for individual, classes in closure.type_table.items():
        nothing = Fact(individual, TYPE, NOTHING)
        steps.append(Step(_CLASH, "anywhere", (nothing,)))
        for apart in asserted.rules.disjoint:
            own = [each for each in apart.classes if each in classes]
            for one, other in combinations(own, 2):
                both = Fact(individual, TYPE, one), Fact(individual, TYPE, other)
                steps.append(Step(nothing, "disjoint", both, (apart.axiom,)))
    places = {axiom.id: place for place, axiom in enumerate(axioms)}
    sets = minimal_sets(steps, (_CLASH,), places)[_CLASH]
    return sets[0] if sets else ()
