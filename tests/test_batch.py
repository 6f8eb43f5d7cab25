"""Many cases at once: one answer a line, no case stops another, and a stopped run goes on."""

from __future__ import annotations

import gc
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from kg.answer.ask import ask, shorten
from kg.answer.model import Answer
from kg.case import Unused, resolve_case
from kg.case.fhir import read_case as read_fhir
from kg.case.model import GIVEN_KINDS
from kg.case.names import HeardNames, read_name
from kg.cli import main
from kg.cli.batch import LONGEST, Batch, Line
from kg.model.terms import Kind, Lexicon
from kg.show.data import schema_text, to_data, with_notice
from kg.store.knowledge import KnowledgeGraph

TODAY = date(2026, 11, 1)
TYPED: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "data" / "typed_facts.toml").read_text("utf-8")
)
CASES: list[dict[str, Any]] = [
    {"conditions": ["multiple myeloma"], "labs": [{"marker": "ALP", "state": "high"}]},
    {"conditions": ["osteoporosis"], "labs": [{"marker": "ALP", "state": "low"}]},
    {"disease": ["no such thing"]},
    {"age": 70, "labs": [{"marker": "ALP", "state": "high"}, {"marker": "GGT", "state": "normal"}]},
]


@pytest.fixture(name="cases")
def _cases(tmp_path: Path) -> Path:
    """Give a file of cases: the third has no answer, and an empty line stands before the last."""
    lines = [json.dumps(case) for case in CASES]
    path = tmp_path / "cases.ndjson"
    path.write_text("\n".join([*lines[:3], "", lines[3]]) + "\n", "utf-8")
    return path


def _run(*args: object) -> Result:
    return CliRunner().invoke(main, ["ask", "--batch", *map(str, args)])


def _written(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def _data(answer: Answer) -> dict[str, Any]:
    """Give an answer as the JSON that `kg ask` prints."""
    data = to_data(with_notice(answer))
    assert isinstance(data, dict)
    return data


def test_each_line_has_its_answer(cases: Path, knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Legend and line together are the answer that the case has by itself."""
    result = _run(cases)
    legend, *answers = _written(result.stdout)

    assert result.exit_code == 1
    assert "1 lines have no answer" in result.stderr
    assert [each["line"] for each in answers] == [1, 2, 3, 5]
    assert answers[2]["error"]["kind"] == "UsageError"
    for number in (0, 1, 3):
        alone = _data(ask(knowledge, resolve_case(CASES[number], lexicon)))
        assert answers[number]["answer"].items() <= alone.items()
        assert alone["statements"].items() <= legend["statements"].items()
        assert alone["documents"] == legend["documents"]


@pytest.mark.usefixtures("knowledge")
def test_strict_tells_lines_that_left_something_out(tmp_path: Path) -> None:
    """A name that no term carries has an answer all the same, and with --strict exit code 3."""
    path = tmp_path / "cases.ndjson"
    path.write_text(json.dumps({**CASES[0], "drugs": ["no such drug"]}) + "\n", "utf-8")

    plain, strict = _run(path), _run(path, "--strict")

    (_, line) = _written(plain.stdout)
    assert [each["kind"] for each in line["answer"]["unused"]] == ["not covered"]
    assert (plain.exit_code, strict.exit_code) == (0, 3)


def test_the_id_of_a_case_comes_back(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Whoever sends cases can tell the answers apart."""
    line = Line(7, json.dumps({"id": "seven", "case": CASES[0]}).encode())
    written = json.loads(Batch(knowledge, lexicon, TODAY).answer(line).text)

    assert (written["line"], written["id"]) == (7, "seven")
    assert written["answer"]["causes"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[1", "not JSON"),
        (b"[]", "a case is an object"),
        (b"\xff{}", "not UTF-8"),
        (b'{"age": 1, "age": 2}', "a key twice"),
        (b'{"id": 3, "case": {}}', "a text"),
        (b'{"resourceType": "Observation"}', "the line is one Observation"),
        (b'{"resourceType": "Condition"}', "wanted is a Bundle"),
        (b'{"resourceType": "Patient", "id": "p"}', "kg cohort run DIR --from fhir"),
        (b'{"resourceType": 7}', "the line is one resource"),
        (b'{"case": {}, "about": "x"}', "found about"),
        (b'{"case": []}', "a case is an object"),
        (b" " * LONGEST + b"{}", "longer than"),
    ],
)
def test_a_line_that_is_no_case_says_why(
    knowledge: KnowledgeGraph, lexicon: Lexicon, text: bytes, words: str
) -> None:
    """What cannot be read is told in its place."""
    written = Batch(knowledge, lexicon, TODAY).answer(Line(1, text))

    assert not written.is_answer
    assert words in json.loads(written.text)["error"]["message"]


@pytest.mark.usefixtures("knowledge")
def test_a_lone_resource_costs_no_other_line(tmp_path: Path) -> None:
    """A line of a bulk export among cases is refused in its place, and they have their answers."""
    case, path = json.dumps(CASES[0]), tmp_path / "cases.ndjson"
    path.write_text(f'{case}\n{{"resourceType": "Observation"}}\n{case}\n', "utf-8")

    result = _run(path)
    _, first, refused, last = _written(result.stdout)

    assert result.exit_code == 1
    assert refused["line"] == 2
    assert "one Observation" in refused["error"]["message"]
    assert first["answer"] == last["answer"]


def test_verdicts_are_those_of_the_answer(
    knowledge: KnowledgeGraph, lexicon: Lexicon, cases: Path
) -> None:
    """A short line has the verdicts of the whole one, as the schema says, and the same legend."""
    whole, short = _written(_run(cases).stdout), _written(_run(cases, "--verdicts").stdout)

    check = Draft202012Validator(json.loads(schema_text("verdicts")))
    assert short[0] == {**whole[0], "lines": "verdicts"}
    for one, other in zip(whole[1:], short[1:], strict=True):
        assert one["line"] == other["line"]
        assert one.get("error") == other.get("error")
        if "answer" in one:
            check.validate(other["verdicts"])
            pairs = [(each["iri"], each["verdict"]) for each in one["answer"]["causes"]]
            assert [(e["iri"], e["verdict"]) for e in other["verdicts"]["causes"]] == pairs
            assert other["verdicts"]["unused"] == one["answer"]["unused"]
    alone = ask(knowledge, resolve_case(CASES[0], lexicon))
    assert short[1]["verdicts"] == to_data(shorten(alone))


@pytest.mark.usefixtures("knowledge")
def test_short_lines_go_on_with_short_lines(cases: Path, tmp_path: Path) -> None:
    """Verdicts are not written behind whole answers."""
    output = tmp_path / "answers.ndjson"
    _run(cases, "--output", output)

    result = _run(cases, "--output", output, "--resume", "--verdicts")

    assert result.exit_code == 2
    assert "begin anew" in result.stderr


def test_verdicts_go_with_many_cases() -> None:
    """One question has its answer."""
    result = CliRunner().invoke(main, ["ask", "--has", "myeloma", "--verdicts"])

    assert result.exit_code == 2
    assert "--verdicts" in result.stderr


def test_a_result_of_tomorrow_is_not_used(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """A batch has a day, as a single question has."""
    result = {"marker": "ALP", "state": "high", "date": "2026-11-02"}
    line = Line(1, json.dumps({"labs": [result]}).encode())
    answer = json.loads(Batch(knowledge, lexicon, TODAY).answer(line).text)["answer"]

    assert answer["causes"] == []
    assert answer["unused"]


def test_a_line_may_be_a_fhir_record(
    knowledge: KnowledgeGraph, lexicon: Lexicon, root: Path
) -> None:
    """A Bundle is answered as it is by itself."""
    written = (root / "tests/data/fhir/patient.json").read_text("utf-8")
    line = Line(1, json.dumps(json.loads(written)).encode())
    answer = json.loads(Batch(knowledge, lexicon, TODAY).answer(line).text)["answer"]

    alone = _data(ask(knowledge, read_fhir(written, lexicon, TODAY)))
    assert answer.items() <= alone.items()
    assert answer["causes"]


def test_names_of_a_run_are_read_as_alone(lexicon: Lexicon) -> None:
    """A name has the same reading the first time, again, and in a lexicon that keeps none."""
    heard, kinds = HeardNames.of(lexicon), (Kind.CONDITION, *GIVEN_KINDS)
    names = [name for rows in TYPED.values() for name in rows]
    read = [read_name(each, lexicon, *kinds) for each in names]

    for _ in range(2):
        assert [read_name(each, heard, *kinds) for each in names] == read
    assert heard.heard.keys() == {(each, kinds) for each in names}


def test_names_of_a_run_end_with_it(knowledge: KnowledgeGraph) -> None:
    """What was told of a name that no term has is gone when the run is over."""
    batch = Batch(knowledge, knowledge.lexicon, TODAY)
    batch.answer(Line(1, b'{"conditions": ["the quixotism of a patient"]}'))
    del batch

    gc.collect()
    left = [each.given for each in gc.get_objects() if isinstance(each, Unused)]
    assert "the quixotism of a patient" not in left


def test_an_endless_line_takes_no_other_with_it(tmp_path: Path) -> None:
    """A line beyond the limit is refused, and the next one is line two."""
    path = tmp_path / "cases.ndjson"
    path.write_bytes(b"x" * (2 * LONGEST + 10) + b"\n" + json.dumps(CASES[0]).encode())
    _, refused, answered = _written(_run(path).stdout)

    assert (refused["line"], "error" in refused) == (1, True)
    assert (answered["line"], "answer" in answered) == (2, True)


def test_more_processes_say_the_same(cases: Path) -> None:
    """How many processes work does not show in the answers, nor in their order."""
    assert _run(cases, "--jobs", 2).stdout == _run(cases).stdout


@pytest.mark.parametrize("cut", [0, 1, 40, -30, -1])
def test_a_stopped_run_goes_on(cases: Path, tmp_path: Path, cut: int) -> None:
    """Wherever a run was cut off after its legend, resuming gives the bytes of a whole run."""
    whole, part = tmp_path / "whole", tmp_path / "part"
    _run(cases, "--output", whole)
    text = whole.read_bytes()
    legend = text.index(b"\n") + 1
    part.write_bytes(text[: legend + cut] if cut >= 0 else text[:cut])
    result = _run(cases, "--output", part, "--resume")

    assert result.exit_code in {0, 1}
    assert part.read_bytes() == text


@pytest.mark.parametrize(
    ("existing", "options", "words"),
    [
        ("anything", (), "--resume goes on"),
        ("anything\n", ("--resume",), "not of this graph"),
        (None, ("--resume", "--lab", "alp=high"), "--batch holds the cases"),
    ],
)
def test_nothing_is_written_over(
    cases: Path, tmp_path: Path, existing: str | None, options: tuple[str, ...], words: str
) -> None:
    """A file that is there stays as it is unless the run was its own."""
    path = tmp_path / "answers"
    if existing is not None:
        path.write_text(existing, "utf-8")
    result = _run(cases, "--output", path, *options)

    assert result.exit_code == 2
    assert words in result.stderr
    assert existing is None or path.read_text("utf-8") == existing


def test_what_lies_ahead_is_not_used_in_a_batch_either(tmp_path: Path) -> None:
    """A result dated after today, and a drug that starts after it, are named and left out."""
    case = {
        "conditions": ["multiple myeloma"],
        "drugs": [{"drug": "bortezomib", "start": "2999-01-01"}],
        "labs": [{"marker": "ALP", "state": "high", "date": "2999-02-01"}],
    }
    path = tmp_path / "cases.ndjson"
    path.write_text(json.dumps(case), "utf-8")
    _, answered = _written(_run(path).stdout)

    assert answered["answer"]["causes"] == []
    assert len(answered["answer"]["unused"]) == 2
