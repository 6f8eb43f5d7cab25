"""Menopause that nobody stated: asked of a woman of that age, and never assumed unasked."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kg.answer.ask import ask
from kg.answer.model import Answer, NextStep
from kg.answer.questions import assume
from kg.case import Case, case_to_json, read_case
from kg.cli import main
from kg.library import Graph
from kg.model.terms import Lexicon
from kg.model.vocabulary import eg
from kg.store.knowledge import KnowledgeGraph

QUESTION = str(eg("ask-whether-postmenopausal"))


def _question(answer: Answer) -> NextStep | None:
    return next((each for each in answer.ask_next if each.iri == QUESTION), None)


def _woman(lexicon: Lexicon, age: str = "79", *more: str) -> Case:
    findings = ["bone pain=yes", *more]
    return read_case(lexicon, labs=["alp=high"], findings=findings, age=age, sex="female")


def test_it_is_asked_with_what_waits_for_it(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """A woman of 79 with bone pain is asked, and told which statements an answer would open."""
    answer = ask(knowledge, _woman(lexicon))

    question = _question(answer)
    assert question is not None
    assert {"B048", "B049", "B050"} <= set(question.statements)
    assert question.background
    assert set(question.background) <= answer.background.keys()
    assert not any("bone scan" in step.label for step in answer.ask_next)


@pytest.mark.parametrize(
    ("age", "sex", "findings"),
    [
        ("54", "female", ()),
        ("79", "male", ()),
        ("79", None, ()),
        (None, "female", ()),
        ("79", "female", ("postmenopausal=yes",)),
        ("79", "female", ("postmenopausal=no",)),
        ("79", "female", ("postmenopausal osteoporosis=yes",)),
    ],
)
def test_it_is_asked_of_nobody_else(
    knowledge: KnowledgeGraph,
    lexicon: Lexicon,
    age: str | None,
    sex: str | None,
    findings: tuple[str, ...],
) -> None:
    """Neither of a younger woman, nor of a man, nor where sex or age or the answer is open."""
    case = read_case(
        lexicon, labs=["alp=high"], findings=["bone pain=yes", *findings], age=age, sex=sex
    )

    assert _question(ask(knowledge, case)) is None


def test_it_is_not_assumed(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Age alone puts no statement about postmenopausal women to use."""
    answer = ask(knowledge, _woman(lexicon))

    assert {"B049", "B050"}.isdisjoint(each for cause in answer.causes for each in cause.statements)
    assert "postmenopausal" in [each.label for each in answer.unknown]


@pytest.mark.parametrize("name", ["menopause", "postmenopausal", "eg:PostmenopausalState"])
def test_who_wants_it_assumed_sees_that_it_is(
    knowledge: KnowledgeGraph, lexicon: Lexicon, name: str
) -> None:
    """The assumption acts as if it were stated, opens the answer, and is no stated fact."""
    stated = ask(knowledge, _woman(lexicon, "79", "postmenopausal=yes"))
    case = assume(knowledge, _woman(lexicon), [name])

    answer = ask(knowledge, case)

    assert answer.causes == stated.causes
    assert answer.scope[0].label == "assumed"
    assert "55" in answer.scope[0].text
    assert [each.text for each in answer.case if each.kind == "assumed"] == [
        "postmenopausal (assumed)"
    ]
    assert "PostmenopausalState" not in str(case_to_json(case))
    assert _question(answer) is None


@pytest.mark.parametrize(
    ("age", "findings", "name"),
    [
        ("40", (), "menopause"),
        ("79", ("postmenopausal=no",), "menopause"),
        ("79", (), "multiple myeloma"),
        ("79", (), "no such thing"),
    ],
)
def test_nothing_else_can_be_assumed(
    knowledge: KnowledgeGraph, lexicon: Lexicon, age: str, findings: tuple[str, ...], name: str
) -> None:
    """What no background asks of such a patient is not taken as present, and is named."""
    case = _woman(lexicon, age, *findings)

    found = assume(knowledge, case, [name])

    assert found.assumed == ()
    assert [each.given for each in found.unused] == [name]
    assert ask(knowledge, found).causes == ask(knowledge, case).causes


@pytest.mark.usefixtures("knowledge")
def test_the_command_and_the_library_assume(knowledge: KnowledgeGraph) -> None:
    """`--assume menopause` and `assume=` show the assumption in the head."""
    typed = ["ask", "--lab", "alp=high", "--finding", "bone pain=yes", "--age", "79"]
    shown = CliRunner().invoke(main, [*typed, "--sex", "female", "--assume", "menopause"])
    asked = Graph(knowledge).ask(
        alp="high", findings={"bone pain": True}, age=79, sex="female", assume=["menopause"]
    )

    assert shown.exit_code == 0
    assert "postmenopausal (assumed)" in shown.stdout
    assert "Assumed, and not stated" in shown.stdout
    assert any(each.kind == "assumed" for each in asked.value.case)
