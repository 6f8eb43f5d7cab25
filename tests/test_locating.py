"""The places of a whole document in a reader's copy: what changed is named, what moved is found."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curate.verify import check_places, check_words
from kg.model.citations import find_citations
from kg.model.copies import Copy, Visit, read_copies, visit_documents
from kg.model.resources import queries_dir
from kg.model.statements import (
    Place,
    Pointer,
    Statement,
    decode_text,
    digest_of,
    find_sentence,
    list_phrases,
    normalise_sentence,
)
from kg.model.vocabulary import IRI, PREFIXES
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import load
from kg.store.statements import read_statements

HIGHEST = 5
SENTENCES = (
    "  • Frogs are green 1, 4",
    "Toads are rough",
    "1. Newts have tails 2:",
    "- Some frogs, 3 in 10, climb trees",
    "Salamanders glow, it was said in 1993",
)
ARTICLE = "\n\n".join(SENTENCES) + "\n"


def _copy(text: str, name: str = "pond.txt") -> Copy:
    return Copy(name, digest_of(text.encode()), decode_text(text.encode()))


def _statements(text: str) -> tuple[Statement, ...]:
    """Give one statement for each line that is not blank."""
    copy = _copy(text)
    return tuple(_statement(copy, line) for line in copy.filled)


def _statement(copy: Copy, line: int) -> Statement:
    start, end = copy.span(line)
    written = copy.lines[line - 1]
    place = Place(
        document="X",
        title="ponds",
        review="pending",
        document_digest=copy.digest,
        section="1",
        section_title="animals",
        item=str(line),
        line=line,
        start=start,
        end=end,
        digest=digest_of(normalise_sentence(written, HIGHEST).encode()),
        highest=HIGHEST,
    )
    numbers = tuple(Pointer(each, "unresolved") for each in find_citations(written, HIGHEST))
    name = f"X{line:03}"
    return Statement(
        name, IRI(PREFIXES["st"] + name), "a paraphrase", citations=numbers, place=place
    )


def _visit(statements: Sequence[Statement], text: str) -> Visit:
    (found,) = visit_documents(statements, [_copy(text)])
    return found


def _errors(statements: Sequence[Statement], *copies: Copy) -> set[str]:
    """Give what is named as wrong."""
    report = check_places(visit_documents(statements, copies))
    return {finding.focus for finding in report.of_level("error")}


def _named(statements: Sequence[Statement], *copies: Copy) -> set[str]:
    """Give what anything is said of."""
    report = check_places(visit_documents(statements, copies))
    return {finding.focus for finding in report.findings}


def _other(character: str) -> str:
    return "y" if character in "xX" else "x"


def test_in_the_version_that_was_read_nothing_is_found_wrong() -> None:
    """Every place agrees, and there is nothing to say."""
    assert check_places(visit_documents(_statements(ARTICLE), [_copy(ARTICLE)])).findings == ()


@given(st.data())
def test_a_changed_character_names_exactly_the_statements_of_its_line(data: st.DataObject) -> None:
    """Whatever letter or number of a sentence changes, its statement is named and no other."""
    statements = _statements(ARTICLE)
    statement = data.draw(st.sampled_from(statements))
    assert statement.place is not None
    at = data.draw(st.integers(statement.place.start, statement.place.end - 1))
    changed = ARTICLE[:at] + _other(ARTICLE[at]) + ARTICLE[at + 1 :]

    assert _errors(statements, _copy(changed)) == {statement.id}


@given(
    paragraph=st.lists(st.text("abc ", min_size=1, max_size=20), min_size=1, max_size=4),
    before=st.integers(0, len(SENTENCES)),
)
def test_after_an_inserted_paragraph_every_sentence_is_found(
    paragraph: list[str], before: int
) -> None:
    """What stands below moves, and is found by its digest with the new line and characters."""
    parts = [*SENTENCES[:before], "\n".join(paragraph), *SENTENCES[before:]]
    longer = "\n\n".join(parts) + "\n"
    statements = _statements(ARTICLE)

    found = _visit(statements, longer)

    assert not found.same
    assert {each.by for each in found.located} == {"digest"}
    assert _errors(statements, _copy(longer)) == set()
    sentences = {normalise_sentence(line, HIGHEST) for line in SENTENCES}
    for each in found.located:
        assert normalise_sentence(longer[each.start : each.end], HIGHEST) in sentences
        assert each.moved == (each.place.line > 2 * before)


@given(st.permutations(SENTENCES))
def test_sentences_in_another_order_are_found(order: list[str]) -> None:
    """A digest finds a sentence wherever it went."""
    located = _visit(_statements(ARTICLE), "\n".join(order)).located

    assert all(each.found for each in located)


def test_a_sentence_that_stands_twice_is_taken_where_it_stood() -> None:
    """Of two lines with one digest the one at the place counts, and after a move the nearest."""
    twice = f"{ARTICLE}\nToads are rough\n"
    statement = next(each for each in _statements(ARTICLE) if each.text and each.id == "X003")

    here = _visit([statement], twice).located[0]
    below = _visit(_statements(ARTICLE), f"One\n\n{twice}").located[1]

    assert (here.line, here.moved) == (3, False)
    assert (below.line, below.moved) == (5, True)


def test_a_changed_sentence_is_looked_for_by_its_path_and_by_its_offset() -> None:
    """The neighbours of its section say where it would be; without any, the characters do."""
    statements = _statements(ARTICLE)
    changed = f"One\n\n{ARTICLE}".replace("rough", "smooth")
    alone = [replace(statements[1], place=replace(statements[1].place, section="9"))]  # type: ignore[type-var]

    by_path = _visit(statements, changed).located[1]
    by_offset = _visit([statements[0], *alone], changed).located[1]
    by_nothing = _visit([statements[0], *alone], SENTENCES[0]).located[1]

    assert (by_path.by, by_path.line) == ("path", 5)
    assert by_offset.by == "offset"
    assert (by_nothing.by, by_nothing.line) == ("nothing", 0)


def test_each_document_is_looked_for_in_its_own_copy() -> None:
    """A copy of one document is never taken for another; the document is named as not looked up."""
    statements = _statements(ARTICLE)
    strange = _copy("Something else.\n", "other.txt")

    assert _named(statements, strange, _copy(ARTICLE)) == set()
    for copies in ([strange], []):
        assert _named(statements, *copies) == {"document X"}


def test_the_copy_with_most_of_the_sentences_is_the_document() -> None:
    """A file that happens to share a sentence is not taken for another version of the document."""
    shares, newer = _copy(SENTENCES[1], "a.txt"), _copy(f"New\n{ARTICLE}", "b.txt")

    found = visit_documents(_statements(ARTICLE), [shares, newer])[0]

    assert found.copy == newer


def test_a_wrong_place_in_the_very_version_is_the_fault_of_the_graph() -> None:
    """A region that names another line or other characters is an error, not a move."""
    statements = _statements(ARTICLE)
    wrong = replace(statements[1], place=replace(statements[1].place, line=4))  # type: ignore[type-var]

    (finding,) = check_places(visit_documents([statements[0], wrong], [_copy(ARTICLE)])).findings

    assert (finding.rule, finding.level, finding.focus) == ("locator-wrong", "error", wrong.id)
    assert "on line 3" in finding.message
    assert "the graph says line 4" in finding.message


def test_other_citation_numbers_are_named() -> None:
    """The numbers are no part of the digest, and are compared with what the statement cites."""
    report = check_places(
        visit_documents(_statements(ARTICLE), [_copy(ARTICLE.replace("1, 4", "2, 4"))])
    )

    (finding,) = report.of_level("error")
    assert (finding.rule, finding.focus) == ("citation-changed", "X001")
    assert "prints 2, 4; the graph says 1, 4" in finding.message


def test_a_move_is_told_with_the_new_line_and_the_new_characters() -> None:
    """A note says where the sentence is now and where the graph has it."""
    report = check_places(visit_documents(_statements(ARTICLE), [_copy(f"One\n{ARTICLE}")]))

    moved = {finding.focus: finding.message for finding in report.of_level("info")}
    assert len(moved) == len(SENTENCES)
    assert (
        "on line 2, characters 8 to 28; the graph says line 1, characters 4 to 24" in moved["X001"]
    )


@given(st.text(max_size=60))
def test_the_span_of_a_line_is_its_sentence(line: str) -> None:
    """Cutting a line to its span changes nothing of the sentence, and cuts inside the line."""
    start, end = find_sentence(line)

    assert normalise_sentence(line, HIGHEST) == normalise_sentence(line[start:], HIGHEST)
    assert min(start, end) >= 0
    assert max(start, end) <= len(line)


def test_words_of_a_document_are_found_in_a_file(tmp_path: Path) -> None:
    """Eight words in a row are a quotation, seven are not, and a title is nobody's sentence."""
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    copy = _copy(f"{' '.join(words)}\nA treatise on the many colours of frogs and toads, 1993\n")
    titles = ["A treatise on the many colours of frogs and toads"]
    eight, seven, title = (tmp_path / name for name in ("eight.ttl", "seven.ttl", "title.ttl"))
    eight.write_text("# One,\n# two three four\nfive; six seven (eight)")
    seven.write_text("one two three four five six seven")
    title.write_text("a treatise on the many colours of frogs and toads")

    found = check_words([eight, seven, title], [copy], titles)

    assert [finding.place for finding in found.findings] == [f"{eight}:1"]
    assert check_words([title], [copy], []).findings != ()


def test_a_short_text_has_no_run_of_words() -> None:
    """Fewer than eight words are no run."""
    assert list(list_phrases("one two three")) == []
    assert [start for _, start in list_phrases("a b c d e f g h i")] == [0, 2]


# ── The articles themselves ─────────────────────────────────────────────────────────────────


@pytest.fixture(name="statements", scope="module")
def _all_statements(knowledge: KnowledgeGraph) -> tuple[Statement, ...]:
    listing = load(queries_dir(), "report/citing-statements").text
    statements = dict.fromkeys(knowledge.store.select(listing).column("statement"))
    return read_statements(knowledge.store, [each for each in statements if isinstance(each, IRI)])


@pytest.fixture(name="copies", scope="module")
def _copies(texts: Path) -> tuple[Copy, ...]:
    return read_copies(texts)


def _edited(
    copies: Sequence[Copy], document: str, statements: Sequence[Statement], text: str
) -> list[Copy]:
    """Give the copies with another text in the place of one document."""
    digest = next(
        each.place.document_digest
        for each in statements
        if each.place is not None and each.place.document == document
    )
    return [_copy(text, each.name) if each.digest == digest else each for each in copies]


def _text_of(statement: Statement, copies: Sequence[Copy]) -> str:
    assert statement.place is not None
    return next(each.text for each in copies if each.digest == statement.place.document_digest)


def test_every_place_in_the_articles_agrees(
    statements: tuple[Statement, ...], copies: tuple[Copy, ...]
) -> None:
    """Each statement is found by its digest, at its line, at its characters, with its numbers."""
    assert statements
    assert check_places(visit_documents(statements, copies)).findings == ()


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_character_in_an_article(
    statements: tuple[Statement, ...], copies: tuple[Copy, ...], seed: int
) -> None:
    """Exactly the statements on the line with the changed character are named."""
    chance = random.Random(seed)
    statement = chance.choice(statements)
    assert statement.place is not None
    text = _text_of(statement, copies)
    at = chance.randrange(statement.place.start, statement.place.end)
    changed = text[:at] + _other(text[at]) + text[at + 1 :]

    named = _errors(statements, *_edited(copies, statement.place.document, statements, changed))

    here = (statement.place.document, statement.place.line)
    assert named == {
        each.id
        for each in statements
        if each.place and (each.place.document, each.place.line) == here
    }


@pytest.mark.parametrize("seed", range(10))
def test_a_paragraph_inserted_into_an_article(
    statements: tuple[Statement, ...], copies: tuple[Copy, ...], seed: int
) -> None:
    """All sentences are found by their digests, and those below with line and characters anew."""
    chance = random.Random(seed)
    statement = chance.choice(statements)
    assert statement.place is not None
    lines = _text_of(statement, copies).split("\n")
    at = chance.randrange(len(lines))
    longer = "\n".join([*lines[:at], "A paragraph of somebody else.", "", *lines[at:]])

    visits = visit_documents(
        statements, _edited(copies, statement.place.document, statements, longer)
    )

    for each in visits:
        moves = 2 if each.document == statement.place.document else 0
        assert all(here.found for here in each.located)
        assert all(
            here.line - here.place.line == (moves if here.place.line > at else 0)
            for here in each.located
        )
