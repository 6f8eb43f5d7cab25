"""Everything the graph says of one term: names, codes, parents, statements, arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.model.shown import Shown
from kg.model.statements import short_id
from kg.model.terms import Entry
from kg.model.vocabulary import EG, IRI, PREFIXES, RDFS, SKOS
from kg.store.base import Rows, Store
from kg.store.named import Named
from kg.store.queries import shipped_rows

_MATCHES: Final[Mapping[str, str]] = {
    SKOS.exactMatch: "exact",
    SKOS.closeMatch: "close",
    SKOS.narrowMatch: "narrower",
    SKOS.broadMatch: "broader",
    SKOS.relatedMatch: "related",
    EG.recordedAs: "recorded as",
    EG.askedBy: "asked by",
    EG.deniedBy: "denied by",
    EG.noMatch: "not",
}
_ROLES: Final = ("rule", "statement", "corroboration", "background")


@dataclass(frozen=True, slots=True)
class Code:
    """A code of another terminology, and how it relates to the term."""

    code: str
    match: str
    name: str
    iri: str


@dataclass(frozen=True, slots=True)
class Parent:
    """A class that the term is a kind of, stated by hand or found by the reasoner."""

    iri: str
    label: str
    asserted: bool


@dataclass(frozen=True, slots=True)
class TermStatement:
    """A statement about the term."""

    id: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class TermArgument:
    """A finding that speaks for or against the term as a cause, and what that rests on."""

    direction: str
    finding: str
    inferred: bool
    premises: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids by role: rule, statement, corroboration, background."""


@dataclass(frozen=True, slots=True)
class TermCard(Shown):
    """Everything that is said of one term."""

    iri: str
    label: str
    kind: str
    definition: str
    notes: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    parents: tuple[Parent, ...] = ()
    statements: tuple[TermStatement, ...] = ()
    arguments: tuple[TermArgument, ...] = ()
    units: tuple[str, ...] = ()


def read_card(store: Store, entry: Entry | Named) -> TermCard:
    """What the graph says of a term of the lexicon, or of another thing that has a name."""
    said = list(shipped_rows(store, "ask/term", term=[entry.iri]).texts())
    abbreviations = _values(said, EG.abbreviation)
    return TermCard(
        iri=entry.iri,
        label=entry.label,
        kind=str(entry.kind),
        definition=next(iter(_values(said, SKOS.definition)), ""),
        notes=_values(said, SKOS.note),
        abbreviations=abbreviations,
        synonyms=tuple(n for n in _values(said, SKOS.altLabel) if n not in abbreviations),
        codes=_codes(said),
        parents=_parents(said, entry.iri),
        statements=_statements(shipped_rows(store, "ask/statements_about", term=[entry.iri])),
        arguments=_arguments(shipped_rows(store, "ask/term_arguments", term=[entry.iri])),
        units=entry.units,
    )


def _values(said: Iterable[Mapping[str, str]], property_: IRI) -> tuple[str, ...]:
    found = (row["value"] for row in said if row["property"] == property_)
    return tuple(dict.fromkeys(found))


def _codes(said: Iterable[Mapping[str, str]]) -> tuple[Code, ...]:
    order = list(_MATCHES.values())
    found = [
        Code(row["code"], match, row.get("name", ""), row["value"])
        for row in said
        if "code" in row and (match := _MATCHES.get(row["property"]))
    ]
    return tuple(sorted(found, key=lambda code: (order.index(code.match), code.code)))


def _parents(said: Iterable[Mapping[str, str]], term: IRI) -> tuple[Parent, ...]:
    found = [
        Parent(row["value"], row["name"], row["asserted"] == "true")
        for row in said
        if row["property"] == RDFS.subClassOf and "name" in row and row["value"] != term
    ]
    own = (each for each in found if each.iri.startswith(PREFIXES["eg"]))
    return tuple(sorted(own, key=lambda each: (not each.asserted, each.label.casefold())))


def _statements(rows: Rows) -> tuple[TermStatement, ...]:
    found = []
    for row in rows.texts():
        identifier = short_id(row["statement"])
        text = row["text"].removeprefix(f"{identifier} ")
        found.append(TermStatement(identifier, row["role"], text))
    return tuple(found)


def _arguments(rows: Rows) -> tuple[TermArgument, ...]:
    groups: dict[tuple[str, str, bool], dict[str, dict[str, None]]] = {}
    for row in rows.texts():
        inferred = row["inferred"] == "true"
        key = (row["direction"], row["finding_name"], inferred)
        premises = groups.setdefault(key, {role: {} for role in _ROLES})
        premises[row["role"]][short_id(row["premise"])] = None
    return tuple(
        TermArgument(*key, {role: tuple(ids) for role, ids in premises.items()})
        for key, premises in groups.items()
    )
