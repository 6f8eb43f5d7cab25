"""What is typed of a patient is read as a clinician means it, and never as something near to it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kg.case import Case, case_to_json, read_case, resolve_case
from kg.case.facts import case_facts
from kg.cli import main
from kg.model.errors import UnknownTermError
from kg.model.terms import Kind, Lexicon

DATA = Path(__file__).parent / "data"
TYPED: dict[str, dict[str, str]] = tomllib.loads((DATA / "typed_facts.toml").read_text("utf-8"))
CASES: dict[str, dict[str, Any]] = tomllib.loads((DATA / "typed_cases.toml").read_text("utf-8"))
FACTS = [(option, typed, to) for option, rows in TYPED.items() for typed, to in rows.items()]
NEAR = [
    (Kind.MARKER, ("TSH", "AFP", "IgG", "osteocalcin")),
    (Kind.CONDITION, ("hyperthyroidism", "hyperphosphatasia", "coeliac disease", "liver abscess")),
    (Kind.DRUG, ("zoledronic", "romosozumab", "prednisol", "aledronate plus")),
]
"""Names that share letters with terms that they are not."""


def _read(option: str, typed: str, lexicon: Lexicon) -> Case:
    match option:
        case "has":
            return read_case(lexicon, has=[typed])
        case "drug":
            return read_case(lexicon, drugs=[typed])
        case _:
            return read_case(lexicon, labs=[f"{typed}=high"])


def _as_written(case: Case, option: str) -> str:
    """What became of the one fact of a case, as the file says it."""
    if case.unused:
        return case.unused[0].kind
    if option == "lab":
        return case.labs[0].marker.label
    if case.denied:
        return f"no {case.denied[0].label}"
    (entry,) = (*case.conditions, *case.drugs)
    return f"{entry.label}, kept" if case.words else entry.label


@pytest.mark.parametrize(("option", "typed", "expected"), FACTS)
def test_a_typed_fact_is_read_as_it_is_meant(
    lexicon: Lexicon, option: str, typed: str, expected: str
) -> None:
    """A term, its denial, or a name at the head of the answer: as the table says, and once."""
    case = _read(option, typed, lexicon)

    assert _as_written(case, option) == expected
    assert len(case.unused) + len(case.given) == 1
    assert len(case.notices) == len(case.unused)


def test_there_are_enough_of_them() -> None:
    """The table has facts of every option, and of everything that can become of one."""
    fates = {to.partition(",")[2] or to for _, _, to in FACTS}

    assert len(FACTS) >= 60
    assert fates >= {"not covered", "ambiguous", "not used", " kept"}


@pytest.mark.parametrize(("kind", "name"), [(k, name) for k, names in NEAR for name in names])
def test_nothing_is_offered_that_is_farther_than_a_slip(
    lexicon: Lexicon, kind: Kind, name: str
) -> None:
    """A name is never answered with another disease, drug or test that it resembles."""
    with pytest.raises(UnknownTermError) as caught:
        lexicon.find(name, kind)

    assert caught.value.suggestions == ()


def test_the_words_stand_beside_the_term(lexicon: Lexicon) -> None:
    """The answer repeats what was typed where it says more than the term, and JSON keeps it."""
    case = read_case(
        lexicon, has=["hip fracture", "severe osteoporosis"], drugs=["iv Zometa@2025-01-10"]
    )

    given = {each.label: each.given for each in case.given}
    assert given == {
        "fracture": "hip fracture",
        "osteoporosis": "severe osteoporosis",
        "zoledronate": "iv Zometa",
    }
    again = resolve_case(case_to_json(case), lexicon)
    assert again.given == case.given
    assert case_facts(again) == case_facts(case)


@pytest.mark.parametrize("typed", ["severe osteoporosis", "light-chain myeloma"])
def test_that_a_kind_is_not_there_denies_not_the_term(lexicon: Lexicon, typed: str) -> None:
    """Who has no severe osteoporosis may have osteoporosis, however the denial is said."""
    for case in (
        read_case(lexicon, findings=[f"{typed}=no"]),
        read_case(lexicon, has=[f"no {typed}"]),
        resolve_case({"absent": [typed]}, lexicon),
    ):
        assert case.denied == ()
        assert "a kind of" in case.unused[0].reason


def test_a_denial_of_a_denial_is_not_used(lexicon: Lexicon) -> None:
    """`no bone pain=no` could be meant either way."""
    case = read_case(lexicon, findings=["no bone pain=no"])

    assert (case.denied, case.conditions) == ((), ())
    assert case.unused[0].reason == "double negation"


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("name", CASES)
def test_a_case_is_answered_at_the_first_try(name: str) -> None:
    """What a newcomer types has an answer: what is known is used, and the rest stands at its head.

    Nothing is asked again, no alert is lost, and what is left out is all that is left out.
    """
    typed = CASES[name]

    result = CliRunner().invoke(main, ["ask", *typed["args"], "--format", "json"])

    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    shown = CliRunner().invoke(main, ["ask", *typed["args"], "--show", "all"]).stdout
    head = " ".join(shown.partition("SOURCES")[0].split())
    for fact in typed["given"]:
        assert fact in head
    assert [each["given"] for each in answer["unused"]] == typed.get("left", [])
    for each in typed.get("left", []):
        assert each in head
    alerts = " ".join(each["text"] for each in answer["alerts"])
    assert typed.get("alert", "") in alerts
