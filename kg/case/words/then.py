"""Results of then and now: `was high but is now normal`, `300 U/L, but now normal`."""

from __future__ import annotations

from typing import Final

from kg.case.words.roles import Role
from kg.case.words.sheet import Sheet
from kg.case.words.values import Value

_WAS: Final = ("was", "were", "has been", "have been", "had been")


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
