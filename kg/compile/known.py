"""What an earlier build concluded, for a build from the same sources with fewer statements.

Without a statement there are fewer axioms and never more, so nothing new can follow from them.
What followed from axioms that are all still there follows as before, with the same justification:
of several, the one with the earlier axioms is chosen, and taking others away leaves it in place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kg.compile.owl.entailments import Edge
from kg.compile.owl.hierarchy import Hierarchy
from kg.model.compiled import decode_model
from kg.model.rdf import read_nquads
from kg.model.vocabulary import (
    BASE,
    EG_EDGE_PROPERTY,
    EG_EDGE_SOURCE,
    EG_EDGE_TARGET,
    EG_USES_AXIOM,
    GRAPH_INFERRED,
)
from kg.reasoning.ruleset import Rules
from kg.store.artifact import Artifact

_PARTS = frozenset({EG_EDGE_SOURCE, EG_EDGE_PROPERTY, EG_EDGE_TARGET, EG_USES_AXIOM})


@dataclass(frozen=True)
class Known:
    """The rules, the hierarchy and the justifications of a built graph."""

    rules: bytes
    hierarchy: Hierarchy
    justifications: Mapping[Edge, frozenset[str]]
    """For each derived edge the ids of the axioms that it rests on."""

    @classmethod
    def of(cls, artifact: Artifact) -> Known:
        """What is to be read from a graph that is published under the project's own base."""
        rules = bytes(decode_model(artifact.model).rules)
        return cls(rules, _hierarchy(rules), _justifications(artifact.graph))


def _hierarchy(rules: bytes) -> Hierarchy:
    told = Rules.from_json(rules)
    supers = {lower: frozenset(above) for lower, above in told.supers.items()}
    equivalents = {
        lower: same
        for lower, above in supers.items()
        if (same := frozenset(each for each in above if lower in supers.get(each, ())))
    }
    return Hierarchy(supers, equivalents, frozenset(told.unsatisfiable))


def _justifications(graph: bytes) -> dict[Edge, frozenset[str]]:
    parts: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in read_nquads(graph):
        if quad.graph == GRAPH_INFERRED and quad.predicate in _PARTS:
            parts[str(quad.subject)][quad.predicate].append(str(quad.object))
    return {
        Edge(
            *(found[part][0] for part in (EG_EDGE_SOURCE, EG_EDGE_PROPERTY, EG_EDGE_TARGET))
        ): frozenset(each.removeprefix(f"{BASE}axiom/") for each in found[EG_USES_AXIOM])
        for found in parts.values()
    }
