"""Rules over the sources: one query each, whose rows are findings.

A rule is a query in `queries/verify/`; every row it gives is a finding, so no rows is a pass. Its
header says the problem, the level and the solution:

    # # Missing label
    #
    # **Problem:** …
    # **Level:** error
    # **Solution:** …

A row has `?focus`, the term that the finding is about, and may have `?found`, what was found there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from kg.compile.check.places import NOWHERE, Places
from kg.model.errors import SourceSyntaxError
from kg.model.report import Extent, Finding, Level, Report
from kg.model.vocabulary import IRI, short_text_of
from kg.store.base import Store

_FIELD: Final = re.compile(r"^# \*\*(Problem|Level|Solution):\*\* (.+)$", re.MULTILINE)
_FIELDS: Final = {"Problem", "Level", "Solution"}
_LEVELS: Final = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Rule:
    """One verify query with the header that explains it."""

    name: str
    title: str
    problem: str
    level: Level
    solution: str
    query: str


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Every rule of a folder, by name."""
    return tuple(_read_rule(path) for path in sorted(folder.glob("*.rq")))


def run_queries(store: Store, rules: Iterable[Rule], places: Places = NOWHERE) -> Report:
    """What the rules find in a store."""
    run = tuple(rules)
    found = (finding for rule in run for finding in _findings(store, rule, places))
    return Report(tuple(found), Extent(rules=len(run)))


# ── Rules ───────────────────────────────────────────────────────────────────────────────────


def _read_rule(path: Path) -> Rule:
    text = path.read_text("utf-8")
    title = text.partition("\n")[0]
    fields = dict(_FIELD.findall(text))
    level = fields.get("Level", "")
    if not title.startswith("# # ") or set(fields) != _FIELDS or level not in _LEVELS:
        raise SourceSyntaxError(
            "a rule starts with `# # Title`, `# **Problem:** …`, "
            "`# **Level:** error|warning|info` and `# **Solution:** …`.",
            path=path,
            line=1,
        )
    return Rule(
        name=path.stem,
        title=title.removeprefix("# # "),
        problem=fields["Problem"],
        level=cast("Level", level),
        solution=fields["Solution"],
        query=text,
    )


def _findings(store: Store, rule: Rule, places: Places) -> Iterator[Finding]:
    for row in store.select(rule.query).records():
        focus, found = row.get("focus"), row.get("found")
        about = short_text_of(focus) if focus is not None else "a term"
        detail = f" ({short_text_of(found)})" if found is not None else ""
        yield Finding(
            rule=rule.name,
            level=rule.level,
            focus=about,
            message=f"{rule.title}: {about}{detail}. {rule.solution}",
            place=places.of(focus) if isinstance(focus, IRI) else "",
            solution=rule.solution,
        )
