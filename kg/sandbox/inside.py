"""What a worker does: one job after the other, until its caller hangs up."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from typing import Final

from kg.sandbox import frames, jail
from kg.sandbox.frames import Frame
from kg.sandbox.replies import failure

Job = Callable[[Frame], Frame]
"""What can be asked of a worker; an error of this library is passed on to the caller."""

_BACK_STOP: Final = 1.0
"""Seconds of processor time beyond the deadline, should nobody be there to keep it."""


def serve(
    connection: socket.socket, jobs: Mapping[str, Job], limits: jail.Jail, *, parent: int
) -> None:
    """Confine this process and answer what comes over the connection; never returns."""
    try:
        jail.enter(limits, keep=connection.fileno(), parent=parent)
        while (request := frames.receive(connection)) is not None:
            jail.allow_seconds(request.seconds + _BACK_STOP)
            frames.send(connection, _timed(jobs, request))
    except MemoryError:
        os.kill(os.getpid(), signal.SIGABRT)  # what native code does when it has no memory
    finally:
        os._exit(0)


def _timed(jobs: Mapping[str, Job], request: Frame) -> Frame:
    before = time.process_time()
    reply = answered(jobs[str(request.head["job"])], request)
    seconds = time.process_time() - before
    return Frame(reply.head, reply.body, seconds)


def answered(job: Job, request: Frame) -> Frame:
    """What a job replies, or the error it ended with."""
    try:
        return job(request)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller has to hear of it
        return failure(error)
