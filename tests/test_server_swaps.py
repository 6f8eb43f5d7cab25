"""Sixty changes of the graph under a running server, while clients ask it all sorts of things."""

from __future__ import annotations

import http.client
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import editions
import pytest
from servers import Server, found, launched
from waiting import wait_until

from kg.sandbox.queue import Sizes

pytestmark = pytest.mark.load

SWAPS = 60
CLIENTS = 16
PAUSE = 0.05
"""Seconds between two questions of a client, on average."""
JSON = "application/sparql-results+json"
SAME = f"/sparql?format=json&query={quote(editions.VALUES)}"
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": JSON}


@dataclass
class Tally:
    """What the clients saw."""

    answers: Counter[str] = field(default_factory=Counter)
    """How many of each version, and of each kind."""
    wrong: list[str] = field(default_factory=list)
    """Answers that were none, or of no one version."""


def test_swaps_under_load(tmp_path: Path) -> None:
    """Every answer is of exactly one version and says which; none fails, and nothing is left."""
    root, log = editions.cache(tmp_path / "cache"), tmp_path / "log"
    with launched(log, program=editions.AS_PUBLISHED, KG_CACHE=str(root)) as process:
        server = found(process, log)
        assert server.request("GET", "/ask").status == 200  # everything is loaded
        wait_until(lambda: len(server.family()) >= 1 + 2 * (1 + Sizes().quick), seconds=20)
        before = len(server.family())
        with _clients(server) as tally:
            for number in range(1, SWAPS + 1):
                editions.publish_other(root)
                wait_until(partial(_has_changed, server, number), seconds=20)
        wait_until(lambda: len(server.family()) <= before, seconds=20)
        health = server.request("GET", "/health").body
    print(dict(sorted(tally.answers.items())))  # noqa: T201

    assert tally.wrong == []
    assert b'"status": "ok"' in health
    assert min(tally.answers.values()) > SWAPS
    assert "unhandled exception" not in log.read_text("utf-8")


def _has_changed(server: Server, times: int) -> bool:
    """Whether the server has taken up another version so often."""
    counted = server.request("GET", "/metrics").body.decode()
    return f"kg_graph_swaps_total {times}\n" in counted


@contextmanager
def _clients(server: Server) -> Iterator[Tally]:
    tally, stopped = Tally(), threading.Event()

    def asking(number: int) -> None:
        with closing(_Client(server, tally, number)) as client:
            while not stopped.wait(client.chance.uniform(0, 2 * PAUSE)):
                client.ask()

    threads = [threading.Thread(target=asking, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield tally
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


class _Client:
    """Asks on one connection, and checks what it gets."""

    def __init__(self, server: Server, tally: Tally, number: int) -> None:
        self.chance = random.Random(number)
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        self._tally = tally
        self.had: dict[str, str] = {}
        """The version that each ETag stood for."""

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def ask(self) -> None:
        """Ask one question."""
        kind = self.chance.choice([_new_query, _same_query, _term, _dump])
        name = kind.__name__.strip("_")
        try:
            version = kind(self)
        except (AssertionError, OSError, ValueError, http.client.HTTPException) as error:
            self._tally.wrong.append(f"{name}: {error!r}")
            self._connection.close()
            return
        self._tally.answers[name] += 1
        self._tally.answers[f"of version {version[:2]}"] += 1

    def request(
        self, method: str, target: str, body: bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """The head and the body of a reply."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, target, body, named)
        response = self._connection.getresponse()
        return response, response.read()

    def said(self, response: http.client.HTTPResponse) -> str:
        """The version that the head of a reply names."""
        return response.headers["graph-version"]


def _new_query(client: _Client) -> str:
    """A query that was never asked before."""
    query = f"{editions.VALUES} # {client.chance.random()}"
    form = urlencode({"query": query}).encode()
    response, body = client.request("POST", "/sparql", form, **FORM)
    assert response.status == 200
    return editions.of_one_version(client.said(response), body)


def _same_query(client: _Client) -> str:
    """One that everybody asks, which is kept here and there, and asked for only if it changed."""
    known = next(reversed(client.had), "none")
    response, body = client.request("GET", SAME, if_none_match=known)
    etag = response.headers["etag"]
    if response.status == 304:
        assert client.had[etag][:12] == client.said(response)
        return client.had[etag]
    assert response.status == 200
    version = editions.of_one_version(client.said(response), body)
    assert client.had.setdefault(etag, version) == version
    return version


def _term(client: _Client) -> str:
    """What is said of one term."""
    response, body = client.request("GET", "/id/s1.nt")
    assert response.status == 200
    (version,) = {version for version in editions.ROWS if f'"{version}"'.encode() in body}
    assert client.said(response) == version[:12]
    return version


def _dump(client: _Client) -> str:
    """All that there is."""
    response, body = client.request("GET", "/dumps/etiograph.nq")
    assert response.status == 200
    (version,) = {version for version in editions.ROWS if f'"{version}"'.encode() in body}
    assert body.count(b"\n") == editions.ROWS[version]
    assert client.said(response) == version[:12]
    return version
