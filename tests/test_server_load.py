"""Two hundred clients at once, one request in twenty a query that never ends."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from runaways import RUNAWAYS
from servers import Server, serving

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg

pytestmark = pytest.mark.load

CLIENTS = 200
SECONDS = 60.0
PAUSE = 1.0
"""Seconds that a client thinks between two questions, on average."""
RUNAWAY = 0.05


@dataclass
class Tally:
    """What became of the requests."""

    waits: list[float] = field(default_factory=list)
    """Of good queries, in seconds."""
    failed: list[bytes] = field(default_factory=list)
    """The first lines of answers to good queries that were none."""
    runaways: list[int] = field(default_factory=list)
    """The statuses of the others."""


def test_many_clients(tmp_path: Path) -> None:
    """No good query fails, and hardly any waits."""
    quads = [Quad(eg(f"s{n}"), eg(f"p{n % 7}"), Literal(f"value {n}"), EG.g) for n in range(18_000)]
    (tmp_path / "graph.nq").write_bytes(write_nquads(quads))
    with serving(tmp_path / "graph.nq", "--timeout", "3") as server:
        before = server.resident()
        tally = asyncio.run(_load(server))
        grown = server.resident() - before
    waits = sorted(tally.waits)
    print(  # noqa: T201 - the figures are what the test is run for
        f"{len(waits)} good, {len(tally.failed)} failed, {len(tally.runaways)} others; "
        f"p50 {waits[len(waits) // 2]:.3f} s, p99 {waits[len(waits) * 99 // 100]:.3f} s; "
        f"the server grew by {grown / 2**20:.1f} MiB"
    )

    assert tally.failed == []
    assert set(tally.runaways) <= {413, 422, 429, 503, 504}
    assert waits[len(waits) * 99 // 100] < 2.5


async def _load(server: Server) -> Tally:
    tally = Tally()
    until = time.monotonic() + SECONDS
    await asyncio.gather(*(_client(server, number, until, tally) for number in range(CLIENTS)))
    return tally


async def _client(server: Server, number: int, until: float, tally: Tally) -> None:
    chance = random.Random(number)
    runaways = list(RUNAWAYS.values())
    address = f"127.1.{number // 250}.{number % 250 + 1}"
    while True:
        await asyncio.sleep(chance.uniform(0, 2 * PAUSE))  # time is the subject: so much load
        if time.monotonic() > until:
            return
        bad = chance.random() < RUNAWAY
        query = chance.choice(runaways) if bad else _good(chance)
        started = time.monotonic()
        head = await _asked(server, address, query)
        if bad:
            tally.runaways.append(int(head.split()[1]))
        elif b" 200 " in head:
            tally.waits.append(time.monotonic() - started)
        else:
            tally.failed.append(head)


def _good(chance: random.Random) -> str:
    number = chance.randrange(18_000)
    return chance.choice([
        f"SELECT * {{ eg:s{number} ?p ?o }}",
        f"SELECT ?s {{ ?s eg:p{number % 7} 'value {number}' }}",
        f"ASK {{ eg:s{number} eg:p1 ?o }}",
        f"CONSTRUCT WHERE {{ eg:s{number} ?p ?o }}",
    ])  # fmt: skip


async def _asked(server: Server, address: str, query: str) -> bytes:
    """The first line of the answer, once the answer is whole."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", server.port, local_addr=(address, 0)
    )
    body = urlencode({"query": query}).encode()
    try:
        writer.write(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        answer = await asyncio.wait_for(reader.read(), 60)
    finally:
        writer.close()
    head = answer.partition(b"\r\n")[0]
    return head if b" 200 " in head else head + answer[-200:]
