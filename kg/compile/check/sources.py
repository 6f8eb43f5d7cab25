"""All checks of the sources at once, and those that a curator wants while writing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec.structs import replace

from kg.articles.article import article_paths
from kg.articles.write import REMEDY, made_files, stale_files
from kg.compile.check.drafts import find_drafts
from kg.compile.check.pieces import find_quiet
from kg.compile.check.places import Places
from kg.compile.check.rules import Rule, read_rules, run_queries
from kg.compile.check.shapes import run_shapes
from kg.compile.check.unfinished import explain_unknown_terms, find_unfinished
from kg.compile.counted import CountedParts
from kg.compile.lines import Lines
from kg.model import resources
from kg.model.errors import SourceSyntaxError, ValidationError
from kg.model.rdf import Sources, read_catalogue, read_nquads
from kg.model.report import Extent, Finding, Report
from kg.store.queries import shipped_rows

_PLACE: Final = "documents"
"""The folder whose files are named after articles."""
_RULES: Final = "rules"
"""The name of the rows of rules, where they are kept."""


def check_sources(
    sources: Sources, folder: Path, *, made: bool = False, counted: CountedParts | None = None
) -> Report:
    """Everything that the rules and the shapes find in the sources.

    Where the Turtle of articles was just `made`, it is not made again to be compared. Where it is
    not what their files make, nothing is said of their lines: they may be mended already. The lines
    of files may be counted already.
    """
    from kg.compile.remembered import RememberingStore

    lines = Lines((counted or CountedParts()).of_files(sources.modules))
    places, store = Places.of_sources(sources), RememberingStore(sources.nquads, _RULES, lines)
    rules = _rules()
    quiet = find_quiet(sources.nquads, rules, store)
    report = find_unfinished(places.paths)
    report += run_queries(store, [rule for rule in rules if rule.name not in quiet], places)
    report += find_drafts(sources, folder)
    report += run_shapes(sources.ntriples(), folder / "shapes", places)
    statements = len(shipped_rows(store, "ask/statement_ids").rows)
    store.keep()
    report += Report(
        extent=Extent(files=len(sources.modules), statements=statements, rules=len(quiet))
    )
    report = explain_unknown_terms(report, read_nquads(sources.nquads))
    stale = Report() if made else check_made(folder)
    if stale.findings:
        report = _outside_of_articles(report, folder)
    return stale + _not_entered(folder) + report


def _outside_of_articles(report: Report, folder: Path) -> Report:
    articles = tuple(f"{path}:" for path in article_paths(folder))
    kept = (each for each in report.findings if not each.place.startswith(articles))
    return replace(report, findings=tuple(kept))


def check_made(folder: Path) -> Report:
    """What is wrong in the files of articles, or else the Turtle that is not what they make.

    The schema for editors is no part of the graph: a new term makes it stale, and the next build
    writes it.
    """
    try:
        stale = [path for path in stale_files(made_files(folder)) if path.suffix == ".ttl"]
    except ValidationError as error:
        return error.report
    except SourceSyntaxError as error:
        place = f"{error.path}:{error.line}" if error.line else str(error.path or "")
        message = str(error).removeprefix(f"{place}:{error.column}: ").removeprefix(f"{place}: ")
        return Report((Finding("article-file", "error", place, message, place),))
    return Report(
        tuple(
            Finding(
                rule="made-file-stale",
                level="error",
                focus=path.name,
                message=f"Not what its source makes: {path.name}. {REMEDY}",
                place=f"{path}:1",
                solution=REMEDY,
            )
            for path in stale
        )
    )


def _not_entered(folder: Path) -> Report:
    """The articles whose Turtle the catalogue does not name, so that no graph holds them."""
    known = {path.stem for path in read_catalogue(folder).values() if path.parent.name == _PLACE}
    solution = "Run `kg source fill` with your copy of its text."
    return Report(
        tuple(
            Finding(
                rule="article-not-entered",
                level="error",
                focus=path.stem,
                message=f"Not part of the graph: article {path.stem}. {solution}",
                place=f"{path}:1",
                solution=solution,
            )
            for path in article_paths(folder)
            if path.stem not in known
        )
    )


def _rules() -> tuple[Rule, ...]:
    return read_rules(resources.queries_dir() / "verify")
