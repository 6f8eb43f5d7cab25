"""How each thing of a question is said: given, denied, suspected, of the family, past or planned.

A word of denial and its like stands for what follows it, as far as its list goes: to the end of
the sentence, to a new verb or a word such as *but*, or to a result that is said by itself. Where
the end of a list can be read in two ways, both are kept, and the reader asks back.
"""

from __future__ import annotations

from typing import Final

from kg.case.model import GIVEN_KINDS
from kg.case.words.behind import following, is_of_before, look_back
from kg.case.words.roles import LEADING, STATES, Role
from kg.case.words.sheet import Sheet
from kg.model.terms import Kind

_DASHES: Final = ("-", "–", "—", ":", ">", "→")  # noqa: RUF001
_ONE_THING: Final = (
    "read as one list",
    "read as one list that ends at the comma, with something new behind it",
)


def read_standings(sheet: Sheet) -> None:
    """Find how everything that a question names is said."""
    _Scan(sheet).run()
    for place in range(len(sheet.marks)):
        look_back(sheet, place)
        _part_rivals(sheet, place)
    _read_question_marks(sheet)
    _read_past_days(sheet)


def _read_past_days(sheet: Sheet) -> None:
    """A result with the year that it was so is told as past: `raised in 2019`."""
    for place, day in sheet.days.items():
        state = sheet.before(place)
        if day.past and sheet.is_state(state) and not sheet.plays(state, Role.RISE):
            sheet.standing[state] = Role.PAST
            sheet.used.add(place)


class _Scan:
    """Goes through the marks with what was last said of those that follow."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._close()

    def _close(self) -> None:
        self._cue: Role | None = None
        self._cues: list[int] = []
        self._items: list[int] = []
        self._joints: list[int] = []
        """What joins the list so far."""
        self._since: list[int] = []
        """What joins the last thing of the list to what comes."""

    def run(self) -> None:
        for place in range(len(self._sheet.marks)):
            self._step(place)

    def _step(self, place: int) -> None:
        sheet = self._sheet
        cue = _leading(sheet, place)
        if sheet.is_end(place) and not _is_query(sheet, place):
            self._close()
        elif cue is not None:
            self._open(cue, place)
        elif sheet.is_fact(place) and self._cue is None and self._denies_inside(place):
            self._cue, self._cues, self._items = Role.NO, [], [place]
        elif self._cue is None:
            return
        elif sheet.is_joint(place):
            self._since.append(place)
        elif sheet.is_term(place) or sheet.is_state(place) or sheet.is_unread(place):
            self._item(place)
        elif self._is_new(place):
            self._close()

    def _denies_inside(self, place: int) -> bool:
        """Whether a name denies something itself, so that `or` may go on: `without fracture`."""
        sheet = self._sheet
        mark = sheet.marks[place]
        inside = sheet.tokens[mark.start + 1 : mark.end]
        phrases = (sheet.words.phrases_of((token,)) for token in inside)
        denies = any(each.role == Role.NO for found in phrases for each in found)
        return denies and sheet.plays(sheet.after(place), Role.OR, Role.NOR)

    def _is_new(self, place: int) -> bool:
        """Whether a word begins something of which the last words say nothing."""
        sheet = self._sheet
        asks = sheet.plays(place, Role.ASKS) and not sheet.plays(place, Role.PLAIN)
        news = (Role.BOUNDARY, Role.VERB, Role.TAKING, Role.STARTED, Role.DIAGNOSED, Role.SEX)
        return asks or (bool(self._items) and sheet.plays(place, *news))

    def _open(self, cue: Role, place: int) -> None:
        """A word of denial or its like; directly behind another, both are said of what follows."""
        if self._cue is None or self._items:
            self._close()
            self._cue = cue
        elif Role.NO in (cue, self._cue) and cue in (Role.NO, Role.RULED_OUT, self._cue):
            self._twice(place)
        elif LEADING.index(cue) < LEADING.index(self._cue):
            self._cue = cue
        self._cues.append(place)

    def _twice(self, place: int) -> None:
        key = f"denied twice at {self._sheet.marks[place].start}"
        ways = ("it is not there", "it is there")
        if self._sheet.choose(key, "two words of denial", ways):
            self._cue = Role.SURELY

    def _item(self, place: int) -> None:
        if self._items and not self._goes_on(place):
            self._close()
            return
        self._items.append(place)
        self._joints += self._since
        self._since = []
        if self._cue is not None and not self._sheet.is_unread(place):
            self._say(place, self._cue)

    def _say(self, place: int, cue: Role) -> None:
        sheet = self._sheet
        if cue is Role.EXCEPT and not sheet.is_fact(place):
            return  # normal tests but for a raised ALP: it is raised
        only = all(each.kind is Kind.MARKER for each in sheet.meant(place))
        if only and self._is_of_things(cue):
            return  # worried about a raised ALP: it is raised
        sheet.standing[place] = cue
        if self._cues:
            sheet.cues[place] = self._cues[-1]
        sheet.used.update(self._cues)

    def _is_of_things(self, cue: Role | None) -> bool:
        """Whether a word is of conditions and treatments, and never of a result: `concern for`."""
        marks = self._sheet.marks
        thought = any(
            each.value for p in self._cues if (each := marks[p].phrase(Role.SUSPECTED)) is not None
        )
        return cue is Role.PLANNED or (cue is Role.SUSPECTED and thought)

    def _goes_on(self, place: int) -> bool:
        """Whether a thing still belongs to the list."""
        sheet, last = self._sheet, self._items[-1]
        if not self._since:
            return self._is_next_to(place, last)
        if any(sheet.plays(each, Role.OR, Role.NOR) for each in self._since):
            return True
        if sheet.is_state(place) or _has_own_result(sheet, place):
            return False
        closed = any(sheet.plays(each, Role.AND, Role.OR, Role.NOR) for each in self._joints)
        if any(sheet.plays(each, Role.AND) or sheet.sign(each) == "/" for each in self._since):
            return not closed
        if closed:
            return self._asked(place) if sheet.is_fact(place) else False
        return _closes_later(sheet, place) or not self._ends_at_comma(place)

    def _is_next_to(self, place: int, last: int) -> bool:
        """Whether a thing without anything that joins it is one with the thing before it."""
        sheet = self._sheet
        if sheet.plays(sheet.before(place), Role.DUE) and self._is_of_things(self._cue):
            return True  # worried about a raised ALP due to metastases
        if self._is_behind_result(place):
            return False
        if sheet.is_unread(last) and sheet.is_state(place):
            key = f"denied beyond {sheet.marks[last].start}"
            ways = ("what follows is said in the same breath", "what follows is something new")
            return not sheet.choose(key, f"what goes with {sheet.marks[last].text!r}", ways)
        if sheet.is_fact(last) or (sheet.is_state(last) and not sheet.is_marker(place)):
            return sheet.is_unread(place)
        return not (sheet.is_marker(last) and sheet.is_fact(place))

    def _is_behind_result(self, place: int) -> bool:
        """Whether a thing stands behind a result whose unit is no word: `300 U/L in myeloma`."""
        sheet = self._sheet
        named = [each for each in self._items if not sheet.is_unread(each)]
        behind = bool(named) and sheet.is_marker(named[-1]) and sheet.is_fact(place)
        return behind and self._is_of_things(self._cue)

    def _ends_at_comma(self, place: int) -> bool:
        if self._sheet.is_unread(place):
            return False
        if not self._sheet.is_fact(self._items[-1]) and self._sheet.is_fact(place):
            return not self._sheet.is_unread(self._items[-1]) or not self._asked(place)
        kinds = {_is_drug(self._sheet, each) for each in self._items if self._sheet.is_term(each)}
        return kinds.isdisjoint({_is_drug(self._sheet, place)}) or not self._asked(place)

    def _asked(self, place: int) -> bool:
        """Whether the list goes on, which can be read in two ways."""
        sheet = self._sheet
        key = f"list to {sheet.marks[place].start}"
        return not sheet.choose(key, f"{sheet.marks[place].text!r} behind a comma", _ONE_THING)


def _leading(sheet: Sheet, place: int) -> Role | None:
    """What a mark says of what follows it; None where it says nothing of the kind."""
    if sheet.is_term(place):
        return None
    if _is_query(sheet, place) or _asks_whether(sheet, place):
        return Role.SUSPECTED
    if sheet.plays(place, Role.RELATIVE):
        return None if is_of_before(sheet, place) else _relative(sheet, place)
    mark = sheet.marks[place]
    found = next((role for role in LEADING if mark.plays(role)), None)
    if mark.plays(Role.NOT_DO) and sheet.is_state(sheet.after(place)):
        return Role.NO
    if found is None or mark.plays(Role.PLAIN) or sheet.is_comma(place + 1):
        return None
    return None if following(sheet, place) is not None else found


def _asks_whether(sheet: Sheet, place: int) -> bool:
    """Whether it is asked what a patient may have: `might this patient have`."""
    if not sheet.plays(place, Role.COULD):
        return False
    ahead = place + 1
    while sheet.is_quiet(ahead) or sheet.plays(ahead, Role.PRONOUN, Role.ARTICLE, Role.SPEAKER):
        ahead += 1
    return sheet.plays(ahead, Role.VERB) and not sheet.plays(ahead, Role.COPULA)


def _relative(sheet: Sheet, place: int) -> Role | None:
    """The family; but a relative of the speaker may be the patient, which is asked back."""
    speaks = any(sheet.plays(each, Role.SPEAKER) for each in range(len(sheet.marks)))
    if not sheet.plays(place - 1, Role.MINE) or speaks:
        sheet.used.add(place)
        return Role.FAMILY
    sheet.used.add(place)
    what = f"{sheet.marks[place - 1].text} {sheet.marks[place].text}"
    ways = ("of the family, and not the patient", "the patient")
    return None if sheet.choose("relative", what, ways) else Role.FAMILY


def _is_query(sheet: Sheet, place: int) -> bool:
    """Whether a question mark stands before what it asks: `?Paget disease`."""
    if sheet.sign(place) != "?":
        return False
    start = sheet.tokens[sheet.marks[place].start].start
    begins = not start or sheet.text[start - 1].isspace() or sheet.text[start - 1] in "(,"
    return begins and (sheet.is_term(place + 1) or sheet.is_unread(place + 1))


def _part_rivals(sheet: Sheet, place: int) -> None:
    """Of things that are weighed against each other none is given: `metastases vs Paget`."""
    if not sheet.plays(place, Role.VERSUS):
        return
    for thing in (sheet.before(place), sheet.after(place)):
        if sheet.is_fact(thing):
            sheet.standing.setdefault(thing, Role.SUSPECTED)


def _has_own_result(sheet: Sheet, place: int) -> bool:
    """Whether a measurement has a value or a state of its own behind it, or a name has one."""
    if not sheet.is_marker(place):
        mark = sheet.marks[place]
        last = sheet.words.phrases_of(sheet.tokens[mark.end - 1 : mark.end])
        return mark.is_term and any(each.role in STATES for each in last)
    after = sheet.after(place)
    return bool(sheet.number(after)) or sheet.is_state(after)


def _closes_later(sheet: Sheet, place: int) -> bool:
    """Whether a list behind a comma ends in `and` or `or` with one more thing of its kind."""
    place = sheet.after(place) if sheet.is_term(place) or sheet.is_unread(place) else place
    while sheet.is_joint(place) or sheet.is_term(place) or sheet.is_unread(place):
        if sheet.plays(place, Role.AND, Role.OR, Role.NOR):
            thing = sheet.after(place)
            bare = sheet.is_term(thing) and not _has_own_result(sheet, thing)
            return bare or sheet.is_unread(thing) or sheet.plays(place, Role.OR, Role.NOR)
        place = sheet.after(place)
    return False


def _is_drug(sheet: Sheet, place: int) -> bool:
    return sheet.is_term(place) and any(e.kind in GIVEN_KINDS for e in sheet.meant(place))


# ── Question marks ────────────────────────────────────────────────────────────────────────────


def _read_question_marks(sheet: Sheet) -> None:
    """A thing by itself before a question mark is asked about, or given: `raised ALP, myeloma?`."""
    for place in range(len(sheet.marks)):
        if sheet.sign(place) == "?" and not _is_query(sheet, place):
            thing = sheet.before(place)
            before = sheet.before(thing)
            if not sheet.is_fact(thing) or thing in sheet.standing:
                continue
            parted = sheet.is_comma(before) or sheet.sign(thing - 1) in _DASHES
            parted = parted or _is_proposed(sheet, before)
            if parted or (sheet.is_fact(before) and place + 1 < len(sheet.marks)):
                _ask_about(sheet, thing)
            elif sheet.is_end(before) and (before >= 0 or place + 1 < len(sheet.marks)):
                sheet.standing[thing] = Role.SUSPECTED


def _is_proposed(sheet: Sheet, place: int) -> bool:
    """Whether a thing is only proposed: `caused by bortezomib?`, and no question about a kind."""
    if not sheet.plays(place, Role.EFFECT, Role.DUE):
        return False
    while not sheet.is_end(place - 1):
        place -= 1
    return not sheet.plays(place, Role.DOES, Role.COULD)


def _ask_about(sheet: Sheet, place: int) -> None:
    key = f"asked at {sheet.marks[place].start}"
    ways = ("it is asked about and not given", "it is given")
    if not sheet.choose(key, f"{sheet.marks[place].text!r} before a question mark", ways):
        sheet.standing[place] = Role.SUSPECTED
