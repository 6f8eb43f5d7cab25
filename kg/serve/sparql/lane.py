"""The short way of the endpoint: a plain GET of a query, from its bytes to a worker and back.

It is the same work as on the usual way (`kg.serve.sparql.protocol`), by the same functions, without
what stands around it there: a task, timers, futures, and the layers of the application. Whatever is
wrong with a request, or has to wait, goes the usual way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from kg.model.errors import KGError
from kg.sandbox.protocol import Frame, SandboxError, raise_for_error
from kg.sandbox.supervisor import Outcome, Rest
from kg.serve.http.accounts import gone, known_error
from kg.serve.http.middleware import Middleware, guard, log_mistake
from kg.serve.http.negotiation import accepts_gzip
from kg.serve.http.plain import Head, PlainAnswer, PlainRequest, decoded, written_head
from kg.serve.http.responses import UNEXPECTED, Problem, Reply, SentCache, Written, problem_of
from kg.serve.sparql import protocol
from kg.serve.sparql.protocol import Manner, QueryRequest
from kg.serve.state import AppState

_ROUTE: Final = "/sparql"
_LONGEST_REST: Final = 512
_QUERY: Final = b"query="
_MOST_FORMS: Final = 32


@dataclass(eq=False, slots=True)
class _Asker:
    """What is known of all plain requests that differ in their query alone."""

    manner: Manner
    head: Head
    job: Mapping[str, object]
    """What a worker is told besides the query."""
    packs: bool
    forms: dict[object, bytes] = field(default_factory=dict)
    """The headers of results of a kind, with blanks for what differs between them."""

    @property
    def is_conditional(self) -> bool:
        """Whether the client has something already."""
        return "if-none-match" in self.head.headers


class Lane:
    """Answers plain requests for the results of queries."""

    def __init__(self, state: AppState, middleware: Middleware) -> None:
        self._state = state
        self._middleware = middleware
        self._sent: SentCache = state.sent
        self._tasks: set[asyncio.Task[None]] = set()
        self._asker = lru_cache(maxsize=512)(self._read_asker)

    def known(self, sent: bytes) -> Written | None:
        """What was sent for the same bytes, while the same graph is served."""
        found = self._sent.get(sent)
        if found is None:
            return None
        self._state.cache.hits += 1
        self._record(found, 0.0)
        return found

    def begin(self, request: PlainRequest, answer: PlainAnswer) -> bool:
        """Answer a request, at once or when a worker has; False where it is not for this way."""
        query, _, rest = request.address.partition(b"&")
        if not query.startswith(_QUERY) or len(rest) > _LONGEST_REST:
            return False
        asker = self._asker(request.head, rest)
        if asker is None:
            return False
        state, version = self._state, self._state.version
        try:
            asked = asker.manner.ask(decoded(query[len(_QUERY) :]))
            protocol.check_length(asked, state.settings.limits)
            known = protocol.known_reply(state, asked, "GET", asker.head.headers)
            if known is None:
                return _Asking(self, state, request, asker, asked, answer).begin()
        except (Problem, KGError, SandboxError, UnicodeDecodeError):
            return False  # the usual way says what is wrong
        written = self.send(asker, answer, known, time.perf_counter())
        if known.etag is not None and state.version == version:
            self._sent.put(answer.sent, written)
        return True

    def _read_asker(self, head: Head, rest: bytes) -> _Asker | None:
        """What requests ask besides their query; None where it is a page, or anything is wrong."""
        host = head.headers.get("host")
        hosts = [] if host is None else [host]
        if "html" in (head.accept or "") or b"html" in rest:
            return None
        if self._middleware.check_host(hosts, "1.1") is not None:
            return None
        try:
            fields = protocol.fields_of(_QUERY + b"&" + rest)
            if "update" in fields or len(fields["query"]) > 1:
                return None
            manner = protocol.manner_of(fields, head.accept)
        except (Problem, KGError):
            return None
        job = protocol.frame_of(self._state, manner.ask(""), head.headers).head
        return _Asker(manner, head, job, accepts_gzip(head.headers.get("accept-encoding")))

    def send(self, asker: _Asker, answer: PlainAnswer, reply: Reply, started: float) -> Written:
        """Send a reply as this request wants it, and count it."""
        written = _write(asker, reply)
        self._record(written, time.perf_counter() - started)
        answer.send(written)
        return written

    def _record(self, written: Written, seconds: float) -> None:
        size = f"{len(written.body)}B"
        self._middleware.record("GET", _ROUTE, written.status, seconds, size, written.version)

    def note_gone(self, started: float) -> None:
        """Count a request whose client has left."""
        seconds = time.perf_counter() - started
        self._middleware.record("GET", _ROUTE, gone().status, seconds, "-", "-")

    def go_on(self, asking: _Asking, rest: Rest) -> asyncio.Task[None]:
        """Wait in a task for what was not ended in a moment."""
        task = asyncio.ensure_future(asking.wait(rest))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class _Asking:
    """One query that a worker is asked."""

    __slots__ = (
        "_answer", "_asked", "_asker", "_client", "_lane", "_started", "_state", "_version"
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917 - a request has that many parts
        self,
        lane: Lane,
        state: AppState,
        request: PlainRequest,
        asker: _Asker,
        asked: QueryRequest,
        answer: PlainAnswer,
    ) -> None:
        self._lane = lane
        self._state = state
        self._client = request.client
        self._asker = asker
        self._asked = asked
        self._answer = answer
        self._version = state.version
        self._started = time.perf_counter()

    def begin(self) -> bool:
        """Ask a worker that is free; False where none is."""
        state, client = self._state, self._client
        state.budget.check(client)
        frame = Frame(self._asker.job, self._asked.query.encode())
        stop = state.graphs.begin(frame, client=client, charge=self._charge, done=self._done)
        self._answer.left = stop
        return stop is not None

    def _charge(self, seconds: float) -> None:
        self._state.budget.charge(self._client, seconds=seconds)

    def _done(self, found: Outcome) -> None:
        """Answer with what a worker has replied, or wait for what is still to come."""
        if self._answer.left is None:
            self._lane.note_gone(self._started)
            return
        self._answer.left = None
        if isinstance(found, Frame | Exception):
            self._reply(self._version, found)
        else:
            self._answer.left = self._lane.go_on(self, found).cancel

    async def wait(self, rest: Rest) -> None:
        """Answer when the job has ended that was not quick, or was lost."""
        found: Frame | Exception
        try:
            version, found = await rest()
        except asyncio.CancelledError:
            self._lane.note_gone(self._started)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the client has to hear of it
            version, found = self._version, error
        self._answer.left = None
        self._reply(version, found)

    def _reply(self, version: str, found: Frame | Exception) -> None:
        try:
            reply = self._made(version, found)
        except Exception as error:  # noqa: BLE001 - the last place where it can be answered
            log_mistake(error)
            reply = UNEXPECTED.reply(self._asker.head.accept)
        self._lane.send(self._asker, self._answer, reply, self._started)

    def _made(self, version: str, found: Frame | Exception) -> Reply:
        try:
            if isinstance(found, Exception):
                raise found
            frame = raise_for_error(found)
        except SandboxError as error:
            known = known_error(error, self._state.budget, self._client)
            if known is None:
                raise
            return problem_of(known).reply(self._asker.head.accept)
        return protocol.make_reply(self._state, self._asked, self._version, version, frame)


def _write(asker: _Asker, reply: Reply) -> Written:
    """A reply as bytes; its headers are those of another like it, but for their ETag and length."""
    is_packed = asker.packs and reply.is_worth_packing
    if reply.status_code != HTTPStatus.OK or asker.is_conditional or is_packed:
        status, headers, body = reply.adapt("GET", asker.head.headers)
        guard(headers, is_public=True)
        return Written(status, written_head(headers), body)
    kind = reply.content_type, reply.headers_given, reply.etag is None
    form = asker.forms.get(kind) or _form_of(asker, kind, reply)
    length = len(reply.body)
    head = form % length if reply.etag is None else form % (reply.etag.encode(), length)
    return Written(HTTPStatus.OK, head, reply.body)


def _form_of(asker: _Asker, kind: object, reply: Reply) -> bytes:
    """The headers of a reply with blanks for its ETag and its length; they are kept."""
    _, headers, _ = reply.adapt("GET", asker.head.headers)
    guard(headers, is_public=True)
    blanks = {b"etag": b"%b", b"content-length": b"%d"}
    form = written_head([(k, blanks.get(k, v.replace(b"%", b"%%"))) for k, v in headers])
    if len(asker.forms) >= _MOST_FORMS:
        asker.forms.clear()
    asker.forms[kind] = form
    return form
