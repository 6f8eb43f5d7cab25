"""What a question asks: causes of a finding, or whether something is one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.case.words.results import Bound
from kg.case.words.roles import Role
from kg.case.words.sheet import Sheet

_ASKED: Final = "it is asked about and not given"


def read_proposals(sheet: Sheet) -> None:
    """Set a cause apart that a question only proposes, as in `could metastases explain it`.

    Where nothing else is said of a patient, the question is about whoever has that cause.
    """
    for start, end in _sentences(sheet):
        if not sheet.plays(start, Role.DOES, Role.COULD):
            continue
        _doubt(sheet, sheet.after(start))
        proposed = list(_proposed(sheet, start, end))
        if not proposed:
            _set_apart(sheet, start)
            continue
        general = sheet.plays(start, Role.DOES) and sheet.is_fact(sheet.after(start))
        others = set(_given(sheet)) - set(proposed)
        if general or not others:
            _note_general(sheet, proposed)
        else:
            for place in proposed:
                sheet.told[place] = _ASKED
                sheet.standing[place] = Role.SUSPECTED


def _doubt(sheet: Sheet, place: int) -> None:
    """Set apart what a question asks to deny: `can osteomalacia be excluded?`."""
    while sheet.is_fact(place):
        if sheet.standing.get(place) is Role.NO:
            sheet.standing[place] = Role.SUSPECTED
            sheet.told[place] = _ASKED
        joint = sheet.after(place)
        place = sheet.after(joint) if sheet.is_joint(joint) else joint


def _set_apart(sheet: Sheet, start: int) -> None:
    """Set apart what a question only asks for: `is osteomalacia present?`."""
    place = sheet.after(start)
    while sheet.is_fact(place) and place not in sheet.standing:
        sheet.standing[place] = Role.SUSPECTED
        sheet.told[place] = _ASKED
        joint = sheet.after(place)
        place = sheet.after(joint) if sheet.is_joint(joint) else joint


def _sentences(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """The sentences of a question, from their first word that says something."""
    start = 0
    for place in range(len(sheet.marks) + 1):
        if place == len(sheet.marks) or sheet.is_end(place):
            while start < place and _is_opening(sheet, start):
                start += 1
            yield start, place
            start = place + 1


def _is_opening(sheet: Sheet, place: int) -> bool:
    asks = sheet.plays(place, Role.DOES, Role.COULD)
    return not asks and (sheet.plays(place, Role.PLAIN) or bool(sheet.sign(place)))


def _proposed(sheet: Sheet, start: int, end: int) -> Iterator[int]:
    """The causes that a sentence proposes: before a verb of effect, or behind `due to`."""
    effect = (Role.EFFECT, Role.ASKS, Role.HIGH)
    verbs = [p for p in range(start, end) if sheet.plays(p, *effect) and not sheet.is_term(p)]
    due = [place for place in range(start, end) if sheet.plays(place, Role.DUE)]
    first = next((p for p in range(start + 1, end) if sheet.is_term(p)), end)
    for place in range(start, end):
        if not sheet.is_fact(place) or place in sheet.standing:
            continue
        before = first == place or _is_listed(sheet, first, place)
        if (before and sheet.is_fact(first) and any(place < verb for verb in verbs)) or any(
            each < place and sheet.before(place) == each for each in due
        ):
            yield place


def _is_listed(sheet: Sheet, first: int, place: int) -> bool:
    """Whether all between two places is things and what joins them."""
    return all(
        sheet.is_fact(each) or sheet.is_joint(each) or sheet.is_quiet(each)
        for each in range(first, place)
    )


def _given(sheet: Sheet) -> Iterator[int]:
    """What else is given of the patient: conditions, drugs, age and sex."""
    for place in range(len(sheet.marks)):
        given = sheet.is_fact(place) and place not in sheet.standing
        if given or sheet.plays(place, Role.SEX, Role.YEARS_OLD, Role.PRONOUN):
            yield place


def _note_general(sheet: Sheet, proposed: Iterable[int]) -> None:
    names = " and ".join(sheet.marks[place].text for place in proposed)
    sheet.notes.append(f"a question about a kind of patient, read as one with {names}")


def read_topic(sheet: Sheet, results: Iterable[Bound]) -> int | None:
    """The place of the measurement whose result is asked about; None where none is."""
    asks = [p for p in range(len(sheet.marks)) if sheet.plays(p, Role.ASKS)]
    for place in asks:
        first = place + 1
        while not sheet.is_end(first) and not sheet.is_term(first):
            first += 1
        if any(
            each.place == first and (each.said_at is not None or each.value) for each in results
        ):
            return first
    return None
