"""What is said behind things: `metastases and Paget disease have been ruled out`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.case.words.roles import LEADING, Role
from kg.case.words.sheet import Sheet

_FOLLOWING: Final = {
    Role.ABSENT: Role.NO,
    Role.RULED_OUT: Role.NO,
    Role.UNKNOWN: Role.UNKNOWN,
    Role.SUSPECTED_AFTER: Role.SUSPECTED,
    Role.PAST_AFTER: Role.PAST,
    Role.ENDED_AFTER: Role.ENDED,
    Role.FAMILY: Role.FAMILY,
    Role.YES: Role.YES,
}
"""What is said of things that stand before it, and what it says of them."""


def is_of_before(sheet: Sheet, place: int) -> bool:
    """Whether a relative is named behind what he has: `Paget disease in her mother`."""
    before = place - 1
    while sheet.plays(before, Role.PRONOUN, Role.MINE) or sheet.sign(before) == "(":
        before -= 1
    behind = before >= 0 and sheet.marks[before].text.casefold() == "in"
    return (behind or sheet.sign(before + 1) == "(") and sheet.is_fact(sheet.before(before + 1))


def following(sheet: Sheet, place: int) -> Role | None:
    """What a mark says of what stands before it; None where it says nothing of the kind."""
    mark = sheet.marks[place]
    found = next((role for role in _FOLLOWING if mark.plays(role)), None)
    if found is None and (sheet.is_comma(place + 1) or sheet.is_end(place + 1)):
        return _stands_alone(sheet, place)
    told = sheet.sign(place - 1) in (":", "=", "-") and sheet.is_fact(place - 2)
    if mark.plays(Role.NO) and told and not sheet.is_term(sheet.after(place)):
        return Role.NO
    if found is None or mark.is_term:
        return None
    before = sheet.before(place)
    if mark.plays(Role.PAST_AFTER) and _begins(sheet, place):
        return None
    if not (sheet.is_term(before) or (sheet.is_state(before) and mark.plays(Role.PAST_AFTER))):
        return None
    leads = any(mark.plays(role) for role in LEADING)
    joined = before < place - 1 and sheet.plays(place - 1, Role.COPULA)
    thing = place + 1
    while sheet.plays(thing, Role.ARTICLE, Role.DEGREE):
        thing += 1
    follows = sheet.is_term(thing) or sheet.is_unread(thing) or sheet.is_state(thing)
    return None if leads and follows and not joined else _FOLLOWING[found]


def _stands_alone(sheet: Sheet, place: int) -> Role | None:
    """What a word that leads says of the thing before it, where nothing follows it."""
    mark = sheet.marks[place]
    found = next((role for role in LEADING if mark.plays(role)), None)
    led = found is not None and not mark.is_term and not mark.plays(Role.PLAIN)
    return found if led and sheet.is_fact(sheet.before(place)) else None


def _begins(sheet: Sheet, place: int) -> bool:
    """Whether something began then and is there since: `started last month`."""
    while not sheet.is_end(place) and not sheet.is_comma(place):
        if sheet.plays(place, Role.STARTED, Role.DIAGNOSED, Role.SINCE):
            return True
        place -= 1
    return False


def look_back(sheet: Sheet, place: int) -> None:
    """Apply what is said behind a list to the list."""
    said = following(sheet, place)
    if sheet.plays(place, Role.RELATIVE) and is_of_before(sheet, place):
        said = Role.FAMILY
        sheet.used.update((place, place - 1))
    if said is None:
        return
    for each in _list_before(sheet, place):
        sheet.used.add(place)
        if said is not Role.YES:
            _say(sheet, each, said)


def _say(sheet: Sheet, place: int, said: Role) -> None:
    before = sheet.standing.get(place)
    if before is Role.NO and said is Role.NO:
        key = f"denied on both sides of {sheet.marks[place].start}"
        ways = ("it is not there", "it is there")
        if sheet.choose(key, f"{sheet.marks[place].text!r} is denied twice", ways):
            sheet.standing[place] = Role.SURELY
    elif before is None or said is not Role.NO:
        sheet.standing[place] = said


def _list_before(sheet: Sheet, place: int) -> Iterator[int]:
    """The things of the list that ends before a place."""
    thing = sheet.before(place)
    while sheet.sign(thing) in (":", "=") or sheet.plays(thing, Role.PRONOUN, Role.MINE):
        thing = sheet.before(thing)
    yield thing
    joint = sheet.before(thing)
    joined = sheet.plays(joint, Role.AND, Role.OR, Role.NOR)
    while joined and sheet.is_joint(joint) and sheet.is_fact(sheet.before(joint)):
        thing = sheet.before(joint)
        if sheet.is_comma(joint) and _list_starts_behind(sheet, thing):
            return
        yield thing
        joint = sheet.before(thing)


def _list_starts_behind(sheet: Sheet, place: int) -> bool:
    key = f"list from {sheet.marks[place].start}"
    ways = ("it belongs to the list behind it", "it is something by itself")
    return bool(sheet.choose(key, f"{sheet.marks[place].text!r} before a comma", ways))
