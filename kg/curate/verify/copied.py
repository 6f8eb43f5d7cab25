"""Runs of words that a file of the project shares with a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from kg.curate.verify.texts import COPIED, finding
from kg.model.errors import Finding, Report
from kg.model.statements import Copy, Phrase, phrases


def run_copied(paths: Iterable[Path], copies: Iterable[Copy], titles: Iterable[str]) -> Report:
    """Where files repeat eight words in a row of a copy, titles of works excepted."""
    titled = _any_of(titles)
    parts = (part for copy in copies for line in copy.lines for part in titled.split(line))
    theirs = {phrase for part in parts for phrase, _ in phrases(part)}
    return Report(tuple(found for path in paths for found in _copied(path, theirs)))


def _any_of(titles: Iterable[str]) -> re.Pattern[str]:
    """Finds each title, however its words are set apart; the longest first."""
    words = (re.findall(r"[^\W_]+", title) for title in sorted(titles, key=len, reverse=True))
    written = [r"[\W_]+".join(map(re.escape, each)) for each in words if each]
    return re.compile("|".join(written) or r"(?!)", re.IGNORECASE)


def _copied(path: Path, theirs: AbstractSet[Phrase]) -> Iterator[Finding]:
    text = path.read_text("utf-8")
    lines = {
        text.count("\n", 0, offset) + 1 for phrase, offset in phrases(text) if phrase in theirs
    }
    for line in sorted(lines):
        yield finding(COPIED, path.name, "the run starts on this line", f"{path}:{line}")
