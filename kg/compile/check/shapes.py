"""SHACL shapes over the sources, checked by pySHACL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.compile.check.places import NOWHERE, Places
from kg.model.rdf import ntriples_of, turtle_to_nquads
from kg.model.report import Extent, Finding, Level, Report
from kg.model.vocabulary import IRI, compact, expand

if TYPE_CHECKING:
    import rdflib


def run_shapes(ntriples: bytes, folder: Path, places: Places = NOWHERE) -> Report:
    """What the SHACL shapes of a folder find in a graph."""
    import pyshacl

    shapes = _graph(_shapes(path) for path in sorted(folder.glob("*.ttl")))
    # Our own shapes over our own data: no imports are followed and nothing is inferred.
    graph = _graph([_about(ntriples, shapes)])
    _, results, _ = pyshacl.validate(
        graph, shacl_graph=shapes, inference="none", do_owl_imports=False
    )
    found = tuple(sorted(_shape_findings(results, shapes, places)))
    return Report(found, Extent(shapes=_count_shapes(shapes)))


_SEVERITIES: Final[Mapping[str, Level]] = {
    expand("sh:Violation"): "error",
    expand("sh:Warning"): "warning",
    expand("sh:Info"): "info",
}


def _shapes(path: Path) -> bytes:
    return ntriples_of(turtle_to_nquads(path.read_bytes(), path=path))


def _graph(parts: Iterable[bytes]) -> rdflib.Graph:
    """One graph of several N-Triples texts, each with blank nodes of its own."""
    import rdflib

    graph = rdflib.Graph()
    for ntriples in parts:
        graph.parse(data=ntriples, format="nt")
    return graph


def _about(ntriples: bytes, shapes: rdflib.Graph) -> bytes:
    """The triples that shapes can speak of: reading the others would take half of the time."""
    named = {f"<{each}>".encode() for each in shapes.objects()}
    named |= {f"<{expand(name)}>".encode() for name in ("rdf:type", "rdfs:subClassOf")}
    lines = ntriples.splitlines(keepends=True)
    return b"".join(line for line in lines if line.split(b" ", 2)[1] in named)


def _shape_findings(
    results: rdflib.Graph, shapes: rdflib.Graph, places: Places
) -> Iterator[Finding]:
    from rdflib import RDF, SH

    for result in results.subjects(RDF.type, SH.ValidationResult):
        focus = IRI(str(results.value(result, SH.focusNode)))
        path = results.value(result, SH.resultPath)
        value = results.value(result, SH.value)
        said = results.value(result, SH.resultMessage)
        about = compact(focus) + (f" {compact(str(path))}" if path is not None else "")
        found = f"; found {compact(str(value))}" if value is not None else ""
        yield Finding(
            rule=_shape_name(shapes, results.value(result, SH.sourceShape)),
            level=_SEVERITIES[str(results.value(result, SH.resultSeverity))],
            focus=compact(focus),
            message=f"{about}: {said}{found}.",
            place=places.of(focus),
        )


def _count_shapes(shapes: rdflib.Graph) -> int:
    """How many shapes a person wrote: those with a name, not their parts."""
    from rdflib import RDF, SH, URIRef

    return sum(isinstance(each, URIRef) for each in shapes.subjects(RDF.type, SH.NodeShape))


def _shape_name(shapes: rdflib.Graph, shape: rdflib.term.Node | None) -> str:
    """The name of the shape that a person wrote: of the node shape, not of its parts."""
    from rdflib import SH, BNode

    while isinstance(shape, BNode):
        shape = shapes.value(None, SH.property, shape)
    return str(shape).rpartition("/")[2]
