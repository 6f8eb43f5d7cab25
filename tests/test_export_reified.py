"""RDF 1.2: each statement is the reifier of its triple, in a file that a library reads back."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from exporting import exported, own_source

from kg.model.vocabulary import PREFIXES

REIFIES = f"{PREFIXES['rdf']}reifies"


def read() -> list[ox.Quad]:
    """What a library for RDF 1.2 makes of the file."""
    content = exported("rdf12")["etiograph-reified.nt"].content
    return list(ox.parse(content, format=ox.RdfFormat.N_TRIPLES))


def test_each_statement_reifies_what_it_says() -> None:
    """Subject, predicate and object are those of the statement."""
    reifiers = (each for each in read() if each.predicate.value == REIFIES)
    found = {str(each.subject).strip("<>"): each.object for each in reifiers}
    rows = own_source().store.select(
        "SELECT ?s ?subject ?predicate ?object { ?s eg:subject ?subject ; "
        "eg:predicate ?predicate ; eg:object ?object FILTER (isIRI(?subject)) }"
    )

    assert len(rows) == len(found) > 100
    for statement, *parts in rows:
        triple = found[str(statement)]
        assert isinstance(triple, ox.Triple)
        ends = (triple.subject, triple.predicate, triple.object)
        assert [each.value for each in ends if not isinstance(each, ox.Triple)] == list(
            map(str, parts)
        )


@pytest.mark.slow
def test_what_is_denied_is_not_asserted() -> None:
    """A reified triple stands in the file only where the graph says it itself."""
    quads = read()
    said = {(each.subject, each.predicate, each.object) for each in quads}
    reified = [each.object for each in quads if each.predicate.value == REIFIES]
    known = own_source().store

    for each in reified:
        assert isinstance(each, ox.Triple)
        asked = f"ASK {{ {each.subject} {each.predicate} {each.object} }}"
        assert ((each.subject, each.predicate, each.object) in said) == known.ask(asked)


def test_everything_else_is_there() -> None:
    """The other triples are those of all graphs, each once."""
    others = {str(each) for each in read() if each.predicate.value != REIFIES}
    lines = own_source().content.splitlines()

    assert len(others) == len({line.rsplit(b" ", 2)[0] for line in lines})
