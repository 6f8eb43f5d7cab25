"""Age and sex of the patient, and whether a question is about more than one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from msgspec import Struct

from kg.case.dates import OLDEST
from kg.case.words.roles import Role
from kg.case.words.sheet import Sheet
from kg.model.language import Phrase
from kg.model.terms import Entry
from kg.model.vocabulary import IRI

_MONTHS: Final = 12
_GROWN_LETTER: Final = 12
"""A number with a small letter behind it is an age only above it: 3m is a time."""


class Person(Struct, frozen=True):
    """What is said of a patient's age and sex."""

    age: str = ""
    sex: Entry | None = None


class Ages:
    """Finds every age of a question, with the words that say it."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def all(self) -> Iterator[tuple[str, set[int]]]:
        """Each age in years, with the places of its words."""
        place = 0
        while place < len(self._sheet.marks):
            found = self._at(place)
            if found is not None:
                yield found
                place = max(found[1])
            place += 1

    def _at(self, place: int) -> tuple[str, set[int]] | None:
        sheet = self._sheet
        number = sheet.number(place)
        if number and number.isdecimal() and place not in sheet.day_of:
            return self._behind(place, number)
        return self._before(place)

    def _behind(self, place: int, number: str) -> tuple[str, set[int]] | None:
        """An age whose words stand behind the number: `72-year-old`, `72F`, `72 years`."""
        sheet, at = self._sheet, place + 1
        while sheet.sign(at) in ("-", "/"):
            at += 1
        words = set(range(place, at + 1))
        if sheet.plays(at, Role.MONTHS_OLD):
            return _in_years(number, sheet.marks[at].text), words
        if int(number) > OLDEST:
            return None
        if sheet.plays(at, Role.YEARS_OLD) and (not sheet.plays(at, Role.TIME) or self._sex_by(at)):
            return number, words
        letter = sheet.plays(at, Role.SEX_LETTER) and self._is_letter(place, at)
        return (number, {place}) if letter else None

    def _before(self, place: int) -> tuple[str, set[int]] | None:
        """An age whose words stand before the number: `aged 60`, `woman of 72`, `F, 72`."""
        sheet = self._sheet
        aged, sex = sheet.plays(place, Role.AGED), sheet.plays(place, Role.SEX)
        letter = sheet.plays(place, Role.SEX_LETTER) and not sheet.before(place) >= 0
        if not (aged or sex or letter):
            return None
        at = place + 1
        while sheet.is_quiet(at) or sheet.sign(at) in (",", "/"):
            if not (aged or sheet.marks[at].text.casefold() in {"of", ",", "(", "/", ":", "-"}):
                return None
            at += 1
        number = sheet.number(at)
        whole = number.isdecimal() and int(number) <= OLDEST
        if not whole or not self._is_alone(at):
            return None
        behind = at + 1 if sheet.plays(at + 1, Role.YEARS_OLD) else at
        return number, set(range(place, behind + 1))

    def _is_alone(self, place: int) -> bool:
        """Whether a number is not of something else."""
        after = place + 1
        if self._sheet.plays(after, Role.YEARS_OLD):
            return True
        other = (Role.TIME, Role.TIMES, Role.ULN, Role.MONTH)
        return not (self._sheet.plays(after, *other) or self._sheet.is_unread(after))

    def _sex_by(self, place: int) -> bool:
        """Whether words such as `72 years` stand beside the sex, so that they are an age."""
        sheet = self._sheet
        after, before = place + 1, place - 2
        while sheet.sign(after) in (",", "/", "-"):
            after += 1
        while sheet.sign(before) in (",", "(", "/", "-") or sheet.plays(before, Role.AGED):
            before -= 1
        near = (Role.SEX, Role.SEX_LETTER)
        return sheet.plays(after, *near) or sheet.plays(before, Role.SEX) or before < 0

    def _is_letter(self, number: int, place: int) -> bool:
        """Whether a letter behind a number says the sex: `72F`, `72 F`, `58m`."""
        sheet = self._sheet
        first, second = (sheet.tokens[sheet.marks[each].start] for each in (number, place))
        if second.text.isupper():
            return True
        timed = sheet.plays(number - 1, Role.DURATION, Role.SINCE)
        timed = timed or sheet.plays(place + 1, Role.AGO, Role.STARTED, Role.TAKING)
        return first.end == second.start and not timed and int(first.text) > _GROWN_LETTER


def _in_years(number: str, unit: str) -> str:
    """Months as years; days and weeks as 0."""
    if not unit.casefold().startswith("mo"):
        return "0"
    return f"{(Decimal(number) / _MONTHS).quantize(Decimal('0.01')).normalize():f}"


def read_person(sheet: Sheet) -> Person:
    """Age and sex of the patient; what is said of the family is left out."""
    ages = dict[str, set[int]]()
    for age, places in Ages(sheet).all():
        if not _is_of_family(sheet, min(places)):
            ages.setdefault(age, set()).update(places)
            sheet.used.update(places)
    sexes = dict.fromkeys(_sexes(sheet, Role.SEX, ages.values()))
    if not sexes:
        sexes = dict.fromkeys(_sexes(sheet, Role.PRONOUN, ()))
        sexes = sexes if len(sexes) == 1 else {}
    others = any(sheet.plays(place, Role.OTHERS) for place in range(len(sheet.marks)))
    sheet.is_of_several = others or len(ages) > 1 or len(sexes) > 1
    entry = sheet.words.lexicon.entries.get(next(iter(sexes), IRI("")))
    return Person(next(iter(ages), ""), entry)


def _sexes(sheet: Sheet, role: Role, ages: Iterable[set[int]]) -> Iterator[IRI]:
    """The sex of each word for one, but for those of the family."""
    near = {place for places in ages for place in places}
    for place in range(len(sheet.marks)):
        found = sheet.marks[place].phrase(role)
        if found is None and role is Role.SEX:
            found = _letter(sheet, place, near) or _inside(sheet, place, role)
        elif found is None:
            found = _inside(sheet, place, role)
        if found is not None and not _is_of_family(sheet, place):
            sheet.used.add(place)
            yield IRI(found.term)


def _letter(sheet: Sheet, place: int, near: set[int]) -> Phrase | None:
    """The letter for a sex beside an age."""
    letter = sheet.marks[place].phrase(Role.SEX_LETTER)
    before, after = place - 1, place + 1
    while sheet.sign(before) in ("/", "-", ","):
        before -= 1
    while sheet.sign(after) in ("/", "-", ","):
        after += 1
    return letter if letter and near & {before, after, place} else None


def _inside(sheet: Sheet, place: int, role: Role) -> Phrase | None:
    """The sex that several words say beside: `postmenopausal woman`, `does she have`."""
    mark = sheet.marks[place]
    if mark.end == mark.start + 1:
        return None
    parts = (sheet.words.phrases_of((token,)) for token in sheet.tokens[mark.start : mark.end])
    return next((each for phrases in parts for each in phrases if each.role == role), None)


def _is_of_family(sheet: Sheet, place: int) -> bool:
    """Whether a word stands in the part of a sentence that is about a relative."""
    while not sheet.is_end(place):
        if sheet.plays(place, Role.BOUNDARY) or place in sheet.measured:
            return False
        if sheet.plays(place, Role.RELATIVE, Role.FAMILY) and place in sheet.used:
            return True
        place -= 1
    return False
