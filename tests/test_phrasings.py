"""A question in words is read as the options that it stands for: phrasings/ holds the questions.

A phrasing has `ask`, and either `read`, the options as they are typed, with `left`, the words that
are told as not used, and `told`, the notes on how words were read; or `either`, the readings that
are asked back; or `refused`, the beginning of the message. All are read on one day.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.case.words import Reading, read_question
from kg.case.words.roles import Role
from kg.cli import main
from kg.cli.case_options import CaseOptions
from kg.model.errors import AmbiguousQuestionError, UsageError
from kg.model.language import decode_phrases
from kg.model.terms import Lexicon
from kg.store.knowledge import KnowledgeGraph

DAY = date(2026, 11, 30)
FILES = sorted(Path(__file__).parent.glob("phrasings/*.toml"))
PHRASINGS: list[dict[str, Any]] = [
    {"file": path.stem, **each}
    for path in FILES
    for each in tomllib.loads(path.read_text("utf-8"))["phrasing"]
]


def _named(phrasing: Mapping[str, Any]) -> str:
    return f"{phrasing['file']}: {phrasing['ask']}"


def _options(line: str) -> CaseOptions:
    """The options of a line, as the command line reads them."""
    command = main.get_command(main.make_context("kg", ["ask"]), "ask")
    assert command is not None
    given = command.make_context("ask", shlex.split(line)).params
    return CaseOptions(**{name: given[name] for name in CaseOptions.__struct_fields__})


def _answered(graph: KnowledgeGraph, given: CaseOptions) -> Answer:
    """The answer without what is told of words."""
    words = graph.lexicon
    return ask(graph, given.case(words), given.topic(words))


@pytest.mark.parametrize("phrasing", PHRASINGS, ids=_named)
def test_phrasing(phrasing: Mapping[str, Any], lexicon: Lexicon) -> None:
    """Each question is read as it is meant, asked back with its readings, or refused."""
    if "either" in phrasing:
        with pytest.raises(AmbiguousQuestionError) as asked:
            read_question(lexicon, phrasing["ask"], DAY)

        assert list(asked.value.readings) == phrasing["either"]
    elif "refused" in phrasing:
        with pytest.raises(UsageError) as refused:
            read_question(lexicon, phrasing["ask"], DAY)

        assert refused.value.message.startswith(phrasing["refused"])
    else:
        reading = read_question(lexicon, phrasing["ask"], DAY)

        assert reading.line == phrasing["read"]
        assert [each.given for each in reading.unused] == phrasing.get("left", [])
        assert list(reading.notes) == phrasing.get("told", [])


@pytest.mark.slow
def test_an_echo_gives_the_same_answer(knowledge: KnowledgeGraph) -> None:
    """Whoever types the options that an answer tells gets the same answer."""
    for phrasing in (each for each in PHRASINGS if "read" in each):
        asked = replace(_options(f"-- {shlex.quote(phrasing['ask'])}"), day=DAY.isoformat())
        typed = replace(_options(phrasing["read"]), day=DAY.isoformat())

        answer, again = _answered(knowledge, asked), _answered(knowledge, typed)
        left = len(answer.unused) - len(again.unused)

        assert answer.read_as is not None, phrasing["ask"]
        assert answer.read_as.options == phrasing["read"]
        assert replace(answer, read_as=None, unused=answer.unused[left:]) == again


def test_readings_that_are_asked_back_can_be_typed(knowledge: KnowledgeGraph) -> None:
    """Every reading that is offered is options of the command line, or says that it is none."""
    for phrasing in (each for each in PHRASINGS if "either" in each):
        for line in phrasing["either"]:
            if line != "nothing of a patient":
                assert _answered(knowledge, _options(line)).case or "=>=" in line, line


@pytest.mark.usefixtures("knowledge")
def test_a_question_is_asked_on_the_command_line() -> None:
    """Words without quotes are a question; the answer opens with the options they stand for."""
    words = "raised ALP in multiple myeloma with normal GGT and pain on exertion"

    result = CliRunner().invoke(main, ["ask", *words.split(), "--finding", "bone pain=no"])

    assert result.exit_code == 0
    assert 'read as: --has "multiple myeloma" --lab alp=high --lab ggt=normal' in result.stdout
    assert "pain on exertion" in result.stdout
    assert "no bone pain" in result.stdout


@pytest.mark.usefixtures("knowledge")
def test_a_question_with_two_readings_is_an_error_of_use() -> None:
    """What can be read in two ways is asked back with both, and exit code 2."""
    result = CliRunner().invoke(main, ["ask", "MM with raised ALP"])

    assert result.exit_code == 2
    assert result.stdout == ""
    assert '--has "multiple myeloma" --lab alp=high' in result.stderr


def test_every_role_of_a_word_is_known(lexicon: Lexicon) -> None:
    """The roles that the ontology gives to words are those that the reader knows."""
    roles = {phrase.role for phrase in decode_phrases(lexicon.phrases)}

    assert roles == set(Role)


def test_a_question_that_is_a_letter_is_refused(lexicon: Lexicon) -> None:
    """A text of ten thousand characters is told to be too long, and a question is never cut."""
    with pytest.raises(UsageError, match="10000 characters"):
        read_question(lexicon, "raised ALP" * 1000, DAY)


def test_a_question_with_too_many_doubts_is_refused(lexicon: Lexicon) -> None:
    """Of a question with a hundred doubtful words none is guessed: it is refused."""
    with pytest.raises(UsageError, match="100 words of the question can be read"):
        read_question(lexicon, "raised ALP" + ", GGT normal or fine" * 100, DAY)


def test_a_quoted_name_is_quoted_in_its_line() -> None:
    """What a shell would read as more than a word is quoted."""
    assert Reading(has=('a "b" $c',)).line == r'--has "a \"b\" \$c"'
