"""The reader's own copies of documents: places looked up in them, and lines that are accounted for.

No sentence is in the graph. A place holds the line, the characters and the digest of the sentence,
so whoever has the document finds the sentence, and is told which of the three agreed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from statistics import median_low
from typing import Final, Literal

from kg.model.citations import CitationStyle, find_citations
from kg.model.errors import UsageError
from kg.model.statements import (
    Place,
    Statement,
    decode_text,
    digest_of,
    find_sentence,
    normalise_sentence,
)


@dataclass(frozen=True, slots=True)
class Copy:
    """One file of the reader, as text."""

    name: str
    digest: str
    text: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines, of which the first is number 1."""
        return _lines(self.text)

    def finds(self, place: Place) -> tuple[int, ...]:
        """The lines whose sentence has the digest of a place."""
        return _sentences(self.text, place.highest, place.style).get(place.digest, ())

    def span(self, line: int) -> tuple[int, int]:
        """The characters of the sentence on a line."""
        before = sum(len(each) + 1 for each in self.lines[: line - 1])
        start, end = find_sentence(self.lines[line - 1])
        return before + start, before + end

    def line_at(self, offset: int) -> int | None:
        """The line of a character, if it is on one that is not blank."""
        if not 0 <= offset < len(self.text):
            return None
        line = self.text.count("\n", 0, offset) + 1
        return line if self.lines[line - 1].strip() else None

    @property
    def filled(self) -> tuple[int, ...]:
        """The lines that are not blank."""
        return tuple(number for number, line in enumerate(self.lines, 1) if line.strip())


@dataclass(frozen=True, slots=True)
class Check:
    """What a reader's copy says about the place of a statement."""

    file: str = ""
    """Name of the file with the document, or with the sentence; empty where none was found."""
    same_document: bool = False
    """Whether the file is the very version that was read."""
    line_agrees: bool = False
    characters_agree: bool = False
    found_at: tuple[int, ...] = ()
    """Lines whose sentence has the digest."""
    sentence: str = ""
    """The sentence, for display only; empty where no digest agrees."""


_LARGEST: Final = 5_000_000
"""Articles are smaller; larger files in the folder are passed over."""


def read_copies(folder: Path) -> tuple[Copy, ...]:
    """Every file of a folder that may be an article; UsageError where there is no folder."""
    return tuple(Copy(name, digest_of(raw), decode_text(raw)) for name, raw in _read_raw(folder))


def check_place(place: Place, texts: Path) -> Check:
    """Look for the sentence in a folder of texts; the document is known by its digest."""
    found = read_copies(texts)
    same = [copy for copy in found if copy.digest == place.document_digest]
    for copy in same or found:
        if same or copy.finds(place):
            return _check(place, copy)
    return Check()


def agrees(copy: Copy, place: Place) -> bool:
    """Whether the characters of a place are its sentence in a copy."""
    sentence = _sentence_at(copy.text[place.start : place.end], place)
    return digest_of(sentence.encode()) == place.digest


def _sentence_at(line: str, place: Place) -> str:
    return normalise_sentence(line, place.highest, place.style)


def _check(place: Place, copy: Copy) -> Check:
    found = copy.finds(place)
    at = place.line if place.line in found else next(iter(found), None)
    return Check(
        file=copy.name,
        same_document=copy.digest == place.document_digest,
        line_agrees=place.line in found,
        characters_agree=agrees(copy, place),
        found_at=found,
        sentence=_sentence_at(copy.lines[at - 1], place) if at else "",
    )


def _read_raw(folder: Path) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder with texts.")
    for path in sorted(folder.iterdir()):
        try:
            if path.is_file() and path.stat().st_size <= _LARGEST:
                yield path.name, path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


@lru_cache(maxsize=64)
def _sentences(text: str, highest: int, style: CitationStyle) -> Mapping[str, tuple[int, ...]]:
    """The lines of each sentence of a text, by digest."""
    found: dict[str, tuple[int, ...]] = {}
    for number, line in enumerate(_lines(text), 1):
        if line.strip():
            digest = digest_of(normalise_sentence(line, highest, style).encode())
            found[digest] = (*found.get(digest, ()), number)
    return found


# ── All places of a document ──────────────────────────────────────────────────────────────────


Match = Literal["digest", "path", "offset", "nothing"]
"""What led to a line. Only a digest proves the sentence; path and offset say where to look."""


@dataclass(frozen=True, slots=True)
class Located:
    """What a copy says about the place of one statement."""

    statement: Statement
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
        return self.found and {*self.printed} != {each.number for each in self.statement.citations}

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


def visit_documents(statements: Iterable[Statement], copies: Sequence[Copy]) -> tuple[Visit, ...]:
    """Every document of some statements with the copy of it, and where each sentence stands."""
    groups: dict[str, list[tuple[Statement, Place]]] = {}
    for statement in statements:
        if statement.place is not None:
            groups.setdefault(statement.place.document, []).append((statement, statement.place))
    return tuple(_visit(document, placed, copies) for document, placed in groups.items())


def _visit(document: str, placed: list[tuple[Statement, Place]], copies: Sequence[Copy]) -> Visit:
    places = [place for _, place in placed]
    copy = _copy_of(places, copies)
    title = places[0].title
    if copy is None:
        missed = tuple(Located(statement, place, "nothing") for statement, place in placed)
        return Visit(document, title, missed)
    located = tuple(_locate(statement, place, places, copy) for statement, place in placed)
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


def _locate(statement: Statement, place: Place, places: Sequence[Place], copy: Copy) -> Located:
    found = copy.finds(place)
    if found:
        expected = place.line + _shift(places, copy)
        nearest = min(found, key=lambda line: abs(line - expected))
        line = place.line if agrees(copy, place) and place.line in found else nearest
        return _at(statement, place, "digest", line, copy)
    for by, line in _guesses(place, places, copy):
        return _at(statement, place, by, line, copy)
    return Located(statement, place, "nothing")


def _at(statement: Statement, place: Place, by: Match, line: int, copy: Copy) -> Located:
    start, end = copy.span(line)
    printed = find_citations(copy.lines[line - 1], place.highest, place.style)
    return Located(statement, place, by, line, start, end, printed)


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


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is spoken of: with statements, or with the reason why without."""

    number: int
    statements: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it is set aside."""
    reading: tuple[tuple[str, str], ...] = ()
    """The statements that stand behind no answer, each with the reason why."""

    @property
    def is_kept(self) -> bool:
        """Whether it is kept as reading: each of its statements stands behind no answer."""
        return bool(self.statements) and len(self.reading) == len(self.statements)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of the lines of one document."""

    document: str
    title: str
    digest: str
    total: int
    """How many statements the document makes, as its description says; 0 where it does not."""
    encoded: int
    lines: tuple[Line, ...]
    """The lines that are spoken of, in order."""
    copy: str = ""
    """The copy of this very version whose lines are counted; empty where there is none."""
    filled: tuple[int, ...] = ()
    """The lines of the copy that are not blank."""

    @property
    def carrying(self) -> tuple[Line, ...]:
        """The lines with statements."""
        return tuple(line for line in self.lines if line.statements)

    @property
    def kept(self) -> dict[str, tuple[int, ...]]:
        """The lines that are kept as reading, by reason."""
        found: dict[str, tuple[int, ...]] = {}
        for line in self.lines:
            for why in dict.fromkeys(why for _, why in line.reading if line.is_kept):
                found[why] = (*found.get(why, ()), line.number)
        return found

    @property
    def aside(self) -> dict[str, tuple[int, ...]]:
        """The lines set aside, by reason."""
        found: dict[str, tuple[int, ...]] = {}
        for line in self.lines:
            for reason in line.reasons:
                found[reason] = (*found.get(reason, ()), line.number)
        return found

    @property
    def open(self) -> tuple[int, ...]:
        """The lines that nobody has accounted for: of the copy, or of those spoken of."""
        known = self._numbers(lambda line: bool(line.statements or line.reasons))
        wanted = self.filled if self.copy else self._numbers(lambda _: True)
        return tuple(number for number in wanted if number not in known)

    @property
    def both(self) -> tuple[int, ...]:
        """The lines with a statement that are set aside too: one of the two is wrong."""
        return self._numbers(lambda line: bool(line.statements and line.reasons))

    @property
    def nowhere(self) -> tuple[int, ...]:
        """The lines spoken of that the copy does not have, or has blank."""
        return self._numbers(lambda line: bool(self.copy) and line.number not in self.filled)

    @property
    def complete(self) -> bool:
        """Whether every line is accounted for once, and no other line is named."""
        return not (self.open or self.both or self.nowhere)

    def _numbers(self, wanted: Callable[[Line], bool]) -> tuple[int, ...]:
        return tuple(line.number for line in self.lines if wanted(line))


def count_lines(coverage: Coverage, copies: Sequence[Copy]) -> Coverage:
    """The coverage with the lines of the copy of this very version, where one is there."""
    for copy in copies:
        if copy.digest == coverage.digest:
            return replace(coverage, copy=copy.name, filled=copy.filled)
    return coverage
