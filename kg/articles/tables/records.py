"""The shape of the tables of markers and drugs, as a person writes them."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kg.articles.source import spaced

NUMBER = "decimal"
Number = Annotated[str, Meta(extra_json_schema={"format": NUMBER})]
"""A number as it is written, so that none becomes a binary fraction."""


class Record(Struct, frozen=True, rename=spaced, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a table; an unknown key is an error."""


class ModuleRecord(Record, frozen=True):
    """How the module that is made of the table presents itself."""

    title: str
    description: str
    version: str


# ── Markers ─────────────────────────────────────────────────────────────────────────────────────


class Defaults(Record, frozen=True):
    """What holds of every marker that says nothing else."""

    usable_for_days: int
    threshold_from: str
    """The statement by which a result counts as raised or low."""


class UnitRecord(Record, frozen=True):
    """A unit by UCUM, which is its key."""

    also: list[str] = []
    """Other spellings, which every marker given in the unit takes."""
    of_the_limit: bool = False
    """Whether it stands for multiples of the laboratory's upper limit."""


class ConversionRecord(Record, frozen=True):
    """One unit as an exact multiple of another."""

    from_: str
    to: str
    factor: Number
    """A decimal, or two with a stroke between."""
    because: str
    label: str
    definition: str
    for_: list[str] = []
    """The markers; without any, every one that is given in both units."""


class Plausible(Record, frozen=True):
    """Between which values a result, and an upper limit, are taken as reported."""

    in_: str
    """The unit of the four values."""
    from_: Number
    to: Number
    limit_from: Number = ""
    limit_to: Number = ""


class StateRecord(Record, frozen=True):
    """What is said of one state of a marker besides what every marker has."""

    label: str = ""
    set_aside_by: list[str] = []
    read_with: list[str] = []
    note: str = ""


class Bounds(Record, frozen=True):
    """Between which multiples of the upper limit a result lies."""

    above: Number = ""
    at_least: Number = ""
    below: Number = ""
    at_most: Number = ""


class Grade(Record, frozen=True):
    """A class of results by how far they are above the upper limit."""

    times_the_upper_limit: Bounds
    label: str
    definition: str
    threshold_from: str
    kind_of: str = ""
    """A class of results of the marker; the marker itself where nothing is named."""
    note: str = ""


class FindingRecord(Record, frozen=True):
    """What results of a state show, and the cases that show it."""

    state: str
    """The word of a state, or the class of a grade."""
    case: str
    label: str = ""
    definition: str = ""
    message: str = ""
    asked_as: str = ""
    origin_asked_as: str = ""
    example_question: str = ""
    turns_on: str = ""
    order: int | None = None
    case_label: str = ""
    case_definition: str = ""


class CaseRecord(Record, frozen=True):
    """A kind of case by a state that shows no finding of its own."""

    state: str
    label: str
    definition: str = ""


Limits = Literal["both", "upper", "lower"]
"""Which limits of its range a marker is read against; by the other, nothing is told apart."""


class MarkerRecord(Record, frozen=True):
    """One measurement; its key is its class."""

    name: str
    """What answers call it."""
    definition: str
    units: list[str]
    plausible: Plausible
    short: str = ""
    """What findings call it."""
    label: str = ""
    """What its class is called; by default its results, and the word `result`."""
    result: str = ""
    """What its results are called, before the word `result`."""
    measured: str = ""
    """What is measured, in the words of definitions."""
    kind_of: str = ""
    abbreviations: list[str] = []
    synonyms: list[str] = []
    note: str = ""
    unit_note: str = ""
    limits: Limits = "both"
    threshold_from: str = ""
    usable_for_days: int | None = None
    set_aside_because: str = ""
    states: dict[str, StateRecord] = {}
    grades: dict[str, Grade] = {}
    findings: dict[str, FindingRecord] = {}
    cases: dict[str, CaseRecord] = {}


class AnyOf(Record, frozen=True):
    """A result by any of several measurements."""

    label: str
    short: str
    measured: str
    of: list[str]
    findings: dict[str, FindingRecord] = {}
    cases: dict[str, CaseRecord] = {}


class Panel(Record, frozen=True):
    """Tests that are read together, with a state worked out from those of its members."""

    name: str
    """What answers call it."""
    label: str
    definition: str
    members: list[str]
    subject: str
    """What the members are called in definitions."""
    synonyms: list[str] = []


class KindRecord(Record, frozen=True):
    """A kind of measurement that a source groups."""

    label: str
    definition: str


class MarkerTable(Record, frozen=True):
    """`ontology/tables/markers.yaml`."""

    module: ModuleRecord
    defaults: Defaults
    units: dict[str, UnitRecord]
    markers: dict[str, MarkerRecord]
    conversions: dict[str, ConversionRecord] = {}
    any_of: dict[str, AnyOf] = {}
    panels: dict[str, Panel] = {}
    kinds: dict[str, KindRecord] = {}


# ── Drugs ───────────────────────────────────────────────────────────────────────────────────────


class DrugRecord(Record, frozen=True):
    """A drug or a class of drugs; its key is its class."""

    name: str
    definition: str = ""
    """By default the name of its class and its own."""
    kind_of: str = ""
    abbreviations: list[str] = []
    synonyms: list[str] = []
    narrower_names: list[str] = []
    usable_for_days: int | None = None
    is_also: dict[str, str] = {}
    """Classes beside its own, each with the background statement that says so."""


class TreatmentRecord(Record, frozen=True):
    """A treatment with a drug, or a kind of another treatment; its key is its class."""

    with_: str = ""
    kind_of: str = ""
    label: str = ""
    definition: str = ""
    synonyms: list[str] = []


class DrugTable(Record, frozen=True):
    """`ontology/tables/drugs.yaml`."""

    module: ModuleRecord
    drugs: dict[str, DrugRecord]
    treatments: dict[str, TreatmentRecord] = {}
