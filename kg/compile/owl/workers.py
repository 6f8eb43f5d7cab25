"""Runs a reasoner in a process group of its own, which ends at a deadline whatever happens.

A Java process outlives the Python process that started it, unless the whole group is ended. The
worker also ends its group by itself when the pipe to its parent closes: the parent may be killed.
It takes the folder for its temporary files with it then, which nobody else would remove.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn, cast

import kg
from kg.model.errors import (
    BuildError,
    InconsistentError,
    KGError,
    ReasonerError,
    UnsatisfiableError,
)

Message = dict[str, Any]
"""What goes to a worker and comes back: JSON."""

JAVA_FLAGS: Final = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Measured: half the time of a short classification."""

_SCRATCH: Final = "ETIOGRAPH_SCRATCH"
"""The variable that names the folder which was made for a worker alone."""

_ERRORS: Final[dict[str, type[KGError]]] = {
    error.__name__: error
    for error in (BuildError, InconsistentError, ReasonerError, UnsatisfiableError)
}


def run_worker(module: str, request: Message, *, deadline_seconds: float) -> Message:
    """The reply of `python -m module` to the request; its errors are raised here again."""
    with tempfile.TemporaryDirectory(prefix="etiograph-") as scratch:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(scratch),
            start_new_session=True,
        )
        try:
            output, errors = _exchange(process, request, deadline_seconds)
        except TimeoutError:
            raise ReasonerError(
                f"{module} was stopped at its deadline of {deadline_seconds:g} s."
            ) from None
        finally:
            _end_group(process)
    return _reply(module, output, errors)


def serve(answer: Callable[[Message], Message]) -> None:
    """The worker's side: answers one request from standard input on standard output."""
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        _leave()  # the parent has ended before all was said
    request = json.loads(line)
    reply_to = os.dup(1)
    os.dup2(2, 1)  # what a reasoner prints must not mix with the reply
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        reply = answer(request)
    except KGError as error:
        reply = {"error": type(error).__name__, "message": str(error)}
    with os.fdopen(reply_to, "wb") as stream:
        stream.write(json.dumps(reply).encode())
    sys.stderr.flush()
    os._exit(0)  # a JVM inside the process may not end by itself


def _end_with_parent() -> None:
    while os.read(0, 1024):
        continue
    _leave()


def _leave() -> NoReturn:
    """End the group of the worker, and remove its folder."""
    scratch = os.environ.get(_SCRATCH)
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def _environment(scratch: str) -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JAVA", "_JAVA", "JDK_", "CLASSPATH"))
    }
    package_root = str(Path(kg.__file__).resolve().parent.parent)
    search_path = [package_root, *filter(None, [environment.get("PYTHONPATH")])]
    return {
        **environment,
        "PYTHONPATH": os.pathsep.join(search_path),
        "TMPDIR": scratch,
        _SCRATCH: scratch,
        "JAVA_TOOL_OPTIONS": f"{JAVA_FLAGS} -Djava.io.tmpdir={scratch}",
    }


def _exchange(
    process: subprocess.Popen[bytes], request: Message, deadline_seconds: float
) -> tuple[bytes, bytes]:
    """What the worker wrote; its standard input stays open, for its end means ours."""
    streams = (process.stdout, process.stderr)
    found: list[bytes] = [b"", b""]

    def collect(position: int) -> None:
        stream = streams[position]
        found[position] = stream.read() if stream is not None else b""

    readers = [threading.Thread(target=collect, args=(each,), daemon=True) for each in (0, 1)]
    for reader in readers:
        reader.start()
    writer = threading.Thread(target=_send, args=(process, request), daemon=True)
    writer.start()
    try:
        process.wait(deadline_seconds)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    for reader in readers:
        reader.join(5)
    return found[0], found[1]


def _send(process: subprocess.Popen[bytes], request: Message) -> None:
    try:
        stdin = cast("Any", process.stdin)
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
    except BrokenPipeError:
        return  # the worker has ended; its exit says why


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends everything that the worker started; the group may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def _reply(module: str, output: bytes, errors: bytes) -> Message:
    if not output:
        lines = errors.decode(errors="replace").strip().splitlines()
        raise ReasonerError(f"{module} failed: {lines[-1] if lines else 'it said nothing'}.")
    reply: Message = json.loads(output)
    if "error" in reply:
        raise _ERRORS.get(reply["error"], ReasonerError)(reply["message"])
    return reply
