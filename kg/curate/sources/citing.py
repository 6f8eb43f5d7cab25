"""How a text cites: the style of its numbers, chosen by a curator or else recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.model.citations import CitationStyle, Usage, find_citations, measure, recognise

REFERENCE_HEADING: Final = re.compile(
    r"^(references?|bibliography|sources|literature|works cited|reference list)\s*:?$",
    re.IGNORECASE,
)
NUMBERED: Final = re.compile(r"^\s*(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)])\s+")
"""The number in front of an entry of a reference list."""


@dataclass(frozen=True, slots=True)
class Citing:
    """The style in which a text is read, and what else it might be."""

    style: CitationStyle
    highest: int
    """The highest number that counts: a larger one belongs to the sentence."""
    chosen: bool
    """Whether a curator chose the style; else it was recognised."""
    found: tuple[Usage, ...]
    """The styles that the text prints, the likeliest first."""

    def numbers(self, line: str) -> tuple[int, ...]:
        """The citation numbers of a line."""
        return find_citations(line, self.highest, self.style)


def read_citing(text: str, *, declared: int = 0, style: CitationStyle | None = None) -> Citing:
    """The citation style of a text; `declared` is the highest number that its file has."""
    lines = text.split("\n")
    cut = next((at for at, each in enumerate(lines) if _opens_references(each)), len(lines))
    listed = _listed(lines[cut:])
    found = recognise(lines[:cut], declared=declared, listed=listed)
    best = style or (found[0].style if found else CitationStyle.PLAIN)
    usage = measure(lines[:cut], best, declared=declared, listed=listed)
    return Citing(best, max(usage.highest, declared), style is not None, found)


def _opens_references(line: str) -> bool:
    return REFERENCE_HEADING.match(line.strip("#*: \t")) is not None


def _listed(lines: Sequence[str]) -> int:
    """The highest number of a list that counts on from 1."""
    highest = 0
    for number in _numbers(lines):
        highest = number if number == highest + 1 else highest
    return highest


def _numbers(lines: Sequence[str]) -> Iterator[int]:
    for found in filter(None, map(NUMBERED.match, lines)):
        yield int(next(filter(None, found.groups())))
