"""The rows of the form as values: what the template shows, and what a form of them would send."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from kg.case.quantities import COMPARATORS, HIGH, LOW, NORMAL
from kg.model.terms import Entry
from kg.pages.ask.problems import Problem
from kg.pages.ask.typed import DRUG_KEYS, Fields, Pair, Typed

NEW: Final = "N"
"""Stands for the number of a row that a script adds."""
_SIGNS: Final = tuple(dict.fromkeys(COMPARATORS.values()))
STATES: Final = (LOW, NORMAL, HIGH)
LIMIT_KEYS: Final = ("low", "high", "date")
"""What belongs to a value, and is folded in its row where there is none."""
MORE_KEYS: Final = (
    "comparator", "rangeUnit", "flag", "baseline", "percentChangeFromBaseline", "dayOfTreatment",
    "duringTreatment",
)  # fmt: skip
"""What is rarely said of a result, and folded in its row."""

Problems = tuple[Problem, ...]


class Choice(Struct, frozen=True):
    """A term that is answered with yes, no or not known."""

    number: int
    name: str
    """What is sent."""
    label: str
    iri: str = ""
    answer: str = ""

    @property
    def id(self) -> str:
        """The id of the row."""
        return f"finding-{self.number}"


class Line(Struct, frozen=True):
    """A name that was typed into a field of its own."""

    id: str
    value: str = ""
    problems: Problems = ()


class LabRow(Struct, frozen=True, kw_only=True):
    """One result, filled or empty."""

    number: int | str
    name: str = ""
    """What is sent for the measurement, where the form names it."""
    label: str = ""
    iri: str = ""
    states: tuple[str, ...] = STATES
    units: tuple[str, ...] = ()
    fields: Fields = {}
    problems: Mapping[str, Problems] = {}

    @property
    def id(self) -> str:
        """The id of the row; its fields are called after it."""
        return f"lab-{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether something rare is said of it."""
        return any(self.fields.get(key) or self.problems.get(key) for key in MORE_KEYS)

    @property
    def offered(self) -> Hashable:
        """What all rows have in common that are as this one and hold nothing; None for others."""
        said = self.fields or self.problems
        return None if said else (self.number, self.name, self.label, self.states, self.units)

    @property
    def has_limits(self) -> bool:
        """Whether limits or a day are said of it, or belong to the value that is."""
        said = any(self.fields.get(key) for key in ("value", *LIMIT_KEYS))
        return said or any(self.problems.get(key) for key in LIMIT_KEYS) or self.is_open

    def get(self, key: str) -> str:
        """What stands in one of its fields."""
        return self.fields.get(key, "")


class DrugRow(Struct, frozen=True, kw_only=True):
    """Something that is given, with its days."""

    number: int | str
    fields: Fields = {}
    problems: Mapping[str, Problems] = {}

    @property
    def id(self) -> str:
        """The id of the row; its fields are called after it."""
        return f"drug-{self.number}"

    def get(self, key: str) -> str:
        """What stands in one of its fields."""
        return self.fields.get(key, "")


class Option(Struct, frozen=True):
    """What can be chosen."""

    value: str
    label: str
    chosen: bool
    iri: str = ""


class Form(Struct, frozen=True, kw_only=True):
    """The form as the template shows it."""

    typed: Typed
    conditions: tuple[Choice, ...]
    has: tuple[Line, ...]
    findings: tuple[Choice, ...]
    labs: tuple[LabRow, ...]
    treatments: tuple[Choice, ...]
    drugs: tuple[DrugRow, ...]
    person: tuple[Choice, ...]
    sex_options: tuple[Option, ...]
    topics: tuple[Entry, ...]
    assumable: tuple[str, ...] = ()
    """The conditions that may be assumed."""
    empty_lab: LabRow
    empty_drug: DrugRow
    comparators: tuple[str, ...] = _SIGNS
    problems: Mapping[str, Problems] = {}
    """Of the fields that stand once."""
    questions: Mapping[str, str] = {}
    """Of what only the patient can answer: how it is asked, by IRI."""
    places: Mapping[str, str] = {}
    """By IRI: the id of the row that takes it."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Every row with yes, no and not known."""
        return (*self.conditions, *self.findings, *self.treatments, *self.person)

    def fields(self) -> Iterator[Pair]:
        """What it would send, without what is empty."""
        typed = self.typed
        yield from (("has", each.value) for each in self.has)
        yield from (("assume", each) for each in typed.assume)
        for each in self.choices:
            yield from ((each.id, each.name), (f"{each.id}-is", each.answer))
        for lab in self.labs:
            yield f"{lab.id}-marker", lab.name or lab.get("marker")
            rest = (item for item in lab.fields.items() if item[0] != "marker")
            yield from ((f"{lab.id}-{key}", value) for key, value in rest)
        for drug in self.drugs:
            rest = (item for item in drug.fields.items() if item[0] != DRUG_KEYS[0])
            yield drug.id, drug.get(DRUG_KEYS[0])
            yield from ((f"{drug.id}-{key}", value) for key, value in rest)
        for name in ("question", "question_read", "record", "record_read", "age", "sex", "date"):
            yield name.replace("_", "-"), getattr(typed, name)
        yield from (("about", typed.about), ("before", typed.before))
