"""An answer as values that the template shows: texts, numbers, and links to what they rest on."""

from __future__ import annotations

from msgspec import Struct

from kg.answer.model import Unused
from kg.pages.ask.blocks import Node, Words
from kg.pages.ask.steps import Effect, Step
from kg.pages.values import Link
from kg.pages.verdicts import Chip


class Said(Struct, frozen=True):
    """A sentence with what it rests on."""

    text: str
    ids: Words = ()
    background: Words = ()


class Evidence(Struct, frozen=True):
    """A statement: its own words, how surely and of whom it is said, and where it stands."""

    link: Link
    text: str
    modality: str
    population: str
    place: str
    document: Link


class Speaks(Struct, frozen=True):
    """What a finding says of a cause, and on what that rests."""

    text: str
    ids: Words
    background: Words
    inferred: bool


class CauseView(Struct, frozen=True, kw_only=True):
    """One numbered cause."""

    number: int
    label: Link
    chip: Chip
    note: str
    ids: Words
    pulled: Words
    """The statements on the page that pull the other way."""
    below: bool
    evidence: tuple[Evidence, ...]
    speaks: tuple[Speaks, ...]
    waits: tuple[Said, ...]
    elsewhere: tuple[Said, ...]
    tissues: Said | None
    inference: str


class GroupView(Struct, frozen=True):
    """Causes under one heading."""

    title: str
    reason: str
    ids: Words
    causes: tuple[CauseView, ...]


class Left(Struct, frozen=True):
    """Inputs of a kind that were not used, each with the reason."""

    kind: str
    inputs: tuple[Unused, ...]


class Source(Struct, frozen=True):
    """A document and its standing."""

    link: Link
    title: str
    dated: str
    review: str
    followed: str


class Fold(Struct, frozen=True):
    """A part that is folded."""

    name: str
    title: str
    count: int
    nodes: tuple[Node, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """Statements, where the part is a list of them."""
    background: tuple[Said, ...] = ()
    """What is common knowledge, beside those."""


class Missing(Struct, frozen=True):
    """Something that statements wait for, and the field that takes it."""

    label: str
    ids: Words
    field: str


class AnswerView(Struct, frozen=True, kw_only=True):
    """Everything that the page says of a case."""

    title: str
    status: str
    given: tuple[str, ...]
    read_as: tuple[str, ...]
    left: tuple[Left, ...]
    idle: tuple[str, ...]
    scope: tuple[Said, ...]
    conflicts: tuple[str, ...]
    alerts: tuple[Said, ...]
    judged: bool
    origin_title: str
    origins: tuple[Said, ...]
    groups: tuple[GroupView, ...]
    absent: tuple[str, ...]
    steps: tuple[Step, ...]
    unadvised: tuple[Effect, ...]
    rules: tuple[Said, ...]
    outcomes: tuple[Said, ...]
    advice: tuple[Said, ...]
    missing: tuple[Missing, ...]
    not_covered: tuple[str, ...]
    sources: tuple[Source, ...]
    standing: str
    voices: str
    graph: str
    folds: tuple[Fold, ...]
