"""Puts a built graph into a store of somebody else's, graph by graph, and checks what arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final
from urllib.parse import urlencode
from urllib.request import Request

from kg.model.errors import OtherGraphError, StoreError, StoreRefusedError
from kg.model.vocabulary import BASE, IRI
from kg.store.artifact import Artifact
from kg.store.layouts import Doors
from kg.store.published import (
    GRAPH_PUBLISHED,
    Published,
    by_graph,
    described,
    description,
    differences,
    read_published,
)
from kg.store.remote import RemoteStore, checked_url, update
from kg.store.wire import Wire

Progress = Callable[[str], None]
"""Told what was done, a line at a time."""

_NO_SUCH_DOOR: Final = (400, 404, 405, 406, 415, 501)
"""Replies of a store that has no Graph Store Protocol at the address, or does not let it write."""
_NOT_FOUND: Final = 404
_LARGEST_PORTION: Final = 400
"""Triples in one update: Virtuoso refuses texts that compile to more than 10,000 lines."""
_WAITING: Final = IRI(f"{BASE}graph/waiting/")


@dataclass(frozen=True, slots=True)
class Target:
    """A store that can be written: its doors, and the way to them."""

    doors: Doors
    wire: Wire

    @property
    def store(self) -> RemoteStore:
        """The same store, to be asked."""
        return RemoteStore(self.doors.query, wire=self.wire)


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done to a store so that it holds a built graph."""

    wanted: Published
    present: Published | None
    """What the store says it holds."""
    texts: Mapping[IRI, bytes]

    @property
    def is_there(self) -> bool:
        """Whether the store already says that it holds the graph."""
        return self.present is not None and self.present.digest == self.wanted.digest

    @property
    def leftovers(self) -> tuple[IRI, ...]:
        """Graphs of the version that is there that the new one does not have."""
        old = self.present.graphs if self.present else ()
        return tuple(graph for graph in old if graph not in self.texts)


def planned(target: Target, artifact: Artifact) -> Plan:
    """What publishing a built graph would do."""
    texts = by_graph(artifact.content)
    try:
        present = read_published(target.store)
    except OtherGraphError:  # a description that is broken is no reason to keep it
        present = None
    return Plan(described(artifact.version, artifact.built_at, texts), present, texts)


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
            f"{target.doors.query} does not hold what was sent, and is left marked as unfinished: "
            f"{' '.join(f'{graph} {what}' for graph, what in found)}"
        )
    progress("read back: every graph has the triples and the digest that it should have")
    (_put if by_graphs else _insert)(target, GRAPH_PUBLISHED, description(plan.wanted))
    return True


def _begin(target: Target, progress: Progress) -> bool:
    """Take the description away, by the Graph Store Protocol if there is one; whether there is."""
    try:
        _delete(target, GRAPH_PUBLISHED)
    except StoreRefusedError as error:
        if error.status not in _NO_SUCH_DOOR:
            raise
        progress(f"no Graph Store Protocol at {target.doors.graphs}: updates are sent")
        _send(target, [f"DROP SILENT GRAPH {GRAPH_PUBLISHED.n3()}"])
        return False
    return True


# ── By the Graph Store Protocol ─────────────────────────────────────────────────────────────


def _put_graphs(target: Target, plan: Plan, progress: Progress) -> None:
    for graph, text in plan.texts.items():
        _put(target, graph, text)
        progress(f"put {graph}: {len(text.splitlines())} triples")
    for graph in plan.leftovers:
        _delete(target, graph)
        progress(f"deleted {graph}")


def _put(target: Target, graph: IRI, text: bytes) -> None:
    request = _graph_request(target, graph, "PUT")
    request.data = text
    request.add_header("Content-Type", "application/n-triples")
    target.wire.send(request)


def _delete(target: Target, graph: IRI) -> None:
    try:
        target.wire.send(_graph_request(target, graph, "DELETE"))
    except StoreRefusedError as error:
        if error.status != _NOT_FOUND or not _is_graph_store(target):
            raise


def _is_graph_store(target: Target) -> bool:
    """Whether a door without the graph that was asked for is a door at all: it takes an empty one.

    A store says 404 both of a graph that it does not have and of an address that it does not have.
    """
    try:
        _put(target, GRAPH_PUBLISHED, b"")
    except StoreRefusedError as error:
        if error.status not in _NO_SUCH_DOOR:
            raise
        return False
    return True


def _graph_request(target: Target, graph: IRI, method: str) -> Request:
    mark = "&" if "?" in target.doors.graphs else "?"
    query = urlencode({target.doors.graph_parameter: graph})
    return Request(f"{checked_url(target.doors.graphs)}{mark}{query}", method=method)  # noqa: S310


# ── By updates ──────────────────────────────────────────────────────────────────────────────


def _send_updates(target: Target, plan: Plan, progress: Progress) -> None:
    """Fill graphs that wait beside the old ones, then put them all in place in one request."""
    for graph, text in plan.texts.items():
        _send(target, [f"DROP SILENT GRAPH {_waiting(graph).n3()}"])
        _insert(target, _waiting(graph), text)
        progress(f"sent {graph}: {len(text.splitlines())} triples")
    drops = (f"DROP SILENT GRAPH {graph.n3()}" for graph in plan.leftovers)
    _send(target, [*chain.from_iterable(map(_into_place, plan.texts)), *drops])
    progress(f"put {len(plan.texts)} graphs in place")


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
    update(target.doors.update, " ;\n".join(operations), target.wire, repeatable=True)


def _insert(target: Target, graph: IRI, text: bytes) -> None:
    for lines in portions(text.decode().splitlines(), _LARGEST_PORTION):
        nameless = any(map(_nameless, lines))
        triples = "\n".join(lines)
        content = f"{{ GRAPH {graph.n3()} {{\n{triples}\n}} }}"
        # Virtuoso takes no nameless nodes in INSERT DATA; and twice would add them twice.
        text_of = f"INSERT {content} WHERE {{ }}" if nameless else f"INSERT DATA {content}"
        update(target.doors.update, text_of, target.wire, repeatable=not nameless)


def _waiting(graph: IRI) -> IRI:
    return IRI(_WAITING + graph.removeprefix(f"{BASE}graph/"))


def portions(lines: Sequence[str], most: int) -> Iterator[list[str]]:
    """N-Triples in portions of about `most` lines; what shares a nameless node stays together."""
    portion: list[str] = []
    for group in _groups(lines):
        if portion and len(portion) + len(group) > most:
            yield portion
            portion = []
        portion += group
    if portion:
        yield portion


def _groups(lines: Sequence[str]) -> Iterable[list[str]]:
    """The lines by the nameless nodes that connect them; a line without one is a group alone."""
    leader: dict[str, str] = {}

    def find(node: str) -> str:
        while leader.setdefault(node, node) != node:
            leader[node] = node = leader[leader[node]]
        return node

    nodes = [_nameless(line) for line in lines]
    for ends in nodes:
        for one, other in pairwise(ends):
            leader[find(one)] = find(other)
    groups: dict[str, list[str]] = {}
    for place, (line, ends) in enumerate(zip(lines, nodes, strict=True)):
        groups.setdefault(find(ends[0]) if ends else str(place), []).append(line)
    return groups.values()


def _nameless(line: str) -> list[str]:
    """The nameless nodes of a line of N-Triples; one in a text is none, for texts are quoted."""
    subject, _, rest = line.partition(" ")
    value = rest.partition(" ")[2].removesuffix(" .")
    return [each for each in (subject, value) if each.startswith("_:")]
