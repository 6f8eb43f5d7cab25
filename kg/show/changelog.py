"""The part *Knowledge* of a changelog: what moved in answers first, then why, each by its ids."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.answer.what_if import VERDICT
from kg.model.changes import AnswerChange, Change, ChangeKind, Difference
from kg.model.statements import STATEMENT_ID
from kg.show.changes import NOT_LISTED
from kg.show.runs import runs
from kg.show.words import count

_NUMBERED: Final = re.compile(STATEMENT_ID)
"""The id of a statement of a document; others are named in words."""
_QUESTIONS: Final = 3
"""So many questions are named; of more there is a number."""

Move = tuple[str, str, str]
"""A cause with its verdict before and now."""


def render_changelog(found: Difference) -> str:
    """Markdown with a line for each kind of change; one line where nothing differs."""
    lines = list(_lines(found)) or ["No statement, term or answer changed."]
    return "".join(f"- {line}\n" for line in lines)


def _lines(found: Difference) -> Iterator[str]:
    yield from _answers(found.answers, found.asked)
    yield from _statements(found.statements)
    for name, changes in (
        ("term", found.terms),
        ("axiom", found.axioms),
        ("conclusion", found.conclusions),
    ):
        if changes:
            yield f"{name.capitalize()}s: {_counts(changes)}."


# ── Answers ─────────────────────────────────────────────────────────────────────────────────


def _answers(answers: Sequence[AnswerChange], asked: int) -> Iterator[str]:
    """Each move of a verdict, with the questions that show it; then how many moved otherwise."""
    moves: dict[Move, list[str]] = defaultdict(list)
    resting: dict[Move, set[str]] = defaultdict(set)
    for answer in answers:
        for move, row in _moves(answer):
            moves[move].append(answer.question)
            resting[move].update(row.statements)
    for move in sorted(moves, key=lambda each: (-len(moves[each]), each)):
        yield _move(move, moves[move], _ids(resting[move]))
    still = [each for each in answers if not any(_moves(each))]
    if still:
        yield (
            f"{count(len(still), 'answer')} of {asked} moved in words, statements or steps, "
            "and in no verdict."
        )


def _moves(answer: AnswerChange) -> Iterator[tuple[Move, Change]]:
    for row in answer.rows:
        for field in row.fields:
            if field.name == VERDICT:
                old, new = ("; ".join(each) or NOT_LISTED for each in (field.old, field.new))
                yield (row.label, old, new), row


def _move(move: Move, questions: Sequence[str], ids: str) -> str:
    cause, old, new = move
    where = (
        count(len(questions), "question")
        if len(questions) > _QUESTIONS
        else ", ".join(f"`{each}`" for each in questions)
    )
    return f"**{cause}**: {old} → {new}, in {where}{f' ({ids})' if ids else ''}."


# ── Statements ──────────────────────────────────────────────────────────────────────────────

_SAID: Final = {
    ChangeKind.ADDED: "added",
    ChangeKind.CHANGED: "corrected or told in more detail",
    ChangeKind.REMOVED: "removed",
    ChangeKind.RESTORED: "restored",
}


def _statements(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        if change.how is ChangeKind.WITHDRAWN:
            yield f"{change.id} withdrawn: {change.label}. {change.note}".rstrip()
    for how, word in _SAID.items():
        of_kind = [each for each in changes if each.how is how]
        if of_kind:
            yield f"{count(len(of_kind), 'statement')} {word}: {_named(of_kind)}."


def _named(changes: Sequence[Change]) -> str:
    """Statements of documents by their ids, background statements by what they say."""
    numbered = [each.id for each in changes if _NUMBERED.fullmatch(each.id)]
    others = [each.label for each in changes if not _NUMBERED.fullmatch(each.id)]
    return "; ".join([*([_ids(numbered)] if numbered else []), *others])


def _ids(names: Iterable[str]) -> str:
    return ", ".join(runs(sorted(set(names)), to=" to "))


def _counts(changes: Sequence[Change]) -> str:
    found = [(how, sum(1 for each in changes if each.how is how)) for how in ChangeKind]
    return ", ".join(f"{number} {how.value}" for how, number in found if number)
