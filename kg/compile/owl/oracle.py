"""HermiT asked whether it comes to the same: to the hierarchy, and to every justification.

The build has no need of it; whoever releases a graph has. About the justifications it is asked at
once. Each set speaks of names of its own, and one individual is said to lack one of the
conclusions: that contradicts the axioms only if none may be lacking. Sets that differ in their
names alone ask the same question, which is asked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.compile.owl import hermit
from kg.compile.owl.axioms import Axiom, Told
from kg.compile.owl.functional import Writer, ontology, write_ontology
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.justifications import Edge, Justifications
from kg.model.errors import ReasonerError
from kg.reasoning.expressions import Value

_SHOWN: Final = 3
"""So many differences are named."""


@dataclass(frozen=True)
class Oracle:
    """Asks HermiT, within limits."""

    limits: hermit.Limits = hermit.UNLIMITED

    def agrees(
        self, told: Told, hierarchy: Hierarchy, found: Mapping[Edge, Justifications]
    ) -> None:
        """ReasonerError where HermiT places a class elsewhere, or does not find an edge."""
        text = write_ontology(told.axioms, told.declarations, names=told.names)
        compare(hierarchy, hermit.classify(text, self.limits))
        confirm(told.axioms, found, self.limits)


def compare(ours: Hierarchy, theirs: Hierarchy) -> None:
    """ReasonerError that names what only one of two hierarchies has."""
    own, other = _pairs(ours), _pairs(theirs)
    lines = [
        f"{who}: <{lower}> below <{upper}>"
        for who, only in (("only the rules", own - other), ("only HermiT", other - own))
        for lower, upper in sorted(only)[:_SHOWN]
    ]
    if lines:
        raise ReasonerError(f"HermiT and the rules differ. {'; '.join(lines)}.")


def _pairs(hierarchy: Hierarchy) -> set[tuple[str, str]]:
    found = {(lower, upper) for lower, above in hierarchy.supers.items() for upper in above}
    found |= {(each, "") for each in hierarchy.unsatisfiable}
    return found | {("", each) for each in hierarchy.universal}


def confirm(
    axioms: Iterable[Axiom],
    found: Mapping[Edge, Justifications],
    limits: hermit.Limits = hermit.UNLIMITED,
) -> None:
    """Let HermiT say that each edge follows from each of its justifications; else ReasonerError."""
    by_id = {axiom.id: axiom for axiom in axioms}
    asked = {
        question([by_id[each] for each in ids], edge): (edge, ids)
        for edge, sets in found.items()
        for ids in sets
    }
    if not asked or not hermit.is_consistent(refutation(asked), limits):
        return
    for each, (edge, ids) in asked.items():
        if hermit.is_consistent(refutation([each]), limits):
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
