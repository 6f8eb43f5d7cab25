"""An axiom stands while one of the statements that carry it stands."""

from __future__ import annotations

from kg.compile.retraction import find_valid_statements, retract_axioms
from kg.model.rdf import Quad, read_nquads, turtle_to_nquads
from kg.model.vocabulary import EG, expand

PREFIXES = """
@prefix bg: <https://w3id.org/etiograph/background/> .
@prefix eg: <https://w3id.org/etiograph/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/etiograph/statement/> .
"""
AXIOM = """
eg:CauseStatement rdfs:subClassOf eg:Statement .
eg:Frost rdfs:subClassOf eg:Cause .
[] a owl:Axiom ; owl:annotatedSource eg:Frost ; owl:annotatedProperty rdfs:subClassOf ;
    owl:annotatedTarget eg:Cause ; eg:evidence st:X001 , st:X002 .
"""
ONE = "st:X001 a eg:CauseStatement ."
OTHER = "st:X002 a eg:CauseStatement ."


def quads(*parts: str) -> tuple[Quad, ...]:
    """The triples of a Turtle text."""
    text = PREFIXES + AXIOM + "\n".join(parts)
    return tuple(read_nquads(turtle_to_nquads(text.encode(), graph=expand("graph:test"))))


def asserts_the_axiom(found: tuple[Quad, ...]) -> bool:
    """Whether the subclass triple is still there."""
    return any((quad.subject, quad.object) == (EG.Frost, EG.Cause) for quad in found)


def test_one_statement_is_enough() -> None:
    """With one of two statements left, the axiom stands, on that statement alone."""
    given = quads(ONE)

    kept, fallen = retract_axioms(given, find_valid_statements(given))

    assert asserts_the_axiom(kept)
    assert fallen == ()
    assert [q.object for q in kept if q.predicate == EG.evidence] == [expand("st:X001")]


def test_without_any_statement_the_axiom_falls() -> None:
    """With both statements gone, the axiom and its annotation are left out, and it is named."""
    given = quads()

    kept, (fallen,) = retract_axioms(given, find_valid_statements(given))

    assert not asserts_the_axiom(kept)
    assert not [quad for quad in kept if quad.predicate == EG.evidence]
    assert fallen.endswith("Cause")


def test_a_withdrawn_statement_carries_nothing() -> None:
    """A statement that was invalidated is there to be read, and carries no axiom."""
    given = quads(ONE, "st:X001 prov:wasInvalidatedBy st:withdrawal-1 .")

    kept, fallen = retract_axioms(given, find_valid_statements(given))

    assert not asserts_the_axiom(kept)
    assert len(fallen) == 1


def test_background_is_alive_too() -> None:
    """A background statement carries axioms as a statement of a document does."""
    given = quads(ONE, OTHER, "bg:frost-is-cold a eg:BackgroundStatement .")

    assert find_valid_statements(given) == {
        expand("st:X001"),
        expand("st:X002"),
        expand("bg:frost-is-cold"),
    }
