"""The description never contradicts an example, and a catalogue of data can take it in.

The rule on examples is that of the validator of SIB (`sparql-llm`), which agents check a query with
before they send it: a variable of a class has only properties that the class has, and one without
a class only such as anything has. The shapes are those of DCAT-AP 3.0.1
(https://semiceu.github.io/DCAT-AP/releases/3.0.1/) that this description is subject to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import chain, product
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from rdflib import RDF, RDFS, SH, URIRef, Variable
from rdflib.plugins.sparql import prepareQuery

from kg.compile.about import GRAPH_EXAMPLES
from kg.model.rdf import Triple, write_graph
from kg.model.resources import queries_dir
from kg.model.vocabulary import PREFIXES, expand
from kg.store.base import Store
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import catalogue

EXAMPLES = {
    name: query.text for name, query in catalogue(queries_dir()).items() if name.startswith("ask/")
}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pyshacl's use of rdflib
SHAPES = Path(__file__).parent / "data" / "dcat-ap.ttl"
EXAMPLE_SHAPES = SHAPES.with_name("examples.ttl")
SCHEMA = rdflib.Namespace("https://schema.org/")
Used = dict[Any, set[Any]]
"""Of each subject, the classes or the properties that a query has for it."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_agrees_with_the_description(name: str, knowledge: KnowledgeGraph) -> None:
    """Each class that it asks for has the properties that it asks for."""
    assert not contradictions(EXAMPLES[name], partitions(knowledge))


def test_a_property_that_a_class_has_not_is_noticed(knowledge: KnowledgeGraph) -> None:
    """Otherwise the test above could not fail."""
    described = partitions(knowledge)

    for pattern in (
        "?s a eg:Statement ; eg:rangeLow ?low",
        "?s eg:isNothing ?thing",
    ):
        assert contradictions(f"SELECT * {{ {pattern} }}", described)


def contradictions(query: str, described: dict[Any, set[Any]]) -> set[tuple[Variable, URIRef]]:
    """Subjects with a property that, in no reading of the query, the description says they have."""
    wanted: set[tuple[Variable, URIRef]] = set()
    found: set[tuple[Variable, URIRef]] = set()
    for pattern in alternatives(prepareQuery(query, initNs=PREFIXES).algebra):
        classes, properties = asked(pattern)
        for subject, used in properties.items():
            # Of a class that is not described, and of none, whatever anything has.
            kinds = [described.get(each, described[None]) for each in classes.get(subject, ())]
            has = described[None].intersection(*kinds)
            wanted |= {(subject, each) for each in used}
            found |= {(subject, each) for each in used & has}
    return wanted - found


def asked(pattern: Iterable[Any]) -> tuple[Used, Used]:
    """The classes and the properties that triples have for each variable."""
    classes: Used = defaultdict(set)
    properties: Used = defaultdict(set)
    for subject, predicate, value in pattern:
        if isinstance(subject, Variable) and isinstance(predicate, URIRef):
            if predicate == RDF.type and isinstance(value, URIRef):
                classes[subject].add(value)
            properties[subject].add(predicate)
    return classes, properties


def alternatives(part: Any) -> list[list[Any]]:  # noqa: ANN401 - a node of rdflib's algebra
    """The triples that hold together, once for each branch of a UNION, and for what is optional."""
    if not isinstance(part, dict):
        return [[]]
    kind = getattr(part, "name", "")
    if kind == "BGP":
        return [list(part["triples"])]
    found = [alternatives(part[name]) for name in ("p", "p1", "p2", "part") if name in part]
    if kind == "Minus":
        return found[0]
    if kind == "Union":
        return [pattern for branch in found for pattern in branch]
    joined = [list(chain(*patterns)) for patterns in product(*found)] if found else [[]]
    return [*found[0], *joined] if kind == "LeftJoin" else joined


# ── The examples as data ────────────────────────────────────────────────────────────────────


@cache
def examples(knowledge: KnowledgeGraph) -> rdflib.Graph:
    """The graph of the examples, as it is served."""
    rows = knowledge.store.select(f"SELECT ?s ?p ?o {{ GRAPH <{GRAPH_EXAMPLES}> {{ ?s ?p ?o }} }}")
    text = write_graph((Triple(*row) for row in rows), "application/n-triples")  # type: ignore[arg-type] # no row is cut
    return rdflib.Graph().parse(data=text, format="nt")


@pytest.mark.slow
def test_the_examples_are_such_as_tools_show(knowledge: KnowledgeGraph) -> None:
    """Each is one query that any parser reads by itself, with words, an endpoint and keywords."""
    graph = examples(knowledge)
    queries = [str(text) for text in graph.objects(None, SH.select)]

    assert violations(graph, EXAMPLE_SHAPES) == ""
    assert len(queries) == len(EXAMPLES) > 50
    for text in queries:
        prepareQuery(text)
        assert "SERVICE" not in text  # else the endpoints that it asks would have to be named


@pytest.mark.parametrize(
    ("predicate", "value"),
    [
        (SH.ask, rdflib.Literal("ASK {}")),
        (RDFS.comment, rdflib.Literal("in no language")),
        (SCHEMA.keywords, rdflib.Literal("causes ")),
        (SCHEMA.keyword, rdflib.Literal("causes")),
        (SH.select, None),
        (RDFS.comment, None),
        (SCHEMA.target, None),
    ],
)
def test_what_is_wrong_with_an_example_is_noticed(
    predicate: URIRef, value: rdflib.Literal | None, knowledge: KnowledgeGraph
) -> None:
    """Too much and too little of each is found, so the test above can fail."""
    spoiled = rdflib.Graph() + examples(knowledge)
    example = next(spoiled.subjects(RDF.type, SH.SPARQLExecutable))
    if value is None:
        spoiled.remove((example, predicate, None))
    else:
        spoiled.add((example, predicate, value))

    assert violations(spoiled, EXAMPLE_SHAPES)


@cache
def partitions(knowledge: KnowledgeGraph) -> dict[Any, set[Any]]:
    """The properties of each class and, under None, of anything, as the description has them."""
    found: dict[Any, set[Any]] = defaultdict(set)
    rows = knowledge.store.select(
        "SELECT DISTINCT ?class ?property { ?p void:propertyPartition ?q . "
        "?q void:property ?property OPTIONAL { ?p void:class ?class } }"
    )
    for kind, name in rows:
        found[URIRef(str(kind)) if kind else None].add(URIRef(str(name)))
    return found


# ── The catalogue of data ───────────────────────────────────────────────────────────────────


def described(store: Store) -> rdflib.Graph:
    """The description of the dataset without its partitions."""
    graph = expand("<https://w3id.org/etiograph/.well-known/void>")
    rows = store.select(
        f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?s ?p ?o "
        "FILTER (!CONTAINS(STR(?s), '#dataset-')) } }"
    )
    text = write_graph((Triple(*row) for row in rows), "application/n-triples")  # type: ignore[arg-type] # no row is cut
    return rdflib.Graph().parse(data=text, format="nt")


def violations(graph: rdflib.Graph, shapes: Path = SHAPES) -> str:
    """What shapes find fault with; empty where nothing is."""
    conforms, _, text = pyshacl.validate(graph, shacl_graph=str(shapes))
    return "" if conforms else str(text)


def test_the_description_is_dcat_ap(knowledge: KnowledgeGraph) -> None:
    """Catalogue, dataset, endpoint and dumps have what portals ask for."""
    assert violations(described(knowledge.store)) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "predicate"),
    [
        ("#catalog", "dcterms:title"), ("#catalog", "dcterms:publisher"),
        ("#catalog", "dcterms:description"), ("#service", "dcat:endpointURL"),
        ("#service", "dcterms:title"), ("#dataset", "dcterms:title"),
        ("#dataset", "dcterms:description"), ("/dumps/etiograph.nq", "dcat:accessURL"),
    ],
)  # fmt: skip
def test_the_shapes_notice_what_is_missing(
    subject: str, predicate: str, knowledge: KnowledgeGraph
) -> None:
    """A description without a part that is mandatory does not conform."""
    graph = described(knowledge.store)
    for each in list(graph.triples((None, URIRef(expand(predicate)), None))):
        if str(each[0]).endswith(subject):
            graph.remove(each)

    assert violations(graph)
