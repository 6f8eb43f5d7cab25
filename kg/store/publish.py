"""Puts a built graph into a store of somebody else's, graph by graph, and checks what arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from kg.model.errors import OtherGraphError, StoreError, StoreRefusedError
from kg.model.rdf import Triple, write_nquads
from kg.model.vocabulary import BASE, IRI, BlankNode
from kg.store.artifact import Artifact
from kg.store.http import HttpClient, checked_url
from kg.store.publication import (
    GRAPH_PUBLISHED,
    Publication,
    by_graph,
    describe,
    description,
    differences,
    read_publication,
)
from kg.store.remote import RemoteStore

Progress = Callable[[str], None]
"""Told what was done, a line at a time."""

_NO_SUCH_ENDPOINT: Final = (400, 404, 405, 406, 415, 501)
"""Replies of a store that has no Graph Store Protocol at the address, or does not let it write."""
_NOT_FOUND: Final = 404
_LARGEST_PORTION: Final = 400
"""Triples in one update: Virtuoso refuses texts that compile to more than 10,000 lines."""
_WAITING: Final = IRI(f"{BASE}graph/waiting/")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of one store."""

    query: str
    update: str
    """SPARQL 1.1 Update."""
    graphs: str
    """SPARQL 1.1 Graph Store Protocol, with the graph as a parameter."""
    graph_parameter: str = "graph"


_QUERY_ENDS: Final = ("/sparql", "/query")
_REPOSITORY: Final = "/repositories/"


def find_endpoints(
    query: str, client: HttpClient, *, update: str = "", graphs: str = ""
) -> Endpoints:
    """The addresses of a store, after one small question that shows what it is."""
    server = RemoteStore(query, client=client).server()
    return guess_endpoints(query, server, update=update, graphs=graphs)


def guess_endpoints(query: str, server: str, *, update: str = "", graphs: str = "") -> Endpoints:
    """The addresses of the store behind a query address, by what it calls itself.

    What is given stands; a store that is not known is taken to have one address for everything.
    """
    guessed = next(_guesses(query, server.lower()), Endpoints(query, query, query))
    parameter = guessed.graph_parameter if not graphs or graphs == guessed.graphs else "graph"
    return Endpoints(query, update or guessed.update, graphs or guessed.graphs, parameter)


def _guesses(query: str, server: str) -> Iterator[Endpoints]:
    if server.startswith("virtuoso"):
        yield Endpoints(
            query, _at(query, "/sparql-auth"), _at(query, "/sparql-graph-crud-auth"), "graph-uri"
        )
    base = next((query[: -len(end)] for end in _QUERY_ENDS if query.endswith(end)), None)
    if "oxigraph" in server and base is not None:
        yield Endpoints(query, f"{base}/update", f"{base}/store")
    if _REPOSITORY in query:  # RDF4J and GraphDB
        yield Endpoints(query, f"{query}/statements", f"{query}/rdf-graphs/service")
    if base is not None and urlsplit(base).path.strip("/"):  # Fuseki: a dataset and its services
        yield Endpoints(query, f"{base}/update", f"{base}/data")


def _at(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path, query="", fragment=""))


@dataclass(frozen=True, slots=True)
class Target:
    """A store that can be written: its addresses, and the way to them."""

    endpoints: Endpoints
    client: HttpClient

    @property
    def store(self) -> RemoteStore:
        """The same store, to be asked."""
        return RemoteStore(self.endpoints.query, client=self.client)


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done to a store so that it holds a built graph."""

    wanted: Publication
    present: Publication | None
    """What the store says it holds."""
    graphs: Mapping[IRI, Sequence[Triple]]

    @property
    def is_there(self) -> bool:
        """Whether the store already says that it holds the graph."""
        return self.present is not None and self.present.digest == self.wanted.digest

    @property
    def leftovers(self) -> tuple[IRI, ...]:
        """Graphs of the version that is there that the new one does not have."""
        old = self.present.graphs if self.present else ()
        return tuple(graph for graph in old if graph not in self.graphs)


def plan_publication(target: Target, artifact: Artifact) -> Plan:
    """What publishing a built graph would do."""
    graphs = by_graph(artifact.content)
    try:
        present = read_publication(target.store)
    except OtherGraphError:  # a description that is broken is no reason to keep it
        present = None
    return Plan(describe(artifact.version, artifact.built_at, graphs), present, graphs)


def publish(target: Target, plan: Plan, progress: Progress, *, force: bool = False) -> bool:
    """Make a store hold the graph of a plan; False where it did already, whole.

    Whatever goes wrong after the first step leaves a store that says it holds no whole graph, and
    publishing again mends it.
    """
    if plan.is_there and not force and not any(differences(target.store, plan.wanted)):
        return False
    by_graphs = _begin(target, progress)
    (_put_graphs if by_graphs else _send_updates)(target, plan, progress)
    found = tuple(differences(target.store, plan.wanted))
    if found:
        raise StoreError(
            f"{target.endpoints.query} does not hold what was sent, and is left marked as "
            f"unfinished: {' '.join(f'{graph} {what}' for graph, what in found)}"
        )
    progress("read back: every graph has the triples and the digest that it should have")
    (_put if by_graphs else _insert)(target, GRAPH_PUBLISHED, description(plan.wanted))
    return True


def _begin(target: Target, progress: Progress) -> bool:
    """Take the description away, by the Graph Store Protocol if there is one; whether there is."""
    try:
        _delete(target, GRAPH_PUBLISHED)
    except StoreRefusedError as error:
        if error.status not in _NO_SUCH_ENDPOINT:
            raise
        progress(f"no Graph Store Protocol at {target.endpoints.graphs}: updates are sent")
        _send(target, [f"DROP SILENT GRAPH {GRAPH_PUBLISHED.n3()}"])
        return False
    return True


# ── By the Graph Store Protocol ─────────────────────────────────────────────────────────────


def _put_graphs(target: Target, plan: Plan, progress: Progress) -> None:
    for graph, triples in plan.graphs.items():
        _put(target, graph, triples)
        progress(f"put {graph}: {len(triples)} triples")
    for graph in plan.leftovers:
        _delete(target, graph)
        progress(f"deleted {graph}")


def _put(target: Target, graph: IRI, triples: Sequence[Triple]) -> None:
    headers = {"Content-Type": "application/n-triples"}
    content = write_nquads(triples)
    target.client.send("PUT", _graph_url(target, graph), content=content, headers=headers)


def _delete(target: Target, graph: IRI) -> None:
    try:
        target.client.send("DELETE", _graph_url(target, graph))
    except StoreRefusedError as error:
        if error.status != _NOT_FOUND or not _is_graph_store(target):
            raise


def _is_graph_store(target: Target) -> bool:
    """Whether an address without the graph that was asked for takes graphs: it takes an empty one.

    A store says 404 both of a graph that it does not have and of an address that it does not have.
    """
    try:
        _put(target, GRAPH_PUBLISHED, ())
    except StoreRefusedError as error:
        if error.status not in _NO_SUCH_ENDPOINT:
            raise
        return False
    return True


def _graph_url(target: Target, graph: IRI) -> str:
    mark = "&" if "?" in target.endpoints.graphs else "?"
    query = urlencode({target.endpoints.graph_parameter: graph})
    return f"{checked_url(target.endpoints.graphs)}{mark}{query}"


# ── By updates ──────────────────────────────────────────────────────────────────────────────


def _send_updates(target: Target, plan: Plan, progress: Progress) -> None:
    """Fill graphs that wait beside the old ones, then put them all in place in one request."""
    for graph, triples in plan.graphs.items():
        _send(target, [f"DROP SILENT GRAPH {_waiting(graph).n3()}"])
        _insert(target, _waiting(graph), triples)
        progress(f"sent {graph}: {len(triples)} triples")
    drops = (f"DROP SILENT GRAPH {graph.n3()}" for graph in plan.leftovers)
    _send(target, [*chain.from_iterable(map(_into_place, plan.graphs)), *drops])
    progress(f"put {len(plan.graphs)} graphs in place")


def _into_place(graph: IRI) -> Iterator[str]:
    """The updates that put a graph that waits in the place of the old one.

    MOVE would be one word for it, but Fuseki 5.5 with TDB2 loses triples in MOVE and COPY.
    """
    waiting = _waiting(graph).n3()
    yield f"DROP SILENT GRAPH {graph.n3()}"
    yield (
        f"INSERT {{ GRAPH {graph.n3()} {{ ?s ?p ?o }} }} WHERE {{ GRAPH {waiting} {{ ?s ?p ?o }} }}"
    )
    yield f"DROP SILENT GRAPH {waiting}"


def _send(target: Target, operations: Sequence[str]) -> None:
    update(target, " ;\n".join(operations), repeatable=True)


def _insert(target: Target, graph: IRI, triples: Sequence[Triple]) -> None:
    for portion in portions(triples, _LARGEST_PORTION):
        has_nameless = any(map(_nameless, portion))
        content = f"{{ GRAPH {graph.n3()} {{\n{write_nquads(portion).decode()}}} }}"
        # Virtuoso takes no nameless nodes in INSERT DATA; and twice would add them twice.
        text = f"INSERT {content} WHERE {{ }}" if has_nameless else f"INSERT DATA {content}"
        update(target, text, repeatable=not has_nameless)


def update(target: Target, text: str, *, repeatable: bool = False) -> None:
    """Have a store carry out a SPARQL update.

    One that adds blank nodes is not `repeatable`: a second time would add them again.
    """
    url = checked_url(target.endpoints.update)
    target.client.send("POST", url, form={"update": text}, repeatable=repeatable)


def _waiting(graph: IRI) -> IRI:
    return IRI(_WAITING + graph.removeprefix(f"{BASE}graph/"))


def portions(triples: Sequence[Triple], most: int) -> Iterator[list[Triple]]:
    """Triples in portions of about `most`; what shares a nameless node stays together."""
    portion: list[Triple] = []
    for group in _groups(triples):
        if portion and len(portion) + len(group) > most:
            yield portion
            portion = []
        portion += group
    if portion:
        yield portion


def _groups(triples: Sequence[Triple]) -> Iterable[list[Triple]]:
    """The triples by the nameless nodes that connect them; one without such is a group alone."""
    leader: dict[BlankNode, BlankNode] = {}

    def find(node: BlankNode) -> BlankNode:
        while leader.setdefault(node, node) != node:
            leader[node] = node = leader[leader[node]]
        return node

    for triple in triples:
        for one, other in pairwise(_nameless(triple)):
            leader[find(one)] = find(other)
    groups: dict[BlankNode | int, list[Triple]] = {}
    for place, triple in enumerate(triples):
        ends = _nameless(triple)
        groups.setdefault(find(ends[0]) if ends else place, []).append(triple)
    return groups.values()


def _nameless(triple: Triple) -> list[BlankNode]:
    return [each for each in (triple.subject, triple.object) if isinstance(each, BlankNode)]
