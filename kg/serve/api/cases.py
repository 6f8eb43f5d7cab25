"""Answers to cases that are sent: nothing of a case is kept, logged or repeated in an error.

A case comes in the body alone, and pages of other sites can neither send one nor read an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request

from kg.model.errors import BusyError, DeadlineError, ExhaustedError
from kg.sandbox.kept import Owner
from kg.sandbox.protocol import Frame
from kg.serve.http.accounts import check_quota, dispatch
from kg.serve.http.negotiation import accepts_gzip, content_type, negotiate
from kg.serve.http.owners import owner_of
from kg.serve.http.responses import NO_STORE, Problem, Reply
from kg.serve.packing import unpack
from kg.serve.services import CaseService
from kg.serve.sparql.protocol import fields_of, read_body, read_media_type
from kg.serve.state import AppState, state_of
from kg.show import PARTS

MOST_BYTES: Final = 2_000_000
MOST_BYTES_OF_A_FORM: Final = 3 * MOST_BYTES
"""A form writes a character in up to three bytes."""
KINDS: Final[Mapping[str, str]] = {
    "application/json": "plain",
    "application/fhir+json": "fhir",
    "application/fhir+ndjson": "fhir",
    "text/plain": "words",
}
"""What a case can be sent as."""
FORMS: Final[Mapping[str, str]] = {
    "application/json": "json",
    "text/plain": "text",
    "text/markdown": "md",
}
"""What an answer can be sent as; the first by default."""
BRIEF: Final = "brief"
"""What `detail` says for an answer in few words, as JSON."""
FULL: Final = "full"
"""What it says for a whole answer in any form; in JSON that is what is given by default."""
_REPEATED: Final = ("if",)
"""Parameters that can stand more than once."""


async def ask(request: Request) -> Reply:
    """The answer to the case in the body."""
    return await _reply(request, "ask", takes=("about", "assume", "detail", "date", "if"), needs=())


async def why(request: Request) -> Reply:
    """The proof of the row that `row` names, of the answer to the case in the body."""
    return await _reply(request, "why", takes=("about", "assume", "row", "date"), needs=("row",))


async def _reply(
    request: Request, job: str, *, takes: tuple[str, ...], needs: tuple[str, ...]
) -> Reply:
    check_origin(request)
    given = read_parameters(request, takes, needs)
    kind = KINDS[read_media_type(request, tuple(KINDS))]
    media_type = negotiate(request.headers.get("accept"), tuple(FORMS), "application/json")
    if media_type is None:
        raise Problem(406, "Not a form of an answer", f"wanted one of: {', '.join(FORMS)}.")
    now = datetime.now().astimezone()
    day = _read_day(given.pop("date", None), kind, now.date())
    when = {"day": day} if day else {"day": now.date().isoformat(), "now": now.isoformat()}
    form, show = _read_detail(given.pop("detail", ""), FORMS[media_type])
    if "if" in given and (form == BRIEF or show):
        raise Problem(400, "Not a detail of an answer", "what would change (if=) takes no detail=.")
    head = {"job": job, "kind": kind, "form": form, "show": show, **when, **given}
    return reply_with(await answered(state_of(request).cases, request, head), media_type)


def reply_with(answer: Answered, media_type: str) -> Reply:
    """What was answered, as a reply that nobody keeps."""
    headers = (("Graph-Version", answer.version),)
    return Reply(
        answer.body, content_type(media_type), cache=NO_STORE, headers=headers, vary=("Accept",),
        packed=answer.packed,
    )  # fmt: skip


class Answered(NamedTuple):
    """What is known of a case that was answered."""

    version: str
    """Of the graph."""
    head: Mapping[str, object]
    body: bytes
    packed: bytes | None


async def answered(
    service: CaseService, request: Request, head: Mapping[str, object], most: int = MOST_BYTES
) -> Answered:
    """The reply to the case in the body; a Problem where it is refused."""
    state = state_of(request)
    check_quota(request, state.budget)
    too_long = Problem(413, "Too long", f"a case holds at most {MOST_BYTES} bytes.")
    body = await read_body(request, most, too_long)
    check_answered(state)
    packs = accepts_gzip(request.headers.get("accept-encoding"))
    frame = Frame({**head, "packs": packs}, body)
    version, reply = await run(service, request, frame, owner=case_owner(request))
    refused = reply.head.get("refused")
    if isinstance(refused, dict):
        raise Problem(**refused)
    return Answered(version, reply.head, *unpack(reply))


async def run(
    service: CaseService, request: Request, frame: Frame, *, owner: Owner | None = None
) -> tuple[str, Frame]:
    """The version of the graph and the reply of a process of a service.

    It may have answered others of the same owner; what anybody else will see is asked of one
    without an owner, which has answered none.
    """
    state = state_of(request)
    try:
        return await dispatch(request, state.budget, partial(service.run, frame, owner=owner))
    except (DeadlineError, ExhaustedError, BusyError) as error:
        raise case_problem(error) from None


def case_problem(error: DeadlineError | ExhaustedError | BusyError) -> Problem:
    """What is told of a case that took too much, or found no room."""
    match error:
        case DeadlineError():
            return Problem(504, "The case took too long", "it was stopped at the limit.")
        case ExhaustedError():
            return Problem(422, "The case needs too much", "it used up its memory.")
        case BusyError(retry_after=seconds):
            headers = (("Retry-After", str(seconds)),)
            return Problem(503, "Busy", "too many cases; try again.", headers=headers)


def check_answered(state: AppState) -> None:
    """The problem 503 where no case can be answered."""
    if not state.answers_cases:
        detail = "this server has a file of triples, and cases need a built graph."
        raise Problem(503, "No cases", detail)


def case_owner(request: Request) -> Owner | None:
    """Whose a case is: none's where the public address has a security that a proxy must add."""
    is_behind = state_of(request).settings.public_url.startswith("https:")
    return None if is_behind else owner_of(request)


def check_origin(request: Request) -> None:
    """Turn away what a page of another site sends from a reader's browser."""
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    public = urlsplit(state_of(request).settings.public_url)  # an origin has no path
    own = {f"{public.scheme}://{public.netloc}", f"http://{host}", f"https://{host}"}
    if origin is not None and origin not in own | state_of(request).settings.origins:
        raise Problem(
            403, "Cross-origin request refused", "pages of other sites may not send a case."
        )


def read_parameters(
    request: Request, takes: tuple[str, ...], needs: tuple[str, ...]
) -> dict[str, str]:
    """What the address says of the question; a case is never in an address."""
    fields = fields_of(request.scope["query_string"])
    twice = {name for name, values in fields.items() if len(values) > 1}
    if fields.keys() - set(takes) or twice.difference(_REPEATED):
        named = ", ".join(each for each in takes if each not in _REPEATED)
        wanted = f"{named}, once" if named else "nothing"
        often = "".join(f"; {each}, as often as wanted" for each in _REPEATED if each in takes)
        detail = f"wanted in the address: {wanted}{often}; the case is the body."
        raise Problem(400, "Not a parameter", detail)
    lacking = [name for name in needs if not fields.get(name, [""])[0]]
    if lacking:
        raise Problem(400, "A parameter is missing", f"wanted: {', '.join(lacking)}.")
    # A finding that is left empty is the usual one; a day that is left empty is a mistake.
    given = {name: values[0] for name, values in fields.items() if values[0] or name != "about"}
    return given | {name: "\n".join(fields[name]) for name in _REPEATED if name in fields}


def _read_detail(text: str, form: str) -> tuple[str, str]:
    """The shape of an answer and the parts to open in it, by `detail`."""
    if text == BRIEF and form == "json":
        return BRIEF, ""
    text = "all" if text == FULL else text
    parts = () if form == "json" else PARTS
    if text and set(text.split(",")) - {*parts, "all"}:
        wanted = ", ".join((*parts, FULL) if parts else (BRIEF, FULL))
        raise Problem(400, "Not a detail of an answer", f"detail= can be, of {form}: {wanted}.")
    return form, "" if form == "json" else text


def _read_day(text: str | None, kind: str, today: date) -> str:
    """The day that the address asks about; empty where it says none, so that it is today.

    A case in our own form says it itself. What was sent is not repeated.
    """
    if text is None:
        return ""
    if kind != "fhir":
        raise _not_a_day("a case in JSON holds the day as its own `date`; the address takes none.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # weeks, and days without their lines, are read too
        raise _not_a_day("date= is no day; wanted: year, month and day, such as date=2026-03-01.")
    if day > today:
        raise _not_a_day(f"date= is still to come; wanted: a day up to {today}, which is today.")
    return text


def _not_a_day(detail: str) -> Problem:
    return Problem(400, "Not a day to ask about", detail)


# ── Claims of others, as private as cases ───────────────────────────────────────────────────────


CLAIM_KINDS: Final[Mapping[str, str]] = {"application/json": "claims", "text/plain": "sentences"}
"""What claims can be sent as."""


async def check(request: Request) -> Reply:
    """What the statements make of the claims in the body."""
    check_origin(request)
    read_parameters(request, takes=(), needs=())
    kind = CLAIM_KINDS[read_media_type(request, tuple(CLAIM_KINDS))]
    media_type = negotiate(request.headers.get("accept"), tuple(FORMS), "application/json")
    if media_type is None:
        raise Problem(406, "Not a form of an answer", f"wanted one of: {', '.join(FORMS)}.")
    head = {"job": "check", "kind": kind, "form": FORMS[media_type]}
    return reply_with(await answered(state_of(request).tools, request, head), media_type)
