"""RSA keys in files, and signatures over normalised content: SHA-256 with PKCS #1 v1.5.

The same key signs the same text the same way, so a signed export is byte-identical too.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from kg.model.errors import NanopubError, UsageError

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
except ImportError:
    raise UsageError(
        "signatures need the library cryptography; `pip install etiograph[sign]` brings it."
    ) from None

LEAST_BITS: Final = 1024
"""The shortest key that is accepted: what the tools of nanopublications make by default."""
LEAST_BITS_TO_SIGN: Final = 2048

_PEM: Final = b"-----BEGIN"
_Key = TypeVar("_Key")


class Signer:
    """A private key that signs, and the text of the public key that belongs to it."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key
        self.public_key = _text_of(key.public_key())
        """The public key as nanopublications hold it: DER in base64."""

    def sign(self, text: str) -> str:
        """The signature of a text, in base64."""
        return b64encode(self._key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def read_signer(path: Path) -> Signer:
    """The private key of a file: PKCS #8, in PEM or as the base64 of it (`~/.nanopub/id_rsa`)."""
    return Signer(_read(path, _private_key))


def read_public_key(path: Path) -> str:
    """The public key of a file, in PEM or base64, as nanopublications hold it."""
    return _text_of(_read(path, _public_key))


def has_signed(public_key: str, signature: str, text: str) -> bool:
    """Whether a signature over a text was made with the private half of a key.

    NanopubError where the key or the signature cannot be read, or the key is too short.
    """
    key = _public_key(_decoded(public_key, "the public key"))
    if key.key_size < LEAST_BITS:
        raise NanopubError(f"its key has {key.key_size} bits; wanted: {LEAST_BITS} or more.")
    if _text_of(key) != public_key or _again(signature) != signature:
        raise NanopubError("its key or its signature is not written as it would be written anew.")
    try:
        key.verify(_decoded(signature, "its signature"), text.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _read(path: Path, read: Callable[[bytes], _Key]) -> _Key:
    try:
        content = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        return read(content if content.startswith(_PEM) else _decoded(content.decode(), "the key"))
    except (NanopubError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} holds no key that can be used: {error}") from None


def _decoded(text: str, name: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NanopubError(f"{name} is not base64.") from None


def _again(text: str) -> str:
    return b64encode(_decoded(text, "its signature")).decode()


def _private_key(content: bytes) -> RSAPrivateKey:
    load = (
        serialization.load_pem_private_key
        if content.startswith(_PEM)
        else serialization.load_der_private_key
    )
    try:
        key = load(content, password=None)
    except (TypeError, ValueError):
        _refuse("it is no private key without a password, in PEM or DER.")
    if not isinstance(key, RSAPrivateKey):
        _refuse("it is no RSA key.")
    if key.key_size < LEAST_BITS_TO_SIGN:
        _refuse(f"it has {key.key_size} bits; wanted: {LEAST_BITS_TO_SIGN} or more.")
    return key


def _public_key(content: bytes) -> RSAPublicKey:
    load = (
        serialization.load_pem_public_key
        if content.startswith(_PEM)
        else serialization.load_der_public_key
    )
    try:
        key = load(content)
    except ValueError:
        _refuse("the public key cannot be read.")
    if not isinstance(key, RSAPublicKey):
        _refuse("the public key is no RSA key.")
    return key


def _text_of(key: RSAPublicKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return b64encode(key.public_bytes(serialization.Encoding.DER, form)).decode()


def _refuse(why: str) -> NoReturn:
    raise NanopubError(why)
