"""The table of places beside an article: what a machine finds of each line, one row a line.

`kg source fill` writes it out of a curator's copy of the text; nobody writes it by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.model.errors import SourceSyntaxError

COLUMNS: Final = ("line", "section", "item", "start", "end", "digest", "cites")
"""A table begins with these; `cites` are the citation numbers at the end of the line."""
_HEAD: Final = """\
# Where the statements of document {name} stand: written by `kg source fill`, not by hand.
# Characters count from 0 in the text as UTF-8, NFC, LF; the digest is of the normalised sentence.
"""
_LENGTH: Final = re.compile(r"(?m)^# The text has ([0-9]+) lines\.$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one line of a text stands, and what it cites."""

    line: int
    section: str
    """Numbers of the section, such as `1.2`; `0` for the lead."""
    item: str
    start: int
    end: int
    digest: str
    cites: tuple[int, ...] = ()


def places_path(article: Path) -> Path:
    """The table that belongs to the file of an article."""
    return article.with_suffix(".places.tsv")


def read_places(path: Path) -> dict[int, Place]:
    """The places by line; empty where there is no table, SourceSyntaxError where it is none."""
    if not path.is_file():
        return {}
    return parse_places(path.read_text("utf-8"), path)


def read_length(path: Path) -> int:
    """The number of lines that the text has, as a table tells it; 0 where none does."""
    found = _LENGTH.search(path.read_text("utf-8")) if path.is_file() else None
    return int(found[1]) if found else 0


def parse_places(text: str, path: Path) -> dict[int, Place]:
    """The places that a text lists."""
    found: dict[int, Place] = {}
    for number, row in _rows(text):
        if row == COLUMNS:
            continue
        try:
            place = _place(row)
        except ValueError:
            wanted = ", ".join(COLUMNS)
            raise SourceSyntaxError(
                f"wanted {wanted}, with tabs between; write the table with `kg source fill`.",
                path=path,
                line=number,
            ) from None
        if place.line in found:
            raise SourceSyntaxError(
                f"line {place.line} stands in the table twice.", path=path, line=number
            )
        found[place.line] = place
    return found


def write_places(
    places: Mapping[int, Place] | Iterable[Place], name: str, *, length: int = 0
) -> str:
    """The table as text, by line; the same places give the same bytes.

    `length` is the number of lines of the text, where it is known.
    """
    rows = places.values() if isinstance(places, Mapping) else places
    lines = ["\t".join(_cells(each)) for each in sorted(rows, key=lambda each: each.line)]
    head = _HEAD.format(name=name) + (f"# The text has {length} lines.\n" if length else "")
    return head + "\n".join(["\t".join(COLUMNS), *lines]) + "\n"


def _rows(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            yield number, tuple(line.split("\t"))


def _place(row: tuple[str, ...]) -> Place:
    line, section, item, start, end, digest, *cites = row
    if int(start) >= int(end):
        raise ValueError(row)
    return Place(
        line=int(line),
        section=section,
        item=item,
        start=int(start),
        end=int(end),
        digest=digest,
        cites=tuple(int(each) for each in " ".join(cites).split()),
    )


def _cells(place: Place) -> tuple[str, ...]:
    return (
        str(place.line),
        place.section,
        place.item,
        str(place.start),
        str(place.end),
        place.digest,
        " ".join(map(str, place.cites)),
    )
