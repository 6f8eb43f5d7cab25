"""What is said of the graph itself: true to the graph, and in the form that tools read."""

from __future__ import annotations

from functools import cache

import pytest

from kg.compile.about import GRAPH_EXAMPLES, GRAPH_VOID, about, published
from kg.model.errors import StoreError
from kg.model.rdf import read_nquads, write_nquads
from kg.model.resources import queries_dir
from kg.model.vocabulary import IRI, XSD, Literal, expand
from kg.store.local import LocalStore
from kg.store.publication import GRAPH_PUBLISHED, by_graph, describe, describe_text
from kg.store.queries import catalogue

GRAPH = b"""\
<urn:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:Cause> <urn:g1> .
<urn:b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:Cause> <urn:g1> .
<urn:c> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:Tissue> <urn:g2> .
<urn:a> <urn:in> <urn:c> <urn:g1> .
<urn:b> <urn:in> <urn:c> <urn:g2> .
<urn:a> <urn:called> "A" <urn:g1> .
<https://w3id.org/etiograph/ontology> <http://purl.org/dc/terms/license> <urn:free> <urn:g1> .
"""

PARTITIONS = """
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
SELECT ?class ?property ?target ?datatype WHERE {
  OPTIONAL { ?graph sd:graph ?content . ?content void:classPartition ?partition }
  ?partition void:class ?class ; void:propertyPartition ?used .
  ?used void:property ?property .
  OPTIONAL { ?used void:classPartition/void:class ?target }
  OPTIONAL { ?used void-ext:datatypePartition/void-ext:datatype ?datatype }
}
"""
"""What the editor of SIB asks an endpoint before it completes anything.

It takes the classes that graphs have by themselves, and all others only where there are none.
"""

IN_ALL = (
    "?d void:rootResource ?o ; void:propertyPartition ?p . ?p void:property <urn:in> ; "
    "void:triples ?n"
)
"""How often a property is used in all graphs; each graph has partitions of its own too."""


@cache
def _described() -> LocalStore:
    return LocalStore(about(LocalStore(GRAPH)))


def test_the_same_graph_is_described_the_same() -> None:
    """The description is one text for one graph."""
    assert about(LocalStore(GRAPH)) == about(LocalStore(GRAPH))


@pytest.mark.parametrize(
    ("pattern", "numbers"),
    [
        ("?d a void:Dataset ; void:rootResource ?o ; void:triples ?n", [7]),
        ("?d void:rootResource ?o ; void:classes ?n", [2]),
        ("?d void:rootResource ?o ; void:properties ?n", [4]),
        ("?d void:rootResource ?o ; void:distinctSubjects ?n", [4]),
        ("?d void:rootResource ?o ; void:distinctObjects ?n", [5]),
        ("?p void:class <urn:Cause> ; void:entities ?n", [2]),
        (IN_ALL, [2]),
        ("?x sd:graph ?g . ?g void:triples ?n", [2, 5]),
    ],
)  # fmt: skip
def test_what_is_counted_is_there(pattern: str, numbers: list[int]) -> None:
    """Every number of the description is the number of such things in the graph."""
    query = f"SELECT DISTINCT ?n WHERE {{ {pattern} }} ORDER BY ?n"
    column = _described().select(query).column("n")

    assert [int(term.value) for term in column if isinstance(term, Literal)] == numbers


def test_partitions_lead_from_class_to_class() -> None:
    """A tool that completes or draws finds which class leads where."""
    rows = {tuple(row) for row in _described().select(PARTITIONS)}

    assert (IRI("urn:Cause"), IRI("urn:in"), IRI("urn:Tissue"), None) in rows
    assert (IRI("urn:Cause"), IRI("urn:called"), None, XSD.string) in rows


def test_every_question_is_an_example_that_parses() -> None:
    """Each query of `queries/ask` is in the store with its question, and runs from there."""
    rows = _described().select(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> "
        "SELECT ?example ?comment ?query WHERE { ?example a sh:SPARQLSelectExecutable ; "
        "<http://www.w3.org/2000/01/rdf-schema#comment> ?comment ; sh:select ?query }"
    )
    asked = [name for name in catalogue(queries_dir()) if name.startswith("ask/")]
    store = LocalStore(GRAPH)

    assert len(rows) == len(asked) > 30
    for _, comment, query in rows:
        assert isinstance(comment, Literal)
        assert isinstance(query, Literal)
        assert comment.value
        store.select(query.value)


def test_the_tools_find_the_prefixes() -> None:
    """Prefixes stand as `sh:declare`, so that an example can be run without ours."""
    rows = _described().select(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> "
        "SELECT ?prefix ?namespace WHERE { "
        "?x sh:declare [ sh:prefix ?prefix ; sh:namespace ?namespace ] }"
    )

    assert (Literal("eg"), Literal(expand("eg:"), XSD.anyURI)) in set(rows)


def test_knowledge_and_description_are_apart() -> None:
    """What is said of the graph stands in two graphs of its own."""
    quads = tuple(read_nquads(about(LocalStore(GRAPH))))

    assert {quad.graph for quad in quads} == {GRAPH_VOID, GRAPH_EXAMPLES}
    assert len(write_nquads(quads).splitlines()) == len(set(quads))


def test_the_version_is_said_with_what_it_holds() -> None:
    """Each graph stands with the number of its triples, under the version, and in its own place."""
    said = published("0" * 64, "2026-01-01T00:00:00+00:00", GRAPH)
    rows = LocalStore(said).select(
        "SELECT ?graph ?n { ?all owl:versionInfo ?version ; void:subset ?graph . "
        "?graph void:triples ?n } ORDER BY ?graph"
    )

    assert {quad.graph for quad in read_nquads(said)} == {GRAPH_PUBLISHED}
    assert [(str(graph), n.value) for graph, n in rows if isinstance(n, Literal)] == [
        ("urn:g1", "5"),
        ("urn:g2", "2"),
    ]


SPELLED = b"""\
<urn:a> <urn:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> <urn:g1> .
<urn:a> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#boolean> <urn:g1> .
<urn:a> <urn:p> "2.50"^^<http://www.w3.org/2001/XMLSchema#decimal> <urn:g1> .
<urn:a> <urn:p> "no _:x"@en <urn:g1> .
<urn:a> <urn:p> "no _:x"@en <urn:g2> .
_:c14n0 <urn:p> _:c14n1 <urn:g1> .
_:c14n1 <urn:p> <urn:a> <urn:g1> .
_:c14n2 <urn:p> <urn:a> <urn:g2> .
"""


def test_lines_are_described_as_their_values_are() -> None:
    """The digest of a text is that of the values in it, whatever they are spelled like."""
    for text in (GRAPH, SPELLED, GRAPH + about(LocalStore(GRAPH))):
        assert describe_text("1", "now", text) == describe("1", "now", by_graph(text))


def test_a_node_without_a_name_stands_in_one_graph() -> None:
    """A text in which it stands in two cannot be published, and neither can a bare triple."""
    with pytest.raises(StoreError, match="would lose each other"):
        describe_text("1", "now", SPELLED + b"_:c14n0 <urn:p> <urn:b> <urn:g2> .\n")
    with pytest.raises(StoreError, match="outside of every named graph"):
        describe_text("1", "now", b"<urn:a> <urn:p> <urn:b> .\n")
