"""Measures the endpoint beside others, on the same data in one run: `make bench-endpoint`.

Everything listens on the loopback alone, and every measurement is bounded in time. A server that
is not installed is left out. The load tool shares the processors with the server it measures.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

from kg.compile.owl.java import java_home

HERE = Path(__file__).resolve().parent
BENCH = HERE.parent / "build" / "bench" / "bin"
"""Where `make bench-endpoint` puts the servers of others."""
CONNECTIONS = 16
SUBJECTS = 2_000
REPEATED = 20
"""Queries that are asked again and again where the cache is measured."""
GOALS = {
    ("oxigraph", "point, new"): 0.35,
    ("oxigraph", "flagship, again"): 1,
    ("rdflib-endpoint", "point, new"): 15,
    ("virtuoso", "point, new"): 3,
}
"""How many requests we want to answer in the processor time in which another answers one."""
ATTACKERS = 3
ATTACK = "SELECT (COUNT(*) AS ?n) {{ {} }}".format(
    " ".join(f"VALUES (?v{n}) {{ (1)(2)(3)(4)(5)(6)(7)(8)(9)(0) }}" for n in range(12))
)
SEEDS = itertools.count()
"""A seed for each measurement, so that what was never asked before is asked in none twice."""
PATIENCE = 300.0
"""Seconds that a server has to load a million triples."""
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Data:
    """The same triples in the forms that servers take, and some of their subjects."""

    name: str
    triples: Path
    quads: Path
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    port: int
    pid: int
    path: str
    seconds: float
    """From its start to its first answer, with loading."""

    def memory(self) -> float:
        """Mebibytes of it and all its processes; what they share is counted once."""
        return sum(map(_proportional, _family(self.pid))) / MEBIBYTE

    def worked(self) -> float:
        """Seconds of processor time that it and all its processes have taken."""
        return sum(map(_processor_seconds, _family(self.pid)))


Start = Callable[[Data, int, Path], tuple[Sequence[str], str, Callable[[], None]]]
"""For data, a port and a folder: a command, the path of the endpoint, and what loads the data."""


def main() -> None:
    """Print what was measured, with the goals."""
    options = _options()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed; on Debian: apt-get install wrk")
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for data in (_made(each, folder) for each in options.data):
            _compare(data, folder, options)
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", default=["graph", "million"], help="what is asked")
    parser.add_argument("--servers", nargs="+", default=list(STARTS), help="who is asked")
    parser.add_argument("--seconds", type=int, default=5, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is taken")
    return parser.parse_args()


def _compare(data: Data, folder: Path, options: argparse.Namespace) -> None:
    print(f"\n{data.name}: point queries, {CONNECTIONS} connections, medians of {options.rounds}")
    work: dict[str, dict[str, float]] = {}
    for name in options.servers:
        try:
            with _started(name, data, folder) as server:
                work[name] = _measure(name, server, data, folder, options)
        except (FileNotFoundError, TimeoutError, OSError) as error:
            print(f"  {name}: not measured: {error}")
    _compare_work(work)


def _compare_work(work: dict[str, dict[str, float]]) -> None:
    """Print how many requests we answer in the processor time in which others answer one."""
    ours = work.get("etiograph", {})
    for name, theirs in work.items():
        for kind in theirs.keys() & ours.keys() if name != "etiograph" else ():
            goal = GOALS.get((name, kind))
            said = f"   (goal: at least {goal})" if goal else ""
            print(f"  etiograph to {name}, {kind}: {theirs[kind] / ours[kind]:.2f}{said}")


def _measure(
    name: str, server: Running, data: Data, folder: Path, options: argparse.Namespace
) -> dict[str, float]:
    """Seconds of processor time for a request, by kind: of all processes of a server."""
    ours = name == "etiograph"
    print(f"  {name}: first answer after {server.seconds:.2f} s", "(goal: < 1 s)" if ours else "")
    rest = server.memory()
    every = [_target(server, each) for each in data.subjects]
    fresh = _rounds(server, folder, [(each, "") for each in every], options, new=True)
    print(f"    never asked before   {_shown(fresh)}")
    few = every[:REPEATED]
    again = _rounds(server, folder, [(each, "") for each in few], options)
    print(f"    asked before         {_shown(again)}")
    work = {"point, new": fresh["each"], "point, again": again["each"]}
    if data.name.startswith("graph"):
        flagship = [(f"{server.path}?query={quote_plus(_flagship(), safe=_LEGAL)}", "")]
        for kind in ("new", "again"):
            found = _rounds(server, folder, flagship, options, new=kind == "new")
            print(f"    flagship, {kind:<10} {_shown(found)}")
            if not found["failed"]:
                work[f"flagship, {kind}"] = found["each"]
    if ours:
        known = _rounds(server, folder, [(each, _etag(server, each)) for each in few], options)
        print(f"    304                  {_shown(known)} (goal: 12,000/s)")
        with _attacked(server) as answered:
            beset = _rounds(server, folder, [(each, "") for each in every], options, new=True)
        print(f"    under {ATTACKERS} attackers    {_shown(beset)} (goals: 1,500/s, p99 < 30 ms)")
        print(f"      the attackers were answered {dict(sorted(answered.items()))}")
    print(f"    memory {rest:.0f} MiB before, {server.memory():.0f} MiB after")
    return work


def _flagship() -> str:
    """The shipped query about the causes of a raised marker, in few bytes: Oxigraph takes 8 KiB."""
    text = (HERE.parent / "queries" / "ask" / "causes.rq").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("#"))


_LEGAL = "/:?*()!$,;'@"
"""What an address may hold as it is."""


def _shown(found: dict[str, float]) -> str:
    return (
        f"{found['rate']:8.0f}/s  p50 {found['p50']:6.2f} ms  p99 {found['p99']:6.2f} ms  "
        f"{found['each'] * 1e6:5.0f} µs of processor  failed {found['failed']:.0f}"
    )


def _rounds(
    server: Running,
    folder: Path,
    requests: Sequence[tuple[str, str]],
    options: argparse.Namespace,
    *,
    new: bool = False,
) -> dict[str, float]:
    """The median of each figure."""
    asked = folder / "requests"
    asked.write_text("".join(f"{path}\t{tag}\n" for path, tag in requests), "utf-8")
    environment = {**os.environ, "BENCH_REQUESTS": str(asked)} | ({"BENCH_NEW": "1"} if new else {})
    command = [
        "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{options.seconds}s", "--latency",
        "-s", str(HERE / "endpoint.lua"), f"http://127.0.0.1:{server.port}",
    ]  # fmt: skip
    found = []
    for _ in range(options.rounds):
        before = server.worked()
        said = subprocess.run(
            command,
            env=environment | {"BENCH_SEED": str(next(SEEDS))},
            check=True,
            capture_output=True,
            text=True,
            timeout=options.seconds + 30,
        )
        figures = json.loads(said.stdout.strip().splitlines()[-1])
        took = max(server.worked() - before, 0.01)
        found.append(figures | {"each": took / max(figures["rate"] * options.seconds, 1)})
    return {key: statistics.median(each[key] for each in found) for key in found[0]}


def _target(server: Running, subject: str) -> str:
    return f"{server.path}?query={quote(f'SELECT ?p ?o {{ <{subject}> ?p ?o }}', safe='')}"


def _etag(server: Running, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.headers.get("ETag", "")


# ── Attackers ───────────────────────────────────────────────────────────────────────────────


@contextmanager
def _attacked(server: Running) -> Iterator[dict[int, int]]:
    """Clients of other addresses that ask without a pause for what never ends."""
    statuses: dict[int, int] = {}
    stopped = threading.Event()
    threads = [
        threading.Thread(target=_attack, args=(server, f"127.0.0.{number + 2}", statuses, stopped))
        for number in range(ATTACKERS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        yield statuses
    finally:
        stopped.set()
        for thread in threads:
            thread.join(30)


def _attack(
    server: Running, address: str, statuses: dict[int, int], stopped: threading.Event
) -> None:
    while not stopped.is_set():
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(
                "127.0.0.1", server.port, timeout=30, source_address=(address, 0)
            )
            connection.request("GET", f"{server.path}?query={quote(ATTACK, safe='')}")
            status = connection.getresponse().status
            statuses[status] = statuses.get(status, 0) + 1
            connection.close()


# ── Data ────────────────────────────────────────────────────────────────────────────────────


def _made(name: str, folder: Path) -> Data:
    lines = _graph_lines() if name == "graph" else _synthetic_lines()
    triples, quads = folder / f"{name}.nt", folder / f"{name}.nq"
    subjects: dict[str, None] = {}
    count = 0
    with triples.open("w", encoding="utf-8") as plain, quads.open("w", encoding="utf-8") as named:
        for line in lines:
            plain.write(f"{line} .\n")
            named.write(f"{line} <urn:g> .\n")
            subjects[line[1 : line.index(">")]] = None
            count += 1
    chosen = random.Random(7).sample(list(subjects), min(SUBJECTS, len(subjects)))
    return Data(f"{name} ({count} triples)", triples, quads, tuple(chosen))


def _graph_lines() -> Iterator[str]:
    """The triples of the built graph that have a name as their subject, without their graphs."""
    from kg.compile import builder

    text = builder.ready().content.decode()
    lines = (re.sub(r" <[^<> ]*> \.$", "", line) for line in text.split("\n"))
    return iter(dict.fromkeys(line for line in lines if line.startswith("<") and "_:" not in line))


def _synthetic_lines() -> Iterator[str]:
    """Patients with results: a million triples, the same each time."""
    chance = random.Random(1)
    base = "https://example.org/"
    for number in range(19_600):
        patient = f"<{base}p{number}>"
        yield f"{patient} <{base}age> {_integer(chance.randrange(18, 99))}"
        for order in range(10):
            result = f"<{base}r{number}-{order}>"
            yield f"{patient} <{base}result> {result}"
            yield f"{result} <{base}marker> <{base}m{chance.randrange(40)}>"
            yield f"{result} <{base}value> {_integer(chance.randrange(1000))}"
            yield f'{result} <{base}date> "2026-{order + 1:02}-01"'
            yield f'{result} <{base}unit> "U/L"'


def _integer(value: int) -> str:
    return f'"{value}"^^<http://www.w3.org/2001/XMLSchema#integer>'


# ── Servers ─────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _started(name: str, data: Data, folder: Path) -> Iterator[Running]:
    port = free_port()
    work = folder / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    command, path, load = STARTS[name](data, port, work)
    started = time.perf_counter()
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=work, start_new_session=True
        )
    try:
        wait_for(port, process)
        load()
        server = Running(port, process.pid, path, 0.0)
        _wait_for_answer(server, data, process)
        yield Running(port, process.pid, path, time.perf_counter() - started)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _etiograph(data: Data, port: int, _: Path) -> tuple[Sequence[str], str, Callable[[], None]]:
    command = [
        sys.executable, "-m", "kg", "serve", "--graph", str(data.quads), "--port", str(port),
        "--client-seconds", "0", "--client-errors", "0", "--no-access-log",
    ]  # fmt: skip
    return command, "/sparql", _nothing


def _rdflib(data: Data, port: int, _: Path) -> tuple[Sequence[str], str, Callable[[], None]]:
    command = [_installed("rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    return [*command, str(data.triples)], "/", _nothing


def _oxigraph(data: Data, port: int, _: Path) -> tuple[Sequence[str], str, Callable[[], None]]:
    def load() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        with data.triples.open("rb") as body:
            headers = {"Content-Type": "application/n-triples"}
            connection.request("POST", "/store?default", body=body, headers=headers)
        connection.getresponse().read()

    return [_installed("oxigraph"), "serve", "--bind", f"127.0.0.1:{port}"], "/query", load


def _fuseki(data: Data, port: int, work: Path) -> tuple[Sequence[str], str, Callable[[], None]]:
    """Fuseki with the graph in memory, on the Java that the tests have."""
    jar = next((HERE.parent / "build" / "servers").glob("jena-fuseki-server-*.jar"), None)
    if jar is None:
        raise FileNotFoundError("make test-servers fetches it")
    command = [
        java_home(), "-jar", str(jar), "--localhost", f"--port={port}",
        f"--file={data.triples}", "/graph",
    ]  # fmt: skip
    os.environ["FUSEKI_BASE"] = str(work)
    return command, "/graph/sparql", _nothing


def _virtuoso(data: Data, port: int, work: Path) -> tuple[Sequence[str], str, Callable[[], None]]:
    sql = free_port()
    (work / "virtuoso.ini").write_text(
        f"[Database]\nDatabaseFile={work}/v.db\nErrorLogFile={work}/v.log\n"
        f"LockFile={work}/v.lck\nTransactionFile={work}/v.trx\nxa_persistent_file={work}/v.pxa\n"
        f"[TempDatabase]\nDatabaseFile={work}/t.db\nTransactionFile={work}/t.trx\n"
        f"[Parameters]\nServerPort=127.0.0.1:{sql}\nDirsAllowed={data.triples.parent}\n"
        "NumberOfBuffers=80000\nMaxDirtyBuffers=60000\nServerThreads=20\n"
        f"[HTTPServer]\nServerPort=127.0.0.1:{port}\nServerThreads=20\n",
        "ascii",
    )

    def load() -> None:
        steps = (
            f"ld_dir('{data.triples.parent}', '{data.triples.name}', 'urn:g');"
            "rdf_loader_run(); checkpoint;"
        )
        said = subprocess.run(
            [_installed("isql-vt"), f"127.0.0.1:{sql}", "dba", "dba", f"exec={steps}"],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        if said.returncode != 0:
            raise OSError(said.stderr or said.stdout)

    command = [_installed("virtuoso-t"), "-f", "-c", str(work / "virtuoso.ini")]
    return command, "/sparql", load


STARTS: dict[str, Start] = {
    "etiograph": _etiograph,
    "oxigraph": _oxigraph,
    "fuseki": _fuseki,
    "virtuoso": _virtuoso,
    "rdflib-endpoint": _rdflib,
}


def _nothing() -> None:
    """Load nothing: the command has."""


def _installed(name: str) -> str:
    own = BENCH / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed")
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process listens on a port; TimeoutError where it never does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)
    raise TimeoutError("it was not there in time")


def _wait_for_answer(server: Running, data: Data, process: subprocess.Popen[bytes]) -> None:
    """Wait until a query has rows: before that, a server may not have loaded its data."""
    path = _target(server, data.subjects[0])
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, ValueError, KeyError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
            if json.loads(connection.getresponse().read())["results"]["bindings"]:
                return
        time.sleep(0.01)
    raise TimeoutError("it gave no answer in time")


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
            yield from _family(int(child))


def _proportional(pid: int) -> int:
    """Bytes of a process, where a page that several share is divided among them."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    return 0


def _processor_seconds(pid: int) -> float:
    """Of a process, and of those children of it that have ended."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


if __name__ == "__main__":
    main()
