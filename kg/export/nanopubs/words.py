"""The terms of nanopublications (nanopub.net guidelines), and the names of the parts of one."""

from __future__ import annotations

import re
from typing import Final

from kg.model.vocabulary import BASE, IRI

_NP: Final = "http://www.nanopub.org/nschema#"
_NPX: Final = "http://purl.org/nanopub/x/"

NANOPUBLICATION: Final = IRI(f"{_NP}Nanopublication")
HAS_ASSERTION: Final = IRI(f"{_NP}hasAssertion")
HAS_PROVENANCE: Final = IRI(f"{_NP}hasProvenance")
HAS_PUBLICATION_INFO: Final = IRI(f"{_NP}hasPublicationInfo")

DESCRIBES: Final = IRI(f"{_NPX}describes")
HAS_ALGORITHM: Final = IRI(f"{_NPX}hasAlgorithm")
HAS_PUBLIC_KEY: Final = IRI(f"{_NPX}hasPublicKey")
HAS_SIGNATURE: Final = IRI(f"{_NPX}hasSignature")
HAS_SIGNATURE_TARGET: Final = IRI(f"{_NPX}hasSignatureTarget")
RETRACTS: Final = IRI(f"{_NPX}retracts")
SIGNED_BY: Final = IRI(f"{_NPX}signedBy")
SUPERSEDES: Final = IRI(f"{_NPX}supersedes")

SCHEMES: Final = {"np": _NP, "npx": _NPX}
"""The prefixes of these terms."""

ADDRESS: Final = IRI(f"{BASE}np/")
"""What the IRI of each nanopublication begins with; its code follows."""

UNKNOWN: Final = " "
"""What stands in place of the code while it is not known, as the algorithm has it."""

CODE: Final = re.compile(r"RA[A-Za-z0-9_-]{43}")
"""An artifact code of RDF: `RA`, and a SHA-256 in base64 for URLs."""


def part(nanopub: str, name: str) -> IRI:
    """The name of a part of a nanopublication."""
    return IRI(f"{nanopub}#{name}")
