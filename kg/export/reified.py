"""The graph in RDF 1.2: each statement reifies the triple that it speaks of, as no node can.

A statement affirms or denies its triple; reified, the triple is named and not asserted, so a client
that reads the triples of others does not take what is denied for what is said. Its reifier is the
statement itself, with its place, its strength and all else that is said of it
(https://www.w3.org/TR/rdf12-concepts/#section-reification). All graphs are one here.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.export.source import STEM, Source
from kg.model.vocabulary import EG, IRI, RDF, Literal, Term


def reified(source: Source) -> dict[str, bytes]:
    """All triples with those that statements reify, as sorted N-Triples of RDF 1.2."""
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
