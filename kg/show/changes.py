"""What differs, as blocks: two versions of the graph, or an answer and what would become of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from kg.answer.what_if import VERDICT, Supposition, VerdictChange
from kg.model.changes import AnswerChange, Change, ChangeKind, Difference, Field, Side
from kg.show.blocks import NOTICE, WIDTH, Block, Paragraph, Row, Rows, Section
from kg.show.data import render, with_notice
from kg.show.facts import given
from kg.show.words import NOT_THERE, count, headed

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
    "ask_next": "next step: ",
    "steps_for_others": "step for other patients: ",
    "unadvised": "not advised: ",
    "other_populations": "cause in other patients: ",
    "not_covered": "not covered: ",
    "unknown": "missing: ",
    "absent": "not present: ",
    "alerts": "alert: ",
    "rules": "rule: ",
    "outcomes": "prognosis: ",
    "advice": "advice: ",
    "conflicts": "conflict: ",
    "tensions": "tension: ",
    "statements": "statement: ",
    "unused": "not used: ",
    "scope": "scope: ",
    "documents": "source: ",
}
"""The word for each part of an answer, as a row of it opens."""
_WAITING: Final = frozenset({"unknown"})
_SHOWN: Final = frozenset(
    {
        "scope", "conflicts", "alerts", "rules", "outcomes", "advice", "absent", "ask_next",
        "unadvised", "other_populations", "steps_for_others", "unused",
    }
)  # fmt: skip
"""The parts of which a row that comes or goes is shown by itself."""
NOT_LISTED: Final = "not listed"
NOT_JUDGED: Final = "not judged"
_HEAD: Final = 13
_IDS: Final = 26
_QUESTION: Final = 40


# ── Two versions ────────────────────────────────────────────────────────────────────────────


def render_difference(found: Difference, form: str) -> str:
    """A comparison of two versions as text, Markdown or JSON."""
    return render(form, difference_sections(found), found)


def difference_sections(found: Difference) -> Iterator[Section]:
    """What was changed, what follows, and which answers move."""
    sides = [_side("old", found.old), _side("new", found.new)]
    yield Section("What differs", "", [Rows(sides, indent=0, margin=5, hang=0)], level=1)
    yield from _changes("Statements", found.statements)
    yield from _changes("Terms", found.terms)
    # A place that came or went is told with its statement.
    changed = [each for each in found.records if each.how is ChangeKind.CHANGED]
    yield from _changes("Places", found.records, changed, "and what is cited: ")
    yield from _changes("Axioms", found.axioms)
    yield from _changes("Conclusions", found.conclusions)
    yield _answers(found)


def _side(mark: str, side: Side) -> Row:
    built = f"  (graph {side.version}, built {side.built_at})" if side.version else ""
    return Row(f"{side.name}{built}", mark=mark)


def _changes(
    title: str, every: Sequence[Change], listed: Sequence[Change] | None = None, lead: str = ""
) -> Iterator[Section]:
    """How many changes there are of each kind, and those that are listed."""
    if every:
        found = Counter(change.how for change in every)
        counts = ", ".join(f"{found[how]} {how.value}" for how in ChangeKind if found[how])
        yield _counted(title, f"{lead}{counts}", map(_change, every if listed is None else listed))


def _counted(title: str, meaning: str, rows: Iterable[Row], room: int = _IDS) -> Section:
    """A heading that says how many, and the rows, of which there may be none."""
    shown = [each for each in [_rows(rows, 2, room)] if each.rows]
    return Section(f"{title}: {meaning}", headed(title.upper(), meaning, _HEAD), shown)


def _rows(rows: Iterable[Row], indent: int, room: int = _IDS) -> Rows:
    """Rows with ids at the end of their first line, as wide as the terminal."""
    return Rows(list(rows), (WIDTH - indent - room - 4, 0, room))


def _change(change: Change) -> Row:
    ids = change.statements if change.id == change.label else (change.id,)
    rare = change.how in (ChangeKind.WITHDRAWN, ChangeKind.RESTORED)
    word = f" ({change.how.value})" if rare else ""
    because = [f"because: {change.note}"] if change.note else []
    below = _below(*because, *map(_field, change.fields))
    page = (f"{change.how.value}: {change.label}",)
    return Row(f"{SIGNS[change.how]} {change.label}{word}", ids=ids, page=page, under=below)


def _below(*texts: str) -> list[Block]:
    return [Rows([Row(text) for text in texts], indent=4)]


def _field(field: Field) -> str:
    """What was said and what is said; of long lists only what came and went."""
    gone = [each for each in field.old if each not in field.new]
    come = [each for each in field.new if each not in field.old]
    if (gone or come) and len(gone) < len(field.old):
        parts = [f"- {each}" for each in gone] + [f"+ {each}" for each in come]
        return f"{field.name}: {'; '.join(parts)}"
    return f"{field.name}: {_moved(field, 'nothing')}"


def _moved(field: Field, nothing: str) -> str:
    old, new = ("; ".join(values) or nothing for values in (field.old, field.new))
    return f"{old} → {new}"


def _answers(found: Difference) -> Section:
    asked = count(found.asked, "competency question")
    if not found.answers:
        return _counted("Answers", f"{asked}: all answered as before", ())
    judged = sum(1 for each in found.answers if _judges(each))
    differ = f"{len(found.answers)} of {asked} answered differently"
    rows = [_answer(each) for each in found.answers if _moves(each)]
    waiting = ", ".join(each.question for each in found.answers if not _moves(each))
    only = [f"only what is missing differs in: {waiting}"] if waiting else []
    section = _counted("Answers", f"{differ}, verdicts moved in {judged}", rows, _QUESTION)
    return replace(section, blocks=[*section.blocks, Rows([Row(each) for each in only], indent=6)])


def _judges(answer: AnswerChange) -> bool:
    """Whether the verdict on a cause differs."""
    return any(field.name == VERDICT for row in answer.rows for field in row.fields)


def _moves(answer: AnswerChange) -> bool:
    """Whether more differs than which statements wait for something that is not known."""
    return any(row.part not in _WAITING for row in answer.rows)


def _answer(answer: AnswerChange) -> Row:
    below = _rows(map(_answer_row, answer.rows), 4)
    return Row(answer.asked, ids=(answer.question,), under=[below])


def _answer_row(change: Change) -> Row:
    verdict = next((each for each in change.fields if each.name == VERDICT), None)
    moved = f": {_moved(verdict, NOT_LISTED)}" if verdict else ""
    words = f"{PARTS.get(change.part, f'{change.part}: ')}{change.label}{moved}"
    ids = () if change.part in _WAITING else change.statements
    below = _below(*(_field(each) for each in change.fields if each is not verdict))
    page = (f"{change.how.value}: {words}",)
    return Row(f"{SIGNS[change.how]} {words}", ids=ids, page=page, under=below)


# ── An answer as it would be ────────────────────────────────────────────────────────────────


def render_supposition(found: Supposition, form: str) -> str:
    """What would change if something were so, as text, Markdown or JSON."""
    return render(form, supposition_sections(found), with_notice(found))


def supposition_sections(found: Supposition) -> Iterator[Section]:
    """What is supposed, and the parts of the answer that it moves; what is empty is left out."""
    place = f", in place of: {'; '.join(found.replaced)}" if found.replaced else ""
    asked, facts = found.before.question, given(found.before) or "nothing"
    case = Paragraph(f"{asked}    given: {facts}", page=f"{asked}. Given: {facts}.")
    head = f"If {'; '.join(found.facts)}{place}"
    yield Section(head, head, [case], level=1)
    yield from changed_sections(found)
    yield Section(blocks=[Paragraph(NOTICE)])


def changed_sections(found: Supposition) -> Iterator[Section]:
    """The parts of an answer that differ from those of another."""
    parts = [(title, rows) for title, rows in _parts(found) if rows]
    for title, rows in parts or [("nothing in the answer changes", [])]:
        heading = f"{title.capitalize()} ({len(rows)})"
        yield Section(heading, heading.upper(), [Rows(rows, (64, 0, _IDS))] if rows else ())


def _parts(found: Supposition) -> Iterator[tuple[str, list[Row]]]:
    moved = [each for each in found.verdicts if each.before != each.after]
    same = [each for each in found.verdicts if each.before == each.after]
    known = {message.text for message in found.before.scope}
    new = (each for each in found.after.scope if each.text not in known)
    yield "scope", [Row(each.text, ids=each.statements) for each in new]
    yield "verdicts that change", [_verdict_row(found, each) for each in moved]
    yield "same verdict, other reasons", [_verdict_row(found, each) for each in same]
    yield "comes", _shown(found, ChangeKind.ADDED)
    yield "goes", _shown(found, ChangeKind.REMOVED)
    # Out of scope an answer waits for nothing, and still nothing has become known.
    if found.after.judged or found.after.unknown:
        yield "no longer missing", _unknown(found, ChangeKind.REMOVED)
    yield "missing now", _unknown(found, ChangeKind.ADDED)


def _verdict_row(found: Supposition, change: VerdictChange) -> Row:
    before, after = change.before or NOT_LISTED, _after(found, change)
    words = f"{before} → {after}" if change.before != change.after else after
    reasons = [Row(each.text, ids=each.statements) for each in change.reasons]
    return Row(f"{change.label}: {words}", under=[Rows(reasons, (60, 0, _IDS), indent=4)])


def _after(found: Supposition, change: VerdictChange) -> str:
    """The verdict as it would be; not present where the case would say so."""
    if change.after is not None:
        return change.after
    if any(term.iri == change.iri for term in found.after.absent):
        return NOT_THERE
    return NOT_LISTED if found.after.judged else NOT_JUDGED


def _shown(found: Supposition, how: ChangeKind) -> list[Row]:
    return [
        Row(f"{SIGNS[how]} {PARTS[change.part]}{change.label}", ids=change.statements)
        for change in found.changes
        if change.part in _SHOWN and change.how is how
    ]


def _unknown(found: Supposition, how: ChangeKind) -> list[Row]:
    rows = (change for change in found.changes if change.part == "unknown")
    return [Row(change.label) for change in rows if change.how is how]
