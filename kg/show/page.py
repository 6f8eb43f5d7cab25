"""The default answer: one page that is read in thirty seconds.

It says what touches this question and this patient, a line a thing, with the statements at its
end; the rest is counted, with the name that opens it. Where a case has more than the page holds,
less is spelled out, step by step, and what is folded is counted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from kg.answer.model import Answer, Argument, Conflict, Message, NextStep, Origin, Unused
from kg.case.names import AMBIGUOUS, NOT_COVERED
from kg.show import words
from kg.show.blocks import (
    GAP,
    NOTICE,
    WIDTH,
    Block,
    Paragraph,
    Row,
    Rows,
    Section,
    Strong,
    to_markdown,
    to_text,
)
from kg.show.facts import read_as, short_fact, short_facts
from kg.show.groups import Group, Item, grouped, numbers_of
from kg.show.layout import (
    BESIDE,
    LINES,
    MARGIN,
    ROOMS,
    Entry,
    Room,
    folded,
    headed,
    marked,
    more,
    row,
)
from kg.show.runs import id_run, letter, name_run, number_run
from kg.show.words import argued, own_arguments, rule_ids

_ASIDE: Final = 13
"""The margin of what stands below the next steps, for a word such as SOURCES."""
_LIMITS: Final = 9
"""The margin of limits of scope and conflicts."""
_TOLD: Final = 35
"""The places beside what is told of an input: its kind, and how many more there are."""
_CLAUSE: Final = re.compile("[,;] ")
"""Where the first clause of a reason ends."""
_OF_NAMES: Final = (NOT_COVERED, AMBIGUOUS)
"""The kinds of inputs that are no more than a name."""
_LAST: Final = Paragraph(NOTICE)
_BEHIND, _AROUND = 1, 2
"""Empty lines behind the causes alone, and around them."""
_SOURCE: Final = "source"
_NONE: Final = "none by itself"


def page_sections(answer: Answer, width: int = WIDTH) -> list[Section]:
    """The answer on one page, with as much spelled out as its lines have room for."""
    shown = shown_ids(answer)
    pages: dict[Room, list[Section]] = {}

    def laid_out(room: Room) -> list[Section]:
        return list(_sections(answer, replace(room, width=width), shown))

    def fits(room: Room) -> bool:
        page = pages[room] = laid_out(room)
        in_text = to_text(page, width).count("\n") <= room.lines * WIDTH // width
        return in_text and to_markdown(page).count("\n") <= LINES

    found = ROOMS[bisect_left(ROOMS[:-1], x=True, key=fits)]
    return pages.get(found) or laid_out(found)


def _sections(answer: Answer, room: Room, shown: frozenset[str]) -> Iterator[Section]:
    """The parts of a page, of which each has an empty line before it."""
    head: list[Block] = [_title(answer, room), _limits(answer, room), _alerts(answer, room)]
    causes: list[Block] = [_source(answer, room)]
    causes += [_group(each, room) for each in grouped(answer, shown)]
    causes += [_absent(answer, room)] if room.is_wide else []  # what was given says it too
    steps: Block = _next_steps(answer, room)
    rest: list[Block] = [_beside(answer, room), _end(answer, room), _LAST]
    parts: list[list[Block]] = [[*head, *causes, steps, *rest]]
    if room.parted == _BEHIND:
        parts = [[*head, *causes], [steps, *rest]]
    elif room.parted == _AROUND:
        parts = [head, causes, [steps, *rest]]
    elif room.parted:
        parts = [*([each] for each in head), causes, [steps], rest]
    yield from (Section(blocks=part) for part in parts)


def shown_ids(answer: Answer) -> frozenset[str]:
    """The statements that a page may name."""
    found = {each for message in answer.messages for each in message.statements}
    for cause in answer.causes:
        found.update(cause.statements, rule_ids(own_arguments(cause)))
    for origin in answer.origins:
        found.update(rule_ids(_spoken(origin)))
    return frozenset(found.union(*[step.statements for step in answer.ask_next]))


# ── What was asked, and what limits the answer ──────────────────────────────────────────────


def _title(answer: Answer, room: Room) -> Section:
    """The question, what was given, in two lines at most, and what did nothing.

    Of a question in words the options that it was read as say what was given.
    """
    title = words.title(answer)
    places = 2 * room.width - len(title) - 20
    facts = short_facts(answer, places)
    given = _cut(name_run(facts, places, opens="--show inputs") or "nothing", room)
    head = title if answer.read_as else f"{title}    given: {given}"
    read = [_cut(each, room) for each in read_as(answer)]
    asides = [Row(each) for each in (*read, *_unused(answer, room))]
    page = Paragraph("", page=f"Given: {given}.")
    blocks: list[Block] = [page, Rows(asides, indent=0, hang=0)]
    return Section(title, head, blocks, level=1)


def _unused(answer: Answer, room: Room) -> Iterator[str]:
    """What was given and did nothing, in a line each; what the scope says is not said again."""
    said = [each.text for each in answer.scope]
    left = [e for e in answer.unused if not any(e.given in text for text in said)]
    for kind in words.each_once(each.kind for each in left):
        yield _one_line(f"{kind}: ", _told([e for e in left if e.kind == kind], room), room)
    if answer.idle:
        idle = [short_fact(each) for each in answer.idle]
        yield _one_line("without effect on this answer: ", idle, room)


def _told(unused: Sequence[Unused], room: Room) -> list[str]:
    """Inputs of a kind with the reasons, those with a reason of their own and short ones first.

    Where a line has no room for them, names that are not known stand alone, and of other reasons
    only the beginning is told.
    """
    often = Counter(each.reason for each in unused)
    told = sorted(unused, key=lambda e: (often[e.reason], len(e.given) + len(e.reason)))
    whole = [f"{each.given}: {each.reason}" for each in told]
    if len(told) == 1 or len("; ".join(whole)) <= room.width - _TOLD:
        return whole
    if unused[0].kind in _OF_NAMES:
        return [each.given for each in told]
    briefly = [f"{each.given}: {_CLAUSE.split(each.reason)[0]}" for each in told]
    briefly.sort(key=len)
    return briefly if len(briefly[0]) <= room.width - _TOLD else [each.given for each in told]


def _one_line(lead: str, names: Sequence[str], room: Room) -> str:
    return _cut(lead + name_run(names, room.width - len(lead), opens="--show inputs"), room)


def _cut(text: str, room: Room) -> str:
    return words.cut(text, room.long, "--show inputs")


def _limits(answer: Answer, room: Room) -> Rows:
    """Limits of scope, then conflicts; both are counted beyond some."""
    scope = [row("SCOPE", e.text, "", e.statements, called="Scope") for e in answer.scope]
    conflicts = [_conflict(each, room) for each in answer.conflicts]
    shown = [*scope[: room.limits], *conflicts[: room.limits]]
    left = len(scope) + len(conflicts) - len(shown)
    return marked(room, [*shown, *more(left, "conflicts")], _LIMITS)


def _conflict(conflict: Conflict, room: Room) -> Row:
    text = words.cut(words.conflict_text(conflict), room.long, "--show conflicts")
    return row("CONFLICT", text, "", (), called="Conflict")


def _alerts(answer: Answer, room: Room) -> Rows:
    rows = [_message(" ! ", e, full=room.rows > 1, called="Alert") for e in answer.alerts]
    return marked(room, rows, MARGIN)


def _message(mark: str, message: Message, *, full: bool, called: str) -> Row:
    ids = (*message.statements, *message.corroboration)
    return row(mark, message.text if full else message.label, "", ids, called=called)


# ── Where it comes from, and the causes ─────────────────────────────────────────────────────


def _source(answer: Answer, room: Room) -> Rows:
    """The tissues that the finding may come from; those that stand alike share a line."""
    alike: dict[str, list[Origin]] = {}
    for origin in answer.origins:
        alike.setdefault(argued(_spoken(origin)) or words.OPEN, []).append(origin)
    rows = [_origins(said, origins) for said, origins in alike.items()]
    title = words.source_of(answer)
    return headed(room, Row(title.upper(), page=(Strong(title),)), rows)


def _origins(said: str, origins: Sequence[Origin]) -> Row:
    names = "; ".join(each.label for each in origins)
    ids = rule_ids(argument for each in origins for argument in _spoken(each))
    return row("", f"{names}: {said}", "", ids)


def _spoken(origin: Origin) -> tuple[Argument, ...]:
    return (*origin.supports, *origin.against)


def _group(group: Group, room: Room) -> Rows:
    reason, ids = f": {group.reason}" if group.reason else "", id_run(group.ids)
    title = f"{group.title}{reason} ({ids})" if ids else f"{group.title}{reason}"
    head = Row(f"{group.title.upper()}{reason}", right=ids, page=(Strong(title),))
    shares = (group.low and room.joined > 0) or room.joined > 1
    items = [_item(each, room, joined=shares and each.low) for each in group.items]
    return headed(room, head, list(folded(room, items, "causes")))


def _item(item: Item, room: Room, *, joined: bool) -> Entry:
    mark, label = f"{item.number:>2}", f"  {item.label}" if item.below else item.label
    if joined:
        text = f"{item.label} ({item.note})" if item.note else item.label
        return Entry(mark, text, "", item.ids, joined)
    if len(label) <= room.label or not item.note:
        return Entry(mark, label, item.note, item.ids)
    return Entry(mark, f"{label}: {item.note}", "", item.ids)


def _absent(answer: Answer, room: Room) -> Rows:
    names = name_run([each.label for each in answer.absent], room.names)
    called = "Not present, as given"
    rows = [Row(f"NOT PRESENT, as given: {names}", page=(Strong(called), names))] if names else []
    return Rows(rows, indent=0)


# ── What to do next, and what is said beside the causes ─────────────────────────────────────


def _next_steps(answer: Answer, room: Room) -> Rows:
    steps = enumerate(answer.ask_next)
    entries = [_step(place, each, answer, joined=room.joined > 0) for place, each in steps]
    head = Row("NEXT", page=(Strong("Next"),))
    if answer.judged:
        head = Row("NEXT", "decides", page=(Strong("Next, and what it decides"),))
    return headed(room, head, list(folded(room, entries, "steps")), BESIDE)


def _step(place: int, step: NextStep, answer: Answer, *, joined: bool) -> Entry:
    marks = ["urgent"] if step.urgent else []
    marks += [step.offered] if step.offered else ["optional"] if step.optional else []
    label = f"{step.label} ({'; '.join(marks)})" if marks else step.label
    decides = decided_by(step, answer)
    return Entry(f" {letter(place)}", label, decides, step.statements, joined and decides == _NONE)


def decided_by(step: NextStep, answer: Answer) -> str:
    """The numbers of the causes whose verdict a step may change, and whether it is of the source.

    Where it changes none, how many it may add to them, or else those that it bears on; where no
    cause is judged, nothing.
    """
    if not answer.judged:
        return ""
    settles = number_run(numbers_of(answer, step.settles))
    if step.settles and not settles:
        settles = _added(step)
    informs = number_run(numbers_of(answer, step.informs))
    source = _SOURCE if step.origins else ""
    found = settles or source or (f"bears on {informs}" if informs else _NONE)
    return f"{settles}; {source}" if settles and source else found


def _added(step: NextStep) -> str:
    """The causes that a result may add to the list, by name: they have no number yet."""
    moves = [move for result in step.results for move in result.moves]
    names = words.each_once(move.label for move in moves if move.iri in step.settles)
    return f"adds {name_run(names, 2 * BESIDE)}" if names else ""


def _beside(answer: Answer, room: Room) -> Rows:
    """Rules, prognoses and advice that stand in no line above."""
    above = {each for o in answer.origins for each in rule_ids(_spoken(o))}
    above.update(*[rule_ids(own_arguments(cause)) for cause in answer.causes])
    rules = [each for each in answer.rules if not above.issuperset(each.statements)]
    left = room.texts - len(answer.outcomes) if room.asides else 0  # what may be coming first
    full = left if left >= len(answer.advice) else 0
    rows = [
        *_said("Results", "result", rules, left if left >= len(rules) else 0, room),
        *_said("Prognosis", "outcome", answer.outcomes, room.texts, room),
        *_said("Advice", "", answer.advice[:full], full, room),
        *_named("Advice", answer.advice[full:], room),
    ]
    return marked(room, rows if room.is_closed else [], _ASIDE)


def _said(
    called: str, noun: str, messages: Sequence[Message], full: int, room: Room
) -> Iterator[Row]:
    """The first as whole sentences; the rest is counted, for a name alone may say another thing."""
    shown, left = messages[:full], messages[full:]
    for place, each in enumerate(shown):
        yield _message("" if place else called.upper(), each, full=True, called=called)
    if left:
        many = f"{len(left)} more" if shown else words.count(len(left), noun)
        yield _in_short(f"{many}: --show advice", "" if shown else called, left, room.ids)


def _named(called: str, messages: Sequence[Message], room: Room) -> Iterator[Row]:
    """As many names as have places."""
    if messages:
        places = (room.width - _ASIDE - GAP - room.ids) * room.labels
        labels = name_run([each.label for each in messages], places, opens="--show advice")
        yield _in_short(labels, called, messages, room.ids * room.labels)


def _in_short(text: str, called: str, messages: Sequence[Message], places: int) -> Row:
    """One row for several messages, with as many of their statements as have places."""
    ids = words.each_once(e for each in messages for e in each.statements)
    run = id_run(sorted(ids), places)
    page = (Strong(called), f"{text} ({run})") if called else (f"{text} ({run})",)
    return Row(text, right=run, mark=called.upper(), page=page)


# ── What it all rests on, and what else there is ────────────────────────────────────────────


def _end(answer: Answer, room: Room) -> Rows:
    gaps = name_run(answer.not_covered, room.names, opens="--show missing")
    gaps = gaps if room.is_closed else ""
    said = (
        ("Not covered", gaps),
        ("Sources", words.sources(answer, brief=not room.is_wide)),
        ("More", f"--show {_openers(answer, room)}{'; kg why 1 …' if answer.causes else ''}"),
        ("", _example(answer) if room.is_wide else ""),
    )
    rows = [row(called.upper(), text, "", (), called=called) for called, text in said if text]
    return Rows(rows, indent=0, margin=_ASIDE, hang=0)


def _openers(answer: Answer, room: Room) -> str:
    """What else there is, each with the word that opens it."""
    beside = len(answer.rules) + len(answer.outcomes) + len(answer.advice)
    gaps = len(answer.unknown)
    counted = {
        "advice": 0 if room.is_closed else beside,
        "statements": len(answer.statements),
        "other": len(answer.other_populations) + len(answer.steps_for_others),
        "missing": gaps if room.is_closed else gaps + len(answer.not_covered),
        "conflicts": len(answer.conflicts) + len(answer.tensions),
    }
    named = [f"{name} ({many})" for name, many in counted.items() if many]
    return " · ".join((*named, "all"))


def _example(answer: Answer) -> str:
    """What a reader may type to see what an id stands for: of a cause, if one is listed."""
    listed = {each for cause in answer.causes for each in cause.statements}
    ids = listed or answer.statements
    return f"kg statement {min(ids)}" if ids else ""
