"""The part Knowledge of a changelog: answers that moved on top, and every change by its id."""

from __future__ import annotations

from kg.model.changes import AnswerChange, Change, ChangeKind, Difference, Field, Side
from kg.show.changelog import render_changelog


def _moved(question: str, old: tuple[str, ...], new: tuple[str, ...]) -> AnswerChange:
    verdict = Field("verdict", old, new)
    row = Change(ChangeKind.CHANGED, "eg:Frost", "frost", (verdict,), statements=("X001",))
    return AnswerChange(question, f"{question}?", (row,))


def _difference(
    answers: tuple[AnswerChange, ...] = (), statements: tuple[Change, ...] = ()
) -> Difference:
    return Difference(Side("old"), Side("new"), asked=9, answers=answers, statements=statements)


def test_verdicts_come_first() -> None:
    """A verdict that moved leads, with its questions and statements; other answers are counted."""
    reworded = Change(ChangeKind.CHANGED, "eg:Snow", "snow")
    answers = (
        _moved("winter", ("candidate",), ()),
        _moved("spring", ("candidate",), ()),
        AnswerChange("summer", "summer?", (reworded,)),
    )
    added = Change(ChangeKind.ADDED, "X002", "hail is a cause")

    lines = render_changelog(_difference(answers=answers, statements=(added,))).splitlines()

    assert lines == [
        "- **frost**: candidate → not listed, in `winter`, `spring` (X001).",
        "- 1 answer of 9 moved in words, statements or steps, and in no verdict.",
        "- 1 statement added: X002.",
    ]


def test_many_questions_are_counted() -> None:
    """Of more than three questions there is a number."""
    answers = tuple(_moved(str(number), (), ("excluded",)) for number in range(4))

    text = render_changelog(_difference(answers=answers))

    assert text == "- **frost**: not listed → excluded, in 4 questions (X001).\n"


def test_statements_by_their_ids() -> None:
    """Ids in a row are a span, a withdrawal gives its reason, a background statement its words."""
    changed = [Change(ChangeKind.CHANGED, f"Ice00{each}", "…") for each in (1, 2, 3, 5, 6)]
    background = Change(ChangeKind.ADDED, "ice-is-cold", "ice is cold")
    gone = Change(ChangeKind.WITHDRAWN, "Y001", "rain is a cause", note="misread")

    text = render_changelog(_difference(statements=(*changed, background, gone)))

    assert text.splitlines() == [
        "- Y001 withdrawn: rain is a cause. misread",
        "- 1 statement added: ice is cold.",
        "- 5 statements corrected or told in more detail: Ice001 to Ice003, Ice005, Ice006.",
    ]


def test_no_change() -> None:
    """Two graphs that say the same have one line."""
    assert render_changelog(_difference()) == "- No statement, term or answer changed.\n"
