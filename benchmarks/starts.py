"""Measures the start of the endpoint with a built graph: `make bench-starts`.

Of each start it is taken when the first query is answered, the flagship case, and the page; counted
from the start of the process, by a client that asks again until somebody listens. With `--beside
FOLDER` another checkout is started in turn with this one, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from endpoint import PATIENCE, Running, free_port

HERE: Final = Path(__file__).resolve().parent.parent
FLAGSHIP: Final = HERE / "queries" / "cases" / "myeloma_normal_ggt.json"
QUERY: Final = urlencode({"query": "SELECT ?statement { ?statement a eg:Statement }"})
_JSON: Final = "application/json"
_AGAIN: Final = 0.002
"""Seconds between two tries while nobody listens yet."""
GOALS: Final = {"query": " (goal: < 1 s)"}


def main() -> None:
    """Print a line for each checkout and first answer."""
    options = _options()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    folders = {"": HERE} | ({"beside": options.beside.resolve()} if options.beside else {})
    found: dict[str, list[dict[str, tuple[float, float]]]] = {name: [] for name in folders}
    for folder in folders.values():
        subprocess.run(
            [sys.executable, "-m", "kg", "build"], cwd=folder, env=_environment(folder),
            check=True, capture_output=True,
        )  # fmt: skip
    for _ in range(options.starts):
        for name, folder in folders.items():
            found[name].append(_first_answers(folder))
    for name, starts in found.items():
        for what in starts[0]:
            _report(f"{name:6} {what}", [each[what] for each in starts], GOALS.get(what, ""))
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=11, help="of which the median is taken")
    parser.add_argument("--beside", type=Path, help="another checkout that is measured in turn")
    return parser.parse_args()


def _report(what: str, figures: list[tuple[float, float]], goal: str) -> None:
    seconds, worked = (sorted(each) for each in zip(*figures, strict=True))
    print(
        f"first {what:14} after {statistics.median(seconds):.2f} s, {seconds[0]:.2f} to "
        f"{seconds[-1]:.2f}; {statistics.median(worked):.2f} s of processor until then{goal}"
    )


def _first_answers(folder: Path) -> dict[str, tuple[float, float]]:
    """Seconds until each of them, and what all processes of the server had worked then."""
    case = json.dumps(json.loads(FLAGSHIP.read_text("utf-8"))["case"])
    asked: Mapping[str, tuple[str, str, str]] = {
        "query": ("GET", f"/sparql?{QUERY}&format=json", ""),
        "case": ("POST", "/api/case", case),
        "page": ("GET", "/ask", ""),
    }
    with _started(folder) as (server, started):
        found = {}
        for name, request in asked.items():
            _wait_for_answer(server, *request)
            found[name] = time.perf_counter() - started, server.worked()
        return found


def _wait_for_answer(server: Running, method: str, path: str, body: str) -> None:
    """Ask until somebody answers; the first answer has to be a good one."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(ConnectionError):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            connection.request(method, path, body or None, {"Content-Type": _JSON} if body else {})
            response = connection.getresponse()
            content = response.read()
            connection.close()
            if response.status != HTTPStatus.OK:
                raise ValueError(f"{path}: {response.status} {content[:200]!r}")
            return
        time.sleep(_AGAIN)
    raise TimeoutError(f"{path}: no answer")


@contextmanager
def _started(folder: Path) -> Iterator[tuple[Running, float]]:
    """`kg serve` of a checkout, and when it was started."""
    port = free_port()
    command = [
        sys.executable, "-m", "kg", "serve", "--port", str(port), "--no-access-log",
    ]  # fmt: skip
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=_environment(folder), stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield Running(port, process.pid, "", 0.0), started
        finally:
            process.send_signal(signal.SIGTERM)


def _environment(folder: Path) -> dict[str, str]:
    cache = folder / "build" / "bench-cache"
    return {**os.environ, "PYTHONPATH": str(folder), "KG_CACHE": str(cache)}


if __name__ == "__main__":
    main()
