"""The articles audited by their own statements: where a later one says more than the one before.

A statement is held against each earlier one of its document that speaks of the same, as a claim is,
and against what a curator says that it rests on. What only says it in other figures, of another
measurement or of a part is no hardening, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from kg.audit.compare import departures, loosened
from kg.audit.evidence import Evidence, Stated
from kg.audit.model import Departure, Verdict
from kg.model.statements import short_id
from kg.store.base import Store
from kg.store.queries import shipped_rows

_TOLD: Final = {Verdict.POLARITY, Verdict.CONTRADICTED, Verdict.HARDENED, Verdict.SCOPE}
_OTHER_MATTER: Final = {Verdict.ANALYTE, Verdict.NOT_COVERED}


class Hardening(Struct, frozen=True):
    """A statement that says more than another one of its document."""

    document: str
    statement: str
    line: int
    says: str
    other: str
    """The earlier one, or the one that it rests on."""
    other_line: int
    other_says: str
    linked: bool
    """Whether a curator says that the one rests on the other."""
    departures: tuple[Departure, ...]


def audit_articles(store: Store, evidence: Evidence) -> tuple[Hardening, ...]:
    """Where the statements of each document say more than those that they come after or rest on."""
    places = {
        short_id(row["statement"]): (
            short_id(row["document"]),
            int(row["line"]),
        )
        for row in shipped_rows(store, "audit/places").texts()
    }
    linked = {
        (short_id(row["statement"]), short_id(row["other"]))
        for row in shipped_rows(store, "audit/resting").texts()
    }
    found = (
        _hardening(one, other, places, tuple(told), linked=(one.id, other.id) in linked)
        for one, other, told in _departed(evidence, places, linked)
        if told
    )
    return tuple(
        sorted(found, key=lambda each: (each.document, each.line, each.statement, each.other))
    )


Places = dict[str, tuple[str, int]]
"""By statement, its document and line."""


def _departed(
    evidence: Evidence, places: Places, linked: set[tuple[str, str]]
) -> Iterator[tuple[Stated, Stated, list[Departure]]]:
    """Each pair that is compared, with the departures that count."""
    for one in evidence.statements:
        for other in evidence.statements:
            document, line = places[other.id]
            rests = (one.id, other.id) in linked
            earlier = places[one.id][0] == document and line < places[one.id][1]
            if rests or earlier:
                yield one, other, _told(evidence, one, other, rests=rests)


def _told(evidence: Evidence, one: Stated, other: Stated, *, rests: bool) -> list[Departure]:
    found: Iterable[Departure] | None = departures(
        one.content, other, evidence.terms, evidence.analytes
    )
    if found is None and rests:
        found = loosened(one.content, other, evidence.terms, evidence.analytes)
    told = list(found or ())
    if any(each.verdict in _OTHER_MATTER for each in told):
        return []
    return [each for each in told if each.verdict in _TOLD]


def _hardening(
    one: Stated, other: Stated, places: Places, told: tuple[Departure, ...], *, linked: bool
) -> Hardening:
    document, line = places[one.id]
    other_line = places[other.id][1]
    return Hardening(
        document, one.id, line, one.text, other.id, other_line, other.text, linked, told
    )
