"""Asks an ASGI application without a socket: one call for a request, one value for a response."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """Sends requests to a running application."""

    def __init__(self, app: ASGIApp, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop

    def get(self, url: str, **headers: str) -> Response:
        """The response to a GET."""
        return self.request("GET", url, headers=headers)

    def request(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Response:
        """The response to any request; `_` in the name of a header stands for `-`."""
        return self.run(self.sent(method, url, body, headers or {}))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What a coroutine gives that runs where the application runs."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)

    async def sent(  # noqa: PLR0913, PLR0917 - a request has that many parts
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        pause: Awaitable[object] | None = None,
        leaves: asyncio.Event | None = None,
        scope: Mapping[str, object] | None = None,
    ) -> Response:
        """The response to a request, for callers in the application's loop.

        The body comes after `pause`, and the client stays until `leaves` is set; `scope` is what
        the request finds besides.
        """
        split = urlsplit(url)
        given = {"host": "localhost"} | {
            name.lower().replace("_", "-"): value for name, value in headers.items()
        }
        if body:
            given.setdefault("content-length", str(len(body)))
        whole = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": split.path,
            "raw_path": split.path.encode(),
            "query_string": split.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
            **(scope or {}),
        }
        messages: list[Message] = []
        await self._app(
            whole, _receiver(body, pause, leaves or asyncio.Event()), _collector(messages)
        )
        return _response(messages)


@contextmanager
def running(app: ASGIApp) -> Iterator[Client]:
    """A client of an application that is started before and stopped after."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()

    def run(work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    async def start() -> Message:
        asyncio.ensure_future(app({"type": "lifespan", "state": {}}, to_app.get, from_app.put))  # noqa: RUF006 - it lives as long as the loop
        await to_app.put({"type": "lifespan.startup"})
        return await from_app.get()

    async def stop() -> None:
        await to_app.put({"type": "lifespan.shutdown"})
        await from_app.get()

    said = run(start())
    try:
        assert said["type"] == "lifespan.startup.complete", said.get("message")
        yield Client(app, loop)
        run(stop())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _receiver(
    body: bytes, pause: Awaitable[object] | None, leaves: asyncio.Event
) -> Callable[[], Awaitable[Message]]:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if not sent:
            sent = True
            if pause is not None:
                await pause
            return {"type": "http.request", "body": body, "more_body": False}
        await leaves.wait()
        return {"type": "http.disconnect"}

    return receive


def _collector(messages: list[Message]) -> Callable[[Message], Awaitable[None]]:
    async def send(message: Message) -> None:
        await asyncio.sleep(0)  # gives others their turn, as a socket does
        messages.append(message)

    return send


def _response(messages: list[Message]) -> Response:
    start, *rest = messages
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Response(start["status"], headers, b"".join(each.get("body", b"") for each in rest))
