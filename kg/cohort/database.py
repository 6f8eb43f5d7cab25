"""What runs the queries of a cohort: a door behind which engines differ, and DuckDB behind it.

The steps of a run are the same scripts in the same order for each; only what makes their tables and
where rows are put aside is the engine's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

import duckdb

from kg.cohort.sources import quoted_name
from kg.cohort.tables import literal
from kg.model.errors import StoreError, UsageError

_BAD_LINES: Final = {
    "MISSING COLUMNS": "a line of too few cells",
    "TOO MANY COLUMNS": "a line of too many cells",
    "INVALID ENCODING": "a line that is not UTF-8",
    "UNQUOTED VALUE": "a line with a quote out of place",
}
"""Why a line cannot be read, by the name that DuckDB has for it."""

_HELD: Final = 800_000
"""How many rows of all parts wait in memory, on each core, while a source is divided."""
_FEWEST_HELD: Final = 2_000
"""How many of one part at least: fewer make files of too small groups of rows."""
_KEY_BITS: Final = 22
"""The bits of keys by which rows are gathered in an array while a source is divided.

That is four million patients; DuckDB takes a table of hashes for more, which is slower by half.
"""
_LINE: Final = "file_index * 4294967296 + file_row_number AS line"
"""What tells the rows of the files of a part apart: DuckDB numbers them as it reads, at no cost."""


class Database(Protocol):
    """What the steps of a run ask of an engine."""

    def run(self, script: str, what: str = "") -> None:
        """Run statements of the scripts; StoreError or UsageError, which quote no row."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, which are few; UsageError where what it reads cannot be read."""

    def columns(self, relation: str, name: str) -> dict[str, str]:
        """The type of each column of a table that is called so, in capitals, by its name."""

    def insert(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows to a table."""

    def load(self, relation: str, name: str) -> tuple[str, dict[str, int]]:
        """A table from which rows are read, and how many of its lines are bad, by reason."""

    def divide(self, name: str, parts: int, empty: Sequence[str] = ()) -> None:
        """Put the rows of the view `load_NAME` aside, in parts of patients.

        In the columns `empty` nothing stands, and they are not written.
        """

    def take(self, name: str, part: int) -> None:
        """Make the view `given_NAME` of the rows of one part, each with a number in `line`."""

    def copy(self, query: str, file: Path) -> None:
        """Write the rows of a query as Parquet; StoreError where that cannot be."""

    def clear(self) -> None:
        """Drop what was made of a part."""

    def view(self, name: str, query: str, what: str) -> None:
        """Make a view; UsageError where what it is of cannot be read, or lacks a column."""

    def attach(self, place: Path, name: str) -> list[tuple[str, str]]:
        """Attach a file of DuckDB, to be read only; the schemas and names of its tables."""


class DuckDatabase:
    """DuckDB, in memory, with a folder for what is put aside."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._data = connection
        self._folder = folder
        self._nothing: dict[str, dict[str, str]] = {}
        self._empty: dict[str, Sequence[str]] = {}

    def run(self, script: str, what: str = "") -> None:
        """Run statements; StoreError where a signal interrupts them, or where `what` fails."""
        try:
            self._execute(script)
        except duckdb.Error as error:  # its message may quote a row
            if what:
                raise StoreError(f"DuckDB could not {what}: {_told(error)}.") from None
            raise UsageError(f"the source cannot be read: {_told(error)}.") from None

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query; UsageError where what it reads cannot be read."""
        with _reading("the source"):
            return self._execute(query).fetchall()

    def columns(self, relation: str, name: str) -> dict[str, str]:
        """The type of each column of a table, by its name in lower case."""
        with _reading(f"the table {name}"):
            rows = self._execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        return {str(row[0]).casefold(): str(row[1]) for row in rows}

    def insert(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows to a table."""
        kinds = self._execute(f"DESCRIBE {name}").fetchall()
        cells = ", ".join(f"unnest(CAST(? AS {kind}[]))" for _, kind, *_ in kinds)
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._data.execute(f"INSERT INTO {name} SELECT {cells}", columns)

    def load(self, relation: str, name: str) -> tuple[str, dict[str, int]]:
        """A table from which files of text are read once, with their bad lines counted.

        Read again for some of its columns only, a line would be bad at one time and not at another.
        """
        if "read_csv(" not in relation:
            return relation, {}
        self._execute("DROP TABLE IF EXISTS reject_errors")
        try:
            self._execute(f"CREATE OR REPLACE TABLE file_{name} AS SELECT * FROM {relation}")
        except duckdb.InvalidInputException:
            raise UsageError(
                f"the table {name} is no CSV; wanted lines that all end alike."
            ) from None
        if self.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'"):
            return f"file_{name}", self._bad_lines()
        return f"file_{name}", {}

    def _bad_lines(self) -> dict[str, int]:
        kinds = self.rows(
            "SELECT kind, count(*) FROM (SELECT any_value(error_type) AS kind FROM reject_errors "
            "GROUP BY scan_id, file_id, line) GROUP BY kind"
        )
        return {
            _BAD_LINES.get(str(kind), "a line that cannot be read"): many for kind, many in kinds
        }

    def divide(self, name: str, parts: int, empty: Sequence[str] = ()) -> None:
        """Write the rows of a view in a folder for each part of the patients."""
        # Otherwise half a million rows wait in memory for each part, on each core.
        held = max(_FEWEST_HELD, _HELD // parts)
        self._execute(f"SET partitioned_write_flush_threshold = {held}")
        described = self._execute(f"DESCRIBE SELECT * FROM load_{name}").fetchall()
        self._nothing[name] = {
            column: f"CAST(NULL AS {kind}) AS {quoted_name(column)}"
            for column, kind, *_ in described
        }
        self._empty[name] = empty
        written = ", ".join(quoted_name(e) for e in self._nothing[name] if e not in empty)
        query = f"SELECT {written}, hash(patient) % {parts} AS part FROM load_{name}"
        rmtree(self._folder / name, ignore_errors=True)
        to = literal(str(self._folder / name))
        self._execute(f"SET perfect_ht_threshold = {_KEY_BITS}")
        self.run(f"COPY ({query}) TO {to} (FORMAT parquet, PARTITION_BY (part))", f"divide {name}")
        self._execute("RESET perfect_ht_threshold")  # few rows are gathered sooner in a small table

    def take(self, name: str, part: int) -> None:
        """Make the view of the rows of one part, which may have none."""
        folder = self._folder / name / f"part={part}"
        listed = ", ".join(literal(str(each)) for each in sorted(folder.glob("*.parquet")))
        nothing = self._nothing[name]
        rows = f"SELECT {', '.join(nothing.values())}, CAST(NULL AS BIGINT) AS line WHERE FALSE"
        if listed:
            columns = ", ".join(("*", *(nothing[each] for each in self._empty[name]), _LINE))
            rows = f"SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = false)"
        self._execute(f"CREATE OR REPLACE VIEW given_{name} AS {rows}")

    def copy(self, query: str, file: Path) -> None:
        """Write the rows of a query as Parquet; StoreError where that cannot be."""
        self.run(f"COPY ({query}) TO {literal(str(file))} (FORMAT parquet)", f"write {file.name}")

    def clear(self) -> None:
        """Drop what was made of a part."""
        for (name,) in self.rows(
            "SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal"
        ):
            self._execute(f"DROP VIEW {name}")
        for (name,) in self.rows("SELECT table_name FROM duckdb_tables() WHERE temporary"):
            self._execute(f"DROP TABLE {name}")

    def view(self, name: str, query: str, what: str) -> None:
        """Make a view; UsageError where what it is of cannot be read, or lacks a column."""
        with _reading(what):
            self._execute(f"CREATE OR REPLACE VIEW {name} AS {query}")

    def attach(self, place: Path, name: str) -> list[tuple[str, str]]:
        """Attach a file of DuckDB, to be read only; the schemas and names of its tables."""
        with _reading(str(place)):
            self._execute(f"ATTACH IF NOT EXISTS {literal(str(place))} AS {name} (READ_ONLY)")
        return self.rows(
            "SELECT table_schema, table_name FROM information_schema.tables "
            f"WHERE table_catalog = {literal(name)} ORDER BY ALL"
        )

    def _execute(self, query: str) -> duckdb.DuckDBPyConnection:
        """Run statements; StoreError where a signal interrupts them, which DuckDB tells so."""
        try:
            return self._data.execute(query)
        except RuntimeError:
            raise StoreError("the run was stopped by a signal.") from None


@contextmanager
def open_duckdb(
    *, threads: int = 0, memory: str = "", beside: Path | None = None
) -> Iterator[DuckDatabase]:
    """DuckDB in memory; it reaches no network, and writes only what it is told to.

    What is put aside goes to a folder of its own in `beside`, or where temporary files are.
    """
    settings: dict[str, Any] = {"autoinstall_known_extensions": False}
    settings |= {"threads": threads} if threads else {}
    settings |= {"memory_limit": memory} if memory else {}
    with TemporaryDirectory(prefix="etiograph-", dir=beside) as name:
        settings["temp_directory"] = f"{name}/spilled"
        with duckdb.connect(":memory:", config=settings) as connection:
            yield DuckDatabase(connection, Path(name))


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
