"""What `kg serve` takes on its command line, and what it does before it answers."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from asgi import running
from click.testing import CliRunner, Result
from servers import serving

from kg.cli import main
from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG
from kg.serve import server
from kg.serve.app import create_app
from kg.serve.http.connections import Register
from kg.serve.http.limits import ConnectionLimits
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState


@pytest.fixture(name="graph", scope="module")
def _graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("serve") / "graph.nq"
    path.write_bytes(write_nquads([Quad(EG.a, EG.p, EG.b, EG.g)]))
    return path


@pytest.fixture(name="started")
def _started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Settings, server.Address]]:
    """Give what would have been served, instead of serving it."""
    seen: list[tuple[Settings, server.Address]] = []
    monkeypatch.setattr(
        server, "run", lambda settings, _, address, *__: seen.append((settings, address))
    )
    return seen


def _serve(graph: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["serve", "--port", "0", "--graph", str(graph), *options])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--proxy", "proxy.example"], "--proxy: 'proxy.example' does not appear to be"),
        (["--proxy", "10.0.0.1/8"], "--proxy: 10.0.0.1/8 has host bits set; wanted: an address or"),
        (["--proxy", "*"], "--proxy: '*' does not appear to be"),
        (["--public-url", "graph.example.org"], "wanted: http(s)://HOST[:PORT][/PATH]"),
        (["--public-url", "ftp://graph.example.org"], "is no address"),
        (["--public-url", "http://"], "is no address"),
        (["--public-url", "https://graph.example.org:port"], "is no address"),
        (["--public-url", "https://["], "is no address"),
        (["--public-url", "https://a b/"], "is no address"),
        (["--public-url", "https://a/%zz"], "is no address"),
        (["--public-url", "https://me@a/"], "is no address"),
        (["--public-url", "https://a/?b"], "is no address"),
    ],
)
def test_options_that_are_none(
    graph: Path, started: list[object], options: list[str], said: str
) -> None:
    """An option that would be trouble later is refused before anything is started."""
    result = _serve(graph, *options)

    assert result.exit_code == 2
    assert said in result.stderr
    assert started == []


def test_options(graph: Path, started: list[tuple[Settings, server.Address]]) -> None:
    """Addresses and networks of both kinds are proxies, and an address may hold a path."""
    public = "https://graph.example.org:8443/a/b"
    proxies = ["--proxy", "10.0.0.0/8", "--proxy", "192.0.2.7", "--proxy", "fd00::/8"]
    result = _serve(graph, "--public-url", f"{public}/", *proxies)

    assert result.exit_code == 0, result.stderr
    ((settings, address),) = started
    assert settings.public_url == public
    assert address.proxies == ("10.0.0.0/8", "192.0.2.7/32", "fd00::/8")
    trusts = address.limits.trusts
    assert [trusts(each) for each in ("10.1.2.3", "192.0.2.7", "fd00::1")] == [True] * 3
    assert [trusts(each) for each in ("11.0.0.1", "192.0.2.8", "::1")] == [False] * 3


@pytest.mark.parametrize(("user", "warned"), [(0, True), (1000, False)])
@pytest.mark.usefixtures("started")
def test_root(
    graph: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: int,
    warned: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """The superuser is told what does not hold for them."""
    monkeypatch.setattr(os, "getuid", lambda: user)
    monkeypatch.setattr(os, "geteuid", lambda: user)

    assert ("warning: kg serve runs as root" in _serve(graph).stderr) is warned


def test_proxies_by_network(graph: Path) -> None:
    """A proxy of a network that was named speaks for as many clients as it likes."""
    with serving(graph, "--proxy", "127.0.0.0/8") as found:
        connections = [found.connect() for _ in range(110)]
        for connection in connections:
            connection.sendall(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        replies = [connection.recv(4096) for connection in connections]
        for connection in connections:
            connection.close()

    assert all(reply.startswith(b"HTTP/1.1 200 ") for reply in replies)


@dataclass(eq=False)
class Unread:
    """A connection whose client does not read."""

    address: str
    unread: int
    is_trusted: bool
    dropped: bool = False

    def drop(self) -> None:
        """Remember that it was closed."""
        self.dropped = True

    def check(self, now: float) -> None:
        """Have all the time there is."""


def test_replies_that_a_proxy_has_not_read() -> None:
    """A proxy, which reads for many, may have more waiting than one client; but not any amount."""
    register = Register(ConnectionLimits(unread_bytes=100, unread_bytes_of_proxy=1000))
    client = [Unread("1", 60, is_trusted=False) for _ in range(2)]
    proxy = [Unread("2", 60, is_trusted=True) for _ in range(20)]
    register._open.update(client, proxy)  # type: ignore[arg-type]
    register._drop_unread()

    assert sum(each.dropped for each in client) == 1
    assert sum(each.dropped for each in proxy) == 4


def test_networks_of_the_patience() -> None:
    """Without a proxy nobody is trusted."""
    assert not ConnectionLimits().trusts("127.0.0.1")
    assert ConnectionLimits(trusted=(ipaddress.ip_network("127.0.0.0/8"),)).trusts("127.0.0.1")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(12, "Cannot allocate memory"), "Cannot allocate memory"),
        (TimeoutError(), "it took too long"),
    ],
)
def test_what_kept_it_from_starting(
    graph: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    """A server that cannot be started says why."""
    state = AppState(Settings(), GraphFile(graph))
    monkeypatch.setattr(state.graphs, "start", _raising(error))
    with pytest.raises(AssertionError), running(create_app(state)):
        pass

    assert state.failure is not None
    assert state.failure.message.startswith("the server could not be started: ")
    assert said in state.failure.message


def _raising(error: OSError) -> Callable[[], object]:
    async def start() -> None:
        raise error

    return start


def test_no_dump(graph: Path) -> None:
    """The memory of the server, which holds what is sent to it, is never written to a file."""
    with serving(graph) as found:
        limits = Path(f"/proc/{found.pid}/limits").read_text("utf-8").splitlines()
    asked = (
        "import ctypes; from kg.sandbox import jail; jail.disable_dumps();"
        "print(ctypes.CDLL(None).prctl(3))"  # PR_GET_DUMPABLE
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    (line,) = [each for each in limits if each.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]
    assert told.stdout == "0\n"
