"""The terms of nanopublications (nanopub.net guidelines), and the names of the parts of one."""

from __future__ import annotations

import re
from typing import Final

from kg.model.vocabulary import BASE, IRI, Namespace

SCHEMES: Final = {"np": "http://www.nanopub.org/nschema#", "npx": "http://purl.org/nanopub/x/"}
"""The prefixes of these terms."""
NP: Final = Namespace(SCHEMES["np"])
NPX: Final = Namespace(SCHEMES["npx"])

ADDRESS: Final = IRI(f"{BASE}np/")
"""What the IRI of each nanopublication begins with; its code follows."""

UNKNOWN: Final = " "
"""What stands in place of the code while it is not known, as the algorithm has it."""

CODE: Final = re.compile(r"RA[A-Za-z0-9_-]{43}")
"""An artifact code of RDF: `RA`, and a SHA-256 in base64 for URLs."""


def part(nanopub: str, name: str) -> IRI:
    """The name of a part of a nanopublication."""
    return IRI(f"{nanopub}#{name}")
