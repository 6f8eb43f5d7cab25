"""Whether a nanopublication is what it says: structure, address, signature, key, in this order.

The address alone proves that a copy is the one that was cited; the signature proves whose it is,
if the reader knows the key. Without a key that was got elsewhere, anybody can sign anything anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.export.nanopubs.publish import ALGORITHM
from kg.export.nanopubs.structure import Parts, only, parts_of
from kg.export.nanopubs.trusty import code_of, normal_text
from kg.export.nanopubs.words import NPX
from kg.model.errors import NanopubError
from kg.model.rdf import Node, Quad, read_dataset
from kg.model.vocabulary import IRI, Literal

_SIGNATURE_WORDS: Final = (
    NPX.hasAlgorithm,
    NPX.hasPublicKey,
    NPX.hasSignature,
    NPX.hasSignatureTarget,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A nanopublication that is what it says."""

    parts: Parts
    public_key: str | None
    """Who signed it; None where nobody did."""
    text: bytes = b""
    """The content of its file, where it was read from one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants of a signature."""

    public_key: str | None = None
    """The key that must have signed; any where it is None."""
    signed: bool = True
    """Whether a nanopublication without a signature is refused."""


def check_file(path: Path, wanted: Wanted) -> Checked:
    """The nanopublication of a TriG file; NanopubError or SourceSyntaxError where it is not one."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise NanopubError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        quads = read_dataset(text, "application/trig", path)
    except MemoryError:
        # the reader holds 16 MiB of one term; no nanopublication comes near
        raise NanopubError("a text in it is too long to be read.") from None
    return replace(check(quads, wanted), text=text)


def check(quads: Sequence[Quad], wanted: Wanted) -> Checked:
    """The nanopublication of some quads; NanopubError with the first thing that is wrong."""
    parts = parts_of(quads)
    expected = code_of(parts.quads, parts.code)
    if expected != parts.code:
        raise NanopubError(f"its content has the code {expected}, and its address says another.")
    public_key = _signed_by(parts)
    if public_key is None and (wanted.signed or wanted.public_key is not None):
        raise NanopubError("nobody signed it.")
    if wanted.public_key not in (None, public_key):
        raise NanopubError("it is signed with another key than the one that is wanted.")
    return Checked(parts, public_key)


def _signed_by(parts: Parts) -> str | None:
    """The key whose signature it bears; None where it bears none."""
    words = [quad for quad in parts.quads if quad.predicate in _SIGNATURE_WORDS]
    if not words:
        return None
    names = {(quad.subject, quad.graph) for quad in words}
    if len(names) != 1 or words[0].subject not in parts.pubinfo:
        raise NanopubError("it has several signatures, or one outside of its publication info.")
    node = words[0].subject
    if only(parts.pubinfo, node, NPX.hasSignatureTarget) != parts.iri:
        raise NanopubError("its signature is of something else.")
    if _text(parts, node, NPX.hasAlgorithm) != ALGORITHM:
        raise NanopubError(f"its signature is not by {ALGORITHM}.")
    return _verified(parts, node)


def _verified(parts: Parts, node: Node) -> str:
    from kg.export.nanopubs.keys import has_signed

    public_key, signature = (
        _text(parts, node, each) for each in (NPX.hasPublicKey, NPX.hasSignature)
    )
    signed = [quad for quad in parts.quads if quad.predicate != NPX.hasSignature]
    if not has_signed(public_key, signature, normal_text(signed, parts.code)):
        raise NanopubError("its signature was not made over this content with its key.")
    return public_key


def _text(parts: Parts, node: Node, name: IRI) -> str:
    """One plain text of the signature."""
    value = only(parts.pubinfo, node, name)
    if not isinstance(value, Literal) or not value.value:
        raise NanopubError("its signature lacks a part, or has one twice.")
    return value.value
