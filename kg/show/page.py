"""The default answer: one page that is read in thirty seconds.

It says what touches this question and this patient, a line a thing, with the statements at its
end; the rest is counted, with the name that opens it. Where a case has more than the page holds,
less is spelled out, step by step, and what is folded is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from kg.answer.model import Answer, Message, NextStep
from kg.show import words
from kg.show.blocks import GAP, NOTICE, WIDTH, Paragraph, Row, Rows, Section, to_text
from kg.show.groups import Group, Item, grouped, numbers_of
from kg.show.runs import id_run, letter, name_run, number_run
from kg.show.words import argued, own_arguments, rule_ids

LINES: Final = 36
"""The most lines of a page on a terminal."""
_MARGIN: Final = 4
_IDS: Final = 22
_LABEL: Final = 36
_DECIDES: Final = 18
"""What stands beside a step."""
_GIVEN: Final = 2 * WIDTH - 20
"""The places for a question and what was given with it."""
_NONE: Final = "none by itself"
_ASIDE: Final = 13
"""The margin of what stands below the next steps, for a word such as SOURCES."""


class Room(Struct, frozen=True):
    """How much of an answer is spelled out."""

    rows: int = 30
    """The causes of a group, and the next steps, that have a line."""
    joined: int = 1
    """What shares lines: 1 what is less likely, and steps that decide nothing; 2 all that is no
    more than listed; 0 nothing."""
    texts: int = 30
    """The rules, prognoses and pieces of advice that are said in full; the others are named."""
    names: int = 190
    """The places for names that are listed one after the other."""
    limits: int = 30
    """The limits of scope and the conflicts that are said; the others are counted."""
    parted: bool = True
    """Whether an empty line stands between the parts."""

    @property
    def is_wide(self) -> bool:
        """Whether a page may have lines that a reader can do without."""
        return self.texts > 1


ROOMS: Final = (
    Room(joined=0),
    Room(),
    Room(texts=3),
    Room(texts=2, names=95),
    Room(texts=1, names=95),
    Room(texts=1, names=95, joined=2),
    Room(texts=0, names=95, joined=2),
    Room(texts=0, names=95, joined=2, parted=False),
    Room(texts=0, names=95, joined=2, rows=9, limits=4, parted=False),
    Room(texts=0, names=95, joined=2, rows=6, limits=3, parted=False),
    Room(texts=0, names=95, joined=2, rows=4, limits=2, parted=False),
    Room(texts=0, names=95, joined=2, rows=2, limits=1, parted=False),
    Room(texts=0, names=80, joined=2, rows=1, limits=1, parted=False),
)
"""From the widest to the narrowest."""


def page_sections(answer: Answer) -> list[Section]:
    """The answer on one page, with as much spelled out as LINES have room for."""
    shown = _shown_ids(answer)
    for room in ROOMS:
        sections = list(_sections(answer, room, shown))
        if to_text(sections).count("\n") <= LINES:
            break
    return sections


def _sections(answer: Answer, room: Room, shown: frozenset[str]) -> Iterator[Section]:
    causes = [_group(each, room) for each in grouped(answer, shown)]
    parts = [
        _limits(answer, room),
        _alerts(answer, room),
        Section(blocks=[_source(answer), *causes, _absent(answer, room)]),
        _next_steps(answer, room),
        Section(blocks=[_beside(answer, room), _standing(answer, room)]),
    ]
    yield _title(answer)
    filled = [each for each in parts if not each.is_empty]
    yield from filled if room.parted else [Section(blocks=filled)]


def _shown_ids(answer: Answer) -> frozenset[str]:
    """The statements that a page may name."""
    found = {each for message in answer.messages for each in message.statements}
    for cause in answer.causes:
        found.update(cause.statements, rule_ids(own_arguments(cause)))
    for origin in answer.origins:
        found.update(rule_ids((*origin.supports, *origin.against)))
    return frozenset(found.union(*[step.statements for step in answer.ask_next]))


def _lines(margin: int, middle: int = 0) -> tuple[int, int, int]:
    """The columns behind a margin: a text, with something in the middle or without, and ids."""
    return WIDTH - margin - middle - _IDS - 2 * GAP, middle, _IDS


# ── What was asked, and what limits the answer ──────────────────────────────────────────────


def _title(answer: Answer) -> Section:
    facts = [words.fact_text(each) for each in answer.case]
    given = name_run(facts, _GIVEN - len(answer.question), opens="--show inputs") or "nothing"
    page = Paragraph("", page=f"Given: {given}.")
    asides = [Paragraph(each) for each in (*words.read_as(answer), *_unused(answer))]
    return Section(answer.question, f"{answer.question}    given: {given}", [page, *asides], 1)


def _unused(answer: Answer) -> Iterator[str]:
    """What was given and did nothing, in a line each; what the scope says is not said again."""
    said = [each.text for each in answer.scope]
    left = [e for e in answer.unused if not any(e.given in text for text in said)]
    for kind in words.each_once(each.kind for each in left):
        here = [each for each in left if each.kind == kind]
        whole = [f"{each.given}: {each.reason}" for each in here]
        yield from _one_line(f"{kind}: ", whole, [each.given for each in here])
    idle = [words.fact_text(each) for each in answer.idle]
    yield from _one_line("without effect on this answer: ", idle, idle)


def _one_line(lead: str, whole: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Names with all that is said of them, or by themselves: what a line has room for."""
    room = WIDTH - len(lead)
    fits = len("; ".join(whole)) <= room
    if names:
        yield lead + name_run(whole if fits else names, room, opens="--show inputs")


def _limits(answer: Answer, room: Room) -> Section:
    """Limits of scope, then conflicts; both are counted beyond some."""
    conflicts = [
        Row(f"{each.text} Given: {'; '.join(each.facts)}.", mark="CONFLICT")
        for each in answer.conflicts
    ]
    scope = [Row(each.text, ids=each.statements, mark="SCOPE") for each in answer.scope]
    shown = [*scope[: room.limits], *conflicts[: room.limits]]
    left = len(scope) + len(conflicts) - len(shown)
    rows = [*shown, *_more(left, "conflicts")]
    return Section(_scope_title(answer), blocks=[_marked(rows, 9)])


def _scope_title(answer: Answer) -> str:
    return "Scope" if answer.scope else "Conflicts"


def _alerts(answer: Answer, room: Room) -> Section:
    rows = [_message(" ! ", each, full=room.rows > 1) for each in answer.alerts]
    return Section("Alerts", blocks=[_marked(rows, _MARGIN)])


def _message(mark: str, message: Message, *, full: bool) -> Row:
    ids = (*message.statements, *message.corroboration)
    return _row(mark, message.text if full else message.label, "", ids)


def _marked(rows: Sequence[Row], margin: int, middle: int = 0) -> Rows:
    """Rows with a mark in the margin and ids at the end."""
    return Rows(rows, _lines(margin, middle), indent=0, margin=margin, hang=0)


def _row(mark: str, text: str, beside: str, ids: Iterable[str]) -> Row:
    """A row whose ids stand together, and its cells on a page."""
    run = id_run(ids)
    said = f"{text} ({run})" if run else text
    cells = (mark.strip(), text.strip(), beside, run)
    return Row(text, beside, right=run, mark=mark, page=(cells[0], said), cells=cells)


def _more(left: int, opens: str) -> Iterator[Row]:
    """That so many rows are left out, and what opens them."""
    if left > 0:
        text = f"… and {left} more: --show {opens}"
        yield Row(text, cells=("", text, "", ""))


class Entry(Struct, frozen=True):
    """A numbered or lettered line before it is laid out."""

    mark: str
    text: str
    beside: str
    ids: tuple[str, ...]
    low: bool = False
    """Whether it may share a line with others that have the same beside them."""


def _line(*entries: Entry) -> Row:
    """One entry, or several on one line, each with its mark."""
    first, *others = entries
    text = " · ".join((first.text, *(f"{e.mark.strip()} {e.text.strip()}" for e in others)))
    ids = words.each_once(each for entry in entries for each in entry.ids)
    return _row(first.mark, text, first.beside, ids)


def _joined(entries: Iterable[Entry]) -> Iterator[Row]:
    """The entries, of the low ones as many on a line as it holds."""
    line: list[Entry] = []
    for entry in entries:
        if line and not _shares(line, entry):
            yield _line(*line)
            line = []
        line.append(entry)
    if line:
        yield _line(*line)


def _shares(line: Sequence[Entry], entry: Entry) -> bool:
    """Whether an entry has room on a line of low ones."""
    first, whole = line[0], _line(*line, entry)
    places = WIDTH - _MARGIN - _IDS - GAP
    places -= _DECIDES + GAP if first.beside else 0
    alike = first.low and entry.low and first.beside == entry.beside
    return alike and len(whole.text) <= places and len(whole.right) <= _IDS


# ── Where it comes from, and the causes ─────────────────────────────────────────────────────


def _source(answer: Answer) -> Section:
    title = words.source_of(answer)
    by_standing: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for origin in answer.origins:
        arguments = (*origin.supports, *origin.against)
        standing = argued(arguments) or words.OPEN
        by_standing.setdefault((standing, rule_ids(arguments)), []).append(origin.label)
    rows = [_row("", "; ".join(names), said, ids) for (said, ids), names in by_standing.items()]
    head = ("", "Tissue", "How it stands", "Statements")
    return Section(title, title.upper(), [_table(rows, head)])


def _table(rows: Sequence[Row], head: tuple[str, ...], middle: int = 0) -> Rows:
    middle = middle or WIDTH - _MARGIN - _LABEL - _IDS - 2 * GAP
    columns = _lines(_MARGIN, middle)
    return Rows(rows, columns, indent=0, margin=_MARGIN, hang=2, head=head)


def _group(group: Group, room: Room) -> Section:
    reason, ids = f": {group.reason}" if group.reason else "", id_run(group.ids)
    title = f"{group.title}{reason} ({ids})" if ids else f"{group.title}{reason}"
    lead = Row(f"{group.title.upper()}{reason}", right=ids).off_page()
    shares = (group.low and room.joined > 0) or room.joined > 1
    items = [_item(each, joined=shares and each.low) for each in group.items[: room.rows]]
    rows = list(_joined(items))
    rows += _more(len(group.items) - len(items), "causes")
    table = _table(rows, ("", "Cause", "Note", "Statements"))
    return Section(title, "", [Rows([lead], _lines(0), indent=0), table])


def _item(item: Item, *, joined: bool) -> Entry:
    mark, label = f"{item.number:>2}", f"  {item.label}" if item.below else item.label
    if joined:
        text = f"{item.label} ({item.note})" if item.note else item.label
        return Entry(mark, text, "", item.ids, joined)
    fits = len(label) <= _LABEL or not item.note
    if fits:
        return Entry(mark, label, item.note, item.ids)
    return Entry(mark, f"{label}: {item.note}", "", item.ids)


def _absent(answer: Answer, room: Room) -> Section:
    names = name_run([each.label for each in answer.absent], room.names)
    rows = [Row(f"NOT PRESENT, as given: {names}", page=(names,))] if names else []
    return Section("Not present, as given", blocks=[Rows(rows, indent=0)])


# ── What to do next, and what is said beside the causes ─────────────────────────────────────


def _next_steps(answer: Answer, room: Room) -> Section:
    steps = list(enumerate(answer.ask_next[: room.rows]))
    entries = [_step(place, each, answer, joined=room.joined > 0) for place, each in steps]
    rows = list(_joined(entries))
    rows += _more(len(answer.ask_next) - len(steps), "steps")
    lead = [Row("NEXT", "decides").off_page()] if rows else []
    columns = _lines(0, _DECIDES)
    table = _table(rows, ("", "Step", "Decides", "Statements"), _DECIDES)
    return Section("Next", blocks=[Rows(lead, columns, indent=0), table])


def _step(place: int, step: NextStep, answer: Answer, *, joined: bool) -> Entry:
    marks = [
        each for each, holds in (("urgent", step.urgent), ("optional", step.optional)) if holds
    ]
    label = f"{step.label} ({', '.join(marks)})" if marks else step.label
    decides = _decides(step, answer)
    return Entry(f" {letter(place)}", label, decides, step.statements, joined and decides == _NONE)


def _decides(step: NextStep, answer: Answer) -> str:
    """The numbers of the causes whose verdict a step may change, or else that it bears on."""
    settles = number_run(numbers_of(answer, step.settles))
    informs = number_run(numbers_of(answer, step.informs))
    if settles:
        return settles
    return f"bears on {informs}" if informs else _NONE


def _beside(answer: Answer, room: Room) -> Section:
    """Rules, prognoses and advice that stand in no line above."""
    above = {each for o in answer.origins for each in rule_ids((*o.supports, *o.against))}
    above.update(*[rule_ids(own_arguments(cause)) for cause in answer.causes])
    rules = [each for each in answer.rules if not above.issuperset(each.statements)]
    parts = (("RESULTS", rules), ("PROGNOSIS", answer.outcomes), ("ADVICE", answer.advice))
    rows: list[Row] = []
    for mark, messages in parts:
        rows += _messages(mark, messages, max(0, room.texts - len(rows)))
    return Section("Prognosis and advice", blocks=[_marked(rows, _ASIDE)])


def _messages(mark: str, messages: Sequence[Message], full: int) -> Iterator[Row]:
    """The first in full, and the rest by their names on shared lines."""
    shown, named = messages[:full], messages[full:]
    for place, each in enumerate(shown):
        yield _message("" if place else mark, each, full=True)
    if named:
        ids = words.each_once(e for each in named for e in each.statements)
        yield _row("" if shown else mark, "; ".join(each.label for each in named), "", ids)


# ── What it all rests on, and what else there is ────────────────────────────────────────────


def _standing(answer: Answer, room: Room) -> Section:
    gaps = name_run(answer.not_covered, room.names, opens="--show missing")
    said = (
        ("NOT COVERED", gaps),
        ("SOURCES", words.sources(answer)),
        ("MORE", "; ".join((f"--show {_openers(answer)}", *_commands(answer, room)))),
    )
    rows = [Row(text, mark=mark) for mark, text in said if text]
    lines = Rows(rows, indent=0, margin=_ASIDE, hang=0)
    return Section("Sources and more", blocks=[lines, Paragraph(NOTICE)])


def _openers(answer: Answer) -> str:
    """What else there is, each with the word that opens it."""
    counted = {
        "statements": len(answer.statements),
        "other": len(answer.other_populations) + len(answer.steps_for_others),
        "missing": len(answer.unknown),
        "conflicts": len(answer.conflicts) + len(answer.tensions),
    }
    named = [f"{name} ({many})" for name, many in counted.items() if many]
    return " · ".join((*named, "all"))


def _commands(answer: Answer, room: Room) -> Iterator[str]:
    """What a reader may type of a row and, where there is room, of an id."""
    if answer.causes:
        yield "kg why 1"
    if answer.statements and room.is_wide:
        yield f"kg statement {min(answer.statements)}"
