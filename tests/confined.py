"""A program for workers that tries what a stranger's code would try."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from kg.model.errors import QuerySyntaxError
from kg.sandbox.protocol import Frame

PROGRAM = "confined:load"


def load(**_: object) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs."""
    return {
        "echo": lambda request: Frame({}, request.body),
        "error": _error,
        "mistake": lambda request: Frame({"x": request.head["nothing"]}),
        "spin": lambda _: _spin(1000.0),
        "spin_for": lambda request: _spin(float(request.body)),
        "sleep": _sleep,
        "eat": _eat,
        "crash": lambda _: Frame({}, ctypes.string_at(0)),
        "environment": lambda _: Frame({}, repr(dict(os.environ)).encode()),
        "spin_and_crash": lambda request: Frame(
            _spin(float(request.body)).head, ctypes.string_at(0)
        ),
        "process": lambda _: Frame({}, str(os.getpid()).encode()),
        "remember": _remember,
        "leave": lambda _: os._exit(0),
        "try": lambda request: Frame({}, tried(request.body.decode()).encode()),
    }


def tried(what: str) -> str:
    """Try to reach something; gives how that went."""
    try:
        _TRIES[what]()
    except (OSError, RuntimeError) as error:
        return f"refused: {error}"
    return "reached"


def _error(_: Frame) -> Frame:
    raise QuerySyntaxError("no such word.", line=3, column=4)


def _spin(seconds: float) -> Frame:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return Frame({})


def _remember(request: Frame) -> Frame:
    """All that this process was ever told, as a program with a mistake may keep it."""
    _TOLD.append(request.body)
    return Frame({}, b" ".join(_TOLD))


_TOLD: list[bytes] = []


def _sleep(_: Frame) -> Frame:
    time.sleep(1000)  # what the job is for: it never ends, and uses no processor
    return Frame({})


def _eat(_: Frame) -> Frame:
    held = [bytes(1 << 20) for _ in range(100_000)]
    return Frame({"held": len(held)})


def _call_native_open() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.open(b"/etc/passwd", os.O_RDONLY) < 0:
        raise OSError(ctypes.get_errno(), "native open")


_TRIES: Mapping[str, Callable[[], object]] = {
    "a file": lambda: Path("/etc/passwd").read_text("utf-8"),
    "a file through native code": _call_native_open,
    "a new file": lambda: Path("/tmp/kg-left-behind").write_text("x", "utf-8"),  # noqa: S108 - it must fail
    "a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "a name": lambda: socket.getaddrinfo("localhost", 80),
    "a pipe": os.pipe,
    "a program": lambda: subprocess.run(["/bin/true"], check=True),
    "more descriptors": lambda: os.dup(1),
}
