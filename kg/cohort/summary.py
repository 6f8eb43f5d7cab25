"""The summary of a cohort: how far patients come, what was not used, and what was found."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

FEW: Final = "fewer than"


class Count(Struct, frozen=True):
    """How many patients or rows are of one sort."""

    of: tuple[str, ...]
    many: int


class Summary(Struct, frozen=True, kw_only=True):
    """What is told of a cohort as a whole; it names no patient."""

    source: str
    graph: str
    queries: str
    """The digest of the queries."""
    finding: str
    day: str
    funnel: tuple[Count, ...]
    """How many patients come how far, in the order of the way."""
    unused: tuple[Count, ...]
    """How many rows of which table were not used, by reason."""
    verdicts: tuple[Count, ...]
    """How many patients have which verdict of which cause."""
    said: tuple[Count, ...]
    """How many patients have which caution, advice, outcome or next step."""
    below: int = 0
    """Counts under it are not told."""

    @property
    def title(self) -> str:
        """What it is of."""
        return f"Cohort {self.source}: causes of a {self.finding}"

    def tells(self, many: int) -> bool:
        """Whether a count is told; that there is none always is."""
        return not 0 < many < self.below

    def told(self, many: int) -> str:
        """A count as people read it, or that it is small."""
        return f"{many:,}" if self.tells(many) else f"{FEW} {self.below}"

    def plain(self) -> dict[str, Any]:
        """The summary as plain values, small counts as text."""
        parts = {name: getattr(self, name) for name in ("funnel", "unused", "verdicts", "said")}
        head = {name: getattr(self, name) for name in _HEAD}
        return head | {
            name: [
                [*each.of, each.many if self.tells(each.many) else self.told(each.many)]
                for each in counts
            ]
            for name, counts in parts.items()
        }

    def text(self) -> str:
        """The summary as people read it, the way of the patients first."""
        lines = [self.title, ""]
        for name, title in _TITLES.items():
            counts = getattr(self, name)
            lines += [title, *(self._line(each) for each in counts), ""] if counts else []
        return "\n".join(lines)

    def _line(self, count: Count) -> str:
        return f"  {self.told(count.many):>12}  {': '.join(count.of)}"


_HEAD: Final = ("source", "graph", "queries", "finding", "day")
_TITLES: Final = {
    "funnel": "PATIENTS",
    "unused": "ROWS NOT USED",
    "verdicts": "VERDICTS, in patients",
    "said": "SAID BESIDE THEM, in patients",
}
