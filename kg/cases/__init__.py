"""Cases: what is known of one patient, and the facts that reasoning starts from."""

from __future__ import annotations

from kg.cases.model import CASE, Case, Given, Notice
from kg.cases.reading import read_case
from kg.cases.results import LabResult
from kg.cases.series import Contradiction, Unused
from kg.cases.treatments import Course
from kg.cases.typed import parse_lab

__all__ = [
    "CASE",
    "Case",
    "Contradiction",
    "Course",
    "Given",
    "LabResult",
    "Notice",
    "Unused",
    "parse_lab",
    "read_case",
]
