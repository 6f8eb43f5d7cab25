"""The knowledge tests of one article, held against the graph and made where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from kg.case.document import read_questions
from kg.curate.diff.difference import shipped_questions
from kg.curate.knowledge.entries import Accepted, accept, read_entries
from kg.model import resources
from kg.model.errors import UsageError
from kg.model.statements import short_id
from kg.model.vocabulary import text_of
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows
from kg.store.statements import find_statement, read_statements

_SPEAKS: Final = frozenset(
    {
        "carries an axiom",
        "agrees with an axiom",
        "speaks against an axiom",
        "gives a threshold",
    }
)
"""What a statement does that an answer may show, in the words of `report/reached-statements`."""


def accept_article(
    graph: KnowledgeGraph, name: str, path: Path
) -> tuple[Accepted, Callable[[str], str]]:
    """The tests of an article as they hold now, and the words of each of its statements.

    UsageError for an article of which no statement reaches an answer.
    """
    wanted = sorted(set(speaking(graph, name)))
    if not wanted:
        raise UsageError(f"no statement of a document {name} carries an axiom or agrees with one.")
    cases = [dict(each.case) for each in read_questions(shipped_questions())]
    done = accept(read_entries(path, name), graph, wanted, cases)
    iris = [find_statement(graph.store, each) for each in done.entries.tests]
    texts = {each.id: each.text for each in read_statements(graph.store, iris)}
    return done, lambda each: texts.get(each, "")


def speaking(graph: KnowledgeGraph, name: str) -> Iterator[str]:
    """The statements of a document that an answer may rest on, by id."""
    for row in shipped_rows(graph.store, "report/reached-statements").records():
        statement = short_id(text_of(row["statement"]))
        if text_of(row.get("role")) in _SPEAKS and _is_of(statement, name):
            yield statement


def _is_of(statement: str, name: str) -> bool:
    """Whether the id of a statement is that of a document, and digits."""
    return statement.startswith(name) and statement.removeprefix(name).isdigit()


def tests_folder() -> Path:
    """The folder of the tests in this checkout; UsageError where the package is installed."""
    folder = resources.data_dir() / "tests"
    if not folder.is_dir():
        raise UsageError(f"{folder} does not exist; name the folder of the tests with --output.")
    return folder / "knowledge"
