"""Cases as rows of the tables of a cohort: of records that are read one patient after the other."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kg.case.fhir import Reading
from kg.case.model import GIVEN_KINDS
from kg.case.series import Unread
from kg.cohort.sources import COLUMNS
from kg.model.errors import UsageError
from kg.model.terms import Lexicon

Row = dict[str, str]
_NAMES: Final = {
    "marker": "marker",
    "value": "value",
    "unit": "unit",
    "low": "low",
    "high": "high",
    "rangeUnit": "range_unit",
    "comparator": "comparator",
    "state": "flag",
    "flag": "flag",
    "date": "taken",
    "percentChangeFromBaseline": "change",
    "dayOfTreatment": "treatment_day",
    "duringTreatment": "during",
}
"""The columns of a result, by the keys of the case schema."""
_DETAIL: Final = re.compile(r"'[^']*'|(?!R[45]\b)\S*\d\S*")
"""What a reason says of one patient: what is quoted, and numbers but for the versions of FHIR."""


def write_readings(
    readings: Iterable[tuple[str, Reading]], lexicon: Lexicon, folder: Path
) -> Counter[str]:
    """Write what records say as tables; how many resources are in none of them, by reason."""
    ignored: Counter[str] = Counter()
    with ExitStack() as stack:
        writers = {}
        for name, columns in COLUMNS.items():
            path = folder / f"{name}.csv"
            stream = stack.enter_context(path.open("w", newline="", encoding="utf-8"))
            writers[name] = csv.DictWriter(stream, columns)
            writers[name].writeheader()
        for patient, reading in readings:
            for name, row in rows_of_case(patient, reading.document, lexicon):
                writers[name].writerow(row)
            for unread in reading.unread:
                writers["result"].writerow(_row_of_unread(patient, unread))
            written = {f"{each.marker.label}: {each.reason}" for each in reading.unread}
            for each in reading.ignored:
                if each.why not in written:
                    ignored[_DETAIL.sub("…", each.why)] += each.many
    return ignored


def _row_of_unread(patient: str, unread: Unread) -> Row:
    """The row of a result that is there and cannot be used."""
    taken = unread.on.text if unread.on else ""
    cells = {"marker": unread.marker.iri, "taken": taken}
    return _row(patient, {**cells, "unread": _DETAIL.sub("…", unread.reason)})


def rows_of_case(
    patient: str, document: Mapping[str, Any], lexicon: Lexicon
) -> Iterator[tuple[str, Row]]:
    """The rows of a case in the form of the case schema, each with the name of its table.

    UsageError where the case says what no table has a column for.
    """
    person = {"sex": document.get("sex"), "age": document.get("age"), "day": document.get("date")}
    yield "person", _row(patient, person)
    for condition in document.get("conditions", ()):
        if not isinstance(condition, str):
            raise UsageError("a rule asks when a condition began, for which tables have no column.")
        yield "condition", _row(patient, {"term": condition})
    for drug in document.get("drugs", ()):
        said = {"drug": drug} if isinstance(drug, str) else drug
        days = {key: said.get(key) for key in ("start", "stop")}
        yield "treatment", _row(patient, {"term": said["drug"], **days})
    for key, answer in (("absent", "no"), ("unknown", "unknown")):
        for term in document.get(key, ()):
            name = "treatment" if lexicon.has_name(term, *GIVEN_KINDS) else "condition"
            yield name, _row(patient, {"term": term, "said": answer})
    for lab in document.get("labs", ()):
        if unknown := sorted(lab.keys() - _NAMES.keys()):
            raise UsageError(f"the tables have no column for {', '.join(unknown)} of a result.")
        yield "result", _row(patient, {_NAMES[key]: value for key, value in lab.items()})


def _row(patient: str, cells: Mapping[str, object]) -> Row:
    found = {name: _text(value) for name, value in cells.items() if value is not None}
    return {"patient": patient, **found}


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
