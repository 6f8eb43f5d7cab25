"""Half of a character, at every door of the library and the command: an error that names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.cli import main
from kg.library import Answer, Graph
from kg.model.characters import Half, check_characters, find_half
from kg.model.errors import UsageError

CLAIM: Final = {"subject": "osteoporosis", "relation": "causes", "object": "raised ALP"}
RECORD: Final = {"resourceType": "Condition", "code": {"text": "osteoporosis"}}
DOORS: Final[dict[str, Callable[[Graph, str], object]]] = {
    "conditions[1]": lambda graph, bad: graph.ask("osteoporosis", bad),
    "labs[0]": lambda graph, bad: graph.ask(labs=[f"alp={bad}"]),
    "alp": lambda graph, bad: graph.ask(alp=f"212 {bad}U/L"),
    "drugs[0]": lambda graph, bad: graph.ask(drugs=[f"bortezomib@{bad}"]),
    "findings": lambda graph, bad: graph.ask(findings={bad: True}),
    "age": lambda graph, bad: graph.ask(age=bad),
    "sex": lambda graph, bad: graph.ask(sex=bad),
    "assume[0]": lambda graph, bad: graph.ask("osteoporosis", alp="high", assume=[bad]),
    "question": lambda graph, bad: graph.ask(question=f"causes of raised ALP {bad}"),
    "the finding asked about": lambda graph, bad: graph.ask(about=bad),
    "labs[0].marker": lambda graph, bad: graph.ask_case({"labs": [{"marker": bad}]}),
    "the case": lambda graph, bad: graph.ask_case({bad: []}),
    "code.text": lambda graph, bad: graph.ask_fhir(
        json.dumps({**RECORD, "code": {"text": bad}}, ensure_ascii=False)
    ),
    "the FHIR input": lambda graph, bad: graph.ask_fhir(json.dumps({**RECORD, bad: ""})),
    "the text": lambda graph, bad: graph.check(f"Osteoporosis {bad} raises ALP."),
    "claims[1].subject": lambda graph, bad: graph.check([CLAIM, {**CLAIM, "subject": bad}]),
    "claims[0].cites[0]": lambda graph, bad: graph.check([{**CLAIM, "cites": [bad]}]),
    "claims[0]": lambda graph, bad: graph.check([{**CLAIM, bad: ""}]),
    "the query": lambda graph, bad: graph.query(f"SELECT ?s {{ ?s ?p '{bad}' }}"),
    "the query holds": lambda graph, bad: graph.frame(bad),
    "the name": lambda graph, bad: graph.term(bad),
    "the id": lambda graph, bad: graph.statement(bad),
}
"""Ways to give a text to a graph, by the place that the error names."""
OF_ANSWERS: Final[dict[str, Callable[[Answer, str], object]]] = {
    "the row": lambda answer, bad: answer.why(bad),
    "facts[1]": lambda answer, bad: answer.what_if("ggt=high", f"alp={bad}"),
}
halves = st.characters(categories=["Cs"])
"""Each half of a character (https://www.unicode.org/glossary/#surrogate_code_point)."""


@pytest.fixture(name="graph", scope="module")
def _graph() -> Graph:
    return kg.load()


@pytest.fixture(name="answer", scope="module")
def _answer(graph: Graph) -> Answer:
    return graph.ask("multiple myeloma", alp="high", ggt="normal")


def _refused(place: str, ask: Callable[[], object]) -> None:
    """Fail unless an error names the place, what was found there and what is wanted."""
    with pytest.raises(UsageError) as caught:
        ask()
    told = str(caught.value)
    assert told.encode()
    assert place in told
    assert "half of a character" in told
    assert "U+D800" in told
    assert "wanted whole characters" in told


@pytest.mark.parametrize("place", DOORS)
def test_no_door_of_a_graph_takes_it(graph: Graph, place: str) -> None:
    """Wherever a text is given, the error names its place."""
    _refused(place, lambda: DOORS[place](graph, "\ud800"))


@pytest.mark.parametrize("place", OF_ANSWERS)
def test_no_door_of_an_answer_takes_it(answer: Answer, place: str) -> None:
    """Nor do those of an answer."""
    _refused(place, lambda: OF_ANSWERS[place](answer, "x\ud800"))


@pytest.mark.slow
@given(before=st.text(max_size=5), half=halves, after=st.text(max_size=5))
def test_every_half_is_found(before: str, half: str, after: str) -> None:
    """Each of them, wherever it stands; a text of whole characters has none."""
    found = find_half({"a": [before, before + half + after]})

    assert found == Half("a[1]", f"U+{ord(half):04X}")
    assert find_half({before: [after, None, 3]}) is None


@given(st.recursive(st.text(max_size=3) | st.none() | st.booleans(), st.lists))
def test_what_can_be_written_passes(value: object) -> None:
    """Whatever is whole is no error."""
    check_characters(value, "it")


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["ask", "--case"], {"conditions": ["\ud800"]}),
        (["why", "1", "--case"], {"labs": [{"marker": "\ud800", "state": "high"}]}),
        (["check"], {"claims": [{**CLAIM, "subject": "\ud800"}]}),
        (["ask", "--fhir"], {**RECORD, "id": "\ud800"}),
    ],
)
def test_files_of_a_command(tmp_path: Path, arguments: list[str], value: object) -> None:
    """An unpaired escape in a file is an error of one line with its place."""
    file = tmp_path / "given.json"
    file.write_text(json.dumps(value), "utf-8")
    result = CliRunner().invoke(main, [*arguments, str(file)])

    assert result.exit_code == 2
    assert "half of a character" in result.stderr
    assert "U+D800" in result.stderr
    assert result.stdout == ""


def test_a_form_that_there_is_not(answer: Answer) -> None:
    """It is no other form, but an error that names them all."""
    for shown in (answer, answer.why(1), answer.what_if("ggt=high")):
        with pytest.raises(UsageError, match="no form 'xml'; there are: text, md, json"):
            shown.render("xml")
