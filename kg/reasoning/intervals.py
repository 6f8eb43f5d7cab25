"""Intervals of exact decimals: what the facets of a datatype restriction say."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct


def plain(value: Decimal) -> str:
    """The value as xsd:decimal writes it: no exponent, no needless zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class Interval(Struct, frozen=True, array_like=True):
    """Numbers between two bounds, each of which may be absent, and may itself belong or not."""

    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None

    def contains(self, value: Decimal) -> bool:
        """Whether the value satisfies every bound."""
        if self.at_least is not None and value < self.at_least:
            return False
        if self.above is not None and value <= self.above:
            return False
        if self.at_most is not None and value > self.at_most:
            return False
        return self.below is None or value < self.below

    def intersection(self, other: Interval) -> Interval:
        """The numbers that belong to both."""
        return Interval(
            _larger(self.at_least, other.at_least),
            _larger(self.above, other.above),
            _smaller(self.at_most, other.at_most),
            _smaller(self.below, other.below),
        )

    def empty(self) -> bool:
        """Whether no number belongs; between two different decimals there is always a third."""
        low, high = self._low(), self._high()
        if low is None or high is None or low[0] < high[0]:
            return False
        return low[0] > high[0] or low[1] or high[1]

    def within(self, other: Interval) -> bool:
        """Whether every number of this interval belongs to the other."""
        if self.empty():
            return True
        return _at_or_inside(self._low(), other._low(), 1) and _at_or_inside(
            self._high(), other._high(), -1
        )

    def text(self) -> str:
        """The bounds in Manchester syntax: `>= 1.5, <= 2`."""
        bounds = (">=", self.at_least), (">", self.above), ("<=", self.at_most), ("<", self.below)
        return ", ".join(f"{sign} {plain(value)}" for sign, value in bounds if value is not None)

    def to_list(self) -> list[str | None]:
        """The four bounds as text, for JSON."""
        bounds = (self.at_least, self.above, self.at_most, self.below)
        return [None if bound is None else plain(bound) for bound in bounds]

    @classmethod
    def from_list(cls, bounds: list[str | None]) -> Interval:
        """The interval that `to_list` wrote."""
        return cls(*(None if bound is None else Decimal(bound) for bound in bounds))

    def _low(self) -> tuple[Decimal, bool] | None:
        """The tighter lower bound, and whether it is open."""
        if self.above is not None and (self.at_least is None or self.above >= self.at_least):
            return self.above, True
        return None if self.at_least is None else (self.at_least, False)

    def _high(self) -> tuple[Decimal, bool] | None:
        """The tighter upper bound, and whether it is open."""
        if self.below is not None and (self.at_most is None or self.below <= self.at_most):
            return self.below, True
        return None if self.at_most is None else (self.at_most, False)


def _larger(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return max((bound for bound in (one, other) if bound is not None), default=None)


def _smaller(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return min((bound for bound in (one, other) if bound is not None), default=None)


def _at_or_inside(
    inner: tuple[Decimal, bool] | None, outer: tuple[Decimal, bool] | None, direction: int
) -> bool:
    """Whether the inner bound lies at or inside the outer one (direction 1: lower bounds)."""
    if outer is None:
        return True
    if inner is None:
        return False
    difference = (inner[0] - outer[0]) * direction
    return difference > 0 or (difference == 0 and (inner[1] or not outer[1]))
