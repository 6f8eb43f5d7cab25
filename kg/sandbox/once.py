"""One job in a confined process of its own, for a caller that has the program loaded already."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import time
import warnings
from collections.abc import Callable
from contextlib import suppress

from kg.model.errors import DeadlineError, ExhaustedError
from kg.sandbox import frames, inside, jail
from kg.sandbox.frames import Frame, Reader
from kg.sandbox.replies import checked

_PIECE = 1024 * 1024


def run_once(job: Callable[[], bytes], *, seconds: float, limits: jail.Jail) -> bytes:
    """What a job gives, run in a copy of this process that can open nothing.

    The job may use whatever is in memory. An error of this library that it ends with is raised
    here; DeadlineError when it takes too long, ExhaustedError when it needs too much memory.
    """
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    gc.freeze()
    with warnings.catch_warnings():
        # Whatever threads the caller has: none of them is in the copy, and the job needs none.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        ours.close()
        with suppress(BaseException):  # nothing of the caller's may run on in the copy
            _work(job, theirs, limits, parent, seconds)
        os._exit(1)
    theirs.close()
    try:
        with ours:
            reply = _reply(ours, time.monotonic() + seconds)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        gc.unfreeze()
    if reply is None:
        raise ExhaustedError(f"the query used up {jail.used_up(os.WTERMSIG(status))}.")
    return checked(reply).body


def _work(
    job: Callable[[], bytes],
    connection: socket.socket,
    limits: jail.Jail,
    parent: int,
    seconds: float,
) -> None:
    jail.enter(limits, keep=connection.fileno(), parent=parent)
    jail.allow_seconds(seconds)
    reply = inside.answered(lambda _: Frame({}, job()), Frame({}))
    frames.send(connection, reply)


def _reply(connection: socket.socket, until: float) -> Frame | None:
    """The reply, or None when the process ended without one."""
    reader = Reader(most=1 << 32)
    while True:
        left = until - time.monotonic()
        if left <= 0 or not select.select([connection.fileno()], [], [], left)[0]:
            raise DeadlineError("the query was stopped at its time limit; --timeout gives more.")
        piece = connection.recv(_PIECE)
        if not piece:
            return None
        frame = reader.feed(piece)
        if frame is not None:
            return frame
