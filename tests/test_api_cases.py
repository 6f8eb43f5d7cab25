"""Cases over HTTP: the answers of the library, and nothing of a case anywhere else."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
import random
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from asgi import Client, Response, running
from waiting import wait_until

from kg.answer.ask import ask
from kg.case import resolve_case
from kg.case.fhir import read_case
from kg.compile import builder
from kg.library import Graph
from kg.model.rdf import Quad, write_nquads
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import EG
from kg.sandbox.queue import Sizes
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.http.owners import CONNECTION
from kg.serve.services import CaseService, GraphFile, Published
from kg.serve.settings import Settings
from kg.serve.state import AppState
from kg.show import render
from kg.show.audit import render_audit
from kg.show.data import schema_text
from kg.store.knowledge import KnowledgeGraph

CASE = {"conditions": ["multiple myeloma"], "labs": [{"marker": "ALP", "state": "high"}]}
LOINC = {"coding": [{"system": "http://loinc.org", "code": "6768-6"}]}
OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": LOINC,
    "valueQuantity": {
        "value": 241, "unit": "U/L", "system": "http://unitsofmeasure.org", "code": "U/L"
    },
    "referenceRange": [
        {"low": {"value": 35, "unit": "U/L"}, "high": {"value": 105, "unit": "U/L"}}
    ],
}  # fmt: skip
PLAIN = "application/json"
FHIR = "application/fhir+json"


def post(  # noqa: PLR0913, PLR0917 - a request has that many parts
    client: Client,
    body: object,
    kind: str = PLAIN,
    target: str = "/api/case",
    headers: dict[str, str] | None = None,
    method: str = "POST",
) -> Response:
    """The response to a case."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.request(
        method, target, body=raw, headers={"content-type": kind} | (headers or {})
    )


# ── Answers ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("target", "kind", "body"),
    [
        ("/api/case", PLAIN, {"conditions": ["\ud800"]}),
        ("/api/case", FHIR, {**OBSERVATION, "id": "\ud800"}),
        (
            "/api/check",
            PLAIN,
            {"claims": [{"subject": "\ud800", "relation": "causes", "object": "x"}]},
        ),
        ("/api/case", PLAIN, {"labs": [{"marker": "\ud800", "state": "high"}]}),
    ],
)
def test_half_of_a_character(client: Client, target: str, kind: str, body: object) -> None:
    """An unpaired escape of JSON is an error of the body that says so."""
    response = post(client, body, kind, target)

    assert response.status in (400, 422)
    assert "whole" in response.json["detail"]


@pytest.mark.parametrize("target", ["/api/case", "/api/check"])
def test_bytes_that_are_no_text(client: Client, target: str) -> None:
    """Half of a character as bytes is no UTF-8."""
    response = post(client, b'{"conditions": ["\xed\xa0\x80"]}', target=target)

    assert response.status in (400, 422)
    assert "UTF-8" in response.text


@pytest.mark.parametrize(
    ("accept", "form"),
    [(PLAIN, "json"), ("text/plain", "text"), ("text/markdown", "md"), ("*/*", "json")],
)
def test_the_answer_of_the_library(
    client: Client, knowledge: KnowledgeGraph, lexicon: Lexicon, accept: str, form: str
) -> None:
    """A case is answered with the very text that the library gives, in the form asked for."""
    response = post(client, CASE, headers={"accept": accept})

    assert response.status == 200
    assert response.text == render(ask(knowledge, resolve_case(CASE, lexicon)), form)
    assert response.headers["graph-version"] == knowledge.version
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_an_answer_is_of_the_schema(client: Client) -> None:
    """The JSON is what `kg schema answer` promises, for FHIR too."""
    schema = json.loads(schema_text("answer"))
    bundle = {
        "resourceType": "Bundle", "type": "collection", "entry": [{"resource": OBSERVATION}]
    }  # fmt: skip
    for body, kind in ((CASE, PLAIN), ({}, PLAIN), (OBSERVATION, FHIR), (bundle, FHIR)):
        response = post(client, body, kind)

        assert response.status == 200
        jsonschema.validate(response.json, schema)
    assert post(client, OBSERVATION, FHIR).json["causes"]


def test_ndjson(client: Client) -> None:
    """A record may be one resource a line."""
    lines = b"\n".join(json.dumps(OBSERVATION).encode() for _ in range(2))

    assert post(client, lines, "application/fhir+ndjson").json["causes"]


def test_about(client: Client) -> None:
    """The finding may be named; one without a question is refused with those that have one."""
    named = post(client, CASE, target="/api/case?about=raised%20ALP")
    unknown = post(client, CASE, target="/api/case?about=canary")

    assert named.body == post(client, CASE).body
    assert unknown.status == 400
    assert "raised ALP" in unknown.json["detail"]
    assert "canary" not in unknown.text


def test_an_assumption_is_shown_as_one(client: Client) -> None:
    """What an answer asks about may be assumed; a name that is none is refused and not repeated."""
    woman = {"labs": [{"marker": "ALP", "state": "high"}], "age": 79, "sex": "female"}

    asked = post(client, woman)
    assumed = post(client, woman, target="/api/case?assume=menopause")
    unknown = post(client, woman, target="/api/case?assume=canary")

    assert any("postmenopausal" in each["label"] for each in asked.json["ask_next"])
    assert [each["label"] for each in assumed.json["case"] if each["kind"] == "assumed"] == [
        "postmenopausal"
    ]
    assert unknown.status == 400
    assert "canary" not in unknown.text


# ── Claims of others ────────────────────────────────────────────────────────────────────────

CLAIMS = [
    {"subject": "osteoporosis", "relation": "causes", "object": "raised ALP", "strength": strength}
    for strength in ("can", "confirms")
]


@pytest.mark.parametrize(("accept", "form"), [(PLAIN, "json"), ("text/plain", "text")])
def test_claims_are_checked(
    client: Client, knowledge: KnowledgeGraph, accept: str, form: str
) -> None:
    """What is said of claims, and of sentences, is what the library says of them."""
    claims = post(client, {"claims": CLAIMS}, target="/api/check", headers={"accept": accept})
    text = post(
        client, b"Osteoporosis can raise ALP.", "text/plain", "/api/check", {"accept": accept}
    )
    graph = Graph(knowledge)

    assert claims.text == render_audit(graph.check(CLAIMS), form)
    assert text.text == render_audit(graph.check("Osteoporosis can raise ALP."), form)
    assert claims.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "claim",
    [
        "canary",
        {"claims": "canary"},
        {"canary": []},
        [{"canary": "x"}],
        [{**CLAIMS[0], "relation": "canary"}],
        [{**CLAIMS[0], "strength": "canary"}],
        [{**CLAIMS[0], "subject": ["canary"]}],
        [{**CLAIMS[0], "numbers": [{"value": "canary"}]}],
        [{**CLAIMS[0], "numbers": [{"value": 1, "unit": {"canary": 1}}]}],
        b"{canary",
    ],
)
def test_claims_that_cannot_be_read(client: Client, claim: object) -> None:
    """The place and what is wanted are told, and nothing that was sent."""
    response = post(client, claim, target="/api/check")

    assert response.status == 422
    assert re.search(r"^claims.*: wanted ", response.json["detail"])
    assert "canary" not in response.text


# ── The day that a record is asked about ────────────────────────────────────────────────────

DAYS = {
    "before the result": ("2026-01-31", False),
    "of the result": ("2026-02-01", True),
    "after it": ("2026-02-02", True),
}


@pytest.mark.parametrize(("day", "counts"), DAYS.values(), ids=DAYS)
def test_the_day_of_a_record(
    client: Client,
    knowledge: KnowledgeGraph,
    lexicon: Lexicon,
    day: str,
    counts: bool,  # noqa: FBT001
) -> None:
    """A record is read as it was on the day in the address; later results are not used."""
    text = json.dumps({**OBSERVATION, "effectiveDateTime": "2026-02-01"})
    here = ask(knowledge, read_case(text, lexicon, date.fromisoformat(day)))

    answer = post(client, text.encode(), FHIR, f"/api/case?date={day}")
    proof = post(
        client,
        text.encode(),
        FHIR,
        f"/api/case/why?row=healing%20fracture&date={day}",
    )

    assert answer.text == render(here, "json")
    assert any(fact["kind"] == "lab" for fact in answer.json["case"]) is counts
    assert proof.status == (200 if counts else 422)


def test_a_record_is_of_today(client: Client, knowledge: KnowledgeGraph, lexicon: Lexicon) -> None:
    """Without a day a record is asked about today."""
    today = datetime.now().astimezone().date()
    record = {**OBSERVATION, "effectiveDateTime": (today - timedelta(days=1)).isoformat()}
    here = render(ask(knowledge, read_case(json.dumps(record), lexicon, today)), "json")

    assert post(client, record, FHIR).text == here


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-02-30", "is no day"),
        ("20260201", "is no day"),
        ("2026-W05-1", "is no day"),
        ("2026-02-01T08:30", "is no day"),
        ("2026-2-1", "is no day"),
        ("canary", "is no day"),
        (" ", "is no day"),
        ("\u0662\u0660\u0662\u0666-\u0660\u0662-\u0660\u0661", "is no day"),
        ("9999-12-31", "still to come"),
    ],
)
def test_no_day_to_ask_about(client: Client, day: str, said: str) -> None:
    """What is no day, or one to come, is refused with what is wanted, and is not repeated."""
    response = post(client, OBSERVATION, FHIR, f"/api/case?date={quote(day)}")

    assert response.status == 400
    assert said in response.json["detail"]
    assert not day.strip() or day not in response.text
    assert post(client, OBSERVATION, FHIR, "/api/case?date=").status == 400


def test_the_day_of_a_case_is_its_own(client: Client) -> None:
    """A case in JSON holds its day; one in the address beside it is refused, as are two."""
    beside = post(client, CASE, target="/api/case?date=2026-02-01")
    twice = post(client, OBSERVATION, FHIR, "/api/case?date=2026-02-01&date=2026-02-02")

    assert beside.status == twice.status == 400
    assert "its own `date`" in beside.json["detail"]
    assert "date, once" in twice.json["detail"]


def test_detail_is_how_much_is_sent(
    client: Client, knowledge: KnowledgeGraph, lexicon: Lexicon
) -> None:
    """`detail` asks for few words, for parts behind the page, or for the whole answer as text."""
    here, plain = ask(knowledge, resolve_case(CASE, lexicon)), {"accept": "text/plain"}
    brief = post(client, CASE, target="/api/case?detail=brief")
    parts = post(client, CASE, target="/api/case?detail=missing,other", headers=plain)
    whole = post(client, CASE, target="/api/case?detail=all", headers=plain)

    assert brief.text == render(here, "brief")
    jsonschema.validate(brief.json, json.loads(schema_text("brief")))
    assert parts.text == render(here, "text", ("missing", "other"))
    assert whole.text == render(here, "text", ("all",))


@pytest.mark.parametrize(
    ("detail", "accept"),
    [("everything", "application/json"), ("missing", "application/json"), ("brief", "text/plain")],
)
def test_a_detail_that_a_form_has_not_is_refused(client: Client, detail: str, accept: str) -> None:
    """What is no detail of the form that is wanted is refused with those that are."""
    found = post(client, CASE, target=f"/api/case?detail={detail}", headers={"accept": accept})

    assert found.status == 400
    assert "detail= can be" in found.text


@pytest.mark.parametrize("target", ["/api/case", "/ask"])
def test_a_long_answer_comes_packed_to_who_can_unpack_it(client: Client, target: str) -> None:
    """What is packed is the very answer, and who cannot unpack it is sent it as it is."""
    body, kind = json.dumps(CASE).encode(), PLAIN
    if target == "/ask":
        body, kind = b"question=raised+ALP+in+multiple+myeloma", "application/x-www-form-urlencoded"
    plain = post(client, body, kind, target)
    packed = post(client, body, kind, target, {"accept-encoding": "gzip"})

    assert (plain.status, packed.status) == (200, 200)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 3
    assert gzip.decompress(packed.body) == plain.body


def test_a_number_is_a_row(client: Client) -> None:
    """The proof of a row is found by the number that the page gives it."""
    cause = post(client, CASE).json["causes"][1]["label"]

    found = post(client, CASE, target="/api/case/why?row=2")

    assert found.json["label"] == cause


def test_why(client: Client) -> None:
    """The proof of a row; a row that is not there is refused with those that are."""
    proof = post(client, CASE, target="/api/case/why?row=hepatic%20amyloidosis")
    text = post(
        client, CASE, target="/api/case/why?row=hepatic%20amyloidosis",
        headers={"accept": "text/plain"},
    )  # fmt: skip
    none = post(client, CASE, target="/api/case/why?row=canary")

    jsonschema.validate(proof.json, json.loads(schema_text("proof")))
    assert text.text.startswith("WHY hepatic amyloidosis: candidate")
    assert none.status == 422
    assert "hepatic amyloidosis" in none.json["detail"]
    assert "canary" not in none.text
    assert post(client, CASE, target="/api/case/why").status == 400


# ── Refusals ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        (b"{", PLAIN, 400, "not JSON"),
        (b'{"age": NaN}', PLAIN, 400, "not JSON"),
        (b'{"age": 1, "age": 2}', PLAIN, 400, "not JSON"),
        (b"\xff", PLAIN, 400, "UTF-8"),
        (b"[" * 100_000, PLAIN, 400, "not JSON"),
        (b"[" * 100_000, FHIR, 422, "is not JSON"),
        ([], PLAIN, 422, "an object with the keys absent, age"),
        ({"patient": "canary"}, PLAIN, 422, "it has a key that a case does not have"),
        ({"conditions": ["PCM", " "]}, PLAIN, 422, "conditions[1]: it is not of the form"),
        ({"labs": [{"marker": "ALP", "value": "x"}]}, PLAIN, 422, "labs[0]"),
        ({"resourceType": "Bundle", "type": "history"}, FHIR, 422, "a bundle of type history"),
        ([], FHIR, 422, "is a list"),
        ({}, "text/html", 415, "wanted: a body of type"),
        ({}, "application/json; charset=latin-1", 415, "UTF-8"),
    ],
)
def test_a_case_that_cannot_be_read(
    client: Client, body: object, kind: str, status: int, said: str
) -> None:
    """It is refused with the place and the reason."""
    response = post(client, body, kind)

    assert response.status == status, response.text
    assert said in response.json["detail"]
    assert "canary" not in response.text


def test_names_that_are_none_stop_no_answer(client: Client) -> None:
    """What the graph does not know is in the answer, told apart from what has two readings."""
    response = post(
        client, {**CASE, "drugs": ["carfilzomibe"], "absent": ["multiple myelom", "PD"]}
    )

    unused = {each["given"]: each for each in response.json["unused"]}
    assert response.status == 200
    assert response.json["causes"]
    assert {given: each["kind"] for given, each in unused.items()} == {
        "carfilzomibe": "not covered",
        "multiple myelom": "not covered",
        "PD": "ambiguous",
    }
    assert unused["multiple myelom"]["names"] == ["multiple myeloma"]
    assert len(unused["PD"]["names"]) > 1


@pytest.mark.parametrize("form", [PLAIN, "text/plain"])
def test_a_question_in_words(client: Client, form: str) -> None:
    """A question in words is the key of a case, or a body of its own; the answer tells how."""
    words = "raised ALP in multiple myeloma with normal GGT and pain on exertion"
    body = json.dumps({"question": words}) if form == PLAIN else words

    reply = post(client, body.encode(), form)
    answer = reply.json

    assert reply.status == 200
    options = '--has "multiple myeloma" --lab alp=high --lab ggt=normal'
    assert answer["read_as"] == {"options": options, "notes": []}
    assert [each["given"] for each in answer["unused"]] == ["pain on exertion"]


def test_a_question_is_asked_back_without_its_words(client: Client) -> None:
    """What can be read in two ways is told with the options of both, and not with its words."""
    reply = post(client, {"question": "MM with raised ALP, the neighbour of Mr Smith"})

    assert reply.status == 422
    assert len(reply.json["readings"]) == 2
    assert "Smith" not in reply.text


def test_a_question_that_says_nothing(client: Client) -> None:
    """A question that names nothing known is refused, and its words are not repeated."""
    reply = post(client, b"is Mr Smith at home", "text/plain")

    assert reply.status == 422
    assert "nothing of one patient is read in the question" in reply.text
    assert "Smith" not in reply.text


def test_a_case_is_never_in_an_address(client: Client) -> None:
    """GET is no way to ask, and an address takes no fact."""
    got = client.get("/api/case?conditions=multiple%20myeloma")
    posted = post(client, CASE, target="/api/case?age=68")

    assert got.status == 405
    assert got.headers["allow"] == "POST, OPTIONS"
    assert posted.status == 400
    assert "the case is the body" in posted.json["detail"]


def test_how_much_is_read(client: Client) -> None:
    """Two megabytes are read; what is longer, says it is longer or is packed, is not."""
    room = 2_000_000 - len(json.dumps(CASE))
    fits = post(client, json.dumps(CASE).encode() + b" " * room)
    over = post(client, json.dumps(CASE).encode() + b" " * (room + 1))
    undeclared = post(
        client, json.dumps(CASE).encode() + b" " * (room + 1), headers={"content-length": "9"}
    )
    packed = post(client, gzip.compress(b"{}"), headers={"content-encoding": "gzip"})

    assert fits.status == 200
    assert over.status == undeclared.status == 413
    assert packed.status == 415


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8000", 200),
        ("http://localhost", 200),
        ("https://localhost", 200),
        ("http://localhost:9999", 403),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_pages_of_other_sites(client: Client, origin: str, status: int) -> None:
    """A page of another site can neither send a case nor read an answer."""
    response = post(client, CASE, headers={"origin": origin})

    assert response.status == status
    assert "access-control-allow-origin" not in response.headers
    assert "evil" not in response.text


def test_cases_need_a_built_graph(tmp_path: Path) -> None:
    """A server of a file of triples says that it answers no case."""
    (tmp_path / "graph.nq").write_bytes(write_nquads([Quad(EG.a, EG.b, EG.c, EG.g)]))
    state = AppState(Settings(), GraphFile(tmp_path / "graph.nq"))
    with running(create_app(state)) as client:
        response = post(client, CASE)

    assert response.status == 503
    assert state.cases.supervisor.pool is None
    assert "built graph" in response.json["detail"]


@pytest.mark.slow
def test_a_client_may_not_use_more_than_its_share() -> None:
    """What a case takes is put on the account of its client."""
    settings = Settings(limits=Limits(seconds_per_minute=0.001, errors_per_minute=0))
    with running(
        create_app(AppState(settings, Published(builder.ready().folder.parent)))
    ) as client:
        first, second = post(client, CASE), post(client, CASE)

    assert (first.status, second.status) == (200, 429)


@pytest.mark.slow
def test_cases_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of cases have names of their own, and those of queries stay as they are."""
    monkeypatch.setattr("kg.serve.services._CASE_DEADLINE", 0.05)
    state = AppState(Settings(), Published(builder.ready().folder.parent))
    state.cases = CaseService(Sizes(deadline=0.05), state.settings.jail, lambda: state.program)
    with running(create_app(state)) as client:
        before = counts(client)
        stopped = post(client, _long_record(), FHIR)
        after = counts(client)

    assert stopped.status == 504
    assert before["cases_running"] == before.get("cases_DeadlineError_total", 0) == 0
    assert after["case_workers"] > 0
    assert after["cases_DeadlineError_total"] == 1
    assert after["case_zygote_restarts_total"] == after["cases_running"] == 0
    assert not any(name.startswith("queries_") and name.endswith("Error_total") for name in after)


@pytest.mark.slow
def test_the_first_case_finds_its_processes() -> None:
    """They are started when the server has started, and before anybody sends a case."""
    with running(
        create_app(AppState(Settings(), Published(builder.ready().folder.parent)))
    ) as client:
        wait_until(lambda: counts(client)["case_workers"] > 0, seconds=60)

        assert counts(client)["cases_running"] == 0


@pytest.mark.slow
def test_tools_have_processes_of_their_own() -> None:
    """They are started when somebody asks for one, and from then on with each new graph."""
    state = AppState(Settings(), Published(builder.ready().folder.parent))
    with running(create_app(state)) as client:
        case = post(client, CASE)
        before = counts(client)
        found = client.get("/cds-services")
        wait_until(lambda: counts(client)["tool_workers"] > 0, seconds=60)
        client.run(_serve(state, "another"))
        wait_until(lambda: _label(state.tools) == "another", seconds=60)

    assert (case.status, found.status) == (200, 200)
    assert before["case_workers"] > 0 == before["tool_workers"]


async def _serve(state: AppState, label: str) -> None:
    """Have the server believe that the graph is another version."""
    version = state.graphs.now.version
    another = replace(version, program=replace(version.program, label=label))
    state.graphs._served = replace(state.graphs.now, version=another)
    state._change()


def _label(service: CaseService) -> str:
    pool = service.supervisor.pool
    return pool.program.label if pool else ""


def counts(client: Client) -> dict[str, float]:
    """What the server counts, by name."""
    found = re.findall(r"^kg_(\w+) (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return {name: float(number) for name, number in found}


# ── Large cases ─────────────────────────────────────────────────────────────────────────────


def _many_labs() -> dict[str, Any]:
    day = date(2020, 1, 1)
    return {
        "labs": [
            {
                "marker": "ALP", "value": 100 + n % 200, "unit": "U/L", "low": 35, "high": 105,
                "date": (day + timedelta(days=n)).isoformat(),
            }
            for n in range(2000)
        ]
    }  # fmt: skip


def _long_record() -> dict[str, Any]:
    lean = {key: value for key, value in OBSERVATION.items() if key != "referenceRange"}
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": lean}] * 5000}


@pytest.mark.slow
def test_a_large_case_holds_up_nobody(client: Client) -> None:
    """While records of thousands of results are read, the server goes on answering others."""
    waits: list[float] = []

    async def both() -> list[Response]:
        bodies = [(_many_labs(), PLAIN), (_long_record(), FHIR)]
        running_cases = [
            asyncio.ensure_future(
                client.sent(
                    "POST", "/api/case", json.dumps(body, separators=(",", ":")).encode(),
                    {"content-type": kind},
                )
            )
            for body, kind in bodies
        ]  # fmt: skip
        while not all(task.done() for task in running_cases):
            started = time.perf_counter()
            assert (await client.sent("GET", "/live", b"", {})).status == 200
            waits.append(time.perf_counter() - started)
            await asyncio.wait(running_cases, timeout=0.01)
        return [task.result() for task in running_cases]

    labs, record = client.run(both())

    assert labs.status == 200
    assert len(labs.json["unused"]) == 1999
    assert record.status in (200, 504), record.text
    assert sorted(waits)[len(waits) // 2] < 0.05


# ── Nothing of a case anywhere else ─────────────────────────────────────────────────────────


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    """The path to every value in a document, and to every key."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, ("key", key))
            yield from leaves(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from leaves(each, (*path, number))
    else:
        yield path


def planted(document: Any, path: tuple[Any, ...], canary: str) -> Any:  # noqa: ANN401 - JSON
    """The document with a canary at a path."""
    copy = json.loads(json.dumps(document))
    place = copy
    for step in path[:-1]:
        place = place[step]
    last = path[-1]
    if isinstance(last, tuple):
        place[canary] = place.pop(last[1])
    else:
        place[last] = canary
    return copy


WHOLE = {
    "conditions": ["multiple myeloma"],
    "absent": ["cholestasis"],
    "unknown": ["bone pain"],
    "drugs": ["bortezomib", {"drug": "bortezomib", "start": "2026-01-10", "stop": "2026-03-01"}],
    "labs": [
        {"marker": "ALP", "state": "high", "date": "2026-01-10"},
        {
            "marker": "ALP", "value": 212, "unit": "U/L", "low": 35, "high": 105, "flag": "high",
            "comparator": ">", "date": "2026-02-01", "rangeUnit": "U/L",
        },
    ],
    "age": 68,
    "sex": "female",
    "date": "2026-11-01",
}  # fmt: skip
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": "urn:x", "value": "1"}],
    "name": [{"family": "x", "given": ["y"]}],
    "birthDate": "1958-01-01",
    "gender": "female",
    "address": [{"line": ["x"], "city": "y"}],
}
RECORD: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "id": "b1",
    "entry": [
        {"fullUrl": "urn:uuid:1", "resource": PATIENT},
        {
            "fullUrl": "urn:uuid:2",
            "resource": {
                **OBSERVATION, "id": "o1", "subject": {"reference": "Patient/p1", "display": "x"},
                "effectiveDateTime": "2026-02-01T10:00:00Z", "note": [{"text": "x"}],
                "text": {"status": "generated", "div": "x"}, "performer": [{"display": "x"}],
            },
        },
        {
            "resource": {
                "resourceType": "Condition", "subject": {"reference": "Patient/p1"},
                "code": {"text": "x", "coding": [{"system": "x", "code": "y", "display": "z"}]},
            }
        },
    ],
}  # fmt: skip


def case_requests(canary: str) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    """A request for every place where a patient number may come to stand."""
    for document, kind in ((WHOLE, PLAIN), (RECORD, FHIR)):
        for path in leaves(document):
            body = json.dumps(planted(document, path, canary)).encode()
            for target in (
                "/api/case", "/api/case?about=raised%20ALP",
                "/api/case/why?row=hepatic%20amyloidosis",
            ):  # fmt: skip
                yield "POST", target, body, {"content-type": kind}
    whole = json.dumps(WHOLE).encode()
    for name in ("accept", "origin", "referer", "cookie", "user-agent", "authorization", "x-note",
                 "accept-encoding", "content-encoding", "content-type", "content-length",
                 "if-none-match", "forwarded", "x-forwarded-for", "host"):  # fmt: skip
        yield "POST", "/api/case", whole, {"content-type": PLAIN, name: canary}
        yield "GET", "/api/gaps", b"", {name: canary}
    for target in (
        "/api/case?about={0}", "/api/case?{0}=1", "/api/case/why?row={0}", "/api/case/{0}",
        "/api/{0}", "/api/causes?about={0}", "/api/causes?{0}=1", "/api/section?section={0}",
        "/api/causes?format={0}", "/{0}", "/api/causes?about=<{0}", "/api/gaps/{0}",
    ):  # fmt: skip
        for method in ("GET", "POST", "PUT", "OPTIONS"):
            yield method, target.format(canary), whole, {"content-type": PLAIN}
    for body in (b"%b", b"{%b}", b'{"%b', b'["%b"]', b'"%b"', b"\xff%b", b'{"%b":1,"%b":2}'):
        for kind in (PLAIN, FHIR, "application/fhir+ndjson", "text/plain"):
            filled = body.replace(b"%b", canary.encode())
            yield "POST", "/api/case", filled, {"content-type": kind}


def _files() -> set[Path]:
    return {each for each in Path(tempfile.gettempdir()).glob("*") if each.is_file()}


@pytest.mark.slow
def test_nothing_of_a_case_is_kept(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """A patient number in any place of a request is in no log, no count, no file and no error."""
    canary = f"patient-{random.Random(4711).getrandbits(64):x}"
    caplog.set_level(logging.DEBUG)
    before = _files()
    sent = list(case_requests(canary))
    statuses = []
    for method, target, body, headers in sent:
        response = client.request(method, target, body=body, headers=headers)
        statuses.append(response.status)
        said = response.text + str(response.headers)

        assert response.status != 500, (method, target, body)
        if response.status >= 400:
            assert canary not in said, (method, target, body, said)
    kept = client.get("/metrics").text + caplog.text
    written = [each for each in _files() - before if canary.encode() in _content(each)]

    assert len(sent) >= 500
    assert {200, 400, 403, 405, 415, 422} <= set(statuses)
    assert canary not in kept
    assert written == []


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_uid == os.getuid() else b""
    except OSError:
        return b""


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize(
    ("clients", "each"), [(10, 4), pytest.param(50, 20, marks=pytest.mark.load)]
)
def test_no_case_sees_another(
    client: Client,
    lexicon: Lexicon,
    clients: int,
    each: int,
    connected: bool,  # noqa: FBT001 - two cases
) -> None:
    """Cases that run beside each other: each answer holds its own case, and nothing of another.

    So it is for cases of different connections and for those of one, which may share a process.
    """
    names = [entry.label for entry in lexicon.of_kind(Kind.CONDITION)]

    async def asked(number: int) -> list[tuple[str, Response]]:
        found = []
        connection = asyncio.get_running_loop().create_future() if connected else None
        for turn in range(each):
            canary = f"{number:03}{turn:03}.{random.Random(number * 1000 + turn).randrange(10**6)}1"
            case = {
                "conditions": [names[(number + turn) % len(names)]],
                "labs": [{"marker": "ALP", "value": float(canary), "unit": f"u{canary}"}],
            }
            sent = await _until_there_is_room(client, case, {CONNECTION: connection})
            found.append((f"u{canary}", sent))
        if connection is not None:
            connection.set_result(None)
        return found

    async def everybody() -> list[tuple[str, Response]]:
        per_client = await asyncio.gather(*map(asked, range(clients)))
        return [pair for pairs in per_client for pair in pairs]

    pairs = asyncio.run_coroutine_threadsafe(everybody(), client._loop).result(600)
    canaries = {canary for canary, _ in pairs}

    assert len(canaries) == clients * each
    for canary, response in pairs:
        assert response.status == 200, response.text
        assert canary in response.text
        assert not any(other in response.text for other in canaries - {canary})


async def _until_there_is_room(
    client: Client, case: dict[str, Any], scope: dict[str, object]
) -> Response:
    """The response to a case; a server that has no room says so, and is asked again."""
    for _ in range(50):
        sent = await client.sent(
            "POST", "/api/case", json.dumps(case).encode(), {"content-type": PLAIN}, scope=scope
        )
        if sent.status != 503:
            break
        await asyncio.sleep(0.2)  # as a client does that is told to come back
    return sent


PROXIED = (
    "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "CF-Connecting-IP",
)  # fmt: skip


def test_cases_of_one_connection_share_a_process(client: Client, state: AppState) -> None:
    """A connection finds its process again; what a proxy hands on, and another, never do."""

    async def processes(*headers: str) -> list[set[int]]:
        connection = asyncio.get_running_loop().create_future()
        found = []
        for _ in range(2):
            sent = {"content-type": PLAIN, **dict.fromkeys(headers, "192.0.2.1")}
            await client.sent(
                "POST", "/api/case", json.dumps(CASE).encode(), sent,
                scope={CONNECTION: connection},
            )  # fmt: skip
            assert state.cases.supervisor.pool is not None
            found.append(set(state.cases.supervisor.pool.kept))
        connection.set_result(None)
        return found

    async def everything() -> tuple[list[set[int]], list[list[set[int]]]]:
        return await processes(), [await processes(name) for name in PROXIED]

    (first, second), by_proxy = client.run(everything())

    assert len(first) == 1
    assert second == first
    assert by_proxy == [[set(), set()]] * len(PROXIED)


def test_what_is_kept_for_all_comes_from_a_process_without_a_case(
    client: Client, state: AppState
) -> None:
    """The empty page and the names are not made by the process that has answered a case."""

    async def jobs_after() -> list[int]:
        connection = asyncio.get_running_loop().create_future()
        scope: dict[str, object] = {CONNECTION: connection}
        sent = {"content-type": PLAIN}
        await client.sent("POST", "/api/case", json.dumps(CASE).encode(), sent, scope=scope)
        state.cache.clear()
        for target in ("/ask", "/names.json"):
            response = await client.sent("GET", target, b"", {"accept": "*/*"}, scope=scope)
            assert response.status == 200
        assert state.cases.supervisor.pool is not None
        jobs = [worker.jobs for worker in state.cases.supervisor.pool._kept]
        connection.set_result(None)
        return jobs

    assert client.run(jobs_after()) == [1]
