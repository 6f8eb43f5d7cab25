"""Conditions, drugs and treatments of a question, as the options that say them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.case.model import GIVEN_KINDS
from kg.case.names import KEPT
from kg.case.words.days import days_between
from kg.case.words.roles import Role
from kg.case.words.sheet import Day, Sheet
from kg.model.errors import KGError
from kg.model.spelling import fold
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import compact

REASONS: Final = {
    Role.FAMILY: "it is said of the family and not of the patient",
    Role.SUSPECTED: "it is suspected and not given",
    Role.PAST: "it is told as past and not as present",
    Role.ENDED: "it is told as ended, so it is not taken as given",
    Role.PLANNED: "it is planned and not given",
    Role.EXCEPT: "it is set aside by the question",
    Role.OPEN: "it is left open",
}
"""Why something that is named is no fact of the patient."""
_ANSWERS: Final = {Role.NO: "no", Role.UNKNOWN: "unknown"}
_LONGEST: Final = 6
"""Tokens of a group of words that may stand beside a name."""
_MOST: Final = 3
"""Groups on one side of a name."""


class FactReader:
    """Reads what a question says of conditions, drugs and treatments."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.has: list[str] = []
        self.drugs: list[str] = []
        self.findings: list[str] = []

    def read(self) -> None:
        """Read every one, in the order of the words."""
        sheet = self._sheet
        places = [place for place in range(len(sheet.marks)) if self._is_fact(place)]
        left_out = self._not_chosen(places)
        for place in places:
            entry = None if place in left_out else self._chosen(place)
            if place in left_out:
                sheet.told.setdefault(place, "the question leaves a choice")
            elif entry is not None:
                self._add(place, entry)
        self._read_absent()

    def _is_fact(self, place: int) -> bool:
        sheet = self._sheet
        if sheet.is_fact(place):
            return any(each.kind is not Kind.STATE for each in sheet.meant(place))
        kinds = {each.kind for each in sheet.meant(place)}
        if Kind.MARKER not in kinds or place in sheet.measured:
            return False
        return Kind.CONDITION in kinds or (self._is_treated(place) and len(kinds) > 1)

    def _not_chosen(self, places: list[int]) -> set[int]:
        """Of things joined by `or` only one is meant, and which one is asked back."""
        sheet, out = self._sheet, set[int]()
        for group in self._alternatives(places):
            names = tuple(sheet.marks[place].text for place in group)
            key = f"choice at {sheet.marks[group[0]].start}"
            chosen = sheet.choose(key, " or ".join(names), names)
            out |= set(group) - {group[chosen]}
        return out

    def _alternatives(self, places: list[int]) -> Iterator[list[int]]:
        group: list[int] = []
        for place in places:
            joined = group and self._joined_by_or(group[-1], place)
            if not joined and len(group) > 1:
                yield group
            group = [*group, place] if joined else [place]
        if len(group) > 1:
            yield group

    def _joined_by_or(self, one: int, other: int) -> bool:
        sheet = self._sheet
        between = range(one + 1, other)
        given = one not in sheet.standing and other not in sheet.standing
        joined = any(sheet.plays(each, Role.OR, Role.NOR) for each in between)
        return given and joined and all(sheet.is_joint(p) or sheet.is_quiet(p) for p in between)

    def _chosen(self, place: int) -> Entry | None:
        """The term that is meant; None where it is none of the graph's."""
        sheet = self._sheet
        mark, meant = sheet.marks[place], self._fitting(place)
        elsewhere = mark.form.elsewhere if mark.form and not self._named_before(place) else ()
        if mark.form and not elsewhere:
            return self._named_before(place)
        if len(meant) == 1 and not elsewhere:
            return meant[0]
        if sheet.standing.get(place) in REASONS:
            return meant[0] if meant else None
        ways = (*(each.label for each in meant), *(f"{e} (not a term here)" for e in elsewhere))
        chosen = sheet.choose(f"name at {mark.start}", repr(mark.text), ways)
        if chosen < len(meant):
            return meant[chosen]
        sheet.told[place] = f"read as {elsewhere[chosen - len(meant)]}, which is no term here"
        return None

    def _named_before(self, place: int) -> Entry | None:
        """The meaning of a short form that the question also writes out."""
        sheet = self._sheet
        meant = {each.iri for each in sheet.meant(place)}
        named = (e for mark in sheet.marks for e in mark.entries if mark.form is None)
        return next((each for each in named if each.iri in meant), None)

    def _fitting(self, place: int) -> tuple[Entry, ...]:
        """The terms that a name may mean here: behind `on` a drug, elsewhere a condition first."""
        entries = [e for e in self._sheet.meant(place) if e.kind is not Kind.STATE]
        drugs = [each for each in entries if each.kind in GIVEN_KINDS]
        conditions = [each for each in entries if each.kind is Kind.CONDITION]
        if drugs and self._is_treated(place):
            return tuple(drugs)
        return tuple(conditions or drugs or entries)

    def _is_treated(self, place: int) -> bool:
        """Whether a word before a name, or a dose behind it, says that it is given."""
        treated = (Role.TAKING, Role.STARTED, Role.ENDED, Role.PLANNED)
        if self._sheet.is_dose(place):
            return True
        before = self._sheet.before(place)
        while self._sheet.is_joint(before) or self._sheet.is_fact(before):
            before = self._sheet.before(before)
        return self._sheet.plays(before, *treated)

    def _add(self, place: int, entry: Entry) -> None:
        sheet = self._sheet
        standing = sheet.standing.get(place)
        suspected = self._suspected(place) if standing is Role.SUSPECTED else None
        dated = standing is Role.ENDED and any(day.text for day in self._days(place))
        if suspected is not None:
            entry, standing = suspected, None
        if standing in REASONS and not dated:
            self._days(place)
            sheet.names[place] = text_at(sheet, place)
            sheet.told.setdefault(place, REASONS[standing])
            return
        sheet.used.add(place)
        name = name_of(sheet, entry) if suspected else name_at(sheet, place, entry)
        if standing in _ANSWERS:
            _once(self.findings, f"{name}={_ANSWERS[standing]}")
        elif entry.kind in GIVEN_KINDS and self._ended_then(place):
            sheet.told[place] = REASONS[Role.ENDED]
        elif entry.kind in GIVEN_KINDS:
            _once(self.drugs, self._with_days(place, name))
        elif entry.kind is Kind.CONDITION and self._was_then(place):
            sheet.told[place] = REASONS[Role.PAST]
        elif entry.kind is Kind.CONDITION:
            _once(self.has, name)

    def _suspected(self, place: int) -> Entry | None:
        """The term for something suspected, where the graph has one of its own."""
        sheet = self._sheet
        said = place in sheet.cues and sheet.marks[sheet.cues[place]].phrase(Role.SUSPECTED)
        if place not in sheet.cues or (said and not said.value):
            return None  # it is looked for or asked about, which is no suspicion
        words = sheet.marks[place].text
        found = self._sheet.words.lexicon.called(f"suspected {words}")
        return found[0] if len(found) == 1 else None

    def _was_then(self, place: int) -> bool:
        """Whether a condition is told of a time that is over, and not since when it is there."""
        sheet, start = self._sheet, place
        while not sheet.is_end(start) and not sheet.is_comma(start):
            if sheet.plays(start, Role.DIAGNOSED, Role.STARTED, Role.SINCE):
                return False
            start -= 1
        return any(day.past for day in self._days(place))

    def _ended_then(self, place: int) -> bool:
        """Whether a treatment is told until a year or a month that is over."""
        return any(day.until and day.past and not day.text for day in self._days(place))

    def _days(self, place: int) -> list[Day]:
        """The days that are said of a drug: those behind it, before another thing is named."""
        sheet, end = self._sheet, place + 1
        while (
            not sheet.is_end(end) and not sheet.is_marker(end) and not sheet.plays(end, Role.VERB)
        ):
            if sheet.is_fact(end) and not self._shares_days(place, end):
                break
            end += 1
        return self._days_in(place, end) or self._days_before(place)

    def _shares_days(self, one: int, other: int) -> bool:
        return all(
            self._sheet.is_joint(p) or self._sheet.is_quiet(p) for p in range(one + 1, other)
        )

    def _days_before(self, place: int) -> list[Day]:
        """A time that is said before the treatment: `3 weeks after starting bortezomib`."""
        sheet, start = self._sheet, place - 1
        while start >= 0 and (
            sheet.plays(start, Role.STARTED, Role.TAKING, Role.PLAIN) or start in sheet.day_of
        ):
            start -= 1
        return self._days_in(start + 1, place)

    def _days_in(self, start: int, end: int) -> list[Day]:
        found = dict(days_between(self._sheet, start, end))
        self._sheet.used.update(found)
        return list(found.values())

    def _with_days(self, place: int, name: str) -> str:
        days = [day for day in self._days(place) if day.text]
        ended = self._sheet.standing.get(place) is Role.ENDED
        stop = next((day for day in days if day.until or ended), None)
        start = next((day for day in days if day is not stop), None)
        for day in (start, stop):
            if day is not None and day.note and day.note not in self._sheet.notes:
                self._sheet.notes.append(day.note)
        dates = (start.text if start else "") + (f"..{stop.text}" if stop else "")
        return f"{name}@{dates}" if dates else name

    def _read_absent(self) -> None:
        """Words that deny a term by themselves: `premenopausal`."""
        sheet = self._sheet
        for place, mark in enumerate(sheet.marks):
            found = mark.phrase(Role.ABSENT_TERM)
            entry = sheet.words.entry(found.term) if found is not None else None
            if entry is None or mark.is_term:
                continue
            if sheet.standing.get(place) is None:
                sheet.used.add(place)
                _once(self.findings, f"{name_of(sheet, entry)}=no")


def _once(texts: list[str], text: str) -> None:
    if text not in texts:
        texts.append(text)


# ── Names with the words that narrow them: `relapsed multiple myeloma` ─────────────────────────


def name_at(sheet: Sheet, place: int, entry: Entry) -> str:
    """A name by which an option finds the term at a place, with the words that narrow it."""
    mark = sheet.marks[place]
    if mark.form is not None:
        return name_of(sheet, entry)
    start, end = _reach_back(sheet, mark.start), _reach_on(sheet, mark.end)
    text = _text(sheet, start, end)
    if (start, end) != (mark.start, mark.end) and _names(sheet, text, entry):
        _use(sheet, start, end)
        return text
    own = fold(mark.text) in map(fold, entry.names)
    if not own and entry.is_narrowed_by(mark.text) and _names(sheet, mark.text, entry):
        return mark.text
    return name_of(sheet, entry)


def text_at(sheet: Sheet, place: int) -> str:
    """The words at a place, with the words beside them that narrow what they name."""
    mark = sheet.marks[place]
    start, end = _reach_back(sheet, mark.start), _reach_on(sheet, mark.end)
    _use(sheet, start, end)
    return _text(sheet, start, end)


def name_of(sheet: Sheet, entry: Entry) -> str:
    """A name by which an option finds a term: its label, or else its IRI."""
    try:
        found = sheet.words.lexicon.find(entry.label, entry.kind)
    except KGError:
        return compact(entry.iri)
    return entry.label if found is entry else compact(entry.iri)


def _names(sheet: Sheet, text: str, entry: Entry) -> bool:
    """Whether nothing else is called so: words that are kept are taken from a name again."""
    lexicon = sheet.words.lexicon
    return not lexicon.is_uncovered(text) and lexicon.called(text) in ([], [entry])


def _reach_back(sheet: Sheet, start: int) -> int:
    """The first token of the words before a name that narrow it."""
    for _ in range(_MOST):
        sizes = range(min(_LONGEST, start), 0, -1)
        found = next((s for s in sizes if _is_kept(sheet, start - s, start)), 0)
        if not found:
            break
        start -= found
    return start


def _reach_on(sheet: Sheet, end: int) -> int:
    """The token behind the words after a name that narrow it."""
    for _ in range(_MOST):
        sizes = range(min(_LONGEST, len(sheet.tokens) - end), 0, -1)
        found = next((s for s in sizes if _is_kept(sheet, end, end + s)), 0)
        if not found:
            break
        end += found
    return end


def _is_kept(sheet: Sheet, start: int, end: int) -> bool:
    """Whether the tokens are words that narrow a name, and are nothing else in this question."""
    part = sheet.tokens[start:end]
    if not (part[0].text[0].isalnum() and part[-1].text[-1].isalnum()):
        return False
    within = [p for p, mark in enumerate(sheet.marks) if mark.start < end and start < mark.end]
    if any(sheet.is_term(place) or place in sheet.used for place in within):
        return False
    if any(sheet.marks[p].start < start or end < sheet.marks[p].end for p in within):
        return False
    beside = sheet.words.lexicon.words_beside(_text(sheet, start, end))
    return beside is not None and beside.read_as == KEPT


def _use(sheet: Sheet, start: int, end: int) -> None:
    within = (p for p, mark in enumerate(sheet.marks) if start <= mark.start < end)
    sheet.used.update(place for place in within if not sheet.is_term(place))


def _text(sheet: Sheet, start: int, end: int) -> str:
    return sheet.text[sheet.tokens[start].start : sheet.tokens[end - 1].end]
