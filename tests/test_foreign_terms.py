"""Terms of others: each is called what its own vocabulary calls it, and makes nothing else of ours.

What the vocabularies say stands in `data/foreign_terms.ttl`, read off their releases.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from kg.compile.builder import ready
from kg.compile.mappings import read_mapping_set
from kg.model import resources
from kg.model.rdf import Quad, Triple, read_nquads, read_turtle
from kg.model.vocabulary import (
    BASE,
    GRAPH_WORDS,
    IRI,
    PREFIXES,
    RDF,
    RDFS,
    Term,
    compact,
    expand,
    text_of,
)
from kg.store.artifact import WORDS

TABLE = Path(__file__).parent / "data" / "foreign_terms.ttl"
DOMAIN, RANGE = RDFS.domain, RDFS.range
ABOVE = (RDFS.subClassOf, RDFS.subPropertyOf)
NAMELESS = {"http://purl.org/ontology/bibo/doi", "http://purl.org/ontology/bibo/pmid"}
NO_RULES = tuple(PREFIXES[name] for name in ("schema", "skos", "dcterms", "rdf", "rdfs", "eg"))
"""What says of nothing that it is of a kind; of `dcterms:source` SEPIO says it."""
LATER = "later label: "
"""What a mapping says beside the label of the release that it was made with."""
IN_A_COMMENT = re.compile(r"(obo:[A-Z]+_\d+)[^#\n]*#\s+(.+?)\s*$", re.MULTILINE)


@pytest.fixture(name="table", scope="module")
def _table() -> frozenset[Triple]:
    """Give what the vocabularies say."""
    return frozenset(read_turtle(TABLE.read_bytes(), path=TABLE))


@pytest.fixture(name="bridge", scope="module")
def _bridge() -> frozenset[Triple]:
    """Give the bridge to the OBO Foundry."""
    path = resources.ontology_dir() / "bridges" / "obo.ttl"
    return frozenset(read_turtle(path.read_bytes(), path=path))


def quoted(bridge: Iterable[Triple]) -> Iterator[tuple[str, str]]:
    """Each term of others that is named in words, with the words."""
    folder = resources.ontology_dir()
    for vocabulary in ("relations", "hp", "mondo", "uberon"):
        for mapping in read_mapping_set(folder / "mappings" / f"{vocabulary}.sssom.tsv").mappings:
            _, _, later = mapping.comment.partition(LATER)
            yield mapping.object, later or mapping.object_label
    for subject, predicate, name in bridge:
        if predicate == RDFS.label:
            yield str(subject), text_of(name)
    files = (*resources.queries_dir().glob("words/*.rq"), folder / "bridges" / "obo.ttl")
    for path in files:
        for term, name in IN_A_COMMENT.findall(path.read_text("utf-8")):
            yield expand(term), name


def test_each_is_called_what_it_is_called_there(
    table: frozenset[Triple], bridge: frozenset[Triple]
) -> None:
    """Mappings, the bridge and the comments of queries repeat the label of the release."""
    labels = {str(each.subject): text_of(each.object) for each in table if each[1] == RDFS.label}

    found = [pair for pair in quoted(bridge) if pair[0] not in NAMELESS]

    assert len(found) > 120
    assert {(compact(term), name) for term, name in found if labels.get(term) != name} == set()


def implied(quads: Iterable[Quad], table: Iterable[Triple]) -> set[tuple[Term, Term]]:
    """Things of ours with the kinds that domains and ranges of others' relations give them."""
    rules: dict[Term, dict[Term, set[Term]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value in table:
        rules[predicate][subject].add(value)
    found: set[tuple[Term, Term]] = set()
    for quad in quads:
        for relation in upwards(quad.predicate, rules[ABOVE[1]]):
            found |= {(quad.subject, kind) for kind in rules[DOMAIN][relation]}
            found |= {(quad.object, kind) for kind in rules[RANGE][relation]}
    return {(thing, kind) for thing, kind in found if str(thing).startswith(BASE)}


def upwards(start: Term, above: Mapping[Term, set[Term]]) -> set[Term]:
    """A term and all that stands above it."""
    found, new = set(), {start}
    while new:
        found |= new
        new = {each for term in new for each in above.get(term, ())} - found
    return found


def unstated(quads: Iterable[Quad], told: Iterable[Triple]) -> set[tuple[Term, Term]]:
    """The kinds of things of ours that follow from the words of others and are not said."""
    above: dict[Term, set[Term]] = defaultdict(set)
    for subject, predicate, value in told:
        if predicate == RDFS.subClassOf:
            above[subject].add(value)
    kinds: dict[Term, set[Term]] = defaultdict(set)
    for quad in read_nquads(ready().served):
        if quad.predicate == RDF.type:
            kinds[quad.subject] |= upwards(quad.object, above)
    return {pair for pair in implied(quads, told) if pair[1] not in kinds[pair[0]]}


def words() -> tuple[Quad, ...]:
    """What the graph says in the words of others."""
    return tuple(read_nquads(ready().read(WORDS)))


def test_a_reasoner_finds_no_new_kind_of_ours(
    table: frozenset[Triple], bridge: frozenset[Triple]
) -> None:
    """Whoever loads the vocabularies beside the graph finds each thing to be what is said."""
    assert unstated(words(), table | bridge) == set()


def test_a_direction_of_a_statement_would_be_noticed(
    table: frozenset[Triple], bridge: frozenset[Triple]
) -> None:
    """SEPIO gives a direction to lines of evidence alone, so a statement that had one were one."""
    statement, supporting = expand("st:A005"), expand("obo:SEPIO_0000403")
    direction = Quad(statement, expand("obo:SEPIO_0000183"), supporting, GRAPH_WORDS)

    found = unstated([direction], table | bridge)

    assert found == {(statement, expand("obo:SEPIO_0000002"))}


def test_every_word_was_looked_up(table: frozenset[Triple]) -> None:
    """A relation or a kind of others that queries begin to use comes into the table with them."""
    known = {each.subject for each in table}
    used: set[Term] = {each.predicate for each in words()}
    used |= {each.object for each in words() if each.predicate == RDF.type}

    theirs = {term for term in used if not str(term).startswith((*NO_RULES, BASE))}

    assert {compact(str(term)) for term in theirs if IRI(str(term)) not in known} == set()
    assert len(theirs) > 30
