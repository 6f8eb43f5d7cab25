"""Results of a question, as the options that say them."""

from __future__ import annotations

from typing import Final

from kg.case.labs import ABNORMAL, counts_as_normal, lab_texts, read_result
from kg.case.model import Unused
from kg.case.parse import parse_lab
from kg.case.quantities import HIGH, LOW, NORMAL
from kg.case.words.days import days_between
from kg.case.words.facts import REASONS
from kg.case.words.results import Bound
from kg.case.words.roles import Role
from kg.case.words.series import Step
from kg.case.words.sheet import Sheet
from kg.case.words.values import Value
from kg.model.errors import KGError
from kg.model.terms import Entry, Kind

_SIDES: Final = (HIGH, LOW)
_EARLIER: Final = "it is a result from before, and its day is not said"
_SHORTEST: Final = 3


class LabReader:
    """Reads what a question says of results."""

    def __init__(self, sheet: Sheet, bound: list[Bound]) -> None:
        self._sheet = sheet
        self._bound = bound
        self.labs: list[str] = []
        self.unused: list[Unused] = []

    def read(self) -> None:
        """Read every one, in the order of the words."""
        out = self._not_chosen()
        for each in self._bound:
            if each.place in out:
                self._sheet.told.setdefault(each.place, "the question leaves a choice")
            elif self._is_one(each) and not self._is_weaker(each):
                self._add(each)
        self._read_states()

    def _not_chosen(self) -> set[int]:
        """Of measurements joined by `or` only one is meant, and which one is asked back."""
        sheet, out = self._sheet, set[int]()
        for one, other in zip(self._bound, self._bound[1:], strict=False):
            between = range(one.place + 1, other.place)
            joined = any(sheet.plays(each, Role.OR, Role.NOR) for each in between)
            same = one.said_at is not None and one.said_at == other.said_at
            if not (joined and same) or self._standing(one) is not None:
                continue
            ways = (one.marker.label, other.marker.label)
            if sheet.choose(f"choice at {one.place}", " or ".join(ways), ways):
                out.add(one.place)
            else:
                out.add(other.place)
        return out

    def _is_one(self, bound: Bound) -> bool:
        """Whether a measurement is meant: not a short form or a name with another meaning."""
        sheet, mark = self._sheet, self._sheet.marks[bound.place]
        if mark.form is not None and not any(
            bound.marker.iri == e.iri for each in sheet.marks for e in each.entries
        ):
            names = [each.label for each in sheet.meant(bound.place)]
            ways = (*names, *(f"{name} (not a term here)" for name in mark.form.elsewhere))
            if sheet.choose(f"name at {mark.start}", repr(mark.text), ways):
                sheet.told[bound.place] = "it is read as something else"
                return False
        return True

    def _is_weaker(self, bound: Bound) -> bool:
        """Whether it only says that a value rose, where its level is said as well."""
        sheet = self._sheet
        if bound.said_at is None or not sheet.plays(bound.said_at, Role.RISE):
            return False
        said = [
            each
            for each in self._bound
            if each.marker.iri == bound.marker.iri and each is not bound and _tells(each)
        ]
        if said:
            sheet.used.discard(bound.said_at)
        return bool(said)

    def _standing(self, bound: Bound) -> Role | None:
        said = self._sheet.standing.get(bound.said_at) if bound.said_at is not None else None
        own = self._sheet.standing.get(bound.place)
        return own if own in REASONS else said or own

    def _add(self, bound: Bound) -> None:
        sheet, standing = self._sheet, self._standing(bound)
        if standing in REASONS:
            sheet.told[bound.place] = REASONS[standing]
            if bound.said_at is not None:
                sheet.told[bound.said_at] = REASONS[standing]
            return
        state = self._state(bound)
        if standing is Role.NO and self._is_rise(bound):
            sheet.told[bound.place] = "without a rise it may be high or not"
        elif standing is Role.NO and self._is_of_degree(bound):
            sheet.told[bound.place] = "not so far from its limit may still be beyond it"
        elif bound.value is not None:
            self._add_value(bound, state)
        elif state:
            for each in bound.before:
                self._add_before(bound, each)
            self._add_state(bound.marker, state, bound.place, denied=standing is Role.NO)
        elif not any(each.marker.iri == bound.marker.iri and _tells(each) for each in self._bound):
            self._tell_no_result(bound)
        else:
            sheet.used.add(bound.place)

    def _is_rise(self, bound: Bound) -> bool:
        """Whether only a rise is said, and no level: `no rise in ALP`."""
        at = bound.said_at
        said = at is not None and self._sheet.plays(at, Role.RISE)
        return said and not self._sheet.plays(at or 0, Role.HIGH)

    def _is_of_degree(self, bound: Bound) -> bool:
        """Whether only a degree of a result is denied: `not markedly raised`."""
        return bound.said_at is not None and self._sheet.plays(bound.said_at - 1, Role.DEGREE)

    def _tell_no_result(self, bound: Bound) -> None:
        sheet = self._sheet
        if bound.place in sheet.used and sheet.standing.get(bound.place) is None:
            return  # it was read as a drug or a condition
        before = self._state_before(bound)
        ended = sheet.plays(bound.place + 1, Role.NO) and (
            sheet.is_end(bound.place + 2) or sheet.is_comma(bound.place + 2)
        )
        if ended:
            sheet.used.add(bound.place + 1)
        if before and (ended or sheet.standing.get(bound.place) is Role.NO):
            self._add_state(bound.marker, before, bound.place, denied=True)
            return
        sheet.told[bound.place] = "no result of it is said"

    def _state_before(self, bound: Bound) -> str:
        """The result that is said of the measurement before: `raised ALP but not GGT`."""
        before = [
            each for each in self._bound if each.place < bound.place and each.said_at is not None
        ]
        return self._state(before[-1]) if before else ""

    def _state(self, bound: Bound) -> str:
        found = self._sheet.marks[bound.said_at] if bound.said_at is not None else None
        if found is None:
            return bound.value.state if bound.value else ""
        states = {
            Role.HIGH: HIGH,
            Role.LOW: LOW,
            Role.NORMAL: NORMAL,
            Role.ABNORMAL: ABNORMAL,
            Role.RISE: HIGH,
        }
        return next(state for role, state in states.items() if found.plays(role))

    # ── A result in a word ────────────────────────────────────────────────────────────────────

    def _add_state(self, marker: Entry, state: str, place: int, *, denied: bool) -> None:
        """Add a state, or what is left when it is denied."""
        sheet = self._sheet
        sheet.used.add(place)
        abnormal = (state == ABNORMAL) != (denied and state in (NORMAL, ABNORMAL))
        if abnormal:
            ways = tuple(f"{side} {marker.label}" for side in _SIDES)
            state = _SIDES[sheet.choose(f"side at {place}", f"an abnormal {marker.label}", ways)]
        elif denied and state in (NORMAL, ABNORMAL):
            state = NORMAL
        elif denied:
            self._add_denied(marker, state, place)
            return
        self._put(f"{short(marker)}={state}")

    def _add_denied(self, marker: Entry, state: str, place: int) -> None:
        """A result that is not raised may be low, unless low counts as normal."""
        if state == HIGH and counts_as_normal(marker, LOW, self._sheet.words.lexicon):
            self._put(f"{short(marker)}={NORMAL}")
        elif state == HIGH and marker.measured_in.of_limit:
            unit = marker.measured_in.of_limit.strip("{}")
            self._put(f"{short(marker)}=<=1{unit}")
        else:
            other = "low or normal" if state == HIGH else "normal or high"
            self._sheet.told[place] = f"not {state} may be {other}, which no option says"

    def _read_states(self) -> None:
        """Single words for a measurement with its result: `hypocalcaemia`."""
        sheet = self._sheet
        for place, mark in enumerate(sheet.marks):
            states = [each for each in mark.entries if each.kind is Kind.STATE]
            marker = sheet.words.entry(states[0].of or "") if states else None
            if marker is None:
                continue
            standing = sheet.standing.get(place)
            if standing in REASONS:
                sheet.told[place] = REASONS[standing]
            else:
                self._add_state(marker, states[0].flag, place, denied=standing is Role.NO)

    # ── A value ───────────────────────────────────────────────────────────────────────────────

    def _add_value(self, bound: Bound, state: str) -> None:
        sheet, marker, value = self._sheet, bound.marker, bound.value
        sheet.used.add(bound.place)
        if value is None:
            return
        for each in bound.before:
            self._add_before(bound, each)
        if value.state:
            self._put(f"{short(marker)}={state or value.state}")
        elif value.span:
            self._add_span(bound, value, state)
        else:
            self._add_number(bound, value, state)

    def _add_number(self, bound: Bound, value: Value, state: str) -> None:
        said_at = bound.said_at
        if said_at is not None and self._sheet.standing.get(said_at) is Role.NO:
            low_is_normal = counts_as_normal(bound.marker, LOW, self._sheet.words.lexicon)
            state = NORMAL if state == HIGH and low_is_normal else ""
        if value.of_limit and not bound.marker.measured_in.of_limit:
            self._tell_value(bound, value, "no multiple of the upper limit is read of it")
            return
        flag = value.flag or state
        if value.of_limit and flag == HIGH:
            flag = ""
        limits = f"({value.limits})" if value.limits else ""
        text = f"{short(bound.marker)}={value.comparator}{value.number}{value.unit}{limits}"
        text += f";{flag}" if flag and flag != ABNORMAL else ""
        text += ";baseline" if self._is_baseline(bound, value) else ""
        text += "".join(f"@{day}" for day in self._day_of(bound, value))
        try:
            lexicon = self._sheet.words.lexicon
            read_result(bound.marker, lab_texts(parse_lab(text, lexicon)), lexicon, text)
        except KGError as error:
            self._tell_value(bound, value, error.message.rstrip("."))
            if state:
                self._add_state(bound.marker, state, bound.place, denied=False)
        else:
            self._put(text)

    def _add_before(self, bound: Bound, step: Step) -> None:
        """Add a result before the one that holds: with its day, or as the one before treatment."""
        earlier = Bound(bound.marker, bound.place, value=step.value)
        if not step.value.number or step.value.span:
            return
        if step.baseline or self._day_of(earlier, step.value):
            self._add_number(earlier, step.value, "")
            return
        text = self._sheet.typed(step.value.start, step.end)
        self.unused.append(Unused(text, _EARLIER))

    def _is_baseline(self, bound: Bound, value: Value) -> bool:
        """Whether a value is said to be the one before treatment."""
        sheet = self._sheet
        around = (bound.place - 1, *range(bound.place + 1, value.start), value.end)
        between = {p for step in bound.before for p in range(step.value.start, step.end)}
        if bound.before and not between.isdisjoint(range(bound.place + 1, value.start)):
            around = (value.start - 1, value.end)
        at = [p for p in around if sheet.plays(p, Role.BASELINE)]
        sheet.used.update(at)
        return bool(at)

    def _add_span(self, bound: Bound, value: Value, state: str) -> None:
        """Two numbers of which it is not said whether the value lies between them."""
        sheet, (low, high) = self._sheet, value.span or ("", "")
        if value.of_limit:
            sheet.notes.append(f"between {low} and {high} times the upper limit is read as high")
            self._put(f"{short(bound.marker)}={HIGH}")
            return
        between = f"{short(bound.marker)} {low}-{high}"
        ways = ("the value lies between them", "they are the reference range, and no value is said")
        if sheet.choose(f"span at {bound.place}", between, ways):
            self._tell_value(bound, value, "a range without a value says nothing")
            if state:
                self._add_state(bound.marker, state, bound.place, denied=False)
        else:
            self._put(f"{short(bound.marker)}=>={low}{value.unit}")

    def _tell_value(self, bound: Bound, value: Value, reason: str) -> None:
        words = " ".join(each.text for each in self._sheet.marks[bound.place : value.end])
        self.unused.append(Unused(words, reason))

    def _day_of(self, bound: Bound, value: Value) -> list[str]:
        """The day of a result, where one stands directly behind it."""
        sheet = self._sheet
        place = self._day_at(bound, value)
        day = sheet.days.get(place)
        if day is None or not day.text or day.treatment:
            return []
        sheet.used.update((*range(value.start, value.end), place))
        sheet.notes += [day.note] if day.note else []
        return [day.text for _, day in days_between(sheet, place, place + 1)]

    def _day_at(self, bound: Bound, value: Value) -> int:
        """The place of the day that belongs to a value: behind it, or before it or its name."""
        sheet, place = self._sheet, value.end
        while sheet.sign(place) in ("(", "@") or sheet.plays(place, Role.TAKING, Role.SINCE):
            place += 1
        if place in sheet.days:
            return place
        led = [p for p in range(bound.place + 1, value.start) if p in sheet.days]
        if led and not bound.before:
            return led[-1]
        if any(each.value.start < value.start for each in bound.before):
            return place
        before = bound.place - 1
        while sheet.sign(before) in (":", "(", ")"):
            before -= 1
        first = sheet.day_of.get(before, -1)
        opening = first - 1 - sheet.plays(first - 1, Role.TAKING)
        begins = sheet.is_end(opening) or sheet.is_comma(opening)
        return first if first >= 0 and begins else place

    def _put(self, text: str) -> None:
        if text not in self.labs:
            self.labs.append(text)


def _tells(bound: Bound) -> bool:
    return bound.said_at is not None or bound.value is not None


def short(marker: Entry) -> str:
    """The name of a measurement in an option: a short one that stands for nothing else."""
    plain = [e for e in marker.abbreviations if len(e) >= _SHORTEST and e.isalpha()]
    return min(plain, key=len).casefold() if plain else marker.label
