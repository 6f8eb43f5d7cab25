"""Which result belongs to which measurement: `normal GGT and calcium`, `GGT is not raised`.

A word for a result stands before its measurements or behind them. Between two words for a result a
list of measurements is divided; where it can be divided in more than one way, the reader asks back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from kg.case.words.roles import STATES, Role
from kg.case.words.series import (
    Series,
    Step,
    is_before_value,
    is_led_on,
    is_newer,
    is_over,
    is_parted,
    read_series,
)
from kg.case.words.sheet import Sheet
from kg.case.words.values import Value
from kg.model.terms import Entry, Kind

_TWO: Final = 2
_ANOTHER: Final = "another result of the same measurement is said"
_THEN: Final = "it is told as past, and the result now is said as well"


class Bound(Struct, frozen=True):
    """A measurement with the word for its result, its value, or both."""

    marker: Entry
    place: int
    """Where the measurement is named."""
    said_at: int | None = None
    """Where its result is said in a word."""
    value: Value | None = None
    """The one that holds now."""
    before: tuple[Step, ...] = ()
    """Those before it."""


def read_results(sheet: Sheet) -> list[Bound]:
    """Every measurement of a question with what is said of it, in the order of its words."""
    _set_past_apart(sheet)
    series = _series(sheet)
    values = {place: each.now for place, each in series.items()}
    said = dict(_inside(sheet, values))
    for place, state in _Binder(sheet, values).pairs():
        if sheet.told.get(state) == _THEN:
            continue
        if said.setdefault(place, state) != state:
            sheet.told[state] = _ANOTHER
    _bind_left_over(sheet, said, values)
    said |= {place: _chosen(sheet, state) for place, state in said.items()}
    sheet.measured.update(said, values)
    return [
        _bound(sheet, place, said.get(place), series.get(place))
        for place in range(len(sheet.marks))
        if sheet.is_marker(place)
    ]


def _marker(sheet: Sheet, place: int) -> Entry:
    return next(each for each in sheet.meant(place) if each.kind is Kind.MARKER)


def _bound(sheet: Sheet, place: int, said_at: int | None, series: Series | None) -> Bound:
    marker = _marker(sheet, place)
    if series is None:
        return Bound(marker, place, said_at)
    if said_at is not None and is_over(sheet, series.now, said_at):
        then = Step(series.now, series.now.end)  # 300 U/L, now normal
        return Bound(marker, place, said_at, before=(*series.before, then))
    return Bound(marker, place, said_at, series.now, series.before)


def _series(sheet: Sheet) -> dict[int, Series]:
    """The values of every measurement that has any."""
    found: dict[int, Series] = {}
    for place in range(len(sheet.marks)):
        if not sheet.is_marker(place) or sheet.is_dose(place):
            continue
        series = read_series(sheet, _marker(sheet, place), place)
        if series is not None:
            found[place] = series
    return found


def _set_past_apart(sheet: Sheet) -> None:
    """Set apart a word for a result that was so at a time that is over: `was normal in 2024`."""
    for place in range(len(sheet.marks)):
        after = place + 1
        while sheet.is_quiet(after) and after not in sheet.day_of:
            after += 1
        day = sheet.days.get(after)
        if sheet.is_state(place) and day is not None and day.past and not sheet.number(place + 1):
            sheet.standing.setdefault(place, Role.PAST)


def _inside(sheet: Sheet, values: dict[int, Value]) -> Iterator[tuple[int, int]]:
    """The word for a result that stands between a measurement and its value."""
    for place, value in values.items():
        for state in range(place + 1, value.start):
            if sheet.is_state(state) and is_before_value(sheet, place, state, value):
                sheet.told[state] = _THEN  # was normal but is now 300 U/L
            elif sheet.is_state(state):
                yield place, state


class _Group(Struct, frozen=True):
    """Measurements in a row, with what stands between them."""

    places: tuple[int, ...]
    joints: tuple[int, ...] = ()


class _Binder:
    """Binds words for results to measurements, one run of them after the other."""

    def __init__(self, sheet: Sheet, values: dict[int, Value]) -> None:
        self._sheet = sheet
        self._values = values

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Each measurement with the place of the word for its result."""
        for run in self._runs():
            yield from self._bind(run)

    def _runs(self) -> Iterator[list[int | _Group]]:
        """Words for results and groups of measurements that stand together."""
        run: list[int | _Group] = []
        place = 0
        while place < len(self._sheet.marks):
            if self._sheet.is_marker(place):
                group, place = self._group(place)
                run.append(group)
            elif self._sheet.is_state(place) and not self._is_of_other(place):
                run.append(place)
                place += 1
            elif self._parts(place):
                yield run
                run = []
                place += 1
            else:
                place += 1
        yield run

    def _parts(self, place: int) -> bool:
        """Whether a mark parts what stands before it from what stands behind it."""
        sheet = self._sheet
        inside = any(p < place < value.end for p, value in self._values.items())
        if inside or sheet.plays(place, Role.NO) or sheet.is_quiet(place):
            return False
        return not (sheet.plays(place, Role.EFFECT, Role.ABOUT) or place in sheet.day_of)

    def _is_of_other(self, place: int) -> bool:
        """Whether a word such as `low` is of something that is no measurement: `low back pain`."""
        sheet = self._sheet
        if place and (
            sheet.plays(place - 1, Role.COPULA, Role.NO) or sheet.sign(place - 1) in (":", "=")
        ):
            return False
        if place and sheet.is_marker(place - 1) and not sheet.is_unread(place + 1):
            return False
        return _goes_with_other(sheet, place)

    def _group(self, place: int) -> tuple[_Group, int]:
        """The measurements from a place on that are joined in one list, and the place behind."""
        sheet = self._sheet
        places, joints = [place], list[int]()
        while place not in self._values:
            after = sheet.after(place)
            if sheet.is_marker(after) and after not in self._values:
                joints.append(place)
                place = after
            elif sheet.is_joint(after) and self._is_bare(next_ := self._behind(after)):
                joints.append(after)
                place = next_
            else:
                break
            places.append(place)
        value = self._values.get(place)
        return _Group(tuple(places), tuple(joints)), value.end if value else place + 1

    def _behind(self, joint: int) -> int:
        """The place behind what joins: `, and`."""
        place = self._sheet.after(joint)
        return self._sheet.after(place) if self._sheet.is_joint(place) else place

    def _is_bare(self, place: int) -> bool:
        return self._sheet.is_marker(place) and place not in self._values

    # ── One run ───────────────────────────────────────────────────────────────────────────────

    def _bind(self, run: Sequence[int | _Group]) -> Iterator[tuple[int, int]]:
        """Bind a run: from its first word for a result, or its first measurement, onwards."""
        run = list(run)
        while run:
            first, *rest = run
            if isinstance(first, _Group):
                run = rest
                if rest and isinstance(rest[0], int) and self._is_behind(first, rest):
                    yield from self._say(self._named_for(first, rest[0]), rest[0])
                    run = rest[1:]
            elif rest and isinstance(rest[0], _Group):
                yield from self._before(first, rest[0], rest[1:])
                shared = len(rest) > 1 and isinstance(rest[1], int) and self._divides(rest)
                run = rest[2:] if shared else rest[1:]
            else:
                run = rest

    def _named_for(self, group: _Group, state: int) -> tuple[int, ...]:
        """Those of a list that a word behind it is said of: all, or perhaps the last one."""
        sheet, places = self._sheet, group.places
        commas = len(places) > 1 and all(sheet.is_comma(each) for each in group.joints)
        if not commas or not group.joints or sheet.plays(state - 1, Role.COPULA):
            return places
        names = [sheet.marks[place].text for place in places]
        ways = (", ".join(names), names[-1])
        what = f"{sheet.marks[state].text!r} behind a list"
        return (places, places[-1:])[sheet.choose(f"list before {state}", what, ways)]

    def _is_behind(self, group: _Group, rest: Sequence[int | _Group]) -> bool:
        """Whether the word behind measurements is of them, and not of those that follow."""
        state = rest[0]
        if not isinstance(state, int) or self._is_apart(group.places[-1], state):
            return False
        if len(rest) == 1 or isinstance(rest[1], int):
            return True
        return self._is_nearer(group, state, rest[1], rest[2:])

    def _is_nearer(
        self, group: _Group, state: int, after: _Group, rest: Sequence[int | _Group]
    ) -> bool:
        """Whether a word between two measurements is of the one before it."""
        sheet, last, first = self._sheet, group.places[-1], after.places[0]
        told = sheet.plays(state - 1, Role.COPULA) or sheet.sign(state - 1) in (":", "=")
        told = told or sheet.touches(last, state)
        if sheet.touches(state, first):
            return False
        other = rest and isinstance(rest[0], int) and not self._is_apart(first, rest[0])
        if told or other or self._is_apart(state, first):
            return True
        if (last in self._values) != (first in self._values):
            return first in self._values
        mark = sheet.marks[state]
        ways = ("of what stands before it", "of what stands behind it")
        return not sheet.choose(f"result at {mark.start}", f"{mark.text!r}", ways)

    def _before(
        self, state: int, group: _Group, rest: Sequence[int | _Group]
    ) -> Iterator[tuple[int, int]]:
        """Bind a word to the measurements behind it, but for those that another word takes."""
        if self._is_apart(state, group.places[0]):
            return
        if not (rest and isinstance(rest[0], int) and self._divides([group, *rest])):
            yield from self._say(group.places, state)
            return
        if len(group.places) == 1:
            yield from self._say(group.places, self._one_of(group.places[0], state, rest[0]))
            return
        cut = self._cut(group)
        yield from self._say(group.places[:cut], state)
        yield from self._say(group.places[cut:], rest[0])

    def _one_of(self, place: int, before: int, after: int) -> int:
        """Which of two words around a measurement is its result; the other one is told."""
        sheet = self._sheet
        words = tuple(sheet.marks[state].text for state in (before, after))
        same = {p.role for p in sheet.marks[before].phrases} & {
            p.role for p in sheet.marks[after].phrases
        }
        chosen = 0
        if not same.intersection(STATES):
            key = f"result of {sheet.marks[place].start}"
            chosen = sheet.choose(key, f"{' and '.join(words)} of one measurement", words)
        sheet.told[(after, before)[chosen]] = _ANOTHER
        return (before, after)[chosen]

    def _divides(self, rest: Sequence[int | _Group]) -> bool:
        """Whether the word behind a group takes some of it: `raised ALP and GGT normal`."""
        group, state = rest[0], rest[1]
        if not isinstance(group, _Group) or not isinstance(state, int):
            return False
        if self._is_apart(group.places[-1], state):
            return False
        joined = self._sheet.plays(state - 1, Role.COPULA) or len(group.places) > 1
        follows = len(rest) > _TWO and not self._is_apart(state, _first(rest[2]))
        return joined or not follows

    def _cut(self, group: _Group) -> int:
        """How many measurements of a group belong to the word before it."""
        commas = [n for n, joint in enumerate(group.joints, 1) if self._sheet.is_comma(joint)]
        mixed = 0 < len(commas) < len(group.joints)
        cuts = commas if mixed else list(range(1, len(group.places)))
        if len(cuts) == 1:
            return cuts[0]
        names = [self._sheet.marks[place].text for place in group.places]
        ways = tuple(f"{', '.join(names[:cut])} | {', '.join(names[cut:])}" for cut in cuts)
        chosen = self._sheet.choose(
            f"list at {group.places[0]}", "a list between two results", ways
        )
        return cuts[chosen]

    def _say(self, places: Sequence[int], state: int) -> Iterator[tuple[int, int]]:
        self._sheet.used.update((*places, state))
        yield from ((place, state) for place in places)

    def _is_apart(self, one: int, other: int) -> bool:
        """Whether something that joins stands between two places, so that they are two things."""
        end = self._values[one].end if one in self._values else one + 1
        return any(self._sheet.is_joint(each) for each in range(end, other))


def _first(item: int | _Group) -> int:
    return item if isinstance(item, int) else item.places[0]


def _chosen(sheet: Sheet, state: int) -> int:
    """The word for a result, or the one that `or` joins to it: only one of them is meant."""
    joint = sheet.after(state)
    other = sheet.after(joint)
    if not sheet.plays(joint, Role.OR) or not sheet.is_state(other) or sheet.is_marker(other + 1):
        return state
    ways = (sheet.marks[state].text, sheet.marks[other].text)
    sheet.used.update((state, other))
    return (state, other)[sheet.choose(f"either at {state}", " or ".join(ways), ways)]


def _bind_left_over(sheet: Sheet, said: dict[int, int], values: dict[int, Value]) -> None:
    """Bind a word that is left over to the measurement before it: `ALP in myeloma is raised`."""
    taken = set(said.values())
    for state in range(len(sheet.marks)):
        if not sheet.is_state(state) or state in taken or _is_inside(state, values):
            continue
        if _goes_with_other(sheet, state):
            continue
        place = state - 1
        while not (
            is_parted(sheet, place, state) or sheet.is_marker(place) or _stops(sheet, place, state)
        ):
            place -= 1
        if not sheet.is_marker(place):
            continue
        past = place in said and sheet.standing.get(said[place]) is Role.PAST
        end = values[place].end - 1 if place in values else place
        if place not in said or past or is_newer(sheet, end, said[place], state):
            if place in said:
                sheet.told[said[place]] = _THEN
            said[place] = state
            sheet.used.update((place, state))


def _stops(sheet: Sheet, place: int, state: int) -> bool:
    """Whether a word for a result already stands there, and is not told as past."""
    past = sheet.standing.get(place) is Role.PAST
    return sheet.is_state(place) and not past and not is_led_on(sheet, place, state)


def _goes_with_other(sheet: Sheet, state: int) -> bool:
    """Whether a word for a result stands right before something that is no measurement."""
    after = state + 1
    while sheet.plays(after, Role.DEGREE):
        after += 1
    return sheet.is_unread(after) or sheet.is_fact(after)


def _is_inside(place: int, values: dict[int, Value]) -> bool:
    """Whether a word stands between a measurement and its value."""
    return any(start < place < value.end for start, value in values.items())
