"""Many cases in one request: a case a line (NDJSON), and for each line one with its answer.

Lines are answered in their order while others still come, so neither the cases nor the answers are
ever there as a whole. A line that cannot be answered says why in its place. A client that sends
more than some thousand cases has to read while it sends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from kg.case import parse_json
from kg.model.errors import BusyError, DeadlineError, ExhaustedError, UsageError
from kg.sandbox.protocol import Frame
from kg.serve.api.cases import (
    BRIEF,
    FULL,
    MOST_BYTES,
    case_owner,
    case_problem,
    check_answered,
    check_origin,
    read_parameters,
)
from kg.serve.http.accounts import charged
from kg.serve.http.middleware import log_mistake
from kg.serve.http.responses import NO_STORE, Problem, Reply
from kg.serve.packing import unpack
from kg.serve.sparql.protocol import read_media_type
from kg.serve.state import state_of

LINES: Final = "application/x-ndjson"
"""What is sent and what comes back."""
_TYPES: Final = (LINES, "application/ndjson", "application/jsonl")
_DETAILS: Final = {"": BRIEF, BRIEF: BRIEF, FULL: "json"}
_MOST_TRIES: Final = 5
_LONGEST_PAUSE: Final = 5

Json = dict[str, Any]


class _Named(Struct, forbid_unknown_fields=True):
    """A case with a name."""

    id: str | int
    case: msgspec.Raw


class _Record(Struct):
    """What only a FHIR record has."""

    resourceType: object  # noqa: N815 - as FHIR calls it


async def ask(request: Request) -> Reply:
    """The answers to the cases of the body, a line each; brief where nothing else is wanted."""
    check_origin(request)
    given = read_parameters(request, ("about", "detail"), ())
    read_media_type(request, _TYPES)
    check_answered(state_of(request))
    form = _DETAILS.get(given.pop("detail", ""))
    if form is None:
        wanted = f"detail= can be, of a line: {BRIEF}, {FULL}."
        raise Problem(400, "Not a detail of an answer", wanted)
    return _Lines(_answers(request, {"job": "ask", "form": form, "show": "", **given}))


class _Lines(Reply):
    """Sends each line when it is there."""

    def __init__(self, lines: AsyncIterator[bytes]) -> None:
        super().__init__(b"", LINES, cache=NO_STORE, headers=(("Content-Type", LINES),))
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Send all, until the client has left."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        try:
            async for line in self._lines:
                await send({"type": "http.response.body", "body": line, "more_body": True})
        except ClientDisconnect:
            return
        await send({"type": "http.response.body", "body": b""})


async def _answers(request: Request, head: Json) -> AsyncIterator[bytes]:
    """A line for each line of the body that holds something."""
    number = 0
    async for text in _lines_of(request):
        number += 1
        if text is None:
            yield _line({"line": number}, error=_TOO_LONG)
        elif text.strip():
            yield await _answer(request, head, number, text)


async def _lines_of(request: Request) -> AsyncIterator[bytes | None]:
    """The lines of the body as they come; None for one that is too long, of which nothing is kept.

    The last one may end without a line break.
    """
    rest, lost = bytearray(), False
    async for piece in request.stream():
        *whole, last = piece.split(b"\n")
        for each in whole:
            rest += each
            yield None if lost or len(rest) > MOST_BYTES else bytes(rest)
            rest, lost = bytearray(), False
        rest += last
        if len(rest) > MOST_BYTES:
            rest, lost = bytearray(), True
    if rest or lost:
        yield None if lost else bytes(rest)


async def _answer(request: Request, head: Json, number: int, text: bytes) -> bytes:
    """The answer to a line, or why there is none; its id, where it has one, is told with it."""
    told: Json = {"line": number}
    now = datetime.now().astimezone()
    day = {"day": now.date().isoformat(), "now": now.isoformat()}
    try:
        kind, body = _read(text, told)
        reply = await _run(request, Frame({**head, "kind": kind, "packs": False, **day}, body))
    except Problem as problem:
        return _line(told, error=problem)
    except Exception as error:  # noqa: BLE001 - one line never costs those after it
        log_mistake(error)
        return _line(told, error=_MISTAKE)
    refused = reply.head.get("refused")
    if isinstance(refused, dict):
        return _line(told, error=Problem(**refused))
    answer, _ = unpack(reply)
    return _line(told, answer=msgspec.Raw(msgspec.json.format(answer, indent=-1).strip()))


def _read(text: bytes, told: Json) -> tuple[str, bytes]:
    """What a line is, and the case in it as it was sent; `{"id": …, "case": …}` names a case."""
    with suppress(msgspec.DecodeError):  # it is no such object
        named = msgspec.json.decode(text, type=_Named)
        told["id"], case = named.id, bytes(named.case)
        _check_once(text, case)
        text = case
    try:
        msgspec.json.decode(text, type=_Record)
    except msgspec.DecodeError:
        return "plain", text  # whoever reads cases says what is wrong with it
    return "fhir", text


def _check_once(text: bytes, case: bytes) -> None:
    """Problem where an object with a case has a key twice; of the case its reader tells that."""
    if not case.startswith(b"{"):  # it is no case, and its reader says so
        return
    try:
        parse_json(text.replace(case, b"{}", 1).decode())
    except (UsageError, UnicodeDecodeError):
        raise _NOT_ONCE from None


async def _run(request: Request, frame: Frame) -> Frame:
    """What a process replies; where there is no room it is asked again a little later."""
    state = state_of(request)
    run = partial(state.cases.run, frame, owner=case_owner(request))
    for left in range(_MOST_TRIES, 0, -1):
        try:
            _, reply = await charged(request, state.budget, run)
        except BusyError as error:
            if left == 1:
                raise case_problem(error) from None
            await asyncio.sleep(min(error.retry_after, _LONGEST_PAUSE))
        except (DeadlineError, ExhaustedError) as error:
            raise case_problem(error) from None
        else:
            return reply
    raise AssertionError("the last try ends otherwise")


def _line(told: Json, *, error: Problem | None = None, answer: object = None) -> bytes:
    """A line of the reply."""
    if error is not None:
        told |= {"error": error.content}
    else:
        told |= {"answer": answer}
    return msgspec.json.encode(told) + b"\n"


_MISTAKE: Final = Problem(
    500, "A mistake in the server", "This should not happen; where it happened has been logged."
)
_NOT_ONCE: Final = Problem(
    400, "Not JSON", 'an object with a case holds "id" and "case" once each, and nothing else.'
)
_TOO_LONG: Final = Problem(413, "Too long", f"a case holds at most {MOST_BYTES} bytes.")
