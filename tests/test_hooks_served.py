"""CDS Hooks over HTTP: the addresses, whose requests are answered, and what is kept of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asgi import Client, Response, running
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from test_hooks import RAISED, request

from kg.compile import builder
from kg.hooks.trust import HookClients, UntrustedError, check_token, read_clients
from kg.model.errors import UsageError
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import Published
from kg.serve.settings import Settings
from kg.serve.state import AppState

EHR = "https://ehr.example.org"
SERVICE = "/cds-services/raised-alp"
AUDIENCE = f"http://127.0.0.1:8000{SERVICE}"
KEY = ECKey.generate_key("P-384", {"kid": "one"})


@pytest.fixture(name="clients", scope="module")
def _clients(tmp_path_factory: pytest.TempPathFactory) -> HookClients:
    path = tmp_path_factory.mktemp("keys") / "clients.json"
    path.write_text(json.dumps({EHR: {"keys": [KEY.as_dict(private=False)]}}), "utf-8")
    return read_clients(path)


@pytest.fixture(name="state", scope="module")
def _state() -> AppState:
    free = Limits(seconds_per_minute=0, errors_per_minute=0)
    return AppState(Settings(limits=free, origins=frozenset({EHR})), _published())


def _published() -> Published:
    return Published(builder.ready().folder.parent)


@pytest.fixture(name="client", scope="module")
def _client(state: AppState) -> Iterator[Client]:
    with running(create_app(state)) as client:
        yield client


def post(client: Client, body: object, target: str = SERVICE, **headers: str) -> Response:
    """The reply to a call."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.request(
        "POST", target, body=raw, headers={"Content_Type": "application/json", **headers}
    )


def test_the_services_are_found(client: Client) -> None:
    """Any page may read which services there are."""
    found = client.get("/cds-services")

    assert found.status == 200
    assert {each["hook"] for each in found.json["services"]} >= {"patient-view", "order-sign"}
    assert found.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("body", "target", "status"),
    [
        (request("patient-view", RAISED), SERVICE, 200),
        ({}, SERVICE, 400),
        (b"{", SERVICE, 400),
        (b"\xff\xfe", SERVICE, 400),
        (request("patient-view", {}), SERVICE, 412),
        (request("patient-view", RAISED), "/cds-services/none", 404),
        (
            {"feedback": [{"card": "a", "outcome": "accepted", "outcomeTimestamp": "t"}]},
            f"{SERVICE}/feedback",
            200,
        ),
        (
            {"feedback": [{"card": "a", "outcome": "seen", "outcomeTimestamp": "t"}]},
            f"{SERVICE}/feedback",
            400,
        ),
        ({}, f"{SERVICE}/feedback", 400),
        ({"feedback": []}, "/cds-services/none/feedback", 404),
        (b"x", f"{SERVICE}/feedback", 400),
    ],
)
def test_calls_have_the_status_of_the_specification(
    body: object, target: str, status: int, client: Client
) -> None:
    """200 with cards, 400, 404, 412; each with JSON that says why."""
    found = post(client, body, target)

    assert found.status == status
    assert isinstance(found.json, dict)
    assert found.headers["cache-control"] == "no-store" or status == 400


def test_feedback_is_counted_and_not_kept(client: Client) -> None:
    """How often cards were accepted or set aside, and no word of why."""
    told = {
        "card": "a",
        "outcome": "overridden",
        "outcomeTimestamp": "t",
        "overrideReason": {"userComment": "Zacharias"},
    }

    assert post(client, {"feedback": [told]}, f"{SERVICE}/feedback").status == 200
    found = client.get("/metrics").text
    assert 'kg_hook_feedback_total{outcome="overridden"}' in found
    assert "Zacharias" not in found


def test_no_call_goes_out(client: Client, state: AppState) -> None:
    """The address and the token of the client's server are dropped: nothing asks for more."""
    asked = {
        **request("patient-view", {}),
        "fhirServer": "http://127.0.0.1:1/fhir",
        "fhirAuthorization": {"access_token": "secret-4711"},
    }
    found = post(client, asked)

    assert found.status == 412
    assert "secret" not in found.text
    assert state.settings.hook_clients is None


def test_pages_of_other_sites(client: Client) -> None:
    """One that was allowed may ask before it sends, and read the reply; others may not."""
    asks = {
        "Origin": EHR,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    may = client.request("OPTIONS", SERVICE, headers=asks)
    may_not = client.request("OPTIONS", SERVICE, headers={**asks, "Origin": "https://evil.example"})
    said = post(client, request("patient-view", RAISED), Origin=EHR)
    refused = post(client, request("patient-view", RAISED), Origin="https://evil.example")

    assert "Authorization" in may.headers["access-control-allow-headers"]
    assert may.headers["access-control-allow-origin"] == EHR
    assert "access-control-allow-headers" not in may_not.headers
    assert "access-control-allow-origin" not in may_not.headers
    assert (said.status, said.headers["access-control-allow-origin"]) == (200, EHR)
    assert refused.status == 403


# ── Tokens ──────────────────────────────────────────────────────────────────────────────────


def claims(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """What a right token says, with changes; None leaves a claim out."""
    now = int(time.time())
    said = {
        "iss": EHR,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "jti": str(time.monotonic_ns()),
    }
    return {name: each for name, each in (said | changes).items() if each is not None}


def signed(
    said: dict[str, Any], key: ECKey | RSAKey | OctKey = KEY, algorithm: str = "ES384"
) -> str:
    """A header with a token."""
    head = {"alg": algorithm, "kid": "one", "typ": "JWT", "jku": "http://127.0.0.1:1/keys"}
    return f"Bearer {jwt.encode(head, said, key, algorithms=[algorithm])}"


def test_a_token_of_a_known_client_is_taken_once(clients: HookClients) -> None:
    """The same token again is a copy that somebody made."""
    token = signed(claims())

    check_token(token, clients, AUDIENCE)
    with pytest.raises(UntrustedError, match="used before"):
        check_token(token, clients, AUDIENCE)
    check_token(signed(claims(aud=[AUDIENCE, "x"])), clients, AUDIENCE)


def test_no_token_is_forgotten_while_it_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many come, none is taken twice; where no more can be kept, a new one waits."""
    clients = HookClients({})
    monkeypatch.setattr("kg.hooks.trust._REMEMBERED", 3)
    for number, ends in enumerate((300.0, 100.0, 200.0)):
        assert clients.take(f"a {number}", ends, 0.0)

    assert not clients.take("a 0", 300.0, 0.0)
    with pytest.raises(UntrustedError, match="too many"):
        clients.take("a 3", 300.0, 0.0)
    assert clients.take("a 3", 300.0, 150.0)  # in the place of the one that ended first
    assert not clients.take("a 0", 300.0, 150.0)


NOW = int(time.time())
TOKENS: Mapping[str, tuple[Callable[[], str], str]] = {
    "none": (lambda: "", "no token"),
    "of another scheme": (lambda: "Basic eDp5", "no token"),
    "one part": (lambda: "Bearer x", "iss"),
    "no claims": (lambda: "Bearer a.b.c", "iss"),
    "a list": (lambda: "Bearer a.W10.c", "iss"),
    "of a stranger": (lambda: signed(claims(iss="https://evil.example")), "iss"),
    "of another key": (lambda: signed(claims(), ECKey.generate_key("P-384")), "not signed"),
    "of another kind": (lambda: signed(claims(), RSAKey.generate_key(2048), "RS384"), "not signed"),
    "of a secret": (lambda: signed(claims(), _public_as_secret(), "HS384"), "not signed"),
    "for another service": (lambda: signed(claims(aud="https://other.example")), "aud"),
    "over": (lambda: signed(claims(iat=NOW - 120, exp=NOW - 60)), "iat and exp"),
    "to come": (lambda: signed(claims(iat=NOW + 3600, exp=NOW + 3660)), "iat and exp"),
    "of a day": (lambda: signed(claims(exp=NOW + 86_400)), "iat and exp"),
    "of no time": (lambda: signed(claims(exp=None)), "iat and exp"),
    "without an id": (lambda: signed(claims(jti=None)), "jti"),
}


def _public_as_secret() -> OctKey:
    """The public key of the client as if it were a secret that both sides know."""
    return OctKey.import_key(json.dumps(KEY.as_dict(private=False)))


@pytest.mark.parametrize("name", TOKENS)
def test_any_other_token_is_refused(name: str, clients: HookClients) -> None:
    """Unsigned, of another key, for another service, of another time, or with a shared secret."""
    header, said = TOKENS[name]

    with pytest.raises(UntrustedError, match=said):
        check_token(header(), clients, AUDIENCE)


def test_an_unsigned_token_is_refused(clients: HookClients) -> None:
    """`none` is no algorithm."""
    whole = signed(claims()).removeprefix("Bearer ").split(".")
    head = "eyJhbGciOiJub25lIn0"

    with pytest.raises(UntrustedError, match="not signed"):
        check_token(f"Bearer {head}.{whole[1]}.", clients, AUDIENCE)


@pytest.mark.slow
def test_the_server_turns_strangers_away(clients: HookClients, state: AppState) -> None:
    """With keys, calls and feedback need a token; discovery does not."""
    settings = replace(state.settings, hook_clients=clients)
    with running(create_app(AppState(settings, _published()))) as client:
        refused = post(client, request("patient-view", RAISED))
        taken = post(client, request("patient-view", RAISED), Authorization=signed(claims()))

        assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert post(client, {"feedback": []}, f"{SERVICE}/feedback").status == 401
        assert taken.status == 200
        assert client.get("/cds-services").status == 200


PRIVATE = json.dumps({EHR: {"keys": [KEY.as_dict(private=True)]}})


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"x": 1}', '{"x": {"keys": [1]}}', pytest.param(PRIVATE, id="private")],
)
def test_a_file_without_public_keys_is_refused(content: str, tmp_path: Path) -> None:
    """A private key beside the server is a mistake, and is told as one."""
    path = tmp_path / "clients.json"
    path.write_text(content, "utf-8")

    with pytest.raises(UsageError, match="wanted"):
        read_clients(path)
