"""Why the conclusions hold: all minimal sets of axioms by our own rules, each confirmed by HermiT.

HermiT is asked about all of them at once. Each set speaks of names of its own, and one individual
is said to lack one of the conclusions: that contradicts the axioms only if none may be lacking.
Sets that differ in their names alone ask the same question, which is asked once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

from msgspec.structs import replace

from kg.compile.owl import hermit
from kg.compile.owl.axioms import Axiom, axiom_text, functional
from kg.compile.owl.fragment import name_expressions
from kg.compile.owl.functional import Writer, ontology
from kg.compile.owl.hierarchy import NOTHING
from kg.compile.owl.rules import compile_asserted, disjoint, disjoint_facets
from kg.model.errors import ReasonerError
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.closure import Step
from kg.reasoning.engine import classify
from kg.reasoning.expressions import Facet, Value
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
        sets = minimal_sets(rules.steps(closure), tuple(goals.values()), rules.axioms)
        found |= {edge: sets[goal] for edge, goal in goals.items()}
    for edge in (edge for edge, sets in found.items() if not sets):
        raise ReasonerError(f"HermiT finds {edge}, which the rules of one step do not come to.")
    return found


def confirm(axioms: Iterable[Axiom], found: Mapping[Edge, Justifications]) -> None:
    """Let HermiT say that each edge follows from each of its justifications; else ReasonerError."""
    by_id = {axiom.id: axiom for axiom in axioms}
    asked = {
        question([by_id[each] for each in ids], edge): (edge, ids)
        for edge, sets in found.items()
        for ids in sets
    }
    if not asked or not hermit.is_consistent(refutation(asked)):
        return
    for each, (edge, ids) in asked.items():
        if hermit.is_consistent(refutation([each])):
            raise ReasonerError(f"HermiT does not find {edge} by the axioms {', '.join(ids)}.")


class Question(NamedTuple):
    """Whether a conclusion follows from axioms, in functional syntax; names are numbers after @."""

    axioms: tuple[str, ...]
    source: str
    conclusion: str

    def about(self, number: int) -> Question:
        """The same question about names that no other question has."""
        own = f"<urn:q{number}:"
        axioms = tuple(each.replace("<@", own) for each in self.axioms)
        return Question(axioms, *(each.replace("<@", own) for each in self[1:]))


def question(axioms: Iterable[Axiom], edge: Edge) -> Question:
    """The question whether an edge follows from axioms, the same for any names."""
    numbers: dict[str, str] = {}
    writer = Writer(rename=lambda iri: numbers.setdefault(iri, f"@{len(numbers)}"))
    source = writer.iri(edge.source)
    conclusion = writer.expression(Value(edge.property, edge.target))
    shape = Writer(rename=lambda _: "").axiom
    return Question(tuple(map(writer.axiom, sorted(axioms, key=shape))), source, conclusion)


def refutation(questions: Iterable[Question]) -> str:
    """An ontology that can be only if one of the conclusions does not follow."""
    lines: list[str] = []
    kept: list[str] = []
    for number, each in enumerate(questions):
        axioms, source, conclusion = each.about(number)
        member, link = f"<urn:m{number}>", f"<urn:r{number}>"
        lines += [*axioms, f"ClassAssertion({source} {member})"]
        lines.append(f"ObjectPropertyAssertion({link} <urn:all> {member})")
        kept.append(f"ObjectSomeValuesFrom({link} {conclusion})")
    every = f"ObjectIntersectionOf({' '.join(kept)})" if len(kept) > 1 else kept[0]
    return ontology([*lines, f"ClassAssertion(ObjectComplementOf({every}) <urn:all>)"])


def explain_clash(
    axioms: Sequence[Axiom], labels: Mapping[str, str], class_iri: str | None = None
) -> str:
    """In words, the axioms that leave a class without a member, or else that contradict each other.

    They are as few as can be; where the rules do not come to a clash, the text says so.
    """
    ids = find_clash(axioms, class_iri)
    by_id = {axiom.id: axiom for axiom in axioms}
    lines = "".join(f"\n  - {axiom_text(by_id[each], labels)}" for each in ids)
    return f"These axioms together say so:{lines}" if lines else "Only HermiT finds why."


def find_clash(axioms: Sequence[Axiom], class_iri: str | None = None) -> tuple[str, ...]:
    """The ids of axioms by which a class can have no member, or else by which nothing can be."""
    if class_iri is not None:
        return _clash(axioms, Facts(types=((MEMBER, class_iri),)))
    individuals = {axiom.iris[0] for axiom in axioms if axiom.kind == "type"}
    return _clash(axioms, Facts(types=tuple((each, THING) for each in sorted(individuals))))


def _clash(axioms: Sequence[Axiom], facts: Facts) -> tuple[str, ...]:
    asserted = _with_disjointness(axioms)
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
    sets = minimal_sets(steps, (_CLASH,), [axiom.id for axiom in axioms])[_CLASH]
    return sets[0] if sets else ()


def _with_disjointness(axioms: Sequence[Axiom]) -> AssertedRules:
    """The rules of one step with what cannot be together, which proofs have no use for."""
    asserted = compile_asserted(axioms)
    names = name_expressions(axioms)
    facets = tuple((e.property, e.interval, i) for i, e in names.items() if isinstance(e, Facet))
    rows = (*disjoint(axioms), *disjoint_facets(facets, functional(axioms)))
    return replace(asserted, rules=replace(asserted.rules, disjoint=rows))
