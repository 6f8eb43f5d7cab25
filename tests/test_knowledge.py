"""Knowledge tests are data: cases in which each statement speaks or is silent."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from curating import run
from hypothesis import given
from hypothesis import strategies as st

from kg.curate.knowledge.entries import (
    Entries,
    accept,
    check_entries,
    read_entries,
    speaking,
    write_entries,
)
from kg.curate.knowledge.search import Case, Search, Witness, answer_case, atoms_of, effects_of
from kg.store.knowledge import KnowledgeGraph

FOLDER = Path(__file__).parent / "knowledge"
FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_statement_does_what_its_test_says(path: Path, whole: KnowledgeGraph) -> None:
    """In the cases that a curator accepted, each statement says what it said, or nothing."""
    entries = read_entries(path, path.stem)

    deviations = check_entries(entries, whole)

    assert entries.tests
    assert not deviations, "\n".join(map(str, deviations))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_statement_that_speaks_has_a_test(path: Path, whole: KnowledgeGraph) -> None:
    """No statement that carries an axiom or agrees with one is left out of the file."""
    entries = read_entries(path, path.stem)

    assert {*entries.tests, *entries.unreached} == set(speaking(whole, path.stem))


# ── Accepting ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(name="found", scope="module")
def _found(knowledge: KnowledgeGraph) -> Entries:
    """Give the tests that are made of two statements."""
    return accept(Entries("A", {}), knowledge, ["A004", "A027"], ()).entries


@pytest.mark.slow
def test_a_test_is_made_of_the_least_case(found: Entries, knowledge: KnowledgeGraph) -> None:
    """Every entry of a case is needed, and the silent case differs from it in one."""
    search = Search(knowledge, found.tests)

    for statement, test in found.tests.items():
        assert test.gives == search.effects(test.fires)[statement]
        for atom in atoms_of(test.fires):
            fewer: Case = {"conditions": [], "labs": []}
            for key, value in (each for each in atoms_of(test.fires) if each != atom):
                fewer.setdefault(key, []).append(value)
            assert search.effects(fewer).get(statement) != test.gives
        assert test.silent is not None
        assert statement not in search.effects(test.silent)
        entries = [list(atoms_of(case)) for case in (test.fires, test.silent)]
        assert sum(each not in entries[1] for each in entries[0]) == 1


@pytest.mark.slow
def test_what_holds_is_kept_as_it_is(found: Entries, knowledge: KnowledgeGraph) -> None:
    """Accepting again changes nothing, not even for a case that a curator chose."""
    labs = found.tests["A004"].fires["labs"]
    case = {"conditions": ["multiple myeloma", "osteoporosis"], "labs": labs}
    answer = answer_case(knowledge, case)
    assert answer is not None
    chosen = replace(found.tests["A004"], fires=case, gives=effects_of(answer)["A004"])
    entries = Entries("A", {**found.tests, "A004": chosen})

    again = accept(entries, knowledge, entries.tests, ())

    assert again.unchanged
    assert again.entries == entries


@pytest.mark.slow
def test_what_changed_is_shown_and_written(found: Entries, knowledge: KnowledgeGraph) -> None:
    """A verdict that is another one now is told with both, and the file gets the new one."""
    right = found.tests["A004"]
    wrong = replace(right, gives=("cause: vitamin D deficiency, excluded",))

    done = accept(Entries("A", {"A004": wrong}), knowledge, ["A004"], ())

    (change,) = done.changed
    assert "wanted cause: vitamin D deficiency, excluded; found cause: vitamin D" in str(change)
    assert done.entries.tests == {"A004": right}
    assert not done.unchanged


@pytest.mark.slow
def test_a_statement_that_speaks_no_more_goes(found: Entries, knowledge: KnowledgeGraph) -> None:
    """The test of a statement that carries nothing any more is taken out, and named."""
    done = accept(found, knowledge, ["A004"], ())

    assert done.gone == ("A027",)
    assert set(done.entries.tests) == {"A004"}


@pytest.mark.slow
def test_a_statement_without_a_case_is_named(knowledge: KnowledgeGraph) -> None:
    """What speaks in no case that was tried is listed, and not passed over."""
    done = accept(Entries("A", {}), knowledge, ["A999"], ())

    assert (done.entries.tests, done.entries.unreached) == ({}, ("A999",))


def test_a_denial_stands_against_its_cause_and_carries_none(knowledge: KnowledgeGraph) -> None:
    """What a statement denies never rests on it, in any case that a curator accepted."""
    entries = {path.stem: read_entries(path, path.stem) for path in FILES}
    test = entries["B"].tests["B006"]

    answer = answer_case(knowledge, test.fires)

    assert [each.partition(":")[0] for each in test.gives] == ["denial"]
    assert answer is not None
    assert not [each for each in answer.causes if "B006" in each.statements]


def test_no_statement_that_does_something_is_without_a_case() -> None:
    """Each one speaks in a row, denies one, or agrees with one."""
    assert [read_entries(path, path.stem).unreached for path in FILES] == [()] * len(FILES)


NAMES = st.text(alphabet="aB1 :,#[]{}\"'%-µ", min_size=1).filter(lambda text: text.strip() == text)
CASES = st.fixed_dictionaries(
    {
        "conditions": st.lists(NAMES, min_size=1, max_size=3),
        "labs": st.lists(
            st.fixed_dictionaries({"marker": NAMES, "baseline": st.booleans()}), min_size=1
        ),
    }
)


@given(CASES, st.lists(NAMES, min_size=1), st.none() | CASES)
def test_a_file_gives_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    fires: dict[str, object],
    gives: list[str],
    silent: dict[str, object] | None,
) -> None:
    """Whatever the names in a case, the file that is written is read as the same tests."""
    entries = Entries("A", {"A001": Witness(fires, tuple(gives), silent)}, ("A002",))
    path = tmp_path_factory.getbasetemp() / "knowledge.yaml"
    path.write_text(write_entries(entries, lambda _: "words"), "utf-8")

    assert read_entries(path, "A") == entries


@pytest.mark.slow
@pytest.mark.usefixtures("knowledge")
def test_accept_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run writes the tests, the second finds them as they are, and --check minds.

    Of an article with few statements: those that are written stand in `tests/knowledge`.
    """
    monkeypatch.setattr(
        "kg.curate.knowledge.entries.speaking", lambda *asked: islice(speaking(*asked), 4)
    )
    arguments = ("accept", "B", "--output", tmp_path)

    unwritten = run(*arguments, "--check", code=1)
    run(*arguments)
    first = (tmp_path / "B.yaml").read_bytes()
    run(*arguments)

    assert " 0 changed, 0 gone." in unwritten
    assert (tmp_path / "B.yaml").read_bytes() == first
    assert "0 new, 0 changed, 0 gone" in run(*arguments, "--check")
    assert "no statement of a document Q" in run("accept", "Q", "--output", tmp_path, code=2)
