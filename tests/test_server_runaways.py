"""Every query that never ends, ten times, and what the next client sees."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from runaways import RUNAWAYS
from servers import Server, serving
from test_sandbox import gone
from waiting import wait_until

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.sandbox.queue import Sizes

pytestmark = pytest.mark.load

ROUNDS = 10
DEADLINE = 1.0
AT_ONCE = 0.05
"""Seconds in which the next client has its answer."""
GROWTH = 20 * 2**20
"""Bytes that the server's own process may grow by: what is not returned, and not once a query."""


def test_ten_times_every_runaway(tmp_path: Path) -> None:
    """Each gets its error in time, the next client its answer, and nothing is left or grows."""
    quads = [Quad(eg(f"s{n}"), eg(f"p{n % 7}"), Literal(f"value {n}"), EG.g) for n in range(5000)]
    (tmp_path / "graph.nq").write_bytes(write_nquads(quads))
    ends: list[tuple[float, str]] = []
    waits: list[tuple[float, str]] = []
    resident: list[int] = []
    seen: set[int] = set()
    with serving(tmp_path / "graph.nq", "--timeout", str(DEADLINE)) as server:
        for _ in range(ROUNDS):
            for kind, query in RUNAWAYS.items():
                ends.append((_timed(server, query, {413, 422, 503, 504}), kind))
                waits.append((_timed(server, "ASK { ?s ?p ?o }", {200}), kind))
                seen.update(server.family())
            resident.append(server.resident())
        wait_until(lambda: len(server.family()) == 2 + Sizes().quick)  # the last ones are reaped
        left = server.family()
    print(  # noqa: T201
        f"{len(ends)} runaways, the slowest {max(ends)}; the next client waited at most "
        f"{max(waits)}; the server held {[each >> 20 for each in resident]} MiB after each round; "
        f"{len(seen)} processes in all, {len(left)} at the end"
    )

    assert max(ends)[0] < DEADLINE + 0.5
    assert max(waits)[0] < AT_ONCE
    assert resident[-1] - resident[0] < GROWTH
    assert len(left) == 2 + Sizes().quick
    assert gone(seen)


def _timed(server: Server, query: str, statuses: set[int]) -> float:
    """The seconds until an answer that has one of these statuses."""
    started = time.perf_counter()
    answer = server.query(query)
    took = time.perf_counter() - started
    assert answer.status in statuses, answer.body
    return took
