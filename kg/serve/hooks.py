"""The addresses of CDS Hooks 2.0: which services there are, a call of one, and what became of it.

A request is sent to a process that answers cases, and nothing of it is kept or logged. No call goes
out: the address and the token of the client's FHIR server are dropped unread.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import Struct
from starlette.requests import Request

from kg.hooks.names import CALL, DISCOVER
from kg.hooks.trust import UntrustedError, check_token
from kg.sandbox.protocol import Frame
from kg.serve.api.cases import answered, check_answered, check_origin, run
from kg.serve.http.responses import NO_STORE, PUBLIC, Problem, Reply
from kg.serve.sparql.protocol import read_body, read_media_type
from kg.serve.state import state_of

PATH: Final = "/cds-services"
_JSON: Final = "application/json"
_MOST_FEEDBACK: Final = 100_000


class _Feedback(Struct, rename="camel"):
    """What became of one card."""

    card: str
    outcome: Literal["accepted", "overridden"]
    outcome_timestamp: str


class _Feedbacks(Struct):
    """What became of cards; whatever else is said of them is dropped unread."""

    feedback: list[_Feedback]


class _Offer(Struct):
    """A service that there is."""

    id: str


class _Offers(Struct):
    """All of them, as discovery has them."""

    services: list[_Offer]


async def discover(request: Request) -> Reply:
    """The services that there are."""
    version, body = await _services(request)
    headers = (("Graph-Version", version),)
    return Reply(body, _JSON, cache=PUBLIC, headers=headers)


async def _services(request: Request) -> tuple[str, bytes]:
    state = state_of(request)
    check_answered(state)
    version, reply = await run(state.tools, request, Frame({"job": DISCOVER}))
    return version, bytes(reply.body)


async def call(request: Request) -> Reply:
    """The cards for a request, or an OperationOutcome that says what is wrong or missing."""
    service = _check(request)
    now = datetime.now().astimezone().isoformat()
    state = state_of(request)
    head = {"job": CALL, "service": service, "url": state.settings.public_url, "now": now}
    found = await answered(state.tools, request, head)
    status = found.head["status"]
    assert isinstance(status, int)  # noqa: S101 - the job gives it so
    headers = (("Graph-Version", found.version),)
    return Reply(found.body, _JSON, status, cache=NO_STORE, headers=headers)


async def feedback(request: Request) -> Reply:
    """Count what became of cards, and keep nothing of it."""
    service = _check(request)
    too_long = Problem(413, "Too long", f"feedback holds at most {_MOST_FEEDBACK} bytes.")
    body = await read_body(request, _MOST_FEEDBACK, too_long)
    try:
        found = msgspec.json.decode(body, type=_Feedbacks)
    except msgspec.ValidationError as error:
        raise Problem(400, "Not feedback", f"{error}; wanted: feedback of CDS Hooks.") from None
    except msgspec.DecodeError:
        raise Problem(400, "Not JSON", "the body is not JSON.") from None
    offers = msgspec.json.decode((await _services(request))[1], type=_Offers)
    if service not in {each.id for each in offers.services}:
        raise Problem(404, "No such service", f"there is none; {PATH} lists those there are.")
    for each in found.feedback:
        state_of(request).metrics.feedback[each.outcome] += 1
    return Reply(b"{}\n", _JSON, cache=NO_STORE)


def _check(request: Request) -> str:
    """The service that is called; a Problem where the request is not for us to answer."""
    check_origin(request)
    settings, name = state_of(request).settings, str(request.path_params["name"])
    audience = f"{settings.public_url}{PATH}/{name}"
    try:
        check_token(request.headers.get("authorization", ""), settings.hook_clients, audience)
    except UntrustedError as error:
        headers = (("WWW-Authenticate", "Bearer"),)
        raise Problem(401, "Not a known client", error.message, headers=headers) from None
    read_media_type(request, (_JSON,))
    return name
