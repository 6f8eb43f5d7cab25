"""Statements that speak of the same are found by their terms; links made by hand confirm them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.curate.conflicts import Pair, Relation, Said, find_pairs, pairs_of
from kg.store.knowledge import KnowledgeGraph

GOLDEN = tomllib.loads((Path(__file__).parent / "data" / "conflicts.toml").read_text("utf-8"))
LINKS = {
    "conflicts with", "in tension with", "differs in scope from", "differs in analyte from",
    "narrows", "restates", "restates more weakly",
}  # fmt: skip
ABOVE = {
    "diver": {"case"},
    "deep diver": {"diver", "case"},
    "miner": {"case"},
    "stone": {"thing"},
    "pebble": {"stone", "thing"},
}


def said(name: str, subject: str = "stone", context: str = "diver", **more: object) -> Said:
    """A statement that stones cause pain in divers, or as worded otherwise."""
    fields: dict[str, object] = {"predicate": "causes", "object": "pain", "opposed": False}
    return Said(id=name, subject=subject, context=context, **{**fields, **more})  # type: ignore[arg-type]


ONE = said("S1")
SIZED = {"analyte": "titre", "direction": "up", "grade": "severe"}
PLANTED = {
    "a denial": (said("S2", opposed=True), Relation.OTHERWISE, "S1 S2"),
    "a denial in a narrower group": (
        said("S2", context="deep diver", opposed=True), Relation.OTHERWISE, "S1 S2",
    ),
    "a denial in others": (
        said("S2", context="miner", opposed=True), Relation.OTHER_PATIENTS, "S1 S2",
    ),
    "a narrower group": (said("S2", context="deep diver"), Relation.NARROWER, "S2 S1"),
    "a wider group": (said("S2", context="case"), Relation.NARROWER, "S1 S2"),
    "a narrower thing": (said("S2", "pebble"), Relation.NARROWER, "S2 S1"),
    "a narrower thing in a narrower group": (
        said("S2", "pebble", "deep diver"), Relation.NARROWER, "S2 S1",
    ),
    "the same": (said("S2"), Relation.SAME, "S1 S2"),
}  # fmt: skip
NOTHING = {
    "another object": said("S2", object="rash", opposed=True),
    "another predicate": said("S2", predicate="reflects", opposed=True),
    "another thing": said("S2", "cyst"),
    "another thing denied": said("S2", "cyst", opposed=True),
    "a narrower thing in a wider group": said("S2", "pebble", "case"),
    "other patients, and no denial": said("S2", context="miner"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_pair_is_found(name: str) -> None:
    """One relation is found, and in the right order."""
    other, relation, ids = PLANTED[name]

    first, second = ids.split()
    assert pairs_of([ONE, other], ABOVE) == (Pair(relation, first, second),)


@pytest.mark.parametrize("name", NOTHING)
def test_what_speaks_of_something_else_is_no_pair(name: str) -> None:
    """Another thing, another relation or other patients without a denial are no conflict."""
    assert pairs_of([ONE, NOTHING[name]], ABOVE) == ()


def test_opposite_directions_are_a_conflict() -> None:
    """A marker cannot rise and fall by the same thing in the same patients."""
    up = said("S1", direction="https://w3id.org/etiograph/id/direction-increased")
    down = said("S2", direction="https://w3id.org/etiograph/id/direction-decreased")

    assert [each.relation for each in pairs_of([up, down], ABOVE)] == [Relation.OTHERWISE]
    assert [e.relation for e in pairs_of([up, said("S2")], ABOVE)] == [Relation.SAME]


def test_one_word_with_two_limits() -> None:
    """A degree that two statements draw at other numbers of one unit is another limit."""
    low, high = (
        said(f"S{number}", object=f"o{number}", limit=(number, number, "{ULN}"), **SIZED)
        for number in ("2", "5")
    )
    other_unit = said("S3", object="o3", limit=("2", "2", "%"), **SIZED)

    assert pairs_of([low, high, other_unit], ABOVE) == (Pair(Relation.ANOTHER_LIMIT, "S2", "S5"),)


def test_as_often_in_a_narrower_group() -> None:
    """One word of frequency for one thing is narrower where the group is."""
    wide = said("S1", object="a", frequency="rare")
    narrow = said("S2", object="b", context="deep diver", frequency="rare")

    assert pairs_of([wide, narrow], ABOVE) == (Pair(Relation.NARROWER, "S2", "S1"),)


def test_the_links_of_the_articles_are_found(knowledge: KnowledgeGraph) -> None:
    """What is found was linked by hand or is true when read; one link within reach is missed.

    Its two subjects are treatments of which the hierarchy says nothing.
    """
    pairs = find_pairs(knowledge.store)
    found = {f"{each.statement} {each.other}" for each in pairs}
    linked, read = set(GOLDEN["linked"]), set(GOLDEN["read"])

    assert linked - found == {"A070 A020"}
    assert found - linked == read
    assert {ids for ids in found if not _linked(pairs, ids)} <= read
    assert not found & set(GOLDEN["beyond"])


def test_the_report_shows_them() -> None:
    """The report names the relation, both statements and the link."""
    text = CliRunner().invoke(main, ["report", "conflicts"]).stdout

    assert "SAYS OTHERWISE" in text
    assert any(
        line.split()[:4] == ["B001", "B006", "conflicts", "with"] for line in text.splitlines()
    )


def _linked(pairs: tuple[Pair, ...], ids: str) -> bool:
    (pair,) = (each for each in pairs if f"{each.statement} {each.other}" == ids)
    return not LINKS.isdisjoint(pair.linked)
