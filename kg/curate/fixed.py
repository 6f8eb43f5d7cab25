"""Rules that are no queries, with the same header: problem, level and solution."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model.report import Finding, Level


@dataclass(frozen=True, slots=True)
class FixedRule:
    """A rule that is no query: it needs the texts, or speaks of the check itself."""

    name: str
    title: str
    problem: str
    level: Level
    solution: str

    def finding(self, focus: str, found: str = "", place: str = "") -> Finding:
        """A finding about something, with what was found there."""
        detail = f" ({found})" if found else ""
        message = f"{self.title}: {focus}{detail}. {self.solution}"
        return Finding(self.name, self.level, focus, message, place, self.solution)
