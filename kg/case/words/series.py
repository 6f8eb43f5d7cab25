"""Several results of one measurement, one behind the other: `ALP 166, then 149, now 120 U/L`.

The result that holds now is told apart from those before it; what is not said of the order is asked
back, and a result of which no day is said is not compared with anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.case.words.roles import COMPARED, Role
from kg.case.words.sheet import Sheet
from kg.case.words.values import Value, read_limits, read_value
from kg.model.terms import Entry

_ARROWS: Final = ("→", "⇒", "➔", ">")
_ORDER: Final = (
    "they stand in the order of time, and the last is the newest",
    "the first is the newest",
)


_COUNTED: Final = (
    Role.SEX,
    Role.SEX_LETTER,
    Role.YEARS_OLD,
    Role.TIMES,
    Role.TIME,
    Role.VERB,
    Role.STARTED,
)
"""Words behind a number that is of something else: `72 F`, `5 cycles of`."""
_OTHERS: Final = (Role.PRONOUN, Role.RELATIVE)
_WAS: Final = ("was", "were", "has been", "have been", "had been")


class Step(Struct, frozen=True):
    """One result of a series."""

    value: Value
    end: int
    """The place behind what is said of it: its day, or that it is the one now."""
    now: bool = False
    past: bool = False
    baseline: bool = False
    on: str = ""
    """The day or the month of it, where one is said."""
    ordered: bool = False
    """Whether a word or a sign says that it comes behind the one before."""


class Series(Struct, frozen=True):
    """The result that holds, and those before it."""

    now: Value
    before: tuple[Step, ...] = ()

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value, in any order."""
        return (self.now, *(each.value for each in self.before))


def read_series(sheet: Sheet, marker: Entry, place: int) -> Series | None:
    """The results that stand behind a measurement; None where there is none."""
    steps = list(_steps(sheet, marker, place + 1))
    if not steps:
        return None
    if len(steps) > 1:
        steps = _shared(sheet, marker, steps)
        sheet.used.update(p for each in steps for p in range(each.value.end, each.end))
    now = _now(sheet, steps) if len(steps) > 1 else steps[0]
    series = Series(now.value, tuple(each for each in steps if each is not now))
    _use(sheet, place, series.values)
    return series


def _use(sheet: Sheet, place: int, values: tuple[Value, ...]) -> None:
    """Mark what the values are read from: themselves, and the words that lead to the first."""
    sheet.used.update(p for each in values for p in range(each.start, each.end))
    led = range(place + 1, min(each.start for each in values))
    sheet.used.update(p for p in led if not (sheet.number(p) or sheet.is_unread(p)))
    sheet.used.update(range(place + 1, max(each.head for each in values)))


def _steps(sheet: Sheet, marker: Entry, place: int) -> Iterator[Step]:
    value = read_value(sheet, marker, place)
    if value is None:
        link = _link(sheet, place)
        value = read_value(sheet, marker, link.place) if link.now else None
        if value is None:
            return
    ordered = False
    led = place
    while value is not None:
        value, now = _behind_now(sheet, marker, value)
        yield _step(sheet, value, led, ordered=ordered, now=now)
        link = _link(sheet, value.end)
        led, ordered, number = link.place, link.ordered, value.end
        value = read_value(sheet, marker, led) if link.joined else None
        if value is None or value.start < number or not _is_result(sheet, value, link):
            return


def _behind_now(sheet: Sheet, marker: Entry, value: Value) -> tuple[Value, bool]:
    """A value with a range that stands behind a word for today: `95 now (35-105)`."""
    if value.limits or not sheet.plays(value.end, Role.NOW):
        return value, False
    behind = read_limits(sheet, marker, replace(value, end=value.end + 1))
    return (behind, True) if behind.limits else (value, False)


class _Link(Struct, frozen=True):
    """What stands between one result and the next."""

    place: int
    joined: bool = False
    ordered: bool = False
    now: bool = False
    other: bool = False
    """Whether something else is named between them."""


def _link(sheet: Sheet, place: int) -> _Link:
    """What leads from the end of a value to the next one of the same measurement."""
    link = _Link(place)
    while not (sheet.is_end(place) or sheet.is_marker(place) or sheet.plays(place, *_OTHERS)):
        arrow = sheet.sign(place) in _ARROWS
        if link.joined and _begins_number(sheet, place + arrow):
            return replace(link, place=place + arrow, ordered=link.ordered or arrow)
        now = sheet.plays(place, Role.NOW)
        order = arrow or now or sheet.plays(place, Role.UNTIL, Role.BOUNDARY, Role.BASELINE)
        dated = place in sheet.day_of or sheet.tokens[sheet.marks[place].start].is_day
        joint = sheet.is_comma(place) or sheet.plays(place, Role.AND)
        if arrow and _begins_number(sheet, place + 1):
            return replace(link, place=place + 1, joined=True, ordered=True)
        link = _Link(
            place + 1,
            joined=link.joined or joint or order,
            ordered=link.ordered or order or dated or sheet.is_unread(place),
            now=(link.now and not joint) or now,
            other=link.other or sheet.is_fact(place) or (sheet.is_unread(place) and not dated),
        )
        place += 1
    return _Link(place)


def _begins_number(sheet: Sheet, place: int) -> bool:
    return place not in sheet.day_of and (
        bool(sheet.number(place))
        or (sheet.plays(place, *COMPARED) and bool(sheet.number(place + 1)))
    )


def _is_result(sheet: Sheet, value: Value, link: _Link) -> bool:
    """Whether a number is of the measurement before, and counts nothing else."""
    end = value.end
    while sheet.sign(end) in (",", "/", "-", "(") and not value.unit:
        end += 1
    counted = sheet.plays(end, *_COUNTED) and not value.unit
    if counted or sheet.is_fact(value.end) or sheet.is_unread(value.end):
        return False
    if sheet.plays(value.start - 1, Role.AGED, Role.TIME) or (
        sheet.is_marker(value.end) and not value.unit
    ):
        return False
    told = value.unit or sheet.plays(value.end, Role.NOW, Role.TAKING) or link.now
    return bool(told) or not link.other or _is_dated(sheet, value.end)


def _is_dated(sheet: Sheet, place: int) -> bool:
    while sheet.sign(place) == "(" or sheet.plays(place, Role.TAKING, Role.PLAIN):
        place += 1
    return place in sheet.day_of or sheet.plays(place, Role.MONTH)


def _step(sheet: Sheet, value: Value, led: int, *, ordered: bool, now: bool) -> Step:
    """A value with what is said around it: now, before, at baseline, on a day."""
    end, first = value.end, led
    led_by = (Role.NOW, Role.PAST, Role.PAST_AFTER, Role.AGO, Role.BASELINE)
    while sheet.plays(first - 1, *led_by) or sheet.is_quiet(first - 1) or first - 1 in sheet.day_of:
        first -= 1
    while not (_parts(sheet, end) or (end > value.end and _begins_number(sheet, end))):
        end += 1
    said = [*range(first, value.start), *range(value.end, end)]
    days = [sheet.days[sheet.day_of[place]] for place in said if place in sheet.day_of]
    past = any(sheet.plays(p, Role.PAST_AFTER, Role.AGO, Role.MONTH, Role.PAST) for p in said)
    past = past or any(day.past for day in days)
    return Step(
        value,
        end,
        now=now or any(sheet.plays(p, Role.NOW) for p in said),
        past=past,
        baseline=any(sheet.plays(p, Role.BASELINE) for p in said),
        on=next((day.text or day.month for day in days), ""),
        ordered=ordered,
    )


def _parts(sheet: Sheet, place: int) -> bool:
    """Whether what is said of one result ends at a place."""
    opens = sheet.sign(place) in ("(", "[") and _begins_number(sheet, place + 1)
    signs = sheet.is_comma(place) or sheet.sign(place) in (*_ARROWS, "-") or opens
    return (
        signs
        or sheet.is_end(place)
        or sheet.is_term(place)
        or sheet.plays(place, Role.AND, Role.UNTIL)
    )


def _now(sheet: Sheet, steps: list[Step]) -> Step:
    """The result that holds on the day of the question."""
    told = [each for each in steps if each.now]
    if told:
        return told[-1]
    newest = max(each.on for each in steps)
    if all(each.on for each in steps) and not _is_vague(steps, newest):
        return next(each for each in steps if each.on == newest)
    later = [each for each in steps if not (each.past or each.baseline)] or steps
    same = all(_is_same(each.value, steps[0].value) for each in steps)
    if len(later) == len(steps) and not same and not any(each.ordered for each in steps):
        numbers = ", ".join(each.value.number for each in steps)
        key = f"order at {steps[0].value.start}"
        return steps[0 if sheet.choose(key, f"the results {numbers}", _ORDER) else -1]
    return later[-1]


def _is_vague(steps: list[Step], newest: str) -> bool:
    """Whether of the newest month a day is said of one result, and none of another."""
    month = newest[: len("2025-01")]
    within = {each.on for each in steps if each.on.startswith(month)}
    return len(within) > 1 and month in within


def _is_same(one: Value, other: Value) -> bool:
    """Whether two results say the same, so that their order does not matter."""
    return (one.number, one.comparator, one.state) == (other.number, other.comparator, other.state)


def _shared(sheet: Sheet, marker: Entry, steps: list[Step]) -> list[Step]:
    """The steps with the unit and the range that are written once, behind the last of them."""
    last = steps[-1]
    value = read_limits(sheet, marker, replace(last.value, end=last.end))
    if value.limits and not last.value.limits:
        last = replace(last, value=replace(value, end=last.value.end), end=value.end)
    shared = last.value
    return [
        replace(
            each,
            value=replace(
                each.value,
                unit=each.value.unit or shared.unit,
                limits=each.value.limits or ("" if each.value.of_limit else shared.limits),
            ),
        )
        for each in (*steps[:-1], last)
    ]


# ── Two results: `was high but is now normal`, `300 U/L, but now normal` ───────────────────────


def is_parted(sheet: Sheet, place: int, state: int) -> bool:
    """Whether a sentence ends before a word for a result that does not begin with `now`."""
    if place < 0 or not sheet.is_end(place):
        return place < 0
    return not any(sheet.plays(p, Role.NOW) for p in range(place + 1, state))


def is_led_on(sheet: Sheet, start: int, state: int) -> bool:
    """Whether a word such as `but` or `now` leads from one result to another: `but is now`."""
    leads = (Role.NOW, Role.BOUNDARY)
    times = (Role.PAST_AFTER, Role.AGO, Role.SINCE, Role.TAKING)
    beside = (*leads, *times, Role.NO, Role.ENDED, Role.VERB, Role.AND, Role.DEGREE)
    between = range(start + 1, state)
    led = any(sheet.plays(p, *leads) for p in between) or sheet.plays(state + 1, Role.NOW)
    return led and all(
        sheet.plays(p, *beside) or sheet.is_quiet(p) or bool(sheet.sign(p)) or p in sheet.day_of
        for p in between
    )


def is_before_value(sheet: Sheet, place: int, state: int, value: Value) -> bool:
    """Whether a word is of the time before a value, as in `was normal but is now 300 U/L`.

    A value without a range that is not told to have been otherwise keeps it: `raised, now 300`.
    """
    if not is_led_on(sheet, state, value.start):
        return False
    known = bool(value.limits) or value.of_limit or not sheet.plays(state, Role.HIGH, Role.RISE)
    return known or _was(sheet, place, state)


def _was(sheet: Sheet, place: int, state: int) -> bool:
    return any(sheet.marks[p].text.casefold() in _WAS for p in range(place + 1, state))


def is_over(sheet: Sheet, value: Value, state: int) -> bool:
    """Whether a value is the one before, as in `300 U/L, but now normal`."""
    between = range(value.end, state)
    parted = any(
        sheet.is_comma(p) or (sheet.plays(p, Role.BOUNDARY) and not sheet.plays(p, Role.NOW))
        for p in between
    )
    normal = sheet.plays(state, Role.NORMAL) or sheet.standing.get(state) is Role.NO
    return parted and normal and _is_now(sheet, value.end - 1, state)


def _is_now(sheet: Sheet, start: int, state: int) -> bool:
    """Whether a word for a result is said of today, and what stands before it is not."""
    if start >= state or sheet.standing.get(state) is Role.PAST:
        return False
    if sheet.plays(start + 1, Role.NOW) and sheet.is_comma(start + 2):
        return False  # normal now, was raised before
    told = any(sheet.plays(p, Role.NOW) for p in (*range(start + 1, state), state + 1))
    return told and is_led_on(sheet, start, state)


def is_newer(sheet: Sheet, place: int, before: int, state: int) -> bool:
    """Whether a result is the one now, and the word before it the one that was."""
    start = max(place, before)
    if _is_now(sheet, start, state):
        return True
    was = _was(sheet, place, before)
    if not was or not is_led_on(sheet, start, state) or sheet.plays(start + 1, Role.NOW):
        return False
    ways = (sheet.typed(start + 1, state + 1), sheet.typed(place + 1, before + 1))
    what = f"{sheet.marks[place].text!r} now"
    return not sheet.choose(f"now at {sheet.marks[place].start}", what, ways)
