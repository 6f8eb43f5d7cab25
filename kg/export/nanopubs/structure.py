"""The structure of a nanopublication: four graphs, and what has to stand in them.

What is refused here could be addressed and signed well, and still be read by no other program, or
be read otherwise by two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kg.export.nanopubs.words import CODE, NP, NPX
from kg.model.errors import NanopubError
from kg.model.rdf import Graph, Node, Quad, Triple
from kg.model.vocabulary import DCTERMS, IRI, RDF, XSD, BlankNode, Literal, Term

_LINKS: Final[Mapping[IRI, str]] = {
    NP.hasAssertion: "assertion",
    NP.hasProvenance: "provenance",
    NP.hasPublicationInfo: "publication info",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """A nanopublication whose structure is as it should be."""

    iri: IRI
    quads: tuple[Quad, ...]
    assertion: tuple[Quad, ...]
    provenance: tuple[Quad, ...]
    pubinfo: Graph

    @property
    def code(self) -> str:
        """The artifact code at the end of its IRI."""
        return self.iri[-_CODE_LENGTH:]

    @property
    def about(self) -> IRI | None:
        """What it describes, where it says so."""
        found = self.pubinfo.value(self.iri, NPX.describes)
        return found if isinstance(found, IRI) else None


_CODE_LENGTH: Final = 45


def parts_of(quads: Sequence[Quad]) -> Parts:
    """The parts of the one nanopublication of some quads; NanopubError for any other number."""
    _expect(all(map(_is_named, quads)), "it has a node without a name, or a triple in no graph.")
    iri, head = _head(quads)
    _expect(CODE.fullmatch(iri[-_CODE_LENGTH:]) is not None, f"{iri} ends in no artifact code.")
    graphs = {name: _graph(quads, _only_iri(head, iri, link)) for link, name in _LINKS.items()}
    _check_graphs(quads, iri, head, graphs)
    pubinfo = Graph(graphs["publication info"])
    _check_provenance(head, iri, graphs["provenance"])
    _check_pubinfo(pubinfo, iri)
    return Parts(iri, tuple(quads), graphs["assertion"], graphs["provenance"], pubinfo)


def _is_named(quad: Quad) -> bool:
    return quad.graph is not None and not any(isinstance(term, BlankNode) for term in quad)


def _head(quads: Sequence[Quad]) -> tuple[IRI, Graph]:
    """The IRI of the nanopublication and what its head says."""
    found = [q for q in quads if q.predicate == RDF.type and q.object == NP.Nanopublication]
    _expect(len(found) == 1, f"{len(found)} nanopublications are declared; wanted: one.")
    (declared,) = found
    head = [quad for quad in quads if quad.graph == declared.graph]
    wanted = {Triple(declared.subject, RDF.type, NP.Nanopublication)}
    others = {Triple(*quad[:3]) for quad in head} - wanted
    links = {triple.predicate for triple in others if triple.subject == declared.subject}
    _expect(
        len(others) == len(_LINKS) and links == set(_LINKS),
        "its head does not name one assertion, one provenance and one publication info.",
    )
    _expect(isinstance(declared.subject, IRI), "it has no IRI.")
    return IRI(str(declared.subject)), Graph(head)


def _graph(quads: Sequence[Quad], name: IRI) -> tuple[Quad, ...]:
    return tuple(quad for quad in quads if quad.graph == name)


def _check_graphs(
    quads: Sequence[Quad], iri: IRI, head: Graph, graphs: Mapping[str, tuple[Quad, ...]]
) -> None:
    for name, found in graphs.items():
        _expect(bool(found), f"its {name} is empty or missing.")
    names = {quad.graph for quad in quads}
    _expect(len(names) == len(graphs) + 1, f"it has {len(names)} graphs; wanted: four.")
    foreign = sorted(
        str(each) for each in names if not str(each).startswith((f"{iri}#", f"{iri}/"))
    )
    _expect(not foreign, f"its graph {', '.join(foreign)} is not named after it.")
    _expect(set(head) == {iri}, "its head speaks of something else.")


def _check_provenance(head: Graph, iri: IRI, provenance: Sequence[Quad]) -> None:
    assertion = _only_iri(head, iri, NP.hasAssertion)
    told = any(quad.subject == assertion for quad in provenance)
    _expect(told, "its provenance does not say where the assertion comes from.")


def _check_pubinfo(pubinfo: Graph, iri: IRI) -> None:
    created = only(pubinfo, iri, DCTERMS.created)
    _expect(_is_time(created), "it does not say when it was created, in one xsd:dateTime.")
    creators = pubinfo.objects(iri, DCTERMS.creator)
    _expect(bool(creators) and all(isinstance(c, IRI) for c in creators), "it has no creator.")
    _expect(isinstance(only(pubinfo, iri, DCTERMS.license), IRI), "it has no licence, or several.")


def _is_time(value: Term | None) -> bool:
    if not isinstance(value, Literal) or value.datatype != XSD.dateTime:
        return False
    try:
        datetime.fromisoformat(value.value)
    except ValueError:
        return False
    return True


def only(graph: Graph, node: Node, name: IRI) -> Term | None:
    """The value of a property where there is one and no other."""
    found = graph.objects(node, name)
    return found[0] if len(found) == 1 else None


def _only_iri(graph: Graph, node: IRI, name: IRI) -> IRI:
    found = only(graph, node, name)
    if not isinstance(found, IRI):
        raise NanopubError(f"its head does not name one {_LINKS[name]}.")
    return found


def _expect(holds: bool, complaint: str) -> None:  # noqa: FBT001 - a condition reads first
    if not holds:
        raise NanopubError(complaint)
