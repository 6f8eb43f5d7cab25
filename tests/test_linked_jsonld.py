"""JSON-LD of documents: short names, and the very triples that the graph has."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from kg.model.rdf import Triple, write_graph
from kg.model.rdf.jsonld import JSON_LD, compact_jsonld
from kg.model.vocabulary import (
    BASE,
    EG,
    IRI,
    PREFIXES,
    RDF,
    RDFS,
    XSD,
    BlankNode,
    Literal,
    Term,
)

OTHER = "https://kg.example.org/alp/"
NAMES = st.one_of(
    st.sampled_from(["", "a", "a:b", "/", "//a", "a/b?c", "@type", "%20", "é"]).flatmap(
        lambda rest: st.sampled_from(sorted(PREFIXES.values())).map(lambda iri: IRI(iri + rest))
    ),
    st.sampled_from(["doc:x", "eg:x", "EG:x", "eg://x", "urn:eg:x", "st:", "x:y"]).map(IRI),
)
NODES = st.one_of(NAMES, st.sampled_from("ab").map(BlankNode))
VALUES: st.SearchStrategy[Term] = st.one_of(
    NODES,
    st.sampled_from(["", "01", "eg:x", "@type", '\n"\\']).map(Literal),
    st.sampled_from(["01.50", "1e3", "x"]).map(lambda text: Literal(text, XSD.decimal)),
    st.tuples(st.just("x"), NAMES).map(lambda pair: Literal(*pair)),
    st.just(Literal("x", RDF.langString, "en")),
)
PREDICATES = st.one_of(NAMES, st.just(RDF.type))


def written(triples: list[Triple], base: str = BASE) -> bytes:
    """Triples as a document."""
    return compact_jsonld(write_graph(triples, JSON_LD, base), base)


def triples_of(content: bytes, form: ox.RdfFormat) -> set[ox.Quad]:
    """What a text says, with its nameless nodes called by a rule."""
    found = ox.Dataset(ox.parse(content, format=form))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(found)


@given(st.lists(st.builds(Triple, NODES, PREDICATES, VALUES), max_size=8))
def test_the_same_triples(triples: list[Triple]) -> None:
    """A reader of the document has the triples of the graph, to the spelling of every value."""
    plain = write_graph(triples, "application/n-triples")

    assert triples_of(written(triples), ox.RdfFormat.JSON_LD) == triples_of(
        plain, ox.RdfFormat.N_TRIPLES
    )


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_another_reader() -> None:
    """Rdflib reads the same from it."""
    triples = [
        Triple(EG.a, RDF.type, EG.Cause),
        Triple(EG.a, RDFS.label, Literal("a cause", RDF.langString, "en")),
        Triple(EG.a, EG.part, BlankNode("n")),
        Triple(BlankNode("n"), EG.size, Literal("1.50", XSD.decimal)),
        Triple(IRI("doc:x"), EG.said, Literal("doc:x")),
    ]

    found = rdflib.Graph().parse(data=written(triples), format="json-ld")

    plain = write_graph(triples, "application/n-triples")
    assert isomorphic(found, rdflib.Graph().parse(data=plain, format="nt"))


def test_how_it_reads() -> None:
    """Names are short, one value stands alone, and the context has the prefixes that it takes."""
    triples = [
        Triple(EG.a, RDF.type, EG.Cause),
        Triple(EG.a, RDFS.label, Literal("a cause", RDF.langString, "en")),
        Triple(EG.a, EG.code, Literal("1")),
        Triple(EG.a, EG.next, EG.b),
        Triple(EG.a, EG.next, EG.c),
    ]

    document: dict[str, Any] = json.loads(written(triples))

    assert document == {
        "@context": {name: PREFIXES[name] for name in ("eg", "rdfs")},
        "@graph": [
            {
                "@id": "eg:a",
                "@type": "eg:Cause",
                "rdfs:label": {"@language": "en", "@value": "a cause"},
                "eg:code": "1",
                "eg:next": [{"@id": "eg:b"}, {"@id": "eg:c"}],
            }
        ],
    }


@pytest.mark.parametrize("base", [BASE, OTHER])
def test_the_base(base: str) -> None:
    """The prefixes of the project stand for where it is published."""
    document = json.loads(written([Triple(EG.a, EG.next, EG.b)], base))

    assert document["@context"] == {"eg": f"{base}id/"}
    assert document["@graph"] == [{"@id": "eg:a", "eg:next": {"@id": "eg:b"}}]
