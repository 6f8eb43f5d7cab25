"""Many cases in one request, what would change in an answer, and errors that a program can mend."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from asgi import Client, Response
from openapi_spec_validator import validate
from starlette.requests import Request

from kg.sandbox.protocol import Frame
from kg.serve.api import many
from kg.serve.api.cases import MOST_BYTES

Json = dict[str, Any]

NDJSON = {"content-type": "application/x-ndjson"}
ALP: Json = {"marker": "ALP", "state": "high"}
VALUE: Json = {"marker": "ALP", "value": "241", "unit": "U/L", "high": "105"}
CASE: Json = {"conditions": ["multiple myeloma"], "labs": [ALP]}
GRACE = 3
"""A program tries as often as this to mend a case."""
MOST_SHORT = 30_000


def post(client: Client, body: object, address: str = "/api/case") -> Response:
    """The response to one case."""
    headers = {"content-type": "application/json"}
    return client.request("POST", address, body=json.dumps(body).encode(), headers=headers)


def lines(client: Client, *sent: bytes, address: str = "/api/cases") -> list[Json]:
    """What comes back for some lines."""
    reply = client.request("POST", address, body=b"\n".join(sent), headers=NDJSON)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in reply.text.splitlines()]


# ── Many cases ──────────────────────────────────────────────────────────────────────────────


def test_each_line_is_answered_in_its_place(client: Client) -> None:
    """A bad line says why, and the others are answered as they are alone."""
    case = json.dumps(CASE).encode()
    named = json.dumps({"id": "p7", "case": CASE}).encode()
    record = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": []}).encode()
    long = b'"' + b"x" * MOST_BYTES + b'"'
    bad = json.dumps(CASE | {"age": "old"}).encode()

    found = lines(client, case, b"not JSON", named, b"", long, bad, b"[1]", record, case)

    assert [each["line"] for each in found] == [1, 2, 3, 5, 6, 7, 8, 9]
    alone = post(client, CASE, "/api/case?detail=brief").json
    answered = {each["line"]: each["answer"] for each in found if "answer" in each}
    assert answered.keys() == {1, 3, 8, 9}
    assert answered[1] == answered[3] == answered[9] == alone
    assert [each.get("id") for each in found][2] == "p7"
    errors = {each["line"]: each["error"] for each in found if "error" in each}
    assert {line: each["status"] for line, each in errors.items()} == {
        2: 400,
        5: 413,
        6: 422,
        7: 422,
    }
    assert errors[6]["places"][0]["at"] == "age"


def test_a_named_case_is_read_as_it_was_sent(client: Client) -> None:
    """With an id and without, a case has one answer or one error, and no other line is lost."""
    alp = '{"marker":"ALP","value":212.00000000000000000001,"high":212,"unit":"U/L"}'
    cases = [
        '{"conditions":["multiple myeloma"],"conditions":[]}',
        f'{{"conditions":["multiple myeloma"],"labs":[{alp}]}}',
        '{"conditions":["\\ud800"]}',
        '{"conditions":["\\ud83e\\udd14"]}',
        '"{}"',
    ]
    for case in cases:
        bare, named, last = lines(
            client, case.encode(), f'{{"case":{case},"id":"{{}}"}}'.encode(), b"{}"
        )
        assert {**named, "line": 1, "id": "{}"} == {**bare, "id": "{}"}
        assert last["line"] == 3
    twice = [b'{"id":1,"case":{},"case":{}}', b'{"id":1,"id":2,"case":{"age":3}}']
    assert [each["error"]["status"] for each in lines(client, *twice)] == [400, 400]
    refused = client.request(
        "POST", "/api/case", body=cases[2].encode(), headers={"content-type": "application/json"}
    )
    assert (refused.status, refused.json["title"]) == (400, "Not JSON")


def test_a_mistake_of_ours_costs_one_line(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong with a line, those after it are answered."""
    run = many._run

    async def broken(request: Request, frame: Frame) -> Frame:
        if frame.body == b'{"age":1}':
            raise AssertionError
        return await run(request, frame)

    monkeypatch.setattr(many, "_run", broken)
    found = lines(client, b'{"age":1}', b'{"age":2}')

    assert found[0]["error"]["status"] == 500
    assert found[1]["answer"]


def test_a_whole_answer_for_each_line(client: Client) -> None:
    """`detail=full` gives what `/api/case` gives."""
    (found,) = lines(client, json.dumps(CASE).encode(), address="/api/cases?detail=full")

    assert (
        found["answer"]
        == post(client, CASE).json
        == post(client, CASE, "/api/case?detail=full").json
    )


@pytest.mark.parametrize(
    ("address", "media_type", "status"),
    [
        ("/api/cases?detail=long", "application/x-ndjson", 400),
        ("/api/cases?date=2026-01-01", "application/x-ndjson", 400),
        ("/api/cases", "application/json", 415),
    ],
)
def test_what_is_no_request_for_many(
    client: Client, address: str, media_type: str, status: int
) -> None:
    """It is refused as a whole, before a line is read."""
    reply = client.request("POST", address, body=b"{}", headers={"content-type": media_type})

    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")


def test_lines_that_come_in_pieces(client: Client) -> None:
    """However a body is cut, its lines are the same."""
    sent = b"\n".join([json.dumps(CASE).encode()] * 40)

    assert [each["line"] for each in lines(client, sent)] == list(range(1, 41))


# ── What would change ───────────────────────────────────────────────────────────────────────


def test_what_would_change(client: Client) -> None:
    """`if=` gives what `kg ask --if` gives, for one fact and for more."""
    found = post(client, CASE, "/api/case?if=GGT=high&if=osteoporosis").json

    assert found["facts"] == ["GGT=high", "osteoporosis"]
    assert found["before"]["causes"] != found["after"]["causes"]
    assert found["verdicts"]


@pytest.mark.parametrize("query", ["if=nonsense", "if=", "if=GGT=high&detail=brief"])
def test_what_cannot_be_supposed(client: Client, query: str) -> None:
    """A name that the graph does not know is told with what is wanted, and not repeated."""
    reply = post(client, CASE, f"/api/case?{query}")

    assert reply.status == 400
    assert "if=" in reply.json["detail"]
    assert "nonsense" not in reply.text


@pytest.mark.parametrize(
    ("address", "at", "found"),
    [
        ("case?if=GGT%3Dhigh&if=secret%207", "if[1]", "'aaaaaa 9'"),
        ("case?if=GGT%3Dsecret", "if", "'aaa=aaaaaa'"),
        ("case?about=secret", "about", "'aaaaaa'"),
        ("case?assume=osteoporosis,secret", "assume", "'aaaaaa'"),
        ("case/why?row=99", "row", "'99'"),
    ],
)
def test_a_parameter_is_told_as_a_field_is(
    client: Client, address: str, at: str, found: str
) -> None:
    """Which one, the form of what was found, and an example as an address has to have it."""
    refused = post(client, CASE, f"/api/{address}").json
    (place,) = refused["parameters"]

    assert place["at"] == at
    assert found in place["found"]
    assert place["wanted"] in refused["detail"]
    assert "secret" not in json.dumps(refused)
    if "example" in place:
        path, _, query = address.partition("?")
        mended = "&".join([*query.split("&")[:-1], place["example"]])
        assert post(client, CASE, f"/api/{path}?{mended}").status == 200
    else:
        assert at == "assume"


# ── Errors that a program can mend ──────────────────────────────────────────────────────────

LABS: list[object] = [
    {"marker": "ALP", "flag": "high"},
    {"marker": "ALP", "value": "241 U/L"},
    VALUE | {"range": "35-105"},
    {"marker": "ALP", "state": "high", "value": "241"},
    {"marker": "ALP", "state": ""},
    {"marker": "ALP", "state": None},
    {"marker": "ALP", "state": 1},
    {"marker": "", "state": "high"},
    {"marker": None, "state": "high"},
    {"marker": ["ALP"], "state": "high"},
    {"marker": 6768, "state": "high"},
    {"state": "high"},
    {"marker": "ALP"},
    {},
    "ALP=high",
    241,
    None,
    ["ALP", "high"],
    VALUE | {"value": "high"},
    VALUE | {"value": None},
    VALUE | {"value": {"value": 241}},
    VALUE | {"value": "2,41"},
    VALUE | {"value": True},
    VALUE | {"unit": 5},
    VALUE | {"unit": ["U/L"]},
    VALUE | {"high": "105 U/L"},
    VALUE | {"low": "35-105"},
    VALUE | {"comparator": "about"},
    VALUE | {"comparator": "=>"},
    VALUE | {"date": "today"},
    VALUE | {"date": "03/01/2026"},
    VALUE | {"date": 20260301},
    VALUE | {"date": ["2026-03-01"]},
    VALUE | {"baseline": "yes"},
    VALUE | {"dayOfTreatment": -3},
    VALUE | {"dayOfTreatment": "three"},
    VALUE | {"percentChangeFromBaseline": "25 %"},
    VALUE | {"duringTreatment": "bortezomib"},
    VALUE | {"flag": 3},
    VALUE | {"analyte": "ALP", "result": "241"},
]
BODIES: list[object] = [
    *({"conditions": ["multiple myeloma"], "labs": [each]} for each in LABS),
    CASE | {"labs": {"ALP": "high"}},
    CASE | {"labs": "ALP=high"},
    CASE | {"conditions": "multiple myeloma"},
    CASE | {"conditions": [{"name": "multiple myeloma"}]},
    CASE | {"conditions": [7]},
    CASE | {"drugs": "bortezomib"},
    CASE | {"drugs": [{"drug": "bortezomib", "start": "soon"}]},
    CASE | {"drugs": [{"name": "bortezomib"}]},
    CASE | {"absent": [None]},
    CASE | {"age": "old"},
    CASE | {"age": -4},
    CASE | {"sex": "M?"},
    CASE | {"sex": 1},
    CASE | {"date": "yesterday"},
    CASE | {"canary": 1, "medications": []},
    [CASE],
]
"""The sixteen that an agent was seen to send first, and forty more."""


def mend(body: object, problem: Json) -> object:
    """A body as a program leaves it that reads nothing but the error."""
    body = deepcopy(body)
    if "places" not in problem:
        return problem["example"]
    for place in problem["places"]:
        steps = [
            int(e) if e.isdigit() else e
            for e in place["at"].replace("]", "").replace("[", ".").split(".")
        ]
        if steps == ["the case"]:
            assert isinstance(body, dict)
            body = {key: body[key] for key in body if key in place["keys"]}
            continue
        *path, last = steps
        inner: Any = body
        for step in path:
            inner = inner[step]
        if "keys" in place:
            inner[last] = {key: inner[last][key] for key in inner[last] if key in place["keys"]}
        elif "example" in place:
            inner[last] = place["example"]
        else:
            del inner[last]
    return body


def test_errors_are_mended_by_what_they_say(client: Client) -> None:
    """Every error names its field, what was found and a value that can stand there."""
    left = []
    for body in BODIES:
        reply = post(client, body)
        assert reply.status == 422, (body, reply.text)
        for place in reply.json.get("places", ()):
            assert place["at"] and place["found"] and place["wanted"]  # noqa: PT018 - of one place
        mended = body
        for _ in range(GRACE):
            if reply.status == 200:
                break
            mended = mend(mended, reply.json)
            reply = post(client, mended)
        if reply.status != 200:
            left.append((body, mended))
    assert len(BODIES) == 56
    assert len(left) <= 0.05 * len(BODIES), left


def test_reasons_are_the_right_ones(client: Client) -> None:
    """A day to come is said to be one, and a number below zero to be a number."""
    (later,) = post(client, CASE | {"date": "2999-01-01"}).json["places"]
    (below,) = post(client, CASE | {"age": -3}).json["places"]
    (bare,) = post(client, CASE | {"conditions": [{"condition": "myeloma"}]}).json["places"]

    assert bare["found"] == "an object with condition"
    assert "as a text, or" in bare["wanted"]
    assert "still to come" in later["why"]
    assert below["found"] == "a number"


def test_nothing_that_was_sent_is_repeated(client: Client) -> None:
    """What was found is told by its form."""
    reply = post(client, {"labs": [VALUE | {"value": "canary 77"}], "canary": ["canary"]})

    assert reply.status == 422
    assert "'aaaaaa 99'" in reply.text
    assert "canary" not in reply.text


# ── The description in short ────────────────────────────────────────────────────────────────


def test_openapi_in_short(client: Client) -> None:
    """It is OpenAPI too, short enough for an agent, and names every query."""
    whole = client.get("/api/openapi.json").json
    reply = client.get("/api/openapi.json?form=short")
    validate(reply.json)

    assert len(reply.body) <= MOST_SHORT
    named = reply.json["paths"]["/api/{name}"]["get"]["parameters"][0]["schema"]["enum"]
    kept = reply.json["paths"].keys() - {"/api/{name}"}
    assert {f"/api/{name}" for name in named} | kept == whole["paths"].keys()
    assert client.get("/api/openapi.json?form=tall").status == 400
