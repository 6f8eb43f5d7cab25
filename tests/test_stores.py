"""What the local store answers, in which formats, and how it says no."""

from __future__ import annotations

import json

import pytest

from kg.errors import (
    MediaTypeError,
    QuerySyntaxError,
    ResultTooLargeError,
    SourceSyntaxError,
)
from kg.rdf import FORMATS, Format, Quad, Triple, write_nquads
from kg.stores.base import Rows, Store, Wanted
from kg.stores.local import LocalStore
from kg.stores.results import row_count
from kg.stores.syntax import declared_prefixes, tokens
from kg.vocab import RDF_LANG_STRING, Literal, eg


@pytest.fixture
def store() -> LocalStore:
    """Three triples in three graphs, one of them the default graph."""
    return LocalStore(
        write_nquads(
            [
                Quad(eg("a"), eg("p"), eg("b"), eg("g1")),
                Quad(eg("b"), eg("p"), Literal("c", RDF_LANG_STRING, "en"), eg("g2")),
                Quad(eg("c"), eg("q"), Literal("d")),
            ]
        )
    )


def test_select(store: LocalStore) -> None:
    """A SELECT gives its variables and its solutions in order, with None for what is unbound."""
    rows = store.select(
        "SELECT ?s ?o ?none WHERE { ?s eg:p ?o OPTIONAL { ?o eg:r ?none } } ORDER BY ?s"
    )

    assert rows == Rows(
        ("s", "o", "none"),
        ((eg("a"), eg("b"), None), (eg("b"), Literal("c", RDF_LANG_STRING, "en"), None)),
    )


def test_rows(store: LocalStore) -> None:
    """Solutions can be read by column and by record."""
    rows = store.select("SELECT ?s ?o WHERE { ?s eg:q ?o }")

    assert rows.column("o") == (Literal("d"),)
    assert list(rows.records()) == [{"s": eg("c"), "o": Literal("d")}]


def test_union(store: LocalStore) -> None:
    """The default graph is the union of all graphs."""
    assert len(store.select("SELECT * WHERE { ?s ?p ?o }")) == 3


def test_ask(store: LocalStore) -> None:
    """An ASK gives a truth value."""
    assert store.ask("ASK { eg:a eg:p eg:b }")
    assert not store.ask("ASK { eg:b eg:p eg:a }")


def test_construct(store: LocalStore) -> None:
    """A CONSTRUCT gives each triple once."""
    triples = store.construct("CONSTRUCT { eg:x eg:y eg:z } WHERE { ?s ?p ?o }")

    assert triples == (Triple(eg("x"), eg("y"), eg("z")),)


def test_own_prefix(store: LocalStore) -> None:
    """A prefix that the query declares means what the query says."""
    query = "PREFIX eg: <https://example.org/> SELECT * WHERE { ?s eg:p ?o }"

    assert len(store.select(query)) == 0


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("rows", "SELECT ?s { ?s eg:p eg:b }"),
        ("boolean", "ASK { eg:a eg:p eg:b }"),
        ("triples", "CONSTRUCT WHERE { ?s eg:p eg:b }"),
    ],
)
def test_formats(store: LocalStore, form: Format, kind: str, query: str) -> None:
    """Each format writes what it can carry and refuses the rest, naming those that can."""
    if kind in form.carries:
        assert store.answer(query, form.media_type)
    else:
        with pytest.raises(MediaTypeError, match=r"wanted: (application|text)/"):
            store.answer(query, form.media_type)


def test_json(store: LocalStore) -> None:
    """The JSON of a SELECT is the W3C's."""
    found = json.loads(
        store.answer("SELECT ?s { ?s eg:p eg:b }", "application/sparql-results+json")
    )

    assert found["results"]["bindings"] == [{"s": {"type": "uri", "value": eg("a")}}]


def test_unknown_media_type(store: LocalStore) -> None:
    """A media type that nobody speaks is refused."""
    with pytest.raises(MediaTypeError, match="image/png"):
        store.answer("ASK {}", "image/png")


@pytest.mark.parametrize(
    ("query", "line", "column", "reason"),
    [
        ("SELECT *\nWHERE { ?s zz:p ?o }", 2, 12, "the prefix zz: is not known; known: eg, st"),
        ("SELECT * { ?s ?p ", 1, 18, "does not parse"),
        ("SELECT ?x ?x {}", 1, 16, "Duplicated variable name"),
        ("SELECT * { ?a ?b ?c } GROUP BY ?a", None, None, "not authorized with GROUP BY"),
        ("", 1, 1, "empty"),
        ("INSERT DATA { eg:a eg:b eg:c }", None, None, "an update"),
        ("PREFIX eg: <http://x/> DELETE WHERE { ?s ?p ?o }", None, None, "an update"),
        ('SELECT * { ?s eg:p "zz:a" } # zz:b\nLIMIT', None, None, "does not parse"),
    ],
)
def test_syntax_error(
    store: LocalStore, query: str, line: int | None, column: int | None, reason: str
) -> None:
    """A query that does not parse is refused with the place and the likely reason."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.select(query)

    assert reason in caught.value.message
    if line is not None:
        assert (caught.value.line, caught.value.column) == (line, column)


def test_caret(store: LocalStore) -> None:
    """The message shows the line with a mark under the place."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.ask("ASK {\n  ?s zz:p ?o }")

    assert caught.value.message.endswith("\n    ?s zz:p ?o }\n       ^")


def test_long_line(store: LocalStore) -> None:
    """Of a very long line the message shows the part around the place."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.ask(f"ASK {{ {'eg:a eg:p eg:b . ' * 4000} zz:x eg:p eg:b }}")

    shown = caught.value.message.splitlines()
    assert shown[1][shown[2].index("^") :].startswith("zz:x")
    assert len(caught.value.message) < 1000


@pytest.mark.parametrize(
    "part", ["a.", '"', '"\\', '"""\\', "'\\\"", "<a", "_:.", "@a-", "..a", "a-", "1.1e"]
)
def test_one_pass(part: str) -> None:
    """No text makes the reading of tokens go back over it again and again."""
    text = part * 20_000

    starts = [token.start for token in tokens(text)]

    assert starts == sorted(set(starts))


@pytest.mark.parametrize(
    ("ask", "query", "found"),
    [
        ("select", "ASK {}", "found: ASK"),
        ("ask", "SELECT * {}", "found: SELECT"),
        ("construct", "SELECT * {}", "found: SELECT"),
    ],
)
def test_wrong_form(store: LocalStore, ask: str, query: str, found: str) -> None:
    """A query of another form than the caller needs is refused."""
    with pytest.raises(QuerySyntaxError, match=found):
        getattr(store, ask)(query)


def test_bad_graph() -> None:
    """A graph that is not N-Quads is refused."""
    with pytest.raises(SourceSyntaxError):
        LocalStore(b"nothing of the kind")


def test_declared_prefixes() -> None:
    """Prefixes in comments and strings are not declarations."""
    query = 'PREFIX a: <http://a/> # PREFIX b: <http://b/>\nSELECT * { ?s ?p "PREFIX c: <c:>" }'

    assert declared_prefixes(list(tokens(query))) == {"a": "http://a/"}


def test_protocol(store: LocalStore) -> None:
    """The local store is a store."""
    assert as_store(store).ask("ASK {}")


def as_store(store: Store) -> Store:
    """Only what the protocol promises (for the type checker)."""
    return store


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELCT * { ?s ?p ?o }", "Did you mean SELECT?"),
        ("SELECT * WERE { ?s ?p ?o }", "Did you mean WHERE?"),
        ("SELECT * { ?s ?p ?o FILTR(?s) }", "Did you mean FILTER?"),
        ("SELECT * { ?s ?p ?o } ORDR BY ?s", "Did you mean ORDER?"),
        ("SELECT * { ?s ?p ?o } LIMT 3", "Did you mean LIMIT?"),
        ("SELECT * { ?s skso:prefLabel ?o }", "is not known (did you mean skos:?)"),
    ],
)
def test_what_was_meant(store: LocalStore, query: str, said: str) -> None:
    """A word that is nearly a keyword, or a prefix that is nearly one of ours, is named."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.select(query)

    assert said in caught.value.message


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p }", "SELECT ?a ?b { ?s ?p ?o ?q }"])
def test_nothing_was_meant(store: LocalStore, query: str) -> None:
    """Where no word is nearly a keyword, none is suggested."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.select(query)

    assert "Did you mean" not in caught.value.message


def test_unknown_function(store: LocalStore) -> None:
    """A call of a function that nobody knows is an error of the query."""
    with pytest.raises(
        QuerySyntaxError, match=r"function <https://example\.org/f> is not supported"
    ):
        store.select("SELECT (<https://example.org/f>(1) AS ?x) {}")


@pytest.mark.parametrize(
    "media_type", [form.media_type for form in FORMATS if "rows" in form.carries]
)
@pytest.mark.parametrize("rows", [0, 1, 2, 7])
def test_rows_are_counted(store: LocalStore, media_type: str, rows: int) -> None:
    """The rows of a written result are counted right, whatever stands in them."""
    nasty = '"},{" },{ [ ] \\n\n\t, <result> \''
    values = "(UNDEF) " if rows == 1 else f"({Literal(nasty).n3()}) " * rows
    written = store.answer(f"SELECT ?x {{ VALUES (?x) {{ {values} }} }}", media_type)
    empty = store.answer("SELECT * { " + " UNION ".join(["{}"] * (rows or 1)) + " }", media_type)

    assert row_count(written, media_type) == rows
    assert row_count(empty, media_type) == (rows or 1)


def test_limits(store: LocalStore) -> None:
    """A result that is larger than is wanted is an error, and never a part of it."""
    types = dict.fromkeys(("rows", "boolean", "triples"), "application/sparql-results+json")
    query = "SELECT * { ?s ?p ?o }"

    assert store.write(query, Wanted(types, most_rows=3)).content
    with pytest.raises(ResultTooLargeError, match="more than 2 rows"):
        store.write(query, Wanted(types, most_rows=2))
    with pytest.raises(ResultTooLargeError, match="larger than 100 bytes"):
        store.write(query, Wanted(types, most_bytes=100))
