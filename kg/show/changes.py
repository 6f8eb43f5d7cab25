"""A comparison of two versions as text and as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Final

from kg.answer.what_if import VERDICT
from kg.model.changes import AnswerChange, Change, ChangeKind, Difference, Field, Side
from kg.show.layout import GAP, WIDTH, row, wrapped
from kg.show.words import counted

Json = dict[str, object]

SIGNS: Final = {
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "-",
    ChangeKind.WITHDRAWN: "-",
    ChangeKind.RESTORED: "+",
    ChangeKind.CHANGED: "~",
}
"""The sign of each kind of change."""
PARTS: Final = {
    "causes": "",
    "ask_next": "ask next: ",
    "steps_for_others": "advised for other patients: ",
    "unadvised": "not advised: ",
    "other_populations": "for other patients: ",
    "not_covered": "not covered: ",
    "unknown": "not known here: ",
    "absent": "not there: ",
    "alerts": "alert: ",
    "rules": "rule: ",
    "outcomes": "outcome: ",
    "advice": "advice: ",
    "conflicts": "conflict: ",
    "tensions": "tension: ",
    "statements": "statement: ",
    "unused": "not used: ",
    "scope": "scope: ",
}
"""The word for each part of an answer, as a row of it opens."""
_WAITING: Final = frozenset({"unknown"})
_HEAD: Final = 12
_IDS: Final = 26
_QUESTION: Final = 40
_NOTHING: Final = "nothing"


def difference_text(difference: Difference) -> str:
    """The comparison for a terminal: what was changed, what follows, and which answers move."""
    lines = [*_side("old", difference.old), *_side("new", difference.new)]
    blocks = [
        _block("STATEMENTS", difference.statements),
        _block("TERMS", difference.terms),
        _records(difference.records),
        _block("AXIOMS", difference.axioms),
        _block("CONCLUSIONS", difference.conclusions),
        _answers(difference),
    ]
    parts = ["\n".join(block) for block in [lines, *map(list, blocks)] if block]
    return "\n\n".join(parts) + "\n"


def difference_json(difference: Difference) -> Json:
    """The comparison as plain values."""
    return asdict(difference)


def _side(head: str, side: Side) -> Iterator[str]:
    built = f"  (graph {side.version}, built {side.built_at})" if side.version else ""
    yield from wrapped(f"{head}  {side.name}{built}", WIDTH, hang=5)


def _block(head: str, changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    yield f"{head.ljust(_HEAD)} {_counts(changes)}"
    for change in changes:
        yield from _change(change, "  ")


def _records(changes: Sequence[Change]) -> Iterator[str]:
    """Those that changed one by one; a place that came or went is told with its statement."""
    if not changes:
        return
    yield f"{'PLACES'.ljust(_HEAD)} and what is cited: {_counts(changes)}"
    for change in changes:
        if change.how is ChangeKind.CHANGED:
            yield from _change(change, "  ")


def _counts(changes: Iterable[Change]) -> str:
    found = Counter(change.how for change in changes)
    return ", ".join(f"{found[how]} {how.value}" for how in ChangeKind if found[how])


def _change(change: Change, indent: str) -> Iterator[str]:
    ids = " ".join(change.statements) if change.id == change.label else change.id
    word = (
        f" ({change.how.value})"
        if change.how in (ChangeKind.WITHDRAWN, ChangeKind.RESTORED)
        else ""
    )
    yield from _line(f"{SIGNS[change.how]} {change.label}{word}", ids, indent)
    if change.note:
        yield from _under(f"because: {change.note}", indent)
    for field in change.fields:
        yield from _under(_field(field), indent)


def _line(text: str, ids: str, indent: str, *, room: int = _IDS) -> Iterator[str]:
    """A text with ids at the end of its first line."""
    width = WIDTH - len(indent) - room - GAP
    for line in row(text, "", ids, hang=2, columns=(width - GAP, 0, room)):
        yield f"{indent}{line}"


def _under(text: str, indent: str) -> Iterator[str]:
    for line in wrapped(text, WIDTH - len(indent) - 4, hang=2):
        yield f"{indent}    {line}"


def _field(field: Field) -> str:
    """What was said and what is said; of long lists only what came and went."""
    gone = [each for each in field.old if each not in field.new]
    come = [each for each in field.new if each not in field.old]
    if (gone or come) and len(gone) < len(field.old):
        parts = [f"- {each}" for each in gone] + [f"+ {each}" for each in come]
        return f"{field.name}: {'; '.join(parts)}"
    return f"{field.name}: {_values(field.old)} → {_values(field.new)}"


def _values(values: Sequence[str]) -> str:
    return "; ".join(values) or _NOTHING


def _verdict(values: Sequence[str]) -> str:
    return "; ".join(values) or "not listed"


def _answers(difference: Difference) -> Iterator[str]:
    asked = counted(difference.asked, "competency question")
    if not difference.answers:
        yield f"{'ANSWERS'.ljust(_HEAD)} {asked}: all answered as before"
        return
    judged = sum(1 for answer in difference.answers if _judges(answer))
    moved = f"{len(difference.answers)} of {asked} answered differently"
    yield f"{'ANSWERS'.ljust(_HEAD)} {moved}, verdicts moved in {judged}"
    for answer in filter(_moves, difference.answers):
        yield from _answer(answer)
    waiting = [answer.question for answer in difference.answers if not _moves(answer)]
    if waiting:
        yield from _under(f"only what waits for a datum differs in: {', '.join(waiting)}", "  ")


def _judges(answer: AnswerChange) -> bool:
    """Whether the verdict on a cause differs."""
    return any(field.name == VERDICT for row in answer.rows for field in row.fields)


def _moves(answer: AnswerChange) -> bool:
    """Whether more differs than which statements wait for something that is not known."""
    return any(row.part not in _WAITING for row in answer.rows)


def _answer(answer: AnswerChange) -> Iterator[str]:
    yield from _line(answer.asked, answer.question, "  ", room=_QUESTION)
    for change in answer.rows:
        verdict = next((f for f in change.fields if f.name == VERDICT), None)
        shown = f": {_verdict(verdict.old)} → {_verdict(verdict.new)}" if verdict else ""
        part = PARTS.get(change.part, f"{change.part}: ")
        text = f"{SIGNS[change.how]} {part}{change.label}{shown}"
        ids = "" if change.part in _WAITING else " ".join(change.statements)
        yield from _line(text, ids, "    ")
        for field in change.fields:
            if field is not verdict:
                yield from _under(_field(field), "    ")
