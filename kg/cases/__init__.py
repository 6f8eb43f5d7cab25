"""Cases: what is known of one patient, and the facts that reasoning starts from."""

from __future__ import annotations

from kg.cases.labs import LabResult, parse_lab
from kg.cases.model import CASE, Case, Contradiction, Given, Unused
from kg.cases.reading import read_case

__all__ = [
    "CASE",
    "Case",
    "Contradiction",
    "Given",
    "LabResult",
    "Unused",
    "parse_lab",
    "read_case",
]
