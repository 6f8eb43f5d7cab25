"""The places of a document looked up in a reader's copy: by digest, by path, by offset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Literal

from kg.model.statements.model import Claim, Place
from kg.model.statements.reader import Copy, agrees
from kg.model.statements.text import cited

Match = Literal["digest", "path", "offset", "nothing"]
"""What led to a line. Only a digest proves the sentence; path and offset say where to look."""


@dataclass(frozen=True, slots=True)
class Located:
    """What a copy says about the place of one statement."""

    claim: Claim
    place: Place
    by: Match
    line: int = 0
    """The line that the match leads to; 0 where nothing does."""
    start: int = 0
    end: int = 0
    printed: tuple[int, ...] = ()
    """The citation numbers that the line prints."""

    @property
    def recited(self) -> bool:
        """Whether the sentence cites other numbers than the graph says."""
        return self.found and {*self.printed} != {each.number for each in self.claim.pointers}

    @property
    def found(self) -> bool:
        """Whether the sentence itself was found."""
        return self.by == "digest"

    @property
    def moved(self) -> bool:
        """Whether the sentence stands elsewhere than the graph says."""
        here = (self.line, self.start, self.end)
        return self.found and here != (self.place.line, self.place.start, self.place.end)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a folder of texts says about one document; no copy where none is of it."""

    document: str
    title: str
    located: tuple[Located, ...]
    copy: Copy | None = None
    same: bool = False
    """Whether the copy is the very version that was read."""


def visit(claims: Iterable[Claim], copies: Sequence[Copy]) -> tuple[Visit, ...]:
    """Every document of some statements with the copy of it, and where each sentence stands."""
    groups: dict[str, list[tuple[Claim, Place]]] = {}
    for claim in claims:
        if claim.place is not None:
            groups.setdefault(claim.place.document, []).append((claim, claim.place))
    return tuple(_visit(document, placed, copies) for document, placed in groups.items())


def _visit(document: str, placed: list[tuple[Claim, Place]], copies: Sequence[Copy]) -> Visit:
    places = [place for _, place in placed]
    copy = _copy_of(places, copies)
    title = places[0].title
    if copy is None:
        missed = tuple(Located(claim, place, "nothing") for claim, place in placed)
        return Visit(document, title, missed)
    located = tuple(_locate(claim, place, places, copy) for claim, place in placed)
    return Visit(document, title, located, copy, same=copy.digest == places[0].document_digest)


def _copy_of(places: Sequence[Place], copies: Sequence[Copy]) -> Copy | None:
    """The version that was read; without it the copy that holds most of the sentences."""
    for copy in copies:
        if copy.digest == places[0].document_digest:
            return copy
    best = max(copies, key=lambda copy: _count(places, copy), default=None)
    return best if best is not None and _count(places, best) else None


def _count(places: Iterable[Place], copy: Copy) -> int:
    return sum(bool(copy.finds(place)) for place in places)


def _locate(claim: Claim, place: Place, places: Sequence[Place], copy: Copy) -> Located:
    found = copy.finds(place)
    if found:
        expected = place.line + _shift(places, copy)
        nearest = min(found, key=lambda line: abs(line - expected))
        line = place.line if agrees(copy, place) and place.line in found else nearest
        return _at(claim, place, "digest", line, copy)
    for by, line in _guesses(place, places, copy):
        return _at(claim, place, by, line, copy)
    return Located(claim, place, "nothing")


def _at(claim: Claim, place: Place, by: Match, line: int, copy: Copy) -> Located:
    start, end = copy.span(line)
    printed = cited(copy.lines[line - 1], place.highest)
    return Located(claim, place, by, line, start, end, printed)


def _shift(places: Sequence[Place], copy: Copy) -> int:
    """By how many lines most sentences moved."""
    moves = [found[0] - each.line for each in places if len(found := copy.finds(each)) == 1]
    return median_low(moves) if moves else 0


def _guesses(place: Place, places: Sequence[Place], copy: Copy) -> Iterator[tuple[Match, int]]:
    """Where a sentence that changed would stand: beside its neighbours, or where it stood."""
    section = [each for each in places if each.section == place.section]
    near = sorted(section, key=lambda each: abs(each.line - place.line))
    for each in near:
        found = copy.finds(each)
        if len(found) == 1:
            line = place.line + found[0] - each.line
            if line in copy.filled:
                yield "path", line
            break
    line_at = copy.line_at(place.start)
    if line_at is not None:
        yield "offset", line_at
