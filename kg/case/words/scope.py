"""How each thing of a question is said: given, denied, suspected, of the family, past or planned.

A word of denial and its like stands for what follows it, as far as its list goes: to the end of
the sentence, to a new verb or a word such as *but*, or to a result that is said by itself. Where
the end of a list can be read in two ways, both are kept, and the reader asks back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.case.words.roles import Role
from kg.case.words.sheet import Sheet
from kg.model.terms import Kind

_LEADING: Final = (
    Role.FAMILY,
    Role.SUSPECTED,
    Role.OPEN,
    Role.EXCEPT,
    Role.ENDED,
    Role.PLANNED,
    Role.PAST,
    Role.UNKNOWN,
    Role.RULED_OUT,
    Role.SURELY,
    Role.NO,
)
"""What is said of things that follow; of two at once the first one counts."""
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
_ONE_THING: Final = (
    "read as one list",
    "read as one list that ends at the comma, with something new behind it",
)


def read_standings(sheet: Sheet) -> None:
    """Find how everything that a question names is said."""
    _Scan(sheet).run()
    for place in range(len(sheet.marks)):
        _look_back(sheet, place)
    _read_question_marks(sheet)


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
        elif _LEADING.index(cue) < _LEADING.index(self._cue):
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
        sheet.standing[place] = cue
        if self._cues:
            sheet.cues[place] = self._cues[-1]
        sheet.used.update(self._cues)

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
        if any(sheet.plays(each, Role.AND) for each in self._since):
            return not closed
        if closed:
            return self._asked(place) if sheet.is_fact(place) else False
        return _closes_later(sheet, place) or not self._ends_at_comma(place)

    def _is_next_to(self, place: int, last: int) -> bool:
        """Whether a thing without anything that joins it is one with the thing before it."""
        sheet = self._sheet
        if sheet.is_unread(last) and sheet.is_state(place):
            key = f"denied beyond {sheet.marks[last].start}"
            ways = ("what follows is said in the same breath", "what follows is something new")
            return not sheet.choose(key, f"what goes with {sheet.marks[last].text!r}", ways)
        if sheet.is_fact(last) or (sheet.is_state(last) and not sheet.is_marker(place)):
            return sheet.is_unread(place)
        return not (sheet.is_marker(last) and sheet.is_fact(place))

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
    if _is_query(sheet, place):
        return Role.SUSPECTED
    if sheet.plays(place, Role.RELATIVE):
        return None if _is_of_before(sheet, place) else _relative(sheet, place)
    mark = sheet.marks[place]
    found = next((role for role in _LEADING if mark.plays(role)), None)
    if mark.plays(Role.NOT_DO) and sheet.is_state(sheet.after(place)):
        return Role.NO
    if found is None or mark.plays(Role.PLAIN):
        return None
    return None if _following(sheet, place) is not None else found


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


def _is_of_before(sheet: Sheet, place: int) -> bool:
    """Whether a relative is named behind what he has: `Paget disease in her mother`."""
    before = place - 1
    while sheet.plays(before, Role.PRONOUN, Role.MINE) or sheet.sign(before) == "(":
        before -= 1
    behind = before >= 0 and sheet.marks[before].text.casefold() == "in"
    return (behind or sheet.sign(before + 1) == "(") and sheet.is_fact(sheet.before(before + 1))


def _is_query(sheet: Sheet, place: int) -> bool:
    """Whether a question mark stands before what it asks: `?Paget disease`."""
    if sheet.sign(place) != "?":
        return False
    start = sheet.tokens[sheet.marks[place].start].start
    begins = not start or sheet.text[start - 1].isspace() or sheet.text[start - 1] in "(,"
    return begins and (sheet.is_term(place + 1) or sheet.is_unread(place + 1))


def _has_own_result(sheet: Sheet, place: int) -> bool:
    """Whether a measurement has a value or a state of its own behind it."""
    if not sheet.is_marker(place):
        return False
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
    given = (Kind.DRUG, Kind.TREATMENT)
    return any(each.kind in given for each in sheet.meant(place)) if sheet.is_term(place) else False


# ── What is said behind a thing ───────────────────────────────────────────────────────────────


def _following(sheet: Sheet, place: int) -> Role | None:
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
    leads = any(mark.plays(role) for role in _LEADING)
    joined = before < place - 1 and sheet.plays(place - 1, Role.COPULA)
    thing = place + 1
    while sheet.plays(thing, Role.ARTICLE, Role.DEGREE):
        thing += 1
    follows = sheet.is_term(thing) or sheet.is_unread(thing) or sheet.is_state(thing)
    return None if leads and follows and not joined else _FOLLOWING[found]


def _stands_alone(sheet: Sheet, place: int) -> Role | None:
    """What a word that leads says of the thing before it, where nothing follows it."""
    mark = sheet.marks[place]
    found = next((role for role in _LEADING if mark.plays(role)), None)
    led = found is not None and not mark.is_term and not mark.plays(Role.PLAIN)
    return found if led and sheet.is_fact(sheet.before(place)) else None


def _begins(sheet: Sheet, place: int) -> bool:
    """Whether something began then and is there since: `started last month`."""
    while not sheet.is_end(place) and not sheet.is_comma(place):
        if sheet.plays(place, Role.STARTED, Role.DIAGNOSED, Role.SINCE):
            return True
        place -= 1
    return False


def _look_back(sheet: Sheet, place: int) -> None:
    """Apply what is said behind a list to the list."""
    said = _following(sheet, place)
    if sheet.plays(place, Role.RELATIVE) and _is_of_before(sheet, place):
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


# ── Question marks ────────────────────────────────────────────────────────────────────────────


def _read_question_marks(sheet: Sheet) -> None:
    """A thing by itself before a question mark is asked about, or given: `raised ALP, myeloma?`."""
    for place in range(len(sheet.marks)):
        if sheet.sign(place) == "?" and not _is_query(sheet, place):
            thing = sheet.before(place)
            before = sheet.before(thing)
            if not sheet.is_fact(thing) or thing in sheet.standing:
                continue
            if sheet.is_comma(before):
                _ask_about(sheet, thing)
            elif sheet.is_end(before) and (before >= 0 or place + 1 < len(sheet.marks)):
                sheet.standing[thing] = Role.SUSPECTED


def _ask_about(sheet: Sheet, place: int) -> None:
    key = f"asked at {sheet.marks[place].start}"
    ways = ("it is asked about and not given", "it is given")
    if not sheet.choose(key, f"{sheet.marks[place].text!r} before a question mark", ways):
        sheet.standing[place] = Role.SUSPECTED
