"""Claims of others that are sent to be checked: as private as cases, and answered like them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from kg.serve.api.cases import FORMS, answered, check_origin, read_parameters, reply_with
from kg.serve.http.negotiation import negotiate
from kg.serve.http.responses import Problem, Reply
from kg.serve.settings import state_of
from kg.serve.sparql.protocol import read_media_type

KINDS: Final[Mapping[str, str]] = {"application/json": "claims", "text/plain": "sentences"}
"""What claims can be sent as."""


async def check(request: Request) -> Reply:
    """What the statements make of the claims in the body."""
    check_origin(request)
    read_parameters(request, takes=(), needs=())
    kind = KINDS[read_media_type(request, tuple(KINDS))]
    media_type = negotiate(request.headers.get("accept"), tuple(FORMS), "application/json")
    if media_type is None:
        raise Problem(406, "Not a form of an answer", f"wanted one of: {', '.join(FORMS)}.")
    head = {"job": "check", "kind": kind, "form": FORMS[media_type]}
    return reply_with(await answered(state_of(request).tools, request, head), media_type)
