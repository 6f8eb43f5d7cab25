"""Measures answers to cases over HTTP, beside a bare `/live` in the same run: `make bench-answers`.

Every shipped question is asked again and again as JSON, in words, as a FHIR record and as the
form of the page, by one client, by two and by eight, each with an address of its own. With
`--beside FOLDER` another checkout of the project is measured in turn with this one, so that a busy
machine slows both. The clients share the processors with the server.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from endpoint import Running, free_port, wait_for

HERE: Final = Path(__file__).resolve().parent.parent
DAY: Final = "2026-11-02"
"""The day of a case that needs one to be written as a record."""
FORM: Final = "application/x-www-form-urlencoded"
WARM: Final = 1.0
"""Seconds of asking that do not count."""


@dataclass(frozen=True)
class Asked:
    """One form of the questions: each as the bytes of a whole request."""

    name: str
    requests: tuple[bytes, ...]


@dataclass
class Found:
    """What one measurement gave."""

    replies: list[tuple[float, int, int]] = field(default_factory=list)
    """Seconds, status and bytes of each."""
    rate: float = 0.0
    worked: float = 0.0
    """Processor seconds of the server's processes for one request."""

    def figures(self) -> dict[str, float]:
        """The figures of a line."""
        ordered = sorted(seconds for seconds, _, _ in self.replies) or [0.0]
        parts = {f"p{part}": ordered[(len(ordered) - 1) * part // 100] for part in (50, 95, 99)}
        size = sum(size for _, _, size in self.replies) / len(ordered)
        failed = sum(status != HTTPStatus.OK for _, status, _ in self.replies)
        return {
            "rate": self.rate, **parts, "worked": self.worked, "size": size, "failed": failed,
        }  # fmt: skip


def main() -> None:
    """Print a line for each form and number of clients."""
    options = _options()
    every = [each for each in _every_form() if each.name in options.forms]
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with ExitStack() as stack:
        servers = {"": stack.enter_context(serving(HERE))}
        if options.beside is not None:
            servers["beside"] = stack.enter_context(serving(options.beside.resolve()))
        for asked in every:
            for clients in options.clients:
                _compare(asked, clients, servers, options)
        for name, server in servers.items():
            print(f"memory {name:8} {server.memory():.0f} MiB")
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", nargs="+", default=list(_FORMS), help="what is asked")
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 2, 8], help="at once")
    parser.add_argument("--seconds", type=float, default=5.0, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--beside", type=Path, help="another checkout that is measured in turn")
    return parser.parse_args()


def _compare(
    asked: Asked, clients: int, servers: Mapping[str, Running], options: argparse.Namespace
) -> None:
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
    for _ in range(options.rounds):
        for name, server in servers.items():
            found = _measure(server, asked.requests, clients, options.seconds)
            rounds[name].append(found.figures())
    for name, figures in rounds.items():
        middle = {key: statistics.median(each[key] for each in figures) for key in figures[0]}
        print(f"{asked.name:6} {clients} clients {name:8} {_shown(middle)}", flush=True)


def _shown(found: Mapping[str, float]) -> str:
    times = "  ".join(f"{part} {found[part] * 1000:7.1f} ms" for part in ("p50", "p95", "p99"))
    return (
        f"{found['rate']:8.1f}/s  {times}  {found['worked'] * 1000:6.1f} ms of processor  "
        f"{found['size'] / 1000:6.0f} kB  failed {found['failed']:.0f}"
    )


# ── Asking ──────────────────────────────────────────────────────────────────────────────────


def _measure(server: Running, requests: Sequence[bytes], clients: int, seconds: float) -> Found:
    """Have so many clients ask without a pause, each at another of the questions."""
    found, stopped, counted = Found(), threading.Event(), threading.Event()
    threads = [
        threading.Thread(target=_ask_on, args=(server, number, requests, found, stopped, counted))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    time.sleep(WARM)
    before, started = server.worked(), time.perf_counter()
    counted.set()
    time.sleep(seconds)
    counted.clear()
    answered, took = len(found.replies), time.perf_counter() - started
    found.worked = (server.worked() - before) / max(answered, 1)
    found.rate = answered / took
    stopped.set()
    for thread in threads:
        thread.join()
    return found


def _ask_on(  # noqa: PLR0913, PLR0917 - what a thread is given
    server: Running,
    number: int,
    requests: Sequence[bytes],
    found: Found,
    stopped: threading.Event,
    counted: threading.Event,
) -> None:
    address = f"127.0.0.{number + 2}"
    with socket.create_connection(
        ("127.0.0.1", server.port), timeout=60, source_address=(address, 0)
    ) as connection:
        for turn in count(number * 7):
            if stopped.is_set():
                return
            started = time.perf_counter()
            connection.sendall(requests[turn % len(requests)])
            status, size = _read_reply(connection)
            if counted.is_set():
                found.replies.append((time.perf_counter() - started, status, size))


def _read_reply(connection: socket.socket) -> tuple[int, int]:
    """The status of a reply and the bytes of its body."""
    text = b""
    while (end := text.find(b"\r\n\r\n")) < 0:
        text += _piece(connection)
    head = text[:end].lower()
    _, _, rest = head.partition(b"content-length:")
    size = int(rest.split(b"\r\n")[0])
    left = size - (len(text) - end - 4)
    while left > 0:
        left -= len(_piece(connection))
    return int(head.split(b" ")[1]), size


def _piece(connection: socket.socket) -> bytes:
    piece = connection.recv(1 << 18)
    if not piece:
        raise ConnectionError("the server has closed the connection")
    return piece


# ── What is asked ───────────────────────────────────────────────────────────────────────────


def _every_form() -> Iterator[Asked]:
    cases = shipped_cases()
    for name, write in _FORMS.items():
        yield Asked(name, tuple(filter(None, write(cases))))


def shipped_cases() -> list[dict[str, Any]]:
    """The case of every shipped question."""
    files = sorted((HERE / "queries" / "cases").glob("*.json"))
    return [json.loads(path.read_text("utf-8"))["case"] for path in files]


def _live(_: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    yield b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"


def _as_json(cases: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for case in cases:
        yield _request("/api/case", "application/json", json.dumps(case))


def _as_brief(cases: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for case in cases:
        yield _request("/api/case?detail=brief", "application/json", json.dumps(case))


def _as_words(cases: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for case in cases:
        yield _request("/api/case", "text/plain", words(case))


def _as_fhir(cases: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for record in records_of(cases):
        yield _request("/api/case", "application/fhir+json", record)


def records_of(cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Cases as FHIR records, as far as FHIR has a place for what they say."""
    sys.path.insert(0, str(HERE / "tests"))
    from records import Recorder

    from kg.compile.builder import ensure
    from kg.model.errors import KGError

    recorder = Recorder(ensure().lexicon)
    for case in cases:
        with suppress(KGError):  # some ask about what no term stands for
            if record := recorder.record({"date": DAY} | dict(case)):
                yield record


def _as_page(cases: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    """As the form sends them from the line for words, by a browser that can unpack."""
    for case in cases:
        form = urlencode({"question": words(case)})
        yield _request("/ask", FORM, form, "Accept: text/html\r\nAccept-Encoding: gzip\r\n")


_FORMS: Final = {
    "live": _live,
    "json": _as_json,
    "brief": _as_brief,
    "words": _as_words,
    "fhir": _as_fhir,
    "page": _as_page,
}


def words(case: Mapping[str, Any]) -> str:
    """A case as somebody might type it."""
    drugs = [each if isinstance(each, str) else each["drug"] for each in case.get("drugs", [])]
    absent = [f"no {name}" for name in case.get("absent", [])]
    labs = map(_lab_in_words, case.get("labs", []))
    person = [str(case["sex"])] if "sex" in case else []
    age = [f"{case['age']} years old"] if "age" in case else []
    given = (*case.get("conditions", []), *absent, *drugs, *labs, *person, *age)
    return ", ".join(given)


def _lab_in_words(lab: Mapping[str, Any]) -> str:
    if "state" in lab:
        return f"{lab['marker']} {lab['state']}"
    limits = [str(lab[key]) for key in ("low", "high") if key in lab]
    value = f"{lab['marker']} {lab.get('value', '')} {lab.get('unit', '')}"
    return f"{value} ({'-'.join(limits)})" if len(limits) == 2 else value  # noqa: PLR2004


def _request(path: str, kind: str, body: str, more: str = "") -> bytes:
    content = body.encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
        f"{more}Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


# ── The server ──────────────────────────────────────────────────────────────────────────────


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """`kg serve` of the checkout in a folder, with the graph that it builds."""
    port = free_port()
    environment = {
        **os.environ, "PYTHONPATH": str(folder), "KG_CACHE": str(folder / "build" / "bench-cache"),
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "kg", "build"], cwd=folder, env=environment, check=True,
        capture_output=True,
    )  # fmt: skip
    command = [
        sys.executable, "-m", "kg", "serve", "--port", str(port), "--client-seconds", "0",
        "--client-errors", "0", "--no-access-log",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(port, process)
            yield Running(port, process.pid, "", 0.0)
        finally:
            process.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    main()
