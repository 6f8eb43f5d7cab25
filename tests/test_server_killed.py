"""Server and builder are killed at any moment, and what is found afterwards is whole."""

from __future__ import annotations

import fcntl
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import editions
import pytest
from runaways import RUNAWAYS
from servers import Server, found, launched
from test_sandbox import gone
from waiting import wait_until

from kg.compile import builder
from kg.store.artifact import open_artifact

pytestmark = pytest.mark.load

KILLS = 150
"""Of the server, and as many of the builder."""
BUILDS = 12
"""Kills of a whole build, which takes some seconds."""
EARLY = 0.3
"""The share of times that a server is killed while it starts, besides."""
MOST_LEFT = 3
"""What one killed builder may leave until the next one comes: two folders and a pointer."""
ENDS_WITHIN = 2.0
"""Seconds until the last process of a killed server is gone."""
PATH = os.pathsep.join(filter(None, sys.path))


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """The next start serves one whole version, and no process, no lock and no rubbish is left."""
    root, log, chance = editions.cache(tmp_path / "cache"), tmp_path / "log", random.Random(5)
    served: list[str] = []
    waits: list[float] = []
    rubbish = 0
    for _ in range(KILLS):
        if chance.random() < EARLY:
            _kill_early(root, log, chance)
        began = time.monotonic()
        with launched(
            log, "--timeout", "2", program=editions.AS_PUBLISHED, KG_CACHE=str(root)
        ) as process:
            server = found(process, log)
            waits.append(time.monotonic() - began)
            served.append(_whole(server))
            with _builder(root) as building:
                _leave_at_work(server)
                time.sleep(chance.uniform(0, 0.4))  # time is the subject: at any moment
                family = server.family()
                for victim in chance.sample([process, building], 2):
                    victim.kill()
                    time.sleep(chance.choice((0, 0.01)))  # both at once, or one after the other
        _wait_until_gone(family)
        _check_lock(root)
        rubbish = max(rubbish, len(list(root.glob(".tmp-*"))))
    for version in editions.ROWS:  # one may have been taken away when its publisher was killed
        editions.publish(root, version)
    print(  # noqa: T201
        f"{KILLS} kills of each: {[served.count(each) for each in editions.ROWS]} starts with each "
        f"version, up after {max(waits):.2f} s at most; at most {rubbish} temporary folders"
    )

    assert set(served) == set(editions.ROWS)
    assert rubbish <= MOST_LEFT
    assert {path.name for path in root.iterdir()} == {
        "CURRENT", ".lock", builder.wanted_version(), *editions.ROWS,
    }  # fmt: skip


def _kill_early(root: Path, log: Path, chance: random.Random) -> None:
    """Kill a server while it starts."""
    with launched(log, program=editions.AS_PUBLISHED, KG_CACHE=str(root)) as process:
        time.sleep(chance.uniform(0, 0.8))  # time is the subject: at any moment
        family = Server(process.pid, 0, log).family()
        process.kill()
    _wait_until_gone(family)


def _whole(server: Server) -> str:
    """The version that a server answers from, after a look at whether it is well."""
    health = json.loads(server.request("GET", "/health").body)
    version = editions.answered(server)
    assert health["status"] == "ok"
    assert version.startswith(health["version"])
    return version


@contextmanager
def _builder(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that publishes one version after the other."""
    with subprocess.Popen(
        [sys.executable, "-m", "editions", str(root)],
        env={**os.environ, "PYTHONPATH": PATH},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"publishing\n"
            yield process
        finally:
            process.kill()


def _leave_at_work(server: Server) -> None:
    """Have the server busy with queries that do not end."""
    body = urlencode({"query": RUNAWAYS["count of values"]}).encode()
    for _ in range(2):
        with server.connect() as connection:
            connection.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )


def _wait_until_gone(family: Iterable[int]) -> None:
    why = "a process of the server outlives it"
    wait_until(lambda: gone(family), seconds=ENDS_WITHIN, why=why)


def _check_lock(root: Path) -> None:
    with (root / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_killed_builds(tmp_path: Path) -> None:
    """A build that is killed at any moment leaves no process and no file, and what was in use."""
    root, scratch, chance = tmp_path / "out", tmp_path / "scratch", random.Random(7)
    scratch.mkdir()
    before = editions.publish(root, next(iter(editions.ROWS))).name
    for _ in range(BUILDS):
        with _build(root, scratch) as process:
            time.sleep(chance.uniform(0, 8))  # time is the subject: at any moment
            family = Server(process.pid, 0, root).family()
            process.kill()
        _wait_until_gone(family)
        _wait_until_empty(scratch)
        _check_lock(root)
        used = open_artifact(root)
        assert used.version in (before, builder.wanted_version())
        assert used.notice == ""
        assert len(list(root.glob(".tmp-*"))) <= MOST_LEFT
    with _build(root, scratch) as process:
        assert process.wait(120) == 0
    assert open_artifact(root).version == builder.wanted_version()
    assert not list(root.glob(".tmp-*"))


@contextmanager
def _build(root: Path, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`kg build`, with a folder for temporary files of its own."""
    with (
        (scratch.parent / "built").open("wb") as said,
        subprocess.Popen(
            [sys.executable, "-m", "kg", "build", "--force", "--output", str(root)],
            env={**os.environ, "PYTHONPATH": PATH, "TMPDIR": str(scratch)},
            stdout=said,
            stderr=said,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _wait_until_empty(folder: Path) -> None:
    why = "temporary files outlive the build"
    wait_until(lambda: not list(folder.iterdir()), seconds=ENDS_WITHIN, why=why)
