"""Units and reference ranges of results: which range is for this patient, and what it says."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from msgspec import Struct

from kg.case.fhir.builder import Patient, RefusedError, Table
from kg.case.fhir.codes import Codes
from kg.case.fhir.resources import codings, number, table, tables, text
from kg.case.quantities import UnsafeResultError, conversion_factor
from kg.case.ranges import RangeTable
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG
from kg.reasoning.intervals import Interval

_NORMAL: Final = frozenset(
    {
        ("http://terminology.hl7.org/CodeSystem/referencerange-meaning", "normal"),
        ("http://hl7.org/fhir/referencerange-meaning", "normal"),
    }
)
_SEXES: Final = {
    ("http://hl7.org/fhir/administrative-gender", "male"): "male",
    ("http://hl7.org/fhir/administrative-gender", "female"): "female",
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "M"): "male",
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "F"): "female",
}
YEARS: Final = frozenset({"a", "year", "years", "yr", "yrs"})
_UCUM: Final = frozenset({"http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8"})
_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_UNIT: Final = r"(?:\s*(?P<unit>[^\s\d<>≤≥()–—-][^\s<>≤≥()–—]{0,19}))?"  # noqa: RUF001
_TWO: Final = re.compile(
    rf"(?P<low>{_NUMBER})(?:\s*[-–—]\s*|\s+to\s+)(?P<high>{_NUMBER}){_UNIT}"  # noqa: RUF001
)
_UP_TO: Final = re.compile(rf"(?:<|<=|≤)\s*(?P<high>{_NUMBER}){_UNIT}")
"""The only words of a range that are read: two numbers, or one that is not to be passed."""

NO_UNIT: Final = "its value has no unit"
NONE: Final = "it has no reference range"
WORDS: Final = "its reference range is words, which are not read"


class Limits(Struct, frozen=True):
    """The lower and the upper limit of a reference range."""

    low: Decimal | None
    high: Decimal | None
    unit: str = ""
    """As it is spelled there; empty where it is that of the value."""
    printed: bool = False
    """Whether it was read from words."""

    def texts(self) -> dict[str, str]:
        """The limits as a case holds them; RefusedError where they cannot be right."""
        given = [each for each in (self.low, self.high) if each is not None]
        if not given:
            raise RefusedError("its reference range has no number")
        if min(given) < 0:
            raise RefusedError("its reference range is negative")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise RefusedError("its reference range runs backwards")
        named = {"low": self.low, "high": self.high}
        found = {key: f"{each:f}" for key, each in named.items() if each is not None}
        return found | ({"rangeUnit": self.unit} if self.unit else {})


class Ranges:
    """Chooses reference ranges for one patient."""

    def __init__(
        self, lexicon: Lexicon, codes: Codes, patient: Patient, table: RangeTable | None = None
    ) -> None:
        self._table = table
        self._codes = codes
        self._patient = patient
        self._units = Units(lexicon)
        states = lexicon.states(EG.Case)
        self._sexes = {entry.iri: word for word, entry in states.items()}

    def choose(self, data: Table, marker: Entry, unit: str) -> tuple[Limits | None, str]:
        """The limits that are for this patient, or none and why."""
        every = tables(data, "referenceRange")
        given = [each for each in every if self._is_normal(each)]
        limited = [each for each in given if "low" in each or "high" in each]
        limited = limited or [each for each in given if text(each, "text")]
        if not limited:
            other = "its reference range is of another type than that of healthy people"
            return None, other if every and not given else NONE
        judged = [(self._fits(each), each) for each in limited]
        possible = [(fits, each) for fits, each in judged if fits is not False]
        if not possible:
            return None, "none of its reference ranges is for this patient"
        found = {self._limits(each, marker, unit) for _, each in possible}
        if None in found:
            return None, WORDS
        if len(found) > 1 or any(fits is None for fits, _ in possible):
            return None, "it is not known which of its reference ranges is for this patient"
        return found.pop(), ""

    def may_be_found(self, marker: Entry, why: str) -> bool:
        """Whether the table of the laboratory can give the range that a result lacks."""
        known = self._table is not None and marker.iri in self._table.rows
        return known and why in (NONE, WORDS)

    def _is_normal(self, given: Table) -> bool:
        """Whether a range is that of healthy people, and not a target of treatment."""
        kind = table(given, "type")
        return kind is None or any(each[:2] in _NORMAL for each in codings(kind))

    def _fits(self, given: Table) -> bool | None:
        """Whether a range is for this patient; None where that is not known."""
        answers = [self._fits_sex(each) for each in tables(given, "appliesTo")]
        age = table(given, "age")
        if age is not None:
            answers.append(self._fits_age(age))
        if False in answers:
            return False
        return None if None in answers else True

    def _fits_sex(self, applies: Table) -> bool | None:
        named = {word for each in codings(applies) if (word := _SEXES.get(each[:2]))}
        named |= {word for iri in self._codes.means(applies) if (word := self._sexes.get(iri))}
        if len(named) != 1 or not self._patient.sex:
            return None
        return named == {self._patient.sex}

    def _fits_age(self, age: Table) -> bool | None:
        limits = [table(age, key) for key in ("low", "high")]
        years = [None if each is None else number(each, "value") for each in limits]
        units = {text(each, "code") or text(each, "unit") for each in limits if each is not None}
        if self._patient.age is None or not units <= YEARS:
            return None
        low, high = years
        return Interval(at_least=low, at_most=high).contains(Decimal(self._patient.age))

    def _limits(self, given: Table, marker: Entry, unit: str) -> Limits | None:
        """The limits of a range; None where it is words that are not read."""
        parts = [each for key in ("low", "high") if (each := table(given, key)) is not None]
        if not parts:
            return _read_print(text(given, "text"), marker, unit)
        if any(text(each, "comparator") for each in parts):
            raise RefusedError("a limit of its reference range has a comparator")
        own = {self._units.of_limit(marker, part) for part in parts} - {""}
        if len(own) > 1:
            raise RefusedError("one limit of its reference range is in another unit than the other")
        if own and not unit:
            raise RefusedError(NO_UNIT)
        low, high = (number(table(given, key) or {}, "value") for key in ("low", "high"))
        return Limits(low, high, _other_unit(marker, own.pop(), unit) if own else "")


def _other_unit(marker: Entry, own: str, unit: str) -> str:
    """The unit of a range where it is another than that of the value and converts exactly."""
    if unit_of(marker, own) == unit_of(marker, unit):
        return ""
    try:
        conversion_factor(marker, unit_of(marker, unit), unit_of(marker, own))
    except UnsafeResultError as error:
        raise RefusedError(
            f"its reference range is in another unit than its value; {error.message}"
        ) from None
    return own


def _read_print(words: str, marker: Entry, unit: str) -> Limits | None:
    """The limits of a range in words: numbers and the unit of the value, and nothing beside."""
    plain = words.strip()
    plain = plain[1:-1].strip() if plain[:1] == "(" and plain[-1:] == ")" else plain
    found = _TWO.fullmatch(plain) or _UP_TO.fullmatch(plain)
    if found is None or (found["unit"] and not unit):
        return None
    if found["unit"] and unit_of(marker, found["unit"]) != unit_of(marker, unit):
        return None
    low = found.groupdict().get("low")
    return Limits(None if low is None else Decimal(low), Decimal(found["high"]), printed=True)


class Units:
    """Reads the units that the graph knows for a measurement, by code or as they are printed."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._markers = lexicon.of_kind(Kind.MARKER)

    def read(self, marker: Entry, quantity: Table) -> str:
        """The unit of a quantity as it is spelled there; RefusedError where it is not one.

        The code counts where it is UCUM, and otherwise what is printed. What is printed beside a
        code may be any spelling, but not that of another unit.
        """
        printed = text(quantity, "unit")
        code = text(quantity, "code") if text(quantity, "system") in _UCUM else ""
        if not code and not printed:
            raise RefusedError(NO_UNIT)
        unit = unit_of(marker, code or printed)
        if not unit:
            wanted = " or ".join(marker.units) or "no unit"
            raise RefusedError(f"the unit of its value is not {wanted}")
        other = code and (unit_of(marker, printed) or self._find_unit(printed))
        if other and other != unit:
            raise RefusedError("the code and the print of its unit differ")
        return code or printed

    def read_any(self, marker: Entry, quantity: Table) -> str:
        """The unit of a value as it is spelled there; empty where none is given."""
        given = text(quantity, "unit") or text(quantity, "code")
        return self.read(marker, quantity) if given else ""

    def of_limit(self, marker: Entry, quantity: Table) -> str:
        """The unit of a limit as it is spelled there; empty where none is given."""
        try:
            return self.read_any(marker, quantity)
        except RefusedError:
            raise RefusedError("its reference range is in another unit than its value") from None

    def _find_unit(self, printed: str) -> str:
        """What is printed, where it is a unit of any other measurement."""
        return printed if any(unit_of(marker, printed) for marker in self._markers) else ""


def unit_of(marker: Entry, spelling: str) -> str:
    """The unit of a measurement with this spelling; empty where there is none."""
    found = marker.measured_in.read(spelling)
    return found[0] if found else ""
