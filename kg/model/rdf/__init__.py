"""RDF in and out: the ontology through its catalogue, canonical N-Quads, one table of formats."""

from kg.model.rdf.formats import FORMATS, MEDIA_TYPES, Format
from kg.model.rdf.graph import Graph
from kg.model.rdf.modules import CATALOGUE_NAME, Module, Sources, read_catalogue, read_sources
from kg.model.rdf.text import (
    canonical_nquads,
    convert_results,
    ntriples_of,
    read_nquads,
    read_ntriples,
    read_turtle,
    rebase,
    turtle_to_nquads,
    with_used_prefixes,
    write_dataset,
    write_graph,
    write_nquads,
)
from kg.model.rdf.turtle import (
    Description,
    Layout,
    Nameless,
    Properties,
    write_prefixes,
    write_turtle,
)
from kg.model.rdf.values import Node, Quad, Triple, iri_of, node_of, term_of

__all__ = [
    "CATALOGUE_NAME",
    "FORMATS",
    "MEDIA_TYPES",
    "Description",
    "Format",
    "Graph",
    "Layout",
    "Module",
    "Nameless",
    "Node",
    "Properties",
    "Quad",
    "Sources",
    "Triple",
    "canonical_nquads",
    "convert_results",
    "iri_of",
    "node_of",
    "ntriples_of",
    "read_catalogue",
    "read_nquads",
    "read_ntriples",
    "read_sources",
    "read_turtle",
    "rebase",
    "term_of",
    "turtle_to_nquads",
    "with_used_prefixes",
    "write_dataset",
    "write_graph",
    "write_nquads",
    "write_prefixes",
    "write_turtle",
]
