"""What a cohort is read from: four tables of Parquet or CSV, with published columns.

Each table is a file `NAME.parquet`, `NAME.csv` or `NAME.tsv` of a folder, or a folder `NAME` of
such files. Other forms of records are turned into these tables before anything is read of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from kg.cohort.tables import literal
from kg.model.errors import UsageError

COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "person": {
        "patient": "the key of the patient, each once",
        "sex": "female or male",
        "age": "in years, on the day that is asked about",
        "day": "the day that is asked about, where patients differ in it",
    },
    "condition": {
        "patient": "the key of the patient",
        "term": "a condition by its name, or by a code with its prefix",
        "said": "yes (also where it is empty), no or unknown",
    },
    "treatment": {
        "patient": "the key of the patient",
        "term": "a drug or treatment by its name, or by a code with its prefix",
        "said": "yes (also where it is empty), no or unknown",
        "start": "its first day",
        "stop": "its last day; empty while it goes on",
    },
    "result": {
        "patient": "the key of the patient",
        "marker": "a measurement by its name, or by a code with its prefix",
        "value": "a number of at most nine digits before the point and nine behind it",
        "unit": "the unit of the value",
        "low": "the lower limit of the reference range of the laboratory",
        "high": "the upper limit",
        "range_unit": "the unit of the range, where it is another one",
        "comparator": "<, <=, > or >=, where only a bound of the value is known",
        "flag": "the flag of the laboratory, such as H",
        "taken": "the day, or the day and time, at which the sample was taken",
        "change": "the change from baseline in percent, where it is reported as such",
        "treatment_day": "the day of treatment, where it is reported as such",
        "during": "the drug or treatment that these two are under",
    },
}
"""The columns of each table; those that are not there are taken as empty."""
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("patient",),
    "condition": ("patient", "term"),
    "treatment": ("patient", "term"),
    "result": ("patient", "marker"),
}
"""The columns without which a table says nothing."""
_TEXT: Final = "all_varchar = true, header = true, union_by_name = true"
_READERS: Final = {
    "parquet": "read_parquet({files}, union_by_name = true)",
    "csv": f"read_csv({{files}}, delim = ',', {_TEXT})",
    "tsv": f"read_csv({{files}}, delim = '\\t', {_TEXT})",
}


class Source(Struct, frozen=True):
    """Where the rows of each table come from: a piece of SQL for each that is there."""

    relations: Mapping[str, str]
    name: str

    def only(self, patient: str) -> Source:
        """The same with the rows of one patient."""
        where = f"WHERE CAST(patient AS VARCHAR) = {literal(patient)}"
        return Source(
            {name: f"(SELECT * FROM {each} {where})" for name, each in self.relations.items()},
            self.name,
        )


def flat_source(folder: Path) -> Source:
    """The tables of a folder; UsageError where there is no table of persons."""
    found = {table: relation for table in COLUMNS if (relation := find_relation(folder, table))}
    if "person" not in found:
        raise UsageError(
            f"{folder} has no table of persons; wanted person.parquet or person.csv, and beside it "
            f"{', '.join(each for each in COLUMNS if each != 'person')}."
        )
    return Source(found, folder.name)


def find_relation(folder: Path, name: str) -> str:
    """The SQL that reads a table; empty where the folder has none of that name."""
    for kind, reader in _READERS.items():
        single, many = folder / f"{name}.{kind}", folder / name
        files = [single] if single.is_file() else sorted(many.glob(f"*.{kind}"))
        if files:
            listed = ", ".join(literal(str(each)) for each in files)
            return reader.format(files=f"[{listed}]")
    return ""
