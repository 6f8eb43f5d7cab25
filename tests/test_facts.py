"""Every file under questions/facts/ is a question with the statements that answer it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from kg.model.statements import short_id
from kg.model.vocabulary import IRI, Literal, Term, expand, text_of
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

FILES = sorted(Path(__file__).parent.glob("questions/facts/*.toml"))
ASKS: dict[str, dict[str, Any]] = {
    f"{path.stem}-{number}": ask
    for path in FILES
    for number, ask in enumerate(tomllib.loads(path.read_text("utf-8"))["ask"])
}


@pytest.mark.parametrize("name", ASKS)
def test_fact(name: str, knowledge: KnowledgeGraph) -> None:
    """The query gives these statements and no other, in this order, and rows with these values."""
    ask = ASKS[name]
    parameters = {key: terms(given) for key, given in ask.get("parameters", {}).items()}

    rows = shipped_rows(knowledge.store, f"ask/{ask['query']}", **parameters)

    found = [
        {name: short_id(text_of(term)) for name, term in row.items()} for row in rows.records()
    ]
    if "statements" in ask:
        assert sorted({row["statement"] for row in found}) == ask["statements"]
    if "order" in ask:
        assert [row["statement"] for row in found] == ask["order"]
    if "count" in ask:
        assert len(found) == ask["count"]
    for wanted in ask.get("rows", ()):
        assert any(wanted.items() <= row.items() for row in found), wanted


@pytest.mark.parametrize("name", ASKS)
def test_a_fact_is_whole(name: str) -> None:
    """Every expectation pins all that a query gives, so a row too many is seen."""
    assert {"statements", "count"} & ASKS[name].keys()


def test_every_statement_answers_a_question(knowledge: KnowledgeGraph) -> None:
    """No statement lies in the graph without a question whose answer it is in."""
    asked = {each for ask in ASKS.values() for each in ask.get("statements", ())}

    rows = shipped_rows(knowledge.store, "ask/notes")
    everything = {short_id(text_of(row["statement"])) for row in rows.records()}
    assert everything - asked == set()


def terms(given: list[str]) -> tuple[Term, ...]:
    """Names with a prefix are IRIs, and everything else is text."""
    return tuple(IRI(expand(each)) if ":" in each else Literal(each) for each in given)
