"""RDF in and out: the ontology through its catalogue, canonical N-Quads, one table of formats.

values    triples and quads, to and from those of pyoxigraph; a few of them looked up by subject
text      N-Quads, N-Triples and any media type, read and written; another base
turtle    Turtle that is made by us, in the order given
jsonld    JSON-LD with a context of its own
modules   the files of the ontology, found through the catalogue
"""

from kg.model.rdf.modules import CATALOGUE_NAME, Module, Sources, read_catalogue, read_sources
from kg.model.rdf.text import (
    FORMATS,
    MEDIA_TYPES,
    Format,
    canonical_nquads,
    canonical_quads,
    carrier,
    convert_results,
    ntriples_of,
    ntriples_of_quads,
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
    NAMELESS,
    Description,
    Heading,
    Layout,
    Listed,
    Nameless,
    Properties,
    write_turtle,
)
from kg.model.rdf.values import (
    Graph,
    Node,
    Quad,
    Triple,
    iri_of,
    labels_of,
    quads_of,
    term_of,
    triples_of,
)

__all__ = [
    "CATALOGUE_NAME",
    "FORMATS",
    "MEDIA_TYPES",
    "NAMELESS",
    "Description",
    "Format",
    "Graph",
    "Heading",
    "Layout",
    "Listed",
    "Module",
    "Nameless",
    "Node",
    "Properties",
    "Quad",
    "Sources",
    "Triple",
    "canonical_nquads",
    "canonical_quads",
    "carrier",
    "convert_results",
    "iri_of",
    "labels_of",
    "ntriples_of",
    "ntriples_of_quads",
    "quads_of",
    "read_catalogue",
    "read_nquads",
    "read_ntriples",
    "read_sources",
    "read_turtle",
    "rebase",
    "term_of",
    "triples_of",
    "turtle_to_nquads",
    "with_used_prefixes",
    "write_dataset",
    "write_graph",
    "write_nquads",
    "write_turtle",
]
