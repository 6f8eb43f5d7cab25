"""A whole store in memory behind the protocols, and what may go wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from other_stores.fake import RESULTS, Asked, Says

NTRIPLES = "application/n-triples"


@dataclass
class InMemory:
    """Answers as a store does whose addresses are those of Fuseki."""

    takes_graphs: bool = True
    """Whether there is a Graph Store Protocol."""
    spoil: Callable[[Asked], Says | None] = field(default=lambda _: None)
    """What goes wrong: a reply in place of the true one."""
    store: ox.Store = field(default_factory=ox.Store)

    def __call__(self, asked: Asked) -> Says:
        """The reply to one request."""
        spoiled = self.spoil(asked)
        if spoiled is not None:
            return spoiled
        door = urlsplit(asked.path).path.rpartition("/")[2]
        return {"data": self._graphs, "update": self._update}.get(door, self._query)(asked)

    def names(self) -> set[str]:
        """The named graphs that hold something."""
        return {str(graph.value) for graph in self.store.named_graphs() if self.count(graph.value)}

    def count(self, graph: str) -> int:
        """The number of triples in a named graph."""
        return len(list(self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))))

    def _query(self, asked: Asked) -> Says:
        graphs = [ox.NamedNode(each) for each in asked.form.get("default-graph-uri", ())]
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [*graphs]
        named: list[ox.NamedNode | ox.BlankNode] = [*graphs]
        result = self.store.query(
            asked.form["query"][0],
            default_graph=default or None,
            named_graphs=named or None,
        )
        if isinstance(result, ox.QueryTriples):
            return Says(result.serialize(format=ox.RdfFormat.N_TRIPLES) or b"", media_type=NTRIPLES)
        return Says(result.serialize(format=ox.QueryResultsFormat.JSON) or b"", media_type=RESULTS)

    def _update(self, asked: Asked) -> Says:
        self.store.update(asked.form["update"][0])
        return Says(b"", 204)

    def _graphs(self, asked: Asked) -> Says:
        if not self.takes_graphs:
            return Says(b"no such thing here", 404, "text/plain")
        graph = ox.NamedNode(parse_qs(urlsplit(asked.path).query)["graph"][0])
        if asked.method == "DELETE" and graph not in set(self.store.named_graphs()):
            return Says(b"no such graph", 404, "text/plain")
        self.store.remove_graph(graph)
        if asked.method == "PUT":
            self.store.load(asked.body, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
        return Says(b"", 204)
