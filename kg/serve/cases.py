"""Answers to cases that are sent: nothing of a case is kept, logged or repeated in an error.

A case comes in the body alone, and pages of other sites can neither send one nor read an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Final

from starlette.requests import Request

from kg.model.errors import BusyError, DeadlineError, ExhaustedError
from kg.sandbox.protocol import Frame
from kg.serve import jobs
from kg.serve.negotiation import negotiate
from kg.serve.problems import Problem
from kg.serve.protocol import body_of, fields_of
from kg.serve.replies import NO_STORE, Reply
from kg.serve.site import site_of
from kg.serve.working import admitted, worked

MOST_BYTES: Final = 2_000_000
KINDS: Final[Mapping[str, str]] = {
    "application/json": "plain",
    "application/fhir+json": "fhir",
    "application/fhir+ndjson": "fhir",
}
"""What a case can be sent as."""
FORMS: Final[Mapping[str, str]] = {
    "application/json": "json",
    "text/plain": "text",
    "text/markdown": "md",
}
"""What an answer can be sent as; the first by default."""

_TOO_LONG: Final = Problem(413, "Too long", f"a case holds at most {MOST_BYTES} bytes.")


async def ask(request: Request) -> Reply:
    """The answer to the case in the body."""
    return await _replied(request, "ask", takes=("about", "date"), needs=())


async def why(request: Request) -> Reply:
    """The proof of the row that `row` names, of the answer to the case in the body."""
    return await _replied(request, "why", takes=("about", "row", "date"), needs=("row",))


async def _replied(
    request: Request, job: str, *, takes: tuple[str, ...], needs: tuple[str, ...]
) -> Reply:
    _check_origin(request)
    told = _parameters(request, takes, needs)
    kind = _kind(request)
    media_type = negotiate(request.headers.get("accept"), tuple(FORMS), "application/json")
    if media_type is None:
        raise Problem(406, "Not a form of an answer", f"wanted one of: {', '.join(FORMS)}.")
    day = _day(told.pop("date", None), kind)
    head = {"job": job, "kind": kind, "day": day, "form": FORMS[media_type], **told}
    version, body = await _worked_out(request, head)
    content_type = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    headers = (("Graph-Version", version),)
    return Reply(body, content_type, cache=NO_STORE, headers=headers, vary=("Accept",))


async def _worked_out(request: Request, head: Mapping[str, object]) -> tuple[str, bytes]:
    """The version of the graph and the answer, out of a process that has ended by then."""
    site = site_of(request)
    admitted(request)
    body = await body_of(request, MOST_BYTES, _TOO_LONG)
    if site.graphs.now.edition.program.name != jobs.PROGRAM:
        raise Problem(
            503, "No cases", "this server has a file of triples, and cases need a built graph."
        )
    try:
        version, reply = await worked(request, partial(site.cases.run, Frame(head, body)))
    except DeadlineError:
        raise Problem(504, "The case took too long", "it was stopped at the limit.") from None
    except ExhaustedError:
        raise Problem(422, "The case needs too much", "it used up its memory.") from None
    except BusyError as error:
        headers = (("Retry-After", str(error.retry_after)),)
        raise Problem(503, "Busy", "too many cases; try again.", headers=headers) from None
    refused = reply.head.get("refused")
    if isinstance(refused, dict):
        raise Problem(**refused)
    return version, reply.body


def _check_origin(request: Request) -> None:
    """Turn away what a page of another site sends from a reader's browser."""
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    own = {site_of(request).settings.public_url, f"http://{host}", f"https://{host}"}
    if origin is not None and origin not in own:
        raise Problem(403, "Not from here", "pages of other sites may not send a case.")


def _parameters(request: Request, takes: tuple[str, ...], needs: tuple[str, ...]) -> dict[str, str]:
    """What the address says of the question; a case is never in an address."""
    fields = fields_of(request.scope["query_string"])
    if fields.keys() - set(takes) or any(len(values) > 1 for values in fields.values()):
        wanted = ", ".join(takes)
        raise Problem(
            400, "Not a parameter", f"wanted in the address: {wanted}, once; the case is the body."
        )
    lacking = [name for name in needs if not fields.get(name, [""])[0]]
    if lacking:
        raise Problem(400, "A parameter is missing", f"wanted: {', '.join(lacking)}.")
    # A finding that is left empty is the usual one; a day that is left empty is a mistake.
    return {name: values[0] for name, values in fields.items() if values[0] or name != "about"}


def _day(said: str | None, kind: str) -> str:
    """The day that is asked about: for a record the one that the address says, or else today.

    A case in our own form says it itself. What was sent is not repeated.
    """
    today = datetime.now().astimezone().date()
    if said is None:
        return today.isoformat()
    if kind != "fhir":
        raise _not_a_day("a case in JSON holds the day as its own `date`; the address takes none.")
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = None
    if day is None or day.isoformat() != said:  # weeks, and days without their lines, are read too
        raise _not_a_day("date= is no day; wanted: year, month and day, such as date=2026-03-01.")
    if day > today:
        raise _not_a_day(f"date= is still to come; wanted: a day up to {today}, which is today.")
    return said


def _not_a_day(detail: str) -> Problem:
    return Problem(400, "Not a day to ask about", detail)


def _kind(request: Request) -> str:
    """What the body is said to be."""
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    kind = KINDS.get(media_type.strip().lower())
    if kind is None:
        raise _not_read(f"wanted: a body of type {', '.join(KINDS)}.")
    name, _, charset = parameters.replace(" ", "").lower().partition("=")
    if name == "charset" and charset.strip('"') not in ("utf-8", "utf8"):
        raise _not_read("the body has to be UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _not_read("a body that is packed is not read.")
    return kind


def _not_read(detail: str) -> Problem:
    return Problem(415, "Not a type that is read", detail)
