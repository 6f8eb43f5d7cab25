"""What rules and shapes found, as lines that an editor can jump to, and as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from kg.model.report import Extent, Finding, Level, Report

Json = dict[str, object]


def report_text(report: Report, levels: Sequence[Level]) -> str:
    """A line for each finding, worst first, then what was looked at, and the counts."""
    here = f"{Path.cwd()}/"
    lines = [str(each).removeprefix(here) for each in _sorted(report, levels)]
    lines += _extent_lines(report.extent)
    counts = _counts(report)
    lines.append(", ".join(_counted(counts[level], level) for level in ("error", "warning")) + ".")
    return "\n".join(lines) + "\n"


def report_json(report: Report, levels: Sequence[Level]) -> Json:
    """The same as plain values."""
    counts = _counts(report)
    return {
        "passes": report.passes,
        "counts": {"error": counts["error"], "warning": counts["warning"], "info": counts["info"]},
        "checked": msgspec.to_builtins(report.extent),
        "findings": [_finding_json(each) for each in _sorted(report, levels)],
    }


def _extent_lines(extent: Extent) -> Iterator[str]:
    """How much the rules, the shapes and the texts were put to."""
    looked_at = [_counted(extent.files, "file")] if extent.files else []
    looked_at += [_counted(extent.graphs, "graph")] if extent.graphs else []
    looked_at += [_counted(extent.statements, "statement")]
    checks = [_counted(extent.rules, "rule")]
    checks += [_counted(extent.shapes, "shape")] if extent.files else []
    yield f"{' with '.join(looked_at)} checked by {' and '.join(checks)}."
    if (texts := extent.texts) is not None:
        yield (
            f"{texts.looked_up} of {_counted(texts.statements, 'statement')} looked up in "
            f"{texts.with_copy} of {_counted(texts.documents, 'text')}; "
            f"{texts.found} found by the digest of the sentence."
        )


def _sorted(report: Report, levels: Sequence[Level]) -> list[Finding]:
    return [each for level in levels for each in sorted(report.of_level(level))]


def _counts(report: Report) -> Counter[str]:
    return Counter(finding.level for finding in report.findings)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


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
