"""A query that names what the graph does not have is told so, with the nearest that it has."""

from __future__ import annotations

import pytest
from built import own_graph
from click.testing import CliRunner

from kg.cli import main
from kg.store.unknown import unknown_terms


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "SELECT * { ?s eg:subjct ?o }",
            ("eg:subjct is no term of the graph; nearest: eg:subject.",),
        ),
        (
            "SELECT * { ?s a <https://w3id.org/etiograph/id/CauseStatment> }",
            ("eg:CauseStatment is no term of the graph; nearest: eg:CauseStatement.",),
        ),
        ("SELECT * { ?s eg:qqqqqqqqqqqq ?o }", ("eg:qqqqqqqqqqqq is no term of the graph.",)),
        ('SELECT * { ?s eg:subject "eg:subjct" } # eg:subjct', ()),
        ("PREFIX eg: <https://example.org/> SELECT * { ?s eg:subjct ?o }", ()),
    ],
)
def test_each_unknown_term_with_the_nearest(query: str, told: tuple[str, ...]) -> None:
    """What is misspelt is told once; texts, comments and names of others are not looked at."""
    assert unknown_terms(query, own_graph().store) == told


def test_the_command_line_says_so() -> None:
    """`kg query` writes it beside the result, so that the result itself stays what it is."""
    query = "ASK { ?s eg:subjct ?o }"

    done = CliRunner().invoke(main, ["query", "-"], input=query, standalone_mode=False)

    assert done.stdout == "no\n"
    assert done.stderr == "note: eg:subjct is no term of the graph; nearest: eg:subject.\n"
