"""Fills in what a text says of the place of each statement, and leaves a curator's words alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.articles.places import Place, places_path, write_places
from kg.curate.sources.desk import Desk, Drawn
from kg.curate.sources.outline import Outline, OutlineEntry, read_outline
from kg.curate.sources.writing import add_entries, yaml_text
from kg.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Filling:
    """The two files after filling, and what was written into them."""

    article_text: str
    """The file of the article: as it was, with lines set aside where that was asked for."""
    places_text: str
    statements: int
    places: tuple[int, ...]
    """Lines that had no place before."""
    pointers: tuple[int, ...]
    """Citation numbers that stand on no other line of the table so far."""
    set_aside: tuple[int, ...]


def fill_places(
    desk: Desk, text: str, *, set_aside: bool = False, reasons: Mapping[int, str] | None = None
) -> Filling:
    """The table of places that the text gives, and the lines that are set aside.

    A row that is there stays as it is while its sentence is the same, so filling twice changes
    nothing. Lines are set aside for the reasons given, and with `set_aside` also those that the
    outline takes for no statement.
    """
    outline = read_outline(text, declared=desk.declared, style=desk.style)
    wanted = sorted({_entry(desk, outline, each).number for each in desk.records})
    found = {line: _place(desk, outline, line) for line in wanted}
    aside = {entry.number: entry.aside for entry in outline.entries if entry.aside and set_aside}
    aside |= _check_reasons(desk, outline, wanted, reasons or {})
    aside = {line: aside[line] for line in sorted(aside.keys() - {*wanted, *desk.aside})}
    known = {number for place in desk.places.values() for number in place.cites}
    cited = {number for place in found.values() for number in place.cites}
    written = desk.path.read_text("utf-8")
    return Filling(
        article_text=add_entries(
            written, desk.path, "set aside", _grouped(aside), before="statements"
        ),
        places_text=write_places(found, desk.id, length=text.rstrip().count("\n") + 1),
        statements=len(desk.records),
        places=tuple(line for line in wanted if line not in desk.places),
        pointers=tuple(sorted(cited - known)),
        set_aside=tuple(aside),
    )


def edits_of(desk: Desk, done: Filling) -> dict[Path, str]:
    """The text of each file that filling changes."""
    return {desk.path: done.article_text, places_path(desk.path): done.places_text}


def _entry(desk: Desk, outline: Outline, each: Drawn) -> OutlineEntry:
    """The line of a record; SourceSyntaxError where it is blank, not there, or set aside."""
    keys = (*each.keys, "says", "line")
    if each.line not in outline.by_line:
        raise desk.written.error(
            f"{each.name} names line {each.line}, which is blank or not in the text of document "
            f"{desk.id}.",
            *keys,
        )
    if each.line in desk.aside:
        raise desk.written.error(
            f"line {each.line} is set aside, and {each.name} stands on it; take the one or the "
            "other away.",
            *keys,
        )
    return outline.by_line[each.line]


def _place(desk: Desk, outline: Outline, line: int) -> Place:
    """The place of a line; the one that is there where it is of the same sentence."""
    entry = outline.by_line[line]
    digest = outline.digest(entry)
    kept = desk.places.get(line)
    if kept is not None and (kept.start, kept.end, kept.digest) == (entry.start, entry.end, digest):
        return kept
    return Place(
        line=line,
        section=entry.section or "0",
        item=entry.item or "0",
        start=entry.start,
        end=entry.end,
        digest=digest,
        cites=entry.citations,
    )


def _check_reasons(
    desk: Desk, outline: Outline, wanted: Iterable[int], reasons: Mapping[int, str]
) -> Mapping[int, str]:
    """The reasons of a curator; UsageError for a line that cannot be set aside."""
    for line in reasons:
        if line not in outline.by_line:
            raise UsageError(f"line {line} is blank or not in the text of document {desk.id}.")
        if line in {*wanted}:
            raise UsageError(f"line {line} carries a statement, so it is not set aside.")
    return reasons


def _grouped(aside: Mapping[int, str]) -> dict[str, str]:
    """One entry for each reason, under its lines as `5-8, 10`."""
    lines: dict[str, list[int]] = {}
    for line, why in aside.items():
        lines.setdefault(why, []).append(line)
    return {_spell(numbers): yaml_text(why) for why, numbers in lines.items()}


def _spell(numbers: list[int]) -> str:
    """Numbers in order, with runs of them as their ends."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if run[1:] else f"{run[0]}" for run in runs)
