"""What reading FHIR gives: a case as plain values, and what was left out of it and why.

Nothing in these values names a person: a resource is named by its type and its place in the input,
and of what it says only terms of the graph, numbers, units and days are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.model.errors import UsageError
from kg.model.terms import Entry

Table = Mapping[str, object]
"""A JSON object."""


class RefusedError(UsageError):
    """A resource that cannot be used; the message says why, without a word of its free text."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.code = code
        """The code that is not known here, for a reader who looks for it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, with where it stands in the input."""

    kind: str
    place: str
    """`entry 3` or `line 3`; empty where the input is this one resource."""
    data: Table
    url: str = ""
    """Its `fullUrl` in a bundle."""

    @property
    def named(self) -> str:
        """The resource as an answer names it: by type and place, never by an identifier."""
        return f"{self.kind}, {self.place}" if self.place else self.kind


@dataclass(frozen=True, slots=True)
class Ignored:
    """Resources that were not used, and why."""

    resource: str
    reason: str
    about: Entry | None = None
    """The measurement or finding that they are of, where that is known."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """Resources that were used, with what a reader should know of them."""

    resource: str
    remark: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What an input says of one patient."""

    document: dict[str, object] = field(default_factory=dict)
    """The case in the form that `Case.from_json` reads."""
    ignored: tuple[Ignored, ...] = ()
    flagged: tuple[Flagged, ...] = ()
