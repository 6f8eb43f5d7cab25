"""Units: those that the graph knows for a measurement, by code or as they are printed."""

from __future__ import annotations

from typing import Final

from kg.case.fhir.elements import text
from kg.case.fhir.model import RefusedError, Table
from kg.model.terms import Entry, Kind, Lexicon, fold

_UCUM: Final = frozenset({"http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8"})


class Units:
    """Reads the unit of a quantity."""

    def __init__(self, lexicon: Lexicon) -> None:
        markers = [entry for entry in lexicon.entries.values() if entry.kind is Kind.MARKER]
        self._of = {entry.iri: _spellings(entry) for entry in markers}
        self._known = {spelling for spellings in self._of.values() for spelling in spellings}

    def read(self, marker: Entry, quantity: Table) -> str:
        """The unit of a quantity as it is spelled there; RefusedError where it is not one.

        The code counts where it is UCUM, and otherwise what is printed. What is printed beside a
        code may be any spelling, but not that of another unit.
        """
        spellings = self._of[marker.iri]
        printed = text(quantity, "unit")
        code = text(quantity, "code") if text(quantity, "system") in _UCUM else ""
        if not code and not printed:
            raise RefusedError("its value has no unit")
        if _key(code or printed) not in spellings:
            wanted = " or ".join(marker.units) or "no unit"
            raise RefusedError(f"the unit of its value is not {wanted}")
        other = code and _key(printed) in self._known
        if other and spellings.get(_key(printed)) != spellings[_key(code)]:
            raise RefusedError("the code and the print of its unit differ")
        return code or printed

    def same(self, marker: Entry, quantity: Table, unit: str) -> bool:
        """Whether a limit is in the unit of the value; a limit without a unit is."""
        if not text(quantity, "unit") and not text(quantity, "code"):
            return True
        spellings = self._of[marker.iri]
        try:
            return spellings[_key(self.read(marker, quantity))] == spellings[_key(unit)]
        except RefusedError:
            return False


def _spellings(marker: Entry) -> dict[str, str]:
    """Every spelling of the units of a measurement, and the unit that it is."""
    own = {_key(unit): unit for unit in marker.units}
    return {_key(alias): unit for alias, unit in marker.measured_in.aliases} | own


def _key(unit: str) -> str:
    """A unit without the difference between the letters for micro."""
    return fold(unit).replace("μ", "u").strip("{}")
