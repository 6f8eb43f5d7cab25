"""Promises about any FHIR input: no identifier comes out of it, and nothing breaks on it."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterator
from copy import copy
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import LOINC, SNOMED, concept, condition, medication, observation, record

from kg.answer.ask import ask
from kg.case import Case, case_to_json
from kg.case.fhir import parse_record, read_case
from kg.model.errors import KGError, UsageError
from kg.model.terms import Lexicon
from kg.show import render
from kg.store.knowledge import KnowledgeGraph

DATA = Path(__file__).parent / "data" / "fhir"
DAY = date(2026, 11, 22)
CANARY = "Canary"
CANARIES = (CANARY, CANARY, [CANARY], CANARY, {"text": CANARY}, CANARY, {"reference": CANARY})
"""Texts mostly, and what else might carry one; their number is prime, so that no kind of place
meets the same one always."""
PERSONAL = ("Beispiel", "Erika", "MRN-0042", "1958", "0142", "Muster", "urn:uuid", "3f6c9a10")

Place = tuple[str | int, ...]


def _leaves(value: object, place: Place = ()) -> Iterator[Place]:
    """Give the places of everything in a JSON value."""
    if place:
        yield place
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, child in children:
        yield from _leaves(child, (*place, key))


def _with(value: Any, place: Place, new: object) -> Any:  # noqa: ANN401 - JSON
    """Copy a JSON value with another value in one place."""
    if not place:
        return new
    changed = copy(value)
    changed[place[0]] = _with(value[place[0]], place[1:], new)
    return changed


BUNDLE = json.loads((DATA / "patient.json").read_text("utf-8"))
LINES = [json.loads(line) for line in (DATA / "patient-r5.ndjson").read_text("utf-8").splitlines()]
R5 = {"resourceType": "Bundle", "entry": [{"resource": line} for line in LINES]}
INNER = observation(id="a", effectiveDateTime=None, subject=None)
DOSES = [
    medication("MedicationAdministration", status, effectiveDateTime=day)
    for day, status in (
        ("2026-11-01", "completed"), ("2026-11-08", "completed"), ("2026-11-15", "not-done"),
    )
]  # fmt: skip
REPEAT = {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}}
EVENTS = {"effectiveTiming": {"event": ["2026-11-02"], "repeat": {"boundsPeriod": {"end": "2026"}}}}
WHOLE = {
    "resourceType": "DiagnosticReport",
    "status": "final",
    "subject": {"reference": "Patient/one"},
    "issued": "2026-11-02T08:00:00Z",
    "result": [{"reference": "#a"}, {"reference": "Observation/x"}],
    "contained": [INNER, {"resourceType": "Patient", "id": "b"}],
}
RICH = json.loads(
    record(
        *DOSES,
        WHOLE,
        medication("MedicationRequest", "stopped", intent="order", dosageInstruction=[REPEAT]),
        observation(effectiveDateTime=None, **EVENTS, referenceRange=[{"text": "35-105"}]),
        observation(status="preliminary", effectiveDateTime=None, issued="2026-11-20"),
        observation(
            code=concept((LOINC, "82810-3")),
            valueQuantity=None,
            valueCodeableConcept=concept((SNOMED, "60001007")),
        ),
        condition("confirmed", "active", onsetPeriod={"start": "2026"}, recordedDate="2026-01-01"),
    )
)
RICH["entry"][-1]["request"] = {"method": "DELETE", "url": "Condition/x"}


def _told(written: str, lexicon: Lexicon) -> str:
    """Give everything that comes of an input: the reading, the error, or its traceback."""
    try:
        return str(parse_record(written, lexicon, DAY))
    except KGError as error:
        return "".join(traceback.format_exception(error))


# ── Nobody is named ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize("whole", [BUNDLE, R5, RICH], ids=["R4", "R5", "rich"])
def test_no_text_of_a_record_is_repeated(lexicon: Lexicon, whole: dict[str, Any]) -> None:
    """Whatever text stands in whatever place of a record, it is in no case, reason or error."""
    places = list(_leaves(whole))

    assert len(places) > 200
    for place, canary in zip(places, cycle(CANARIES), strict=False):
        told = _told(json.dumps(_with(whole, place, canary)), lexicon)
        assert "canary" not in told.casefold(), place


def test_an_answer_names_nobody(knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Name, number, birth date, address, notes and narrative of a record are in no answer."""
    for name in ("patient.json", "patient-r5.ndjson"):
        case = read_case((DATA / name).read_text("utf-8"), lexicon, DAY)
        answer = ask(knowledge, case)

        shown = [render(answer, form) for form in ("text", "md", "json", "csv", "ttl")]
        shown += [str(case), json.dumps(case_to_json(case))]
        for text in shown:
            assert [each for each in PERSONAL if each in text] == []


@pytest.mark.parametrize(
    "written",
    [
        f'{{"resourceType": "Patient", "name": "{CANARY}" "}}',
        f'{{"resourceType": "Patient", "{CANARY}": 1, "{CANARY}": 2}}',
        f'{{"resourceType": "Patient", "name": NaN, "text": "{CANARY}"}}',
        f'{{"name": "{CANARY}"}}',
        f'{{"resourceType": "Patient"}}\n{{"resourceType": "{CANARY}"',
        f'"{CANARY}"',
        CANARY,
    ],
)
def test_an_error_holds_nothing_of_the_record(lexicon: Lexicon, written: str) -> None:
    """Neither the message nor the traceback of an error nor what it keeps has text of a record."""
    with pytest.raises(UsageError) as caught:
        parse_record(written, lexicon, DAY)

    assert "canary" not in "".join(traceback.format_exception(caught.value)).casefold()
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


# ── Nothing breaks ──────────────────────────────────────────────────────────────────────────────

ODD: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["Observation", "http://loinc.org", "6768-6", "2026-13-40", "0000", "#", "#m", "<", "/", ""]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["coding", "code", "system", "value", "unit", "reference", "low", "high", "start"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.slow
@FUZZ
@given(st.sampled_from([BUNDLE, R5, RICH]), st.data())
def test_wrong_types_anywhere_break_nothing(
    lexicon: Lexicon, whole: dict[str, Any], data: st.DataObject
) -> None:
    """A record with anything anywhere is read, in part or not at all; no error is another's."""
    changed = whole
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list(_leaves(changed))))
        changed = _with(changed, place, data.draw(ODD))

    try:
        case = read_case(json.dumps(changed), lexicon, DAY)
    except KGError:
        return
    assert isinstance(case, Case)


@FUZZ
@given(st.text(max_size=200) | ODD.map(json.dumps))
def test_any_text_is_read_or_refused(lexicon: Lexicon, written: str) -> None:
    """An input that is anything but FHIR is an error of ours."""
    try:
        parse_record(written, lexicon, DAY)
    except UsageError as error:
        assert error.message.startswith("the FHIR input")  # noqa: PT017 - either way is right


@pytest.mark.parametrize("depth", [30, 60, 900, 200_000])
def test_depth_breaks_nothing(lexicon: Lexicon, depth: int) -> None:
    """What nests deeply is refused, and not followed."""
    deep = '{"extension": ' * depth + "1" + "}" * depth
    written = record(observation()).replace('"final"', f'"final", "extension": {deep}', 1)

    told = _told(written, lexicon)

    assert (depth == 30) is ("'value': '212'" in told)


def test_the_examples_of_hl7_run(knowledge: KnowledgeGraph, lexicon: Lexicon, suites: Path) -> None:
    """Every R4 and R5 example gives an answer, or an error that says what is wrong with it."""
    files = sorted((suites / "fhir").rglob("*.json"))
    answered = 0

    for file in files:
        try:
            case = read_case(file.read_text("utf-8"), lexicon, DAY)
        except UsageError as error:
            assert "no FHIR resource" in error.message, file  # noqa: PT017 - CDS Hooks are none
            continue
        answered += bool(render(ask(knowledge, case), "json"))

    assert answered > 100


# ── On the command line ─────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("name", ["patient.json", "patient-r5.ndjson"])
def test_a_record_is_asked_about_on_the_command_line(name: str) -> None:
    """A record gives a whole answer, from a file and from standard input alike."""
    from kg.cli import main

    asked = ["ask", "--show", "all", "--fhir"]
    file = CliRunner().invoke(main, [*asked, str(DATA / name)])
    piped = CliRunner().invoke(main, [*asked, "-"], input=(DATA / name).read_text("utf-8"))

    assert file.exit_code == 0, file.output
    assert file.stdout == piped.stdout
    assert "multiple myeloma" in file.stdout
    assert "its status is entered-in-error" in " ".join(file.stdout.split())


def test_one_case_is_not_a_record_and_a_file() -> None:
    """A file of a case holds the whole of it, so no record stands beside it."""
    from kg.cli import main

    result = CliRunner().invoke(main, ["ask", "--fhir", "-", "--case", "x.json"], input="{}")

    assert result.exit_code == 2
    assert "holds the whole case" in result.stderr


# ── In time ─────────────────────────────────────────────────────────────────────────────────────


def test_five_thousand_resources_in_two_seconds(
    knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """The record of many years is answered while one waits."""
    others = [
        observation(code=concept((LOINC, f"{n}-{n % 10}", f"Test {n}")))
        for n in range(10_000, 14_900)
    ]
    written = record(*others, *(observation() for _ in range(100)))

    start = time.process_time()
    answer = ask(knowledge, read_case(written, lexicon, DAY))
    taken = time.process_time() - start

    assert len(answer.unused) < 10
    assert taken < 2
