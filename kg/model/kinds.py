"""What answers call things, and what a kind of case asks for: values that the build works out."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct


class Name(Struct, frozen=True, omit_defaults=True):
    """How answers call a term."""

    label: str
    short: str
    is_measurement: bool = False


class Limit(NamedTuple):
    """A limit on a figure: the data property, and the class of what lies within."""

    figure: str
    within: str


Ways = tuple[frozenset[Limit], ...]
"""The ways to be of a class, each with the limits that all have to hold."""


class Criterion(Struct, frozen=True, omit_defaults=True):
    """One thing that a kind of case asks for, with what decides whether a case has it."""

    role: str
    filler: str
    missing: str
    """What to call it where it is missing."""
    short: str
    """The short name of the measurement."""
    measurement: str = ""
    """The measurement that a result is asked of; empty where something else is asked for."""
    excluders: frozenset[str] = frozenset()
    """The classes that nothing of the class asked for can have."""
    ways: Ways = ()
    """The limits that a result is compared with."""
    figures: Mapping[str, str] = {}
    """The names of the figures that have those limits."""


class CaseKind(Struct, frozen=True):
    """A kind of case that statements are about."""

    criteria: tuple[int, ...]
    """The places of what it asks for, in the table of criteria."""
    excluders: frozenset[str]
    """The classes that no case of this kind can have."""
