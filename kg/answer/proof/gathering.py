"""Puts the parts of a proof together: its statements, and the weakest of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.answer.proof.model import Absence, Part, Proof
from kg.answer.proof.tables import Tables


def gathered(
    tables: Tables, claim: str, parts: Iterable[Part], absences: Sequence[Absence]
) -> Proof:
    """A proof from its parts, with the statements among its premises, the weakest first."""
    parts = tuple(parts)
    premises = tuple(dict.fromkeys(_premises(tables, parts)))
    notes = tables.notes.statements
    ordered = sorted(premises, key=lambda each: (notes[each].strength, each))
    return Proof(
        claim=claim,
        parts=parts,
        absences=tuple(absences),
        statements=tuple(ordered),
        strength=notes[ordered[0]].modality if ordered else "",
    )


def _premises(tables: Tables, parts: Iterable[Part]) -> Iterator[str]:
    """One statement for each axiom that documents state: the one brought in, or the strongest.

    Each statement of an axiom carries it alone, so the others are no premises.
    """
    parts = tuple(parts)
    chosen = {part.statement for part in parts if part.statement}
    notes = tables.notes.statements
    yield from (part.statement for part in parts if part.statement)
    for axiom in dict.fromkeys(each for part in parts for each in part.axioms):
        stated = tables.axioms[axiom].statements
        if stated and chosen.isdisjoint(stated):
            yield max(stated, key=lambda each: notes[each].strength)
