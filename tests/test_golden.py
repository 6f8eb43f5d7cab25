"""Answers, proofs and why-nots are those of the commit before, in every form.

A guard for changes that shall move nothing. When an answer is meant to move, review the texts
(`python tests/golden.py texts FOLDER`) and write the digests anew (`python tests/golden.py`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import FORMS, RECORDS, golden_graph, question_digests, read_digests, records_digest


@pytest.mark.slow
def test_nothing_has_moved() -> None:
    """Every shipped question has the answer, the proofs and the why-nots that were reviewed."""
    was, now = read_digests(), question_digests(golden_graph())

    moved = {
        f"{name}: {form}"
        for name, digests in now.items()
        for form, old, new in zip(FORMS, was.get(name, FORMS), digests, strict=True)
        if old != new
    }
    assert moved == set()
    assert was.keys() - {RECORDS} == now.keys()


@pytest.mark.slow
def test_no_fhir_record_has_moved(suites: Path) -> None:
    """The same of all FHIR records of the test suites together."""
    if not (suites / "fhir").is_dir():
        pytest.skip("the folder of test suites does not hold fhir")

    assert [records_digest(golden_graph(), suites)] == read_digests()[RECORDS]
