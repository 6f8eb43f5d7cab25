"""The steps of a cohort: a source is read and divided once, and each part of it is judged.

    source tables ─ read ─▶ parts of patients ─ judged, one after the other ─▶ tables of answers

Every step is a script of `kg/cohort/sql`, run by a database of `kg.cohort.database`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from kg.case.ranges import RangeTable
from kg.cohort.cells import Cells
from kg.cohort.compiler import Cohort
from kg.cohort.database import Database, open_duckdb
from kg.cohort.sources import COLUMNS, NEEDED, Source, quoted_name
from kg.cohort.tables import Table
from kg.cohort.text import (
    STEPS,
    cells_sql,
    inputs_sql,
    load_sql,
    outputs_sql,
    step_sql,
    summary_sql,
    tables_sql,
    wordings_sql,
)
from kg.cohort.words import Words
from kg.model.errors import StoreError, UsageError
from kg.model.terms import Lexicon

PART: Final = 500_000
"""The patients that are judged at once: more take more memory, and fewer more time."""
_LOADED: Final = ("person", "said", "result", "tested")
"""What is read of a source: the views `load_NAME`, and of each part the views `given_NAME`."""
_ABSENT: Final = "CAST(NULL AS VARCHAR)"


class Days(Struct, frozen=True):
    """The days that a cohort is asked about."""

    today: date
    day: date | None = None
    """The day that is asked about, where the table of persons names none."""


class Engine:
    """A database with the tables of knowledge, and those of a source."""

    def __init__(self, data: Database, cohort: Cohort, lexicon: Lexicon) -> None:
        self.data = data
        self._cohort = cohort
        self._words = Words(lexicon)
        self._cells = Cells({})
        self.ranges: RangeTable | None = None
        """The reference ranges of the site."""
        self.left_out: dict[tuple[str, str], int] = {}
        """How many lines, resources or rows are in no part, by what they were and the reason."""
        self.parts = 0
        """In how many parts the patients of the source are."""
        data.run(tables_sql(cohort))

    def open_source(self, source: Source) -> None:
        """Make a view of each table of a source, with every column that it can have."""
        kinds: dict[str, dict[str, str]] = {}
        for name, columns in COLUMNS.items():
            given = source.relations.get(name)
            relation = self.load(given, name) if given else ""
            kinds[name] = self._columns(relation, name) if relation else {}
            named = {each: quoted_name(each) for each in kinds[name]}
            wanted = ", ".join(f"{named.get(each, _ABSENT)} AS {each}" for each in columns)
            rows = relation or "(SELECT 1) nothing WHERE FALSE"
            self.data.run(f"CREATE OR REPLACE VIEW source_{name} AS SELECT {wanted} FROM {rows}")
        self._cells = Cells(kinds)

    def load(self, relation: str, name: str) -> str:
        """The SQL of a table that is read, with its bad lines counted."""
        loaded, bad = self.data.load(relation, name)
        self.left_out |= {(name, reason): many for reason, many in bad.items()}
        return loaded

    def _columns(self, relation: str, name: str) -> dict[str, str]:
        """The types of the columns of a table; UsageError for one that it cannot have."""
        found = self.data.columns(relation, name)
        unknown = [place for place, each in enumerate(found, 1) if each not in COLUMNS[name]]
        missing = [each for each in COLUMNS[name] if each in NEEDED[name] and each not in found]
        if unknown or missing:
            what = (
                f"has no column {', '.join(missing)}"
                if missing
                else f"has a column that it cannot have, number {unknown[0]}"
            )  # a line of a row in place of names would be told with its name
            wanted = ", ".join(COLUMNS[name])
            raise UsageError(f"the table {name} {what}; its columns: {wanted}.")
        return found

    def read(self, size: int = PART) -> None:
        """Read every different word of the source once, and divide what is covered in parts."""
        self._read_words()
        self.data.run(load_sql(self._cells))
        left = self.rows("SELECT what, reason, many FROM left_out")
        self.left_out |= {(what, reason): many for what, reason, many in left}
        self.parts = max(1, -(-self.rows("SELECT count(*) FROM source_person")[0][0] // size))
        for name in _LOADED:
            empty = self._cells.empty_of_results() if name == "result" else ()
            self.data.divide(name, self.parts, empty)

    def _read_words(self) -> None:
        words = self._words
        self.data.run(cells_sql(self._cells))
        self.put(words.comparators())
        self.put(words.ranges(self.ranges))
        self.put(words.sexes(self._texts("sex_cell", "text")))
        self.put(words.terms(self._some("term_cell", "kind, said, text")))
        self.put(words.markers(self._texts("marker_cell", "text")))
        self.data.run(wordings_sql(self._cells))
        self._check_keys()
        self.put(words.flags(self._texts("wording_cell", "flag_text")))
        self.put(words.drugs(self._texts("wording_cell", "during_text")))
        iris = {number: iri for iri, number in self._cohort.terms.items()}
        units = (*self._units("unit_text"), *self._units("range_unit_text"))
        self.put(words.units(sorted({(iris[marker], text) for marker, text in units})))

    def _check_keys(self) -> None:
        """StoreError where cells that differ have one key, which chance does not bring about."""
        if self.rows("SELECT count(*) - count(DISTINCT cells_key) FROM result_cell")[0][0]:
            raise StoreError("results that differ cannot be told apart by the keys of their cells.")

    def _units(self, column: str) -> list[tuple[Any, ...]]:
        query = f"SELECT DISTINCT marker, {column} FROM wording_cell WHERE {column} IS NOT NULL"
        return self.rows(query)

    def judge_part(self, days: Days, part: int = 0) -> None:
        """Judge one part of the patients; what was made of another part is gone."""
        self.data.clear()
        for name in _LOADED:
            self.data.take(name, part)
        scripts = (step_sql(self._cohort, step) for step in STEPS)
        for script in (inputs_sql(self._cohort, days.today, days.day), *scripts):
            self.data.run(script, f"judge part {part + 1}")

    def sum_up(self) -> None:
        """Make what is written and counted of the part that was judged last."""
        self.data.run(summary_sql(self._cohort))
        self.data.run(outputs_sql(self._cohort))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query; UsageError where what it reads cannot be read."""
        return self.data.rows(query)

    def put(self, made: Table) -> None:
        """Make a table anew."""
        self.data.run(f"DROP TABLE IF EXISTS {made.name}; {made.definition()}")
        self.data.insert(made.name, tuple(made.numbered(self._cohort.terms)))

    def _some(self, name: str, columns: str) -> list[tuple[Any, ...]]:
        """The different rows of a table of words in which there is a text."""
        query = f"SELECT DISTINCT {columns} FROM {name} WHERE text IS NOT NULL ORDER BY ALL"
        return self.rows(query)

    def _texts(self, name: str, column: str) -> list[str]:
        """The different words of a column."""
        query = f"SELECT DISTINCT {column} FROM {name} WHERE {column} IS NOT NULL ORDER BY 1"
        return [str(row[0]) for row in self.rows(query)]


@contextmanager
def open_engine(
    cohort: Cohort,
    lexicon: Lexicon,
    *,
    threads: int = 0,
    memory: str = "",
    beside: Path | None = None,
) -> Iterator[Engine]:
    """An engine of DuckDB, which puts aside what it must in a folder of its own."""
    with open_duckdb(threads=threads, memory=memory, beside=beside) as data:
        yield Engine(data, cohort, lexicon)
