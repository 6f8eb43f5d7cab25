"""Cases: what is known of one patient, and the facts that reasoning starts from."""

from __future__ import annotations

from kg.case.model import CASE, Case, Given, Notice
from kg.case.reading import read_case
from kg.case.results import LabResult
from kg.case.series import Contradiction, Unused
from kg.case.treatments import Course
from kg.case.typed import parse_lab

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
