"""What is wrong with a graph in a store of somebody else's: its content, then its sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from kg.compile.check.rules import Rule, run_queries
from kg.model.errors import Extent, Finding, Report
from kg.model.vocabulary import GRAPH_ONTOLOGY, IRI, expand
from kg.store.publication import Publication, differences
from kg.store.queries import shipped_rows
from kg.store.remote import RemoteStore

_RULE: Final = "published-graph"
_DOCUMENTS: Final = expand("graph:document/")
_SOLUTION: Final = "Publish the graph again."


def run_stored(store: RemoteStore, found: Publication, rules: Iterable[Rule]) -> Report:
    """What differs from what was published, and what the rules find in the graphs of the sources.

    The rules are about what people wrote, so the graphs that the build made are left out.
    """
    differing = tuple(
        Finding(_RULE, "error", part, f"{part} {what} {_SOLUTION}", solution=_SOLUTION)
        for part, what in differences(store, found)
    )
    compared = Report(differing, Extent(graphs=len(found.parts)))
    graphs = tuple(filter(_is_source, found.graphs))
    if not graphs:  # which would mean all graphs that the store holds
        return compared
    sources = replace(store, graphs=graphs)
    statements = len(shipped_rows(sources, "ask/statement_ids").rows)
    return compared + run_queries(sources, rules) + Report(extent=Extent(statements=statements))


def _is_source(graph: IRI) -> bool:
    return graph == GRAPH_ONTOLOGY or graph.startswith(_DOCUMENTS)
