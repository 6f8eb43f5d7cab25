"""Spark behind the door of `kg.cohort.database`: what DuckDB does there, by the same scripts.

Rows of patients stay where they are. What a script makes of them is a Parquet file in a folder that
every machine of a cluster reaches; so it is made once, whatever is lost on the way, and the plan of
a query stays short. What is small (knowledge, the meanings of words) and what only one machine can
read (files of text, files of DuckDB) comes from a DuckDB beside it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql.types import LongType, StructField, StructType

from kg.cohort.cells import text_of
from kg.cohort.database import DuckDatabase, open_duckdb
from kg.cohort.sources import quoted_name
from kg.cohort.spark.dialect import (
    Made,
    parquet_files,
    translate_create,
    translate_query,
    translate_types,
)
from kg.cohort.spark.session import open_session
from kg.model.errors import StoreError, UsageError

_KINDS: Final = {
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
    "int": "INTEGER",
}
"""The types of columns by the names that DuckDB has for them; others have the same name."""


PART: Final = 2_000_000
"""The patients that are judged at once: each part costs the planning of every query anew."""
Judge = Callable[[Iterable[Row]], Iterable[tuple[Any, ...]]]


class SparkDatabase:
    """A session of Spark, a DuckDB for what is small, and a folder for what is put aside."""

    def __init__(self, spark: SparkSession, beside: DuckDatabase, folder: Path) -> None:
        self.spark = spark
        self._beside = beside
        self._folder = folder
        self._kinds: dict[str, StructType] = {}
        self._temporary: set[str] = set()
        self._views: set[str] = set()

    def run(self, script: str, what: str = "") -> None:
        """Run statements; StoreError where `what` fails, UsageError where a source is unreadable.

        Tables of rows that stand in the script are made by DuckDB, all others by Spark.
        """
        given: dict[str, None] = {}
        for statement in duckdb.extract_statements(script):
            made = _created(statement)
            if made is not None and made.query:
                with _telling(what):
                    self._make(made)
                continue
            self._beside.run(statement.query)
            given |= {made.name: None} if made else {}
        for name in given:
            self._hand_over(name)

    def _make(self, made: Made) -> None:
        frame = self.spark.sql(made.query)
        if made.is_table:
            frame = self._put_aside(frame, made.name)
        frame.createOrReplaceTempView(made.name)
        self._views.add(made.name)
        if made.is_temporary:
            self._temporary.add(made.name)

    def _put_aside(self, frame: DataFrame, name: str) -> DataFrame:
        """The rows of a frame from a file of their own."""
        file = _url(self._folder / "tables" / name)
        frame.write.mode("overwrite").parquet(file)
        return self.spark.read.schema(frame.schema).parquet(file)

    def _hand_over(self, name: str) -> None:
        """Make a view of a table of DuckDB."""
        file = self._folder / "given" / f"{name}.parquet"
        file.parent.mkdir(exist_ok=True)
        self._beside.copy(f"SELECT * FROM {name}", file)
        kinds = translate_types(self._beside.columns(name, name))
        self.spark.read.schema(kinds).parquet(_url(file)).createOrReplaceTempView(name)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, which are few; UsageError where what it reads cannot be read."""
        with _telling():
            return [tuple(row) for row in self.frame(query).collect()]

    def columns(self, relation: str, name: str) -> dict[str, str]:
        """The type of each column of a table, by its name in lower case."""
        with _telling(f"read the table {name}"):
            schema = self.spark.table(relation).schema
        found = {e.name.casefold(): e.dataType.simpleString() for e in schema.fields}
        return {name: _KINDS.get(kind, kind.upper()) for name, kind in found.items()}

    def insert(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows to a table."""
        self._beside.insert(name, rows)
        self._hand_over(name)

    def load(self, relation: str, name: str) -> tuple[str, dict[str, int]]:
        """A view of a table: of Parquet as it stands, of anything else as DuckDB reads it."""
        if relation in self._views:
            return relation, {}
        files, bad = parquet_files(relation), dict[str, int]()
        if not files:
            loaded, bad = self._beside.load(relation, name)
            kinds = self._beside.columns(loaded, name)
            cells = (
                f"{text_of(quoted_name(e), kind)} AS {quoted_name(e)}" for e, kind in kinds.items()
            )
            files = [str(self._folder / f"{name}.parquet")]
            self._beside.copy(f"SELECT {', '.join(cells)} FROM {loaded}", Path(files[0]))
        with _telling(f"read the table {name}"):
            read = self.spark.read.option("mergeSchema", len(files) > 1).parquet(
                *(_url(Path(each)) for each in files)
            )
            read.createOrReplaceTempView(f"file_{name}")
        return f"file_{name}", bad

    def divide(self, name: str, parts: int, empty: Sequence[str] = ()) -> None:
        """Write the rows of a view in a folder for each part of the patients."""
        with _telling(f"divide {name}"):
            frame = self.spark.table(f"load_{name}")
            self._kinds[name] = StructType([*frame.schema, StructField("line", LongType())])
            part = f"pmod(xxhash64(patient), {parts}) AS part"
            rows = frame.selectExpr("*", "monotonically_increasing_id() AS line", part).drop(*empty)
            divided = rows.write.mode("overwrite").partitionBy("part")
            divided.parquet(_url(self._folder / name))

    def take(self, name: str, part: int) -> None:
        """Make the view of the rows of one part, which may have none."""
        folder = self._folder / name / f"part={part}"
        with _telling(f"take {name}"):
            if folder.is_dir():
                rows = self.spark.read.schema(self._kinds[name]).parquet(_url(folder))
            else:
                rows = self.spark.createDataFrame([], self._kinds[name])
            rows.createOrReplaceTempView(f"given_{name}")

    def copy(self, query: str, file: Path) -> None:
        """Write the rows of a query as Parquet: a file, and beside it those of other tasks."""
        place = self._folder / "written"
        with _telling(f"write {file.name}"):
            self.spark.sql(translate_query(query)).write.mode("overwrite").parquet(_url(place))
            for number, each in enumerate(sorted(place.glob("part-*.parquet"))):
                last = f"-{number:05}" if number else ""
                shutil.move(each, file.with_name(f"{file.stem}{last}{file.suffix}"))

    def frame(self, query: str) -> DataFrame:
        """The rows of a query, where they are."""
        with _telling():
            return self.spark.sql(translate_query(query))

    def make_judged(self, facts: DataFrame, judge: Judge, kinds: str) -> None:
        """Make the table of what is said of each row of facts, which each task says of its own."""
        with _telling("judge patients"):
            rows = self.spark.createDataFrame(facts.rdd.mapPartitions(judge), kinds)
            self._put_aside(rows, "judged").createOrReplaceTempView("judged")
        self._temporary.add("judged")

    def unroll(self, table: str, column: str) -> None:
        """Make a view of the rows that a column of a table lists for each patient."""
        with _telling():
            rows = self.spark.table(table).selectExpr("patient", f"inline({column})")
            rows.createOrReplaceTempView(column)

    def clear(self) -> None:
        """Drop what was made of a part."""
        for name in self._temporary:
            self.spark.catalog.dropTempView(name)
            shutil.rmtree(self._folder / "tables" / name, ignore_errors=True)
        self._temporary.clear()

    def view(self, name: str, query: str, what: str) -> None:
        """Make a view; UsageError where what it is of cannot be read, or lacks a column."""
        with _telling(f"read {what}"):
            self.spark.sql(translate_query(query)).createOrReplaceTempView(name)

    def attach(self, place: Path, name: str) -> list[tuple[str, str]]:
        """Attach a file of DuckDB, to be read only; the schemas and names of its tables."""
        return self._beside.attach(place, name)


@contextmanager
def open_spark(master: str, folder: Path, *, threads: int = 0) -> Iterator[SparkDatabase]:
    """Spark on this machine or a cluster, with a folder that each of its machines reaches."""
    with open_session(master, folder) as spark, open_duckdb(threads=threads, beside=folder) as data:
        yield SparkDatabase(spark, data, folder)


def _url(file: Path) -> str:
    """A file as Spark is told of it, whatever file system a cluster takes for its own."""
    return f"file://{file.absolute()}"


def _created(statement: duckdb.Statement) -> Made | None:
    """What a statement makes; nothing where it changes what is there."""
    is_create = statement.type == duckdb.StatementType.CREATE
    return translate_create(statement.query) if is_create else None


@contextmanager
def _telling(what: str = "") -> Iterator[None]:
    """StoreError where Spark could not do something; UsageError where it is about a source.

    A message may quote a row, so only the name of the condition is told.
    """
    try:
        yield
    except (PySparkException, Py4JError) as error:
        condition = error.getCondition() if isinstance(error, PySparkException) else None
        told = condition or type(error).__name__
        if what and not isinstance(error, AnalysisException):
            raise StoreError(f"Spark could not {what}: {told}.") from None
        raise UsageError(f"the source cannot be read by Spark: {told}.") from None
