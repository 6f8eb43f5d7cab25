"""Random patients as the tables of a cohort: series of results, courses, wrong rows."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from patients import Patients

from kg.cohort.records import Row, rows_of_case
from kg.cohort.sources import COLUMNS

ULP = Decimal("0.000000001")
"""The last place of a number in the tables."""
DAY = date(2026, 3, 1)
"""The day that is asked about."""
_NUMBERS = ("value", "low", "high", "percentChangeFromBaseline", "dayOfTreatment")
_WRONG = (
    {"value": "many"}, {"value": "-4"}, {"unit": "furlong"}, {"low": "9", "high": "2"},
    {"high": "0"}, {"flag": "A"}, {"flag": "purple"}, {"value": "", "flag": ""},
    {"taken": "2026-02-30"}, {"taken": "2031-01-01"}, {"taken": "1850-01-01"},
    {"comparator": "about"}, {"value": "99999999"}, {"range_unit": "g/dL"}, {"low": "x"},
)  # fmt: skip


@dataclass
class Tables:
    """The rows of each table."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def write(self, folder: Path) -> Path:
        """Write the tables as CSV."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.rows.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
                writer = csv.DictWriter(stream, COLUMNS[name])
                writer.writeheader()
                writer.writerows(rows)
        return folder


@dataclass(frozen=True)
class CohortPatients:
    """Makes patients around the limits of the rules, with days, series and slips on top."""

    patients: Patients
    plain: bool = False
    """Whether there are neither days nor series nor slips."""

    def tables(self, count: int) -> Tables:
        """The first patients; their keys are their numbers."""
        documents = {str(each): self._document(each) for each in range(count)}
        return self._sorted(as_tables_of(self.patients, documents))

    def _document(self, number: int) -> dict[str, Any]:
        document = self.patients.document(number)
        labs = [rounded(each) for each in document.get("labs", ())]
        document |= {"labs": labs} if labs else {}
        if "age" in document:
            document["age"] = str(Decimal(document["age"]).quantize(ULP))
        if not self.plain:
            self._date(random.Random(f"{self.patients.seed} {number}"), document)
        return document

    def _date(self, rng: random.Random, document: dict[str, Any]) -> None:
        """Give a patient days: of results, of more results before them, and of courses."""
        if rng.random() < 0.3:
            return
        drugs = [self._course(rng, each) for each in document.get("drugs", ())]
        labs: list[dict[str, Any]] = []
        for lab in document.get("labs", ()):
            if rng.random() < 0.8:
                for key in ("percentChangeFromBaseline", "dayOfTreatment", "duringTreatment"):
                    lab.pop(key, None)
            labs += self._series(rng, lab)
        rng.shuffle(labs)
        document |= {"drugs": drugs} if drugs else {}
        document |= {"labs": labs} if labs else {}
        if rng.random() < 0.5:
            document["date"] = str(DAY)

    def _course(self, rng: random.Random, drug: str) -> dict[str, str]:
        found = {"drug": drug}
        start = DAY - timedelta(days=rng.choice((-5, 0, 1, 41, 42, 43, 200, 500)))
        if rng.random() < 0.8:
            found["start"] = str(start)
        if rng.random() < 0.3:
            found["stop"] = str(start + timedelta(days=rng.choice((-3, 0, 30, 400))))
        return found

    def _series(self, rng: random.Random, lab: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """A result with its day, and others of the measurement before, beside and after it."""
        day = DAY - timedelta(days=rng.choice((0, 0, 1, 10, 364, 365, 366, 800)))
        yield lab | ({} if rng.random() < 0.15 else {"date": self._moment(rng, day)})
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            other = dict(lab)
            if "value" in other:
                factor = rng.choice(("0.75", "0.8", "1", "1.25", "1.6"))
                other["value"] = str((Decimal(other["value"]) * Decimal(factor)).quantize(ULP))
                other |= {"flag": rng.choice("HNL")} if rng.random() < 0.2 else {}
            else:
                other["state"] = rng.choice(("high", "normal", lab["state"], "H", "N"))
            before = rng.choice((-2, 0, 0, 1, 30, 60, 100, 300, 366, 700))
            other["date"] = self._moment(rng, day - timedelta(days=before))
            yield other

    @staticmethod
    def _moment(rng: random.Random, day: date) -> str:
        if rng.random() < 0.6:
            return str(day)
        zone = rng.choice(("", "", "Z", "+01:00", "-05:30"))
        return f"{day}T{rng.choice(('00:10', '08:30', '09:00', '23:40'))}:00{zone}"

    def _sorted(self, tables: Tables) -> Tables:
        if self.plain:
            return tables
        rng = random.Random(f"{self.patients.seed} slips")
        for row in tables.rows["result"]:
            if rng.random() < 0.08:
                row.update(rng.choice(_WRONG))
        return tables


def rounded(lab: Mapping[str, Any]) -> dict[str, Any]:
    """A result whose numbers have as many places as the tables have."""
    return {
        key: f"{Decimal(value).quantize(ULP):f}" if key in _NUMBERS else value
        for key, value in lab.items()
    }


def as_tables_of(patients: Patients, documents: Mapping[str, Mapping[str, Any]]) -> Tables:
    """Cases in the form of the case schema, by the key of the patient, as tables."""
    tables = Tables()
    for patient, document in documents.items():
        for name, row in rows_of_case(patient, document, patients.lexicon):
            tables.rows[name].append(row)
    return tables
