"""A statement leads to its sentence in the reader's own copy, and says what agreed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.model.copies import check_place
from kg.model.errors import UnknownTermError, UsageError
from kg.model.statements import Place, decode_text, digest_of, normalise_sentence
from kg.model.vocabulary import EG, IRI, PREFIXES
from kg.show.graph import render_statement
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows
from kg.store.statements import find_statement, read_statement, read_statements

ARTICLE = "A heading\n\n  • Of frogs, 2 in 3 are green 1, 4\n  2. Toads are not 3:\n"
SENTENCE = "Of frogs, 2 in 3 are green"


def _place(text: str = ARTICLE) -> Place:
    start = text.index("Of frogs")
    return Place(
        document="X",
        title="frogs",
        review="pending",
        document_digest=digest_of(text.encode()),
        section="1",
        section_title="colours",
        item="1",
        line=3,
        start=start,
        end=text.index("\n", start),
        digest=digest_of(SENTENCE.encode()),
        highest=4,
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  • Of frogs, 2 in 3 are green 1, 4", SENTENCE),
        ("2. Toads  are not 3:", "Toads are not:"),
        ("The year was 1993", "The year was 1993"),
        ("Some 12 1", "Some 12"),
        ("Nothing cited.", "Nothing cited."),
        ("", ""),
    ],
)
def test_a_line_is_normalised(line: str, expected: str) -> None:
    """Bullet, item number and citation numbers are no part of a sentence; other numbers are."""
    assert normalise_sentence(line, 4) == expected


def test_the_sentence_is_found_in_the_version_that_was_read(tmp_path: Path) -> None:
    """Digest, line and characters agree in the very document."""
    (tmp_path / "other.txt").write_text("Something else.\n", "utf-8")
    (tmp_path / "frogs.txt").write_text(ARTICLE, "utf-8")

    found = check_place(_place(), tmp_path)

    assert (found.file, found.same_document) == ("frogs.txt", True)
    assert (found.line_agrees, found.characters_agree, found.found_at) == (True, True, (3,))
    assert found.sentence == SENTENCE


def test_a_sentence_that_moved_is_found_by_its_digest(tmp_path: Path) -> None:
    """In another version the digest still finds it, and line and characters are said to differ."""
    (tmp_path / "frogs.txt").write_text(f"A new first line\n{ARTICLE}", "utf-8")

    found = check_place(_place(), tmp_path)

    assert not found.same_document
    assert (found.line_agrees, found.characters_agree, found.found_at) == (False, False, (4,))
    assert found.sentence == SENTENCE


def test_a_sentence_that_changed_is_not_shown(tmp_path: Path) -> None:
    """What has another digest is not the sentence that was read."""
    changed = ARTICLE.replace("green", "brown")
    (tmp_path / "frogs.txt").write_text(changed, "utf-8")

    found = check_place(replace(_place(), document_digest=digest_of(changed.encode())), tmp_path)

    assert found.same_document
    assert found.sentence == ""
    assert (found.line_agrees, found.characters_agree) == (False, False)


def test_a_folder_without_the_document_finds_nothing(tmp_path: Path) -> None:
    """Neither an empty folder nor binary files are taken for the document."""
    (tmp_path / "picture").write_bytes(b"\xff\xd8\x00" * 100)

    assert check_place(_place(), tmp_path).file == ""


def test_line_ends_and_accents_do_not_matter() -> None:
    """A copy saved with other line ends or composed otherwise is read as the same text."""
    assert decode_text("e\u0301\r\nb\rc".encode()) == "é\nb\nc"


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """A wrong folder is an error of use."""
    with pytest.raises(UsageError, match="not a folder"):
        check_place(_place(), tmp_path / "nowhere")


def test_a_statement_is_read_with_all_its_qualifiers(knowledge: KnowledgeGraph) -> None:
    """What a statement says, where it stands and what it cites come as one value."""
    statement = read_statement(knowledge.store, find_statement(knowledge.store, "a005"))

    assert statement.id == "A005"
    assert statement.values(EG.subject) == ("vitamin D deficiency",)
    assert statement.values(EG.frequency) == ("a common cause",)
    assert statement.place is not None
    assert (statement.place.document, statement.place.line, statement.place.highest) == ("A", 26, 7)
    assert [(each.number, each.status) for each in statement.citations] == [(1, "unresolved")]


@pytest.mark.parametrize(
    "name", ["A005", "st:A005", "https://w3id.org/etiograph/statement/A005", " a005 "]
)
def test_a_statement_is_found_by_id_and_iri(knowledge: KnowledgeGraph, name: str) -> None:
    """The id that an answer prints is enough."""
    assert find_statement(knowledge.store, name).endswith("/A005")


@pytest.mark.parametrize("name", ["", "A999", "eg:MultipleMyeloma", "doc:A", "x" * 10_000])
def test_what_is_no_statement_is_refused(knowledge: KnowledgeGraph, name: str) -> None:
    """A name that no statement has is an error with the nearest ids."""
    with pytest.raises(UnknownTermError):
        find_statement(knowledge.store, name)


def test_background_is_said_to_be_background(knowledge: KnowledgeGraph) -> None:
    """Common knowledge is never shown as a statement of a document."""
    store = knowledge.store
    statement = read_statement(store, find_statement(store, "liver-in-hepatobiliary-system"))

    assert statement.background
    assert statement.place is None
    assert "no document" in render_statement(statement, None, "text")


def test_no_sentence_is_written_to_json(knowledge: KnowledgeGraph, tmp_path: Path) -> None:
    """A sentence is shown to its reader, and goes into no file."""
    (tmp_path / "frogs.txt").write_text(ARTICLE, "utf-8")
    statement = read_statement(knowledge.store, find_statement(knowledge.store, "A005"))
    checked = check_place(_place(), tmp_path)

    assert SENTENCE not in render_statement(statement, checked, "json")
    assert SENTENCE in render_statement(statement, checked, "text")


@pytest.mark.parametrize("document", ["A", "B"])
def test_every_locator_agrees_with_the_article(
    knowledge: KnowledgeGraph, texts: Path, document: str
) -> None:
    """Every statement stands where the graph says: line, characters and digest."""
    of = IRI(PREFIXES["doc"] + document)
    rows = shipped_rows(knowledge.store, "ask/statements_of", document=[of])
    ids = dict.fromkeys(term for term, _ in rows if isinstance(term, IRI))
    statements = read_statements(knowledge.store, tuple(ids))

    found = {each.id: check_place(each.place, texts) for each in statements if each.place}

    assert found
    assert [
        name
        for name, each in found.items()
        if not (each.same_document and each.line_agrees and each.characters_agree)
    ] == []
