"""What a tool answers: values with a type, small enough to be read whole."""

from __future__ import annotations

from msgspec import Struct

from kg.show.brief import Brief


class AnswerTold(Brief, frozen=True, kw_only=True, omit_defaults=True):
    """The answer in few words; what it leaves out is counted under `more`."""

    page: str = ""
    """The answer as people read it, where it was asked for."""


class StatementTold(Struct, frozen=True, omit_defaults=True):
    """A statement: what it says, how firmly, of whom, and where it stands."""

    id: str
    text: str
    modality: str
    population: str
    place: str
    """Document, section and line; empty for background knowledge, which no document states."""
    cites: str
    """What is known of the works that its sentence cites."""
    review: str
    """How the document stands."""
    withdrawn: str = ""
    """Why it no longer stands."""


class StatementsTold(Struct, frozen=True):
    """The statements that were asked for, and the ids that none has."""

    statements: tuple[StatementTold, ...]
    unknown: tuple[str, ...]


class Premise(Struct, frozen=True):
    """A statement that a row rests on."""

    id: str
    text: str
    modality: str
    population: str


class WhyTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a row stands: what of the case it takes, and the statements, the weakest first."""

    row: str
    kind: str
    conclusion: str
    takes: tuple[str, ...]
    premises: tuple[Premise, ...]
    strength: str
    """The word of the weakest premise; the row is no stronger."""
    reasons: int
    """Reasons that are each enough by themselves; the premises are those of the first."""
    looked_for: tuple[str, ...]
    """What would have stood against it, and was not found."""
    beside: tuple[str, ...]
    """What speaks for or against it too, and is not needed."""
    denied_by: tuple[str, ...]
    graph: str
    notice: str
    page: str = ""
    """Every step of the proof as people read it, where it was asked for."""


class Moved(Struct, frozen=True):
    """A cause that would stand otherwise; empty where it is not listed or not judged."""

    label: str
    before: str
    after: str
    reasons: tuple[str, ...]
    ids: tuple[str, ...]


class WhatIfTold(Struct, frozen=True):
    """What would change if something were so."""

    supposed: tuple[str, ...]
    replaced: tuple[str, ...]
    """What was given otherwise and gave way."""
    unused: tuple[str, ...]
    """What cannot be supposed, each with the reason."""
    verdicts: tuple[Moved, ...]
    page: str
    """Everything that would change, as people read it."""
    graph: str
    notice: str


class TermTold(Struct, frozen=True, omit_defaults=True):
    """A name and the term that it stands for; without one, what may be meant."""

    given: str
    iri: str = ""
    label: str = ""
    kind: str = ""
    definition: str = ""
    synonyms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    kind_of: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    """Ids of the statements about it."""
    problem: str = ""
    """Why the name stands for no one term."""
    choices: tuple[str, ...] = ()


class TermsTold(Struct, frozen=True):
    """Each name that was asked for."""

    terms: tuple[TermTold, ...]


class CheckedTold(Struct, frozen=True):
    """What the statements make of one claim."""

    claim: str
    verdicts: tuple[str, ...]
    """The gravest first; `supported` alone where a statement says as much."""
    reasons: tuple[str, ...]
    """In what it departs, each with the statement."""
    statements: tuple[str, ...]
    """Those that decided it."""
    against: tuple[str, ...]
    """Those that say otherwise."""


class ClaimsTold(Struct, frozen=True):
    """What the statements make of claims."""

    checked: tuple[CheckedTold, ...]
    unread: tuple[str, ...]
    """Claims that could not be read and are not checked, each by its place, with what is wanted."""
    statements: dict[str, str]
    """What each statement says that is named, by its id."""
    graph: str


class RowsTold(Struct, frozen=True, omit_defaults=True):
    """The result of a query."""

    kind: str
    """rows, boolean or triples."""
    variables: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    """Each with a value for every variable, IRIs and literals in short; null is unbound."""
    boolean: bool | None = None
    turtle: str = ""
    truncated: str = ""
    """What is left out, and how to ask for the rest."""
    notes: tuple[str, ...] = ()
    """Names of the query that the graph does not have, with the nearest that it has."""
