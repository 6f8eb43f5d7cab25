"""What is said of the graph itself: its description, its queries as examples, and its version.

Each is a graph of its own, apart from the knowledge. The description is VoID with partitions,
under the address where tools look for it (https://www.w3.org/TR/void/#well-known). The examples
are the queries of `queries/ask` as SHACL executables (https://www.w3.org/TR/shacl-af/), which is
how the tools of SIB read them. The version is said as `kg publish` says it in other stores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kg.model import resources
from kg.model.rdf import (
    N_TRIPLES,
    Quad,
    canonical_lines,
    lines_in_graph,
    quad_lines,
    rebase,
    turtle_to_nquads,
)
from kg.model.resources import queries_dir
from kg.model.vocabulary import BASE, IRI, RDF, RDFS, Literal, Term, expand
from kg.store.local import LocalStore
from kg.store.publication import describe_text, write_description_in_place
from kg.store.queries import Query, catalogue

GRAPH_VOID: Final = IRI(f"{BASE}.well-known/void")
GRAPH_EXAMPLES: Final = IRI(f"{BASE}.well-known/sparql-examples")

_ENDPOINT: Final = IRI(f"{BASE}sparql")
_PREFIXES: Final = IRI(f"{BASE}queries/prefixes")
_VOID: Final = "build/void-"
_ASKED: Final = "ask/"
_NAMELESS: Final = re.compile(r"^(\S+ \S+ |)_:c14n", re.MULTILINE)
"""A nameless node of canonical N-Quads: the graph has others that are called the same."""


def about(store: LocalStore) -> bytes:
    """The description of a graph and the examples that go with it, as canonical N-Quads.

    All in the base that the graph in the store is published under.
    """
    base = resources.publishing_base() or BASE
    said = (*_description(store, base), *quad_lines(_examples(base)))
    text = canonical_lines([*said, *_prefixes().splitlines(keepends=True)]).decode()
    return rebase(_NAMELESS.sub(r"\1_:about", text), base).encode()


def published(version: str, built_at: str, content: bytes) -> bytes:
    """Which version these N-Quads are, with the size and digest of each graph, as N-Quads."""
    base = resources.publishing_base() or BASE
    said = describe_text(version, built_at, content)
    return rebase(write_description_in_place(said).decode(), base).encode()


def example_iri(query: Query) -> IRI:
    """The name of a query as an example."""
    return IRI(f"{BASE}query/{query.name.removeprefix(_ASKED)}")


def _description(store: LocalStore, base: str) -> Iterator[bytes]:
    for name, query in catalogue(queries_dir()).items():
        if name.startswith(_VOID):
            said = store.answer(rebase(query.text, base), N_TRIPLES)
            yield from lines_in_graph(said, GRAPH_VOID)


def _examples(base: str) -> Iterator[Quad]:
    for name, query in catalogue(queries_dir()).items():
        if name.startswith(_ASKED):
            yield from _example(query, base)


def _example(query: Query, base: str) -> Iterator[Quad]:
    node = example_iri(query)
    said = " ".join(filter(None, (query.summary, query.description)))
    values: list[tuple[IRI, Term]] = [
        (RDF.type, expand("sh:SPARQLExecutable")),
        (RDF.type, expand("sh:SPARQLSelectExecutable")),
        (RDFS.label, _english(query.summary)),
        (RDFS.comment, _english(said)),
        (expand("sh:prefixes"), _PREFIXES),
        (expand("sh:select"), Literal(rebase(query.text, base))),
        (expand("schema:target"), _ENDPOINT),
        *((expand("schema:keywords"), Literal(tag)) for tag in query.tags),
    ]
    for predicate, value in values:
        yield Quad(node, predicate, value, GRAPH_EXAMPLES)


def _english(text: str) -> Literal:
    return Literal(text, RDF.langString, "en")


def _prefixes() -> bytes:
    """The prefixes that the examples use, for tools that read `sh:declare`."""
    path = queries_dir() / "prefixes.ttl"
    return turtle_to_nquads(path.read_bytes(), path=path, graph=GRAPH_EXAMPLES)
