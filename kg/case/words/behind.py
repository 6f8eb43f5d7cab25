"""What is said behind things: `metastases and Paget disease have been ruled out`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.case.model import GIVEN_KINDS
from kg.case.words.roles import LEADING, Role
from kg.case.words.sheet import Sheet

_FOLLOWING: Final = {
    Role.ABSENT: Role.NO,
    Role.RULED_OUT: Role.NO,
    Role.UNKNOWN: Role.UNKNOWN,
    Role.SUSPECTED_AFTER: Role.SUSPECTED,
    Role.PAST_AFTER: Role.PAST,
    Role.ENDED_AFTER: Role.ENDED,
    Role.PLANNED_AFTER: Role.PLANNED,
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
    if _is_minus(sheet, place):
        return Role.NO
    if found is None and (sheet.is_comma(place + 1) or sheet.is_end(place + 1)):
        return _stands_alone(sheet, place)
    told = sheet.sign(place - 1) in (":", "=", "-") and sheet.is_fact(place - 2)
    denied = mark.plays(Role.NO) and told and not sheet.is_term(sheet.after(place))
    if denied or (found is None and mark.plays(Role.NO, Role.NOT_DO) and _trails(sheet, place)):
        return Role.NO
    if found is None or mark.is_term or not _has_thing(sheet, place):
        return None
    joined = sheet.before(place) < place - 1 and sheet.plays(place - 1, Role.COPULA)
    how = mark.plays(Role.RULED_OUT) and sheet.is_unread(place + 1)  # excluded genetically
    leads = any(mark.plays(role) for role in LEADING) and not (joined or how)
    return None if leads and _goes_on(sheet, place) else _FOLLOWING[found]


def _is_minus(sheet: Sheet, place: int) -> bool:
    """Whether a minus behind a thing denies it: `fractures -`, `bone pain (-)`."""
    closed = sheet.sign(place + 1) == ")" and sheet.sign(place - 1) == "("
    ends = closed or sheet.is_comma(place + 1) or sheet.is_end(place + 1)
    return sheet.sign(place) == "-" and ends and sheet.is_fact(place - 1 - closed)


def _has_thing(sheet: Sheet, place: int) -> bool:
    """Whether a thing stands right before a word that says something of what is before it."""
    before, past = sheet.before(place), sheet.plays(place, Role.PAST_AFTER)
    if past and _begins(sheet, place):
        return False
    joining = (Role.COPULA, Role.ARTICLE, Role.DEGREE)
    if any(
        sheet.plays(p, Role.PLAIN) and not sheet.plays(p, *joining)
        for p in range(before + 1, place)
    ):
        return False
    return sheet.is_term(before) or (past and sheet.is_state(before))


def _goes_on(sheet: Sheet, place: int) -> bool:
    """Whether a thing follows that a word may be said of instead."""
    thing = place + 1
    while sheet.plays(thing, Role.ARTICLE, Role.DEGREE):
        thing += 1
    return sheet.is_term(thing) or sheet.is_unread(thing) or sheet.is_state(thing)


def _trails(sheet: Sheet, place: int) -> bool:
    """Whether a denial follows a thing, and nothing follows that it could deny."""
    if not sheet.is_fact(sheet.before(place)) or sheet.is_comma(place - 1):
        return False
    ahead = place + 1
    while not (sheet.is_end(ahead) or sheet.is_joint(ahead) or sheet.plays(ahead, Role.BOUNDARY)):
        if sheet.is_term(ahead) or sheet.is_state(ahead):
            return False
        ahead += 1
    return True


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
    if said is None and sheet.plays(place, Role.ENDED):
        _end_treatment(sheet, place)
    if said is None:
        return
    for each in _list_before(sheet, place):
        sheet.used.add(place)
        if said is not Role.YES:
            _say(sheet, each, said)


def _end_treatment(sheet: Sheet, place: int) -> None:
    """Take `stopped` by itself of the treatment before it: `given for 4 cycles, then stopped`."""
    if not (sheet.is_comma(place + 1) or sheet.is_end(place + 1)):
        return
    thing = place - 1
    while not sheet.is_end(thing):
        if any(each.kind in GIVEN_KINDS for each in sheet.meant(thing)):
            sheet.standing.setdefault(thing, Role.ENDED)
            sheet.used.add(place)
            return
        thing -= 1


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
