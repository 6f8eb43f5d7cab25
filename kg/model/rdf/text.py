"""RDF as text, in and out: every text that this project makes is the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.model.errors import ParameterError, SourceSyntaxError
from kg.model.rdf.values import Quad, Triple, graph_name_of, iri_of, node_of, term_of
from kg.model.vocabulary import BASE, IRI, OWL_IMPORTS, PREFIXES


def turtle_to_nquads(
    content: bytes, *, path: Path | None = None, graph: IRI | None = None
) -> bytes:
    """A Turtle text as canonical N-Quads, all of it in `graph`."""
    name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    triples = parse_turtle(content, path)
    return canonical(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)


def read_turtle(content: bytes) -> Iterator[Triple]:
    """The triples of a Turtle text as values; blank nodes keep the names that the parser gives.

    For a stranger's text: nothing is made canonical, which a crafted text could make endless.
    """
    for triple in parse_turtle(content, None):
        yield Triple(
            node_of(triple.subject), iri_of(triple.predicate.value), term_of(triple.object)
        )


def canonical_nquads(*parts: bytes) -> bytes:
    """One text for one dataset: RDFC-1.0 names for blank nodes, lines sorted, no line twice.

    A blank-node label means the same node in every part.
    """
    return canonical(quad for part in parts for quad in parse_nquads(part))


def ntriples_of(nquads: bytes) -> bytes:
    """The union of all graphs as sorted N-Triples, without `owl:imports`."""
    triples = {
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for quad in parse_nquads(nquads)
        if quad.predicate.value != OWL_IMPORTS
    }
    return _sorted_lines(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES))


def read_nquads(nquads: bytes) -> Iterator[Quad]:
    """The quads of an N-Quads text as values."""
    for quad in parse_nquads(nquads):
        yield Quad(
            node_of(quad.subject),
            iri_of(quad.predicate.value),
            term_of(quad.object),
            graph_name_of(quad),
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


def with_used_prefixes(written: bytes) -> bytes:
    """A Turtle or TriG text without the declarations at its head that it makes no use of."""
    declared = _DECLARED.match(written)
    if declared is None:
        return written
    start, end = declared.span("all")
    body = written[end - 1 :]  # with the line break that stands before the first subject
    used = [
        each
        for each in sorted(_DECLARATION.findall(written[start:end]))
        if any(before + each.split()[1] in body for before in (b" ", b"\n", b"\t", b"^^"))
    ]
    return written[:start] + b"".join(used) + written[end:]


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


def parse_nquads(content: bytes) -> Iterator[ox.Quad]:
    """The quads of an N-Quads text as the RDF library has them."""
    try:
        yield from ox.parse(content, format=ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise _syntax_error(error, content, None) from None


def parse_turtle(content: bytes, path: Path | None) -> list[ox.Triple]:
    """The triples of a Turtle text as the RDF library has them; an error names the file."""
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


def canonical(quads: Iterable[ox.Quad]) -> bytes:
    """Canonical N-Quads of what the RDF library has."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return _sorted_lines(ox.serialize(dataset, format=ox.RdfFormat.N_QUADS))


def _sorted_lines(text: bytes | None) -> bytes:
    return b"".join(sorted((text or b"").splitlines(keepends=True)))
