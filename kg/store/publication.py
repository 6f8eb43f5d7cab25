"""What a store says of the graph that was published in it, and how that is checked.

Beside the graphs that hold knowledge stands one that says which version they are, how many triples
each has and what its digest is. It is taken away before a publication and written after it, so a
store without it holds no graph of ours, or half of one.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import starmap
from typing import Final

from kg.model.errors import OtherGraphError, PartialResultError, StoreError
from kg.model.rdf import (
    Quad,
    Triple,
    canonical_lines,
    canonical_quads,
    quad_lines,
    read_nquads,
    write_nquads,
)
from kg.model.vocabulary import (
    DCTERMS,
    IRI,
    OWL,
    RDF,
    XSD,
    BlankNode,
    Literal,
    Term,
    expand,
    number,
    text_of,
)
from kg.store.base import Row, Store
from kg.store.remote import RemoteStore

GRAPH_PUBLISHED: Final = expand("graph:published")
"""The graph that tells of the others; no answer reads it."""
_DATASET: Final = expand("void:Dataset")
_SUBSET: Final = expand("void:subset")
_TRIPLES: Final = expand("void:triples")
_ASKED: Final = f"""
    SELECT ?version ?digest ?built_at ?graph ?triples ?graph_digest WHERE {{
      {GRAPH_PUBLISHED.n3()} owl:versionInfo ?version ; dcterms:identifier ?digest ;
        dcterms:created ?built_at ; void:subset ?graph .
      ?graph void:triples ?triples ; dcterms:identifier ?graph_digest .
    }}
    ORDER BY ?graph
"""
_EVERYTHING: Final = "SELECT ?s ?p ?o ?graph WHERE { GRAPH ?graph { ?s ?p ?o } }"


@dataclass(frozen=True, slots=True)
class Part:
    """One graph: its triples are so many, and make this digest."""

    graph: IRI
    triples: int
    digest: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A published graph as the store describes it."""

    version: str
    digest: str
    """Of all its graphs; two versions with one digest are one graph."""
    built_at: str
    parts: tuple[Part, ...]

    @property
    def graphs(self) -> tuple[IRI, ...]:
        """The named graphs that hold it."""
        return tuple(part.graph for part in self.parts)

    @property
    def triples(self) -> int:
        """The triples of all graphs, each counted in each graph it stands in."""
        return sum(part.triples for part in self.parts)


def describe(version: str, built_at: str, graphs: Mapping[IRI, Sequence[Triple]]) -> Publication:
    """What is to be said of a built graph whose graphs hold these triples."""
    parts = tuple(
        Part(name, len(triples), digest_of(triples)) for name, triples in sorted(graphs.items())
    )
    return Publication(version, _sum(parts), built_at, parts)


def by_graph(nquads: bytes) -> dict[IRI, list[Triple]]:
    """The triples of each named graph; a blank node may stand in one graph only."""
    found: dict[IRI, list[Triple]] = {}
    homes: dict[BlankNode, IRI] = {}
    for subject, predicate, value, graph in read_nquads(nquads):
        if graph is None:
            raise StoreError("a triple stands outside of every named graph, and has no place.")
        found.setdefault(graph, []).append(Triple(subject, predicate, value))
        for node in (subject, value):
            if isinstance(node, BlankNode) and homes.setdefault(node, graph) != graph:
                raise _lost(homes[node], graph)
    return found


def describe_text(version: str, built_at: str, nquads: bytes) -> Publication:
    """The same of a built graph as N-Quads that this library wrote, most lines as they stand."""
    graphs: defaultdict[bytes, list[bytes]] = defaultdict(list)
    homes: dict[bytes, bytes] = {}
    for line in nquads.splitlines():
        said, graph, _ = line.rsplit(b" ", 2)
        if said.count(b" ") < _SPACES:
            raise StoreError("a triple stands outside of every named graph, and has no place.")
        graphs[graph].append(_same_line(said))
        if b"_:" in said:
            _find_home(said, graph, homes)
    parts = tuple(
        Part(IRI(name.decode().strip("<>")), len(lines), _digest_of_lines(lines))
        for name, lines in sorted(graphs.items())
    )
    return Publication(version, _sum(parts), built_at, parts)


def _find_home(said: bytes, graph: bytes, homes: dict[bytes, bytes]) -> None:
    """Note the graph of each node without a name in a line; StoreError where it has another."""
    for node in (said.partition(b" ")[0], said.rpartition(b" ")[2]):
        if _is_nameless(node) and homes.setdefault(node, graph) != graph:
            raise _lost(homes[node].decode(), graph.decode())


def _lost(one: str, other: str) -> StoreError:
    return StoreError(
        f"a node without a name stands in {one} and in {other}; sent one by one, the two would "
        "lose each other."
    )


def _is_nameless(node: bytes) -> bool:
    """Whether the end of a line is a node without a name, and not the last word of a literal."""
    return node.startswith(b"_:") and b'"' not in node


def _same_line(said: bytes) -> bytes:
    """A triple as a line of N-Triples, its value in the one spelling of it."""
    quote = said.rfind(b'"')
    if quote < 0 or _SPELLED.match(said, quote) is None:
        return said + b" .\n"
    subject, predicate, value = said.split(b" ", _SPACES)
    return b"%b %b %b .\n" % (subject, predicate, _same_spelling(value))


@lru_cache(maxsize=65_536)
def _same_spelling(value: bytes) -> bytes:
    """A literal in the one spelling of its value; most are said of many things."""
    about = b"<urn:a> <urn:b> "
    ((subject, predicate, term, _),) = read_nquads(about + value + b" .\n")
    (line,) = quad_lines([Quad(subject, predicate, same_value(term))])
    return line.removeprefix(about).removesuffix(b" .\n")


_SPACES: Final = 2
_SPELLED: Final = re.compile(
    rb'"(?:@[a-zA-Z0-9-]*[A-Z][a-zA-Z0-9-]*'
    rb"|\^\^<http://www\.w3\.org/2001/XMLSchema#(?:boolean|integer|decimal)>)$"
)
"""A value of which there may be several spellings."""


def _digest_of_lines(lines: Iterable[bytes]) -> str:
    return hashlib.sha256(canonical_lines(lines)).hexdigest()


def digest_of(triples: Iterable[Triple]) -> str:
    """A digest of values: a number spelled otherwise, or nodes named otherwise, change nothing."""
    plain = (Quad(each.subject, each.predicate, same_value(each.object)) for each in triples)
    return hashlib.sha256(canonical_quads(plain)).hexdigest()


_TRUTH: Final = {"1": "true", "0": "false"}


def same_value(term: Term) -> Term:
    """A term in the one spelling of its value, by which results of two stores are compared."""
    if not isinstance(term, Literal):
        return term
    if term.language is not None:
        return term._replace(language=term.language.lower())
    if term.datatype == XSD.boolean:
        return term._replace(value=_TRUTH.get(term.value, term.value))
    if term.datatype in (XSD.integer, XSD.decimal):
        return term._replace(value=_number(term.value))
    return term


def _number(text: str) -> str:
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def digest_of_store(store: Store) -> str:
    """The digest of all named graphs of a store, as a publication of them would have it."""
    graphs: dict[IRI, list[Triple]] = {}
    for subject, predicate, value, graph in store.select(_EVERYTHING).rows:
        triple = _triple(subject, predicate, value)
        if triple and isinstance(graph, IRI):
            graphs.setdefault(graph, []).append(triple)
    return _sum(Part(name, len(found), digest_of(found)) for name, found in graphs.items())


def write_description_in_place(published: Publication) -> bytes:
    """What the store is to say of the graph, as N-Quads in the graph where it is looked for."""
    return write_nquads(Quad(*triple, GRAPH_PUBLISHED) for triple in description(published))


def read_publication(store: RemoteStore) -> Publication | None:
    """What the store says of the graph in it; None where it says nothing."""
    rows = list(replace(store, graphs=(GRAPH_PUBLISHED,)).select(_ASKED).rows)
    if not rows:
        return None
    parts = tuple(
        Part(IRI(text_of(graph)), int(text_of(triples)), text_of(digest))
        for _, _, _, graph, triples, digest in rows
    )
    version, digest, built_at = map(text_of, rows[0][:3])
    if len({row[:3] for row in rows}) != 1 or _sum(parts) != digest:
        raise OtherGraphError(
            f"{store.url} describes its graph in a way that does not agree with itself; "
            "publish the graph again."
        )
    return Publication(version, digest, built_at, parts)


def open_published(store: RemoteStore) -> tuple[RemoteStore, Publication]:
    """The store with the published graph as its default graph; OtherGraphError without one."""
    found = read_publication(store)
    if found is None:
        raise OtherGraphError(
            f"{store.url} holds no published graph, or one whose publication did not end; "
            f"`kg publish --to {store.url}` puts one there."
        )
    return replace(store, graphs=found.graphs), found


def differences(store: RemoteStore, wanted: Publication) -> Iterator[tuple[IRI, str]]:
    """Each graph that is not as described, and what is wrong with it; nothing where all agree."""
    for part in wanted.parts:
        triples = _all(replace(store, graphs=(part.graph,)))
        if len(triples) != part.triples:
            yield part.graph, f"has {len(triples)} triples; wanted: {part.triples}."
        elif digest_of(triples) != part.digest:
            yield part.graph, "has as many triples as wanted, and says something else."


def _all(store: Store) -> tuple[Triple, ...]:
    """Every triple of a graph; where the store cuts so many rows, a property at a time.

    Nameless nodes have the same label in one result only, but for Virtuoso, which is what cuts.
    """
    try:
        rows = store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }").rows
    except PartialResultError:
        found = store.select("SELECT DISTINCT ?p WHERE { ?s ?p ?o }").rows
        rows = tuple(row for (name,) in found if isinstance(name, IRI) for row in _of(store, name))
    triples = (_triple(*row) for row in rows)
    return tuple(triple for triple in triples if triple is not None)


def _of(store: Store, predicate: IRI) -> Iterator[Row]:
    for subject, value in store.select(f"SELECT ?s ?o WHERE {{ ?s <{predicate}> ?o }}").rows:
        yield subject, predicate, value


def _triple(subject: Term | None, predicate: Term | None, value: Term | None) -> Triple | None:
    if isinstance(subject, IRI | BlankNode) and isinstance(predicate, IRI) and value is not None:
        return Triple(subject, predicate, value)
    return None


def description(published: Publication) -> tuple[Triple, ...]:
    """What the store is to say of the graph."""
    return tuple(starmap(Triple, _description(published)))


def _description(published: Publication) -> Iterator[tuple[IRI, IRI, Term]]:
    subject = GRAPH_PUBLISHED
    yield subject, RDF.type, _DATASET
    yield subject, OWL.versionInfo, Literal(published.version)
    yield subject, DCTERMS.identifier, Literal(published.digest)
    yield subject, DCTERMS.created, Literal(published.built_at)
    yield subject, _TRIPLES, number(str(published.triples))
    for part in published.parts:
        yield subject, _SUBSET, part.graph
        yield part.graph, RDF.type, _DATASET
        yield part.graph, _TRIPLES, number(str(part.triples))
        yield part.graph, DCTERMS.identifier, Literal(part.digest)


def _sum(parts: Iterable[Part]) -> str:
    """One digest for all parts; the lines are fixed, so it can be computed elsewhere too."""
    lines = sorted(f"{part.digest}  {part.graph}\n" for part in parts)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
