"""Between addresses of this server and IRIs of the graph.

The path of a request names a term of the graph, and perhaps a form it is asked in. The graph names
the endpoint and the dumps of the address that it is published under, wherever it is served; what
the server sends names its own beside them, so that whoever reads it there is not sent away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from kg.export.datasets import nquads, reified, trig
from kg.export.ontology import owl
from kg.export.source import Source
from kg.model.rdf import Triple
from kg.model.vocabulary import BASE, DCTERMS, IRI, PREFIXES, RDF, Literal, Term, expand
from kg.pages.values import path_of
from kg.serve.linked.frames import DUMPS, ENDINGS, HTML, SUFFIX_OF, Reached
from kg.serve.linked.taxonomy import is_why, read_why
from kg.serve.linked.view import Node, View

SPACES: Final = (
    *(PREFIXES[name] for name in ("eg", "st", "bg", "doc", "reg", "cite", "ref", "graph")),
    *(f"{BASE}{name}/" for name in ("query", "axiom", "edge")),
)
"""The namespaces that have a page of their own with what is in them."""
VOID: Final = IRI(f"{BASE}.well-known/void")
DATASET: Final = IRI(f"{VOID}#dataset")
_WRITERS: Final[Mapping[str, Callable[[Source], Mapping[str, bytes]]]] = dict(
    zip(DUMPS, (nquads, trig, owl, reified), strict=True)
)
"""What writes each file that the server has of an export.

The registry of all formats would load every writer into each process of a server.
"""
_LEGAL: Final = re.compile(r"[^\x00-\x20<>\"{}|^`\\\x7f-\x9f\ud800-\udfff]*")
"""What an IRI may consist of (RFC 3987, SPARQL 1.1 §19.8)."""
_LONGEST: Final = 2000


class Kind(Enum):
    """What a path leads to, which says what it looks like and what its usual form is."""

    FRONT = "front"
    DATA = "data"
    SOURCES = "sources"
    RULES = "rules"
    TREE = "ontology/tree"
    WHY = "ontology/why"
    TERM = "term"
    SPACE = "space"
    GRAPH = "graph"
    ONTOLOGY = "ontology"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resource, and the media type that the ending of the path asks for."""

    iri: IRI
    kind: Kind
    asked: str | None = None

    @property
    def path(self) -> str:
        """The path of the resource below the base, as an address has it."""
        return path_of(self.iri)

    def path_in(self, media_type: str) -> str:
        """The path of one form of the resource."""
        if self.kind is Kind.FRONT:
            stem = "index"
        else:
            path = self.path if media_type == HTML else path_of(self.described)
            stem = f"{path}index" if path.endswith("/") else path
        return f"{stem}.{SUFFIX_OF[media_type]}"

    @property
    def described(self) -> IRI:
        """What the other forms describe: of a page that leads to others, what it leads to."""
        if self.kind is Kind.WHY:
            return read_why(self.iri.removeprefix(BASE))[0]
        return _BEHIND.get(self.kind, self.iri)


_BEHIND: Final = {
    Kind.DATA: VOID,
    Kind.SOURCES: IRI(PREFIXES["doc"]),
    Kind.RULES: IRI(f"{BASE}axiom/"),
    Kind.TREE: IRI(PREFIXES["eg"]),
}
"""What pages that are no terms stand for as data."""
PAGES: Final = {kind.value: kind for kind in (Kind.DATA, Kind.SOURCES, Kind.RULES, Kind.TREE)}
"""The addresses of pages that no graph names; a graph that does has its own way."""


def write_dump(view: View, name: str) -> bytes:
    """A dump as `kg export` writes it, of the graph that is served."""
    return _WRITERS[name](view.exported)[name]


def resolve(view: View, paths: tuple[str, ...]) -> Resolved | None:
    """What the first of these paths that leads anywhere leads to; a path has no leading slash."""
    for path in paths:
        if len(path) <= _LONGEST and _LEGAL.fullmatch(path):
            for name, asked in _readings(path):
                kind = _kind(view, name)
                if kind is not None:
                    return Resolved(IRI(BASE + name), kind, asked)
    return None


def form_of_ending(paths: tuple[str, ...]) -> str | None:
    """The form that the ending of a path asks for, whatever it is the ending of."""
    asked = (form for path in paths for _, form in _readings(path))
    return next(filter(None, asked), None)


def _readings(path: str) -> Iterator[tuple[str, str | None]]:
    """A path as the name of a resource, then as that of one of its forms."""
    yield path, None
    stem, dot, suffix = path.rpartition(".")
    asked = ENDINGS.get(suffix.lower())
    if dot and asked:
        yield stem, asked
        if stem == "index" or stem.endswith("/index"):
            yield stem.removesuffix("index"), asked


def _kind(view: View, name: str) -> Kind | None:
    iri = IRI(BASE + name)
    if not name:
        return Kind.FRONT
    if iri in view.documents:
        return Kind.ONTOLOGY
    if iri in SPACES:
        return Kind.SPACE
    if iri == VOID or iri in view.graphs:
        return Kind.GRAPH
    if view.knows(iri):
        return Kind.TERM
    return Kind.WHY if is_why(view, name) else PAGES.get(name)


# ── The server's own places ─────────────────────────────────────────────────────────────────

_ENDPOINT: Final = expand("void:sparqlEndpoint")
_DUMP: Final = expand("void:dataDump")
_LEADING: Final = frozenset(
    (
        _ENDPOINT,
        _DUMP,
        expand("schema:target"),
        *(expand(f"dcat:{name}") for name in ("accessURL", "downloadURL", "endpointURL")),
    )
)
"""The properties whose value is a place to go to."""
_PLACES: Final = frozenset(f"{BASE}{path}" for path in ("sparql", *(f"dumps/{n}" for n in DUMPS)))


def with_own_places(triples: Iterable[Triple], view: View, reached: Reached) -> Iterator[Triple]:
    """The triples, and after each that names an endpoint or a dump the same with the server's.

    The graph in the store stays as it was built.
    """
    is_elsewhere = f"{reached.url}/" != view.base
    for each in triples:
        yield each
        if is_elsewhere and each.predicate in _LEADING and each.object in _PLACES:
            own = IRI(f"{reached.url}/{str(each.object).removeprefix(BASE)}")
            yield Triple(each.subject, each.predicate, own)


_PARTITIONS: Final = (
    expand("void:classPartition"),
    expand("void:propertyPartition"),
    IRI("http://ldf.fi/void-ext#datatypePartition"),
)


def outline_dataset(view: View, reached: Reached) -> tuple[Triple, ...]:
    """The dataset, its catalogue, endpoint, dumps and graphs, without what each class has."""
    if VOID not in view.graphs:
        return describe_dataset(view, reached)
    found: dict[Node, list[Triple]] = {}
    waiting: list[Term] = [VOID, *(IRI(f"{VOID}#{each}") for each in ("catalog", "service"))]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Literal) and node not in found:
            said = view.content(VOID, node)
            found[node] = [Triple(*e[:3]) for e in said if e.predicate not in _PARTITIONS]
            waiting += [each.object for each in found[node]]
    return tuple(each for said in found.values() for each in said)


def describe_dataset(view: View, reached: Reached) -> tuple[Triple, ...]:
    """What can be said of a graph that does not describe itself."""
    dumps = (name for name in DUMPS if view.documents or not name.endswith(".owl"))
    return (
        Triple(VOID, RDF.type, expand("void:DatasetDescription")),
        Triple(VOID, expand("foaf:primaryTopic"), DATASET),
        Triple(DATASET, RDF.type, expand("void:Dataset")),
        Triple(DATASET, DCTERMS.hasVersion, Literal(reached.version)),
        Triple(DATASET, expand("void:uriSpace"), Literal(view.base)),
        Triple(DATASET, _ENDPOINT, IRI(f"{reached.url}/sparql")),
        *(Triple(DATASET, _DUMP, IRI(f"{reached.url}/dumps/{name}")) for name in dumps),
    )
