"""Reference ranges of a laboratory, for results that come without one.

A table has a row for each range: the measurement by any of its names or codes, the unit, the
limits, and for whom it is. A range is used where one row, and no other that differs, is for the
patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, cast

from msgspec import Struct
from msgspec.structs import replace

from kg.case.document import Document, Lab
from kg.case.labs import lab_texts
from kg.case.model import Notice, short_name
from kg.case.quantities import UnsafeResultError, conversion_factor, parse_number
from kg.model.errors import LabFormatError, UsageError
from kg.model.spelling import fold
from kg.model.terms import Entry, Kind, Lexicon, quoted
from kg.model.vocabulary import EG, IRI

COLUMNS: Final = ("marker", "unit", "low", "high", "sex", "age")
_AGE: Final = (
    r"(?P<from>\d{1,3})\s*[-–]\s*(?P<to>\d{1,3})"  # noqa: RUF001
    r"|(?P<least>\d{1,3})\s*[-–+]|(?:>=|≥)\s*(?P<atleast>\d{1,3})"  # noqa: RUF001
    r"|[-–]\s*(?P<most>\d{1,3})|(?:<=|≤)\s*(?P<atmost>\d{1,3})"  # noqa: RUF001
    r"|>\s*(?P<above>\d{1,3})|<\s*(?P<below>\d{1,3})"
)
_MOST_ROWS: Final = 100_000


class RangeRow(Struct, frozen=True):
    """One reference range, and for whom it is."""

    marker: Entry
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None
    sex: str = ""
    """The word for it; empty where the range is for both."""
    youngest: int = 0
    """In whole years."""
    oldest: int | None = None

    def fits(self, age: Decimal | None, sex: str) -> bool | None:
        """Whether it is for a patient; None where that is not known."""
        if self.sex and sex and sex != self.sex:
            return False
        if age is not None and not self._takes(int(age)):
            return False
        of_age = age is not None or (not self.youngest and self.oldest is None)
        return True if of_age and (sex or not self.sex) else None

    def _takes(self, years: int) -> bool:
        return self.youngest <= years and (self.oldest is None or years <= self.oldest)

    @property
    def shown(self) -> str:
        """The range as an answer tells it."""
        low, high = ("…" if each is None else f"{each:f}" for each in (self.low, self.high))
        years = f"from {self.youngest} years" if self.youngest else ""
        until = "" if self.oldest is None else f"up to {self.oldest} years"
        whom = " ".join(each for each in (self.sex, years, until) if each)
        return f"{low} to {high} {self.unit}" + (f" ({whom})" if whom else "")


class RangeTable(Struct, frozen=True):
    """The reference ranges of one file."""

    name: str
    rows: Mapping[IRI, tuple[RangeRow, ...]]

    def choose(self, marker: Entry, unit: str, age: Decimal | None, sex: str) -> RangeRow | None:
        """The one range for a patient in a unit that the value can be compared with."""
        judged = [
            (row.fits(age, sex), row)
            for row in self.rows.get(marker.iri, ())
            if _comparable(marker, unit, row.unit)
        ]
        possible = [(fits, row) for fits, row in judged if fits is not False]
        limits = {(row.low, row.high, row.unit) for _, row in possible}
        if len(limits) != 1 or not any(fits for fits, _ in possible):
            return None
        return next(row for fits, row in possible if fits)


def read_table(written: str, lexicon: Lexicon, name: str) -> RangeTable:
    """The ranges of a table with tabs or commas; UsageError with the line that cannot be read.

    Rows of measurements that the graph does not know are left out.
    """
    import csv  # few questions come with a table

    lines = written.splitlines()
    head = next(iter(lines), "")
    rows = csv.reader(lines, delimiter="\t" if "\t" in head else ",")
    columns = [fold(each) for each in next(rows, [])]
    if not {"marker", "unit"} <= set(columns) or not set(columns) <= set(COLUMNS):
        wanted = ", ".join(COLUMNS)
        raise UsageError(f"{name}: the first line names the columns; wanted: {wanted}.")
    found: list[RangeRow] = []
    for number, cells in enumerate(rows, 2):
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        if any(row.values()) and number <= _MOST_ROWS:
            found += _rows(row, lexicon, f"{name}, line {number}")
    return make_table(name, found)


def make_table(name: str, found: Iterable[RangeRow]) -> RangeTable:
    """The table of rows; UsageError where there is none of a measurement that is known here."""
    rows: dict[IRI, tuple[RangeRow, ...]] = {}
    for row in found:
        rows[row.marker.iri] = (*rows.get(row.marker.iri, ()), row)
    if not rows:
        raise UsageError(f"{name} has no range of a measurement that is known here.")
    return RangeTable(name, rows)


def _rows(cells: Mapping[str, str], lexicon: Lexicon, where: str) -> Iterator[RangeRow]:
    """The row of a line; none where its measurement is not known here."""
    found = [each for each in lexicon.called(cells["marker"]) if each.kind is Kind.MARKER]
    if len(found) != 1:
        return
    (marker,) = found
    try:
        low, high = (_limit(cells.get(key, ""), where) for key in ("low", "high"))
    except LabFormatError as error:
        raise UsageError(f"{where}: {error.message}") from None
    youngest, oldest = _ages(cells.get("age", ""), where)
    yield check_row(
        RangeRow(marker, cells["unit"], low, high, _sex(cells, lexicon, where), youngest, oldest),
        where,
    )


def check_row(row: RangeRow, where: str) -> RangeRow:
    """The row with its unit as it is spelled here; UsageError where it is no range."""
    read = row.marker.measured_in.read(row.unit)
    if read is None:
        wanted = " or ".join(row.marker.units)
        raise UsageError(
            f"{where}: {quoted(row.unit)} is no unit of {row.marker.label}; wanted {wanted}."
        )
    limits = [each for each in (row.low, row.high) if each is not None]
    if not limits or limits != sorted(limits):
        raise UsageError(f"{where}: wanted a lower limit, an upper one above it, or both.")
    return replace(row, unit=read[0])


def _limit(text: str, where: str) -> Decimal | None:
    return parse_number(text, "a limit", where) if text else None


def _sex(cells: Mapping[str, str], lexicon: Lexicon, where: str) -> str:
    text = fold(cells.get("sex", ""))
    if text in ("", "both", "any", "all"):
        return ""
    words = lexicon.states(EG.Case)
    for word in words:
        if text in (word, word[:1]):
            return word
    raise UsageError(f"{where}: {quoted(text)} is no sex; wanted {' or '.join(words)}, or nothing.")


def _ages(text: str, where: str) -> tuple[int, int | None]:
    """The youngest and the oldest age, in whole years."""
    if not text:
        return 0, None
    match = re.fullmatch(_AGE, text, re.ASCII)
    if match is None:
        raise UsageError(f"{where}: {quoted(text)} is no age; wanted 18-65, 18- or -17, in years.")
    least = match["from"] or match["least"] or match["atleast"]
    most = match["to"] or match["most"] or match["atmost"]
    youngest = int(match["above"]) + 1 if match["above"] else int(least or 0)
    oldest = int(match["below"]) - 1 if match["below"] else None if most is None else int(most)
    return youngest, oldest


def _comparable(marker: Entry, unit: str, other: str) -> bool:
    read = marker.measured_in.read(unit)
    try:
        return read is not None and bool(conversion_factor(marker, read[0], other))
    except UnsafeResultError:
        return False


def fill_ranges(
    document: Document, lexicon: Lexicon, table: RangeTable | None, age: Decimal | None, sex: str
) -> tuple[Document, tuple[Notice, ...]]:
    """The case with a range beside each value that has none, and what the answer opens with."""
    if table is None:
        return document, ()
    labs, notices = [], {}
    for lab in document.get("labs", []):
        row = _row_of(lab, lexicon, table, age, sex)
        if row is not None:
            limits = {"low": row.low, "high": row.high, "rangeUnit": row.unit}
            given = {key: value for key, value in limits.items() if value is not None}
            lab = cast("Lab", {**lab, **given})  # noqa: PLW2901 - the same result, with its range
            text = f"{short_name(row.marker)}: range from {table.name}: {row.shown}."
            label = f"{short_name(row.marker)} range from a file"
            notices[text] = Notice(row.marker.iri, label, text)
        labs.append(lab)
    return cast("Document", {**document, "labs": labs}), tuple(notices.values())


def _row_of(
    lab: Lab, lexicon: Lexicon, table: RangeTable, age: Decimal | None, sex: str
) -> RangeRow | None:
    """The range for a value with a unit and none of its own."""
    if "value" not in lab or "unit" not in lab or not {"low", "high"}.isdisjoint(lab):
        return None
    found = [each for each in lexicon.called(lab["marker"]) if each.kind is Kind.MARKER]
    if len(found) != 1:
        return None
    try:
        return table.choose(found[0], lab_texts(lab)["unit"], age, sex)
    except (UnsafeResultError, KeyError):
        return None
