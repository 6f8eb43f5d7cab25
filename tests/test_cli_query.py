"""What `kg query` does with a query that did not come with the graph."""

from __future__ import annotations

import time

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.model import resources

pytestmark = pytest.mark.usefixtures("knowledge")


def asked(query: str, *options: str) -> Result:
    """The outcome of a query on standard input."""
    return CliRunner().invoke(main, ["query", "-", *options], input=query)


def test_time_limit() -> None:
    """A query that does not end is stopped at the time limit, which the message names."""
    started = time.monotonic()
    result = asked("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.3")

    assert result.exit_code == 1
    assert "--timeout gives more" in result.stderr
    assert time.monotonic() - started < 20


def test_a_crash_of_the_engine() -> None:
    """A query that would end the process it runs in is an error like any other."""
    result = asked("SELECT * " + "{" * 20_000 + "}" * 20_000)

    assert result.exit_code == 1
    assert "nested too deeply" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_text_and_a_name_give_the_same(form: str) -> None:
    """A shipped query gives the same by its name and as a text."""
    text = (resources.queries_dir() / "ask" / "sources.rq").read_text("utf-8")
    by_name = CliRunner().invoke(main, ["query", "ask/sources", "--format", form])

    assert by_name.exit_code == 0
    assert asked(text, "--format", form).stdout == by_name.stdout


@pytest.mark.parametrize(
    ("query", "form", "code", "said"),
    [
        ("SELECT * { ?s foo:x ?o }", "table", 2, "the prefix foo: is not known"),
        ("CLEAR ALL", "table", 2, "this is an update"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "csv", 2, "SERVICE is off"),
        ("ASK {}", "ttl", 2, "is no ttl"),
    ],
)
def test_refusals(query: str, form: str, code: int, said: str) -> None:
    """What is wrong with a query is said as it is for a shipped one."""
    result = asked(query, "--format", form)

    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
