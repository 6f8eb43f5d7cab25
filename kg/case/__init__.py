"""Cases: what is known of one patient, from any form of it to the facts that reasoning starts from.

    typed text   parse.parse_options ─┐
    JSON         document.parse_json  ├─ dictionary ── resolve ── Case ── facts.case_facts
    Turtle       turtle.parse_turtle  │
    FHIR         fhir.parse_record   ─┘

- `model`: the values, which know no reader and no writer
- `dates`: days as they were written, and their order
- `quantities`: numbers, units and reference ranges, kept exactly
- `document`: the plain dictionary of the published schema: its form, JSON, the shipped questions
- `names`: what is typed for a term, with the words beside it; what is no name is left
- `parse`: what is typed, as that dictionary
- `turtle`: the same case as Turtle, read and written
- `resolve`: the dictionary and a lexicon as a case
- `labs`: one result, and why what is not used of it is not
- `ranges`: reference ranges of a laboratory, for results without one
- `merge`: what stands beside a record
- `series`: several results of one measurement, and the change between them
- `normalise`: everything that was said, without what contradicts itself
- `together`: what results mean beside each other
- `figures`: a result in the units that rules have limits in; what recipes are worked out with
- `timeline`: changes, persistence over results and days from an event
- `derived`: what rules ask for and no laboratory reports, worked out as recipes say
- `suppose`: a case with something supposed
- `facts`: the facts of a case
- `words`: a question in words, as the options that it stands for
- `fhir`: the record of a patient, as that dictionary
"""

from __future__ import annotations

from kg.case.document import case_to_json, parse_json
from kg.case.facts import case_bounds, case_facts, fact_parts, fact_source
from kg.case.model import (
    CASE,
    Case,
    Contradiction,
    Course,
    Given,
    LabResult,
    Notice,
    Unused,
)
from kg.case.parse import parse_lab, parse_options
from kg.case.resolve import read_case, resolve_case, resolve_lab

__all__ = [
    "CASE",
    "Case",
    "Contradiction",
    "Course",
    "Given",
    "LabResult",
    "Notice",
    "Unused",
    "case_bounds",
    "case_facts",
    "case_to_json",
    "fact_parts",
    "fact_source",
    "parse_json",
    "parse_lab",
    "parse_options",
    "read_case",
    "resolve_case",
    "resolve_lab",
]
