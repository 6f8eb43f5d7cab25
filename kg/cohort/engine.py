"""Runs the queries of a cohort in DuckDB, one part of the patients after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
from msgspec import Struct

from kg.case.ranges import RangeTable
from kg.cohort.compiler import Cohort
from kg.cohort.sources import COLUMNS, NEEDED, Source, quoted_name, text_of
from kg.cohort.tables import Table, literal
from kg.cohort.text import STEPS, inputs_sql, step_sql, tables_sql
from kg.cohort.words import Words
from kg.model.errors import StoreError, UsageError
from kg.model.terms import Lexicon

_AT_ONCE: Final = 1_000
"""How many rows one statement inserts."""
_ABSENT: Final = "CAST(NULL AS VARCHAR)"
_BAD_LINES: Final = {
    "MISSING COLUMNS": "a line of too few cells",
    "TOO MANY COLUMNS": "a line of too many cells",
    "INVALID ENCODING": "a line that is not UTF-8",
    "UNQUOTED VALUE": "a line with a quote out of place",
}
"""Why a line cannot be read, by the name that DuckDB has for it."""


class Days(Struct, frozen=True):
    """The days that a cohort is asked about."""

    today: date
    day: date | None = None
    """The day that is asked about, where the table of persons names none."""


class Engine:
    """One connection with the tables of knowledge, and those of a source."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, cohort: Cohort, lexicon: Lexicon
    ) -> None:
        self._data = connection
        self._cohort = cohort
        self._words = Words(lexicon)
        self.ranges: RangeTable | None = None
        """The reference ranges of the site."""
        self.bad_lines: dict[tuple[str, str], int] = {}
        """How many lines or resources are in no table, by what they were of and the reason."""
        self._run(tables_sql(cohort))

    def open_source(self, source: Source) -> None:
        """Make a view of each table of a source, with every column that it can have as text."""
        for name, columns in COLUMNS.items():
            given = source.relations.get(name)
            relation = self.load(given, name) if given else ""
            known = self._columns(relation, name) if relation else {}
            wanted = ", ".join(f"{known.get(each, _ABSENT)} AS {each}" for each in columns)
            rows = relation or "(SELECT 1) nothing WHERE FALSE"
            self._run(f"CREATE OR REPLACE VIEW source_{name} AS SELECT {wanted} FROM {rows}")

    def _columns(self, relation: str, name: str) -> dict[str, str]:
        """The columns of a table as text, by their names; UsageError for none it can have."""
        found = self.columns(relation, name)
        unknown = sorted(found.keys() - COLUMNS[name].keys())
        missing = [each for each in COLUMNS[name] if each in NEEDED[name] and each not in found]
        if unknown or missing:
            what = (
                f"has no column {', '.join(missing)}" if missing else f"has a column {unknown[0]}"
            )
            wanted = ", ".join(COLUMNS[name])
            raise UsageError(f"the table {name} {what}; its columns: {wanted}.")
        return found

    def columns(self, relation: str, name: str) -> dict[str, str]:
        """The SQL of each column of a table as text, by its name in lower case."""
        with _reading(f"the table {name}"):
            rows = self._run(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        return {str(row[0]).casefold(): text_of(quoted_name(row[0]), str(row[1])) for row in rows}

    def load(self, relation: str, name: str) -> str:
        """The SQL of a table from which files of text are read once, with their bad lines counted.

        Read again for some of its columns only, a line would be bad at one time and not at another.
        """
        if "read_csv(" not in relation:
            return relation
        self._run("DROP TABLE IF EXISTS reject_errors")
        try:
            self._run(f"CREATE OR REPLACE TABLE file_{name} AS SELECT * FROM {relation}")
        except duckdb.InvalidInputException:
            raise UsageError(
                f"the table {name} is no CSV; wanted lines that all end alike."
            ) from None
        if self.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'"):
            self._count_bad_lines(name)
        return f"file_{name}"

    def _count_bad_lines(self, name: str) -> None:
        kinds = self.rows(
            "SELECT kind, count(*) FROM (SELECT any_value(error_type) AS kind FROM reject_errors "
            "GROUP BY scan_id, file_id, line) GROUP BY kind"
        )
        for kind, many in kinds:
            self.bad_lines[name, _BAD_LINES.get(str(kind), "a line that cannot be read")] = many

    def read_words(self) -> None:
        """Read every different word of the source once."""
        words = self._words
        self.put(words.comparators())
        self.put(words.ranges(self.ranges))
        self.put(words.sexes(self._texts("sex", "person")))
        self.put(words.terms(self._terms()))
        self.put(words.markers(self._texts("marker", "result")))
        self.put(words.flags(self._texts("flag", "result")))
        self.put(words.drugs(self._texts("during", "result")))
        self.put(words.units(self._units()))

    def _terms(self) -> list[tuple[str, str, str]]:
        """What is said of which name of a condition or treatment."""
        return [
            (kind, *row)
            for kind in ("condition", "treatment")
            for row in self.rows(
                f"SELECT DISTINCT coalesce(lower(said), 'yes'), term FROM source_{kind} "
                "WHERE term IS NOT NULL ORDER BY ALL"
            )
        ]

    def _units(self) -> list[tuple[str, str]]:
        """The spellings of units with their measurements, which must have been read."""
        return self.rows(
            "SELECT DISTINCT m.term, u.text FROM ("
            "SELECT marker, unit AS text FROM source_result UNION ALL "
            "SELECT marker, range_unit FROM source_result) u "
            "JOIN marker_text m ON m.text = u.marker AND m.term IS NOT NULL "
            "WHERE u.text IS NOT NULL ORDER BY ALL"
        )

    def judge_part(self, days: Days, part: int = 0, parts: int = 1) -> None:
        """Judge one part of the patients; what was made of another part is gone."""
        for name in COLUMNS:
            here = "" if parts == 1 else f" WHERE hash(patient) % {parts} = {part}"
            self._run(f"CREATE OR REPLACE VIEW given_{name} AS SELECT * FROM source_{name}{here}")
        self._clear()
        scripts = (step_sql(self._cohort, step) for step in STEPS)
        for script in (inputs_sql(self._cohort, days.today, days.day), *scripts):
            try:
                self._run(script)
            except duckdb.Error as error:  # its message may quote a row
                text = f"DuckDB could not judge part {part + 1}: {_told(error)}."
                raise StoreError(text) from None

    def _run(self, query: str) -> duckdb.DuckDBPyConnection:
        """Run statements; StoreError where a signal interrupts them, which DuckDB tells so."""
        try:
            return self._data.execute(query)
        except RuntimeError:
            raise StoreError("the run was stopped by a signal.") from None

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query; UsageError where what it reads cannot be read."""
        with _reading("the source"):
            return self._run(query).fetchall()

    def execute(self, query: str) -> None:
        """Run a statement; UsageError where what it reads cannot be read."""
        with _reading("the source"):
            self._run(query)

    def copy(self, query: str, file: Path) -> None:
        """Write the rows of a query as Parquet; StoreError where that cannot be."""
        try:
            self._run(f"COPY ({query}) TO {literal(str(file))} (FORMAT parquet)")
        except duckdb.Error as error:
            raise StoreError(f"DuckDB could not write {file.name}: {_told(error)}.") from None

    def view(self, name: str, query: str, what: str) -> None:
        """Make a view; UsageError where what it is of cannot be read, or lacks a column."""
        with _reading(what):
            self._run(f"CREATE OR REPLACE VIEW {name} AS {query}")

    def attach(self, place: Path, name: str) -> list[tuple[str, str]]:
        """Attach a file of DuckDB, to be read only; the schemas and names of its tables."""
        with _reading(str(place)):
            self._run(f"ATTACH IF NOT EXISTS {literal(str(place))} AS {name} (READ_ONLY)")
        return self.rows(
            "SELECT table_schema, table_name FROM information_schema.tables "
            f"WHERE table_catalog = {literal(name)} ORDER BY ALL"
        )

    def insert(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows to a table."""
        for start in range(0, len(rows), _AT_ONCE):
            some = (f"({', '.join(map(literal, e))})" for e in rows[start : start + _AT_ONCE])
            self._run(f"INSERT INTO {name} VALUES {', '.join(some)}")

    def _clear(self) -> None:
        made = self.rows("SELECT table_name FROM duckdb_tables() WHERE temporary")
        for (name,) in made:
            self._run(f"DROP TABLE {name}")

    def _texts(self, column: str, name: str) -> list[str]:
        """The different words of a column."""
        query = f"SELECT DISTINCT {column} FROM source_{name} WHERE {column} IS NOT NULL ORDER BY 1"
        return [str(row[0]) for row in self.rows(query)]

    def put(self, made: Table) -> None:
        """Make a table anew."""
        self._run(f"DROP TABLE IF EXISTS {made.name}")
        self._run(made.sql())


@contextmanager
def open_engine(
    cohort: Cohort, lexicon: Lexicon, *, threads: int = 0, memory: str = ""
) -> Iterator[Engine]:
    """An engine in memory; it reaches no network, and writes only what it is told to."""
    settings: dict[str, Any] = {"autoinstall_known_extensions": False}
    settings |= {"threads": threads} if threads else {}
    settings |= {"memory_limit": memory} if memory else {}
    with TemporaryDirectory(prefix="etiograph-") as spilled:
        settings["temp_directory"] = spilled
        with duckdb.connect(":memory:", config=settings) as connection:
            yield Engine(connection, cohort, lexicon)


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """UsageError where something cannot be read."""
    try:
        yield
    except duckdb.Error as error:
        raise UsageError(f"{what} cannot be read: {_told(error)}.") from None


_ABOUT_NO_ROW: Final = (duckdb.BinderException, duckdb.CatalogException, duckdb.IOException)


def _told(error: duckdb.Error) -> str:
    """What an error says where it is about no row; of others its kind, for they may quote one."""
    quotes = not isinstance(error, _ABOUT_NO_ROW)
    return type(error).__name__ if quotes else str(error).splitlines()[0].rstrip(".")
