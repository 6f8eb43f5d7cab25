"""All checks of the sources at once, and those that a curator wants while writing."""

from __future__ import annotations

from pathlib import Path

from kg.compile.check.places import Places
from kg.compile.check.rules import Rule, read_rules, run_queries
from kg.compile.check.shapes import run_shapes
from kg.compile.check.unfinished import UNKNOWN_TERM, explain_unknown_terms, find_unfinished
from kg.model import resources
from kg.model.rdf import Sources, read_nquads
from kg.model.report import Extent, Report
from kg.store.queries import shipped_rows


def check_sources(sources: Sources, folder: Path) -> Report:
    """Everything that the rules and the shapes find in the sources."""
    from kg.store.local import LocalStore

    places, store = Places.of_sources(sources), LocalStore(sources.nquads)
    report = find_unfinished(places.paths) + run_queries(store, _rules(), places)
    report += run_shapes(sources.ntriples(), folder / "shapes", places)
    statements = len(shipped_rows(store, "ask/statement_ids").rows)
    report += Report(extent=Extent(files=len(sources.modules), statements=statements))
    return explain_unknown_terms(report, read_nquads(sources.nquads))


def find_unknown_terms(sources: Sources) -> Report:
    """The terms that are used and that no file declares, each with a suggestion and a stub."""
    from kg.store.local import LocalStore

    wanted = [rule for rule in _rules() if rule.name == UNKNOWN_TERM]
    found = run_queries(LocalStore(sources.nquads), wanted, Places.of_sources(sources))
    return explain_unknown_terms(found, read_nquads(sources.nquads))


def _rules() -> tuple[Rule, ...]:
    return read_rules(resources.queries_dir() / "verify")
