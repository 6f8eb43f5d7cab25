"""Query files as values: header, parameters, and binding that never changes the query."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import resources
from kg.model.errors import ParameterError, QuerySyntaxError, UnknownQueryError
from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, IRI, NONE, RDF, XSD, BlankNode, Literal, Term, eg
from kg.store import queries
from kg.store.local import LocalStore
from kg.store.queries import bind, catalogue, read_query
from kg.store.syntax import declared_prefixes, tokens

TEXT = """#+ summary: Which causes remain?
#+ description: One row per cause: those not excluded.
#+ tags:
#+   - causes
#+   - provenance
# VALUES ?comment { eg:not-a-parameter }

PREFIX eg: <https://w3id.org/etiograph/id/>

SELECT ?cause ?kind WHERE {
  VALUES ?marker { eg:ALP eg:BoneALP }   # a row of two
  VALUES (?kind ?rank) { (eg:Bone 1) }
  ?cause eg:raises ?marker .
  OPTIONAL { VALUES ?drug { eg:bortezomib } ?cause eg:by ?drug }
  FILTER NOT EXISTS {
    VALUES ?finding { eg:normal-ggt }
    ?cause eg:excludedBy ?finding .
  }
  FILTER (?kind != "VALUES ?text { eg:x }")
}
ORDER BY ?cause
"""
QUERY = read_query(TEXT, "ask/causes")
ECHO = read_query('SELECT ?x WHERE { VALUES ?x { "default" } }', "ask/echo")
STORE = LocalStore(
    write_nquads(
        Quad(eg(cause), eg(relation), eg(other))
        for cause, relation, other in (
            ("paget", "raises", "ALP"),
            ("cholestasis", "raises", "ALP"),
            ("cholestasis", "excludedBy", "normal-ggt"),
        )
    )
)

NASTY = [
    '"',
    "\\",
    '\\"',
    '" } ?s ?p ?o . FILTER(true) #',
    "'''",
    '"""',
    "\n}\n",
    "\r\n",
    "\\u0022 }",
    "\\\\u0022 }",
    "\\U00000022",
    "# comment",
    "{}",
    "?x",
    "$x",
    "UNDEF",
    "\x00",
    "\x7f\x80",
    "\u2028\u202e\ufeff",
    "😀",
    "<http://example.org/>",
    "eg:x } SERVICE <http://127.0.0.1/> { ?s ?p ?o",
    "a" * 10_000,
    "",
]


def shape(text: str) -> list[str]:
    """The tokens of a query outside the rows of its parameters."""
    query = read_query(text, "shape")
    return [
        token.text
        for token in tokens(text)
        if not any(slot.start <= token.start < slot.end for slot in query.slots)
    ]


def test_header() -> None:
    """The header gives the question, one line about the rows, and tags."""
    assert QUERY.summary == "Which causes remain?"
    assert QUERY.description == "One row per cause: those not excluded."
    assert QUERY.tags == ("causes", "provenance")


def test_title_of_a_rule() -> None:
    """A rule, whose header is Markdown, is named by its title."""
    assert read_query("# # Missing label\n#\nASK {}", "verify/x").summary == "Missing label"


def test_parameters() -> None:
    """A VALUES line with one variable is a parameter; comments, strings and tables are not."""
    assert list(QUERY.parameters) == ["marker", "drug", "finding"]
    assert QUERY.parameters["marker"].defaults == (EG.ALP, EG.BoneALP)


def test_a_group_of_a_graph_is_no_parameter() -> None:
    """A variable before a brace is one of VALUES or names a graph, which nobody chooses."""
    query = read_query("SELECT * { GRAPH ?where { VALUES ?x { 1 } ?x ?p ?o } }", "ask/graph")

    assert list(query.parameters) == ["x"]


def test_where_a_parameter_stands() -> None:
    """A parameter under negation says so, and there or in OPTIONAL it may be empty."""
    found = {name: (p.negated, p.may_be_empty) for name, p in QUERY.parameters.items()}

    assert found == {"marker": (False, False), "drug": (False, True), "finding": (True, True)}


def test_defaults_of_every_kind() -> None:
    """Defaults may be IRIs, names, strings, numbers, truth values and typed literals."""
    row = '<http://x/a> eg:b "c" "d"@en-GB "1"^^xsd:decimal 2 -2.5 true "e\\"\\u0041"'
    query = read_query(f"SELECT * {{ VALUES ?x {{ {row} }} }}", "x")

    values = query.parameters["x"].defaults

    store = LocalStore().select(query.text).column("x")
    assert values == store


def test_a_parameter_that_leads() -> None:
    """Nothing is asked beside the default of what a query is about, and nothing else is wanted."""
    query = read_query(f"#+ leading:\n#+   - marker\n{TEXT}", "ask/led")

    with pytest.raises(ParameterError, match=r"drug given without marker, .*eg:ALP eg:BoneALP"):
        bind(query, {"drug": [EG.bortezomib]})
    assert bind(query, {"marker": [EG.GGT], "drug": [EG.bortezomib]})
    assert bind(query, {"marker": [EG.GGT]})
    assert bind(query, {"drug": []}).endswith(bind(QUERY, {"drug": []}))


def test_what_leads_is_a_parameter() -> None:
    """Each shipped query has the parameters that its header says it is about."""
    for query in catalogue(resources.queries_dir()).values():
        assert query.parameters.keys() >= set(query.leading), query.name


def test_nothing_given() -> None:
    """With nothing given the query is the file as it stands."""
    assert bind(QUERY, {}) == TEXT


def test_swaps_only_the_row() -> None:
    """Binding swaps the row of the parameter and leaves every other character."""
    bound = bind(QUERY, {"marker": [EG.GGT]})

    assert bound == TEXT.replace("{ eg:ALP eg:BoneALP }", "{ <https://w3id.org/etiograph/id/GGT> }")


def test_every_block_of_a_variable() -> None:
    """A parameter with several blocks is swapped in all of them."""
    text = "SELECT * { { VALUES ?x { 1 } } UNION { VALUES ?x { 2 } } }"

    rows = LocalStore().select(bind(read_query(text, "x"), {"x": [Literal("a")]}))

    assert rows.column("x") == (Literal("a"), Literal("a"))


def test_negation() -> None:
    """A finding under NOT EXISTS takes away what it excludes, and an empty list nothing."""
    with_finding = STORE.select(bind(QUERY, {"finding": [eg("normal-ggt")]}))
    without = STORE.select(bind(QUERY, {"finding": []}))

    assert with_finding.column("cause") == (EG.paget,)
    assert without.column("cause") == (EG.cholestasis, EG.paget)


def test_two_findings_do_not_leak() -> None:
    """Two findings under NOT EXISTS exclude what either excludes."""
    bound = bind(QUERY, {"finding": [eg("normal-ggt"), eg("bone-pain")]})

    assert STORE.select(bound).column("cause") == (EG.paget,)


def test_neutral_value() -> None:
    """An empty list is written as the neutral value, so the query stays legal everywhere."""
    assert NONE.n3() in bind(QUERY, {"finding": []})


@pytest.mark.parametrize("header", ["", "#+ optional:\n#+   - x\n"])
def test_empty_where_allowed(header: str) -> None:
    """A parameter that rows come from may be empty only if the header says so."""
    query = read_query(f"{header}SELECT * {{ VALUES ?x {{ 1 }} }}", "ask/q")

    if header:
        assert LocalStore().select(bind(query, {"x": []})).column("x") == (NONE,)
    else:
        with pytest.raises(ParameterError, match="at least one value"):
            bind(query, {"x": []})


@pytest.mark.parametrize(
    ("given_terms", "message"),
    [
        ({"nope": [EG.a]}, "has no parameter 'nope'; its parameters: marker, drug, finding"),
        ({"marker": EG.ALP}, "wants a list"),
        ({"marker": ["eg:ALP"]}, "wanted an IRI or a Literal"),
        ({"marker": [BlankNode("b")]}, "wanted an IRI or a Literal"),
        ({"marker": [IRI("relative")]}, "not an IRI"),
        ({"marker": [Literal("a", IRI("x> }"))]}, "not a literal"),
        ({"marker": [Literal("a", RDF.langString, "en }")]}, "not a literal"),
        ({"marker": [Literal("\ud800")]}, "not a literal"),
    ],
)
def test_refused(given_terms: dict[str, list[Term]], message: str) -> None:
    """What cannot be written safely is refused, with the name of the parameter."""
    with pytest.raises(ParameterError, match=message):
        bind(QUERY, given_terms)


@pytest.mark.parametrize("character", '<>"{}|^`\\ \t\n\x00')
def test_iri_characters(character: str) -> None:
    """An IRI with a character that could end it is refused."""
    with pytest.raises(ParameterError, match="not an IRI"):
        bind(QUERY, {"marker": [IRI(f"https://example.org/{character}x")]})


@pytest.mark.parametrize("text", NASTY)
def test_injection(text: str) -> None:
    """A nasty string stays one value, and the query around it keeps its shape."""
    literal = Literal(text)

    bound = bind(ECHO, {"x": [literal]})

    assert LocalStore().select(bound).column("x") == (literal,)
    assert shape(bound) == shape(ECHO.text)
    assert shape(bind(QUERY, {"marker": [literal], "finding": [literal]})) == shape(TEXT)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_text(texts: list[str]) -> None:
    """Any list of texts comes back from the query as it went in."""
    literals = tuple(Literal(text) for text in texts)

    assert LocalStore().select(bind(ECHO, {"x": literals})).column("x") == literals


def test_mixed_nasty_strings() -> None:
    """Nasty strings glued together at random stay one value each."""
    chance = random.Random(7)
    for _ in range(500):
        literal = Literal(
            "".join(chance.choices(NASTY[:22], k=4)), chance.choice([XSD.decimal, EG.type])
        )

        assert LocalStore().select(bind(ECHO, {"x": [literal]})).column("x") == (literal,)


def test_parser_of_another_library() -> None:
    """A second SPARQL parser reads the same number of groups and the same value."""
    from rdflib.plugins.sparql.parser import parseQuery

    for text in (text for text in NASTY if text and "\x00" not in text):
        bound = bind(ECHO, {"x": [Literal(text)]})

        assert len(parseQuery(bound)[1].where.part) == 1


def test_unclosed() -> None:
    """A row that is not closed is a syntax error of the file."""
    with pytest.raises(QuerySyntaxError, match="ask/q: a VALUES block is not closed"):
        bind(read_query("SELECT * { VALUES ?x { 1 ", "ask/q"), {"x": [EG.a]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three queries under two verbs."""
    for name in ("ask/causes", "ask/both", "report/both"):
        path = tmp_path / f"{name}.rq"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#+ summary: {name}?\nASK {{}}\n")
    return tmp_path


def test_catalogue(folder: Path) -> None:
    """The catalogue holds every query by verb and name."""
    found = {name: query.summary for name, query in queries.catalogue(folder).items()}

    assert found == {
        "ask/both": "ask/both?",
        "ask/causes": "ask/causes?",
        "report/both": "report/both?",
    }


def test_load(folder: Path) -> None:
    """A query is found by its full name, and by its own name where that is enough."""
    assert queries.load(folder, "ask/causes") == queries.load(folder, "causes")


@pytest.mark.parametrize(
    ("name", "suggestions"),
    [
        ("ask/cause", ("ask/causes", "causes")),
        ("both", ("ask/both", "report/both")),
        ("../secret", ()),
        ("zzz", ()),
    ],
)
def test_unknown_query(folder: Path, name: str, suggestions: tuple[str, ...]) -> None:
    """A name that no query carries is refused, with the names that are near."""
    with pytest.raises(UnknownQueryError) as caught:
        queries.load(folder, name)

    assert caught.value.suggestions == suggestions


@pytest.mark.slow
def test_every_file() -> None:
    """Every query of the project parses, has a summary, and declares just the prefixes it uses."""
    from rdflib.plugins.sparql.parser import parseQuery

    for name, query in queries.catalogue(resources.queries_dir()).items():
        stream = list(tokens(query.text))
        used = {token.text.partition(":")[0] for token in stream if token.kind == "name"}

        assert query.summary, name
        assert bind(query, {}) == query.text
        assert used == set(declared_prefixes(stream)), name
        parseQuery(query.text)


@pytest.mark.parametrize("verb", ["ask", "report"])
def test_product_queries(verb: str) -> None:
    """Every query for users gives its rows in an order of its own."""
    for name, query in queries.catalogue(resources.queries_dir()).items():
        if name.startswith(f"{verb}/") and "SELECT" in query.text:
            assert "ORDER BY" in query.text, name
