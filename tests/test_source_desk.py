"""A curator's desk: a look while one writes, and two curators' files of one text."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from article_files import FILE, read_changed, small_words
from curating import run

from kg.compile import builder
from kg.curate.sources.compare import Comparison, cohens_kappa, compare_articles
from kg.curate.verify import check_words
from kg.curate.watch import Before, look, snapshot, wait_for_change
from kg.model.copies import Copy
from kg.model.errors import UsageError
from kg.store.knowledge import KnowledgeGraph

# ── Two curators ──────────────────────────────────────────────────────────────────────────────


def _compared(tmp_path: Path, *changes: tuple[str, str]) -> Comparison:
    """The small file against the same with some of its text changed."""
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()
    one, two = read_changed(folders[0]), read_changed(folders[1], *changes)
    return compare_articles(one, two, small_words())


def test_the_same_file_agrees_with_itself(tmp_path: Path) -> None:
    """Every field agrees in every record, and none is listed."""
    found = _compared(tmp_path)

    assert (found.records, found.pairs, found.differing) == ((2, 2), 2, ())
    assert {each.percent for each in (found.lines, *found.fields)} == {100}


def test_a_field_that_differs_is_counted_and_listed(tmp_path: Path) -> None:
    """Agreement of the field falls, the record is named with both values, other fields stand."""
    found = _compared(tmp_path, ("modality: may,", "modality: asserts,"))

    agreement = {each.field: (each.compared, each.same) for each in found.fields}
    assert agreement["modality"] == (2, 1)
    assert agreement["subject"] == (2, 2)
    (differing,) = found.differing
    assert (differing.line, differing.one, differing.other) == (4, "C002", "C002")
    assert [each.field for each in differing.fields] == ["modality"]


def test_records_are_paired_by_what_they_say(tmp_path: Path) -> None:
    """Names of records do not count: what two curators number otherwise is still the same."""
    found = _compared(
        tmp_path, ("      - C001: ", "      - C003: "), ("restates: C001", "restates: C003")
    )

    fields = {each.field for differing in found.differing for each in differing.fields}
    assert found.pairs == 2
    assert fields == {"restates"}


def test_a_record_of_one_curator_alone_is_listed(tmp_path: Path) -> None:
    """What only one of them saw is named with its line, and lowers the agreement on lines."""
    start = FILE.index("      - C002:")
    found = _compared(tmp_path, (FILE[start:], ""))

    assert [(each.line, each.one, each.other) for each in found.differing] == [(4, "C002", "")]
    assert (found.lines.compared, found.lines.same) == (5, 4)


def test_files_of_two_texts_are_not_compared(tmp_path: Path) -> None:
    """Agreement on different texts means nothing."""
    with pytest.raises(UsageError, match="not of the same text"):
        _compared(tmp_path, ("jaiiMcTb", "kaiiMcTb"))


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ("aa aa bb bb", "1.00"),
        ("aa ab ba bb", "0.00"),
        ("aa aa aa bb bb bb ab ba ab bb", "0.40"),
        ("ab ba", "-1.00"),
        ("aa aa", None),
        ("", None),
    ],
)
def test_kappa_is_agreement_beyond_chance(pairs: str, kappa: str | None) -> None:
    """Cohen's kappa: 1 for full agreement, 0 for that of chance, none where nothing varies."""
    found = cohens_kappa([(each[0], each[1]) for each in pairs.split()])

    assert found == (None if kappa is None else Decimal(kappa))


# ── Copied words ──────────────────────────────────────────────────────────────────────────────


def test_copied_words_are_shown(tmp_path: Path) -> None:
    """Where words are a text's own, the whole run of them stands in the finding, with its line."""
    path = tmp_path / "C.yaml"
    path.write_text(
        "words: >\n  so\n  one two three four five six\n  seven eight nine ten\n", "utf-8"
    )
    copy = Copy("a.txt", "", "One two, three four five six seven (eight) nine. And more.")

    (finding,) = check_words([path], [copy], []).findings

    assert "“one two three four five six seven eight nine”" in finding.message
    assert finding.place == f"{path}:3"


# ── A look while one writes ───────────────────────────────────────────────────────────────────


@pytest.fixture(name="unbuilt")
def _unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the built graph for whatever is built."""
    monkeypatch.setattr(builder, "of_folder", lambda _, **_given: builder.ready())


def _write(ontology: Path, text: str) -> Path:
    path = ontology / "articles" / "Z.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_look_stops_at_the_first_error(ontology: Path) -> None:
    """A file that is no article is named with its line, and nothing is built of it."""
    path = _write(ontology, "document:\n  id: Z\n  tilte: x\n")

    (step,) = look(ontology)

    assert step.errors[0].startswith(f"{path}:3")
    assert "tilte" in step.errors[0]


@pytest.mark.slow
@pytest.mark.usefixtures("unbuilt")
def test_a_look_shows_the_answers_that_move(ontology: Path, knowledge: KnowledgeGraph) -> None:
    """Of the shipped questions those are named that the graph answers otherwise than before."""
    before = Before("earlier", knowledge, {"child": "it could not be asked"})

    steps = list(look(ontology, before=before))

    assert [step.errors for step in steps] == [()] * len(steps)
    assert [each.question for each in steps[-1].moved] == ["child"]
    assert steps[-1].told.startswith("1 of ")


@pytest.mark.usefixtures("unbuilt", "knowledge")
def test_one_look_has_an_exit_code(ontology: Path) -> None:
    """A tool that runs one look learns from its exit code whether something is wrong."""
    arguments = ("watch", "--once", "--ontology", ontology)

    right = run(*arguments)
    _write(ontology, "document: {}\n")
    wrong = run(*arguments, code=1)

    assert "move against" in right
    assert "1 error" in wrong


def test_a_change_is_noticed_when_it_is_whole(ontology: Path) -> None:
    """A file that is still being written is waited for, and each state is looked at once."""
    path = _write(ontology, "a")
    seen = snapshot(ontology)
    states = iter(["a", "a b", "a b c", "a b c", "a b c d"])

    def pause() -> None:
        path.write_text(state := next(states), "utf-8")
        os.utime(path, ns=(len(state), len(state)))

    found = wait_for_change(ontology, seen, pause)

    assert found[path][1] == len("a b c")
    assert list(states) == ["a b c d"]


def test_compare_command(tmp_path: Path) -> None:
    """Both files are read with the words of the ontology, and JSON has the same figures."""
    text = FILE.replace("raised-ferritin", "raised-serum-alp").replace(
        "Inflammation", "Osteoporosis"
    )
    text = f"{text[: text.index(', not stated: [population')]}}}\n"
    one, other = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(text, "utf-8")
    other.write_text(text.replace("modality: may", "modality: asserts"), "utf-8")

    said = run("compare", one, other, code=1)
    found = json.loads(run("compare", one, other, "--format", "json", code=1))

    assert "modality: " in said
    assert [each["field"] for each in found["fields"][:2]] == ["kind", "subject"]
    assert found["differing"][0]["fields"][0]["field"] == "modality"
    assert run("compare", one, one).splitlines()[-1] == "RECORDS: none differs"
