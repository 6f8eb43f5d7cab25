"""What a cohort is read from: four tables of Parquet or CSV, with published columns.

Each table is a file `NAME.parquet`, `NAME.csv` or `NAME.tsv` of a folder, or a folder `NAME` of
such files. Other forms of records are turned into these tables before anything is read of them.
"""

from __future__ import annotations

import csv
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
        "unread": "why the row is not used, where whoever made it knows a reason",
    },
    "treatment": {
        "patient": "the key of the patient",
        "term": "a drug or treatment by its name, or by a code with its prefix",
        "said": "yes (also where it is empty), no or unknown",
        "start": "its first day",
        "stop": "its last day; empty while it goes on",
        "unread": "as of a condition",
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
        "unread": "as of a condition",
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
_DELIMITERS: Final = {"parquet": "", "csv": ",", "tsv": "\t"}
"""The forms of files, and what stands between the cells of a line."""
_TEXT: Final = (
    "auto_detect = false, header = true, skip = 0, escape = '\"', comment = '', "
    "store_rejects = true"
)
"""Nothing of a file of text is guessed, and lines that cannot be read are noted."""


class Source(Struct, frozen=True):
    """Where the rows of each table come from: a piece of SQL for each that is there."""

    relations: Mapping[str, str]
    name: str

    def only(self, patient: str) -> Source:
        """The same with the rows of one patient."""
        where = f"WHERE trim(CAST(patient AS VARCHAR)) = {literal(patient)}"
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
    """The SQL that reads a table; empty where the folder has none of that name.

    Capitals in the name make no difference; UsageError where two files differ only in them.
    """
    beside = sorted(folder.iterdir())
    inside = [
        each
        for place in beside
        if place.is_dir() and place.name.casefold() == name
        for each in sorted(place.iterdir())
    ]
    for kind in _DELIMITERS:
        ending = f".{kind}"
        own = [each for each in beside if each.name.casefold() == name + ending and each.is_file()]
        if len(own) > 1:
            raise UsageError(f"{folder} has {own[0].name} and {own[1].name}; wanted one of them.")
        if files := own or [each for each in inside if each.suffix.casefold() == ending]:
            return _reader(files, kind, name)
    return ""


def quoted_name(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _reader(files: list[Path], kind: str, name: str) -> str:
    if kind == "parquet":
        listed = ", ".join(literal(str(each)) for each in files)
        return f"read_parquet([{listed}], union_by_name = true)"
    alone = len(files) == 1 and files[0].stem.casefold() == name
    told = (
        str(file) if alone else f"file {place} of the folder {file.parent}"
        for place, file in enumerate(files, 1)
    )
    read = (f"SELECT * FROM {_text_reader(*each, kind)}" for each in zip(files, told, strict=True))
    return f"({' UNION ALL BY NAME '.join(read)})"


def _text_reader(file: Path, told: str, kind: str) -> str:
    """The SQL that reads a file of text, called `told`: its columns are those of its first line.

    The name of one file of many may be that of a patient, and is not told. The vocabularies of OMOP
    come as .csv with tabs between the cells and quotes around none.
    """
    with file.open("rb") as stream:
        first = stream.readline()
    try:
        line = first.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError(f"the first line of {told} is not UTF-8.") from None
    unquoted = kind == "csv" and "\t" in line and "," not in line
    delimiter = "\t" if unquoted else _DELIMITERS[kind]
    names = [each.strip() for each in next(csv.reader([line], delimiter=delimiter), [])]
    if not any(names) or len({each.casefold() for each in names}) < len(names):
        raise UsageError(f"the first line of {told} does not name its columns, each once.")
    named = (each or f"column{place}" for place, each in enumerate(names))
    columns = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in named)
    quote = "" if unquoted else '"'
    return (
        f"read_csv({literal(str(file))}, delim = {literal(delimiter)}, quote = '{quote}', "
        f"columns = {{{columns}}}, {_TEXT})"
    )
