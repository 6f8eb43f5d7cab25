"""Statements as values: what each says, where its sentence stands, and what it cites.

A sentence is known by its place and its digest, so the text that both count is made here too. How
statements are read from a graph is `kg.store.statements`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.model.citations import CitationStyle, remove_citations
from kg.model.shown import Shown
from kg.model.vocabulary import IRI, PREFIXES

DOCUMENT_NAME: Final = "[A-Z][A-Za-z]{0,15}"
"""The name of a document, as a regular expression."""
STATEMENT_ID: Final = f"{DOCUMENT_NAME}[0-9]{{3,}}"
"""The id of a statement of a document: its name and digits; background is named in words."""
_ID: Final = re.compile(STATEMENT_ID)


@dataclass(frozen=True, slots=True)
class Qualifier:
    """One thing that is said of a statement, with the names that people read."""

    property: IRI
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A number that the sentence prints, and what is known of the work behind it."""

    number: int
    status: str
    reference: str = ""
    method: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sentence of a statement stands."""

    document: str
    title: str
    review: str
    document_digest: str
    section: str
    section_title: str
    item: str
    line: int
    start: int
    end: int
    digest: str
    highest: int
    """Highest citation number of the document: a larger number at the end belongs to the text."""
    style: CitationStyle = CitationStyle.PLAIN
    """How the document prints its citation numbers."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a statement no longer stands, when it was withdrawn, and by whom."""

    reason: str
    date: str = ""
    agents: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = ", ".join((*filter(None, [self.date]), *self.agents))
        return f"{self.reason or 'no reason is given'}{f' ({told})' if told else ''}"


@dataclass(frozen=True, slots=True)
class Statement(Shown):
    """One statement with everything that is said of it; a background statement has no place."""

    id: str
    iri: IRI
    text: str
    qualifiers: tuple[Qualifier, ...] = ()
    citations: tuple[Pointer, ...] = ()
    place: Place | None = None
    background: bool = False
    withdrawal: Withdrawal | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether it no longer carries anything."""
        return self.withdrawal is not None

    def values(self, property_: IRI) -> tuple[str, ...]:
        """The values of one property, as people read them."""
        return next((q.values for q in self.qualifiers if q.property == property_), ())


def short_id(iri: str) -> str:
    """The id by which answers name a statement, a background statement or a document."""
    for prefix in ("st", "bg", "doc"):
        if iri.startswith(PREFIXES[prefix]):
            return iri.removeprefix(PREFIXES[prefix])
    return iri


def statement_iri(name: str) -> IRI:
    """The IRI of a statement by its short id; those of the background are named in words."""
    prefix = "st" if _ID.fullmatch(name) else "bg"
    return IRI(f"{PREFIXES[prefix]}{name}")


WORDS: Final = 8
"""So many words in a row would be a quotation."""

Phrase = tuple[str, ...]

_WORD: Final = re.compile(r"[^\W_]+")
_BULLET: Final = re.compile(r"(?:[•*‣·-]|\d+\.)\s+")


def digest_of(content: bytes) -> str:
    """The digest of some bytes as a named-information IRI (RFC 6920)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def decode_text(raw: bytes) -> str:
    """The text of a file as positions count it: NFC, lines ended by LF."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


def normalise_sentence(line: str, highest: int, style: CitationStyle = CitationStyle.PLAIN) -> str:
    """The sentence of a line as digests are taken: no bullet, no citation numbers."""
    start, end = find_sentence(line)
    text = remove_citations(line[start:end], highest, style)
    return re.sub(r"\s+", " ", text).strip()


def find_sentence(line: str) -> tuple[int, int]:
    """Where the sentence of a line starts and ends: after its bullet, with its numbers."""
    end = len(line.rstrip())
    start = len(line) - len(line.lstrip())
    bullet = _BULLET.match(line, start, end)
    return (bullet.end() if bullet else start), end


def list_phrases(text: str) -> Iterator[tuple[Phrase, int]]:
    """Every run of so many words, whatever stands between them, and where it starts."""
    words = [(match.group().casefold(), match.start()) for match in _WORD.finditer(text)]
    for first in range(len(words) - WORDS + 1):
        yield tuple(word for word, _ in words[first : first + WORDS]), words[first][1]
