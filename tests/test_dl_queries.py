"""Questions for the tab "DL Query" of Protégé give the answers that stand beside them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from owl_reports import owl_query_answers

from kg.model import resources


@pytest.mark.slow
@pytest.mark.jvm
def test_questions_in_manchester_syntax_have_their_answers(root: Path, tmp_path: Path) -> None:
    """Each is read by its labels, as Protégé reads it, and HermiT finds what is written down."""
    text = (root / "tests/data/dl_queries.toml").read_text("utf-8")
    queries = tomllib.loads(text)["queries"]
    found = owl_query_answers(tmp_path, resources.ontology_dir(), queries)

    assert len(queries) >= 12
    assert dict(zip((each["question"] for each in queries), found, strict=True)) == {
        each["question"]: each["answer"] for each in queries
    }
