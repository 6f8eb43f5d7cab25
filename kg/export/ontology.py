"""The ontology as one file: what its files say, merged under the header of the root."""

from __future__ import annotations

from kg.export.source import STEM, Source
from kg.model.rdf import Triple, write_graph
from kg.model.vocabulary import OWL_IMPORTS, OWL_ONTOLOGY, RDF_TYPE, ROOT_ONTOLOGY


def merged(source: Source) -> list[Triple]:
    """All files of the ontology as one, under the header of the root."""
    headers = {
        quad.subject
        for quad in source.files
        if quad.predicate == RDF_TYPE and quad.object == OWL_ONTOLOGY
    } - {ROOT_ONTOLOGY}
    triples = (Triple(*quad[:3]) for quad in source.files)
    return [
        each
        for each in dict.fromkeys(triples)
        if each.subject not in headers and each.predicate != OWL_IMPORTS
    ]


def owl(source: Source) -> dict[str, bytes]:
    """The merged ontology in RDF/XML, which every tool for OWL reads."""
    content = write_graph(merged(source), "application/rdf+xml", source.base)
    return {f"{STEM}.owl": content}
