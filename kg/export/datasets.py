"""All graphs as they are, in each syntax for graphs and in RDF 1.2; and the files behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.export.context import context_files
from kg.export.source import STEM, Source
from kg.model.rdf import CATALOGUE_NAME, write_dataset
from kg.model.rdf.jsonld import JSON_LD, compact_jsonld
from kg.model.vocabulary import BASE, EG, IRI, RDF, Literal, Term

N_QUADS: Final = "application/n-quads"
TRIG: Final = "application/trig"
FOLDER: Final = "ontology/"
"""Where the files of the ontology are."""


def nquads(source: Source) -> dict[str, bytes]:
    """All graphs as sorted N-Quads; a blank node has the name that it was published with."""
    lines = sorted(source.content.splitlines(keepends=True))
    return {f"{STEM}.nq": b"".join(lines)}


def trig(source: Source) -> dict[str, bytes]:
    """All graphs as TriG, with the prefixes of the project."""
    return {f"{STEM}.trig": write_dataset(source.quads, TRIG, source.base)}


def jsonld(source: Source) -> dict[str, bytes]:
    """All graphs as JSON-LD, its prefixes in the document itself; beside it context and frame."""
    expanded = write_dataset(source.quads, JSON_LD, source.base)
    return {f"{STEM}.jsonld": compact_jsonld(expanded, source.base), **context_files(source)}


def reified(source: Source) -> dict[str, bytes]:
    """All triples with those that statements reify, as sorted N-Triples of RDF 1.2.

    A statement affirms or denies its triple; reified, the triple is named and not asserted, so a
    client that reads the triples of others does not take what is denied for what is said. Its
    reifier is the statement itself (https://www.w3.org/TR/rdf12-concepts/#section-reification).
    """
    said = (line.rsplit(b" ", 2)[0] + b" ." for line in source.content.splitlines())
    lines = sorted({*said, *(line.encode() for line in _reifiers(source))})
    return {f"{STEM}-reified.nt": b"\n".join(lines) + b"\n"}


def _reifiers(source: Source) -> Iterator[str]:
    """A line for each statement whose two ends are terms."""
    graph = source.graph
    for statement in graph:
        parts = [graph.value(statement, each) for each in (EG.subject, EG.predicate, EG.object)]
        if isinstance(statement, IRI) and all(isinstance(each, IRI) for each in parts[:2]):
            ends = " ".join(_written(source, each) for each in parts if each is not None)
            if parts[2] is not None:
                node = _written(source, statement)
                yield f"{node} {RDF.reifies.n3()} <<( {ends} )>> ."


def _written(source: Source, term: Term) -> str:
    return term.n3() if isinstance(term, Literal) else IRI(source.published(str(term))).n3()


def turtle(source: Source) -> dict[str, bytes]:
    """Each file of the ontology as people wrote it, and the catalogue that Protégé reads it by."""
    return {
        f"{FOLDER}{name}": text.replace(BASE, source.base).encode()
        for name, text in sorted(source.texts.items())
        if name == CATALOGUE_NAME or name.endswith(".ttl")
    }
