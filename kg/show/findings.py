"""What rules and shapes found, as lines that an editor can jump to, and as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kg.model.errors import Finding, Level, Report

Json = dict[str, object]


def report_text(report: Report, levels: Sequence[Level]) -> str:
    """A line for each finding, worst first, and the counts."""
    here = f"{Path.cwd()}/"
    lines = [str(each).removeprefix(here) for each in _sorted(report, levels)]
    counts = _counts(report)
    lines.append(", ".join(_counted(counts[level], level) for level in ("error", "warning")) + ".")
    return "\n".join(lines) + "\n"


def report_json(report: Report, levels: Sequence[Level]) -> Json:
    """The same as plain values."""
    counts = _counts(report)
    return {
        "passes": report.passes,
        "counts": {"error": counts["error"], "warning": counts["warning"], "info": counts["info"]},
        "findings": [_finding_json(each) for each in _sorted(report, levels)],
    }


def _sorted(report: Report, levels: Sequence[Level]) -> list[Finding]:
    return [each for level in levels for each in sorted(report.of_level(level))]


def _counts(report: Report) -> Counter[str]:
    return Counter(finding.level for finding in report.findings)


def _counted(count: int, level: Level) -> str:
    return f"{count} {level}" if count == 1 else f"{count} {level}s"


def _finding_json(finding: Finding) -> Json:
    file, _, line = finding.place.rpartition(":")
    return {
        "rule": finding.rule,
        "level": finding.level,
        "focus": finding.focus,
        "message": finding.message.removesuffix(finding.solution).rstrip(),
        "solution": finding.solution or None,
        "file": file or None,
        "line": int(line) if line else None,
    }
