"""RDF as text, in and out, in every media type: a text that we make is the same each time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.model.errors import MediaTypeError, SourceSyntaxError
from kg.model.rdf.values import Quad, Triple, check_base, quads_of, to_library, triples_of
from kg.model.vocabulary import BASE, IRI, OWL, PREFIXES, XSD, BlankNode, Literal, Term, move

# ── The one table of media types ────────────────────────────────────────────────────────────

N_TRIPLES: Final = "application/n-triples"


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
        ("ntriples", N_TRIPLES, "nt", "triples"),
        ("rdfxml", "application/rdf+xml", "rdf", "triples"),
        ("jsonld", "application/ld+json", "jsonld", "triples quads"),
        ("nquads", "application/n-quads", "nq", "triples quads"),
        ("trig", "application/trig", "trig", "triples quads"),
    )
)
"""Every media type this project speaks, and what each can carry."""

MEDIA_TYPES: Final[Mapping[str, Format]] = {form.media_type: form for form in FORMATS}


@lru_cache(maxsize=64)
def carrier(media_type: str, kind: str, form: str) -> Format:
    """The format of a media type; MediaTypeError where it cannot carry a result of a kind.

    `form` is what the error calls the query: SELECT for `rows`, and so on.
    """
    found = MEDIA_TYPES.get(media_type)
    if found is None or kind not in found.carries:
        able = ", ".join(each.media_type for each in FORMATS if kind in each.carries)
        raise MediaTypeError(
            f"{media_type} cannot carry the result of a {form} query; wanted: {able}."
        )
    return found


# ── Reading ─────────────────────────────────────────────────────────────────────────────────


def read_turtle(content: bytes, *, path: Path | None = None) -> Iterator[Triple]:
    """The triples of a Turtle text as values; blank nodes keep the names that the parser gives.

    For a stranger's text: nothing is made canonical, which a crafted text could make endless.
    """
    yield from triples_of(parse_turtle(content, path))


def read_nquads(nquads: bytes) -> Iterator[Quad]:
    """The quads of an N-Quads text as values."""
    yield from quads_of(parse_nquads(nquads))


def read_dataset(content: bytes, media_type: str, path: Path) -> tuple[Quad, ...]:
    """The quads of a text in a syntax with graphs; an error names the file.

    Blank nodes keep the names that the text gives them: nothing is made canonical.
    """
    form = ox.RdfFormat.from_media_type(media_type)
    try:
        found = list(ox.parse(content, format=form))
    except SyntaxError as error:
        raise _syntax_error(error, content, path) from None
    if any(isinstance(q.object, ox.Literal) and q.object.direction for q in found):
        raise SourceSyntaxError("a text has a direction, which is read nowhere here", path=path)
    return tuple(quads_of(found))


def read_ntriples(content: bytes, name: str) -> tuple[Triple, ...]:
    """The triples of an N-Triples text; `name` is what an error calls it."""
    try:
        return tuple(triples_of(ox.parse(content, format=ox.RdfFormat.N_TRIPLES)))
    except SyntaxError as error:
        raise SourceSyntaxError(f"{name} is not N-Triples: {error.msg}") from None


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


# ── Lines: N-Quads and N-Triples ────────────────────────────────────────────────────────────


def turtle_to_nquads(
    content: bytes, *, path: Path | None = None, graph: IRI | None = None
) -> bytes:
    """A Turtle text as canonical N-Quads, all of it in `graph`."""
    name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    triples = parse_turtle(content, path)
    return canonical(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)


def lines_of(triples: Iterable[ox.Triple], graph: IRI) -> bytes:
    """Triples of the RDF library as sorted N-Quads, all in `graph`."""
    name = ox.NamedNode(graph)
    quads = (ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
    return _sorted_lines(ox.serialize(quads, format=ox.RdfFormat.N_QUADS))


def canonical_nquads(*parts: bytes) -> bytes:
    """One text for one dataset: RDFC-1.0 names for blank nodes, lines sorted, no line twice.

    A blank-node label means the same node in every part.
    """
    return canonical(quad for part in parts for quad in parse_nquads(part))


def canonical_quads(quads: Iterable[Quad]) -> bytes:
    """The same text for values."""
    return canonical_lines(quad_lines(quads))


def canonical(quads: Iterable[ox.Quad]) -> bytes:
    """The same text for what the RDF library has."""
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    return canonical_lines(text.splitlines(keepends=True))


def name_nodes(nquads: bytes) -> bytes:
    """N-Quads with the names that RDFC-1.0 gives to blank nodes."""
    dataset = ox.Dataset(parse_nquads(nquads))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""


def canonical_lines(
    lines: Iterable[bytes], name_nodes: Callable[[bytes], bytes] = name_nodes
) -> bytes:
    """The canonical text of N-Quads lines in which nothing but blank nodes may be called otherwise.

    The name of a blank node depends on the lines that speak of one, and on no other (RDFC-1.0
    §4.4), so those alone are named, with a few whose literals look as if they did.
    """
    given = list(lines)
    found = [line for line in given if b"_:" not in line]
    if len(found) < len(given):
        suspects = [line for line in given if b"_:" in line]
        found += [line for line in suspects if not _speaks_of_nameless(line)]
        nameless = b"".join(line for line in suspects if _speaks_of_nameless(line))
        found += name_nodes(nameless).splitlines(keepends=True) if nameless else []
    return b"".join(each_once(found))


def each_once(lines: Iterable[bytes]) -> list[bytes]:
    """The lines sorted, each once.

    Most lines come in their order already, which a set of them would lose.
    """
    found = sorted(lines)
    return [line for line, after in zip(found, [*found[1:], b""], strict=False) if line != after]


def split_nameless(nquads: bytes) -> tuple[bytes, bytes]:
    """The lines whose text does not depend on how others are called, and those that do.

    The latter speak of nodes without a name, or have a literal that looks as if they did.
    """
    named: list[bytes] = []
    nameless: list[bytes] = []
    for line in nquads.splitlines(keepends=True):
        (nameless if b"_:" in line and _speaks_of_nameless(line) else named).append(line)
    return b"".join(named), b"".join(nameless)


def without_property(nquads: bytes, name: bytes) -> bytes:
    """The lines of all other properties; the few of this one are found without a look at them."""
    kept, start, place = [], 0, 0
    while (place := nquads.find(b" %b " % name, place)) >= 0:
        first, after = nquads.rfind(b"\n", 0, place) + 1, nquads.index(b"\n", place) + 1
        if nquads[first:after].split(b" ", 2)[1] == name:
            kept.append(nquads[start:first])
            start = after
        place = after
    return b"".join((*kept, nquads[start:]))


def _speaks_of_nameless(line: bytes) -> bool:
    """Whether a line speaks of a node without a name, or has a literal that looks as if it did."""
    return line.startswith(b"_:") or b" _:" in line


def ntriples_of(nquads: bytes) -> bytes:
    """The union of all graphs as sorted N-Triples, without `owl:imports`.

    The N-Quads are of this library, so that a triple is one line however often it is said.
    """
    said = {_without_graph(line) for line in nquads.splitlines()}
    return b"".join(sorted(line for line in said if line.split(b" ", 2)[1] != _IMPORTS))


def _without_graph(line: bytes) -> bytes:
    """A line of N-Quads as one of N-Triples; the name of a graph is the fourth part, if any."""
    said, graph, _ = line.rsplit(b" ", 2)
    has_graph = graph.startswith((b"<", b"_:")) and b'"' not in graph and said.count(b" ") > 1
    return said + b" .\n" if has_graph else line + b"\n"


def lines_in_graph(ntriples: bytes, graph: IRI) -> Iterator[bytes]:
    """Lines of N-Triples as lines of N-Quads in a graph."""
    end = f" {graph.n3()} .\n".encode()
    return (line.removesuffix(b" .\n") + end for line in ntriples.splitlines(keepends=True))


def write_nquads(quads: Iterable[Quad | Triple]) -> bytes:
    """Values as N-Quads, in the order given; `canonical_quads` makes them the one text."""
    lines = (" ".join(term.n3() for term in quad if term is not None) + " .\n" for quad in quads)
    return "".join(lines).encode()


def quad_lines(quads: Iterable[Quad]) -> Iterator[bytes]:
    """Values as lines of N-Quads, spelled as the RDF library spells them.

    SourceSyntaxError for what is no RDF.
    """
    known: dict[Term, str] = {}
    for quad in quads:
        spelled = []
        for term in quad:
            if term is None:
                continue
            text = known.get(term)
            if text is None:
                text = known[term] = _spelled(term, quad)
            spelled.append(text)
        yield f"{' '.join(spelled)} .\n".encode()


def _spelled(term: Term, quad: Quad) -> str:
    """A term as the RDF library spells it, which is only asked where it might differ from us."""
    text = term.n3()
    if isinstance(term, BlankNode):
        plain = term.value.isalnum() and term.value.isascii()
    elif isinstance(term, IRI):
        plain = _PLAIN_IRI.fullmatch(text) is not None
    elif term.language is not None:
        plain = _is_plain(text) and term.language.islower() and term.language.isalpha()
    else:
        plain = _is_plain(text) and _PLAIN_IRI.fullmatch(term.datatype.n3()) is not None
    if not plain:
        (found,) = to_library([quad])
        same = (quad.subject, quad.predicate, quad.object, quad.graph).index(term)
        text = str((found.subject, found.predicate, found.object, found.graph_name)[same])
    return text


def _is_plain(literal: str) -> bool:
    """Whether nothing in a literal is escaped, or might be."""
    return "\\" not in literal and literal.isprintable()


_IMPORTS: Final = OWL.imports.n3().encode()
_PLAIN_IRI: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[\w/#.:?=&%+,;@~()!$'*-]*>", re.ASCII)
"""An IRI that needs no check."""


def _sorted_lines(text: bytes | None) -> bytes:
    return b"".join(sorted((text or b"").splitlines(keepends=True)))


# ── Any media type ──────────────────────────────────────────────────────────────────────────


def write_graph(triples: Iterable[Triple], media_type: str, base: str = BASE) -> bytes:
    """Triples in any media type that carries them, with the prefixes of this project.

    The same triples in the same order give the same bytes; IRIs of this project are moved under
    `base`.
    """
    quads = [Quad(*triple) for triple in triples]
    found = (quad.triple for quad in to_library(quads, base))
    return _serialize(found, media_type, _used_prefixes(quads, base))


def write_dataset(
    quads: Iterable[Quad],
    media_type: str,
    base: str = BASE,
    more_prefixes: Mapping[str, str] | None = None,
) -> bytes:
    """The same for quads, each in its graph; with more prefixes than those of this project."""
    quads = list(quads)
    prefixes = _used_prefixes(quads, base) | dict(more_prefixes or {})
    return _serialize(to_library(quads, base), media_type, prefixes)


def _serialize(
    found: Iterable[ox.Triple] | Iterable[ox.Quad], media_type: str, prefixes: dict[str, str]
) -> bytes:
    form = ox.RdfFormat.from_media_type(media_type)
    return _in_order(ox.serialize(found, format=form, prefixes=prefixes) or b"")


def _used_prefixes(quads: Iterable[Quad], base: str) -> dict[str, str]:
    """Those of our prefixes with which an IRI of the quads begins."""
    names = {name for quad in quads for term in quad for name in _names(term)}
    return {
        prefix: move(start, base)
        for prefix, start in PREFIXES.items()
        if any(name.startswith(start) for name in names)
    }


def _names(term: Term | None) -> Iterator[IRI]:
    if isinstance(term, IRI):
        yield term
    elif isinstance(term, Literal) and term.language is None and term.datatype != XSD.string:
        yield term.datatype


def with_used_prefixes(written: bytes) -> bytes:
    """A Turtle or TriG text without the declarations at its head that it makes no use of."""

    def is_used(declaration: bytes, body: bytes) -> bool:
        name = declaration.split()[1]
        return any(before + name in body for before in (b" ", b"\n", b"\t", b"^^"))

    return _in_order(written, is_used)


def _in_order(
    written: bytes, wanted: Callable[[bytes, bytes], bool] = lambda _each, _body: True
) -> bytes:
    """A text with its declarations of prefixes sorted, which the library does not do."""
    declared = _DECLARED.match(written)
    if declared is None:
        return written
    start, end = declared.span("all")
    body = written[end - 1 :]  # with the line break that stands before the first subject
    each = sorted(_DECLARATION.findall(written[start:end]))
    kept = b"".join(line for line in each if wanted(line, body))
    return written[:start] + kept + written[end:]


_DECLARATION = re.compile(rb'@prefix [^\n]*\n| xmlns:[^=]*="[^"]*"')
_DECLARED = re.compile(
    rb'(?:<\?xml[^>]*>\s*<rdf:RDF)?(?P<all>(?:@prefix [^\n]*\n)+|(?: xmlns:[^=]*="[^"]*")+)'
)


def convert_results(document: bytes, media_type: str) -> bytes:
    """A SPARQL result in JSON, written in another media type for results."""
    result = ox.parse_query_results(document, format=ox.QueryResultsFormat.JSON)
    form = ox.QueryResultsFormat.from_media_type(media_type)
    return result.serialize(format=form) or b""


# ── Another base ────────────────────────────────────────────────────────────────────────────


def rebase(text: str, base: str) -> str:
    """An N-Quads or SPARQL text with every IRI of this project moved under another base.

    A literal is left as it is, unless it is itself an IRI of this project.
    """
    if base == BASE:
        return text
    check_base(base)
    own = (f"<{BASE}", f'"{BASE}')
    return _IRI_OR_LITERAL.sub(
        lambda match: match[0].replace(BASE, base, 1) if match[0].startswith(own) else match[0],
        text,
    )


_IRI_OR_LITERAL = re.compile(rf'<{re.escape(BASE)}|"(?:[^"\\\n]|\\.)*"')
