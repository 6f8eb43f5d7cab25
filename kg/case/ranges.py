"""Reference ranges: how they are typed, and which states of a value they leave possible."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from kg.model.errors import LabFormatError
from kg.model.terms import quoted

HIGH: Final = "high"
NORMAL: Final = "normal"
LOW: Final = "low"

_RANGE: Final = re.compile(
    r"(?P<low>[^\s<>≤≥–—−-]*)\s*(?:-|–|—|−|\bto\b)\s*(?P<high>[^\s–—−-]*)"  # noqa: RUF001
)
_ONE_SIDED: Final = re.compile(r"(?P<sign><=|>=|[<>≤≥])\s*(?P<limit>\S+)")
_UNIT: Final = re.compile(r"(?<=[\d\s])\s*(?P<unit>[^\d\s.,<>≤≥–—−()-][^\d\s]*(?:\s[^\d\s]+)*|%)$")  # noqa: RUF001


def typed_range(text: str, given: str) -> tuple[str, str, str]:
    """The lower limit, the upper limit and the unit of a range as it is typed."""
    limits, unit = _without_unit(text.strip())
    one = _ONE_SIDED.fullmatch(limits)
    if one is not None:
        below = one["sign"] in ("<", "≤", "<=")
        return ("", one["limit"], unit) if below else (one["limit"], "", unit)
    two = _RANGE.fullmatch(limits)
    if two is None:
        raise LabFormatError(
            f"{quoted(given)}: {quoted(text)} is no range; wanted (LOW-HIGH), (-HIGH) or (LOW-)."
        )
    return two["low"], two["high"], unit


def _without_unit(text: str) -> tuple[str, str]:
    match = _UNIT.search(text)
    if match is None or not match["unit"]:
        return text, ""
    return text[: match.start()].rstrip(), match["unit"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a value: itself, or only that it lies on one side of something."""

    least: Fraction | None
    most: Fraction | None
    open_: bool = False
    """Whether the bound itself is not meant."""

    @classmethod
    def of(cls, value: Fraction, comparator: str) -> Bounds:
        """The bounds of a value with its comparator."""
        if comparator in ("<", "≤"):
            return cls(None, value, open_=comparator == "<")
        if comparator in (">", "≥"):
            return cls(value, None, open_=comparator == ">")
        return cls(value, value)


def possible(known: Bounds, low: Fraction | None, high: Fraction | None) -> frozenset[str]:
    """The states that a value may have against the limits that are given."""
    states = set()
    if low is not None and (known.least is None or known.least < low):
        states.add(LOW)
    if high is not None and (known.most is None or known.most > high):
        states.add(HIGH)
    if not _all_below(known, low) and not _all_above(known, high):
        states.add(NORMAL)
        states |= ({HIGH} if high is None else set()) | ({LOW} if low is None else set())
    return frozenset(states)


def decided(states: frozenset[str], *, low_is_normal: bool) -> str:
    """The state that the range decides; empty where it decides none.

    A range with an upper limit alone cannot tell a low value from a normal one. Only of a
    measurement whose low results count as normal is such a value normal.
    """
    if low_is_normal and states == {NORMAL, LOW}:
        return NORMAL
    return next(iter(states)) if len(states) == 1 else ""


def _all_below(known: Bounds, low: Fraction | None) -> bool:
    if low is None or known.most is None:
        return False
    return known.most < low or (known.open_ and known.most == low)


def _all_above(known: Bounds, high: Fraction | None) -> bool:
    if high is None or known.least is None:
        return False
    return known.least > high or (known.open_ and known.least == high)
