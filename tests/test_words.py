"""What holds of every question in words, made by chance of names, known words and anything else."""

from __future__ import annotations

import shlex
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.case import read_case
from kg.case.parse import Options
from kg.case.words import Reading, read_question
from kg.case.words.roles import Role
from kg.model.errors import AmbiguousQuestionError, UsageError
from kg.model.language import decode_phrases
from kg.model.terms import Kind, Lexicon
from kg.store.knowledge import KnowledgeGraph

DAY = date(2026, 11, 30)
OPTIONS = {
    "--has": "has",
    "--lab": "labs",
    "--drug": "drugs",
    "--finding": "findings",
    "--age": "age",
    "--sex": "sex",
}
APART = (Role.NO, Role.FAMILY, Role.SUSPECTED, Role.PAST, Role.ENDED, Role.PLANNED, Role.EXCEPT)
JOINTS = (", ", "; ", ". ", " and ", " with ", " but ", " ", " in ", " or ")
VALUES = ["212 U/L", "(35-105)", "2.5 x ULN", "72-year-old", "2025-01-10", "3 weeks ago", "?"]
NONSENSE = st.from_regex(r"zq[bcdfg]{3,6}x", fullmatch=True)
"""Words that nobody knows."""


class Known:
    """The terms and phrases of the graph; what fails shows the question, and not all of them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        phrases = decode_phrases(lexicon.phrases)
        self.cues = sorted({each.text for each in phrases if each.role in APART})
        self.things = [e for k in (Kind.CONDITION, Kind.DRUG) for e in lexicon.of_kind(k)]
        names = sorted({name for each in lexicon.entries.values() for name in each.known_as})
        self.parts = st.one_of(
            st.sampled_from(names),
            st.sampled_from(sorted({each.text for each in phrases})),
            st.sampled_from(VALUES),
            NONSENSE,
            st.integers(0, 5000).map(str),
        )

    def __repr__(self) -> str:
        return "what is known"


@pytest.fixture(name="known", scope="module")
def _known(knowledge: KnowledgeGraph) -> Known:
    """Give what questions are made of."""
    return Known(knowledge.lexicon)


def _read(known: Known, text: str) -> Reading | None:
    """What a question was read as; None where it is asked back or refused."""
    try:
        return read_question(known.lexicon, text, DAY)
    except UsageError:
        return None


def _question(data: st.DataObject, known: Known, least: int = 1, most: int = 12) -> str:
    parts = data.draw(st.lists(known.parts, min_size=least, max_size=most))
    return "".join(each + data.draw(st.sampled_from(JOINTS)) for each in parts)


def _typed(line: str) -> Options:
    """The options of a line, as the library takes them."""
    words = shlex.split(line)
    typed: dict[str, Any] = {}
    for option, value in zip(words[::2], words[1::2], strict=True):
        name = OPTIONS[option]
        if name in ("age", "sex"):
            typed[name] = value
        else:
            typed[name] = [*typed.get(name, []), value]
    return cast("Options", typed)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(known: Known, text: str) -> None:
    """Whatever is typed makes a reading or one error of use."""
    reading = _read(known, text)

    assert reading is None or not reading.is_empty


@pytest.mark.parametrize("digits", ["²", "𐩀", "①", "٣", "9" * 5_000])
@pytest.mark.parametrize("form", ["{}", "aged {}", "{} years", "{} weeks ago", "ALP {}", "in {}"])
def test_digits_that_are_no_number_are_read_or_refused(
    known: Known, digits: str, form: str
) -> None:
    """Signs that Unicode calls digits, and more digits than a number may have, end in no fault."""
    reading = _read(known, f"multiple myeloma, {form.format(digits)}")

    assert reading is None or not reading.is_empty


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_words_are_read_or_refused(known: Known, data: st.DataObject) -> None:
    """Names and known words in any order make a reading, or are asked back or refused."""
    text = _question(data, known)

    reading = _read(known, text)

    assert reading is None or not reading.is_empty


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_the_line_makes_the_same_case(known: Known, data: st.DataObject) -> None:
    """The options that are told, typed in a shell, make the case that the words made."""
    reading = _read(known, _question(data, known))
    assume(reading is not None)
    assert reading is not None

    asked = read_case(
        known.lexicon,
        has=reading.has,
        labs=reading.labs,
        drugs=reading.drugs,
        findings=reading.findings,
        age=reading.age,
        sex=reading.sex,
        today=DAY,
    )

    assert read_case(known.lexicon, today=DAY, **_typed(reading.line)) == asked


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(data=st.data(), word=NONSENSE)
def test_a_word_that_is_not_known_is_named(known: Known, data: st.DataObject, word: str) -> None:
    """Whatever stands around it, a word that is not known is told as not used."""
    before, after = (_question(data, known, 0, 5) for _ in range(2))

    reading = _read(known, f"{before}, {word}, {after}, raised ALP")
    assume(reading is not None)
    assert reading is not None

    assert any(word in each.given for each in reading.unused)


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_what_is_set_apart_is_never_given(known: Known, data: st.DataObject) -> None:
    """What stands behind a denial, a suspicion, the family, the past or a plan is not given."""
    cue = data.draw(st.sampled_from(known.cues))
    term = data.draw(st.sampled_from(known.things))
    before, after = (_question(data, known, 0, 3) for _ in range(2))
    around = f"{before} {after}".casefold()
    assume(not any(name.casefold() in around for name in term.known_as))

    reading = _read(known, f"{before}. Patient {cue} {term.label}. {after}")
    assume(reading is not None)
    assert reading is not None

    assert term.label not in (*reading.has, *reading.drugs)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_name_is_used_or_told(known: Known, data: st.DataObject) -> None:
    """Every condition and drug that a question names is in its options or among what is told."""
    term = data.draw(st.sampled_from(known.things))
    before, after = (_question(data, known, 0, 3) for _ in range(2))

    reading = _read(known, f"{before}. Also {term.label}. {after}")
    assume(reading is not None)
    assert reading is not None

    told = " | ".join((reading.line, *(each.given for each in reading.unused)))
    assert term.label.casefold() in told.casefold()


def test_readings_that_are_asked_back_differ(known: Known) -> None:
    """No reading is offered twice."""
    with pytest.raises(AmbiguousQuestionError) as asked:
        read_question(known.lexicon, "raised ALP, no bone pain, osteoporosis, fracture", DAY)

    assert len(set(asked.value.readings)) == len(asked.value.readings)
