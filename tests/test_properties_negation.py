"""No query takes what a case does not say for a no."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.model import resources
from kg.store import queries

QUERIES = sorted((resources.queries_dir() / "ask").glob("*.rq"))
REVIEWED = {
    ("causes", "present"): "what is not said to be there stays open: the cause is undetermined",
    ("causes", "absent"): "only what is said not to be there is taken off the list",
    (
        "causes",
        "finding",
    ): "a tissue that nothing supports can fall, and no cause with it is excluded",
    ("causes", "rule_context"): "the same: what supports a tissue in other patients keeps none",
    ("next_steps", "done"): "what is not said to be done is asked for",
    (
        "consequences",
        "finding",
    ): "without the finding that takes its ground, a caution is said",
    ("consequences", "known"): "where the question is not settled, a caution that asks it is said",
    ("rules", "known"): "where the question is not settled, a rule that asks it is said",
}
"""The facts of a case that may stand under a negation, and why their lack harms nobody."""
FACTS = {"context", "rule_context", "finding", "present", "absent", "done", "known"}
"""The parameters that hold what a case says."""
UNBOUND = re.compile(r"!\s*bound\b|\bnot\s+in\b|\bcoalesce\b", re.IGNORECASE)
"""Other ways to make something of a lack."""


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_no_fact_of_a_case_is_negated_unseen(path: Path) -> None:
    """A parameter under NOT EXISTS or MINUS is one whose lack was found to lean to caution."""
    query = queries.load(path.parent, path.stem)

    negated = {(path.stem, name) for name, each in query.parameters.items() if each.negated}

    assert negated <= REVIEWED.keys()
    if FACTS & query.parameters.keys():
        assert not UNBOUND.search(query.text)


def test_a_negation_is_found_wherever_it_stands() -> None:
    """The check sees parameters under MINUS and under NOT EXISTS, also where they are nested."""
    for start in ("MINUS {", "FILTER NOT EXISTS {", "MINUS { ?x ?y ?z . OPTIONAL {"):
        end = "}" * start.count("{")
        text = f"SELECT * {{ ?x ?p ?o . {start} VALUES ?found {{ 1 }} ?x ?p ?found {end} }}"

        assert queries.read_query(text, "x").parameters["found"].negated
