"""Ways to tamper with a nanopublication: naive ones, and those of who knows the algorithm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from kg.export.nanopubs.keys import Signer
from kg.export.nanopubs.structure import parts_of
from kg.export.nanopubs.trusty import code_of, normal_text, replaced
from kg.export.nanopubs.words import NP, NPX, UNKNOWN
from kg.model.rdf import Quad
from kg.model.vocabulary import DCTERMS, EG, IRI, RDF, RDFS, BlankNode, Literal, Term, eg, english

Quads = Sequence[Quad]


@dataclass(frozen=True)
class Original:
    """A signed nanopublication, another by the same hand, and the keys of two hands."""

    quads: Quads
    other: Quads
    mine: Signer
    theirs: Signer

    @property
    def iri(self) -> IRI:
        """Its address."""
        return parts_of(self.quads).iri


def new_signer(bits: int = 2048) -> Signer:
    """A key that nobody else has."""
    return Signer(generate_private_key(public_exponent=65537, key_size=bits))


def readdressed(quads: Quads, iri: IRI) -> Quads:
    """The quads under the address that belongs to them: what an attacker who can hash does."""
    code = iri.rpartition("/")[2]
    blank = [replaced(quad, code, UNKNOWN) for quad in quads]
    return [replaced(quad, UNKNOWN, code_of(blank)) for quad in blank]


def signed_by(quads: Quads, iri: IRI, signer: Signer) -> Quads:
    """The quads signed anew with another key, and addressed."""
    code = iri.rpartition("/")[2]
    keyed = changed(quads, NPX.hasPublicKey, lambda _: Literal(signer.public_key))
    unsigned = [quad for quad in keyed if quad.predicate != NPX.hasSignature]
    signature = Literal(signer.sign(normal_text(unsigned, code)))
    return readdressed(changed(keyed, NPX.hasSignature, lambda _: signature), iri)


def changed(quads: Quads, name: IRI, change: Callable[[Term], Term]) -> Quads:
    """The quads with the values of one property changed."""
    return [q._replace(object=change(q.object)) if q.predicate == name else q for q in quads]


def without(quads: Quads, *names: IRI) -> Quads:
    """The quads without some properties."""
    return [quad for quad in quads if quad.predicate not in names]


def graph(original: Original, name: str) -> IRI:
    """The name of one of its graphs."""
    return IRI(f"{original.iri}#{name}")


def added(original: Original, name: str | None) -> Quads:
    """One more triple in one of its graphs."""
    where = None if name is None else graph(original, name)
    return [*original.quads, Quad(EG.Bone, RDFS.label, english("bones"), where)]


def _asserted(original: Original, name: IRI, change: Callable[[Term], Term]) -> Quads:
    return changed(original.quads, name, change)


def _moved(original: Original) -> Quads:
    """A qualifier taken out of the assertion, and put where it reads as a remark."""
    where = graph(original, "provenance")
    return [q._replace(graph=where) if q.predicate == EG.modality else q for q in original.quads]


def _signature_of_other(original: Original) -> Quads:
    (signature,) = (q.object for q in original.other if q.predicate == NPX.hasSignature)
    return readdressed(changed(original.quads, NPX.hasSignature, lambda _: signature), original.iri)


def _without_provenance(original: Original) -> Quads:
    where = graph(original, "provenance")
    return readdressed([quad for quad in original.quads if quad.graph != where], original.iri)


def _certain(_: Term) -> Term:
    return eg("modality-confirms")


def _denied(_: Term) -> Term:
    return EG.denied


def _nothing_of_source(original: Original) -> Quads:
    """A provenance that speaks of everything but the assertion."""
    about = graph(original, "assertion")
    return [quad for quad in original.quads if quad.subject != about]


def _foreign_graph(original: Original) -> Quads:
    old, new = graph(original, "assertion"), IRI("https://example.org/assertion")
    return [Quad(*(new if term == old else term for term in quad)) for quad in original.quads]  # type: ignore[arg-type]


def _text(value: Term) -> str:
    assert isinstance(value, Literal)
    return value.value


NAIVE: Final[Mapping[str, Callable[[Original], Quads]]] = {
    "a word of the label": lambda o: _asserted(o, RDFS.label, lambda _: english("common")),
    "the strength": lambda o: _asserted(o, EG.modality, _certain),
    "the polarity": lambda o: _asserted(o, EG.polarity, _denied),
    "the subject": lambda o: _asserted(o, EG.subject, lambda _: EG.Bone),
    "the population": lambda o: _asserted(o, EG.context, lambda _: EG.Case),
    "a figure": lambda o: _asserted(o, EG.magnitudeLow, lambda v: Literal("9" + _text(v))),
    "the datatype of a figure": lambda o: _asserted(
        o, EG.magnitudeLow, lambda v: Literal(_text(v))
    ),
    "a language": lambda o: changed(
        o.quads, RDFS.label, lambda v: Literal(_text(v), IRI(str(english("").datatype)), "de")
    ),
    "a triple added to the assertion": lambda o: added(o, "assertion"),
    "a qualifier taken away": lambda o: without(o.quads, EG.frequency, EG.magnitudeLow),
    "a qualifier moved to the provenance": _moved,
    "the sentence it comes from": lambda o: changed(o.quads, EG.line, lambda _: Literal("1")),
    "the standing of the document": lambda o: changed(
        o.quads, EG.reviewStatus, lambda _: english("peer reviewed")
    ),
    "the citation": lambda o: without(o.quads, EG.cites),
    "the date": lambda o: changed(
        o.quads,
        DCTERMS.created,
        lambda v: v._replace(value="2020-01-01T00:00:00Z"),  # type: ignore[union-attr]
    ),
    "the creator": lambda o: changed(
        o.quads, DCTERMS.creator, lambda _: IRI("https://example.org/me")
    ),
    "the licence": lambda o: changed(
        o.quads, DCTERMS.license, lambda _: IRI("https://example.org/mine")
    ),
    "the address of another": lambda o: [
        replaced(q, o.iri.rpartition("/")[2], parts_of(o.other).code) for q in o.quads
    ],
}
"""Changes after which the address does not fit any more; each is also tried with a new address."""

KNOWING: Final[Mapping[str, tuple[Callable[[Original], Quads], str]]] = {
    "the signature of another": (_signature_of_other, "was not made over this content"),
    "a key swapped in": (
        lambda o: readdressed(
            changed(o.quads, NPX.hasPublicKey, lambda _: Literal(o.theirs.public_key)), o.iri
        ),
        "was not made over this content",
    ),
    "signed by somebody else": (
        lambda o: signed_by(_asserted(o, EG.modality, _certain), o.iri, o.theirs),
        "another key",
    ),
    "the signature taken away": (
        lambda o: readdressed([q for q in o.quads if "#sig" not in q.subject], o.iri),
        "nobody signed it",
    ),
    "a part of the signature taken away": (
        lambda o: readdressed(without(o.quads, NPX.hasSignature), o.iri),
        "lacks a part",
    ),
    "two signatures": (
        lambda o: readdressed(
            [
                *o.quads,
                *(
                    q._replace(subject=graph(o, "sig2"))
                    for q in o.quads
                    if q.subject == graph(o, "sig")
                ),
            ],
            o.iri,
        ),
        "several signatures",
    ),
    "a signature of something else": (
        lambda o: signed_by(
            changed(o.quads, NPX.hasSignatureTarget, lambda _: parts_of(o.other).iri), o.iri, o.mine
        ),
        "of something else",
    ),
    "another algorithm": (
        lambda o: signed_by(
            changed(o.quads, NPX.hasAlgorithm, lambda _: Literal("none")), o.iri, o.mine
        ),
        "not by RSA",
    ),
    "a signature that is no base64": (
        lambda o: readdressed(changed(o.quads, NPX.hasSignature, lambda _: Literal("§")), o.iri),
        "not base64",
    ),
    "a signature written otherwise": (
        lambda o: readdressed(
            changed(o.quads, NPX.hasSignature, lambda v: Literal(f" {_text(v)}")), o.iri
        ),
        "not written as",
    ),
    "a key that is none": (
        lambda o: readdressed(changed(o.quads, NPX.hasPublicKey, lambda _: Literal("AAAA")), o.iri),
        "cannot be read",
    ),
    "a triple in no graph": (lambda o: added(o, None), "in no graph"),
    "a node without a name": (
        lambda o: [*o.quads, Quad(BlankNode("b"), RDF.type, EG.Bone, graph(o, "assertion"))],
        "without a name",
    ),
    "a fifth graph": (lambda o: readdressed(added(o, "more"), o.iri), "5 graphs"),
    "a remark in the head": (lambda o: readdressed(added(o, "Head"), o.iri), "its head"),
    "two assertions": (
        lambda o: readdressed(
            [*o.quads, Quad(o.iri, NP.hasAssertion, graph(o, "pubinfo"), graph(o, "Head"))], o.iri
        ),
        "its head",
    ),
    "no provenance named": (
        lambda o: readdressed(without(o.quads, NP.hasProvenance), o.iri),
        "head",
    ),
    "no provenance": (_without_provenance, "provenance is empty"),
    "a provenance of nothing": (
        lambda o: signed_by(_nothing_of_source(o), o.iri, o.mine),
        "where the assertion comes from",
    ),
    "a graph with a foreign name": (_foreign_graph, "not named after it"),
    "two nanopublications": (lambda o: [*o.quads, *o.other], "2 nanopublications"),
    "none": (
        lambda o: [q for q in o.quads if q.object != NP.Nanopublication],
        "0 nanopublications",
    ),
    "no date, though signed": (
        lambda o: signed_by(without(o.quads, DCTERMS.created), o.iri, o.mine),
        "when it was created",
    ),
    "no creator, though signed": (
        lambda o: signed_by(without(o.quads, DCTERMS.creator), o.iri, o.mine),
        "no creator",
    ),
    "two licences, though signed": (
        lambda o: signed_by(
            [*o.quads, Quad(o.iri, DCTERMS.license, EG.Bone, graph(o, "pubinfo"))],
            o.iri,
            o.mine,
        ),
        "licence",
    ),
}
"""What somebody does who knows how addresses and signatures are made, and what is said of it."""
