"""What a worker does: one job after the other, until its caller hangs up; or a single one."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from kg.sandbox import jail, protocol
from kg.sandbox.protocol import (
    DeadlineError,
    ExhaustedError,
    Frame,
    Reader,
    encode_error,
    raise_for_error,
)

Job = Callable[[Frame], Frame]
"""What can be asked of a worker; an error that it ends with is passed on to the caller."""

WARM: Final = "warm"
"""The job that a program has for a worker which is not asked anything yet, where it has one."""
_BACK_STOP: Final = 1.0
"""Seconds of processor time beyond the deadline, should nobody be there to keep it."""
_PIECE: Final = 1024 * 1024


def worker_main(
    connection: socket.socket, jobs: Mapping[str, Job], limits: jail.Jail, *, parent: int
) -> None:
    """Confine this process and answer what comes over the connection; never returns."""
    try:
        jail.enter(limits, keep=connection.fileno(), parent=parent)
        warm_up(connection, jobs)
        _answer(connection, jobs)
    except MemoryError:
        os.kill(os.getpid(), signal.SIGABRT)  # what native code does when it has no memory
    finally:
        os._exit(0)


def warm_up(connection: socket.socket, jobs: Mapping[str, Job]) -> None:
    """Use the time before the first request to get pages of memory of one's own.

    A page that is shared with the zygote is copied when it is first written to, and Python writes
    to whatever it looks at: the first job would take twice the time.
    """
    if WARM in jobs and not select.select([connection], [], [], 0)[0]:
        jobs[WARM](Frame({}))


def _answer(connection: socket.socket, jobs: Mapping[str, Job]) -> None:
    """Do what comes, until the caller hangs up; each reply says the time since the one before."""
    reader, used, allowed = Reader(), time.process_time(), 0.0
    while (request := protocol.receive(connection, reader)) is not None:
        if used + request.seconds + _BACK_STOP > allowed:
            allowed = jail.allow_seconds(request.seconds + _BACK_STOP)
        reply = _run_job(jobs[str(request.head["job"])], request)
        before, used = used, time.process_time()
        protocol.send(connection, Frame(reply.head, reply.body, used - before))


def _run_job(job: Job, request: Frame) -> Frame:
    """What a job replies, or the error it ended with."""
    try:
        return job(request)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller has to hear of it
        return encode_error(error)


# ── One job in a process of its own ─────────────────────────────────────────────────────────


def run_isolated(job: Callable[[], bytes], *, seconds: float, limits: jail.Jail) -> bytes:
    """What a job gives, run in a copy of this process that can open nothing.

    The job may use whatever is in memory. JobError when it ends with an error, DeadlineError when
    it takes too long, ExhaustedError when it needs too much memory.
    """
    ours, theirs = socket.socketpair()
    gc.freeze()
    pid = _fork(job, theirs, limits, seconds)
    theirs.close()
    try:
        with ours:
            reply = _receive_until(ours, time.monotonic() + seconds)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        gc.unfreeze()
    if reply is None:
        raise ExhaustedError(f"the query used up {jail.exhausted_by(os.WTERMSIG(status))}.")
    return raise_for_error(reply).body


def _fork(
    job: Callable[[], bytes], connection: socket.socket, limits: jail.Jail, seconds: float
) -> int:
    """The number of a process that runs the job and sends its reply."""
    parent = os.getpid()
    with warnings.catch_warnings():
        # Whatever threads the caller has: none of them is in the copy, and the job needs none.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        with suppress(BaseException):  # nothing of the caller's may run on in the copy
            jail.enter(limits, keep=connection.fileno(), parent=parent)
            jail.allow_seconds(seconds)
            protocol.send(connection, _run_job(lambda _: Frame({}, job()), Frame({})))
        os._exit(1)
    return pid


def _receive_until(connection: socket.socket, until: float) -> Frame | None:
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
