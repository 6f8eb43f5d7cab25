"""Statements read from a store: by id, by document, with their places, and the lines they cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.model.citations import CitationStyle
from kg.model.copies import Copy, Coverage, Line, count_lines
from kg.model.errors import UnknownTermError
from kg.model.statements import Place, Pointer, Qualifier, Statement, Withdrawal, short_id
from kg.model.vocabulary import (
    EG,
    IRI,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    Term,
    eg,
    expand,
    short_text_of,
    text_of,
)
from kg.store.base import Rows, Store
from kg.store.queries import shipped_rows

_NOT_SHOWN: Final = frozenset(
    {RDF.type, RDFS.label, PROV.wasInvalidatedBy, RDFS.isDefinedBy}
    | {EG.region, EG.line, EG.cites, EG.inDocument}
)
_FIRST: Final = (
    RDF.type,
    *map(eg, ("subject", "predicate", "object", "context", "population", "polarity", "modality")),
)
_LAST: Final = (
    EG.evidenceType,
    expand("biolink:knowledge_level"),
    expand("biolink:agent_type"),
)


def find_statement(store: Store, name: str) -> IRI:
    """The IRI of a statement by its id, name with prefix or IRI; UnknownTermError if none."""
    known = [term for (term,) in shipped_rows(store, "ask/statement_ids") if isinstance(term, IRI)]
    by_id = {short_id(iri).casefold(): iri for iri in known}
    text = name.strip()
    if text.casefold() in by_id:
        return by_id[text.casefold()]
    if text in known or (":" in text and _expanded(text) in known):
        return IRI(_expanded(text))
    from difflib import get_close_matches

    near = get_close_matches(text.casefold()[:100], by_id, n=4, cutoff=0.5)
    raise UnknownTermError(
        f"there is no statement {text[:60]!r}.",
        suggestions=[short_id(by_id[each]) for each in near],
    )


def read_statement(store: Store, statement: IRI) -> Statement:
    """One statement of the graph."""
    return next(iter(read_statements(store, [statement])))


def read_statements(store: Store, statements: Sequence[IRI]) -> tuple[Statement, ...]:
    """Statements of the graph, in the order given."""
    if not statements:
        return ()
    said = _grouped(shipped_rows(store, "ask/statement", statement=statements))
    places = _grouped(shipped_rows(store, "ask/place", statement=statements))
    pointers = _grouped(shipped_rows(store, "ask/pointers", statement=statements))
    gone = read_withdrawals(store)
    return tuple(
        _statement(
            iri,
            said.get(iri, []),
            places.get(iri, []),
            pointers.get(iri, []),
            gone.get(short_id(iri)),
        )
        for iri in statements
    )


def read_withdrawals(store: Store) -> dict[str, Withdrawal]:
    """The withdrawals of a graph, by the id of the statement."""
    return {
        short_id(iri): Withdrawal(
            reason=text_of(rows[0].get("reason")),
            date=text_of(rows[0].get("date")),
            agents=tuple(
                dict.fromkeys(short_text_of(row["agent"]) for row in rows if "agent" in row)
            ),
        )
        for iri, rows in _grouped(shipped_rows(store, "ask/withdrawals")).items()
    }


def read_coverage(store: Store, copies: Sequence[Copy] = ()) -> tuple[Coverage, ...]:
    """The coverage of every document; with copies, their lines are those that must be covered."""
    return tuple(count_lines(each, copies) for each in _documents(store))


# ── Reading rows ────────────────────────────────────────────────────────────────────────────


def _grouped(rows: Rows) -> dict[IRI, list[dict[str, Term]]]:
    groups: dict[IRI, list[dict[str, Term]]] = {}
    for record in rows.records():
        statement = record.get("statement")
        if isinstance(statement, IRI):
            groups.setdefault(statement, []).append(record)
    return groups


def _statement(
    iri: IRI,
    said: Sequence[dict[str, Term]],
    places: Sequence[dict[str, Term]],
    pointers: Sequence[dict[str, Term]],
    withdrawal: Withdrawal | None,
) -> Statement:
    identifier = short_id(iri)
    types = [text_of(row["value"]) for row in said if row["property"] == RDF.type]
    label = next((text_of(row["value"]) for row in said if row["property"] == RDFS.label), "")
    return Statement(
        id=identifier,
        iri=iri,
        text=label.removeprefix(f"{identifier} "),
        qualifiers=tuple(_qualifiers(said)),
        citations=tuple(_pointers(pointers)),
        place=_place(places[0]) if places else None,
        background=EG.BackgroundStatement in types,
        withdrawal=withdrawal,
    )


def _qualifiers(said: Iterable[dict[str, Term]]) -> Iterator[Qualifier]:
    groups: dict[IRI, list[dict[str, Term]]] = {}
    for row in said:
        property_ = row["property"]
        if isinstance(property_, IRI) and (property_ not in _NOT_SHOWN or _is_kind(row)):
            groups.setdefault(property_, []).append(row)
    for property_, rows in sorted(groups.items(), key=lambda item: _rank(item[0])):
        name = (
            "kind" if property_ == RDF.type else text_of(rows[0].get("name")) or _local(property_)
        )
        values = (text_of(row.get("value_name")) or short_text_of(row["value"]) for row in rows)
        yield Qualifier(property_, name, tuple(dict.fromkeys(values)))


def _rank(property_: IRI) -> tuple[int, int]:
    """What a statement says, then its qualifiers, then how it was made."""
    if property_ in _FIRST:
        return 0, _FIRST.index(property_)
    return (2, _LAST.index(property_)) if property_ in _LAST else (1, 0)


def _local(iri: IRI) -> str:
    return re.split(r"[/#]", iri)[-1].replace("_", " ")


def _is_kind(row: dict[str, Term]) -> bool:
    return row["property"] == RDF.type and text_of(row["value"]).startswith(PREFIXES["eg"])


def _pointers(rows: Iterable[dict[str, Term]]) -> Iterator[Pointer]:
    for row in rows:
        yield Pointer(
            int(text_of(row["number"])),
            text_of(row["status"]),
            *(text_of(row.get(name)) for name in ("reference", "method", "confidence")),
        )


def _place(row: dict[str, Term]) -> Place:
    def text(name: str) -> str:
        return text_of(row.get(name))

    return Place(
        document=short_id(text("document")),
        title=text("title"),
        review=text("review"),
        document_digest=text("document_digest"),
        section=text("section"),
        section_title=text("section_title"),
        item=text("item"),
        line=int(text("line")),
        start=int(text("start")),
        end=int(text("end")),
        digest=text("digest"),
        highest=int(text("highest") or 0),
        style=CitationStyle(text("citation_style") or CitationStyle.PLAIN),
    )


def _expanded(name: str) -> str:
    try:
        return expand(name)
    except UnknownTermError:
        return ""


# ── Lines of documents ──────────────────────────────────────────────────────────────────────


def _documents(store: Store) -> Iterator[Coverage]:
    lines = _lines(store)
    for row in shipped_rows(store, "report/documents").texts():
        document = short_id(row["document"])
        yield Coverage(
            document=document,
            title=row["title"],
            digest=row["digest"],
            total=int(row.get("total", "") or 0),
            encoded=int(row["encoded"]),
            lines=lines.get(document, ()),
        )


def _lines(store: Store) -> dict[str, tuple[Line, ...]]:
    """The lines of each document, in order."""
    found: dict[str, dict[int, Line]] = {}
    for row in shipped_rows(store, "report/lines").texts():
        lines = found.setdefault(short_id(row["document"]), {})
        number = int(row["line"])
        line = lines.get(number, Line(number))
        statement, reason = short_id(row.get("statement", "")), row.get("reason", "")
        why = row.get("nothing", "")
        reading = ((statement, why),) if why and statement not in line.statements else ()
        lines[number] = Line(
            number,
            _added(line.statements, statement),
            _added(line.reasons, reason),
            (*line.reading, *reading),
        )
    return {document: tuple(lines.values()) for document, lines in found.items()}


def _added(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if not value or value in values else (*values, value)
