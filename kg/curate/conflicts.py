"""Statements of a graph that speak of the same and say otherwise, with the links made by hand.

What is opposite, and which predicates are compared with which, stands in the ontology. What a
curator linked by hand confirms what is found, and is no premise of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from kg.curate.comparing import Compared, Pair, Said, Terms, pairs_of
from kg.model.statements import short_id
from kg.model.vocabulary import EG
from kg.store.base import Store
from kg.store.queries import shipped_rows

_DENIED: Final = str(EG.denied)
_OPPOSITE: Final = str(EG.oppositeOf)
_WORSE: Final = str(EG.worseCourseThan)
_CONVERSE: Final = str(EG.converseOf)


def find_pairs(store: Store) -> tuple[Pair, ...]:
    """Every pair of statements of a graph that speak of the same, with the links between them."""
    links: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for row in _rows(store, "links"):
        links[_ends(row["statement"], row["other"])].append(row["link"])
    return tuple(
        Pair(
            each.relation,
            each.statement,
            each.other,
            tuple(links[_ends(each.statement, each.other)]),
        )
        for each in pairs_of(read_said(store), read_terms(store))
    )


def read_said(store: Store) -> tuple[Said, ...]:
    """What the statements of a graph say, one for each pair of ends and each alert they carry."""
    measured: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(store, "measured"):
        measured[row["object"]].add(row["measured"])
    return tuple(
        _said(row, frozenset(measured.get(row["object"], ()))) for row in _rows(store, "said")
    )


def read_terms(store: Store) -> Terms:
    """What the ontology of a graph says of the terms of statements."""
    rows = tuple(_rows(store, "compared"))
    courses = tuple(_rows(store, "opposites"))
    compared = {row["predicate"]: _compared(row) for row in rows if "with" in row}
    return Terms(
        above=_above(store),
        opposites=_told(courses, _OPPOSITE),
        worse=_told(courses, _WORSE),
        compared=compared,
        by_measurement=frozenset(row["predicate"] for row in rows if "measurement" in row),
    )


def _told(rows: Iterable[Mapping[str, str]], how: str) -> frozenset[frozenset[str]]:
    """The pairs of terms that are related in one way."""
    return frozenset(frozenset((row["one"], row["other"])) for row in rows if row["how"] == how)


def _compared(row: Mapping[str, str]) -> Compared:
    how = row["how"]
    return Compared(row["with"], is_converse=how == _CONVERSE, is_opposite=how == _OPPOSITE)


def _ends(one: str, other: str) -> frozenset[str]:
    return frozenset((short_id(one), short_id(other)))


def _said(row: Mapping[str, str], measured: frozenset[str]) -> Said:
    return Said(
        id=short_id(row["statement"]),
        subject=row["subject"],
        predicate=row["predicate"],
        object=row["object"],
        context=row["context"],
        opposed=(row["polarity"] == _DENIED) != ("against" in row),
        is_finding="finding" in row,
        kind=row["kind"],
        analyte=row.get("analyte", ""),
        direction=row.get("direction", ""),
        frequency=row.get("frequency", ""),
        grade=row.get("grade", ""),
        limit=(row.get("low", ""), row.get("high", ""), row.get("unit", "")),
        measured=measured,
        carries=row.get("carries", ""),
        strength=int(row.get("strength", "0")),
    )


def _above(store: Store) -> Mapping[str, Collection[str]]:
    """The kinds above each term, near and far."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(store, "kinds-of-kinds"):
        found[row["class"]].add(row["above"])
    return found


def _rows(store: Store, name: str) -> Iterator[Mapping[str, str]]:
    return shipped_rows(store, f"report/{name}").texts()
