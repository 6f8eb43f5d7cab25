"""What a process gives up before it touches what a stranger sent."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.sandbox.protocol import SandboxError

MEBIBYTE: Final = 1024 * 1024

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
"""Options of prctl(2), from linux/prctl.h."""
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Jail:
    """How much a confined process may use."""

    memory: int = 512 * MEBIBYTE
    """Bytes of address space beyond what it holds when it is confined."""


def require_support() -> None:
    """Raise SandboxError where this system cannot confine a process, with what it lacks."""
    lacking = [
        name
        for name, there in (
            ("prctl (a Linux kernel)", sys.platform == "linux"),
            ("os.pidfd_open (Linux 5.3)", hasattr(os, "pidfd_open")),
            ("os.fork", hasattr(os, "fork")),
        )
        if not there
    ]
    if lacking:
        raise SandboxError(
            f"strangers' queries are answered in confined processes, and {sys.platform} lacks "
            f"{', '.join(lacking)}. Run the server on Linux, in a container for instance."
        )


def enter(jail: Jail, *, keep: int, parent: int) -> None:
    """Give up everything but memory, the processor and one open descriptor.

    From here on no file, socket or process can be opened, not even by native code.
    """
    die_with(parent)
    _close_all_but(keep)
    if sys.platform == "linux":
        _limit(resource.RLIMIT_AS, _address_space() + jail.memory)
    for what in (
        resource.RLIMIT_CORE,
        resource.RLIMIT_FSIZE,
        resource.RLIMIT_NPROC,
        resource.RLIMIT_NOFILE,
    ):
        _limit(what, 0)


def die_with(parent: int) -> None:
    """Have this process killed when its parent ends, however that ends."""
    if sys.platform != "linux":
        return
    _set(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _set(_PR_SET_NO_NEW_PRIVS, 1)
    _set(_PR_SET_DUMPABLE, 0)
    if os.getppid() != parent:  # it ended before the wish was heard
        os._exit(1)


def disable_dumps() -> None:
    """Keep the memory of this process out of files, and from other processes of the same user."""
    _limit(resource.RLIMIT_CORE, 0)
    _set(_PR_SET_DUMPABLE, 0)  # a pipe that takes dumps is not bound by the limit


def allow_seconds(seconds: float) -> float:
    """Let this process use so much more processor time, and two seconds more at most.

    Gives all that it may use from its start on: what is asked for next may be within that.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
    return float(most)


def exhausted_by(ended_by: int) -> str:
    """What a process has used up that ended by a signal which nobody has sent."""
    return _EXHAUSTED.get(ended_by, "its memory or its stack")


_EXHAUSTED: Final[Mapping[int, str]] = {
    signal.SIGABRT: "its memory",
    signal.SIGSEGV: "its stack: it is nested too deeply",
}


def _set(option: int, value: int) -> None:
    """Set an option of this process by prctl(2)."""
    if _LIBC.prctl(option, int(value), 0, 0, 0) != 0:
        raise SandboxError(f"prctl({option}) failed: {os.strerror(ctypes.get_errno())}.")


def _limit(what: int, value: int) -> None:
    resource.setrlimit(what, (value, value))


def _close_all_but(keep: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))


def _address_space() -> int:
    # As bytes: each worker would load the decoder of a text anew, which takes a millisecond.
    pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    return pages * resource.getpagesize()
