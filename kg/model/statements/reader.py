"""The reader's own copies of documents, and the check of a place against them.

No sentence is in the graph. A place holds the line, the characters and the digest of the sentence,
so whoever has the document finds the sentence, and is told which of the three agreed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.model.errors import UsageError
from kg.model.statements.model import Place
from kg.model.statements.text import as_text, ni, normalised, span


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
        return _sentences(self.text, place.highest).get(place.digest, ())

    def span(self, line: int) -> tuple[int, int]:
        """The characters of the sentence on a line."""
        before = sum(len(each) + 1 for each in self.lines[: line - 1])
        start, end = span(self.lines[line - 1])
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
    return tuple(Copy(name, ni(raw), as_text(raw)) for name, raw in copies(folder))


def check(place: Place, texts: Path) -> Check:
    """Look for the sentence in a folder of texts; the document is known by its digest."""
    found = read_copies(texts)
    same = [copy for copy in found if copy.digest == place.document_digest]
    for copy in same or found:
        if same or copy.finds(place):
            return _check(place, copy)
    return Check()


def agrees(copy: Copy, place: Place) -> bool:
    """Whether the characters of a place are its sentence in a copy."""
    sentence = normalised(copy.text[place.start : place.end], place.highest)
    return ni(sentence.encode()) == place.digest


def _check(place: Place, copy: Copy) -> Check:
    found = copy.finds(place)
    at = place.line if place.line in found else next(iter(found), None)
    return Check(
        file=copy.name,
        same_document=copy.digest == place.document_digest,
        line_agrees=place.line in found,
        characters_agree=agrees(copy, place),
        found_at=found,
        sentence=normalised(copy.lines[at - 1], place.highest) if at else "",
    )


def copies(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The name and the content of every file of a folder that may be a text."""
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
def _sentences(text: str, highest: int) -> Mapping[str, tuple[int, ...]]:
    """The lines of each sentence of a text, by digest."""
    found: dict[str, tuple[int, ...]] = {}
    for number, line in enumerate(_lines(text), 1):
        if line.strip():
            digest = ni(normalised(line, highest).encode())
            found[digest] = (*found.get(digest, ()), number)
    return found
