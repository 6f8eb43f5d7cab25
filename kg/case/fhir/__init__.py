"""FHIR: the record of one patient as the plain dictionary of a case.

- `resources`: the resources of an input, and their elements read with their types
- `contained`: results that stand inside a report or a panel
- `codes`: the one term that a code stands for
- `maps`: codes of a hospital, by its ConceptMaps
- `conditions`: conditions and medication
- `ranges`: units and reference ranges
- `observations`: results, and findings
- `builder`: what was read, collected; what was left out, and why
- `definitions`: ranges of a laboratory
- `orders`: drugs of orders that are being written
- `doses`: repeated administrations as treatments
- `versions`: records in an older version of FHIR
- `record`: all of it for one patient
"""

from __future__ import annotations

from kg.case.fhir.builder import Ignored, Reading
from kg.case.fhir.record import case_of, parse_record, read_case

__all__ = ["Ignored", "Reading", "case_of", "parse_record", "read_case"]
