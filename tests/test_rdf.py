"""Reading through the catalogue, canonical writing, and moving to another base."""

from __future__ import annotations

import doctest
import random
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import rdf
from kg.model.errors import MissingImportError, ParameterError, SourceSyntaxError
from kg.model.rdf import (
    NAMELESS,
    Description,
    Graph,
    Heading,
    Layout,
    Listed,
    Nameless,
    Properties,
    Triple,
    turtle,
    values,
    write_turtle,
)
from kg.model.vocabulary import (
    BASE,
    EG,
    IRI,
    PROV,
    RDF,
    RDFS,
    XSD,
    BlankNode,
    Literal,
    eg,
    english,
    expand,
    number,
)

ROOT = IRI("https://example.org/root")
PART = IRI("https://example.org/part")
CATALOGUE = """<?xml version="1.0"?>
<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
  <uri name="https://example.org/root" uri="root.ttl"/>
  <uri name="https://example.org/part" uri="sub/part.ttl"/>
</catalog>
"""
HEAD = "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix x: <https://example.org/#> .\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small ontology of two files that import each other."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "catalog-v001.xml").write_text(CATALOGUE)
    (tmp_path / "root.ttl").write_text(
        f"{HEAD}<{ROOT}> a owl:Ontology ; owl:imports <{PART}> . x:a x:p [ x:q x:b ] ."
    )
    (tmp_path / "sub/part.ttl").write_text(
        f"{HEAD}<{PART}> a owl:Ontology ; owl:imports <{ROOT}> . x:c x:p [ x:q x:d ] ."
    )
    return tmp_path


def test_follows_imports(folder: Path) -> None:
    """Every imported file is read once, in the order of the imports."""
    sources = rdf.read_sources(folder, ROOT)

    assert [module.iri for module in sources.modules] == [ROOT, PART]
    assert [module.triples for module in sources.modules] == [4, 4]


def test_keeps_files_apart(folder: Path) -> None:
    """Each triple stands in the graph of its file, and blank nodes of two files never meet."""
    quads = list(rdf.read_nquads(rdf.read_sources(folder, ROOT).nquads))

    assert {quad.graph for quad in quads} == {ROOT, PART}
    assert len({quad.object for quad in quads if quad.predicate.endswith("#p")}) == 2


def test_same_bytes(folder: Path) -> None:
    """Reading twice gives the same bytes."""
    assert rdf.read_sources(folder, ROOT).nquads == rdf.read_sources(folder, ROOT).nquads


def test_merged_without_imports(folder: Path) -> None:
    """A reasoner gets all triples in one graph and no import to follow."""
    merged = rdf.read_sources(folder, ROOT).ntriples()

    assert merged.count(b"\n") == 6
    assert b"imports" not in merged


def test_graph_names(folder: Path) -> None:
    """The files can be put into graphs of the caller's choice."""
    named = rdf.read_sources(folder, ROOT).quads({ROOT: EG.g, PART: EG.g})

    assert {quad.graph for quad in named} == {EG.g}
    assert rdf.write_nquads(named) == rdf.canonical_quads(named)


def test_missing_import(folder: Path) -> None:
    """An import that the catalogue does not know is refused, with importer and IRI."""
    path = folder / "sub/part.ttl"
    path.write_text(f"{HEAD}<{PART}> a owl:Ontology ; owl:imports <https://example.org/gone> .")

    with pytest.raises(MissingImportError, match=r"part\.ttl imports <https://example\.org/gone>"):
        rdf.read_sources(folder, ROOT)


def test_missing_file(folder: Path) -> None:
    """An import whose file is gone is refused, with the file."""
    (folder / "sub/part.ttl").unlink()

    with pytest.raises(MissingImportError, match=r"sub/part\.ttl does not exist"):
        rdf.read_sources(folder, ROOT)


def test_no_catalogue(tmp_path: Path) -> None:
    """A folder without a catalogue is refused."""
    with pytest.raises(MissingImportError, match="no catalogue"):
        rdf.read_sources(tmp_path, ROOT)


@pytest.mark.parametrize("uri", ["../secret.ttl", "/etc/passwd", "http://example.org/x", ""])
def test_outside_the_folder(folder: Path, uri: str) -> None:
    """The catalogue leads to files of its own folder only."""
    catalogue = folder / "catalog-v001.xml"
    catalogue.write_text(CATALOGUE.replace("sub/part.ttl", uri))

    with pytest.raises(SourceSyntaxError, match="not a file inside"):
        rdf.read_sources(folder, ROOT)


@pytest.mark.parametrize(
    "text", ["<catalog>", '<!DOCTYPE x [<!ENTITY a "a">]><catalog/>', "nothing"]
)
def test_bad_catalogue(folder: Path, text: str) -> None:
    """A catalogue that is not plain XML is refused."""
    (folder / "catalog-v001.xml").write_text(text)

    with pytest.raises(SourceSyntaxError, match=r"catalog-v001\.xml:1"):
        rdf.read_sources(folder, ROOT)


def test_wrong_ontology(folder: Path) -> None:
    """A file that declares another ontology than the catalogue says is refused."""
    (folder / "sub/part.ttl").write_text(f"{HEAD}<https://example.org/other> a owl:Ontology .")

    with pytest.raises(SourceSyntaxError, match=r"calls this file <https://example\.org/part>"):
        rdf.read_sources(folder, ROOT)


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("x:a x:b x:c\nx:d x:e .", "root.ttl:3", "x:d x:e"),
        ("x:a y:b x:c .", "root.ttl:2:5", "prefix y: has not been declared"),
        ('x:a x:b "open .', "root.ttl:2", "the line reads: x:a x:b"),
    ],
)
def test_syntax_error(folder: Path, text: str, place: str, found: str) -> None:
    """A file that is not Turtle is refused with file, line, column and what was found."""
    (folder / "root.ttl").write_text(HEAD + text)

    with pytest.raises(SourceSyntaxError) as caught:
        rdf.read_sources(folder, ROOT)

    assert place in caught.value.message
    assert found in caught.value.message


def test_not_utf8() -> None:
    """A text in another encoding is a syntax error, not a crash."""
    with pytest.raises(SourceSyntaxError):
        rdf.turtle_to_nquads('<a:a> <a:b> "é" .'.encode("latin-1"))


def test_canonical() -> None:
    """The order and the labels of the input leave no trace in the canonical text."""
    lines = [f"_:b{i} <a:p> _:b{i + 1} .\n_:b{i} <a:q> <a:{i}> .\n" for i in range(40)]
    texts = []
    for seed in range(5):
        random.Random(seed).shuffle(lines)
        renamed = "".join(lines).replace("_:b", f"_:n{seed}x")
        texts.append(rdf.canonical_nquads(renamed.encode()))

    assert len(set(texts)) == 1


def test_values_round_trip() -> None:
    """Quads as values come back from their text."""
    quads = [
        rdf.Quad(EG.s, EG.p, Literal("a\\u0041\n", IRI("https://example.org/t")), EG.g),
        rdf.Quad(EG.s, EG.p, EG.o),
    ]

    assert list(rdf.read_nquads(rdf.write_nquads(quads))) == quads


IRIS = st.sampled_from([EG.a, EG.b, IRI("urn:x"), IRI(f"{BASE}id/é"), IRI("http://x/a#b")])
NODES = IRIS | st.sampled_from([BlankNode("b1"), BlankNode("b2")])
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.just(f"{BASE}id/a")
DATATYPES = st.tuples(IRIS, st.none())
LANGUAGES = st.tuples(st.just(RDF.langString), st.sampled_from(["en", "de-at"]))
LITERALS = st.tuples(TEXTS, DATATYPES | LANGUAGES).map(lambda parts: Literal(parts[0], *parts[1]))
QUADS = st.lists(
    st.builds(rdf.Quad, NODES, IRIS, NODES | TEXTS.map(Literal) | LITERALS, st.none() | IRIS),
    max_size=8,
)


@given(QUADS)
def test_values_and_their_text_are_the_same(quads: list[rdf.Quad]) -> None:
    """Values go to the RDF library directly, and nothing is otherwise than through a text."""
    text = rdf.write_nquads(quads)

    assert rdf.canonical_quads(quads) == rdf.canonical_nquads(text)


@given(QUADS)
def test_the_union_of_graphs_is_their_triples(quads: list[rdf.Quad]) -> None:
    """A line loses its graph and nothing else, whatever its value looks like."""
    text = rdf.canonical_quads(quads)

    union = rdf.read_ntriples(rdf.ntriples_of(text), "the union")

    assert len(set(union)) == len(union)
    assert set(union) == {rdf.Triple(*quad[:3]) for quad in rdf.read_nquads(text)}


@given(QUADS, st.sampled_from([BASE, "https://example.org/kg/"]))
def test_written_values_under_another_base(quads: list[rdf.Quad], base: str) -> None:
    """A dataset that is written under another base is the one whose text was moved there."""
    written = rdf.write_dataset(quads, "application/trig", base)

    found = ox.Dataset(ox.parse(written, format=ox.RdfFormat.TRIG))
    moved = rdf.rebase(rdf.write_nquads(quads).decode(), base).encode()
    wanted = ox.Dataset(ox.parse(moved, format=ox.RdfFormat.N_QUADS))
    assert found == wanted


@pytest.mark.parametrize(
    "quad",
    [
        rdf.Quad(IRI("no iri"), EG.p, EG.o),
        rdf.Quad(EG.s, IRI("relative"), EG.o),
        rdf.Quad(EG.s, EG.p, BlankNode("a b")),
        rdf.Quad(EG.s, EG.p, Literal("a", RDF.langString, "no language")),
        rdf.Quad(EG.s, EG.p, Literal("a", IRI("<x>"))),
    ],
)
def test_what_is_no_rdf(quad: rdf.Quad) -> None:
    """A value that no RDF can be made of is an error that names it."""
    with pytest.raises(SourceSyntaxError, match="is no quad of RDF"):
        rdf.canonical_quads([quad])


def test_rebase() -> None:
    """Under another base our IRIs move and other texts stay."""
    text = (
        f'<{BASE}id/a> <http://x/p> "see <{BASE}id/a>"@en .\n'
        f'<{BASE}id/a> <http://x/q> "{BASE}id/" .'
    )

    moved = rdf.rebase(text, "https://example.org/kg/")

    assert moved == (
        f'<https://example.org/kg/id/a> <http://x/p> "see <{BASE}id/a>"@en .\n'
        '<https://example.org/kg/id/a> <http://x/q> "https://example.org/kg/id/" .'
    )


@pytest.mark.parametrize("base", ["example.org/", "https://example.org", "https://a b/", "x:/"])
def test_bad_base(base: str) -> None:
    """A base that is no absolute http IRI, or that names would run into, is refused."""
    with pytest.raises(ParameterError, match="KG_BASE"):
        rdf.rebase("", base)


def test_media_types() -> None:
    """Every format has one media type, one name and something to carry."""
    assert len(rdf.MEDIA_TYPES) == len(rdf.FORMATS) == len({form.name for form in rdf.FORMATS})
    assert all(form.carries for form in rdf.FORMATS)


# ── Turtle made by us ───────────────────────────────────────────────────────────────────────

HERE = IRI("https://example.org/here")


@pytest.mark.parametrize("module", [turtle, values], ids=["turtle", "values"])
def test_examples_in_docstrings(module: ModuleType) -> None:
    """What the docstrings show is what comes out."""
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0


def test_order_is_as_given() -> None:
    """Subjects, properties and values stand in the order given; what has no value is left out."""
    text = write_turtle(
        [
            Description(EG.b, [(EG.q, [EG.z, EG.y]), (EG.r, []), (EG.p, [HERE])]),
            Description(EG.a, [(RDF.type, [EG.K])]),
        ]
    )

    assert text == (
        f"@prefix eg: <{eg('')}> .\n\n"
        "eg:b\n    eg:q eg:z , eg:y ;\n    eg:p <https://example.org/here> .\n\n"
        "eg:a\n    a eg:K .\n"
    )


def test_only_used_prefixes() -> None:
    """The prefixes that are used are declared, sorted; or exactly those that are given."""
    said = [Description(EG.a, [(RDFS.label, [english("a")]), (PROV.used, [HERE])])]

    assert _declared(write_turtle(said)) == ["eg:", "prov:", "rdfs:"]
    fixed = write_turtle(said, ["st", "eg"])
    assert _declared(fixed) == ["st:", "eg:"]
    assert "<http://www.w3.org/ns/prov#used>" in fixed


def _declared(text: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines() if line.startswith("@prefix")]


def test_layouts() -> None:
    """A description stands below its subject, beside it, or on one line."""
    said: Properties = [(RDF.type, [EG.K]), (EG.p, [Nameless([(RDF.type, [EG.L])])])]
    texts = [write_turtle([Description(BlankNode("x"), said, each)], ["eg"]) for each in Layout]

    assert [text.partition("\n\n")[2] for text in texts] == [
        "_:x\n    a eg:K ;\n    eg:p [ a eg:L ] .\n",
        "_:x a eg:K ;\n    eg:p [ a eg:L ] .\n",
        "_:x a eg:K ; eg:p [ a eg:L ] .\n",
    ]


def test_lists_and_nodes_without_a_name() -> None:
    """A list stands in round brackets, a member of several properties on a line of its own."""
    wide = Nameless([(RDF.type, [EG.K]), (EG.q, [EG.b])])
    said: Properties = [(EG.p, [Listed([EG.a, Nameless([(RDF.type, [EG.L])]), wide])])]

    text = write_turtle([Description(NAMELESS, said, Layout.BESIDE)], ["eg"])

    assert text.endswith("\n[] eg:p ( eg:a [ a eg:L ]\n        [ a eg:K ; eg:q eg:b ] ) .\n")
    graph = rdf.Graph(rdf.read_turtle(text.encode()))
    [head] = [each for said in graph.values() for each in said.get(EG.p, ())]
    assert len(list(graph.members(head))) == 3


def test_remark_and_headings_are_comments() -> None:
    """What is said to readers changes no triple."""
    said = Description(EG.a, [(RDF.type, [EG.K])], Layout.BESIDE)

    text = write_turtle([Heading("Things"), said], ["eg"], remark="Made.\n\nBy hand.")

    assert text.startswith("# Made.\n#\n# By hand.\n\n@prefix eg:")
    assert text.endswith(f"\n\n# ── Things {'─' * 88}\n\neg:a a eg:K .\n")
    assert write_turtle([said], ["eg"]).endswith("> .\n\neg:a a eg:K .\n")


@pytest.mark.parametrize(
    ("literal", "with_xsd", "without"),
    [
        (number("-60"), "-60", '"-60"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (number("1.50"), "1.50", '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        (Literal("60", XSD.decimal), '"60"^^xsd:decimal', None),
        (Literal("1", XSD.boolean), '"1"^^xsd:boolean', None),
        (Literal("true", XSD.boolean), "true", None),
        (Literal("2026-03-01", XSD.date), '"2026-03-01"^^xsd:date', None),
        (Literal('say "a"\n'), r'"say \"a\"\n"', r'"say \"a\"\n"'),
    ],
)
def test_literals(literal: Literal, with_xsd: str, without: str | None) -> None:
    """With `xsd` declared, datatypes are short and numbers bare where that says the same."""
    said = [Description(EG.a, [(EG.p, [literal])])]

    text = write_turtle(said, ["eg", "xsd"])

    assert text.endswith(f"    eg:p {with_xsd} .\n")
    assert [each.object for each in rdf.read_turtle(text.encode())] == [literal]
    if without is not None:
        assert write_turtle(said, ["eg"]).endswith(f"    eg:p {without} .\n")


def test_written_turtle_is_read_as_it_was_meant() -> None:
    """A parser finds the triples that were described, whatever the names look like."""
    names = [eg("a/b"), eg("a."), eg("é"), eg(""), eg("a-b"), IRI("urn:x"), RDF.type]
    text = write_turtle([Description(HERE, [(EG.p, names)])])

    assert list(rdf.read_turtle(text.encode())) == [Triple(HERE, EG.p, each) for each in names]


# ── A graph to look things up in ────────────────────────────────────────────────────────────


def test_graph() -> None:
    """Values are found by subject and property, in the order of the triples."""
    text = f"@prefix eg: <{eg('')}> . eg:a a eg:K ; eg:p 2 , 1 . eg:b a eg:K , eg:L ."
    found = Graph(rdf.read_turtle(text.encode()))

    assert list(found) == [EG.a, EG.b]
    assert list(found.of_type(EG.L)) == [EG.b]
    assert [found.text(EG.a, EG.p), found.text(EG.b, EG.p)] == ["2", ""]
    assert found.objects(EG.a, EG.p) == [number("2"), number("1")]
    assert found.value(EG.nobody, EG.p) is None
    assert found.about(Literal("a")) == {}
    assert found[EG.b] == {RDF.type: [EG.K, EG.L]}


def test_members_of_a_list() -> None:
    """A list is read from its head; what is no list has no members."""
    text = f"@prefix eg: <{eg('')}> . eg:a eg:p ( eg:x eg:y ) ; eg:q () ."
    found = Graph(rdf.read_turtle(text.encode()))
    head, empty = (found.value(EG.a, eg(name)) for name in "pq")
    assert head is not None
    assert empty is not None

    assert list(found.members(head)) == [EG.x, EG.y]
    assert list(found.members(empty)) == list(found.members(EG.a)) == []


def test_a_list_that_leads_back_ends() -> None:
    """A list whose rest is itself is read once."""
    text = "_:a rdf:first 1 ; rdf:rest _:b . _:b rdf:first 2 ; rdf:rest _:a ."
    found = Graph(rdf.read_turtle(f"@prefix rdf: <{expand('rdf:')}> . {text}".encode()))

    assert list(found.members(next(iter(found)))) == [number("1"), number("2")]
