"""Words of a question that are no names of terms, as the build reads them from the ontology."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from msgspec import Raw, Struct
from msgspec.json import decode


class Phrase(Struct, frozen=True, array_like=True):
    """One word, or several in a row, and what it does in a question."""

    text: str
    role: str
    """One of the roles that `kg.case.words.roles` lists."""
    value: str = ""
    """The number, sign or unit that it stands for."""
    term: str = ""
    """The IRI of the term that it speaks of."""


def decode_phrases(content: Raw) -> tuple[Phrase, ...]:
    """The phrases that the compiled model holds."""
    return decode(content, type=tuple[Phrase, ...])
