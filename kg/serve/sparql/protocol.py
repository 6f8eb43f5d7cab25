"""The query operation of the SPARQL 1.1 Protocol.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Final
from urllib.parse import parse_qs

from msgspec import Struct
from starlette.requests import ClientDisconnect, Request

from kg.model.vocabulary import IRI
from kg.pages.html import POLICY
from kg.pages.results import QueryPage
from kg.sandbox.protocol import Frame
from kg.serve.http.accounts import dispatch, gone
from kg.serve.http.limits import Limits
from kg.serve.http.negotiation import (
    KINDS,
    ResultForms,
    accepts_gzip,
    choose_forms,
    file_ending,
)
from kg.serve.http.responses import NO_STORE, PUBLIC, Problem, Reply, digest_of, is_fresh
from kg.serve.packing import LONG, unpack
from kg.serve.queries import page_frame, query_frame
from kg.serve.sparql.description import describe_service
from kg.serve.state import AppState, state_of
from kg.store.base import Dataset, Wanted

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

_MOST_FIELDS: Final = 100
MOST_REMEMBERED: Final = 16_384
"""Bytes of a request that is remembered; a longer one is read each time."""
_ASKS: Final = re.compile(rb"(?:^|&)(?:query|update)=")
_CHANGING: Final = re.compile(r"(?:NOW|RAND|UUID|BNODE)\s*[(#]")
"""A call that makes two results of one query differ; a comment may stand before the bracket."""

Fields = Mapping[str, list[str]]


class QueryRequest(Struct, frozen=True):
    """A request for the result of a query."""

    query: str
    dataset: Dataset | None
    forms: ResultForms
    """How the result goes out, for each kind of result."""

    identity: str
    """The same for requests that ask the same."""
    is_lasting: bool
    """Whether the same query on the same graph gives the same result."""
    page: QueryPage | None = None
    """The page on which the result is shown, where a person asks."""
    is_file: bool = False
    """Whether a person wants the result as a file, and not in the browser."""


async def get(request: Request) -> Reply:
    """The result of the query in the address, or the service description where there is none."""
    address: bytes = request.scope["query_string"]
    accept = request.headers.get("accept")
    asked = asked_in(address, accept)
    if asked is None:
        forms = choose_forms(fields_of(address).get("format", []), accept)
        return describe_service(state_of(request), forms["triples"])
    return await result(request, asked)


def asked_in(address: bytes, accept: str | None) -> QueryRequest | None:
    """What the query part of an address asks; None where it holds no query.

    A Problem or a KGError says what is wrong with it.
    """
    if not _ASKS.search(address):
        return None
    if len(address) + len(accept or "") > MOST_REMEMBERED:
        return read(fields_of(address), accept)
    return _remembered(address, accept)


@lru_cache(maxsize=2048)
def _remembered(address: bytes, accept: str | None) -> QueryRequest:
    """What an address asks, kept: clients ask the same again and again."""
    return read(fields_of(address), accept)


async def posted(request: Request) -> dict[str, list[str]]:
    """The parameters of a request whose query is in its body; those in its address count too."""
    limits = state_of(request).settings.limits
    if request.headers.get("content-type", "").lower().startswith(UPDATE):
        raise _no_update()
    taken = "Accept-Query" if request.method == "QUERY" else "Accept-Post"
    media_type = read_media_type(request, (FORM, QUERY), (taken, f"{FORM}, {QUERY}"))
    body = _check_utf8(await read_body(request, _most(limits), _too_long(limits)))
    fields = fields_of(request.scope["query_string"])
    if media_type == FORM:
        for name, values in fields_of(body).items():
            fields.setdefault(name, []).extend(values)
    else:
        fields.setdefault("query", []).append(body.decode())
    return fields


def read(fields: Fields, accept: str | None) -> QueryRequest:
    """What a request asks; a Problem where it is not one query."""
    if "update" in fields:
        raise _no_update()
    queries = fields.get("query", [])
    if len(queries) != 1:
        found = "none" if not queries else str(len(queries))
        raise Problem(400, "Not one query", f"wanted: one parameter query; found: {found}.")
    return manner_of(fields, accept).ask(queries[0])


@dataclass(frozen=True, slots=True)
class Manner:
    """What a request asks besides its query."""

    dataset: Dataset | None
    forms: ResultForms
    key: bytes
    """The same for requests that differ in their query alone."""

    def ask(self, query: str) -> QueryRequest:
        """The request for the result of a query, asked in this manner."""
        text = query.encode("utf-8", "surrogatepass")
        identity = blake2b(text, digest_size=16, key=self.key).hexdigest()
        return QueryRequest(query, self.dataset, self.forms, identity, _is_lasting(query))


def manner_of(fields: Fields, accept: str | None) -> Manner:
    """How the query of a request is asked; a Problem or a KGError says what is wrong with it."""
    dataset = _dataset(fields)
    forms = choose_forms(fields.get("format", []), accept)
    key = digest_of(dataset, *(forms[kind].content_type for kind in KINDS))
    return Manner(dataset, forms, key.encode())


def _is_lasting(query: str) -> bool:
    """Whether a query on the same graph gives the same result each time."""
    text = query.upper()
    if not ("NOW" in text or "RAND" in text or "UUID" in text or "BNODE" in text):
        return True  # nearly always, and told in a fraction of the time
    return _CHANGING.search(text) is None


def _dataset(fields: Fields) -> Dataset | None:
    # A form sends the field of a graph empty where nobody has named one.
    default, named = (
        [each for each in fields.get(name, []) if each]
        for name in ("default-graph-uri", "named-graph-uri")
    )
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


def read_media_type(request: Request, wanted: Sequence[str], *also: tuple[str, str]) -> str:
    """What a body is said to be; the problem 415 where it is nothing that is wanted and read.

    `also` are the headers that such a problem has.
    """
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if media_type not in wanted:
        found = "one of another type" if media_type else "none"
        detail = f"wanted: a body of type {' or '.join(wanted)}; found: {found}."
        raise Problem(415, "Not a type that is read", detail, headers=also)
    charset = re.search(r"charset\s*=\s*\"?([^\s\";]+)", parameters, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "Not UTF-8", "the body of a request has to be UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "Packed", "a body that is packed is not read.")
    return media_type


async def read_body(request: Request, most: int, too_long: Problem) -> bytes:
    """The body of a request; it is counted while it arrives, whatever was declared."""
    declared = request.headers.get("content-length", "0").strip(" \t")
    if not (declared.isascii() and declared.isdigit()) or int(declared) > most:
        raise too_long
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                raise too_long
    except ClientDisconnect:
        raise gone() from None
    return bytes(body)


def check_length(asked: QueryRequest, limits: Limits) -> None:
    """The problem 413 where a query is too long."""
    if len(asked.query) > limits.query_bytes or len(asked.query.encode()) > limits.query_bytes:
        raise _too_long(limits)


def _most(limits: Limits) -> int:
    """A form writes a character in up to three bytes; and the other parameters take some."""
    return 3 * limits.query_bytes + 4096


def _check_utf8(body: bytes) -> bytes:
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


async def result(request: Request, asked: QueryRequest) -> Reply:
    """The result of a query: kept from before, or that the client has it, or out of a worker."""
    state = state_of(request)
    check_length(asked, state.settings.limits)
    known = known_reply(state, asked, request.method, request.headers)
    if known is not None:
        return known
    before = state.version
    frame = frame_of(state, asked, request.headers)
    version, reply = await dispatch(request, state.budget, partial(state.graphs.run, frame))
    return make_reply(state, asked, before, version, reply)


def known_reply(
    state: AppState, asked: QueryRequest, method: str, headers: Mapping[str, str]
) -> Reply | None:
    """What needs no worker: a result that was kept, or that the client has it."""
    etag = _etag(state.version, asked)
    kept = state.cache.get(etag) if etag is not None else None
    if kept is not None and not _wants_packing(headers, kept):
        return kept
    if is_fresh(method, headers, etag):
        named = _headers(asked, state.version)
        return kept or Reply(b"", etag=etag, cache=PUBLIC, headers=named, vary=("Accept",))
    return None


def _etag(version: str, asked: QueryRequest) -> str | None:
    return f'W/"{version}-{asked.identity}"' if asked.is_lasting else None


def _wants_packing(headers: Mapping[str, str], kept: Reply) -> bool:
    """Whether a result that was kept is long, and is asked for packed for the first time.

    Then a worker packs it: here it would hold up all other requests.
    """
    is_long = len(kept.body) >= LONG and kept.packed is None
    return is_long and accepts_gzip(headers.get("accept-encoding"))


def frame_of(state: AppState, asked: QueryRequest, headers: Mapping[str, str]) -> Frame:
    """What a worker is asked for the result of a query."""
    packs = accepts_gzip(headers.get("accept-encoding"))
    frame = query_frame(asked.query, wanted(state, asked.forms), asked.dataset, packs=packs)
    if asked.page is not None:
        frame = page_frame(frame, asked.page, state.reached.root)
    return frame


def wanted(state: AppState, forms: ResultForms) -> Wanted:
    """How a worker is to write a result."""
    limits = state.settings.limits
    media_types = {kind: form.media_type for kind, form in forms.items()}
    return Wanted(media_types, limits.result_bytes, limits.result_rows, state.endpoint)


def make_reply(
    state: AppState, asked: QueryRequest, before: str, version: str, reply: Frame
) -> Reply:
    """The result of a query out of a worker, which is kept where it lasts.

    `before` is the version that was served when the query came, `version` that of the worker.
    """
    content, packed = unpack(reply)
    # If the graph was changed in between, nothing is to be kept.
    etag = _etag(before, asked) if version == before else None
    made = Reply(
        content,
        asked.forms[str(reply.head["kind"])].content_type,
        etag=etag,
        cache=PUBLIC if etag else NO_STORE,
        headers=_headers_of_result(
            version, str(reply.head["media_type"]), asked.page is not None, asked.is_file
        ),
        vary=("Accept",),
        packed=packed,
    )
    if made.etag is not None:
        state.cache.put(made.etag, made)
    return made


def _headers(asked: QueryRequest, version: str) -> tuple[tuple[str, str], ...]:
    return (("Graph-Version", version), *(POLICY if asked.page is not None else ()))


@lru_cache(maxsize=64)
def _headers_of_result(
    version: str,
    media_type: str,
    is_page: bool,  # noqa: FBT001 - a key of the cache
    is_file: bool,  # noqa: FBT001 - as before
) -> tuple[tuple[str, str], ...]:
    """The headers of a result besides those of every reply; the last names its file."""
    ending = "html" if is_page else file_ending(media_type)
    how = "attachment" if is_file else "inline"
    named = ("Content-Disposition", f'{how}; filename="result.{ending}"')
    return (("Graph-Version", version), *(POLICY if is_page else ()), named)
