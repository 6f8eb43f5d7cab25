"""FHIR: the record of one patient as a case."""

from __future__ import annotations

from kg.case.fhir.model import Flagged, Ignored, Reading
from kg.case.fhir.reading import read, read_case

__all__ = ["Flagged", "Ignored", "Reading", "read", "read_case"]
