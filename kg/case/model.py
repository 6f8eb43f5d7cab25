"""A case as a value: what is known of one patient.

A case holds three answers to every question: yes, no, and not said. Facts that contradict each
other are kept apart, and nothing is drawn from either. No value here reads or writes anything;
whatever does knows these values.
"""

from __future__ import annotations

from datetime import date as Day  # noqa: N812 - the case has a field of that name
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec import Struct

from kg.case.dates import When
from kg.case.quantities import round_quotient, value_interval
from kg.model.derived import Recipe
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import EG, IRI
from kg.reasoning.intervals import Interval

CASE: Final = IRI("urn:etiograph:case")
"""The individual that facts are about; its parts are named under it."""
GIVEN_KINDS: Final = (Kind.DRUG, Kind.TREATMENT)
"""What a patient can be given."""
NOT_KNOWN: Final = "not known, needs"
"""How the text of something begins that could not be worked out."""
NO_VALUE: Final = "(no value)"
"""What stands behind a state of which the value is not given."""


class Given(Struct, frozen=True):
    """One fact as it was understood."""

    kind: str
    """`condition`, `assumed`, `drug`, `absent`, `unknown`, `lab`, `derived`, `age` or `sex`."""
    label: str
    iri: str
    value: str
    given: str = ""
    """The words it was given in, where they say more than the term."""


class Notice(Struct, frozen=True):
    """What an answer opens with: why something that matters could not be used."""

    iri: str
    label: str
    text: str


class Contradiction(Struct, frozen=True):
    """Facts that cannot both be so; neither is used."""

    facts: tuple[str, ...]
    text: str


NOTED: Final = "noted"
"""The kind of an input that was used, and of which a reader should know something."""


class Unused(Struct, frozen=True):
    """An input, or a part of one, that was not used, and why."""

    given: str
    reason: str
    kind: str = "not used"
    """`not covered`: no term has the name; `ambiguous`: several have it; `set apart`: a
    question in words does not say it of the patient now; `noted`: it was
    used, and the reason is what to know of it; else `not used`."""
    names: tuple[str, ...] = ()
    """What may have been meant."""


class ReadAs(Struct, frozen=True):
    """How a question in words was read."""

    options: str
    """The options that it stands for, as they are typed."""
    notes: tuple[str, ...] = ()
    """How words were read that say more or less than their option."""


class Course(Struct, frozen=True):
    """One course of a drug or treatment; the day of its start is day 0."""

    entry: Entry
    start: When | None = None
    stop: When | None = None
    doubts: tuple[str, ...] = ()
    """Why a date that was given is not used."""

    @property
    def shown(self) -> str:
        """When it was given, as an answer repeats it."""
        parts = [f"since {self.start.day}"] if self.start else []
        parts += [f"until {self.stop.day}"] if self.stop else []
        return " ".join(parts)

    def covers(self, day: Day) -> bool:
        """Whether a result of that day was taken under the treatment."""
        if self.start is None or day < self.start.day:
            return False
        return self.stop is None or day <= self.stop.day

    def not_now(self, day: Day | None) -> str:
        """Why it is not taken as given on a day; empty where it is."""
        if self.stop and (day is None or self.stop.day < day):
            before = f", before {day}" if day else ""
            return f"it ended on {self.stop.day}{before}, so it is not taken as given"
        if self.start and day is not None and self.start.day > day:
            return f"it starts on {self.start.day}, after {day}, so it is not taken as given"
        return ""


class Change(Struct, frozen=True):
    """How a result stands to what was before a treatment: stated, or computed from dates."""

    percent: Decimal | None = None
    """From baseline, in percent of it."""
    day: Decimal | None = None
    """Of the treatment; the day of its start is day 0."""
    during: IRI | None = None
    """The drug under whose treatment the result was taken."""
    computed_from: str = ""
    """Of a computed one: what it was computed from, in words."""


class Figure(Struct, frozen=True):
    """A number of an observation in one unit, as rules compare it."""

    role: IRI
    """The data property that gives values in the unit."""
    value: Decimal
    """On the right side of every shorter decimal."""
    comparator: str = ""
    """On which side of the value it lies, where only a bound is known."""

    @property
    def interval(self) -> Interval:
        """Where the number lies."""
        return value_interval(self.value, self.comparator)


class Event(Struct, frozen=True):
    """Something with a day: the start of a drug or treatment, or of a condition."""

    entry: Entry
    on: When
    given: str
    """As an answer names it."""


class Derived(Struct, frozen=True):
    """What was worked out of results and days, or why it could not be."""

    iri: IRI
    label: str
    figure: Figure | None
    """Its number; None where a part is missing."""
    text: str
    """The number with its unit and what it was worked out of, or what is missing."""
    parts: tuple[str, ...] = ()
    """What was said that it was worked out of."""
    markers: tuple[IRI, ...] = ()
    """The measurements and terms that it is worked out of."""

    @property
    def given(self) -> str:
        """As a proof names it."""
        return f"{self.label} {self.text}"


class LabResult(Struct, frozen=True):
    """One result: a flag, or a value with its unit and reference range."""

    marker: Entry
    given: str
    """The result as it was typed."""
    state: str = ""
    """`high`, `normal` or `low`; empty where neither range nor flag decides it."""
    state_class: IRI | None = None
    """The class of results in that state."""
    possible: frozenset[str] = frozenset()
    """The states that value and range leave possible; empty where there is no value."""
    value: Decimal | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    range_unit: str = ""
    to_range: Fraction = Fraction(1)
    """What the value is multiplied by to be in the unit of the range."""
    comparator: str = ""
    flag: str = ""
    """The laboratory's own word."""
    flagged: bool = False
    """Whether its class rests on the flag, and not on value and range."""
    on: When | None = None
    baseline: bool = False
    """Whether it was said to be the value before treatment."""
    changes: tuple[Change, ...] = ()
    figures: tuple[Figure, ...] = ()
    """Its value in the units that rules have limits in."""
    trend: str = ""
    """How it stands to the result before it, where no treatment or baseline says more."""
    note: str = ""
    remark: str = ""
    """What to know of how it was read."""
    partly: str = ""
    """Why a part of it is not used, or no class can be given."""
    unsafe: str = ""
    """Why nothing of it can be used."""
    conflict: str = ""
    """How it contradicts itself."""

    def is_outlived_on(self, day: Day) -> bool:
        """Whether it is too old to speak of the patient on a day; never without a bound."""
        days = self.marker.usable_for_days
        return bool(days) and self.on is not None and (day - self.on.day).days > days

    @property
    def exact(self) -> bool:
        """Whether the value itself is known, not only a bound of it."""
        return self.value is not None and not self.comparator

    @property
    def ratio_to_uln(self) -> Decimal | None:
        """The value by its upper limit, on the right side of every shorter decimal."""
        return self._ratio(self.high) if self.exact else None

    @property
    def numbers(self) -> tuple[Figure, ...]:
        """Every number by which rules compare it: by its limits, and in units."""
        limits = (EG.ratioToULN, self.high), (EG.ratioToLLN, self.low)
        ratios = ((role, self._ratio(limit)) for role, limit in limits)
        known = (Figure(role, each, self.comparator) for role, each in ratios if each is not None)
        return (*known, *self.figures)

    @property
    def bound_to_uln(self) -> Interval | None:
        """Where the ratio to the upper limit lies when only a bound of the value is known."""
        ratio = self._ratio(self.high) if self.comparator else None
        return None if ratio is None else value_interval(ratio, self.comparator)

    @property
    def shown(self) -> str:
        """The result as an answer repeats it."""
        head = f"{self.state} {NO_VALUE}" if self.value is None else self._format_value()
        notes = [head, *([self.note] if self.note else [])]
        notes += [f"on {self.on.day}"] if self.on else []
        notes += [each.computed_from for each in self.changes if each.computed_from]
        notes += [self.trend] if self.trend else []
        return ", ".join(notes)

    def _format_value(self) -> str:
        state = f"{self.state}, " if self.state else ""
        number = f"{state}{self.comparator}{self.value:f}"
        if self.unit and self.unit == self.marker.measured_in.of_limit:
            return f"{number} × ULN"
        value = f"{number} {self.unit}"
        by_flag = "; the laboratory's flag" if self.flagged else ""
        if self.low is None and self.high is None:
            return f"{value} (no range{by_flag})"
        limits = ("…" if limit is None else f"{limit:f}" for limit in (self.low, self.high))
        unit = f" {self.range_unit}" if self.range_unit != self.unit else ""
        return f"{value} (range {' to '.join(limits)}{unit}{by_flag})"

    def _ratio(self, limit: Decimal | None) -> Decimal | None:
        if self.value is None or not limit:
            return None
        return round_quotient(self.value, self.to_range, limit)


class Case(Struct, frozen=True, kw_only=True):
    """What is known of one patient, without what contradicts itself."""

    conditions: tuple[Entry, ...] = ()
    assumed: tuple[Entry, ...] = ()
    """Conditions that nobody stated, and that the answer is to go on as if they were there."""
    denied: tuple[Entry, ...] = ()
    """What the patient is said not to have, or not to be given."""
    unknown: tuple[Entry, ...] = ()
    words: tuple[tuple[IRI, str], ...] = ()
    """In which words a condition or drug was given, where they say more than the term."""
    doubted: tuple[Entry, ...] = ()
    """What is said to be there and denied as well: used for nothing but the limits of scope."""
    drugs: tuple[Entry, ...] = ()
    """Drugs and treatments that the patient is given."""
    courses: tuple[Course, ...] = ()
    """Those of them whose dates are known."""
    labs: tuple[LabResult, ...] = ()
    """One result of each measurement: the one that is asked about."""
    groups: tuple[LabResult, ...] = ()
    """Tests that are read together, with the state that their results have in common."""
    derived: tuple[Derived, ...] = ()
    """What rules ask for that was worked out of results and days, or could not be."""
    scores: tuple[Recipe, ...] = ()
    """The scores that rules ask for; what they add up is a matter of what the case is."""
    events: tuple[Event, ...] = ()
    """The conditions of which it is said when they began."""
    baselines: tuple[LabResult, ...] = ()
    """Results before treatment that changes were computed from."""
    earlier: tuple[LabResult, ...] = ()
    """Usable results before the ones that are asked about: for whoever shows how they went."""
    ended: tuple[Course, ...] = ()
    """Courses that are over, or still to come, on that day."""
    age: Decimal | None = None
    sex: Entry | None = None
    date: When | None = None
    """The day that is asked about."""
    contradictions: tuple[Contradiction, ...] = ()
    unused: tuple[Unused, ...] = ()
    notices: tuple[Notice, ...] = ()
    read_as: ReadAs | None = None
    """How it was read, where it was said in words."""

    @property
    def given(self) -> tuple[Given, ...]:
        """Every fact, to be repeated in the answer."""
        facts = [
            Given("condition", e.label, e.iri, self._began(e), "; ".join(self.words_of(e)))
            for e in self.conditions
        ]
        facts += [Given("assumed", e.label, e.iri, "yes") for e in self.assumed]
        facts += [
            Given("drug", e.label, e.iri, self._format_course(e), "; ".join(self.words_of(e)))
            for e in self.drugs
        ]
        facts += [Given("absent", e.label, e.iri, "no") for e in self.denied]
        facts += [Given("unknown", e.label, e.iri, "unknown") for e in self.unknown]
        facts += [Given("lab", short_name(e.marker), e.marker.iri, e.shown) for e in self.labs]
        facts += [Given("derived", e.label, e.iri, e.text) for e in self.derived]
        if self.age is not None:
            facts.append(Given("age", "age", EG.ageInYears, f"{self.age:f}"))
        if self.sex is not None:
            facts.append(Given("sex", "sex", self.sex.iri, self.sex.label))
        return tuple(facts)

    @property
    def compared(self) -> tuple[LabResult, ...]:
        """The earlier results, no baselines, that something may be worked out of."""
        markers = {marker for each in self.derived for marker in each.markers}
        before = (each for each in self.earlier if each.marker.iri in markers)
        return tuple(each for each in before if each not in self.baselines)

    def words_of(self, entry: Entry) -> tuple[str, ...]:
        """The words in which a condition or drug was given, where they say more than the term."""
        return tuple(words for iri, words in self.words if iri == entry.iri)

    def began(self, entry: Entry) -> tuple[When, ...]:
        """The days on which a condition is said to have begun."""
        return tuple(each.on for each in self.events if each.entry.iri == entry.iri)

    def _began(self, condition: Entry) -> str:
        return ", ".join(f"since {each.day}" for each in self.began(condition)) or "yes"

    def _format_course(self, drug: Entry) -> str:
        dates = [each.shown for each in self.courses if each.entry.iri == drug.iri and each.shown]
        return ", ".join(dates) or "yes"

    @property
    def subject(self) -> str:
        """The individual that the facts are about."""
        return CASE


def short_name(entry: Entry) -> str:
    """The name of a measurement as an answer repeats it."""
    return min(entry.abbreviations, key=len, default=entry.label)
