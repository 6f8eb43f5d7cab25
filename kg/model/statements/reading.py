"""Statements read from a graph: one by its id, several at once, or all of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.model.errors import UnknownTermError
from kg.model.statements.model import Claim, Place, Pointer, Qualifier, Withdrawal, short
from kg.model.vocabulary import (
    EG_BACKGROUND_STATEMENT,
    IRI,
    PREFIXES,
    PROV_WAS_INVALIDATED_BY,
    RDF_TYPE,
    RDFS_LABEL,
    Literal,
    Term,
    compact,
    eg,
    expand,
)
from kg.store.base import Rows, Store
from kg.store.queries import shipped_rows

_NOT_SHOWN: Final = frozenset(
    {RDF_TYPE, RDFS_LABEL, PROV_WAS_INVALIDATED_BY, expand("rdfs:isDefinedBy")}
    | {eg("region"), eg("line"), eg("cites"), eg("inDocument")}
)
_FIRST: Final = (
    RDF_TYPE,
    *map(eg, ("subject", "predicate", "object", "context", "population", "polarity", "modality")),
)
_LAST: Final = (
    eg("evidenceType"),
    expand("biolink:knowledge_level"),
    expand("biolink:agent_type"),
)


def statement_iri(name: str, store: Store) -> IRI:
    """The IRI of a statement by its id, name with prefix or IRI; UnknownTermError if none."""
    known = [term for (term,) in shipped_rows(store, "ask/statement_ids") if isinstance(term, IRI)]
    by_id = {short(iri).casefold(): iri for iri in known}
    text = name.strip()
    if text.casefold() in by_id:
        return by_id[text.casefold()]
    if text in known or (":" in text and _expanded(text) in known):
        return IRI(_expanded(text))
    from difflib import get_close_matches

    near = get_close_matches(text.casefold()[:100], by_id, n=4, cutoff=0.5)
    raise UnknownTermError(
        f"there is no statement {text[:60]!r}.", suggestions=[short(by_id[each]) for each in near]
    )


def read_claim(store: Store, statement: IRI) -> Claim:
    """One statement of the graph."""
    return next(iter(read_claims(store, [statement])))


def read_claims(store: Store, statements: Sequence[IRI]) -> tuple[Claim, ...]:
    """Statements of the graph, in the order given."""
    if not statements:
        return ()
    said = _grouped(shipped_rows(store, "ask/statement", statement=statements))
    places = _grouped(shipped_rows(store, "ask/place", statement=statements))
    pointers = _grouped(shipped_rows(store, "ask/pointers", statement=statements))
    gone = read_withdrawals(store)
    return tuple(
        _claim(
            iri, said.get(iri, []), places.get(iri, []), pointers.get(iri, []), gone.get(short(iri))
        )
        for iri in statements
    )


def read_withdrawals(store: Store) -> dict[str, Withdrawal]:
    """The withdrawals of a graph, by the id of the statement."""
    return {
        short(iri): Withdrawal(
            reason=_plain(rows[0].get("reason")),
            date=_plain(rows[0].get("date")),
            agents=tuple(dict.fromkeys(_named(row["agent"]) for row in rows if "agent" in row)),
        )
        for iri, rows in _grouped(shipped_rows(store, "ask/withdrawals")).items()
    }


def statements_of(store: Store, document: IRI) -> tuple[IRI, ...]:
    """The statements of a document in the order of its text."""
    rows = shipped_rows(store, "ask/statements_of", document=[document])
    return tuple(dict.fromkeys(term for term, _ in rows if isinstance(term, IRI)))


# ── Reading rows ────────────────────────────────────────────────────────────────────────────


def _grouped(rows: Rows) -> dict[IRI, list[dict[str, Term]]]:
    groups: dict[IRI, list[dict[str, Term]]] = {}
    for record in rows.records():
        statement = record.get("statement")
        if isinstance(statement, IRI):
            groups.setdefault(statement, []).append(record)
    return groups


def _claim(
    iri: IRI,
    said: Sequence[dict[str, Term]],
    places: Sequence[dict[str, Term]],
    pointers: Sequence[dict[str, Term]],
    withdrawal: Withdrawal | None,
) -> Claim:
    identifier = short(iri)
    types = [_plain(row["value"]) for row in said if row["property"] == RDF_TYPE]
    label = next((_plain(row["value"]) for row in said if row["property"] == RDFS_LABEL), "")
    return Claim(
        id=identifier,
        iri=iri,
        text=label.removeprefix(f"{identifier} "),
        qualifiers=tuple(_qualifiers(said)),
        pointers=tuple(_pointers(pointers)),
        place=_place(places[0]) if places else None,
        background=EG_BACKGROUND_STATEMENT in types,
        withdrawal=withdrawal,
    )


def _qualifiers(said: Iterable[dict[str, Term]]) -> Iterator[Qualifier]:
    groups: dict[IRI, list[dict[str, Term]]] = {}
    for row in said:
        property_ = row["property"]
        if isinstance(property_, IRI) and (property_ not in _NOT_SHOWN or _is_kind(row)):
            groups.setdefault(property_, []).append(row)
    for property_, rows in sorted(groups.items(), key=lambda item: _rank(item[0])):
        name = "kind" if property_ == RDF_TYPE else _plain(rows[0].get("name")) or _local(property_)
        values = (_plain(row.get("value_name")) or _named(row["value"]) for row in rows)
        yield Qualifier(property_, name, tuple(dict.fromkeys(values)))


def _rank(property_: IRI) -> tuple[int, int]:
    """What a statement says, then its qualifiers, then how it was made."""
    if property_ in _FIRST:
        return 0, _FIRST.index(property_)
    return (2, _LAST.index(property_)) if property_ in _LAST else (1, 0)


def _local(iri: IRI) -> str:
    return re.split(r"[/#]", iri)[-1].replace("_", " ")


def _named(term: Term) -> str:
    return compact(term) if isinstance(term, IRI) else _plain(term)


def _is_kind(row: dict[str, Term]) -> bool:
    return row["property"] == RDF_TYPE and _plain(row["value"]).startswith(PREFIXES["eg"])


def _pointers(rows: Iterable[dict[str, Term]]) -> Iterator[Pointer]:
    for row in rows:
        yield Pointer(
            int(_plain(row["number"])),
            _plain(row["status"]),
            *(_plain(row.get(name)) for name in ("reference", "method", "confidence")),
        )


def _place(row: dict[str, Term]) -> Place:
    def text(name: str) -> str:
        return _plain(row.get(name))

    return Place(
        document=short(text("document")),
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
    )


def _plain(term: Term | None) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, Literal) else str(term)


def _expanded(name: str) -> str:
    try:
        return expand(name)
    except UnknownTermError:
        return ""
