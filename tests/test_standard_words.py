"""A client that knows standard words, and none of ours, finds what each statement rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.model.rdf import read_nquads, turtle_to_nquads
from kg.model.resources import queries_dir
from kg.model.vocabulary import EG, GRAPH_WORDS, IRI, PREFIXES, BlankNode, eg, expand, text_of
from kg.store.artifact import WORDS
from kg.store.base import Store
from kg.store.knowledge import KnowledgeGraph
from kg.store.local import LocalStore
from kg.store.queries import catalogue, shipped_rows

INVESTIGATIONS = "SELECT DISTINCT ?s { ?s a eg:Investigation }"
FOREIGN = {
    "the document, and the characters of it (Web Annotation)": """
        PREFIX oa: <http://www.w3.org/ns/oa#>
        SELECT ?s ?document ?start ?end {
          ?s a oa:Annotation ; oa:hasTarget ?target .
          ?target oa:hasSource ?document ; oa:hasSelector ?selector .
          ?selector a oa:TextPositionSelector ; oa:start ?start ; oa:end ?end
          FILTER (?start < ?end)
        }""",
    "what it comes from, and whose word it is (PROV-O)": """
        PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX foaf: <http://xmlns.com/foaf/0.1/>
        SELECT ?s ?document ?who {
          ?s prov:hadPrimarySource ?document ; prov:wasDerivedFrom ?place .
          ?s prov:wasAttributedTo ?agent .
          ?agent a prov:Agent ; foaf:name ?who
        }""",
    "the work it appears in, with title, date and publisher (schema.org)": """
        PREFIX schema: <https://schema.org/>
        SELECT ?s ?title ?date ?who {
          ?s a schema:Claim ; schema:name ?text ; schema:appearance ?work .
          ?work a schema:Article ; schema:name ?title ; schema:dateModified ?date ;
            schema:publisher/schema:name ?who
        }""",
    "what it asserts, how surely, and for or against (SEPIO)": """
        PREFIX obo: <http://purl.obolibrary.org/obo/>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?s ?subject ?predicate ?object ?sure ?direction {
          ?s a obo:SEPIO_0000001 ; obo:SEPIO_0000388 ?subject ; obo:SEPIO_0000389 ?predicate ;
            obo:SEPIO_0000390 ?object ; obo:SEPIO_0000167 ?level ;
            obo:SEPIO_0000007|obo:SEPIO_0000008 ?line .
          ?level a obo:SEPIO_0000187 ; rdfs:label ?sure .
          ?line a obo:SEPIO_0000002 ; obo:SEPIO_0000183 ?direction
        }""",
    "the page that is its source, and what kind of work that is (CiTO, FaBIO)": """
        PREFIX cito: <http://purl.org/spar/cito/>
        PREFIX fabio: <http://purl.org/spar/fabio/>
        SELECT ?s ?page { ?s cito:citesAsSourceDocument ?page . ?page a fabio:WebPage }""",
}


@pytest.mark.parametrize("query", FOREIGN.values(), ids=FOREIGN)
def test_foreign_words_find_every_statement(query: str, knowledge: KnowledgeGraph) -> None:
    """One row for each statement of a document, made of those words alone."""
    store = knowledge.store
    rows = list(store.select(query))

    assert "etiograph" not in query
    assert {row[0] for row in rows} == _statements(store)
    assert len(rows) == len(_statements(store))


def _statements(store: Store) -> set[object]:
    found = store.select("SELECT ?s { ?s eg:region ?r ; eg:predicate ?p }").column("s")
    return set(found)


def test_the_direction_is_that_of_the_text(knowledge: KnowledgeGraph) -> None:
    """A statement disputes its relation where it denies it or speaks against it, else none."""
    store = knowledge.store
    disputing, supporting = (
        store.select(f"SELECT ?s {{ ?s obo:{bearing}/obo:SEPIO_0000183 obo:{way} }}").column("s")
        for bearing, way in (
            ("SEPIO_0000008", "SEPIO_0000404"),
            ("SEPIO_0000007", "SEPIO_0000403"),
        )
    )
    against = store.select(
        "SELECT DISTINCT ?s { { ?s eg:polarity eg:denied } UNION "
        "{ ?s eg:modality/eg:speaksAgainst true } UNION { ?s eg:modality/eg:prefersAnother true "
        "FILTER NOT EXISTS { ?s eg:predicate/eg:oppositeOf ?for } } }"
    ).column("s")

    assert set(disputing) == set(against)
    assert {expand("st:B006"), expand("st:A066"), expand("st:B018")} < set(disputing)
    assert set(supporting) == _statements(store) - set(disputing)


@pytest.mark.parametrize(
    ("polarity", "modality", "code"),
    [
        ("affirmed", "modality-rather-than", "SEPIO_0000404"),
        ("denied", "modality-rather-than", "SEPIO_0000403"),
        ("affirmed", "modality-should", "SEPIO_0000403"),
        ("denied", "modality-should", "SEPIO_0000404"),
        ("affirmed", "modality-should-not", "SEPIO_0000404"),
        ("denied", "modality-should-not", "SEPIO_0000403"),
    ],
)
def test_who_speaks_against_a_denial_supports_it(polarity: str, modality: str, code: str) -> None:
    """Two noes are a yes: a denial that one should not hold is a relation that one may."""
    text = f"""
        @prefix eg: <https://w3id.org/etiograph/id/> .
        eg:modality-should-not eg:speaksAgainst true .
        eg:modality-rather-than eg:prefersAnother true .
        eg:said eg:region eg:there ; eg:predicate eg:causes ;
            eg:modality eg:{modality} ; eg:polarity eg:{polarity} ."""
    store = LocalStore(turtle_to_nquads(text.encode(), path=Path("said.ttl"), graph=EG.said))
    said = store.construct(catalogue(queries_dir())["words/standing"].text)

    directions = [each.object for each in said if each.predicate == expand("obo:SEPIO_0000183")]
    assert directions == [expand(f"obo:{code}")]


def test_who_argues_against_and_prefers_another_supports_the_argument(
    knowledge: KnowledgeGraph,
) -> None:
    """It speaks against the thing once, and not against that."""
    found = knowledge.store.select(
        "SELECT DISTINCT ?direction { ?s eg:modality/eg:prefersAnother true ; "
        "eg:predicate/eg:oppositeOf ?for ; "
        "obo:SEPIO_0000007/obo:SEPIO_0000183 ?direction }"
    ).column("direction")

    assert found == (expand("obo:SEPIO_0000403"),)


def test_each_advised_step_is_a_test_or_a_procedure(knowledge: KnowledgeGraph) -> None:
    """What results answer is a medical test of schema.org, and all else a procedure."""
    rows = knowledge.store.select(
        "SELECT ?s ?kind { GRAPH graph:words { ?s a ?kind } ?s a eg:Investigation "
        "FILTER (STRSTARTS(STR(?kind), STR(schema:))) }"
    )
    kinds = dict(zip(rows.column("s"), rows.column("kind"), strict=True))

    assert len(kinds) == len(rows)
    assert kinds.keys() == set(knowledge.store.select(INVESTIGATIONS).column("s"))
    assert kinds[eg("ggt-measurement")] == expand("schema:MedicalTest")
    assert kinds[eg("bone-scan")] == expand("schema:MedicalProcedure")


def test_an_inferred_citation_is_not_said_to_be_one(knowledge: KnowledgeGraph) -> None:
    """A statement cites no work where a curator, and not its document, says which is meant."""
    store = knowledge.store

    assert not store.ask("ASK { ?s a eg:Statement ; cito:cites|schema:citation ?work }")
    assert store.ask("ASK { ?pointer eg:inferredReference ?work ; dcterms:relation ?work }")


def test_the_words_stand_apart() -> None:
    """They are in one graph, add nothing of ours but kinds, and have no nameless node."""
    from kg.compile.builder import ready

    quads = tuple(read_nquads(ready().read(WORDS)))

    assert {quad.graph for quad in quads} == {GRAPH_WORDS}
    assert not any(isinstance(part, BlankNode) for quad in quads for part in quad)
    assert not {quad.predicate for quad in quads if quad.predicate.startswith(PREFIXES["eg"])}


def test_nothing_is_said_twice(knowledge: KnowledgeGraph) -> None:
    """No triple of theirs stands in another graph too: a query would have its row twice."""
    twice = knowledge.store.select(
        "SELECT ?s ?p ?o ?other { GRAPH graph:words { ?s ?p ?o } GRAPH ?other { ?s ?p ?o } "
        "FILTER (?other != graph:words) }"
    )

    assert not twice.rows


def test_no_name_is_there_twice(knowledge: KnowledgeGraph) -> None:
    """A thing has one label and one name, so that no query for names has a row twice."""
    for name in ("rdfs:label", "schema:name", "skos:prefLabel"):
        twice = knowledge.store.select(
            f"SELECT ?s {{ ?s {name} ?a, ?b FILTER (STR(?a) < STR(?b) || LANG(?a) < LANG(?b)) "
            "FILTER (STRSTARTS(STR(?s), STR(eg:))) }"
        )
        assert not twice.rows, IRI(str(twice.rows[0][0]))


def test_the_flagship_carries_its_statements(knowledge: KnowledgeGraph) -> None:
    """Each cause comes with a statement that lists it, and a verdict against with what says so."""
    rows = list(shipped_rows(knowledge.store, "ask/causes").records())
    roles: dict[str, set[str]] = {}
    for row in rows:
        assert text_of(row["statement"]).startswith(PREFIXES["st"])
        roles.setdefault(text_of(row["label"]), set()).add(text_of(row["role"]))
    against = {text_of(row["label"]) for row in rows if text_of(row["verdict"]) == "argued against"}

    assert all("lists it" in each for each in roles.values())
    assert against
    assert all("speaks against its tissue" in roles[each] for each in against)
