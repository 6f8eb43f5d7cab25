"""What answers say of statements and documents: the words, the place, and what is cited."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Iterable, Mapping

from msgspec import Struct


class Citation(Struct, frozen=True, omit_defaults=True):
    """A number that a document prints, and what is known of the work behind it."""

    number: int
    status: str
    reference: str | None = None
    confidence: str | None = None


class NoteQualifier(Struct, frozen=True, array_like=True):
    """One thing that is said of a statement, with the name that people read."""

    name: str
    value: str


class StatementNote(Struct, frozen=True, omit_defaults=True):
    """What one statement says, where it stands, and what it cites."""

    id: str
    iri: str
    document: str
    text: str
    modality: str
    strength: int
    population: str
    context: str
    """IRI of the kind of case that the statement is about."""
    section: str
    item: str
    line: int
    digest: str
    important: bool = False
    """Whether the document flags what it says as important."""
    weighs: bool = False
    """Whether its word tells how firmly a result speaks, as `suggests` does and `advised` not."""
    citations: tuple[Citation, ...] = ()
    qualifiers: tuple[NoteQualifier, ...] = ()


class Document(Struct, frozen=True):
    """A source document and its standing."""

    id: str
    iri: str
    title: str
    publisher: str
    updated: str
    review: str
    references: str
    statements: int
    resolved: int
    origin: str


class Notes(Struct, frozen=True, eq=False):
    """Everything that answers say about statements, by short id."""

    statements: Mapping[str, StatementNote]
    background: Mapping[str, str]

    def strength(self, ids: Iterable[str]) -> int:
        """The rank of the weakest of these statements; 0 where there is none."""
        return min((self.statements[each].strength for each in ids), default=0)

    def word(self, ids: Iterable[str]) -> str:
        """The word of the weakest of these statements."""
        weakest = min(
            (self.statements[each] for each in ids), key=lambda note: note.strength, default=None
        )
        return weakest.modality if weakest else ""

    def weigh(self, ids: Iterable[str]) -> bool:
        """Whether the word of the weakest of these statements tells how firmly it speaks."""
        notes = [self.statements[each] for each in ids]
        return min(notes, key=lambda note: note.strength).weighs if notes else False

    def qualifiers(self, ids: Iterable[str], *names: str) -> tuple[str, ...]:
        """The values of some qualifiers of these statements, each once, in order."""
        found = (
            said.value
            for each in ids
            for said in self.statements[each].qualifiers
            if said.name in names
        )
        return tuple(dict.fromkeys(found))
