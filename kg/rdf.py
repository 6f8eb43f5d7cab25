"""RDF in and out: Turtle through the catalogue, canonical N-Quads, the one table of formats."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.errors import MissingImportError, ParameterError, SourceSyntaxError
from kg.vocab import (
    BASE,
    IRI,
    OWL_IMPORTS,
    OWL_ONTOLOGY,
    PREFIXES,
    RDF_TYPE,
    ROOT_ONTOLOGY,
    BlankNode,
    Literal,
    Term,
)

CATALOGUE_NAME: Final = "catalog-v001.xml"
"""The name under which Protégé and ROBOT look for an OASIS XML catalogue."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a graph or a table."""

    name: str
    media_type: str
    extension: str
    carries: frozenset[str]


FORMATS: Final = tuple(
    Format(name, media_type, extension, frozenset(carries.split()))
    for name, media_type, extension, carries in (
        ("json", "application/sparql-results+json", "srj", "rows boolean"),
        ("xml", "application/sparql-results+xml", "srx", "rows boolean"),
        ("csv", "text/csv", "csv", "rows"),
        ("tsv", "text/tab-separated-values", "tsv", "rows"),
        ("turtle", "text/turtle", "ttl", "triples"),
        ("ntriples", "application/n-triples", "nt", "triples"),
        ("rdfxml", "application/rdf+xml", "rdf", "triples"),
        ("jsonld", "application/ld+json", "jsonld", "triples quads"),
        ("nquads", "application/n-quads", "nq", "triples quads"),
        ("trig", "application/trig", "trig", "triples quads"),
    )
)
"""Every media type this project speaks, and what each can carry."""

MEDIA_TYPES: Final[Mapping[str, Format]] = {form.media_type: form for form in FORMATS}


class Triple(NamedTuple):
    """One triple of terms."""

    subject: IRI | BlankNode
    predicate: IRI
    object: Term


class Quad(NamedTuple):
    """One triple and the graph it stands in; None is the default graph."""

    subject: IRI | BlankNode
    predicate: IRI
    object: Term
    graph: IRI | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the ontology."""

    iri: IRI
    path: Path
    sha256: str
    imports: tuple[IRI, ...]
    triples: int


@dataclass(frozen=True, slots=True)
class Sources:
    """The ontology as its files say it: every module, and all triples in one canonical text."""

    modules: tuple[Module, ...]
    nquads: bytes
    """Canonical N-Quads; the graph of a triple is the ontology IRI of the file it stands in."""

    def ntriples(self) -> bytes:
        """All modules in one graph, without `owl:imports`: what a reasoner is given."""
        return ntriples_of(self.nquads)

    def in_graphs(self, graph_of: Mapping[IRI, IRI]) -> bytes:
        """The same triples with each module in the graph that `graph_of` names for it."""
        renamed = (
            ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_of[graph]))
            for quad in _parse_nquads(self.nquads)
            if (graph := _graph_of(quad)) is not None
        )
        return _canonical(renamed)


def read_sources(folder: Path, root: IRI = ROOT_ONTOLOGY) -> Sources:
    """The root ontology and everything it imports, found through the catalogue of `folder`."""
    catalogue = read_catalogue(folder)
    modules: dict[IRI, Module] = {}
    quads: list[ox.Quad] = []
    waiting = [(root, folder / CATALOGUE_NAME)]
    while waiting:
        iri, importer = waiting.pop(0)
        if iri in modules:
            continue
        module, triples = _read_module(iri, _file_of(iri, catalogue, importer, folder))
        modules[iri] = module
        graph = ox.NamedNode(iri)
        quads.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        waiting.extend((imported, module.path) for imported in module.imports)
    return Sources(tuple(modules.values()), _canonical(quads))


def read_catalogue(folder: Path) -> dict[IRI, Path]:
    """The file of every ontology IRI that the catalogue of `folder` names."""
    from xml.etree import ElementTree as ET

    path = folder / CATALOGUE_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MissingImportError(f"{path}: there is no catalogue to find imports with.") from error
    if b"<!DOCTYPE" in content:
        raise SourceSyntaxError("a catalogue with a DOCTYPE is not read.", path=path, line=1)
    try:
        document = ET.fromstring(content)  # noqa: S314 - our own file, and no DOCTYPE in it
    except ET.ParseError as error:
        line, column = error.position
        raise SourceSyntaxError(f"not XML: {error}.", path=path, line=line, column=column) from None
    entries = (element for element in document.iter() if element.tag.rpartition("}")[2] == "uri")
    return {
        IRI(element.get("name", "")): _inside(folder, element.get("uri", "")) for element in entries
    }


def _inside(folder: Path, uri: str) -> Path:
    path = folder / uri
    if not uri or ":" in uri or not path.resolve().is_relative_to(folder.resolve()):
        raise SourceSyntaxError(
            f"the catalogue names {uri!r}, which is not a file inside {folder}.",
            path=folder / CATALOGUE_NAME,
        )
    return path


def _file_of(iri: IRI, catalogue: Mapping[IRI, Path], importer: Path, folder: Path) -> Path:
    path = catalogue.get(iri)
    if path is None:
        raise MissingImportError(
            f"{importer} imports <{iri}>, and {folder / CATALOGUE_NAME} names no file for it."
        )
    if not path.is_file():
        raise MissingImportError(f"{importer} imports <{iri}>, and its file {path} does not exist.")
    return path


def _read_module(iri: IRI, path: Path) -> tuple[Module, list[ox.Triple]]:
    content = path.read_bytes()
    triples = _parse_turtle(content, path)
    declared = [
        t.subject.value
        for t in triples
        if t.predicate.value == RDF_TYPE
        and isinstance(t.object, ox.NamedNode)
        and t.object.value == OWL_ONTOLOGY
        and isinstance(t.subject, ox.NamedNode)
    ]
    if declared != [iri]:
        found = ", ".join(f"<{name}>" for name in declared) or "none"
        raise SourceSyntaxError(
            f"the catalogue calls this file <{iri}>; the owl:Ontology declared in it: {found}.",
            path=path,
        )
    imports = tuple(
        IRI(t.object.value)
        for t in triples
        if t.predicate.value == OWL_IMPORTS and isinstance(t.object, ox.NamedNode)
    )
    digest = hashlib.sha256(content).hexdigest()
    return Module(iri, path, digest, imports, len(triples)), triples


def turtle_to_nquads(
    content: bytes, *, path: Path | None = None, graph: IRI | None = None
) -> bytes:
    """A Turtle text as canonical N-Quads, all of it in `graph`."""
    name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    triples = _parse_turtle(content, path)
    return _canonical(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)


def read_turtle(content: bytes) -> Iterator[Triple]:
    """The triples of a Turtle text as values; blank nodes keep the names that the parser gives.

    For a stranger's text: nothing is made canonical, which a crafted text could make endless.
    """
    for triple in _parse_turtle(content, None):
        yield Triple(
            node_of(triple.subject), iri_of(triple.predicate.value), term_of(triple.object)
        )


def canonical_nquads(*parts: bytes) -> bytes:
    """One text for one dataset: RDFC-1.0 names for blank nodes, lines sorted, no line twice.

    A blank-node label means the same node in every part.
    """
    return _canonical(quad for part in parts for quad in _parse_nquads(part))


def ntriples_of(nquads: bytes) -> bytes:
    """The union of all graphs as sorted N-Triples, without `owl:imports`."""
    triples = {
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for quad in _parse_nquads(nquads)
        if quad.predicate.value != OWL_IMPORTS
    }
    return _sorted_lines(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES))


def read_nquads(nquads: bytes) -> Iterator[Quad]:
    """The quads of an N-Quads text as values."""
    for quad in _parse_nquads(nquads):
        yield Quad(
            node_of(quad.subject),
            iri_of(quad.predicate.value),
            term_of(quad.object),
            _graph_of(quad),
        )


def write_nquads(quads: Iterable[Quad]) -> bytes:
    """Values as N-Quads, in the order given; `canonical_nquads` makes them the one text."""
    lines = (" ".join(term.n3() for term in quad if term is not None) + " .\n" for quad in quads)
    return "".join(lines).encode()


def write_graph(triples: Iterable[Triple], media_type: str, base: str = BASE) -> bytes:
    """Triples in any media type that carries them, with the prefixes of this project.

    The same triples in the same order give the same bytes; IRIs of this project are moved under
    `base`.
    """
    return _written((Quad(*triple) for triple in triples), media_type, base, graphs=False)


def write_dataset(quads: Iterable[Quad], media_type: str, base: str = BASE) -> bytes:
    """The same for quads, each in its graph."""
    return _written(quads, media_type, base, graphs=True)


def _written(quads: Iterable[Quad], media_type: str, base: str, *, graphs: bool) -> bytes:
    form = ox.RdfFormat.from_media_type(media_type)
    text = rebase(write_nquads(quads).decode(), base)
    named = {name: rebase(f"<{iri}>", base)[1:-1] for name, iri in PREFIXES.items()}
    used = {name: iri for name, iri in named.items() if f"<{iri}" in text}
    parsed = ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS)
    wanted = parsed if graphs else (quad.triple for quad in parsed)
    return _in_order(ox.serialize(wanted, format=form, prefixes=used) or b"")


def _in_order(written: bytes) -> bytes:
    """The same text with its declarations of prefixes sorted, which the library does not do."""
    declared = _DECLARED.match(written)
    if declared is None:
        return written
    start, end = declared.span("all")
    each = sorted(_DECLARATION.findall(written[start:end]))
    return written[:start] + b"".join(each) + written[end:]


_DECLARATION = re.compile(rb'@prefix [^\n]*\n| xmlns:[^=]*="[^"]*"')
_DECLARED = re.compile(
    rb'(?:<\?xml[^>]*>\s*<rdf:RDF)?(?P<all>(?:@prefix [^\n]*\n)+|(?: xmlns:[^=]*="[^"]*")+)'
)


def read_ntriples(content: bytes, name: str) -> tuple[Triple, ...]:
    """The triples of an N-Triples text; `name` is what an error calls it."""
    try:
        parsed = list(ox.parse(content, format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise SourceSyntaxError(f"{name} is not N-Triples: {error.msg}") from None
    return tuple(
        Triple(node_of(each.subject), iri_of(each.predicate.value), term_of(each.object))
        for each in parsed
    )


def convert_results(document: bytes, media_type: str) -> bytes:
    """A SPARQL result in JSON, written in another media type for results."""
    result = ox.parse_query_results(document, format=ox.QueryResultsFormat.JSON)
    form = ox.QueryResultsFormat.from_media_type(media_type)
    return result.serialize(format=form) or b""


def rebase(text: str, base: str) -> str:
    """An N-Quads or SPARQL text with every IRI of this project moved under another base.

    A literal is left as it is, unless it is itself an IRI of this project.
    """
    if base == BASE:
        return text
    if not _BASE_IRI.fullmatch(base):
        raise ParameterError(
            f"KG_BASE is {base!r}; wanted an absolute http(s) IRI that ends in '/' or '#'."
        )
    own = (f"<{BASE}", f'"{BASE}')
    return _IRI_OR_LITERAL.sub(
        lambda match: match[0].replace(BASE, base, 1) if match[0].startswith(own) else match[0],
        text,
    )


_BASE_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+[/#]")
_IRI_OR_LITERAL = re.compile(rf'<{re.escape(BASE)}|"(?:[^"\\\n]|\\.)*"')


def term_of(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    """A term of the RDF library as one of ours."""
    if isinstance(node, ox.NamedNode):
        return iri_of(node.value)
    if isinstance(node, ox.Literal):
        return Literal(node.value, iri_of(node.datatype.value), node.language)
    if isinstance(node, ox.BlankNode):
        return BlankNode(node.value)
    raise ParameterError(f"a triple term stands where a plain term is wanted: {node}.")


iri_of = lru_cache(maxsize=65_536)(IRI)
"""The IRI of a text; the same object each time, which is quicker than making it."""


def node_of(node: ox.NamedNode | ox.BlankNode | ox.Triple) -> IRI | BlankNode:
    """A subject of the RDF library as one of our terms."""
    term = term_of(node)
    if isinstance(term, Literal):
        raise ParameterError(f"a literal stands where a node is wanted: {node}.")
    return term


def _graph_of(quad: ox.Quad) -> IRI | None:
    return iri_of(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else None


def _parse_nquads(content: bytes) -> Iterator[ox.Quad]:
    try:
        yield from ox.parse(content, format=ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise _syntax_error(error, content, None) from None


def _parse_turtle(content: bytes, path: Path | None) -> list[ox.Triple]:
    try:
        parsed = ox.parse(content, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        return [quad.triple for quad in parsed]
    except SyntaxError as error:
        raise _syntax_error(error, content, path) from None


_PLACE_IN_MESSAGE = re.compile(r"^Parser error (?:at|between) .*?columns? \d+(?: and [^:]*)?: ")


def _syntax_error(error: SyntaxError, content: bytes, path: Path | None) -> SourceSyntaxError:
    line, column = error.lineno, error.offset
    found = _PLACE_IN_MESSAGE.sub("", error.msg)
    lines = content.decode("utf-8", "replace").split("\n")
    if line is not None and 0 < line <= len(lines):
        found = f"{found}; the line reads: {lines[line - 1].strip()[:100]}"
    return SourceSyntaxError(found, path=path, line=line, column=column)


def _canonical(quads: Iterable[ox.Quad]) -> bytes:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return _sorted_lines(ox.serialize(dataset, format=ox.RdfFormat.N_QUADS))


def _sorted_lines(text: bytes | None) -> bytes:
    return b"".join(sorted((text or b"").splitlines(keepends=True)))
