"""The tests of a SPARQL suite with their data, and a program for workers that has them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pyoxigraph as ox
from rdflib import RDF, RDFS, Graph, Namespace
from rdflib.term import Node

from kg.model.vocabulary import IRI
from kg.sandbox.protocol import Frame
from kg.serve.queries import query
from kg.store.local import LocalStore

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
PROGRAM: Final = "suite_stores:load"
DEFAULT: Final = IRI("urn:x-default")
"""The graph that stands for the default graph, which the server's store has not."""

_FORMATS: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".trig": ox.RdfFormat.TRIG,
}


@dataclass(frozen=True)
class Evaluation:
    """One test of how a query is evaluated."""

    name: str
    query: Path
    default: tuple[Path, ...]
    named: tuple[tuple[IRI, Path], ...]

    @property
    def base(self) -> str:
        """What relative IRIs are relative to."""
        return self.query.as_uri()

    def quads(self) -> Iterator[ox.Quad]:
        """The data, the default graph under its own name."""
        for graph, path in (*((DEFAULT, each) for each in self.default), *self.named):
            form = _FORMATS[path.suffix]
            for quad in ox.parse(
                path.read_bytes(), format=form, base_iri=path.as_uri(), rename_blank_nodes=True
            ):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def evaluations(folder: Path) -> Iterator[Evaluation]:
    """Every evaluation test of the manifests under a folder."""
    for manifest in sorted(folder.glob("*/manifest.ttl")):
        graph = Graph().parse(manifest)
        for kind in (MF.QueryEvaluationTest, MF.CSVResultFormatTest):
            for test in sorted(graph.subjects(RDF.type, kind), key=str):
                yield _evaluation(graph, test, manifest.parent.name)


def _evaluation(graph: Graph, test: Node, group: str) -> Evaluation:
    action = graph.value(test, MF.action)
    query_file = graph.value(action, QT.query)
    return Evaluation(
        f"{group}/{str(test).rpartition('#')[2]}",
        _path(query_file),
        tuple(_path(each) for each in graph.objects(action, QT.data)),
        tuple(_named(graph, each) for each in graph.objects(action, QT.graphData)),
    )


def _named(graph: Graph, node: Node) -> tuple[IRI, Path]:
    file = graph.value(node, QT.graph)
    if file is None:
        return IRI(str(node)), _path(node)
    return IRI(str(graph.value(node, RDFS.label) or file)), _path(file)


def _path(iri: Node | None) -> Path:
    return Path(unquote(str(iri).removeprefix("file://")))


def load(folder: str) -> Mapping[str, Callable[[Frame], Frame]]:
    """One job for each test: a query on its data."""
    return {each.name: _job(each) for each in evaluations(Path(folder))}


def _job(test: Evaluation) -> Callable[[Frame], Frame]:
    store = LocalStore(b"".join(str(quad).encode() + b" .\n" for quad in test.quads()))
    return lambda request: query(store, request)
