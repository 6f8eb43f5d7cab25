"""Definitions, synonyms and codes in the words that tools of the OBO world look for.

The ontology itself says them in SKOS (docs/decisions/0002-skos-definition.md); here the same stands
beside it as IAO and oboInOwl have it, and the codes come out of the mappings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.export.source import Source
from kg.model.rdf import Triple
from kg.model.vocabulary import (
    EG,
    GRAPH_MAPPINGS,
    IAO_DEFINITION,
    IRI,
    OWL,
    PREFIXES,
    RDF,
    RDFS,
    SKOS,
    Literal,
    compact,
    english,
)

OBO_IN_OWL: Final = "http://www.geneontology.org/formats/oboInOwl#"


def _word(name: str) -> IRI:
    return IRI(OBO_IN_OWL + name)


EXACT_SYNONYM: Final = _word("hasExactSynonym")
NARROW_SYNONYM: Final = _word("hasNarrowSynonym")
XREF: Final = _word("hasDbXref")
OBO_ID: Final = _word("id")
IS_INFERRED: Final = _word("is_inferred")
MATCHES: Final = (
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.broadMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
)
SAME_IN_OBO: Final = {
    SKOS.definition: IAO_DEFINITION,
    SKOS.altLabel: EXACT_SYNONYM,
    EG.abbreviation: EXACT_SYNONYM,
    EG.narrowerName: NARROW_SYNONYM,
}
"""What says the same in the words of OBO."""

_LABELS: Final = {
    IAO_DEFINITION: "definition",
    EXACT_SYNONYM: "has exact synonym",
    NARROW_SYNONYM: "has narrow synonym",
    XREF: "database cross-reference",
    OBO_ID: "OBO identifier",
    IS_INFERRED: "is inferred",
    SKOS.exactMatch: "exact match",
    SKOS.closeMatch: "close match",
    SKOS.broadMatch: "broad match",
    SKOS.narrowMatch: "narrow match",
    SKOS.relatedMatch: "related match",
    SKOS.notation: "notation",
}


def declared(iri: IRI) -> tuple[Triple, Triple]:
    """A word of others as an annotation property with its label."""
    label = Triple(iri, RDFS.label, english(_LABELS[iri]))
    return Triple(iri, RDF.type, OWL.AnnotationProperty), label


def obo_words(source: Source) -> Iterator[Triple]:
    """The same that the ontology says in SKOS, and the codes of its terms with their names."""
    for iri in _LABELS:
        yield from declared(iri)
    for quad in source.files:
        if quad.predicate in SAME_IN_OBO:
            yield Triple(quad.subject, SAME_IN_OBO[quad.predicate], quad.object)
    yield from _identifiers(source)
    yield from _codes(source)


def obo_curie(iri: str) -> str:
    """A term of the OBO Foundry as `ECO:0000305`; any other IRI as it is."""
    name = iri.removeprefix(PREFIXES["obo"])
    return iri if name == iri else name.replace("_", ":", 1)


def _identifiers(source: Source) -> Iterator[Triple]:
    for quad in source.files:
        if quad.predicate == SKOS.definition and isinstance(quad.subject, IRI):
            name = compact(quad.subject)
            if name.startswith("eg:"):
                yield Triple(quad.subject, OBO_ID, Literal(name))


def _codes(source: Source) -> Iterator[Triple]:
    """The codes that a term is mapped to; only what means the same is a cross-reference.

    A code is shown with its name and itself: beside a term of ours of the same name, the name
    alone would mean two things.
    """
    codes = {
        quad.subject: quad.object.value
        for quad in source.quads
        if quad.predicate == SKOS.notation and isinstance(quad.object, Literal)
    }
    for quad in source.quads:
        if quad.graph != GRAPH_MAPPINGS:
            continue
        if quad.predicate in MATCHES or quad.predicate == SKOS.notation:
            yield Triple(*quad[:3])
        if quad.predicate == SKOS.exactMatch and quad.object in codes:
            yield Triple(quad.subject, XREF, Literal(codes[quad.object]))
        if quad.predicate == RDFS.label and isinstance(quad.object, Literal):
            shown = f"{quad.object.value} ({codes[quad.subject]})"
            yield Triple(quad.subject, RDFS.label, quad.object._replace(value=shown))
