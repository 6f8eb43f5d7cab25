"""Statements, background and documents as an answer names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.answer.model import Citation, Document, StatementNote
from kg.model.vocabulary import PREFIXES, Literal, Term
from kg.store.knowledge import Knowledge


@dataclass(frozen=True, eq=False)
class Notes:
    """Everything that answers say about statements, by short id."""

    statements: dict[str, StatementNote]
    background: dict[str, str]

    def strength(self, ids: Iterable[str]) -> int:
        """The rank of the weakest of these statements; 0 where there is none."""
        return min((self.statements[each].strength for each in ids), default=0)

    def word(self, ids: Iterable[str]) -> str:
        """The word of the weakest of these statements."""
        weakest = min(
            (self.statements[each] for each in ids), key=lambda note: note.strength, default=None
        )
        return weakest.modality if weakest else ""

    def values(self, ids: Iterable[str], *names: str) -> tuple[str, ...]:
        """The values of some qualifiers of these statements, each once, in order."""
        found = (
            value
            for each in ids
            for name, value in self.statements[each].qualifiers
            if name in names
        )
        return tuple(dict.fromkeys(found))


def read_notes(knowledge: Knowledge) -> Notes:
    """What the graph says of all its statements."""
    qualifiers: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for record in knowledge.table("qualifiers").records():
        entry = (value(record["name"]), value(record["value"]))
        qualifiers[short(record["statement"])].append(entry)
    citations: defaultdict[str, list[Citation]] = defaultdict(list)
    for record in knowledge.table("citations").records():
        citations[short(record["statement"])].append(_citation(record))
    statements = {
        note.id: note
        for record in knowledge.table("notes").records()
        for note in [_note(record, qualifiers, citations)]
    }
    background = {
        short(record["background"]): value(record["text"])
        for record in knowledge.table("background").records()
    }
    return Notes(statements, background)


def read_documents(knowledge: Knowledge) -> tuple[Document, ...]:
    """The documents that the graph rests on, in the order of their ids."""
    return tuple(_document(record) for record in knowledge.table("sources").records())


def short(term: Term) -> str:
    """The id by which answers name a statement, a background statement or a document."""
    text = value(term)
    for prefix in ("st", "bg", "doc"):
        if text.startswith(PREFIXES[prefix]):
            return text.removeprefix(PREFIXES[prefix])
    return text


def value(term: Term) -> str:
    """The text of a literal or IRI."""
    return term.value if isinstance(term, Literal) else str(term)


def _note(
    record: dict[str, Term],
    qualifiers: dict[str, list[tuple[str, str]]],
    citations: dict[str, list[Citation]],
) -> StatementNote:
    identifier = short(record["statement"])
    return StatementNote(
        id=identifier,
        iri=value(record["statement"]),
        document=short(record["document"]),
        text=value(record["text"]).removeprefix(f"{identifier} "),
        modality=value(record["modality"]),
        strength=int(value(record["strength"])),
        population=value(record["population"]),
        context=value(record["context"]),
        section=value(record["section"]),
        item=value(record["item"]),
        line=int(value(record["line"])),
        digest=value(record["digest"]),
        citations=tuple(citations.get(identifier, ())),
        qualifiers=tuple(qualifiers.get(identifier, ())),
    )


def _citation(record: dict[str, Term]) -> Citation:
    optional = {name: value(record[name]) for name in ("reference", "confidence") if name in record}
    return Citation(int(value(record["number"])), value(record["status"]), **optional)


def _document(record: dict[str, Term]) -> Document:
    return Document(
        id=short(record["document"]),
        iri=value(record["document"]),
        title=value(record["short_title"]),
        publisher=value(record.get("publisher", record["origin"])),
        updated=value(record["updated"]) if "updated" in record else "(date not stated)",
        review=value(record["review"]),
        references=value(record["references"]),
        statements=int(value(record.get("total", record["encoded"]))),
        resolved=int(value(record["resolved"])),
        origin=value(record["origin"]),
    )
