"""Articles that are grown from those that are there are what growth is measured with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kg.compile.check.rules import read_rules, run_queries
from kg.model import resources
from kg.model.rdf import read_sources
from kg.store.local import LocalStore


@pytest.fixture(name="grown", scope="module")
def _grown(root: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    """Give three articles' worth of two topics, so that one topic has two."""
    sys.path.insert(0, str(root / "benchmarks"))
    from grow import grow

    folder = tmp_path_factory.mktemp("grown") / "ontology"
    grow(resources.ontology_dir(), folder, articles=3, topics=2)
    return LocalStore(read_sources(folder).nquads)


@pytest.mark.slow
def test_what_is_grown_passes_what_articles_pass(grown: LocalStore) -> None:
    """A rule that finds an error in copies of what has none would stop every measurement."""
    rules = read_rules(resources.queries_dir() / "verify")

    report = run_queries(grown, [each for each in rules if each.level == "error"])

    assert [each.message for each in report.findings] == []
