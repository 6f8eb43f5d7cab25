"""The words of a question that were not used, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.case.model import Unused
from kg.case.names import NOT_COVERED
from kg.case.words.facts import REASONS
from kg.case.words.roles import STATES, Role
from kg.case.words.sheet import Sheet

_SOFT: Final = (
    Role.PLAIN,
    Role.COPULA,
    Role.VERB,
    Role.BOUNDARY,
    Role.AND,
    Role.OR,
    Role.NOR,
    Role.ASKS,
    Role.EFFECT,
    Role.DOES,
    Role.COULD,
    Role.PRONOUN,
    Role.SPEAKER,
    Role.MINE,
    Role.DUE,
    Role.DIAGNOSED,
    Role.YES,
    Role.NOW,
    Role.VERSUS,
)
"""Words that carry no fact by themselves."""
_LEADING: Final = (Role.TAKING, Role.STARTED, Role.SINCE, Role.DURATION, Role.UNTIL, Role.AGO)
"""Words that carry no fact by themselves, and belong to what is not used behind them."""
SET_APART: Final = "set apart"
"""The kind of what is named and is no fact of the patient."""
_UNREAD: Final = "not a word that is read here"
_UNCOVERED: Final = "no term of this graph is called so"
_DEGREE: Final = "how far a result is from its limit is said by a value with its range"
_ISOLATED: Final = "which other results are normal is said by naming them"
_PERCENT: Final = "a change in percent is said by a case and not by an option"
_ALONE: Final = "it stands with nothing that it could be said of"


def words_left(sheet: Sheet) -> Iterator[Unused]:
    """What was not used, in the order of the words; words beside each other in one."""
    place = 0
    while place < len(sheet.marks):
        if place in sheet.told:
            name, reason = sheet.names.get(place, sheet.marks[place].text), sheet.told[place]
            apart = sheet.standing.get(place) in REASONS
            yield Unused(name, reason, SET_APART) if apart else Unused(name, reason)
        elif reason := _reason(sheet, place):
            end = _end(sheet, place, reason)
            text = sheet.typed(_start(sheet, place), end + (sheet.sign(end) == "%"))
            kind = NOT_COVERED if reason == _UNCOVERED else Unused(text, reason).kind
            yield Unused(text, reason, kind)
            place = end - 1
        place += 1


def _reason(sheet: Sheet, place: int) -> str:
    """Why a mark is named as not used; empty where it is not."""
    mark = sheet.marks[place]
    if sheet.day_of.get(place) in sheet.used:
        return ""
    if place in sheet.used or place in sheet.told or not any(map(str.isalnum, mark.text)):
        return _sign_reason(sheet, place)
    if sheet.plays(place, *_SOFT, *_LEADING):
        return ""
    known = {_PERCENT: bool(sheet.number(place)) and sheet.sign(place + 1) == "%"}
    known |= {
        _UNCOVERED: mark.uncovered,
        _UNREAD: sheet.is_unread(place) or bool(sheet.number(place)),
    }
    known |= {_DEGREE: mark.plays(Role.DEGREE), _ISOLATED: mark.plays(Role.ISOLATED)}
    return next((reason for reason, holds in known.items() if holds), _ALONE)


def _sign_reason(sheet: Sheet, place: int) -> str:
    """Signs such as an arrow say something; other signs do not."""
    said = sheet.plays(place, *STATES) and place not in sheet.used and place not in sheet.told
    return _ALONE if said else ""


def _end(sheet: Sheet, place: int, reason: str) -> int:
    """The place behind words that are not used for the same reason, or beside such words."""
    end = place + 1
    ahead = end
    while ahead < len(sheet.marks) and not sheet.is_end(ahead) and not sheet.is_comma(ahead):
        if ahead in sheet.used or ahead in sheet.told:
            break
        other = _reason(sheet, ahead)
        if other == reason or (other in (_UNREAD, _ALONE) and reason != _UNCOVERED):
            end = ahead + 1
        elif other or sheet.sign(ahead) in ("(", ")", "[", "]"):
            break
        ahead += 1
    return end


def _start(sheet: Sheet, place: int) -> int:
    before = place - 1
    leads = before >= 0 and before not in sheet.used and sheet.plays(before, *_LEADING)
    return before if leads and not sheet.plays(before, Role.PLAIN) else place
