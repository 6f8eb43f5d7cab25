"""The query operation of the SPARQL 1.1 Protocol.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request

from kg.model.vocabulary import IRI
from kg.serve import jobs
from kg.serve.cache import Kept
from kg.serve.description import description_reply
from kg.serve.formats import KINDS, Sent, sent_for
from kg.serve.limits import Limits
from kg.serve.linked.packing import LONG, unpacked
from kg.serve.linked.query_page import QueryPage
from kg.serve.negotiation import accepts_gzip
from kg.serve.problems import Problem
from kg.serve.replies import NO_STORE, PUBLIC, Reply, digest_of, is_fresh
from kg.serve.site import Site, site_of
from kg.serve.working import worked
from kg.store.base import Dataset, Wanted

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

_MOST_FIELDS: Final = 100
_MOST_REMEMBERED: Final = 4096
"""Bytes of a request that is remembered; a longer one is read each time."""
_ASKS: Final = re.compile(rb"(?:^|&)(?:query|update)=")
_CHANGING: Final = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)
"""A call that makes two results of one query differ."""

Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for the result of a query."""

    query: str
    dataset: Dataset | None
    sent: Mapping[str, Sent]
    """How the result goes out, for each kind of result."""

    identity: str
    """The same for requests that ask the same."""
    is_lasting: bool
    """Whether the same query on the same graph gives the same result."""
    page: QueryPage | None = None
    """The page on which the result is shown, where a person asks."""


async def get(request: Request) -> Reply:
    """The result of the query in the address, or the service description where there is none."""
    address: bytes = request.scope["query_string"]
    accept = request.headers.get("accept")
    if not _ASKS.search(address):
        sent = sent_for(fields_of(address).get("format", []), accept)
        return description_reply(site_of(request), sent["triples"])
    if len(address) + len(accept or "") > _MOST_REMEMBERED:
        return await result(request, read(fields_of(address), accept))
    return await result(request, _remembered(address, accept))


@lru_cache(maxsize=2048)
def _remembered(address: bytes, accept: str | None) -> Asked:
    """What an address asks, kept: clients ask the same again and again."""
    return read(fields_of(address), accept)


async def post(request: Request) -> Reply:
    """The result of the query in the body."""
    site = site_of(request)
    content_type = request.headers.get("content-type", "")
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    _check_body(media_type, parameters, request)
    limits = site.settings.limits
    body = _utf8(await body_of(request, _most(limits), _too_long(limits)))
    fields = fields_of(request.scope["query_string"])
    if media_type == FORM:
        for name, values in fields_of(body).items():
            fields.setdefault(name, []).extend(values)
    else:
        fields.setdefault("query", []).append(body.decode())
    return await result(request, read(fields, request.headers.get("accept")))


def read(fields: Fields, accept: str | None) -> Asked:
    """What a request asks; a Problem where it is not one query."""
    if "update" in fields:
        raise _no_update()
    queries = fields.get("query", [])
    if len(queries) != 1:
        found = "none" if not queries else str(len(queries))
        raise Problem(400, "Not one query", f"wanted: one parameter query; found: {found}.")
    query, dataset, sent = queries[0], _dataset(fields), sent_for(fields.get("format", []), accept)
    identity = digest_of(query, dataset, *(sent[kind].content_type for kind in KINDS))
    return Asked(query, dataset, sent, identity, _CHANGING.search(query) is None)


def _dataset(fields: Fields) -> Dataset | None:
    default, named = fields.get("default-graph-uri", []), fields.get("named-graph-uri", [])
    if not default and not named:
        return None
    for iri in (*default, *named):
        if not _IRI.fullmatch(iri):
            raise Problem(400, "Not a graph", "the name of a graph has to be an absolute IRI.")
    return Dataset(tuple(map(IRI, default)), tuple(map(IRI, named)))


_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")


# ── Reading the request ─────────────────────────────────────────────────────────────────────


def fields_of(text: bytes) -> dict[str, list[str]]:
    """The parameters of an address or a form; a Problem where they cannot be read."""
    try:
        return parse_qs(
            text.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except UnicodeDecodeError:
        raise Problem(400, "Not UTF-8", "the parameters of a request have to be UTF-8.") from None
    except ValueError:
        raise Problem(
            400, "Too many parameters", f"a request has at most {_MOST_FIELDS} parameters."
        ) from None


def _check_body(media_type: str, parameters: str, request: Request) -> None:
    if media_type == UPDATE:
        raise _no_update()
    if media_type not in (FORM, QUERY):
        found = "one of another type" if media_type else "none"
        raise Problem(
            415,
            "Not a type that is read",
            f"wanted: a body of type {FORM} or {QUERY}; found: {found}.",
            headers=(("Accept-Post", f"{FORM}, {QUERY}"),),
        )
    charset = re.search(r"charset\s*=\s*\"?([^\s\";]+)", parameters, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "Not UTF-8", "the body of a request has to be UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "Packed", "a body that is packed is not read.")


async def body_of(request: Request, most: int, too_long: Problem) -> bytes:
    """The body of a request; it is counted while it arrives, whatever was declared."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > most:
        raise too_long
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                raise too_long
    except ClientDisconnect:
        raise Problem(499, "Gone", "the client has left.") from None
    return bytes(body)


def _most(limits: Limits) -> int:
    """A form writes a character in up to three bytes; and the other parameters take some."""
    return 3 * limits.query_bytes + 4096


def _utf8(body: bytes) -> bytes:
    try:
        body.decode()
    except UnicodeDecodeError:
        raise Problem(400, "Not UTF-8", "the body of a request has to be UTF-8.") from None
    return body


def _too_long(limits: Limits) -> Problem:
    detail = f"a query holds at most {limits.query_bytes} bytes."
    return Problem(413, "The query is too long", detail)


def _no_update() -> Problem:
    return Problem(403, "Not offered here", "the graph is only read: SPARQL Update is off.")


# ── Answering it ────────────────────────────────────────────────────────────────────────────


async def result(request: Request, asked: Asked) -> Reply:
    """The result of a query: kept from before, or that the client has it, or out of a worker."""
    site = site_of(request)
    limits = site.settings.limits
    if len(asked.query) > limits.query_bytes or len(asked.query.encode()) > limits.query_bytes:
        raise _too_long(limits)
    version = site.graphs.now.version
    etag = f'W/"{version}-{asked.identity}"' if asked.is_lasting else None
    kept = site.cache.get(etag) if etag is not None else None
    if (kept is None or _wants_packing(request, kept)) and not is_fresh(request, etag):
        kept = await _evaluated(request, site, asked)
        if kept.version != version:
            return _reply(kept, None)  # the graph was changed in between: nothing to be kept
        if etag is not None:
            site.cache.put(etag, kept)
    return _reply(kept or Kept(b"", "", version), etag)


def _wants_packing(request: Request, kept: Kept) -> bool:
    """Whether a result that was kept is long, and is asked for packed for the first time.

    Then a worker packs it: here it would hold up all other requests.
    """
    is_long = len(kept.content) >= LONG and kept.packed is None
    return is_long and accepts_gzip(request.headers.get("accept-encoding"))


def _reply(kept: Kept, etag: str | None) -> Reply:
    return Reply(
        kept.content,
        kept.content_type,
        etag=etag,
        cache=PUBLIC if etag else NO_STORE,
        headers=(("Graph-Version", kept.version),),
        vary=("Accept",),
        packed=kept.packed,
    )


async def _evaluated(request: Request, site: Site, asked: Asked) -> Kept:
    """The result of a query, out of a worker; what it took is put on the client's account."""
    limits = site.settings.limits
    wanted = Wanted(
        {kind: sent.written for kind, sent in asked.sent.items()},
        limits.result_bytes,
        limits.result_rows,
        site.endpoint,
    )
    packs = accepts_gzip(request.headers.get("accept-encoding"))
    frame = jobs.query_frame(asked.query, wanted, asked.dataset, packs=packs)
    if asked.page is not None:
        frame = jobs.page_frame(frame, asked.page, site.root)
    version, reply = await worked(request, partial(site.graphs.run, frame))
    sent = asked.sent[str(reply.head["kind"])]
    content, packed = unpacked(reply)
    return Kept(content, sent.content_type, version, packed=packed)
