"""How the cells of a source are read, as SQL: by the type of their column, strictly.

Of a type that can only be right, such as DATE, the value is taken; of any other it is the text,
which must be wholly what is wanted. A cell that cannot be read is never taken as an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_NUMBER: Final = "DECIMAL(18, 9)"
_DIGITS: Final = "^[+-]?([0-9]+([.][0-9]{1,9}0*)?|[.][0-9]{1,9}0*)$"
ZONE: Final = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_DAY: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
    f"{ZONE}?)?$"
)
_WHOLE: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT"})
_PLACES: Final = re.compile(r"DECIMAL\([0-9]+,[0-9]\)")
"""A type of decimals with at most nine places."""
_NEVER_BLANK: Final = re.compile("U?(TINY|SMALL|BIG)?INT|INTEGER|DECIMAL|FLOAT|DOUBLE|DATE|TIME")
"""The types of which a value is there or not, and is never a text in which nothing stands."""
_SAID_OF_RESULTS: Final = (
    *("unit", "range_unit", "flag", "comparator", "during"),
    *("value", "low", "high"),
)
_EXACT: Final = 1_000_000
"""Below it, nine places of a binary number are the decimal that it stands for."""


class Cells:
    """The columns of each table of a source by their types: of those that are not there, none."""

    def __init__(self, kinds: Mapping[str, Mapping[str, str]]) -> None:
        self._kinds = kinds

    def kind(self, table: str, column: str) -> str:
        """The type of a column, in capitals."""
        return self._kinds[table].get(column, "VARCHAR")

    def is_given(self, column: str, table: str) -> bool:
        """Whether a table of the source has a column."""
        return column in self._kinds[table]

    def text(self, cell: str, table: str, column: str) -> str:
        """A cell as text: trimmed, and NULL where nothing stands in it."""
        if not self.is_given(column, table):
            return "CAST(NULL AS VARCHAR)"
        return text_of(cell, self.kind(table, column))

    def key(self, table: str) -> str:
        """The key of the patient: a whole number where it is one in every table, or text."""
        given = {kinds["patient"] for kinds in self._kinds.values() if "patient" in kinds}
        if given <= _WHOLE:
            return "CAST(patient AS BIGINT)"
        return self.text("patient", table, "patient")

    @property
    def given_of_results(self) -> tuple[str, ...]:
        """What a result says beside its patient and time, of the columns that the source has."""
        return tuple(each for each in _SAID_OF_RESULTS if self.is_given(each, "result"))

    def cells_key(self) -> str:
        """A number that tells the cells of results apart."""
        cells = (f"r.{each}" for each in self.given_of_results)
        return f"hash({', '.join(('k.marker', *cells))})"

    def number(self, column: str, table: str, cell: str = "") -> str:
        """A number of a column, in a cell of that name or another; NULL where it is none.

        It has at most nine places.
        """
        kind, cell = self.kind(table, column), cell or column
        if not self.is_given(column, table):
            return f"CAST(NULL AS {_NUMBER})"
        if kind in _WHOLE or _PLACES.fullmatch(kind):
            return f"TRY_CAST({cell} AS {_NUMBER})"
        written = _number_of(text_of(cell, kind))
        if kind != "DOUBLE":
            return written
        near = f"CAST({cell} AS {_NUMBER})"
        exact = f"abs(CAST({near} AS DOUBLE) - {cell}) <= abs({cell}) * 1e-15"
        return (
            f"CASE WHEN abs({cell}) < {_EXACT} THEN CASE WHEN {exact} THEN {near} END "
            f"ELSE {written} END"
        )

    def bad_number(self, column: str, table: str, cell: str = "") -> str:
        """Whether a number cannot be read."""
        return self._bad(column, table, cell or column, self.number(column, table, cell))

    def is_day(self, column: str, table: str) -> bool:
        """Whether a column has days without a time."""
        return self.kind(table, column) == "DATE"

    def empty_of_results(self) -> tuple[str, ...]:
        """What is read of results and stands in no row, by what the source has no column for."""
        timed = self.is_given("taken", "result") and not self.is_day("taken", "result")
        moments = () if timed else ("taken", "moment", "instant")
        others = ("change", "treatment_day")
        return (*moments, *(each for each in others if not self.is_given(each, "result")))

    def day(self, column: str, table: str) -> str:
        """The day of a column; NULL where it is none."""
        if not self.is_given(column, table):
            return "CAST(NULL AS DATE)"
        if self.is_day(column, table):
            return (
                f"CASE WHEN {column} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' "
                f"THEN {column} END"
            )
        return day_of(self.text(column, table, column))

    def bad_day(self, column: str, table: str) -> str:
        """Whether a day cannot be read."""
        return self._bad(column, table, column, self.day(column, table))

    def _bad(self, column: str, table: str, cell: str, read: str) -> str:
        if not self.is_given(column, table):
            return "FALSE"
        plain = _NEVER_BLANK.match(self.kind(table, column))
        given = cell if plain else self.text(cell, table, column)
        return f"({given} IS NOT NULL AND {read} IS NULL)"


def text_of(column: str, kind: str) -> str:
    """The SQL of a cell as text, whatever its type: trimmed, and NULL where nothing stands in it.

    A binary number that lies within its own precision of one of nine places is that one.
    """
    text = f"CAST({column} AS VARCHAR)"
    if kind in _WHOLE or kind == "DATE":
        return text
    if kind.startswith("TIMESTAMP"):
        zone = "Z" if "ZONE" in kind else ""
        written = f"{column} AT TIME ZONE 'UTC'" if zone else column
        return f"replace(CAST({written} AS VARCHAR), ' ', 'T') || '{zone}'"
    if kind in ("FLOAT", "DOUBLE"):
        exact = f"TRY_CAST({text} AS {_NUMBER})"
        near = f"abs(CAST({exact} AS {kind}) - {column}) <= abs({column}) * 1e-15"
        return f"CASE WHEN {near} THEN CAST({exact} AS VARCHAR) ELSE {text} END"
    return f"nullif(trim({text}), '')"


def day_of(text: str) -> str:
    """The SQL of the day of a text, which may have a time behind it."""
    return (
        f"CASE WHEN regexp_matches({text}, '{_DAY}') AND left({text}, 4) <> '0000' "
        f"THEN TRY_CAST(left({text}, 10) AS DATE) END"
    )


def _number_of(text: str) -> str:
    return f"CASE WHEN regexp_matches({text}, '{_DIGITS}') THEN TRY_CAST({text} AS {_NUMBER}) END"
