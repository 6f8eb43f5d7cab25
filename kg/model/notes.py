"""Statements, background, documents and axioms as answers and proofs show them: by short ids."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Iterable, Mapping

from msgspec import Struct


class Citation(Struct, frozen=True, omit_defaults=True):
    """A number that a document prints, and what is known of the work behind it."""

    number: int
    status: str
    reference: str | None = None
    confidence: str | None = None


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
    citations: tuple[Citation, ...] = ()
    qualifiers: tuple[tuple[str, str], ...] = ()


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


class AxiomNote(Struct, frozen=True, omit_defaults=True):
    """One axiom of the ontology and what it rests on."""

    id: str
    text: str
    """In Manchester syntax, with labels."""
    statements: tuple[str, ...] = ()
    """The statements of documents; each of them carries the axiom alone."""
    background: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        """`stated` by a document, `background`, or `definition` of this ontology."""
        if self.statements:
            return "stated"
        return "background" if self.background else "definition"


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

    def qualifiers(self, ids: Iterable[str], *names: str) -> tuple[str, ...]:
        """The values of some qualifiers of these statements, each once, in order."""
        found = (
            value
            for each in ids
            for name, value in self.statements[each].qualifiers
            if name in names
        )
        return tuple(dict.fromkeys(found))
