"""What can be asked of a case while it is judged: only whether something is there, never what is.

So whoever answers can note every question that was asked, and what was worked out can be kept for
all cases that answer these in the same way (`kg.answer.kept`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol


class Names(Protocol):
    """Names of which one can ask whether they are there."""

    def __contains__(self, name: object, /) -> bool: ...

    def isdisjoint(self, names: Iterable[str], /) -> bool:
        """Whether none of these is there."""


class SeenResult(Protocol):
    """One result of a measurement."""

    @property
    def types(self) -> Names:
        """Its classes."""

    @property
    def figures(self) -> Names:
        """The kinds of figures that it came with."""

    @property
    def has_figures(self) -> bool:
        """Whether it came with any."""

    @property
    def worked_out(self) -> bool:
        """Whether it stands for tests that are read together."""


class Seen(Protocol):
    """A case that is judged."""

    @property
    def contexts(self) -> Names:
        """The kinds of case that it is."""

    @property
    def applicable(self) -> Names:
        """The kinds of case whose statements may be used: none outside the scope."""

    @property
    def findings(self) -> Names:
        """The findings that it shows."""

    @property
    def present(self) -> Names:
        """The classes of conditions, treatments and results that it has."""

    @property
    def absent(self) -> Names:
        """The classes of conditions and drugs that it is said not to have."""

    @property
    def shown(self) -> Names:
        """The classes of which it has one that only a result shows."""

    @property
    def gates(self) -> Names:
        """The kinds of case outside the scope that it would be by what was set aside."""

    @property
    def subject_types(self) -> Names:
        """The kinds of case that it is, compound ones too."""

    @property
    def in_scope(self) -> bool:
        """Whether it is one that the sources are about."""

    def among(self, name: str, names: Mapping[str, object]) -> Collection[str]:
        """Those of some names that are in its `contexts`, or in its `gates`."""

    def has(self, role: str, filler: str) -> bool:
        """Whether it has what a kind of case asks for: a class, a value, or what leads to one."""

    def results(self, measurement: str) -> Sequence[SeenResult]:
        """The results that it has of a measurement."""
