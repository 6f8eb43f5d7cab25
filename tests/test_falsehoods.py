"""Of every falsehood in a list, a check of the article files says where it is.

The list is data: `tests/data/falsehoods.toml`. Each is planted in a copy of the files of the two
articles, alone, and found by the rule that is named, in the file and in the lines that are wrong.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from falsehoods import Desk, Falsehood

from kg.model.copies import read_copies

TABLE = Path(__file__).parent / "data" / "falsehoods.toml"
LIST = tuple(
    Falsehood(
        name=each["name"],
        file=each["file"],
        rule=each["rule"],
        edits=tuple((old, new) for old, new in each["edits"]),
        record=each.get("record", ""),
        at=each.get("at", ""),
        needs_text=each.get("needs_text", False),
    )
    for each in tomllib.loads(TABLE.read_text("utf-8"))["falsehood"]
)
OF_FILES = [each for each in LIST if not each.needs_text]
OF_TEXTS = [each for each in LIST if each.needs_text]


@pytest.fixture(name="desk", scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("falsehoods"))


@pytest.fixture(name="desk_with_texts", scope="module")
def _desk_with_texts(tmp_path_factory: pytest.TempPathFactory, texts: Path) -> Desk:
    return Desk(tmp_path_factory.mktemp("falsehoods"), read_copies(texts))


def test_the_list_is_long() -> None:
    """More than forty falsehoods need no text to be found, and each is another."""
    assert len(OF_FILES) >= 40
    assert len({each.name for each in LIST}) == len(LIST)


@pytest.mark.slow
def test_nothing_is_false_in_the_files(desk: Desk) -> None:
    """The files as they are have no error, so that what is found was planted."""
    assert [each for each in desk.findings() if each.level == "error"] == []


@pytest.mark.slow
@pytest.mark.parametrize("falsehood", OF_FILES, ids=lambda each: each.name)
def test_a_falsehood_is_refused(desk: Desk, falsehood: Falsehood) -> None:
    """A falsehood is an error with its file and line."""
    _refused(desk, falsehood)


@pytest.mark.parametrize("falsehood", OF_TEXTS, ids=lambda each: each.name)
def test_a_falsehood_is_refused_beside_the_text(
    desk_with_texts: Desk, falsehood: Falsehood
) -> None:
    """What only the text can refute is an error with its file and line, where the text is given."""
    _refused(desk_with_texts, falsehood)


def _refused(desk: Desk, falsehood: Falsehood) -> None:
    found, lines = desk.plant(falsehood)

    places = {f"{desk.path(falsehood)}:{line}" for line in lines}
    errors = [each for each in found if each.level == "error" and each.rule == falsehood.rule]
    assert errors, found
    assert {each.place for each in errors} & places, (errors, lines)
