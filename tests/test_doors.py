"""Every door gives the same rows: the command line, JSON over HTTP, the page, and SPARQL."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from asgi import Client
from click.testing import CliRunner
from counting import share_of
from forms import Element, Pair, read, submit

from kg.case.document import Question, read_questions
from kg.cli import main
from kg.curate.diff.difference import shipped_questions
from kg.model.rdf import turtle_to_nquads
from kg.model.statements import short_id
from kg.model.vocabulary import BASE, PREFIXES, text_of
from kg.show.data import NO_VERDICT
from kg.store.knowledge import KnowledgeGraph
from kg.store.local import LocalStore

QUESTIONS = read_questions(shipped_questions())
OFTEN = QUESTIONS[::9]
JSON = {"content-type": "application/json"}
IN_AN_ANSWER = f"""
PREFIX eg: <{PREFIXES["eg"]}>
SELECT ?row ?cause ?verdict ?statement WHERE {{
  ?answer eg:hasVerdict ?row .
  ?row eg:onCause ?cause ; eg:verdict ?verdict ; eg:premise|eg:support|eg:corroboration ?statement
}}
"""
"""The rows of an answer that was taken away as Turtle."""
COLUMNS = ("row", "cause", "verdict", "statement")
VERDICTS = {
    "candidate": "candidate",
    "undetermined": "undetermined",
    "against": "argued against",
    "excluded": "excluded",
    "known": "candidate",
}
"""The verdict by the class of its chip; what is known to be there is a candidate that leads."""


class Row(NamedTuple):
    """One cause as every door has to show it."""

    cause: str
    verdict: str
    statements: tuple[str, ...]


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        *(pytest.param(each, id=each.name) for each in OFTEN),
        *(
            pytest.param(each, id=each.name, marks=pytest.mark.exhaustive)
            for each in share_of([each for each in QUESTIONS if each not in OFTEN])
        ),
    ],
)
def test_doors(client: Client, knowledge: KnowledgeGraph, question: Question) -> None:
    """Causes, verdicts, statements and their order are the same whichever door a case comes in by.

    SPARQL over the graph gives causes and verdicts, and what it gives has no order. Every run of
    the tests asks each ninth question.
    """
    case = json.dumps(question.case)
    answer = command_line(case, "json")
    typed = of_json(answer)

    posted = client.request("POST", "/api/case", body=case.encode(), headers=JSON)
    page = read(submit(client, [*fields_of(question.case), ("do", "ask")]).text)

    assert of_json(posted.text) == typed
    assert list(of_page(page)) == typed
    assert list(of_csv(command_line(case, "csv"))) == typed
    assert of_turtle(command_line(case, "ttl")) == with_all_behind(answer)
    if page.has("sparql-query"):
        query = "".join(map(str, page.by_id("sparql-query").children))
        assert of_graph(knowledge, query) == {(each.cause, each.verdict) for each in typed}
    else:
        assert typed == []


def command_line(case: str, form: str) -> str:
    """What `kg ask` prints for a case."""
    result = CliRunner().invoke(main, ["ask", "--case", "-", "--format", form], input=case)
    assert result.exit_code == 0, result.output
    return result.stdout


def fields_of(case: Mapping[str, Any]) -> Iterator[Pair]:
    """A case as somebody fills it in."""
    for key, name in (("conditions", "has"), ("absent", "absent"), ("unknown", "unknown")):
        yield from ((name, each) for each in case.get(key, ()))
    for number, lab in enumerate(case.get("labs", ()), 1):
        yield from ((f"lab-{number}-{key}", str(value)) for key, value in lab.items())
    for number, drug in enumerate(case.get("drugs", ()), 1):
        for key, value in ({"drug": drug} if isinstance(drug, str) else drug).items():
            yield (f"drug-{number}" if key == "drug" else f"drug-{number}-{key}"), value
    yield from ((key, str(case[key])) for key in ("age", "sex", "date") if key in case)


# ── The rows of each door ───────────────────────────────────────────────────────────────────


def of_json(text: str) -> list[Row]:
    """The rows of an answer as JSON."""
    causes = json.loads(text)["causes"]
    return [Row(each["iri"], each["verdict"], tuple(each["statements"])) for each in causes]


def with_all_behind(text: str) -> list[Row]:
    """The same rows, each with its premises and all that its arguments name, sorted."""
    return [
        in_any_order(
            row,
            *cause["premises"],
            *(each for e in arguments for each in (*e["statements"], *e["corroboration"])),
        )
        for row, cause in zip(of_json(text), json.loads(text)["causes"], strict=True)
        for arguments in ([*cause["supports"], *cause["against"]],)
    ]


def of_csv(text: str) -> Iterator[Row]:
    """The rows of an answer as comma-separated values."""
    for each in csv.DictReader(io.StringIO(text)):
        if each["verdict"] != NO_VERDICT:
            yield Row(each["iri"], each["verdict"], tuple(each["statements"].split("; ")))


def of_page(page: Element) -> Iterator[Row]:
    """The rows that a page shows, in the order of the page."""
    for each in page.all("li"):
        if each.get("id").startswith("cause-"):
            (chip,) = [e for e in each.all("span") if e.get("class").startswith("verdict ")]
            (evidence,) = each.all("details", class_="evidence")
            link = each.all("a", class_="name")[0].get("href")
            yield Row(
                BASE + link.removeprefix("/"),
                VERDICTS[chip.get("class").removeprefix("verdict ")],
                tuple(
                    id_.text for term in evidence.all("dt") for id_ in term.all("a", class_="id")
                ),
            )


def of_turtle(text: str) -> list[Row]:
    """The rows of an answer as RDF, asked for by SPARQL, in the order of their numbers."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for each in LocalStore(turtle_to_nquads(text.encode())).select(IN_AN_ANSWER).records():
        row, cause, verdict, statement = (text_of(each[name]) for name in COLUMNS)
        found.setdefault(int(row.partition("#")[2]), []).append((cause, verdict, statement))
    return [
        in_any_order(Row(cause, verdict, tuple(short_id(each[2]) for each in found[number])))
        for number in sorted(found)
        for cause, verdict, _ in found[number][:1]
    ]


def of_graph(knowledge: KnowledgeGraph, query: str) -> set[tuple[str, str]]:
    """The causes and verdicts that a query finds in the graph."""
    rows = knowledge.store.select(query).records()
    return {(text_of(each["cause"]), text_of(each["verdict"])) for each in rows}


def in_any_order(row: Row, *more: str) -> Row:
    """A row with more statements, all of them in the order of their names."""
    return row._replace(statements=tuple(sorted({*row.statements, *more})))
