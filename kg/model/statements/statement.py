"""Statements as values: what each says, where its sentence stands, and what it cites."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model.vocabulary import IRI, PREFIXES


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
class Statement:
    """One statement with everything that is said of it; a background statement has no place."""

    id: str
    iri: IRI
    text: str
    qualifiers: tuple[Qualifier, ...] = ()
    pointers: tuple[Pointer, ...] = ()
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
