"""What the local store answers, in which formats, and how it says no."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

from kg.model.errors import (
    MediaTypeError,
    ParameterError,
    QuerySyntaxError,
    ResultTooLargeError,
    SourceSyntaxError,
    StoreError,
)
from kg.model.rdf import FORMATS, Format, Quad, Triple, write_nquads
from kg.model.vocabulary import EG, IRI, RDF, XSD, Literal, eg
from kg.store.base import Dataset, Rows, Store, Wanted
from kg.store.local import LocalStore, row_count
from kg.store.syntax import declared_prefixes, tokens

ROWS_XML = "application/sparql-results+xml"
GRAPH_XML = "application/rdf+xml"


@pytest.fixture
def store() -> LocalStore:
    """Three triples in three graphs, one of them the default graph."""
    return LocalStore(
        write_nquads(
            [
                Quad(EG.a, EG.p, EG.b, EG.g1),
                Quad(EG.b, EG.p, Literal("c", RDF.langString, "en"), EG.g2),
                Quad(EG.c, EG.q, Literal("d")),
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
        ((EG.a, EG.b, None), (EG.b, Literal("c", RDF.langString, "en"), None)),
    )


def test_rows(store: LocalStore) -> None:
    """Solutions can be read by column and by record."""
    rows = store.select("SELECT ?s ?o WHERE { ?s eg:q ?o }")

    assert rows.column("o") == (Literal("d"),)
    assert list(rows.records()) == [{"s": EG.c, "o": Literal("d")}]


def test_union(store: LocalStore) -> None:
    """The default graph is the union of all graphs."""
    assert len(store.select("SELECT * WHERE { ?s ?p ?o }")) == 3


def test_union_is_a_bag() -> None:
    """A triple of two graphs is found twice in their union, and counted once where asked so."""
    store = LocalStore(write_nquads([Quad(EG.a, EG.p, EG.b, eg(name)) for name in ("g1", "g2")]))
    every = store.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    once = store.select("SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }")

    assert [row[0] for row in (*every.rows, *once.rows)] == [
        Literal(n, XSD.integer) for n in ("2", "1")
    ]


def test_ask(store: LocalStore) -> None:
    """An ASK gives a truth value."""
    assert store.ask("ASK { eg:a eg:p eg:b }")
    assert not store.ask("ASK { eg:b eg:p eg:a }")


def test_construct(store: LocalStore) -> None:
    """A CONSTRUCT gives each triple once."""
    triples = store.construct("CONSTRUCT { eg:x eg:y eg:z } WHERE { ?s ?p ?o }")

    assert triples == (Triple(EG.x, EG.y, EG.z),)


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

    assert found["results"]["bindings"] == [{"s": {"type": "uri", "value": EG.a}}]


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
        ('SELECT * { ?s ?p ?o FILTER regexp(?o, "a") }', 'found: "regexp". Did you mean REGEX?'),
        ('SELECT * { FILTER(contain("ab", "a")) }', "Did you mean CONTAINS?"),
        ("SELECT (STRLENGTH(?x) AS ?y) {}", "Did you mean STRLEN?"),
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


@pytest.mark.parametrize(
    ("query", "column", "said"),
    [
        ("SELECT * {?s ?p }", 17, 'found: "}"; wanted here: a variable, an IRI or a literal.'),
        ("SELECT * { ?s }", 15, 'found: "}"; wanted here: a variable or an IRI.'),
        ("SELECT * { ?s eg:p ?x, }", 24, "wanted here: a variable, an IRI or a literal."),
        ("SELECT * { ?s ?p ?o } LIMIT", 28, "found: its end; wanted here: a number."),
        ('SELECT * { ?s ?p "a }', 22, "wanted: the quotation mark that closes the text."),
        ('SELECT * { ?s ?p ?o\n FILTER regexp(?o, "a") }', 9, 'found: "regexp".'),
        ("SELECT * { ?s ?p ?o OPTIONAL ?x }", 30, 'found: "?x"; wanted here: "{".'),
        ("SELECT (COUNT(?x) AS ) {}", 22, 'found: ")"; wanted here: "?".'),
        ("SELECT * { BIND(1 + AS ?x) }", 21, 'found: "AS".'),
    ],
)
def test_what_is_wanted(store: LocalStore, query: str, column: int, said: str) -> None:
    """The place is where the query stops being one, and nothing is wanted that is not taken."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.select(query)

    assert said in caught.value.message
    assert caught.value.column == column
    for word in ("SERVICE", "LATERAL", "ENCODE_FOR_URI", "OPTIONAL,", "DISTINCT"):
        assert word not in caught.value.message.splitlines()[0]


BAD_IRIS = (
    "http://[", "http://x/%zz", "http://x:port/", "http://x/%", "http://x/\ue000", "x:\ufdd0",
)  # fmt: skip


@pytest.mark.parametrize("iri", BAD_IRIS)
@pytest.mark.parametrize("part", ["default", "named"])
def test_graphs_that_are_no_iris(store: LocalStore, iri: str, part: str) -> None:
    """The name of a graph that is no IRI is a mistake of the request, and it is said which."""
    graphs = {"default": (), "named": (), part: (IRI(iri),)}
    wanted = Wanted({"boolean": "application/sparql-results+json"})

    with pytest.raises(ParameterError, match=r"the name of a graph is not an IRI: Invalid .+\."):
        store.write("ASK {}", wanted, Dataset(**graphs))


@pytest.mark.parametrize(
    ("query", "media_type", "said"),
    [
        ('SELECT ("a\\u0001b" AS ?x) {}', ROWS_XML, "the character U+0001"),
        ('SELECT ("a\\uFFFEb" AS ?x) {}', ROWS_XML, "the character U+FFFE"),
        ('SELECT ("a\\uFFFFb" AS ?x) {}', ROWS_XML, "the character U+FFFF"),
        ('CONSTRUCT { eg:a eg:b "\\u001f" } {}', GRAPH_XML, "the character U+001F"),
        ('CONSTRUCT { eg:a <x:p/?a&> "" } {}', GRAPH_XML, "the predicate <x:p/?a&>"),
        (
            'CONSTRUCT { eg:a <http://www.w3.org/2000/xmlns/b> "" } {}',
            GRAPH_XML,
            "a name that XML keeps for itself",
        ),
    ],
)
def test_what_xml_cannot_carry(store: LocalStore, query: str, media_type: str, said: str) -> None:
    """A result that would be XML which nobody reads is refused, with what can carry it."""
    with pytest.raises(
        StoreError, match=rf"{re.escape(media_type)} cannot carry; .* can\."
    ) as caught:
        store.answer(query, media_type)

    assert said in caught.value.message
    assert store.answer(query, "text/turtle" if "CONSTRUCT" in query else "text/csv")


@pytest.mark.parametrize(
    "text", ["<oxprefix: ", "tab\\tline\\nreturn\\r", "\\u0085\\u007f\\uFFFD\\U0001FFFE", "\\uEFBF"]
)
def test_what_xml_can_carry(store: LocalStore, text: str) -> None:
    """Every other character is carried by XML that can be read."""
    for form, media_type in (
        (f'SELECT ("{text}" AS ?x) {{}}', ROWS_XML),
        (f'CONSTRUCT {{ eg:a eg:b "{text}" }} {{}}', GRAPH_XML),
    ):
        root = ET.fromstring(store.answer(form, media_type))  # noqa: S314 - ours
        assert text.encode().decode("unicode_escape") in "".join(root.itertext())


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


def test_subjects_of_all_graphs_but_one() -> None:
    """A thing that only one graph speaks of is left out with it; a blank node has no name."""
    store = LocalStore(
        b'<x:a> <x:p> <x:b> <x:g> .\n<x:c> <x:p> "1" <x:h> .\n<x:d> <x:p> "1" <x:h> .\n'
        b'<x:d> <x:p> "2" <x:g> .\n_:e <x:p> "1" <x:g> .\n<x:f> <x:p> <x:a> .\n'
    )

    assert store.named_subjects(but=IRI("x:h")) == {"x:a", "x:d", "x:f"}
