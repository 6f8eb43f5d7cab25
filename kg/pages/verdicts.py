"""How a verdict looks: a class of the style sheet, a sign and a word; never a colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from kg.answer.model import Cause, Verdict
from kg.show.groups import KNOWN


class Chip(Struct, frozen=True):
    """A verdict as a class, a sign and a word."""

    style: str
    sign: str
    word: str


CHIPS: Final[Mapping[Verdict, Chip]] = {
    Verdict.CANDIDATE: Chip("candidate", "●", "candidate"),
    Verdict.UNDETERMINED: Chip("undetermined", "?", "undetermined"),
    Verdict.ARGUED_AGAINST: Chip("against", "▽", "less likely"),
    Verdict.EXCLUDED: Chip("excluded", "✕", "excluded"),
}


def chip_of(cause: Cause) -> Chip:
    """How a cause stands; of one that is known to be there, that it is."""
    if cause.basis in KNOWN:
        return Chip("known", "✓", cause.basis.value)
    return CHIPS[cause.verdict]
