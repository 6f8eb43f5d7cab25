"""Real codes, as records of several countries hold them, mean what they should."""

from __future__ import annotations

from collections import Counter

import pytest
from golden_codes import NONE, Read, golden_codes, read_all, recall, report

from kg.model.terms import Lexicon

FEWEST = 300


@pytest.fixture(scope="module")
def read(lexicon: Lexicon) -> list[Read]:
    """What each code of the table was read as."""
    return list(read_all(lexicon, golden_codes()))


def test_the_table_is_large_and_has_no_line_twice() -> None:
    """At least three hundred codes, each once, each with a source."""
    codes = golden_codes()
    count = Counter((each.system, each.code) for each in codes)

    assert len(codes) >= FEWEST
    assert [code for code, times in count.items() if times > 1] == []
    assert all(each.source and each.expected for each in codes)


def test_codes_are_read(read: list[Read]) -> None:
    """At least 95 in 100 codes that mean a term are read as it, in each terminology."""
    systems = {each.golden.system for each in read}
    found = {name: recall(each for each in read if each.golden.system == name) for name in systems}

    assert {name: part for name, part in found.items() if part < 0.95} == {}


def test_no_code_is_read_as_another_term(read: list[Read]) -> None:
    """Not one code stands for a term that it does not mean: a trap costs more than a miss."""
    wrong = [(each.golden.system, each.golden.code, each.term) for each in read if each.wrong]

    assert wrong == []
    assert sum(each.golden.expected == NONE for each in read) >= 100


def test_every_expected_term_is_one(read: list[Read], lexicon: Lexicon) -> None:
    """A misspelt term in the table would never be found."""
    names = {name for each in read for name in each.golden.expected.split("+")} - {NONE}

    assert {name for name in names if not lexicon.called(name)} == set()


def test_the_report_names_what_is_missed(read: list[Read]) -> None:
    """A line for each terminology, and one for each code that is not read."""
    missed = [each._replace(term=NONE) for each in read[:3]]
    lines = list(report([*missed, *read[3:]]))

    assert lines[0].split()[:3] == ["terminology", "codes", "read"]
    assert sum(": wanted " in line for line in lines) == 3


def test_codes_of_no_classification_have_no_place(lexicon: Lexicon) -> None:
    """A code of SNOMED CT, LOINC or RxNorm says nothing by the digits that it begins with."""
    assert {"SNOMEDCT", "LOINC", "RXNORM", "MESH"}.isdisjoint(lexicon.classifications)
    assert lexicon.uses("RXNORM:460411") == ()
