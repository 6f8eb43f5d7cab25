"""Claims as they are given, and what is said of them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from kg.model.errors import UsageError
from kg.model.shown import Shown


class ClaimError(UsageError):
    """A claim that cannot be read: where, what was found there, and what is wanted."""

    def __init__(self, place: str, found: str, wanted: str) -> None:
        super().__init__(f"{place}: {found}; wanted {wanted}")
        self.without_what_was_found = f"{place}: wanted {wanted}"
        """For logs and replies that repeat nothing of what was sent."""


class Verdict(StrEnum):
    """What is said of a claim, the gravest first."""

    POLARITY = "polarity flipped"
    CONTRADICTED = "contradicted"
    ANALYTE = "other analyte"
    NUMBER = "number changed"
    HARDENED = "hardened"
    SCOPE = "scope lost"
    CITES = "cites what does not say it"
    NOT_COVERED = "not covered"
    SUPPORTED = "supported"


class Figure(Struct, frozen=True, omit_defaults=True):
    """A number of a claim: 47 %, at least 25 %, 6 to 12 months."""

    value: str
    """The number, or the lower one of two."""
    high: str | None = None
    """The higher one of two."""
    of: str = ""
    """What it is of: `size`, `time`, `dose`, `study size` or `p value`; by default any of them."""
    comparator: str = ""
    """How the quantity stands to it: `=`, `~` (about), `<`, `<=`, `>`, `>=`."""
    unit: str = ""
    """Its unit in UCUM."""


class Claim(Struct, frozen=True, omit_defaults=True):
    """One thing that somebody says, in the words or IRIs of terms."""

    subject: str
    """What it is about: the name, code or IRI of a term."""
    relation: str
    """A predicate of statements, such as `causes`."""
    object: str
    """What the relation goes to."""
    polarity: str = "affirmed"
    """`affirmed` or `denied`."""
    strength: str = ""
    """How firmly it is said: a modality such as `suggests`; by default outright."""
    population: tuple[str, ...] = ()
    """Who it is about: what all of them have, or a kind of case; by default everybody."""
    conditions: tuple[str, ...] = ()
    """The circumstances that it is limited to, in the words of the statement."""
    frequency: str = ""
    """A word of frequency that statements use, such as `uncommon`."""
    direction: str = ""
    """Which way the result goes: `increased`, `decreased`, `normal`."""
    analyte: str = ""
    """The measurement that is meant."""
    comparator: str = ""
    """The group or test that it compares with."""
    correlation: str = ""
    """The sign of a correlation."""
    degree: str = ""
    """The word for the degree of a correlation."""
    numbers: tuple[Figure, ...] = ()
    cites: tuple[str, ...] = ()
    """What is given as its source: ids of statements, documents, numbers that they print, works."""
    text: str = ""
    """The sentence that it was read from."""


class Departure(Struct, frozen=True):
    """In what a claim departs from a statement."""

    verdict: Verdict
    statement: str
    """Id of the statement; empty where no statement decides it."""
    reason: str


class Checked(Struct, frozen=True):
    """A claim, and what the statements make of it."""

    claim: Claim
    verdicts: tuple[Verdict, ...]
    """The gravest first; one alone where it is supported."""
    statements: tuple[str, ...]
    """The statements that decided it: those that support it, or those that it departs from."""
    departures: tuple[Departure, ...] = ()
    against: tuple[str, ...] = ()
    """Statements that say otherwise, of a claim that others support."""

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict."""
        return self.verdicts[0]


class Unread(Struct, frozen=True):
    """A sentence that was not read, and is therefore not checked."""

    text: str
    reason: str


class Audit(Shown, Struct, frozen=True):
    """What the statements make of the claims of somebody else."""

    version: str
    """Version of the graph."""
    checked: tuple[Checked, ...]
    unread: tuple[Unread, ...]
    statements: dict[str, str]
    """What each statement says that is named, by its id."""

    @property
    def passes(self) -> bool:
        """Whether every sentence was read and every claim is supported."""
        return not self.unread and all(each.verdict is Verdict.SUPPORTED for each in self.checked)
