"""Content with who publishes it: four graphs, signed where there is a key, addressed, written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.export.nanopubs.content import ASSERTION, NANOPUB, Content
from kg.export.nanopubs.trusty import code_of, normal_text, replaced
from kg.export.nanopubs.words import ADDRESS, NP, NPX, SCHEMES, UNKNOWN, part
from kg.model.rdf import Graph, Quad, Triple, write_dataset
from kg.model.vocabulary import (
    BASE,
    DCTERMS,
    IRI,
    OWL,
    PROV,
    RDF,
    RDFS,
    ROOT_ONTOLOGY,
    XSD,
    Literal,
    Term,
    english,
    expand,
)

if TYPE_CHECKING:
    from kg.export.nanopubs.keys import Signer

ALGORITHM: Final = "RSA"

_HEAD: Final = part(NANOPUB, "Head")
_PROVENANCE: Final = part(NANOPUB, "provenance")
_PUBINFO: Final = part(NANOPUB, "pubinfo")
_SIGNATURE: Final = part(NANOPUB, "sig")
_AGENT: Final = expand("foaf:Agent")
_NAME: Final = expand("foaf:name")
_AUTHORS: Final = IRI(f"{BASE}authors")
"""Who made the graph, where nothing says which agent that is."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, when, under which licence; all of it is said by the graph itself."""

    agent: IRI
    name: str
    license: Term
    created: Literal
    version: str
    signer: Signer | None = None
    published: Callable[[str], str] = str
    """The IRI under which one of this project is published."""


@dataclass(frozen=True, slots=True)
class Nanopub:
    """A nanopublication as a file."""

    iri: IRI
    text: bytes


def publisher_of(
    graph: Graph, date: str, signer: Signer | None, published: Callable[[str], str]
) -> Publisher:
    """The publisher that a graph names: the creators of its ontology, on the day of the graph."""
    name = graph.text(ROOT_ONTOLOGY, DCTERMS.creator)
    return Publisher(
        agent=_agent(graph, name),
        name=name,
        license=graph.value(ROOT_ONTOLOGY, DCTERMS.license) or Literal(""),
        created=Literal(f"{date}T00:00:00Z", XSD.dateTime),
        version=graph.text(ROOT_ONTOLOGY, OWL.versionInfo),
        signer=signer,
        published=published,
    )


def _agent(graph: Graph, name: str) -> IRI:
    """The agent that the description of the graph calls so; without one, a name of our own."""
    agents = sorted(each for each in graph.of_type(_AGENT) if isinstance(each, IRI))
    return next((each for each in agents if graph.text(each, _NAME) == name), _AUTHORS)


def publish(content: Content, publisher: Publisher, supersedes: IRI | None = None) -> Nanopub:
    """The nanopublication of some content: signed where the publisher has a key, then addressed."""
    quads = [_moved(quad, publisher) for quad in _quads(content, publisher, supersedes)]
    if publisher.signer is not None:
        signature = publisher.signer.sign(normal_text(quads))
        said = Quad(_SIGNATURE, NPX.hasSignature, Literal(signature), _PUBINFO)
        quads.append(_moved(said, publisher))
    code = code_of(quads)
    iri = IRI(publisher.published(ADDRESS) + code)
    return Nanopub(iri, _written([replaced(quad, UNKNOWN, code) for quad in quads], iri))


def body_text(content: Content, publisher: Publisher) -> str:
    """What a nanopublication says, apart from who publishes it when, in normal form."""
    body = (ASSERTION, _PROVENANCE)
    quads = (quad for quad in _quads(content, publisher, None) if quad.graph in body)
    return normal_text(_moved(quad, publisher) for quad in quads)


def _moved(quad: Quad, publisher: Publisher) -> Quad:
    terms = (IRI(publisher.published(t)) if isinstance(t, IRI) else t for t in quad)
    return Quad(*terms)  # type: ignore[arg-type] # an IRI stays one


def _written(quads: Iterable[Quad], iri: IRI) -> bytes:
    prefixes = {"this": iri, "sub": f"{iri}#", **SCHEMES}
    return write_dataset(quads, "application/trig", more_prefixes=prefixes)


def _quads(content: Content, publisher: Publisher, supersedes: IRI | None) -> Iterator[Quad]:
    head = (
        Triple(NANOPUB, RDF.type, NP.Nanopublication),
        Triple(NANOPUB, NP.hasAssertion, ASSERTION),
        Triple(NANOPUB, NP.hasProvenance, _PROVENANCE),
        Triple(NANOPUB, NP.hasPublicationInfo, _PUBINFO),
    )
    graphs = (
        (_HEAD, head),
        (ASSERTION, content.assertion),
        (_PROVENANCE, content.provenance),
        (_PUBINFO, tuple(_pubinfo(content, publisher, supersedes))),
    )
    for name, triples in graphs:
        for triple in triples:
            yield Quad(*triple, name)


def _pubinfo(content: Content, publisher: Publisher, supersedes: IRI | None) -> Iterator[Triple]:
    yield Triple(NANOPUB, RDFS.label, english(content.label))
    yield Triple(NANOPUB, NPX.describes, content.about)
    yield Triple(NANOPUB, DCTERMS.creator, publisher.agent)
    yield Triple(NANOPUB, DCTERMS.created, publisher.created)
    yield Triple(NANOPUB, DCTERMS.license, publisher.license)
    yield Triple(NANOPUB, PROV.wasDerivedFrom, IRI(f"{ROOT_ONTOLOGY}/{publisher.version}"))
    if supersedes is not None:
        yield Triple(NANOPUB, NPX.supersedes, supersedes)
    yield Triple(publisher.agent, _NAME, Literal(publisher.name))
    if publisher.signer is not None:
        yield from _signature(publisher.signer, publisher.agent)


def _signature(signer: Signer, agent: IRI) -> Iterator[Triple]:
    """What is signed too: all that is said of a signature but the signature itself."""
    yield Triple(_SIGNATURE, NPX.hasAlgorithm, Literal(ALGORITHM))
    yield Triple(_SIGNATURE, NPX.hasPublicKey, Literal(signer.public_key))
    yield Triple(_SIGNATURE, NPX.hasSignatureTarget, NANOPUB)
    yield Triple(_SIGNATURE, NPX.signedBy, agent)
