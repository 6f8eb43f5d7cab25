"""The graph in memory: a store that answers in microseconds and needs no server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from html import unescape
from typing import IO, Any, Final, cast
from xml.parsers import expat

import pyoxigraph as ox

from kg.model.errors import (
    ParameterError,
    QuerySyntaxError,
    RefusedQueryError,
    ResultTooLargeError,
    SourceSyntaxError,
    StoreError,
)
from kg.model.rdf import (
    Quad,
    Triple,
    carrier,
    iri_of,
    quads_of,
    term_of,
    triples_of,
    with_used_prefixes,
)
from kg.model.vocabulary import DCTERMS, IRI, PREFIXES, RDFS, SKOS, BlankNode, Term
from kg.store.base import Dataset, Row, Rows, Wanted, Written
from kg.store.plain import with_english
from kg.store.syntax import explain_error, has_keyword

_Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_NAMING: Final = (RDFS.label, SKOS.altLabel, SKOS.prefLabel, DCTERMS.title)
"""The properties that name things."""
_PROSE: Final = ("text/turtle", "application/trig")
"""What people read: there names are short."""
_KINDS: Final = {"rows": "SELECT", "boolean": "ASK", "triples": "CONSTRUCT or DESCRIBE"}


class LocalStore:
    """A graph in memory; the prefixes of `vocab` need no declaration."""

    def __init__(self, nquads: bytes = b"") -> None:
        self._store = ox.Store()
        self.load(nquads)

    def load(self, nquads: bytes) -> None:
        """Add N-Quads of ours to the graph."""
        try:
            # Every text that comes here was written by this library, so its IRIs are not checked
            # once more: that saves a sixth of the time.
            self._store.bulk_load(nquads, format=ox.RdfFormat.N_QUADS, lenient=True)
        except SyntaxError as error:
            raise SourceSyntaxError(f"the graph is not N-Quads: {error.msg}") from None

    def __len__(self) -> int:
        return len(self._store)

    def select(self, query: str) -> Rows:
        """The solutions of a SELECT query."""
        result = self._evaluate(query)
        if not isinstance(result, ox.QuerySolutions):
            raise _wrong_form("rows", result)
        variables = tuple(variable.value for variable in result.variables)
        return Rows(variables, tuple(_rows(result)))

    def ask(self, query: str) -> bool:
        """Whether an ASK query holds."""
        result = self._evaluate(query)
        if not isinstance(result, ox.QueryBoolean):
            raise _wrong_form("boolean", result)
        return bool(result)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query, each once."""
        result = self._evaluate(query)
        if not isinstance(result, ox.QueryTriples):
            raise _wrong_form("triples", result)
        return tuple(dict.fromkeys(triples_of(result)))

    def answer(self, query: str, media_type: str) -> bytes:
        """The whole result of any query, written in a media type that can carry it."""
        return self.write(query, Wanted(dict.fromkeys(_KINDS, media_type))).content

    def quads(
        self,
        subject: IRI | BlankNode | None = None,
        predicate: IRI | None = None,
        object_: IRI | BlankNode | None = None,
        graph: IRI | None = None,
    ) -> Iterator[Quad]:
        """The quads with these parts, whatever the others are; no query is made of them."""
        try:
            pattern = [_pattern(part) for part in (subject, predicate, object_, graph)]
        except ValueError:
            return  # what cannot be an IRI is in no quad
        yield from quads_of(self._store.quads_for_pattern(*pattern))

    def named_subjects(self, but: IRI) -> set[IRI]:
        """The IRIs that something is said of, in any graph but one.

        Of all quads only this part becomes a term of ours, which takes a quarter of the time.
        """
        passed = ox.NamedNode(but)
        quads = self._store.quads_for_pattern(None, None, None, None)
        found = {each.subject for each in quads if each.graph_name != passed}
        return {IRI(each.value) for each in found if isinstance(each, ox.NamedNode)}

    def graphs(self) -> Iterator[IRI]:
        """The names of the named graphs."""
        for name in self._store.named_graphs():
            if isinstance(name, ox.NamedNode):
                yield iri_of(name.value)

    def write(self, query: str, wanted: Wanted, dataset: Dataset | None = None) -> Written:
        """The whole result of any query, in the media type that is wanted for its kind.

        A dataset replaces the one that the query names (SPARQL 1.1 Protocol §2.1.4).
        """
        result = self._evaluate(query, dataset, wanted.base)
        kind = _kind(result)
        media_type = wanted.media_types[kind]
        carrier(media_type, kind, _KINDS[kind])
        return Written(kind, media_type, _bounded(result, kind, wanted))

    def _evaluate(
        self, query: str, dataset: Dataset | None = None, base: str | None = None
    ) -> _Result:
        if has_keyword(query, "SERVICE"):
            raise RefusedQueryError("SERVICE is off: a query does not leave this machine.")
        again = with_english(query, self._has_in_english)
        # A query that has rows keeps them as they are; one that has none is read once more.
        if again != query and _is_empty(self._run(query, dataset, base), query):
            query = again
        return self._run(query, dataset, base)

    def _run(self, query: str, dataset: Dataset | None, base: str | None) -> _Result:
        seen = _seen(query, dataset, base)
        # A query that declares its prefixes is not given ours: that saves 15 µs of parsing.
        try:
            return self._query(query, seen)
        except SyntaxError:
            pass
        try:
            return self._query(query, seen, PREFIXES)
        except SyntaxError as error:
            again = partial(self._complaint, seen=seen)
            raise explain_error(query, str(error), again) from None

    def _has_in_english(self, predicate: str | None, text: str) -> bool:
        """Whether a property, or if none is given any that names, has a text in English only."""
        if predicate is None:
            return any(self._has_in_english(each, text) for each in _NAMING)
        try:
            node = ox.NamedNode(predicate)
        except ValueError:
            return False
        plain, tagged = ox.Literal(text), ox.Literal(text, language="en")
        return self._has(node, tagged) and not self._has(node, plain)

    def _has(self, predicate: ox.NamedNode, value: ox.Literal) -> bool:
        return next(self._store.quads_for_pattern(None, predicate, value, None), None) is not None

    def _complaint(self, query: str, seen: dict[str, Any]) -> str:
        """What the parser says against a text."""
        try:
            self._query(query, seen, PREFIXES)
        except SyntaxError as error:
            return str(error)
        return ""

    def _query(
        self, query: str, seen: dict[str, Any], prefixes: dict[str, str] | None = None
    ) -> _Result:
        try:
            return self._store.query(query, prefixes=prefixes, **seen)
        except (OSError, RuntimeError, ValueError) as error:
            if "custom function" in str(error):
                raise QuerySyntaxError(f"{str(error).removeprefix('The custom ')}") from None
            raise StoreError(f"the query could not be answered: {error}.") from error


def _pattern(term: Any) -> Any:  # noqa: ANN401 - what pyoxigraph takes differs by position
    if term is None:
        return None
    return ox.BlankNode(term.value) if isinstance(term, BlankNode) else ox.NamedNode(term)


def _seen(query: str, dataset: Dataset | None, base: str | None) -> dict[str, Any]:
    """The graphs that a query sees, as the engine wants to know it."""
    if dataset is None:
        # SPARQL 1.1 §13.2: where a query names its graphs, those are its dataset.
        union = not has_keyword(query, "FROM")
        return {"base_iri": base, "use_default_graph_as_union": union}
    default, named = (list(map(_graph, each)) for each in (dataset.default, dataset.named))
    return {"base_iri": base, "default_graph": default, "named_graphs": named}


def _graph(iri: IRI) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise ParameterError(f"the name of a graph is not an IRI: {error}.") from None


def check_syntax(query: str) -> None:
    """QuerySyntaxError where a query does not parse; it is not evaluated."""
    if not has_keyword(query, "SERVICE"):
        LocalStore()._evaluate(query)  # noqa: SLF001 - solutions are made only when they are read


def _rows(result: ox.QuerySolutions) -> Iterator[Row]:
    try:
        for solution in result:
            yield tuple([_value(node) for node in solution])
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"the query could not be answered: {error}.") from error


def _value(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Term | None:
    if type(node) is ox.NamedNode:  # nine of ten terms; worth a line, at 0.2 µs each
        return iri_of(node.value)
    return None if node is None else term_of(node)


def _kind(result: _Result) -> str:
    if isinstance(result, ox.QuerySolutions):
        return "rows"
    return "boolean" if isinstance(result, ox.QueryBoolean) else "triples"


_ZERO: Final = ox.Literal(0)


def _is_empty(result: _Result, query: str) -> bool:
    """Whether a result is false, or has no row and no triple, or has counted none.

    It is read no further than that.
    """
    if isinstance(result, ox.QueryBoolean):
        return not result
    rows = iter(result)
    first = next(rows, None)
    if not isinstance(first, ox.QuerySolution) or not has_keyword(query, "COUNT"):
        return first is None
    return all(value in (None, _ZERO) for value in first) and next(rows, None) is None


def _wrong_form(wanted: str, result: _Result) -> QuerySyntaxError:
    return QuerySyntaxError(
        f"wanted here: a query of the form {_KINDS[wanted]}; found: {_KINDS[_kind(result)]}."
    )


def _bounded(result: _Result, kind: str, wanted: Wanted) -> bytes:
    """The whole result in the media type for its kind, or an error; never a part of it."""
    media_type = wanted.media_types[kind]
    parts = _Parts(wanted.most_bytes)
    try:
        _serialize(result, parts, media_type)
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"the query could not be answered: {error}.") from error
    content = readable(parts.whole(), media_type)
    if wanted.most_bytes is not None and len(content) > wanted.most_bytes:
        raise _too_large(f"is larger than {wanted.most_bytes} bytes")
    if kind == "rows" and wanted.most_rows is not None:
        _check_rows(content, media_type, wanted.most_rows)
    is_prose = kind == "triples" and media_type in _PROSE
    return with_used_prefixes(content) if is_prose else content


class _Parts:
    """Takes so many bytes and no more."""

    __slots__ = ("_most", "_parts", "_size")

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, part: bytes, /) -> int:
        """Add a part; ResultTooLargeError where it would be too much."""
        self._parts.append(part)
        self._size += len(part)
        if self._most is not None and self._size > self._most:
            raise _too_large(f"is larger than {self._most} bytes")
        return len(part)

    def flush(self) -> None:
        """Be asked for nothing: whoever writes does so at the end."""

    def whole(self) -> bytes:
        """All that was written."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


def _check_rows(content: bytes, media_type: str, most: int) -> None:
    # A solution takes a byte at the least, so most results need no counting.
    if len(content) > most and row_count(content, media_type) > most:
        raise _too_large(f"has more than {most} rows")


def _too_large(why: str) -> ResultTooLargeError:
    return ResultTooLargeError(
        f"the result {why}, so no part of it is sent; LIMIT and OFFSET ask for less."
    )


def _serialize(result: _Result, parts: _Parts, media_type: str) -> None:
    to = cast("IO[bytes]", parts)  # of a file, only what it has is called
    if isinstance(result, ox.QueryTriples):
        form = ox.RdfFormat.from_media_type(media_type)
        ox.serialize(result, to, form, prefixes=PREFIXES if media_type in _PROSE else None)
    else:
        result.serialize(to, format=_format_of(media_type))


@cache
def _format_of(media_type: str) -> ox.QueryResultsFormat | None:
    """The format of results as the engine knows it; there are four."""
    return ox.QueryResultsFormat.from_media_type(media_type)


# ── How many solutions a written result holds ───────────────────────────────────────────────

_JSON_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"')


def row_count(content: bytes, media_type: str) -> int:
    """The solutions in a SELECT result that this library has written."""
    return _COUNTS[media_type](content)


def _json(content: bytes) -> int:
    """Without its strings, `},{` stands between two solutions and nowhere else."""
    shape = _JSON_STRING.sub(b"", content)
    bindings = shape[shape.rindex(b"[") + 1 : shape.rindex(b"]")]
    return bindings.count(b"},{") + 1 if bindings else 0


def _xml(content: bytes) -> int:
    """A `<` of a text is written as an entity, so a tag is a tag."""
    return content.count(b"<result>") + content.count(b"<result/>")


def _csv(content: bytes) -> int:
    """Every line end outside of quotation marks ends a line; the first line is the head."""
    return sum(part.count(b"\n") for part in content.split(b'"')[::2]) - 1


def _tsv(content: bytes) -> int:
    """A line end inside of a text is written as an escape."""
    return content.count(b"\n") - 1


_COUNTS: Final[Mapping[str, Callable[[bytes], int]]] = {
    "application/sparql-results+json": _json,
    "application/sparql-results+xml": _xml,
    "text/csv": _csv,
    "text/tab-separated-values": _tsv,
}


# ── What XML cannot carry: found before it is sent, and said in words ───────────────────────

_GRAPH: Final = "application/rdf+xml"
_OTHERS: Final[Mapping[str, str]] = {
    "application/sparql-results+xml": "JSON, CSV or TSV",
    _GRAPH: "Turtle or JSON-LD",
}
"""The types that are XML, and what can carry everything instead."""
_CONTROLS: Final = bytes({*range(0x20)} - {*b"\t\n\r"})
_NONE: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""What https://www.w3.org/TR/xml/#charsets leaves out, in UTF-8."""
_NO_NAME: Final = re.compile(rb'<oxprefix: xmlns:oxprefix="([^"]*)"')
"""How the engine writes a predicate that no XML name can be made of."""
_SHOWN: Final = 200


def readable(content: bytes, media_type: str) -> bytes:
    """A result that says to every reader what it says; StoreError where XML cannot carry it.

    A result in a type that is not XML is left as it is.
    """
    if media_type not in _OTHERS:
        return content
    culprit = _character(content) or (_predicate(content) if media_type == _GRAPH else "")
    if culprit:
        raise StoreError(
            f"the result holds {culprit}, which {media_type} cannot carry; "
            f"{_OTHERS[media_type]} can."
        )
    return content.replace(b"\r", b"&#13;")  # one that is written plainly is read as a line feed


def _character(content: bytes) -> str:
    """A character that XML does not have, however it is written."""
    if len(content.translate(None, _CONTROLS)) < len(content):  # ten times as fast as a pattern
        return next(f"the character U+{byte:04X}" for byte in content if byte in _CONTROLS)
    found = next((each for each in _NONE if each in content), None)
    return f"the character U+{ord(found.decode()):04X}" if found else ""


def _predicate(content: bytes) -> str:
    """A predicate that no XML name can be made of."""
    try:
        # A result has no document type, so nothing in it can grow.
        expat.ParserCreate(namespace_separator=" ").Parse(content, True)  # noqa: FBT003
    except expat.ExpatError:
        found = _NO_NAME.search(content)
        name = unescape(found[1].decode())[:_SHOWN] if found else ""
        return f"the predicate <{name}>" if name else "a name that XML keeps for itself"
    return ""
