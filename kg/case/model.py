"""A case as a value: what is known of one patient.

A case holds three answers to every question: yes, no, and not said. Facts that contradict each
other are kept apart, and nothing is drawn from either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day  # noqa: N812 - the case has a field of that name
from decimal import Decimal
from typing import Final

from kg.case.dates import When
from kg.case.results import LabResult
from kg.case.series import Contradiction, Unused
from kg.case.treatments import Course
from kg.model.terms import Entry, Lexicon
from kg.model.vocabulary import EG_AGE_IN_YEARS, IRI
from kg.reasoning.intervals import Interval
from kg.reasoning.ruleset import Fact, Facts

CASE: Final = IRI("urn:etiograph:case")
"""The individual that facts are about; its parts are named under it."""


@dataclass(frozen=True, slots=True)
class Given:
    """One fact as it was understood."""

    kind: str
    """`condition`, `drug`, `absent`, `unknown`, `lab`, `age` or `sex`."""
    label: str
    iri: str
    value: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What an answer opens with: why something that matters could not be used."""

    iri: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one patient, without what contradicts itself."""

    conditions: tuple[Entry, ...] = ()
    denied: tuple[Entry, ...] = ()
    """What the patient is said not to have, or not to be given."""
    unknown: tuple[Entry, ...] = ()
    doubted: tuple[Entry, ...] = ()
    """What is said to be there and denied as well: used for nothing but the limits of scope."""
    drugs: tuple[Entry, ...] = ()
    """Drugs and treatments that the patient is given."""
    courses: tuple[Course, ...] = ()
    """Those of them whose dates are known."""
    labs: tuple[LabResult, ...] = ()
    """One result of each measurement: the one that is asked about."""
    baselines: tuple[LabResult, ...] = ()
    """Results before treatment that changes were computed from."""
    age: Decimal | None = None
    sex: Entry | None = None
    date: When | None = None
    """The day that is asked about."""
    contradictions: tuple[Contradiction, ...] = ()
    unused: tuple[Unused, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def given(self) -> tuple[Given, ...]:
        """Every fact, to be repeated in the answer."""
        said = (
            ("condition", self.conditions, "yes"),
            ("drug", self.drugs, "yes"),
            ("absent", self.denied, "no"),
            ("unknown", self.unknown, "unknown"),
        )
        facts = [
            Given(kind, e.label, e.iri, self._since(e) if kind == "drug" else value)
            for kind, group, value in said
            for e in group
        ]
        facts += [Given("lab", short(lab.marker), lab.marker.iri, lab.shown) for lab in self.labs]
        if self.age is not None:
            facts.append(Given("age", "age", EG_AGE_IN_YEARS, f"{self.age:f}"))
        if self.sex is not None:
            facts.append(Given("sex", "sex", self.sex.iri, self.sex.label))
        return tuple(facts)

    def _since(self, drug: Entry) -> str:
        dates = [each.shown for each in self.courses if each.entry.iri == drug.iri and each.shown]
        return ", ".join(dates) or "yes"

    @property
    def absent(self) -> tuple[IRI, ...]:
        """The classes of what is denied."""
        return tuple(entry.iri for entry in self.denied)

    @property
    def subject(self) -> str:
        """The individual that the facts are about."""
        return CASE

    def facts(self) -> Facts:
        """The case as the facts that rules start from."""
        from kg.case.facts import facts_of

        return facts_of(self)

    def bounds(self) -> tuple[tuple[str, str, Interval], ...]:
        """What is known of figures only as bounds: individual, data property, interval."""
        from kg.case.facts import bounds_of

        return bounds_of(self)

    def said(self, fact: Fact) -> str:
        """What was said of the patient that gave a fact; empty where nobody said it."""
        from kg.case.facts import said

        return said(self, fact)

    def to_json(self) -> dict[str, object]:
        """The case as plain values; `from_json` reads them back."""
        from kg.case.writing import write

        return write(self)

    @classmethod
    def from_json(cls, data: object, lexicon: Lexicon, *, today: Day | None = None) -> Case:
        """The case that plain values describe; UsageError where they are not a case.

        Results after `today` are not used, where the case does not name the day it asks about.
        """
        from kg.case.form import read

        return read(data, lexicon, today=today)

    @classmethod
    def read_json(cls, text: str, lexicon: Lexicon, *, today: Day | None = None) -> Case:
        """The case of a JSON text, read strictly: no key twice, no NaN, exact numbers."""
        from kg.case.form import read
        from kg.case.strict import strict

        return read(strict(text), lexicon, today=today)

    def to_turtle(self) -> str:
        """The case as Turtle; `read_turtle` reads it back."""
        from kg.case.writing import turtle

        return turtle(self)

    @classmethod
    def read_turtle(cls, text: str, lexicon: Lexicon, *, today: Day | None = None) -> Case:
        """The case of a Turtle text in the vocabulary of the ontology."""
        from kg.case.form import read
        from kg.case.turtle import document

        return read(document(text), lexicon, today=today)


def short(entry: Entry) -> str:
    """The name of a measurement as an answer repeats it."""
    return min(entry.abbreviations, key=len, default=entry.label)
