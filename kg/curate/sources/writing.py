"""Files that are changed by a command: only in a checkout, and each of them whole.

A library that writes YAML anew loses how its writer laid it out. Here lines are put in, the file is
read again, and nothing but the new entries may differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kg.articles.source import Written
from kg.model.errors import SourceSyntaxError, UsageError
from kg.model.rdf import turtle_to_nquads
from kg.model.resources import data_dir, package_dir


def check_writable(folder: Path) -> Path:
    """The folder of an ontology that may be edited; UsageError for one that is installed."""
    resolved = folder.resolve()
    if not resolved.is_dir():
        raise UsageError(f"{folder} is not a folder; wanted the ontology folder of a checkout.")
    if data_dir() != package_dir().parent and resolved.is_relative_to(package_dir().resolve()):
        raise UsageError(
            f"{folder} belongs to the installed package and is not edited; "
            "name the ontology folder of a checkout with --ontology."
        )
    return folder


def write_all(edits: Mapping[Path, str]) -> None:
    """Write every file whole; none is left half written, and none where one is no Turtle."""
    for path, text in edits.items():
        if path.suffix == ".ttl":
            turtle_to_nquads(text.encode(), path=path)
    for path, text in edits.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_bytes(text.encode())
        unfinished.replace(path)


# ── Lines put into YAML that people wrote ───────────────────────────────────────────────────────

_PLAIN: Final = re.compile(r"[A-Za-z0-9(][^\n\"'{}\[\]&*!|>%@`#]*")
_NO_PLAIN: Final = re.compile(r":(\s|$)|\s$")


def yaml_text(value: str) -> str:
    """A text as YAML: bare where nothing in it could be read otherwise, else in quotes."""
    plain = _PLAIN.fullmatch(value) and not _NO_PLAIN.search(value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def add_entries(
    text: str, path: Path, section: str, entries: Mapping[str, str], *, before: str
) -> str:
    """The text with entries at the end of a section, whose values are YAML of one line.

    A file without the section gets it in front of another. SourceSyntaxError where the section is
    written on one line, so that nothing can be put under it.
    """
    if not entries:
        return text
    written = Written.parse(text.encode(), path)
    lines = text.splitlines(keepends=True)
    if section in written.value:
        at, indent = _end_of(written, section, lines)
        added = [f"{indent}{key}: {value}\n" for key, value in entries.items()]
    else:
        at = written.key_at(before)[0] - 1 if before in written.value else len(lines)
        at = _above_comments(lines, at)
        added = [f"{section}:\n", *(f"  {key}: {value}\n" for key, value in entries.items())]
        added += ["\n"] if at < len(lines) else []
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    made = "".join([*lines[:at], *added, *lines[at:]])
    _check(made, path, written, section, entries)
    return made


def _end_of(written: Written, section: str, lines: list[str]) -> tuple[int, str]:
    """The line after the last entry of a section, from 0, and how deep its entries stand."""
    head = written.key_at(section)[0]
    first, column = written.at(section)
    if first == head:
        raise SourceSyntaxError(
            f"`{section}` stands on one line; write each of its entries on a line of its own.",
            path=written.path,
            line=head,
        )
    indent = " " * (column - 1)
    at = first
    while at < len(lines) and (lines[at].startswith(indent) or not lines[at].strip()):
        at += 1
    while not lines[at - 1].strip():
        at -= 1
    return at, indent


def _above_comments(lines: list[str], at: int) -> int:
    """The line of the remark that stands right above a line, or that line."""
    while at and lines[at - 1].startswith("#"):
        at -= 1
    return at


def _check(
    made: str, path: Path, before: Written, section: str, entries: Mapping[str, str]
) -> None:
    """Stop where anything but the new entries would be read otherwise."""
    after = Written.parse(made.encode(), path).value
    held = before.value.get(section, {})
    kept = {key: value for key, value in after[section].items() if key not in entries}
    others = {key: value for key, value in after.items() if key != section}
    wanted = {key: value for key, value in before.value.items() if key != section}
    if kept != held or others != wanted or not entries.keys() <= after[section].keys():
        raise SourceSyntaxError(
            f"nothing could be added to `{section}` without changing the rest; add it by hand.",
            path=path,
            line=before.key_at(section)[0] if section in before.value else 1,
        )
