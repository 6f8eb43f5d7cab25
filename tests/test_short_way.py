"""The short way of the endpoint: what it takes, and that nobody can tell it from the usual one."""

from __future__ import annotations

import asyncio
import math
import re
import socket
import time
from collections.abc import Coroutine, Iterator
from contextlib import closing
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from runaways import RUNAWAYS
from servers import Server, serving
from waiting import eventually, wait_until

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.sandbox.begun import Job
from kg.sandbox.client import EndedError, Program
from kg.sandbox.given import Given
from kg.sandbox.jail import Jail
from kg.sandbox.pool import NotQuickError, Pool, charge_nobody
from kg.sandbox.protocol import BusyError, Fixed, Frame, Reader, encode
from kg.sandbox.queue import Sizes
from kg.serve.http.middleware import Metrics, Middleware
from kg.serve.http.plain import decoded, read_plain
from kg.serve.http.responses import SentCache, Written
from kg.serve.settings import Settings
from kg.serve.sparql import protocol
from kg.serve.sparql.lane import Lane
from kg.serve.state import AppState

HOST = "Host: localhost\r\n"
HOSTS = frozenset(("localhost",))
JSON_ROWS = "application/sparql-results+json"
JSON = f"Accept: {JSON_ROWS}\r\n"
FETCHED = (
    "Accept: */*\r\nOrigin: https://example.org\r\nReferer: https://example.org/\r\n"
    "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n"
    'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"\r\nsec-ch-ua-mobile: ?0\r\n'
    'sec-ch-ua-platform: "Linux"\r\nUser-Agent: Mozilla/5.0\r\n'
)
"""What a script in a browser says that fetches from another site."""
ROWS = "SELECT ?s ?o { ?s eg:p1 ?o } ORDER BY ?o LIMIT 300"


@pytest.fixture(name="server", scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("short")
    quads = [Quad(eg(f"s{n}"), eg(f"p{n % 7}"), Literal(f"value {n}"), EG.g) for n in range(3000)]
    (folder / "graph.nq").write_bytes(write_nquads(quads))
    with serving(folder / "graph.nq", "--timeout", "1") as server:
        yield server


def plain(query: str, headers: str = JSON, **more: str) -> bytes:
    """A plain request."""
    address = urlencode({"query": query, **more})
    return f"GET /sparql?{address} HTTP/1.1\r\n{HOST}{headers}\r\n".encode()


def heard(server: Server, *requests: bytes) -> list[bytes]:
    """The replies to requests of one connection, each sent when the one before is answered."""
    replies = []
    with closing(server.connect()) as connection:
        for request in requests:
            connection.sendall(request)
            replies.append(_reply(connection))
    return replies


def _reply(connection: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        piece = connection.recv(65_536)
        assert piece, found
        found += piece
    head, _, body = found.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    while length is not None and len(body) < int(length[1]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def undated(reply: bytes) -> bytes:
    """A reply without its date, of which there is one."""
    assert reply.count(b"\r\ndate: ") == 1
    return re.sub(rb"\r\ndate: [^\r]*", b"", reply)


# ── What is plain ───────────────────────────────────────────────────────────────────────────


def test_what_is_plain() -> None:
    """A whole GET with usual headers is read, with its address as it was sent."""
    found = read_plain(plain("ASK {}"), "someone")

    assert found is not None
    assert found.address == b"query=ASK+%7B%7D"
    assert found.head.accept == "application/sparql-results+json"


def test_what_scripts_fetch_is_plain() -> None:
    """What browsers say besides is nothing that an answer turns on."""
    found = read_plain(plain("ASK {}", FETCHED), "someone")

    assert found is not None
    assert found.head.accept == "*/*"


@pytest.mark.parametrize(
    "request_text",
    [
        "GET /sparql?query=ASK HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\n\r\nGET /live HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nCookie: b\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\n Accept: b\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\r\nAccept : b\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\nAccept: b\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\rAccept: b\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a\x00\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost:\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\nHost: a\r\n\r\n",
        "GET /sparql?query=A SK HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /sparql?query=ASK#here HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /sparql?query=\xe9 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /sparql?query=ASK HTTP/1.1\r\nHost: a",
        f"GET /sparql?query={'x' * 40_000} HTTP/1.1\r\nHost: a\r\n\r\n",
        f"GET /sparql?query=ASK HTTP/1.1\r\nHost: {'x' * 3000}\r\n\r\n",
    ],
)
def test_what_is_not_plain(request_text: str) -> None:
    """Whatever says more than that, or is spelled otherwise, goes the usual way."""
    assert read_plain(request_text.encode("latin-1"), "someone") is None


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=60))
@example("%41%zz%4%%41%")
@example("a+b%20c%3D=%3d%2B%C3%A9")
def test_addresses_are_decoded_as_usual(value: str) -> None:
    """A query in an address is the text that the usual way finds in it, or is none on either."""
    value = value.replace("&", "").replace("#", "")
    try:
        usual = parse_qs(f"query={value}", keep_blank_values=True, errors="strict")["query"][0]
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            decoded(value.encode())
        return

    assert decoded(value.encode()) == usual


# ── The same on both ways ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "headers", "more"),
    [
        (ROWS, JSON, {}),
        (ROWS, "", {}),
        (ROWS, "Accept: text/csv\r\nAccept-Encoding: gzip\r\n", {}),
        (ROWS, JSON, {"format": "xml"}),
        (ROWS, JSON, {"default-graph-uri": "http://x.example/none"}),
        ("ASK {}", "Accept: text/html\r\n", {}),
        (ROWS, "Origin: https://example.org\r\n", {}),
        (ROWS, FETCHED, {}),
        ("ASK { ?s ?p ?o }", JSON, {}),
        ("CONSTRUCT WHERE { eg:s1 ?p ?o }", "Accept: text/turtle\r\n", {}),
        ("DESCRIBE eg:s1", "Accept: application/ld+json\r\n", {}),
        ("SELECT * { ?s ?p }", JSON, {}),
        ("SELECT * { ?s ?p }", "Accept: text/plain\r\n", {}),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", JSON, {}),
        ("INSERT DATA { eg:a eg:b eg:c }", JSON, {}),
        ("ASK {}", JSON, {"format": "no such"}),
        ("ASK {}", JSON, {"update": "CLEAR ALL"}),
        ("", JSON, {}),
        (RUNAWAYS["count of values"], JSON, {}),
    ],
)
def test_the_same_on_both_ways(
    server: Server, query: str, headers: str, more: dict[str, str]
) -> None:
    """A reply is the same, to its headers and their order, whichever way its request has gone."""
    short = plain(query, headers, **more)
    usual = plain(query, f"X-Other: 1\r\n{headers}", **more)
    first, again, other = heard(server, short, short, usual)

    assert read_plain(usual, "") is None
    assert undated(first) == undated(again) == undated(other)


def test_what_the_client_has(server: Server) -> None:
    """A result that the client has is answered with 304 on both ways."""
    (first,) = heard(server, plain(ROWS))
    etag = re.search(rb"etag: ([^\r]+)", first)
    assert etag is not None
    known = f"{JSON}If-None-Match: {etag[1].decode()}\r\n"
    replies = heard(server, plain(ROWS, known), plain(ROWS, known + "X-Other: 1\r\n"))

    assert replies[0].startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert undated(replies[0]) == undated(replies[1])


def test_changing_results_are_not_kept(server: Server) -> None:
    """What differs each time is asked anew, byte for byte the same as the request may be."""
    request = plain("SELECT (RAND() AS ?x) {}")
    replies = heard(server, request, request)

    assert replies[0].rpartition(b"\r\n")[2] != replies[1].rpartition(b"\r\n")[2]
    assert all(b"cache-control: no-store" in reply for reply in replies)


def test_another_host(server: Server) -> None:
    """A name that is not this server's is turned away, also after the same query was answered."""
    request = plain(ROWS)
    heard(server, request)
    (reply,) = heard(server, request.replace(b"Host: localhost", b"Host: evil.example"))

    assert reply.startswith(b"HTTP/1.1 421 ")


def test_requests_that_do_not_wait(server: Server) -> None:
    """Requests behind one on the short way are answered in their order."""
    slow, quick = plain(RUNAWAYS["count of values"]), plain("ASK { ?s ?p ?o }")
    last = f"GET /live HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode()
    said = b""
    with closing(server.connect()) as connection:
        connection.sendall(slow)
        time.sleep(0.05)  # so that it comes alone
        connection.sendall(quick * 3 + last)
        while piece := connection.recv(65_536):
            said += piece

    assert re.findall(rb"HTTP/1\.1 (\d+) ", said) == [b"504", b"200", b"200", b"200", b"200"]


def test_clients_that_leave(server: Server) -> None:
    """A query whose client has hung up is stopped, one that waits for its turn too."""
    runaway = plain(RUNAWAYS["count of values"])
    for _ in range(3):
        connections = [server.connect() for _ in range(8)]
        for connection in connections:
            connection.sendall(runaway)
        for connection in connections:
            connection.close()
    wait_until(lambda: b"kg_queries_running 0" in server.request("GET", "/metrics").body)
    counts = server.request("GET", "/metrics").body
    log = server.log.read_text("utf-8")

    assert b'method="GET",status="499"' in counts
    assert b'status="500"' not in counts
    assert "unhandled exception" not in log
    assert "Traceback" not in log
    assert b" 200 " in heard(server, plain("ASK { ?s ?p ?o }"))[0]


def test_it_is_logged(server: Server) -> None:
    """A request has its line in the log, with nothing of what was sent."""
    request = plain("SELECT ?canary4711 { ?canary4711 eg:p1 ?o } LIMIT 1")
    heard(server, request, request)
    wait_until(lambda: "GET /sparql 200" in server.log.read_text("utf-8"))

    lines = server.log.read_text("utf-8").splitlines()
    assert re.search(r"GET /sparql 200 [\d.]+ms \d+B [0-9a-f]{12}$", lines[-1])
    assert "canary" not in server.log.read_text("utf-8")


def test_it_is_logged_as_on_the_usual_way(server: Server) -> None:
    """A line names the version of the graph that the reply is made of, and none for an error."""
    for query in (ROWS, "SELECT * { ?s ?p }"):
        before = len(_logged(server))
        heard(server, plain(query), plain(query, f"X-Other: 1\r\n{JSON}"))
        wait_until(partial(_has_logged, server, before + 2))
        first, second = (each.split()[-4:] for each in _logged(server)[-2:])
        assert (first[0], first[2:]) == (second[0], second[2:])


def _has_logged(server: Server, lines: int) -> bool:
    return len(_logged(server)) == lines


def _logged(server: Server) -> list[str]:
    """The lines of the log about queries."""
    lines = server.log.read_text("utf-8").splitlines()
    return [each for each in lines if "GET /sparql" in each]


# ── Jobs without a task ─────────────────────────────────────────────────────────────────────

PROGRAM = Program("confined:load")


def with_pool(sizes: Sizes, body: Any) -> None:  # noqa: ANN401 - a coroutine function
    """Run the body of a test with a pool."""

    async def whole() -> None:
        pool = await Pool.start(PROGRAM, sizes, Jail())
        try:
            await eventually(lambda: len(pool.workers) == sizes.quick)
            work: Coroutine[Any, Any, None] = body(pool)
            await work
        finally:
            pool.close()
            await pool.wait_closed()

    asyncio.run(whole())


def begin(pool: Pool, job: str, told: list[object], body: bytes = b"") -> Any:  # noqa: ANN401 - what it gives
    """Begin a job; what becomes of it is put into a list."""
    request = Frame({"job": job}, body)
    return pool.begin(request, client="a", charge=charge_nobody, done=told.append)


def test_jobs_wait_for_their_turn() -> None:
    """Jobs that were begun are done one after the other, in their order."""

    async def body(pool: Pool) -> None:
        told: list[object] = []
        bodies = [str(number).encode() for number in range(5)]
        for each in bodies:
            begin(pool, "echo", told, each)
        await eventually(lambda: len(told) == 5)

        assert [each.body for each in told if isinstance(each, Frame)] == bodies
        assert pool.busy == 0

    with_pool(Sizes(quick=1, slow=1), body)


def test_jobs_do_not_wait_for_ever() -> None:
    """A job that waits too long is told so, and one that comes when too many wait."""

    async def body(pool: Pool) -> None:
        told: list[object] = []
        first: list[object] = []
        stop = begin(pool, "sleep", first)
        await asyncio.sleep(0.01)  # so long that nobody is put behind it
        begin(pool, "echo", told)
        with pytest.raises(BusyError, match="too many"):
            begin(pool, "echo", told)
        await eventually(lambda: bool(told))
        stop()
        await eventually(lambda: bool(first))

        assert isinstance(told[0], BusyError)
        assert isinstance(first[0], EndedError)
        assert pool.busy == 0

    with_pool(Sizes(quick=1, slow=1, patience=0.1, most_waiting=1), body)


def test_a_job_that_is_stopped_while_it_waits() -> None:
    """It is never begun, and others go on."""

    async def body(pool: Pool) -> None:
        told: list[object] = []
        stop_first = begin(pool, "sleep", [])
        await asyncio.sleep(0.01)  # the first is begun, and only then does the second wait
        stop_second = begin(pool, "spin", told)
        begin(pool, "echo", told, b"third")
        stop_second()
        stop_second()
        stop_first()
        await eventually(lambda: len(told) == 2)

        assert isinstance(told[0], EndedError)
        assert isinstance(told[1], Frame)
        assert told[1].body == b"third"

    with_pool(Sizes(quick=1, slow=1), body)


def test_who_leaves_costs_no_worker() -> None:
    """A worker whose job takes a moment goes on to the next, though nobody wants the reply."""

    async def body(pool: Pool) -> None:
        workers = set(pool.workers)
        told: list[object] = []
        for _ in range(20):
            begin(pool, "echo", told)()
        await eventually(lambda: len(told) == 20)

        assert isinstance(told[-1], Frame | EndedError)
        assert set(pool.workers) == workers
        assert (await pool.run(Frame({"job": "echo"}, b"x"))).body == b"x"

    with_pool(Sizes(quick=1, slow=1), body)


def test_jobs_behind_one_that_is_about_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker is given some jobs before it is done with the first, and does them in turn."""
    monkeypatch.setattr("kg.sandbox.given.ABOUT_DONE", 60)  # on a busy machine too

    async def body(pool: Pool) -> None:
        told: list[object] = []
        bodies = [str(number).encode() for number in range(12)]
        for each in bodies:
            begin(pool, "echo", told, each)
        given = [len(run.jobs) for _, run in pool._running]
        await eventually(lambda: len(told) == 12)

        assert given == [8]
        assert [each.body for each in told if isinstance(each, Frame)] == bodies
        assert pool.busy == 0
        assert not pool._running

    with_pool(Sizes(quick=1, slow=1), body)


def test_each_job_is_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs whose replies are heard at once are charged what each has taken."""
    monkeypatch.setattr("kg.sandbox.given.ABOUT_DONE", 60)  # on a busy machine too

    async def body(pool: Pool) -> None:
        charged: list[float] = []
        told: list[object] = []
        for _ in range(6):
            request = Frame({"job": "spin_for"}, b"0.003")
            pool.begin(request, client="a", charge=charged.append, done=told.append)
        assert [len(run.jobs) for _, run in pool._running] == [6]
        _pause()
        await eventually(lambda: len(told) == 6)

        assert all(each >= 0.003 for each in charged)
        assert len(charged) == 6

    with_pool(Sizes(quick=1, slow=1), body)


def _pause() -> None:
    """Have the loop hear of nothing, so long that a worker does all that it was given."""
    time.sleep(0.1)  # replies ring no bell while nobody listens


@pytest.mark.parametrize(
    ("said", "charged"), [(0.5, 0.5), (9.0, 2.5), (-1.0, 1.0), (math.nan, 1.0), (None, 1.0)]
)
def test_a_worker_is_believed_as_far_as_there_was_time(said: float | None, charged: float) -> None:
    """What it says of a job is no more than the time of its jobs that nothing was charged for."""
    runs, worker = Given(100), cast("Any", object())
    for _ in range(2):
        runs.add(worker, Job(Frame({}), "a", charge_nobody, None), 10.0)

    assert runs.remove_first(worker, 12.0, 0.5) == 0.5
    assert runs.remove_first(worker, 13.0, said) == charged
    assert worker not in runs


def test_nobody_stands_behind_jobs_that_take_long() -> None:
    """Where jobs take milliseconds, workers do them side by side."""

    async def body(pool: Pool) -> None:
        for _ in range(10):
            await pool.run(Frame({"job": "spin_for"}, b"0.02"))
        told: list[object] = []
        for _ in range(3):
            begin(pool, "spin_for", told, b"0.01")
        given = [len(run.jobs) for _, run in pool._running]
        await eventually(lambda: len(told) == 3)

        assert given == [1, 1]

    with_pool(Sizes(quick=2, slow=1, quick_seconds=60, deadline=60, patience=30), body)


@pytest.mark.parametrize(("first", "ends"), [("crash", True), ("spin", False)])
def test_jobs_behind_one_that_does_not_end_well(first: str, ends: bool) -> None:  # noqa: FBT001
    """Another worker does them, and each is told once."""

    async def body(pool: Pool) -> None:
        told: list[object] = []
        of_first: list[object] = []
        stop = begin(pool, first, of_first)
        for number in range(3):
            begin(pool, "echo", told, str(number).encode())
        await eventually(lambda: len(told) == 3)
        if not ends:
            assert not of_first
            assert pool.busy == 1
            stop()
        await eventually(lambda: bool(of_first) and pool.busy == 0)

        assert {each.body for each in told if isinstance(each, Frame)} == {b"0", b"1", b"2"}
        assert isinstance(of_first[0], EndedError)
        assert not pool._running

    with_pool(Sizes(quick=1, slow=1, deadline=60, patience=30), body)


def test_a_job_behind_another_that_is_stopped() -> None:
    """Who leaves from behind a job stops nobody else's."""

    async def body(pool: Pool) -> None:
        told: list[object] = []
        behind: list[object] = []
        begin(pool, "spin_for", told, b"0.2")
        begin(pool, "echo", behind)()
        await eventually(lambda: bool(told and behind))

        assert isinstance(told[0], Frame)
        assert len(behind) == 1

    with_pool(Sizes(quick=1, slow=1, quick_seconds=60, deadline=60), body)


def test_a_worker_that_has_ended_is_given_no_job() -> None:
    """A worker that was lost while it was free is passed over: nobody would hear of its job."""

    async def body(pool: Pool) -> None:
        told: list[object] = []
        for worker in tuple(pool._workers):
            worker.stop()
        begin(pool, "echo", told, b"x")
        await eventually(lambda: bool(told))

        assert isinstance(told[0], Frame)
        assert told[0].body == b"x"

    with_pool(Sizes(quick=1, slow=1, patience=5), body)


def test_a_job_that_is_not_quick() -> None:
    """It goes on in a place for what is slow, or is told that there is none."""

    async def body(pool: Pool) -> None:
        told: list[object] = []
        for _ in range(2):
            begin(pool, "spin", told)
        await eventually(lambda: bool(told))

        assert [type(each) for each in told] == [NotQuickError]
        assert pool.counts["slow"] == 1
        assert pool.busy == 1

    with_pool(Sizes(quick=2, slow=1, quick_seconds=0.05, deadline=10), body)


def test_a_head_that_many_messages_have() -> None:
    """It arrives as it was sent, however the message is cut, and is read once."""
    written = encode(Frame(Fixed({"job": "x", "n": 1}), b"body", 1.5))
    whole = Reader().feed(written)
    reader = Reader()
    pieces = [reader.feed(written[at : at + 7]) for at in range(0, len(written), 7)]

    assert whole == pieces[-1] == Frame({"job": "x", "n": 1}, b"body", 1.5)
    assert whole is not None
    assert pieces[-1] is not None
    assert whole.head is pieces[-1].head
    assert pieces[:-1] == [None] * (len(pieces) - 1)


def test_what_was_sent_is_bounded() -> None:
    """What is kept of replies takes no more than it may, and the oldest goes first."""
    cache = SentCache(64 * 1024)
    for number in range(100):
        cache.put(b"%d" % number, Written(200, b"x" * 100, b"x" * 900))
    cache.put(b"large", Written(200, b"", b"x" * 60_000))
    found = [number for number in range(100) if cache.get(b"%d" % number) is not None]

    assert found == list(range(100 - len(found), 100))
    assert 20 < len(found) < 33
    assert cache.get(b"large") is None
    cache.clear()
    assert cache.get(b"99") is None


def test_an_answer_of_an_older_graph_is_not_kept() -> None:
    """A reply is kept for the same bytes when it is the one of the graph that is served."""
    request = read_plain(plain("ASK {}"), "someone")
    assert request is not None
    state = AppState(Settings(), cast("Any", None))
    now = SimpleNamespace(version=SimpleNamespace(program=PROGRAM))
    graphs = SimpleNamespace(label="old", now=now, begin=lambda *_, **__: None)
    state.graphs = cast("Any", graphs)
    lane = Lane(state, Middleware(cast("Any", None), state, Metrics(), HOSTS, access_log=False))
    asked = protocol.asked_in(request.address, request.head.accept)
    assert asked is not None
    reply = Frame({"kind": "boolean", "media_type": JSON_ROWS}, b"{}")
    protocol.make_reply(state, asked, "old", "old", reply)
    sent: list[Written] = []
    answer = cast("Any", SimpleNamespace(sent=b"x", send=sent.append, left=None))

    assert lane.begin(request, answer)
    assert lane.known(b"x") == sent[0]
    graphs.label = "new"
    state._change()
    assert lane.known(b"x") is None
    assert not lane.begin(request, answer)
    assert lane.known(b"x") is None
