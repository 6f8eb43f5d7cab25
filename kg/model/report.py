"""What checks of the sources found, and how much they looked at."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Level = Literal["error", "warning", "info"]
"""How much a finding matters: an error stops the build."""


class Finding(Struct, frozen=True, order=True):
    """One thing that a rule or a shape found."""

    rule: str
    level: Level
    focus: str
    message: str
    place: str = ""
    """`file:line` of the text that is about the focus, where it can be found."""
    solution: str = ""
    """What to do about it, which the message ends with."""

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.level}: {self.message} [{self.rule}]"


class TextExtent(Struct, frozen=True):
    """How much of the graph was looked up in a reader's own copies of the documents."""

    documents: int
    with_copy: int
    """Documents of which the folder holds a copy, of whatever version."""
    statements: int
    """Statements that rest on a sentence."""
    looked_up: int
    """Those whose document has a copy."""
    found: int
    """Those whose sentence stands there, known by its digest."""


class Extent(Struct, frozen=True):
    """How much was checked: without it, no findings could mean that nothing was looked at."""

    files: int = 0
    graphs: int = 0
    """Graphs of a store that were compared with what was published."""
    statements: int = 0
    rules: int = 0
    shapes: int = 0
    texts: TextExtent | None = None

    def __add__(self, other: Extent) -> Extent:
        return Extent(
            self.files + other.files,
            self.graphs + other.graphs,
            self.statements + other.statements,
            self.rules + other.rules,
            self.shapes + other.shapes,
            self.texts or other.texts,
        )


class Report(Struct, frozen=True):
    """What all rules and shapes found, errors first, and how much they looked at."""

    findings: tuple[Finding, ...] = ()
    extent: Extent = Extent()

    def of_level(self, level: Level) -> tuple[Finding, ...]:
        """The findings of one level."""
        return tuple(finding for finding in self.findings if finding.level == level)

    @property
    def passes(self) -> bool:
        """Whether nothing was found that stops a build."""
        return not self.of_level("error")

    def __add__(self, other: Report) -> Report:
        return Report(self.findings + other.findings, self.extent + other.extent)

    def __str__(self) -> str:
        """What stops a build, without what does not, so that nobody has to look for it."""
        errors = sorted(self.of_level("error"))
        total = "1 error." if len(errors) == 1 else f"{len(errors)} errors."
        return "\n".join([total, *map(str, errors)])
