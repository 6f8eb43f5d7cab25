"""Keys, and signed exports of a few statements, for the tests of nanopublications."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from exporting import own_source

from kg.export.nanopubs.chain import nanopubs
from kg.export.source import Source
from kg.model.vocabulary import expand

_KEPT = (b"<https://w3id.org/etiograph/document/A", b"<https://w3id.org/etiograph/ontology> ")


def new_key(folder: Path) -> Path:
    """The file of a new private key in a folder, beside which the public one stands."""
    private = generate_private_key(public_exponent=65537, key_size=2048)
    path = folder / "key.pem"
    pem, pkcs8 = Encoding.PEM, PrivateFormat.PKCS8
    path.write_bytes(private.private_bytes(pem, pkcs8, NoEncryption()))
    public = private.public_key()
    (folder / "key.pub.pem").write_bytes(
        public.public_bytes(pem, PublicFormat.SubjectPublicKeyInfo)
    )
    return path


def few_statements() -> Source:
    """A graph of ten statements, with what they speak of: an export of it takes no second."""
    source = own_source()
    lines = [line for line in source.content.splitlines(keepends=True) if _is_kept(line)]
    return replace(source, content=b"".join(lines))


def _is_kept(line: bytes) -> bool:
    """Whether a line is one of the first statements of A, of its document, or of properties."""
    if line.startswith(expand("st:A").n3()[:-1].encode()):
        return line.startswith(expand("st:A00").n3()[:-1].encode())
    return (
        line.startswith((b"<https://w3id.org/etiograph/region/A", *_KEPT)) or b"isDefinedBy" in line
    )


def written(source: Source, folder: Path) -> Path:
    """The folder, with the nanopublications of a source in it."""
    for name, content in nanopubs(source).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
