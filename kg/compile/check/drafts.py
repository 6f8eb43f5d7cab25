"""Drafts of machines in the files of articles: counted, and refused where anything rests on one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import UNSET

from kg.articles.article import article_paths, open_article
from kg.model.errors import SourceSyntaxError
from kg.model.rdf import Sources
from kg.model.report import Finding, Report
from kg.model.vocabulary import PREFIXES

WAITS: Final = "draft-waits"
REACHES: Final = "draft-reaches-answer"
_SIGN: Final = "Read it against the text and write `signed: {by: …, date: …}`, or take it away."


def find_drafts(sources: Sources, folder: Path) -> Report:
    """A remark for each file with drafts, and an error for each that other files rest on.

    A draft stands in no Turtle that is made of its article, so what names it names nothing.
    """
    return Report(tuple(_found(sources.nquads, folder)))


def _found(quads: bytes, folder: Path) -> Iterator[Finding]:
    for path in article_paths(folder):
        drafts = dict(_drafts(path))
        if drafts:
            first = next(iter(drafts.values()))
            found = f"{len(drafts)} in {path.name} wait for a signature: {', '.join(drafts)}"
            yield Finding(WAITS, "info", path.stem, f"Drafts of a machine: {found}.", first, _SIGN)
        for name, place in drafts.items():
            if f"<{PREFIXES['st']}{name}>".encode() in quads:
                message = f"{name} is a draft that nobody has signed, and something rests on it."
                yield Finding(REACHES, "error", name, f"{message} {_SIGN}", place, _SIGN)


def _drafts(path: Path) -> Iterator[tuple[str, str]]:
    """The id and the place of each draft that is not signed."""
    if b"draft:" not in path.read_bytes():  # a large file without drafts is not read twice
        return
    try:
        written, file = open_article(path)
    except SourceSyntaxError:  # told where the files of articles are checked
        return
    for place, group in enumerate(file.statements):
        for number, record in enumerate(group.records):
            if record.draft is not UNSET and record.signed is UNSET:
                yield record.id, written.place("statements", place, "records", number)
