"""The short way of the endpoint: a plain GET of a query, from its bytes to a worker and back.

It is the same work as on the usual way (`kg.serve.sparql.protocol`), by the same functions, without
what stands around it there: a task, timers, futures, and the layers of the application. Whatever is
wrong with a request, or has to wait, goes the usual way.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from kg.model.errors import KGError
from kg.sandbox.protocol import Frame, SandboxError, raise_for_error
from kg.sandbox.supervisor import Outcome, Rest
from kg.serve.http.limits import gone, known_error
from kg.serve.http.middleware import Middleware, guard, log_mistake
from kg.serve.http.plain import PlainAnswer, PlainRequest, written_reply
from kg.serve.http.responses import UNEXPECTED, Problem, Reply, SentCache, problem_of
from kg.serve.settings import AppState
from kg.serve.sparql import protocol
from kg.serve.sparql.protocol import QueryRequest

_ROUTE: Final = "/sparql"


class Lane:
    """Answers plain requests for the results of queries."""

    def __init__(self, state: AppState, middleware: Middleware) -> None:
        self._state = state
        self._middleware = middleware
        self._sent: SentCache = state.sent
        self._tasks: set[asyncio.Task[None]] = set()

    def known(self, sent: bytes) -> bytes | None:
        """What was sent for the same bytes, while the same graph is served."""
        found = self._sent.get(sent)
        if found is None:
            return None
        self._state.cache.hits += 1
        self._middleware.record(
            "GET", _ROUTE, found.status, 0.0, f"{found.size}B", self._state.version
        )
        return found.written

    def begin(self, request: PlainRequest, answer: PlainAnswer) -> bool:
        """Answer a request, at once or when a worker has; False where it is not for this way."""
        state = self._state
        try:
            asked = self._read(request)
            if asked is None:
                return False
            known = protocol.known_reply(state, asked, "GET", request.headers)
            if known is None:
                return _Asking(self, state, request, asked, answer).begin()
        except (Problem, KGError, SandboxError):
            return False  # the usual way says what is wrong
        self.send(request, answer, known, time.perf_counter(), state.version)
        return True

    def _read(self, request: PlainRequest) -> QueryRequest | None:
        """What a request asks; None where it is no query, or asks for a page."""
        if "html" in (request.accept or "") or b"html" in request.address:
            return None
        if self._middleware.check_host(request.headers.getlist("host"), "1.1") is not None:
            return None
        asked = protocol.asked_in(request.address, request.accept)
        if asked is not None:
            protocol.check_length(asked, self._state.settings.limits)
        return asked

    def send(
        self,
        request: PlainRequest,
        answer: PlainAnswer,
        reply: Reply,
        started: float,
        asked_of: str,
    ) -> None:
        """Send a reply as this request wants it, count it, and keep it for the same bytes.

        What was asked of another version of the graph than is served now is not kept.
        """
        status, headers, body = reply.adapt("GET", request.headers)
        guard(headers, is_public=True)
        written = written_reply(status, headers, body)
        version = self._state.version
        if reply.etag is not None and asked_of == version:
            self._sent.put(answer.sent, written, status, len(body))
        seconds = time.perf_counter() - started
        self._middleware.record("GET", _ROUTE, status, seconds, f"{len(body)}B", version)
        answer.send(written)

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

    def __init__(
        self,
        lane: Lane,
        state: AppState,
        request: PlainRequest,
        asked: QueryRequest,
        answer: PlainAnswer,
    ) -> None:
        self._lane = lane
        self._state = state
        self._request = request
        self._asked = asked
        self._answer = answer
        self._version = state.version
        self._started = time.perf_counter()

    def begin(self) -> bool:
        """Ask a worker that is free; False where none is."""
        state, client = self._state, self._request.client
        state.budget.check(client)
        frame = protocol.frame_of(state, self._asked, self._request.headers)
        stop = state.graphs.begin(frame, client=client, charge=self._charge, done=self._done)
        self._answer.left = stop
        return stop is not None

    def _charge(self, seconds: float) -> None:
        self._state.budget.charge(self._request.client, seconds=seconds)

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
            reply = UNEXPECTED.reply(self._request.accept)
        self._lane.send(self._request, self._answer, reply, self._started, self._version)

    def _made(self, version: str, found: Frame | Exception) -> Reply:
        try:
            if isinstance(found, Exception):
                raise found
            frame = raise_for_error(found)
        except SandboxError as error:
            known = known_error(error, self._state.budget, self._request.client)
            if known is None:
                raise
            return problem_of(known).reply(self._request.accept)
        return protocol.make_reply(self._state, self._asked, self._version, version, frame)
