"""An article as it lies on a curator's desk: its file, its places, and what became of its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from msgspec import UNSET

from kg.articles.article import ARTICLES, lines_of, open_article
from kg.articles.places import Place, places_path, read_places
from kg.articles.records import ArticleFile, Record
from kg.articles.source import Written
from kg.curate.reports import open_sources
from kg.model.citations import CitationStyle, style_named
from kg.model.copies import Copy, Coverage, Line, read_copies
from kg.model.errors import UsageError
from kg.model.rdf import read_sources
from kg.model.statements import DOCUMENT_NAME, short_id
from kg.store.queries import shipped_rows

DRAFT: Final = "draft of a machine, which nobody has signed"
"""Why a draft stands behind no answer."""
_NAME: Final = re.compile(DOCUMENT_NAME)
"""Letters only: a statement is named by its document and digits."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One record and its place in the file."""

    record: Record
    line: int
    """The line of the text that it stands on; 0 where it names none."""
    keys: tuple[str | int, ...]

    @property
    def name(self) -> str:
        """Its id."""
        return self.record.id

    @property
    def is_draft(self) -> bool:
        """Whether a machine wrote it and no person has signed it."""
        return self.record.draft is not UNSET and self.record.signed is UNSET


@dataclass(frozen=True)
class Desk:
    """The file of one article, and its table of places."""

    written: Written = field(repr=False)
    file: ArticleFile = field(repr=False)
    places: Mapping[int, Place] = field(repr=False)

    @property
    def id(self) -> str:
        """Name of the document."""
        return self.file.document.id

    @property
    def path(self) -> Path:
        """Where the file stands."""
        return self.written.path

    @property
    def digest(self) -> str:
        """The digest of the text that was added."""
        return self.file.document.digest

    @property
    def style(self) -> CitationStyle | None:
        """How the text prints its citation numbers, where the file says it."""
        return style_named(self.file.document.citation_style)

    @cached_property
    def records(self) -> tuple[Drawn, ...]:
        """The records of the file, in its order."""
        return tuple(
            Drawn(record, _line_of(record), ("statements", place, "records", number))
            for place, group in enumerate(self.file.statements)
            for number, record in enumerate(group.records)
        )

    @cached_property
    def aside(self) -> Mapping[int, str]:
        """Why each line is set aside."""
        return {line: why for key, why in self.file.set_aside.items() for line in lines_of(key)}

    @cached_property
    def declared(self) -> int:
        """The highest citation number that the file speaks of; 0 where it speaks of none."""
        return max((n for key in self.file.citations for n in lines_of(key)), default=0)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that the file speaks of, in order."""
        on: dict[int, list[Drawn]] = {}
        for each in self.records:
            on.setdefault(each.line, []).append(each)
        return tuple(self._line(each, on.get(each, [])) for each in sorted({*on, *self.aside}))

    def cover(self, copy: Copy) -> Coverage:
        """What became of each line of a copy, by the file alone."""
        return Coverage(
            document=self.id,
            title=self.file.document.short_title,
            digest=self.digest,
            total=0,
            encoded=len(self.records),
            lines=self.lines,
            copy=copy.name,
            filled=copy.filled,
        )

    def _line(self, number: int, on: list[Drawn]) -> Line:
        return Line(
            number,
            tuple(each.name for each in on),
            (self.aside[number],) if number in self.aside else (),
            tuple((each.name, why) for each in on if (why := _reading(each))),
        )


def _line_of(record: Record) -> int:
    text = str(record.says.get("line", ""))
    return int(text) if text.isdecimal() else 0


def _reading(each: Drawn) -> str:
    """Why a statement stands behind no answer; empty where it may."""
    return DRAFT if each.is_draft else each.record.says_nothing_for_answers


def article_path(folder: Path, name: str) -> Path:
    """Where the file of an article stands; UsageError for what cannot be a name."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a document; wanted letters, the first a capital, such as C."
        )
    return folder / ARTICLES / f"{name}.yaml"


def read_desk(folder: Path, name: str) -> Desk:
    """The article of a name; UsageError where it was not added."""
    path = article_path(folder, name)
    if not path.is_file():
        raise UsageError(f"{path} does not exist; `kg source add FILE --id {name}` makes it.")
    return read_file(path)


def read_file(path: Path) -> Desk:
    """The article of a file; SourceSyntaxError, with file and line, for what is no article."""
    written, file = open_article(path)
    return Desk(written, file, read_places(places_path(path)))


def find_copy(desk: Desk, texts: Path) -> Copy:
    """The copy of the document in a folder of texts, known by its digest."""
    for copy in read_copies(texts):
        if copy.digest == desk.digest:
            return copy
    raise UsageError(
        f"no file in {texts} is document {desk.id}: none has the digest {desk.digest} that "
        f"{desk.path} names."
    )


# ── What became of each line ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Account:
    """The lines of a text, and the statements on which no answer rests."""

    coverage: Coverage
    drafts: int
    """Statements that a machine wrote and nobody has signed."""
    idle: tuple[str, ...]
    """Statements that do nothing in the graph, and do not say why."""

    @property
    def waiting(self) -> tuple[int, ...]:
        """The lines that carry such statements, or kept ones, and no other."""
        idle = {*self.idle}
        return tuple(
            line.number
            for line in self.coverage.carrying
            if not line.is_kept
            if {*line.statements} <= idle | {each for each, _ in line.reading}
        )

    @property
    def complete(self) -> bool:
        """Whether every line and every statement is accounted for."""
        return self.coverage.complete and not self.idle


def account_of(folder: Path, name: str, texts: Path) -> Account:
    """The account of an article, with the copy in a folder of texts."""
    desk = read_desk(folder, name)
    reading = {each for line in desk.lines for each, _ in line.reading}
    names = [each.name for each in desk.records if each.name not in reading]
    doing = _doing(folder) if names else frozenset()
    return Account(
        coverage=desk.cover(find_copy(desk, texts)),
        drafts=sum(each.is_draft for each in desk.records),
        idle=tuple(each for each in names if each not in doing),
    )


def _doing(folder: Path) -> frozenset[str]:
    """The statements that carry an axiom, agree with one, or are linked with another."""
    store = open_sources(read_sources(folder), folder)
    rows = shipped_rows(store, "report/reached-statements").texts()
    return frozenset(short_id(row["statement"]) for row in rows if "role" in row)
