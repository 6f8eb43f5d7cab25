"""The default answer: one page that is read in thirty seconds.

It says what touches this question and this patient, a line a thing, with the statements at its
end; the rest is counted, with the name that opens it. Where a case has more than the page holds,
less is spelled out, step by step, and what is folded is counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from kg.answer.model import Answer, Argument, Conflict, Message, NextStep, Origin, Unused
from kg.show import words
from kg.show.blocks import GAP, NOTICE, WIDTH, Paragraph, Row, Rows, Section, to_text
from kg.show.groups import Group, Item, grouped, numbers_of
from kg.show.layout import (
    BESIDE,
    MARGIN,
    ROOMS,
    Entry,
    Room,
    columns,
    folded,
    marked,
    more,
    row,
    table,
)
from kg.show.runs import id_run, letter, name_run, number_run
from kg.show.words import argued, own_arguments, rule_ids

_ASIDE: Final = 13
"""The margin of what stands below the next steps, for a word such as SOURCES."""
_LIMITS: Final = 9
"""The margin of limits of scope and conflicts."""
_SOURCE: Final = "source"
_NONE: Final = "none by itself"


def page_sections(answer: Answer, width: int = WIDTH) -> list[Section]:
    """The answer on one page, with as much spelled out as its lines have room for."""
    shown = _shown_ids(answer)

    def laid_out(room: Room) -> list[Section]:
        return list(_sections(answer, replace(room, width=width), shown))

    def fits(room: Room) -> bool:
        return to_text(laid_out(room), width).count("\n") <= room.lines * WIDTH // width

    found = bisect_left(ROOMS[:-1], x=True, key=fits)
    return laid_out(ROOMS[found])


def _sections(answer: Answer, room: Room, shown: frozenset[str]) -> Iterator[Section]:
    head = [_title(answer, room), _limits(answer, room), _alerts(answer, room)]
    groups = [_group(each, room) for each in grouped(answer, shown)]
    absent = [_absent(answer, room)] if room.is_wide else []  # what was given says it too
    causes = Section(blocks=[_source(answer, room), *groups, *absent])
    rest = [_next_steps(answer, room), Section(blocks=[_beside(answer, room), _end(answer, room)])]
    match room.parted:
        case 2:
            parts = [*head, causes, *rest]
        case 1:
            parts = [Section(blocks=head), causes, Section(blocks=rest)]
        case _:
            parts = [Section(blocks=[*head, causes, *rest])]
    yield from parts


def _shown_ids(answer: Answer) -> frozenset[str]:
    """The statements that a page may name."""
    found = {each for message in answer.messages for each in message.statements}
    for cause in answer.causes:
        found.update(cause.statements, rule_ids(own_arguments(cause)))
    for origin in answer.origins:
        found.update(rule_ids(_spoken(origin)))
    return frozenset(found.union(*[step.statements for step in answer.ask_next]))


# ── What was asked, and what limits the answer ──────────────────────────────────────────────


def _title(answer: Answer, room: Room) -> Section:
    """The question with what was given, in two lines at most, and what did nothing."""
    places = 2 * room.width - len(answer.question) - 20
    facts = words.short_facts(answer, places)
    given = name_run(facts, places, opens="--show inputs") or "nothing"
    page = Paragraph("", page=f"Given: {given}.")
    asides = [Paragraph(each) for each in (*words.read_as(answer), *_unused(answer, room))]
    return Section(answer.question, f"{answer.question}    given: {given}", [page, *asides], 1)


def _unused(answer: Answer, room: Room) -> Iterator[str]:
    """What was given and did nothing, in a line each; what the scope says is not said again."""
    said = [each.text for each in answer.scope]
    left = [e for e in answer.unused if not any(e.given in text for text in said)]
    for kind in words.each_once(each.kind for each in left):
        yield _one_line(f"{kind}: ", _told([e for e in left if e.kind == kind], room), room)
    if answer.idle:
        idle = [words.fact_text(each) for each in answer.idle]
        yield _one_line("without effect on this answer: ", idle, room)


def _told(unused: Sequence[Unused], room: Room) -> list[str]:
    """Inputs with the reasons, those with a reason of their own first; of many, the names alone."""
    often = Counter(each.reason for each in unused)
    told = sorted(unused, key=lambda each: often[each.reason])
    whole = [f"{each.given}: {each.reason}" for each in told]
    fits = len("; ".join(whole)) <= room.width - _LIMITS
    return whole if fits else [each.given for each in told]


def _one_line(lead: str, names: Sequence[str], room: Room) -> str:
    return lead + name_run(names, room.width - len(lead), opens="--show inputs")


def _limits(answer: Answer, room: Room) -> Section:
    """Limits of scope, then conflicts; both are counted beyond some."""
    conflicts = [_conflict(each) for each in answer.conflicts]
    scope = [row("SCOPE", each.text, "", each.statements) for each in answer.scope]
    shown = [*scope[: room.limits], *conflicts[: room.limits]]
    left = len(scope) + len(conflicts) - len(shown)
    rows = [*shown, *more(left, "conflicts")]
    return Section("Scope" if scope else "Conflicts", blocks=[marked(room, rows, _LIMITS)])


def _conflict(conflict: Conflict) -> Row:
    return row("CONFLICT", f"{conflict.text} Given: {'; '.join(conflict.facts)}.", "", ())


def _alerts(answer: Answer, room: Room) -> Section:
    rows = [_message(" ! ", each, full=room.rows > 1) for each in answer.alerts]
    return Section("Alerts", blocks=[marked(room, rows, MARGIN)])


def _message(mark: str, message: Message, *, full: bool) -> Row:
    ids = (*message.statements, *message.corroboration)
    return row(mark, message.text if full else message.label, "", ids)


# ── Where it comes from, and the causes ─────────────────────────────────────────────────────


def _source(answer: Answer, room: Room) -> Section:
    """The tissues that the finding may come from; those that stand alike share a line."""
    alike: dict[str, list[Origin]] = {}
    for origin in answer.origins:
        alike.setdefault(argued(_spoken(origin)) or words.OPEN, []).append(origin)
    rows = [_origins(said, origins) for said, origins in alike.items()]
    title = words.source_of(answer)
    lines = table(room, rows, ("", "Tissue", "How it stands", "Statements"))
    return Section(title, title.upper(), [lines])


def _origins(said: str, origins: Sequence[Origin]) -> Row:
    names = "; ".join(each.label for each in origins)
    ids = rule_ids(argument for each in origins for argument in _spoken(each))
    found = row("", f"{names}: {said}", "", ids)
    return replace(found, cells=("", names, said, found.right))


def _spoken(origin: Origin) -> tuple[Argument, ...]:
    return (*origin.supports, *origin.against)


def _group(group: Group, room: Room) -> Section:
    reason, ids = f": {group.reason}" if group.reason else "", id_run(group.ids)
    title = f"{group.title}{reason} ({ids})" if ids else f"{group.title}{reason}"
    lead = Row(f"{group.title.upper()}{reason}", right=ids).off_page()
    shares = (group.low and room.joined > 0) or room.joined > 1
    items = [_item(each, room, joined=shares and each.low) for each in group.items]
    rows = list(folded(room, items, "causes"))
    lines = table(room, rows, ("", "Cause", "Note", "Statements"))
    return Section(title, "", [Rows([lead], columns(room), indent=0), lines])


def _item(item: Item, room: Room, *, joined: bool) -> Entry:
    mark, label = f"{item.number:>2}", f"  {item.label}" if item.below else item.label
    if joined:
        text = f"{item.label} ({item.note})" if item.note else item.label
        return Entry(mark, text, "", item.ids, joined)
    if len(label) <= room.label or not item.note:
        return Entry(mark, label, item.note, item.ids)
    return Entry(mark, f"{label}: {item.note}", "", item.ids)


def _absent(answer: Answer, room: Room) -> Section:
    names = name_run([each.label for each in answer.absent], room.names)
    rows = [Row(f"NOT PRESENT, as given: {names}", page=(names,))] if names else []
    return Section("Not present, as given", blocks=[Rows(rows, indent=0)])


# ── What to do next, and what is said beside the causes ─────────────────────────────────────


def _next_steps(answer: Answer, room: Room) -> Section:
    steps = enumerate(answer.ask_next)
    entries = [_step(place, each, answer, joined=room.joined > 0) for place, each in steps]
    rows = list(folded(room, entries, "steps"))
    lead = [Row("NEXT", "decides").off_page()] if rows else []
    lines = table(room, rows, ("", "Step", "Decides", "Statements"), BESIDE)
    return Section("Next", blocks=[Rows(lead, columns(room, 0, BESIDE), indent=0), lines])


def _step(place: int, step: NextStep, answer: Answer, *, joined: bool) -> Entry:
    marks = [
        each for each, holds in (("urgent", step.urgent), ("optional", step.optional)) if holds
    ]
    label = f"{step.label} ({', '.join(marks)})" if marks else step.label
    decides = _decides(step, answer)
    return Entry(f" {letter(place)}", label, decides, step.statements, joined and decides == _NONE)


def _decides(step: NextStep, answer: Answer) -> str:
    """The numbers of the causes whose verdict a step may change, and whether it is of the source.

    Where it changes none, those that it bears on.
    """
    settles = number_run(numbers_of(answer, step.settles))
    informs = number_run(numbers_of(answer, step.informs))
    source = _SOURCE if step.origins else ""
    found = settles or source or (f"bears on {informs}" if informs else _NONE)
    return f"{settles}; {source}" if settles and source else found


def _beside(answer: Answer, room: Room) -> Section:
    """Rules, prognoses and advice that stand in no line above."""
    above = {each for o in answer.origins for each in rule_ids(_spoken(o))}
    above.update(*[rule_ids(own_arguments(cause)) for cause in answer.causes])
    rules = [each for each in answer.rules if not above.issuperset(each.statements)]
    parts = (("RESULTS", rules), ("PROGNOSIS", answer.outcomes), ("ADVICE", answer.advice))
    rows: list[Row] = []
    for mark, messages in parts:
        rows += _messages(mark, messages, max(0, room.texts - len(rows)), room)
    return Section("Prognosis and advice", blocks=[marked(room, rows, _ASIDE)])


def _messages(mark: str, messages: Sequence[Message], full: int, room: Room) -> Iterator[Row]:
    """The first in full, and of the rest as many names as have places."""
    shown, named = messages[:full], messages[full:]
    for place, each in enumerate(shown):
        yield _message("" if place else mark, each, full=True)
    if named:
        ids = words.each_once(e for each in named for e in each.statements)
        places = (room.width - _ASIDE - GAP - room.ids) * room.labels
        labels = name_run([each.label for each in named], places, opens="--show advice")
        run = id_run(sorted(ids), room.ids * room.labels)
        yield Row(labels, right=run, mark="" if shown else mark, page=(mark, f"{labels} ({run})"))


# ── What it all rests on, and what else there is ────────────────────────────────────────────


def _end(answer: Answer, room: Room) -> Section:
    gaps = name_run(answer.not_covered, room.names, opens="--show missing")
    said = (
        ("NOT COVERED", gaps),
        ("SOURCES", words.sources(answer, brief=not room.is_wide)),
        ("MORE", f"--show {_openers(answer)}{'; kg why 1' if answer.causes else ''}"),
        ("", f"kg statement {min(answer.statements, default='')}" if room.is_wide else ""),
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
