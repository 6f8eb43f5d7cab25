"""A thousand slow clients, in each of the ways there are."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from crowds import MANNERS, Seen, crowd, good_clients
from servers import Server, serving
from waiting import wait_until

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.serve.http.limits import ConnectionLimits

pytestmark = pytest.mark.load

MANY = 1_000
WITHIN = 15.0
AT_ONCE = 3.0
"""Seconds: opening so many takes one."""


@pytest.fixture(name="graph", scope="module")
def _graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slow") / "graph.nq"
    path.write_bytes(
        write_nquads(Quad(eg(f"s{n}"), EG.p, Literal(f"value {n}"), EG.g) for n in range(5000))
    )
    return path


@pytest.fixture(name="server")
def _server(graph: Path) -> Iterator[Server]:
    with serving(graph) as server:
        yield server


@pytest.mark.parametrize("manner", MANNERS)
def test_a_thousand_slow_clients(server: Server, manner: str) -> None:
    """All of them are closed in time, and whoever asks meanwhile does not notice."""
    with good_clients(server) as seen, crowd(server, [MANNERS[manner]] * MANY) as gathered:
        gathered.wait(WITHIN + 5)
    lasted = [member.lasted for member in gathered.members]
    print(f"{manner}: closed after {min(lasted):.1f} to {max(lasted):.1f} s; {seen}")  # noqa: T201

    assert max(lasted) <= WITHIN
    assert not seen.others
    assert seen.percentile(0.99) < 0.2


def test_a_body_that_never_comes_is_no_mistake(server: Server) -> None:
    """A client that stops in the middle of its request is not logged as a mistake of the server."""
    with crowd(server, [MANNERS["half a body"]] * 3) as gathered:
        gathered.wait(WITHIN)
    counted = server.request("GET", "/metrics").body.decode()

    assert "unhandled exception" not in server.log.read_text("utf-8")
    assert 'status="500"' not in counted


def wait_for_more_answers(seen: Seen) -> None:
    """Wait until good clients were answered, or not, a hundred times more."""
    before = len(seen.answered) + seen.others.total()
    wait_until(lambda: len(seen.answered) + seen.others.total() >= before + 100, seconds=30)


@pytest.mark.parametrize("manner", [each for each in MANNERS if each != "idle after a reply"])
def test_more_than_there_is_room_for(server: Server, manner: str) -> None:
    """Those for whom there is no room go at once, and nobody who asks is kept out."""
    with good_clients(server) as seen:
        with crowd(server, [MANNERS[manner]] * 3 * MANY, net=3) as gathered:
            gathered.wait(WITHIN + 5)
        wait_for_more_answers(seen)
    lasted = [member.lasted for member in gathered.members]
    at_once = [member for member in gathered.members if member.lasted < AT_ONCE]
    told = [member.heard for member in at_once if member.heard]
    print(  # noqa: T201
        f"{manner}: {len(at_once)} of {len(lasted)} had no room, {len(told)} were told; the others "
        f"closed after {max(lasted):.1f} s; longest time without an answer "
        f"{seen.longest_gap():.1f} s; {seen}"
    )

    assert len(at_once) >= 3 * MANY - ConnectionLimits().connections
    assert all(said.startswith(b"HTTP/1.1 503") and b"\r\nRetry-After: " in said for said in told)
    assert max(lasted) <= WITHIN
    assert not seen.others
    assert seen.longest_gap() < 1


def test_with_the_descriptors_that_a_shell_gives(graph: Path) -> None:
    """The usual limit of 1,024 open files leaves room for all connections and for workers."""
    with ExitStack() as stack:
        with _open_files(1024):
            server = stack.enter_context(serving(graph))
        gathered = stack.enter_context(crowd(server, [MANNERS["nothing"]] * 1_015, net=4))
        with good_clients(server) as seen:
            for _ in range(3):
                wait_for_more_answers(seen)
        open_then = gathered.open

    assert not seen.others
    assert open_then == len(gathered.members)


@contextmanager
def _open_files(most: int) -> Iterator[None]:
    """A limit of open files for what is started meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
