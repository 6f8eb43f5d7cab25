"""Measures CDS Hooks: so many requests a second, each at its time, for a minute.

Every shipped question that FHIR has a place for is sent as an open chart, in turn over a few
connections that stay open, as those of electronic records do. A request has its time whether the
one before was answered or not, and its wait is counted from then: a server that falls behind is
seen to. The clients share the processors with the server.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from answers import records_of, serving, shipped_cases

_HOOK: Final = "patient-view"


def main() -> None:
    """Print the figures of a run."""
    options = _options()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with serving(options.folder) as server:
        path, bodies = _path(server.port), list(_bodies())
        _run(server.port, path, bodies, options.rate, 2.0, options.connections)
        before = server.worked()
        found = _run(server.port, path, bodies, options.rate, options.seconds, options.connections)
        worked = (server.worked() - before) / len(found)
        print(_shown(found, worked), f"memory {server.memory():.0f} MiB")
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    from answers import HERE

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--folder", type=Path, default=HERE, help="the checkout that is measured")
    return parser.parse_args()


def _shown(found: list[tuple[float, int]], worked: float) -> str:
    ordered = sorted(seconds for seconds, _ in found)
    parts = {part: ordered[(len(ordered) - 1) * part // 100] for part in (50, 95, 99)}
    times = "  ".join(f"p{part} {seconds * 1000:.1f} ms" for part, seconds in parts.items())
    statuses = dict(Counter(status for _, status in found))
    return f"{len(found)} requests  {times}  {worked * 1000:.1f} ms of processor  {statuses} "


def _path(port: int) -> str:
    """The address of the service for an open chart."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/cds-services")
    services = json.loads(connection.getresponse().read())["services"]
    return next(f"/cds-services/{each['id']}" for each in services if each["hook"] == _HOOK)


def _bodies() -> Iterator[bytes]:
    for number, record in enumerate(records_of(shipped_cases())):
        sent = json.loads(record)
        request: dict[str, Any] = {
            "hook": _HOOK,
            "hookInstance": f"bench-{number}",
            "context": {"userId": "Practitioner/a", "patientId": _patient(sent)},
            "prefetch": {"patient": sent, "results": {"resourceType": "Bundle"}},
        }
        yield json.dumps(request).encode()


def _patient(record: dict[str, Any]) -> str:
    """The id of the patient of a record; one is given to a patient without."""
    resources = (entry["resource"] for entry in record.get("entry", ()))
    patient: dict[str, Any] = next(
        (each for each in resources if each["resourceType"] == "Patient"), {}
    )
    return str(patient.setdefault("id", "p1"))


def _run(  # noqa: PLR0913, PLR0917 - what a run is
    port: int, path: str, bodies: list[bytes], rate: float, seconds: float, connections: int
) -> list[tuple[float, int]]:
    """The wait and the status of each request."""
    due: queue.Queue[tuple[float, bytes] | None] = queue.Queue()
    found: list[tuple[float, int]] = []
    threads = [
        threading.Thread(target=_ask, args=(port, path, due, found)) for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    for number in range(round(rate * seconds)):
        at = started + number / rate
        time.sleep(max(0.0, at - time.perf_counter()))
        due.put((at, bodies[number % len(bodies)]))
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join()
    return found


def _ask(
    port: int,
    path: str,
    due: queue.Queue[tuple[float, bytes] | None],
    found: list[tuple[float, int]],
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while (asked := due.get()) is not None:
        at, body = asked
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        reply.read()
        found.append((time.perf_counter() - at, reply.status))
    connection.close()


if __name__ == "__main__":
    main()
