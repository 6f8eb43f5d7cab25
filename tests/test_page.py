"""The default answer is read in thirty seconds: one page, numbered, with the rest by name."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator

import pytest
from counting import counts
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from patients import Patients
from random_cases import CaseMaker
from test_render import ID, make_answer

import kg
from kg.answer.ask import ask
from kg.answer.model import (
    Answer,
    Basis,
    Conflict,
    GivenFact,
    Move,
    Origin,
    ReadAs,
    Result,
    Standing,
    Term,
    Unused,
    Verdict,
)
from kg.case import resolve_case
from kg.case.document import read_questions
from kg.curate.diff.difference import answer_question, shipped_questions
from kg.model.errors import UsageError
from kg.model.resources import queries_dir
from kg.model.terms import Kind
from kg.show import PARTS, render
from kg.show.blocks import WIDTH
from kg.show.brief import CHARACTERS, STEPS, brief_json
from kg.show.data import schema_text
from kg.show.layout import LINES
from kg.store.knowledge import KnowledgeGraph

QUESTIONS = {each.name: each for each in read_questions(shipped_questions())}
FLAGSHIP = "myeloma_normal_ggt"
FLAGSHIP_LINES = 36
CASES, CASES_AT_NIGHT = 300, 3_000
LONG, LONG_AT_NIGHT = 60, 600
SEED = 811
MYELOMA = ("multiple myeloma",)


@pytest.fixture(name="answer")
def _answer() -> Answer:
    return make_answer()


@pytest.fixture(name="flagship", scope="module")
def _flagship(knowledge: KnowledgeGraph) -> kg.Answer:
    return kg.Graph(knowledge).ask(*MYELOMA, alp="high", ggt="normal")


def _shipped(knowledge: KnowledgeGraph, name: str) -> Answer:
    found = answer_question(knowledge, QUESTIONS[name])
    assert isinstance(found, Answer)
    return found


def _random(knowledge: KnowledgeGraph, count: int) -> Iterator[Answer]:
    """Answers to cases with much at random, and to patients around the limits of the rules."""
    lexicon = knowledge.lexicon
    about = lexicon.find("ALP", Kind.MARKER)
    crowded = CaseMaker(lexicon, SEED).documents(count // 2, about=about)
    likely = Patients(lexicon, knowledge.rules, SEED).documents(count - count // 2)
    for document in (*crowded, *likely):
        yield ask(knowledge, resolve_case(dict(document), lexicon))


def _assert_a_page(answer: Answer) -> None:
    lines = render(answer, "text").splitlines()

    assert len(lines) <= LINES, "\n".join(lines)
    assert len(render(answer, "md").splitlines()) <= LINES
    assert [line for line in lines if len(line) > WIDTH] == []
    assert [line for line in lines if line != line.rstrip()] == []


# ── How long ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_shipped_question_is_answered_on_a_page(knowledge: KnowledgeGraph, name: str) -> None:
    """Each of our own questions is answered in at most 40 lines of 100 columns."""
    _assert_a_page(_shipped(knowledge, name))


def test_the_example_of_a_statement_is_of_a_cause_of_the_answer(knowledge: KnowledgeGraph) -> None:
    """What a reader may type next is about a cause that is listed, where there is one."""
    shown = 0
    for name in QUESTIONS:
        answer = _shipped(knowledge, name)
        found = re.search(r"kg statement (\w+)", render(answer, "text"))
        listed = {each for cause in answer.causes for each in cause.statements}
        if found and listed:
            shown += 1
            assert found[1] in listed, name

    assert shown


def test_the_first_question_is_answered_in_fewer_lines(knowledge: KnowledgeGraph) -> None:
    """Causes of a raised ALP given myeloma and a normal GGT: at most 36 lines."""
    text = render(_shipped(knowledge, FLAGSHIP), "text")

    assert text.count("\n") <= FLAGSHIP_LINES


@pytest.mark.slow
@counts(CASES, nightly=CASES_AT_NIGHT)
def test_any_case_is_answered_on_a_page(knowledge: KnowledgeGraph, count: int) -> None:
    """So is every case made by chance, with each of its alerts (300 cases; 3,000 at night)."""
    for answer in _random(knowledge, count):
        _assert_a_page(answer)
        said = " ".join(render(answer, "text").split())
        for alert in answer.alerts:
            words = " ".join(alert.text.split()[:4])
            assert words in said or alert.label in said, answer.case


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_shipped_question_is_answered_briefly(knowledge: KnowledgeGraph, name: str) -> None:
    """The brief answer to each of our questions has at most 6,000 characters."""
    assert len(brief_json(_shipped(knowledge, name))) <= CHARACTERS


@counts(CASES, nightly=CASES_AT_NIGHT)
def test_any_case_is_answered_briefly(knowledge: KnowledgeGraph, count: int) -> None:
    """So is every case made by chance, in the form of the schema (300 cases; 3,000 at night)."""
    valid = Draft202012Validator(json.loads(schema_text("brief")))

    for answer in _random(knowledge, count):
        written = brief_json(answer)
        assert len(written) <= CHARACTERS
        valid.validate(json.loads(written))


@pytest.mark.slow
@counts(LONG, nightly=LONG_AT_NIGHT)
def test_no_length_of_what_is_typed_is_too_long(answer: Answer, count: int) -> None:
    """Long questions, conflicts and names, and many of them, leave a page and a brief answer."""
    chance = random.Random(SEED)
    for _ in range(count):
        crowded = _typed_at_length(answer, chance)

        _assert_a_page(crowded)
        assert len(brief_json(crowded)) <= CHARACTERS
        assert crowded.read_as is not None
        opened = "".join(render(crowded, "text", ("inputs",)).split())
        assert "".join(crowded.read_as.options.split()) in opened


def _typed_at_length(answer: Answer, chance: random.Random) -> Answer:
    """The answer to a question whose words have no end."""

    def text(most: int) -> str:
        letters = chance.choice(("word ", "unbroken", "--lab alp=1U/L ", 'a "quoted" é'))
        return (letters * most)[: chance.randint(1, most)]

    def several(most: int) -> range:
        return range(chance.choice((0, 1, 2, most)))

    return replace(
        answer,
        read_as=ReadAs(text(9_000), tuple(text(300) for _ in several(30))),
        conflicts=tuple(Conflict((text(2_000),), text(2_000)) for _ in several(20)),
        unused=tuple(Unused(text(3_000), text(200)) for _ in several(40)),
        case=tuple(GivenFact("condition", f"c{n}", "c", "yes", text(3_000)) for n in several(40)),
    )


# ── What it says ────────────────────────────────────────────────────────────────────────────


def test_what_no_case_can_tell_is_not_said_to_be_awaited(answer: Answer) -> None:
    """What the sources leave open stands with its cause, and the heading says who leaves it."""
    (need,) = answer.causes[2].needs
    left = replace(answer.causes[2], needs=(replace(need, unstated=True),))
    both = replace(left, needs=(need, *left.needs))

    one = render(replace(answer, causes=(left,)), "text")
    two = render(replace(answer, causes=(both,)), "text")

    assert "UNDETERMINED: left open by the sources" in one
    assert "whether a heron is there" in one
    assert "UNDETERMINED: depends on heron list" in two


def test_parts_stand_in_the_order_of_reading(answer: Answer) -> None:
    """What was given and not used comes first; then limits, alerts, causes, steps, the rest."""
    text = render(answer, "text")
    heads = (
        "Causes of many frogs    given: pond; no fish; newts not known; water high; age 3",
        "not used: water=>3: only a bound is known",
        "SCOPE",
        "CONFLICT",
        " !  Look again.",
        "CONSIDER",
        "UNDETERMINED: depends on heron list",
        "LESS LIKELY, NOT EXCLUDED",
        "NOT PRESENT, as given: fish",
        "NEXT",
        "PROGNOSIS",
        "ADVICE",
        "NOT COVERED",
        "SOURCES",
        "MORE",
        "Research and education",
    )
    places = [text.index(head) for head in heads]

    assert places == sorted(places)


def test_every_numbered_line_ends_in_its_statements(answer: Answer) -> None:
    """Each cause and each step has the ids that it rests on at the end of its line."""
    lines = render(answer, "text").splitlines()
    named = [line for line in lines if re.match(r" (\d|[a-z])  +\S", line)]

    assert len(named) == len(answer.causes) + len(answer.ask_next)
    for line in named:
        assert ID.search(line[70:]), line


def test_the_tissue_it_comes_from_is_said_once(answer: Answer) -> None:
    """How each tissue stands has a line under the name of the finding, tissues alike on one."""
    pond, river = Term("p", "pond"), Term("r", "river")
    said = make_answer().causes[0].supports[0]
    wet = replace(said, finding=Term("w", "wet"))
    origins = (
        Origin(pond.iri, pond.label, Standing.SUPPORTED, "suggests", (wet,)),
        Origin(river.iri, river.label, Standing.SUPPORTED, "suggests", (wet,)),
        Origin("s", "sea", Standing.OPEN),
    )

    text = render(replace(answer, origins=origins), "text")

    assert "SOURCE OF THE MANY FROGS" in text
    assert re.search(r"\n {4}pond; river: supported by wet \(suggests\) +Y026\n", text)
    assert "\n    sea: open\n" in text


CHANGED = "high, 109 U/L (range 35 to 105), on 2004-03-31, +40 % from 78 U/L on day 30 of reeds"


def test_a_result_keeps_its_change_in_the_head(answer: Answer) -> None:
    """Where places are few, a result with a change comes first, and with its day."""
    facts = [GivenFact("condition", f"condition number {n}", f"c{n}", "yes") for n in range(20)]
    lab = GivenFact("lab", "ALP", "alp", CHANGED)

    text = render(replace(answer, case=(*facts, lab)), "text")
    asked = replace(answer, case=(lab,), read_as=ReadAs("--lab alp=high", ()))

    assert "given: ALP high, 109 U/L, +40 % on day 30 of reeds; condition number 0" in text
    assert "\ncomputed: ALP +40 % on day 30 of reeds\n" in render(asked, "text")


def test_the_title_says_that_a_finding_is_not_shown(knowledge: KnowledgeGraph) -> None:
    """Over a low ALP the title does not read as if it were raised."""
    text = str(kg.Graph(knowledge).ask(*MYELOMA, alp="low"))

    assert text.startswith("Causes of a raised ALP: not judged, raised ALP not shown    given:")


def test_a_multiple_of_the_limit_is_written_as_one(knowledge: KnowledgeGraph) -> None:
    """A result given as a multiple of the limit has no unit in braces and no range up to 1."""
    text = str(kg.Graph(knowledge).ask(*MYELOMA, alp="4xULN"))

    assert "ALP high, 4 × ULN\n" in text


def test_what_the_patient_has_stands_under_its_own_heading(answer: Answer) -> None:
    """A cause that is diagnosed opens the causes, with whom its statements are about."""
    first, *others = answer.causes
    known = replace(
        first, present=True, basis=Basis.DIAGNOSED, statements=("Y045",), supports=(), note=""
    )

    text = render(replace(answer, causes=(known, *others)), "text")

    assert text.index("ALREADY DIAGNOSED") < text.index("CONSIDER")
    assert "said of: frogs in a drought" in " ".join(text.split())


def test_a_step_says_which_causes_it_decides(answer: Answer) -> None:
    """Beside each step stand the numbers of the causes that a result may move."""
    text = render(answer, "text")

    assert re.search(r"a  list of herons +3 +X042\n", text)
    assert re.search(r"b  a look at the pond \(optional\) +none by itself +X042\n", text)


def test_a_step_decides_nothing_where_nothing_is_judged(answer: Answer) -> None:
    """Without causes a step stands with its statements alone."""
    text = render(replace(answer, causes=(), judged=False), "text")

    assert "decides" not in text
    assert re.search(r"a  list of herons +X042\n", text)


def test_a_cause_that_a_step_may_add_has_its_name(answer: Answer) -> None:
    """A cause that is not listed has no number: the step says what it adds, not how many."""
    move = Move("n", "newt", None, Verdict.CANDIDATE, ("X018",))
    results = (Result("s", "seen", (move,)), Result("u", "not seen", ()))
    step = replace(answer.ask_next[0], settles=("n",), results=results)

    text = render(replace(answer, ask_next=(step,)), "text")

    assert re.search(r"a  list of herons +adds newt +X042\n", text)


def test_an_outcome_is_said_whole_or_counted(answer: Answer) -> None:
    """A name alone may read as the result of this patient: no outcome or rule is cut to it."""
    told = tuple(
        replace(answer.outcomes[0], iri=f"o{n}", label=f"name {n}", text=f"Sentence {n} is whole.")
        for n in range(9)
    )
    rules = tuple(replace(each, label=each.label.replace("name", "rule")) for each in told)
    crowded = replace(answer, outcomes=told, rules=rules)

    text = render(crowded, "text")

    assert not re.search(r"name \d|rule \d", text)
    assert "PROGNOSIS    Sentence 0 is whole." in text
    assert re.search(r"\d more: --show advice", text)
    assert re.search(r"RESULTS +9 results: --show advice", text)


def test_a_tension_is_marked_where_both_sides_are_shown(answer: Answer) -> None:
    """A statement that pulls the other way is named only if the page has it too."""
    here = replace(answer.causes[2], tensions=("X042",))
    both = replace(answer, causes=(*answer.causes[:2], here, answer.causes[3]))

    assert "~" not in render(answer, "text")
    assert "X018 ~ X042" in render(both, "text")


def test_what_is_not_used_says_why_as_far_as_there_is_room(answer: Answer) -> None:
    """Where the reasons are long, the first clause of each is told, the shortest first."""
    why = "no reference range is given, so no class can be given; ask for the upper limit"
    unused = (Unused("ggt=902 U/L", why), Unused("entry 2", "pregnancy: too old, of long ago" * 3))

    text = render(replace(answer, unused=unused), "text")

    assert "not used: entry 2: pregnancy: too old; ggt=902 U/L: no reference range is given" in text


def test_much_that_is_not_used_is_counted(answer: Answer) -> None:
    """Of many inputs without use the first are named, and the others counted."""
    unused = tuple(Unused(f"code {n}", "no term has this code") for n in range(60))

    text = render(replace(answer, unused=unused), "text")

    assert re.search(r"not used: code 0: no term has this code; .* … \+\d+ \(--show inputs\)", text)


def test_many_conflicts_are_counted(answer: Answer) -> None:
    """A page holds a case with more conflicts than it has lines: it counts the last ones."""
    conflicts = tuple(Conflict((f"a{n}=yes", f"a{n}=no"), "Both are said.") for n in range(50))

    crowded = replace(answer, conflicts=conflicts)

    _assert_a_page(crowded)
    assert re.search(r"… and \d+ more: --show conflicts", render(crowded, "text"))


def test_many_causes_are_folded_and_alerts_are_not(answer: Answer) -> None:
    """With a hundred causes the page still holds: their rows are counted, every alert is there."""
    alerts = tuple(replace(answer.alerts[0], label=f"alarm {n}", iri=f"a{n}") for n in range(6))
    causes = tuple(
        replace(answer.causes[0], iri=f"c{n}", label=f"cause number {n}") for n in range(100)
    )

    crowded = replace(answer, alerts=alerts, causes=causes)

    _assert_a_page(crowded)
    text = render(crowded, "text")
    assert re.search(r"… and \d+ more: --show causes", text)
    assert text.count(" !  ") == len(alerts)


def test_causes_are_cut_last(answer: Answer) -> None:
    """What is beside the causes is counted before a numbered row is left out."""
    outcomes = tuple(replace(answer.outcomes[0], iri=f"o{n}") for n in range(9))
    causes = tuple(
        replace(answer.causes[0], iri=f"c{n}", label=f"cause number {n} of the list, a long one")
        for n in range(25)
    )

    crowded = replace(answer, outcomes=outcomes, causes=causes, ask_next=())

    _assert_a_page(crowded)
    text = render(crowded, "text")
    assert "--show causes" not in text
    assert "25  cause number 24" in text
    assert "PROGNOSIS" not in text
    assert re.search(r"MORE +--show advice \(\d+\)", text)


def test_markdown_is_the_same_page(answer: Answer) -> None:
    """A page for an issue has the same rows with the same numbers, as one list."""
    page = render(answer, "md")

    assert "- **Scope**: Nothing is said of newts. (X001)\n" in page
    assert "- **Undetermined: depends on heron list**\n    - 3 a heron (X018)\n" in page
    assert "    - a list of herons: 3 (X042)\n" in page
    assert page.count("\n") <= LINES
    assert "Statements" not in page


def _denied() -> list[str]:
    """The phrases that `kg verify` denies to labels, with what it wants in their place."""
    return re.findall(
        r'\("([^"]+)" "[^"]+"\)', (queries_dir() / "verify" / "label-phrase.rq").read_text("utf-8")
    )


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_is_in_clinical_english(knowledge: KnowledgeGraph, name: str) -> None:
    """No line of an answer, short or whole, has a phrase that labels may not have."""
    answer = _shipped(knowledge, name)
    said = " ".join((render(answer, "text") + render(answer, "text", ("all",))).lower().split())

    assert [phrase for phrase in _denied() if phrase in said] == []


# ── What opens ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("part", "head"),
    {
        "causes": "CANDIDATE (2)",
        "steps": "NEXT STEPS",
        "statements": "STATEMENTS",
        "other": "OTHER CAUSES IN THE SOURCES",
        "missing": "MISSING INFORMATION",
        "conflicts": "POINTS OF DISAGREEMENT",
        "advice": "RULE ",
        "inputs": "GIVEN AND NOT USED",
        "sources": "SOURCES  X",
        "all": "BACKGROUND",
    }.items(),
)
def test_a_part_opens_by_name(answer: Answer, part: str, head: str) -> None:
    """What the page counts is opened behind it; `all` is the whole answer in its place."""
    page = render(answer, "text")

    opened = render(answer, "text", (part,))

    assert head not in page
    assert head in opened
    assert opened.startswith(page.rstrip("\n")) is (part != "all")


def test_every_part_has_a_name(answer: Answer) -> None:
    """The names that are offered are those that open something."""
    assert all(render(answer, "text", (part,)) != render(answer, "text") for part in PARTS)


def test_a_part_that_is_none_is_refused(answer: Answer) -> None:
    """An unknown name is refused with those that there are, and so is a part of whole JSON."""
    with pytest.raises(UsageError, match="there are: causes, steps"):
        render(answer, "text", ("everything",))
    with pytest.raises(UsageError, match="json is whole"):
        render(answer, "json", ("missing",))


# ── Numbers ─────────────────────────────────────────────────────────────────────────────────


def test_a_number_is_the_cause_of_the_page(flagship: kg.Answer) -> None:
    """`why(3)` explains the cause that stands behind 3, and a letter the step behind it."""
    shown = dict(re.findall(r"(?:^|· ) ?(\d+) +(\S+ \S+)", str(flagship), re.MULTILINE))

    for number, cause in enumerate(flagship.causes, 1):
        assert flagship.why(number).value.iri == cause.iri
        assert cause.label.startswith(shown.get(str(number), cause.label))
    assert "1" in shown

    assert flagship.why("a").value.iri == flagship.value.ask_next[0].iri


@pytest.mark.parametrize("row", [0, 99, -1, "z"])
def test_a_number_that_no_row_has_is_refused(flagship: kg.Answer, row: int | str) -> None:
    """A number or letter beyond the page is an error."""
    with pytest.raises(UsageError):
        flagship.why(row)


# ── Brief ───────────────────────────────────────────────────────────────────────────────────


def test_a_brief_answer_counts_what_it_leaves_out(answer: Answer) -> None:
    """It has every alert, conflict and cause, three steps, and the numbers of the rest."""
    steps = answer.ask_next * 3

    found = json.loads(brief_json(replace(answer, ask_next=steps)))

    assert [each["number"] for each in found["causes"]] == [1, 2, 3, 4]
    assert found["causes"][2]["verdict"] == "undetermined"
    assert found["next"][0] == {
        "letter": "a", "label": "list of herons", "urgent": False, "decides": [3], "source": False,
        "ids": ["X042"],
    }  # fmt: skip
    assert len(found["alerts"]) == len(answer.alerts)
    assert found["conflicts"] == [each.text for each in answer.conflicts]
    assert found["unused"] == "water=>3 (not used)"
    assert len(found["next"]) == STEPS
    assert found["more"]["ask_next"] == len(steps) - STEPS
    assert found["more"]["unknown"] == len(answer.unknown)
    assert found["sources"]["statements"] == sum(each.statements for each in answer.documents)


# ── Narrow terminals ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("width", [60, 72, 80, 99])
def test_a_narrow_terminal_has_the_page_in_its_width(flagship: kg.Answer, width: int) -> None:
    """No line is wider than the terminal, and every number is there."""
    lines = render(flagship.value, "text", width=width).splitlines()

    assert [line for line in lines if len(line) > width] == []
    for number in range(1, len(flagship.causes) + 1):
        assert any(re.search(rf"(^|· ) ?{number} +[a-zA-Z]", line) for line in lines), number
