"""A worker as its caller sees it: a socket to ask through, and a handle to stop it by."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

from kg.sandbox.frames import Frame, Reader, written

_NICEST: Final = 19


class EndedError(Exception):
    """The worker ended in the middle of a job, and not because its caller stopped it."""


class Worker(asyncio.Protocol):
    """One confined process; it does one job at a time."""

    def __init__(self, pid: int, handle: int, ended: Callable[[Worker], None]) -> None:
        self.pid = pid
        self.jobs = 0
        self._handle = handle
        self._ended = ended
        self._reader = Reader()
        self._reply: asyncio.Future[Frame] | None = None
        self._transport: asyncio.Transport | None = None
        self._used_before = 0.0

    @classmethod
    async def connect(
        cls, pid: int, handle: int, connection: socket.socket, ended: Callable[[Worker], None]
    ) -> Worker:
        """The worker at the other end of a socket; its process is known by a pidfd."""
        loop = asyncio.get_running_loop()
        connection.setblocking(False)  # noqa: FBT003 - as the socket module has it
        _, worker = await loop.create_unix_connection(
            lambda: cls(pid, handle, ended), sock=connection
        )
        return worker

    @property
    def alive(self) -> bool:
        """Whether it can be given a job."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: Frame) -> asyncio.Future[Frame]:
        """Give it a job; the future holds the reply, an error of `stop`, or EndedError."""
        self.jobs += 1
        self._reply = asyncio.get_running_loop().create_future()
        if self._transport is None:
            self._reply.set_exception(EndedError())
            return self._reply
        self._used_before = self.seconds()
        self._transport.write(written(request))
        return self._reply

    def seconds_used(self) -> float:
        """The processor time that the present job has taken."""
        return max(0.0, self.seconds() - self._used_before)

    def seconds(self) -> float:
        """The processor time that the process has taken; 0 when it is gone."""
        try:
            # clock_getcpuclockid(3): the clock of a process is made from its number.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0

    def step_back(self) -> None:
        """Let it go on only with what other processes leave of the processors."""
        with suppress(OSError):
            signal.pidfd_send_signal(self._handle, 0)  # is it still this process?
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICEST)

    def stop(self, why: Exception | None = None) -> None:
        """Kill it; whoever waits for a reply is given the reason."""
        self._settle(why or EndedError())
        if self._handle >= 0:
            with suppress(OSError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        if self._transport is not None:
            self._transport.abort()

    # ── asyncio.Protocol ────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready for a job."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take a piece of the reply; one that is no message of ours ends the worker."""
        try:
            frame = self._reader.feed(data)
        except ValueError:
            self.stop()
            return
        if frame is not None and self._reply is not None and not self._reply.done():
            self._reply.set_result(frame)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as asyncio has it
        """Say that it has ended."""
        self._transport = None
        self._settle(EndedError())
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self._ended(self)

    def _settle(self, error: Exception) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(error)
            self._reply.exception()  # whoever asked may have left
