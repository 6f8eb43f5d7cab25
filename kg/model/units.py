"""Units: in which a measurement is given, how they convert, and which values are plausible."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final

from msgspec import Struct

from kg.model.spelling import fold


class Conversion(Struct, frozen=True):
    """One unit of a measurement, as an exact multiple of another."""

    unit: str
    to: str
    factor: Fraction
    source: str
    """What the factor is taken from."""


class Units(Struct, frozen=True, dict=True, omit_defaults=True):
    """The units in which results of a measurement are given."""

    names: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    """Other spellings of a unit, each with the unit."""
    conversions: tuple[Conversion, ...] = ()
    """Units that none of these joins cannot be compared."""
    note: str = ""
    """Why some units cannot be compared."""
    of_limit: str = ""
    """The unit that stands for multiples of the laboratory's upper limit, where there is one."""
    plausible: tuple[str, Decimal, Decimal] | None = None
    """A unit, and between which values in it a result is taken as reported."""
    plausible_limit: tuple[str, Decimal, Decimal] | None = None
    """A unit, and between which values in it an upper limit is taken as reported."""

    def read(self, text: str) -> tuple[str, str] | None:
        """The unit of a spelling, and the alias that was read as it; None where it is none."""
        return self._spellings.get(_key(text))

    def factor(self, unit: str, to: str) -> Fraction | None:
        """What a value in one unit is multiplied by to be in another; None where nothing is."""
        if unit == to:
            return _ONE
        one, other = self._root(unit), self._root(to)
        return one[1] / other[1] if one[0] == other[0] else None

    def band(self, unit: str) -> tuple[Fraction, Fraction] | None:
        """Between which values in a unit a result is taken as reported; None where none is set."""
        return self._bands.get(unit)

    def limit_band(self, unit: str) -> tuple[Fraction, Fraction] | None:
        """Between which values in a unit an upper limit is taken as reported."""
        return self._limit_bands.get(unit)

    @cached_property
    def _spellings(self) -> dict[str, tuple[str, str]]:
        found = {_key(alias): (unit, alias) for alias, unit in self.aliases}
        return found | {_key(unit): (unit, "") for unit in self.names}

    @cached_property
    def _bands(self) -> dict[str, tuple[Fraction, Fraction]]:
        return self._in_each_unit(self.plausible)

    @cached_property
    def _limit_bands(self) -> dict[str, tuple[Fraction, Fraction]]:
        return self._in_each_unit(self.plausible_limit)

    def _in_each_unit(
        self, band: tuple[str, Decimal, Decimal] | None
    ) -> dict[str, tuple[Fraction, Fraction]]:
        """A band by each unit that its own converts to."""
        if band is None:
            return {}
        reference, least, most = band
        scales = {unit: self.factor(reference, unit) for unit in self.names}
        return {
            unit: (Fraction(least) * scale, Fraction(most) * scale)
            for unit, scale in scales.items()
            if scale is not None
        }

    def _root(self, unit: str) -> tuple[str, Fraction]:
        """The unit that conversions lead to, and how much of it one of this unit is."""
        step = next((each for each in self.conversions if each.unit == unit), None)
        return (unit, _ONE) if step is None else (step.to, step.factor)


NO_UNITS: Final = Units()
"""Of what is not measured."""

_ONE: Final = Fraction(1)


def _key(text: str) -> str:
    return fold(text).replace("μ", "u").strip("{}")
