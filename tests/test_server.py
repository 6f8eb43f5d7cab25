"""What a stranger cannot do to a running server, over real sockets."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from runaways import RUNAWAYS
from servers import Server, serving
from waiting import wait_until

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.serve.server import Address, listen

DEADLINE = 1.0
USUAL = ("count of values", "text that grows", "rows without end", "groups", "lists")
"""The kinds that every run of the tests tries; the others take a minute."""
_POST = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
SECRET = "s3cret-word"  # noqa: S105 - planted, to be looked for


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server")
    quads = [Quad(eg(f"s{n}"), eg(f"p{n % 7}"), Literal(f"value {n}"), EG.g) for n in range(5000)]
    (folder / "graph.nq").write_bytes(write_nquads(quads))
    (folder / "secret.ttl").write_text(f"<x:a> <x:b> '{SECRET}' .\n", "utf-8")
    return folder


@pytest.fixture(name="server", scope="module")
def _server(folder: Path) -> Iterator[Server]:
    with serving(folder / "graph.nq", "--timeout", str(DEADLINE)) as server:
        yield server


# ── Queries that never end ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "kind",
    [kind if kind in USUAL else pytest.param(kind, marks=pytest.mark.load) for kind in RUNAWAYS],
)
def test_runaway(server: Server, kind: str) -> None:
    """It is answered with an error in time, and the next query does not notice."""
    started = time.perf_counter()
    answer = server.query(RUNAWAYS[kind])
    took = time.perf_counter() - started
    waits = [_wait_for_an_answer(server) for _ in range(3)]

    assert answer.status in (413, 422, 503, 504), answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert took < DEADLINE + 0.5
    assert min(waits) < 0.05  # the machine may have other things to do


def _wait_for_an_answer(server: Server) -> float:
    started = time.perf_counter()
    assert server.query("ASK { ?s ?p ?o }").status == 200
    return time.perf_counter() - started


def test_client_that_leaves(server: Server) -> None:
    """A query whose client has hung up does not hold a place for long."""
    body = urlencode({"query": RUNAWAYS["count of values"]})
    for _ in range(6):
        with closing(server.connect()) as connection:
            connection.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body.encode())
            )
            wait_until(lambda: _running(server))
    started = time.perf_counter()
    answer = server.query("ASK { ?s ?p ?o }")

    assert answer.status == 200
    assert time.perf_counter() - started < 0.5


def _running(server: Server) -> int:
    """How many queries are running or waiting."""
    found = re.search(rb"kg_queries_running (\d+)", server.request("GET", "/metrics").body)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/sparql", "application/sparql-query"), ("/api/case", "application/json")],
)
def test_client_that_leaves_in_its_body(server: Server, path: str, kind: str) -> None:
    """Whoever hangs up before a request is whole sets off no alarm."""
    with closing(server.connect()) as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
            "Content-Length: 100\r\n\r\nabc".encode()
        )
    gone = f'route="{path}",method="POST",status="499"'.encode()
    wait_until(lambda: gone in server.request("GET", "/metrics").body)
    counts = server.request("GET", "/metrics").body

    assert b'status="500"' not in counts
    assert "unhandled exception" not in server.log.read_text("utf-8")


def test_a_path_with_a_line_break(server: Server) -> None:
    """It names no term, and that is said as of any other path."""
    answer = server.request("GET", "/id/a%0Ab")

    assert (answer.status, json.loads(answer.body)["status"]) == (404, 404)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"


# ── Queries that want to get out ────────────────────────────────────────────────────────────

WAYS_OUT = {
    "service": "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "service silent": "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
    "service in exists": "ASK { FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
    "service in a subquery": "SELECT * { { SELECT * { SERVICE <%s> { ?s ?p ?o } } } }",
    "service by a variable": "SELECT * { BIND(<%s> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "service by values": "SELECT * { VALUES ?x { <%s> } SERVICE ?x { ?s ?p ?o } }",
    "service by an escape": "SELECT * { SER\\u0056ICE <%s> { ?s ?p ?o } }",
    "from": "SELECT * FROM <%s> { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <%s> { GRAPH ?g { ?s ?p ?o } }",
    "graph": "SELECT * { GRAPH <%s> { ?s ?p ?o } }",
    "load": "LOAD <%s>",
    "load into": "LOAD SILENT <%s> INTO GRAPH <x:g>",
}


@contextmanager
def canary() -> Iterator[tuple[int, list[str]]]:
    """A port that nobody may connect to, and who has."""
    visits: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        door.settimeout(0.1)
        stopped = threading.Event()

        def attend() -> None:
            while not stopped.is_set():
                try:
                    connection, address = door.accept()
                except TimeoutError:
                    continue
                visits.append(str(address))
                connection.close()

        thread = threading.Thread(target=attend)
        thread.start()
        try:
            yield port, visits
        finally:
            stopped.set()
            thread.join()


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_way_out(server: Server, folder: Path, way: str) -> None:
    """No query makes the server connect to anything or read a file, in whatever way it asks."""
    with canary() as (port, visits):
        for target in (f"http://127.0.0.1:{port}/x", (folder / "secret.ttl").as_uri()):
            query = WAYS_OUT[way] % target
            answers = [
                server.query(query),
                server.request("GET", "/sparql?" + urlencode({"query": query})),
                server.request(
                    "GET",
                    "/sparql?"
                    + urlencode({"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": target}),
                ),
                server.request(
                    "POST",
                    "/sparql",
                    body=query.encode(),
                    headers={"content-type": "application/sparql-query"},
                ),
            ]
            for answer in answers:
                assert answer.status in (200, 400, 403)
                assert SECRET.encode() not in answer.body
        # Visits are seen in the order in which they come, so what comes before ours is here by now.
        with socket.create_connection(("127.0.0.1", port)) as ours:
            own = str(ours.getsockname())
            wait_until(lambda: own in visits)

    assert visits == [own]


# ── What stays behind ───────────────────────────────────────────────────────────────────────


def test_nothing_of_a_request_is_written_down(server: Server) -> None:
    """What a client sends, in whatever place, is in no line of the log and in no count."""
    canary = "patient-4711-canary"
    headers = dict.fromkeys(("User-Agent", "Referer", "Cookie", "X-Note", "Accept"), canary)
    form = {"content-type": "application/x-www-form-urlencoded"}
    for target in (
        f"/sparql?query={canary}",
        f"/sparql?query=ASK+%7B+?s+?p+'{canary}'+%7D",
        f"/sparql?{canary}=1",
        f"/{canary}",
        f"/sparql/{canary}",
    ):
        server.request("GET", target, headers=headers)
        server.request("POST", target, body=f"query={canary}".encode(), headers=form | headers)
        server.request("PUT", target, body=canary.encode())
        server.request(canary.upper(), target)
    with closing(server.connect()) as connection:
        connection.sendall(canary.encode() + b" / HTTP/1.1\r\n" + canary.encode() + b"\r\n\r\n")
        connection.recv(4096)
    written = server.log.read_text("utf-8") + server.request("GET", "/metrics").body.decode()

    assert "GET /sparql 400" in written
    assert canary not in written.lower()


# ── Slow clients ────────────────────────────────────────────────────────────────────────────


def _push(connection: socket.socket, piece: bytes) -> None:
    try:
        connection.sendall(piece)
    except OSError:
        return


@pytest.mark.load
def test_replies_that_nobody_reads(server: Server) -> None:
    """Clients that ask for much and read nothing do not fill the server's memory."""
    target = "/sparql?format=xml&query=" + quote("SELECT * { ?s ?p ?o . ?s ?q ?r }")
    assert len(server.request("GET", target).body) > 1_000_000
    before = server.resident()
    connections = [server.connect() for _ in range(90)]
    for connection in connections:
        request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n" * 5
        _push(connection, request.encode())
    time.sleep(5)  # time is the subject: the server is to hold no more, however long it waits
    grown = server.resident() - before
    for connection in connections:
        connection.close()

    assert grown < 100 * 1024 * 1024
    assert server.request("GET", "/live").status == 200


@pytest.mark.load
def test_dumps_that_nobody_reads(folder: Path) -> None:
    """Three addresses that ask for three hundred dumps and read none hold up nobody for long.

    What is measured is the time that the system takes for it in the server's own process, where
    everybody waits: a second at most, and it was three.
    """
    quads = [Quad(eg(f"s{n}"), EG.p, Literal(f"value {n}"), EG.g) for n in range(50_000)]
    (folder / "large.nq").write_bytes(write_nquads(quads))
    request = b"GET /dumps/etiograph.nq HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with serving(folder / "large.nq") as server:
        assert len(server.request("GET", "/dumps/etiograph.nq").body) > 3_000_000
        readers = [
            socket.create_connection(
                ("127.0.0.1", server.port), source_address=(f"127.0.0.{2 + number % 3}", 0)
            )
            for number in range(297)
        ]
        before = _system_seconds(server.pid)
        for each in readers:
            each.sendall(request)
        for _ in range(20):
            _wait_for_an_answer(server)
        took = _system_seconds(server.pid) - before
        for each in readers:
            each.close()

    assert took < 1.0


def _system_seconds(pid: int) -> float:
    """What the system has done on account of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[12]) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_system_takes_little_of_a_reply(host: str) -> None:
    """A connection has a bounded buffer for what is sent, whatever the system would give."""
    with (
        listen(Address(host, 0)) as door,
        socket.create_connection(door.getsockname()[:2]),
        door.accept()[0] as accepted,
    ):
        size = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)

    assert size <= 256 * 1024


def test_too_many_connections(server: Server) -> None:
    """One address has a hundred connections, and no more."""
    connections = [server.connect() for _ in range(110)]
    for connection in connections:
        _push(connection, b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    replies = [_first_line(connection) for connection in connections]
    for connection in connections:
        connection.close()

    assert sum(b" 200 " in reply for reply in replies) == 100
    wait_until(lambda: server.request("GET", "/live").status == 200)


def _first_line(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096).split(b"\r\n")[0]
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
        (b"GET /" + b"a" * 65_535 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
        (b"GET /" + b"a" * 65_534 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET /live HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 200_000 + b"\r\n", b"431"),
        (
            (
                b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n"
                b"Content-Type: application/sparql-query\r\n\r\nASK"
            ),
            b"413",
        ),
        (
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/sparql-query\r\n\r\n"
            + (b"10000\r\n" + b"x" * 65536 + b"\r\n")
            * 10,
            b"413",
        ),
        (b"\x00\xff\x00\xff\r\n\r\n", b"400"),
        (b"GET http://evil.example/live HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
        (b"GET http://evil.example/live HTTP/1.1\r\nHost: localhost\r\n\r\n", b"421"),
        (b"GET http://localhost:80/live?x HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"200"),
        (b"GET http://[::1]/live HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"200"),
        (b"GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
        (b"GET /live HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /live HTTP/1.0\r\n\r\n", b"421"),
        (b"GET /live HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET http://localhost/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"204"),
        (b"OPTIONS * HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
        (b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET /id/a%0d%0ab HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (_POST + b"Content-Length: 6 \r\n\r\nASK {}", b"200"),
        (
            _POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
            b"501",
        ),
    ],
    ids=[
        "long line",
        "line a byte too long",
        "longest line",
        "long head",
        "declared",
        "chunked",
        "noise",
        "absolute",
        "absolute elsewhere",
        "absolute here",
        "absolute address",
        "absolute without a path",
        "no host",
        "no host in HTTP 1.0",
        "two hosts",
        "two hosts and absolute",
        "of all",
        "of all elsewhere",
        "not of all",
        "line ends",
        "space behind the length",
        "other coding",
    ],
)
def test_hostile_requests(server: Server, request_bytes: bytes, status: bytes) -> None:
    """What is too long is refused before it is read, and what is no HTTP is refused at once."""
    with closing(server.connect()) as connection:
        _push(connection, request_bytes)
        connection.settimeout(5)

        assert status in connection.recv(65_536).split(b"\r\n")[0]
    assert server.request("GET", "/live").status == 200


@pytest.mark.parametrize("more", [5 << 20, 100])
def test_a_request_has_one_reply(server: Server, more: int) -> None:
    """Whoever goes on sending a body that was refused hears no more about it."""
    with closing(server.connect()) as connection:
        connection.sendall(_POST + b"Content-Length: 10000000\r\n\r\n")
        heard = connection.recv(65_536)
        with suppress(ConnectionError):
            connection.sendall(b"x" * more)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while piece := connection.recv(65_536):
                heard += piece

    assert heard.startswith(b"HTTP/1.1 413")
    assert heard.count(b"HTTP/1.1") == 1


# ── Requests that do not wait for each other ────────────────────────────────────────────────

ONE = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n"
SLOW = (
    f"GET /sparql?query={quote(RUNAWAYS['count of values'])} HTTP/1.1\r\nHost: localhost\r\n\r\n"
).encode()
LAST = b"GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def _statuses(server: Server, *pieces: bytes) -> list[bytes]:
    """The statuses of all replies on one connection, until it is closed."""
    heard = b""
    with closing(server.connect()) as connection:
        for piece in pieces:
            _push(connection, piece)
            time.sleep(0.05)  # so that the pieces come one by one
        connection.settimeout(DEADLINE + 15)
        while part := connection.recv(65_536):
            heard += part
    return re.findall(rb"HTTP/1\.1 (\d+) ", heard)


def test_many_at_once(server: Server) -> None:
    """Requests that come in one packet are all answered, however many they are."""
    for together in (16, 17, 200, 2000):
        assert _statuses(server, ONE * together + LAST) == [b"200"] * (together + 1), together


def test_a_body_among_many(server: Server) -> None:
    """A body that comes in pieces behind as many requests as are taken is read."""
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n"
        b"Content-Type: application/sparql-query\r\n\r\n"
    )
    statuses = _statuses(server, SLOW + ONE * 14 + head + b"AS", b"K {", b"}" + ONE + LAST)

    assert statuses == [b"504", *[b"200"] * 17]


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ([b"\x00 no request\r\n\r\n"], b"400"),
        ([b"\x00 no request\r\n\r\n", b"x" * 300_000, ONE], b"400"),
        ([b"GET /" + b"a" * 70_000], b"414"),
        ([b"GET /live HTTP/1.1\r\n" + b"X: y\r\n" * 100_000], b"431"),
        ([b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n"], b"400"),
        (
            [
                (
                    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                    b"Content-Type: application/sparql-query\r\n\r\nno length\r\n"
                )
            ],
            b"400",
        ),
    ],
    ids=["noise", "more noise", "long line", "long head", "length", "chunks"],
)
@pytest.mark.parametrize("before", [SLOW, SLOW + ONE * 3])
def test_what_is_due_comes_first(
    server: Server, before: bytes, rest: list[bytes], status: bytes
) -> None:
    """A request that cannot be read is refused after those before it are answered."""
    due = [b"504"] * before.count(SLOW) + [b"200"] * before.count(ONE)

    assert _statuses(server, before, *rest) == [*due, status]
