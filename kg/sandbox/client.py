"""A zygote and its workers as their caller sees them: processes, each with a socket."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from kg.sandbox.jail import Jail, require_support
from kg.sandbox.protocol import Frame, Reader, SandboxError, encode
from kg.sandbox.zygote import FORK

_MESSAGE: Final = 4096
_MOST_DESCRIPTORS: Final = 2
_AGAIN: Final = 0.5
"""Seconds before a worker is asked for again that this process had no descriptors left for."""
_LOADING: Final = 60.0
"""Seconds that a program has to load."""
_EXIT_KNOWN: Final = 1.0
"""Seconds to wait for word of how a worker ended."""
_REMEMBERED: Final = 1024
"""Ends of workers that are kept until somebody asks for them."""
_NICEST: Final = 19
_PIECE: Final = 65_536
"""Bytes that are received at once."""


@dataclass(frozen=True, slots=True)
class Program:
    """What the workers do: `module:function`, and what that function is called with."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    label: str = ""
    """What its results are marked with, such as the version of a graph."""


class Zygote:
    """A process that has loaded a program and forks workers."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._forked: Callable[[int, int, socket.socket], None] | None = None
        self._lost: Callable[[], None] = lambda: None
        self._exits: OrderedDict[int, asyncio.Future[int]] = OrderedDict()
        """The signal that ended a worker, by its number; 0 where it ended by itself."""

    @classmethod
    async def start(cls, program: Program, jail: Jail) -> Zygote:
        """Start one, and wait until its program is loaded; SandboxError says why it is not."""
        require_support()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)  # noqa: FBT003 - as the socket module has it
        with theirs:
            zygote = cls(_start_process(program, jail, theirs.fileno()), ours)
        try:
            async with asyncio.timeout(_LOADING):
                text = await asyncio.get_running_loop().sock_recv(ours, _MESSAGE)
        except (TimeoutError, asyncio.CancelledError, OSError):
            zygote.close()
            raise
        message = json.loads(text or b'{"failed": "the process that loads it ended."}')
        if "failed" in message:
            zygote.close()
            raise SandboxError(f"{program.name} could not be loaded: {message['failed']}")
        return zygote

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def watch(
        self, forked: Callable[[int, int, socket.socket], None], lost: Callable[[], None]
    ) -> None:
        """Call these when a worker is there, and when the zygote has ended."""
        self._forked, self._lost = forked, lost
        asyncio.get_running_loop().add_reader(self._control, self._receive)

    def fork(self) -> None:
        """Ask for one more worker."""
        with suppress(OSError):
            self._control.send(FORK)

    async def exit_signal(self, pid: int) -> int:
        """The signal that ended a worker; 0 where there was none, or no word of it comes."""
        try:
            async with asyncio.timeout(_EXIT_KNOWN):
                return await self._exit(pid)
        except TimeoutError:
            return 0
        finally:
            self._exits.pop(pid, None)

    def close(self) -> None:
        """End the process, and with it every worker that it has forked."""
        if self._forked is not None and self._control.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()
        self._process.kill()
        self._process.wait()

    def _exit(self, pid: int) -> asyncio.Future[int]:
        """How a worker ends; word of it may come before its socket is seen to be closed."""
        if pid not in self._exits:
            self._exits[pid] = asyncio.get_running_loop().create_future()
            if len(self._exits) > _REMEMBERED:
                self._exits.popitem(last=False)
        return self._exits[pid]

    def _receive(self) -> None:
        try:
            text, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, _MOST_DESCRIPTORS)
        except BlockingIOError:
            return
        except OSError:
            text, descriptors = b"", []
        if not text:
            self.close()
            for each in self._exits.values():
                if not each.done():  # nobody will say any more
                    each.set_result(0)
            self._lost()
            return
        message = json.loads(text)
        if "worker" in message:
            self._take_worker(message["worker"], descriptors)
        elif not (end := self._exit(message["ended"])).done():
            end.set_result(message["signal"])

    def _take_worker(self, pid: int, descriptors: list[int]) -> None:
        self._exits.pop(pid, None)  # of another that had the same number
        if len(descriptors) < _MOST_DESCRIPTORS:
            for each in descriptors:
                os.close(each)  # the worker ends when nobody is at the other end of its socket
            asyncio.get_running_loop().call_later(_AGAIN, self.fork)
        elif self._forked is not None:
            connection, handle = descriptors
            self._forked(pid, handle, socket.socket(fileno=connection))


def _start_process(program: Program, jail: Jail, descriptor: int) -> subprocess.Popen[bytes]:
    options = {
        "parent": os.getpid(),
        "program": program.name,
        "arguments": dict(program.arguments),
        "memory": jail.memory,
    }
    path = [each or str(Path.cwd()) for each in sys.path]
    return subprocess.Popen(  # noqa: S603 - our own module, and values of our own
        # -P: what lies in the folder where the server was started is no module of ours.
        [sys.executable, "-P", "-m", "kg.sandbox.zygote", str(descriptor), json.dumps(options)],
        pass_fds=(descriptor,),
        stdin=subprocess.DEVNULL,
        # A session of its own: whoever stops the server from a terminal stops the server alone.
        start_new_session=True,
        # The environment of the server, which may hold secrets, is not handed on.
        env={"PYTHONPATH": os.pathsep.join(path), "LC_ALL": "C.UTF-8", **_ALLOCATOR},
    )


_ALLOCATOR: Final = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=1000"}
"""An engine takes and gives back hundreds of small blocks for a query. With so many at hand, the
allocator need not look for each in a heap that a graph was loaded into: a tenth of all time."""


# ── A worker ────────────────────────────────────────────────────────────────────────────────


Done = Callable[[Frame | Exception], None]
"""Told the reply to a job, or why there is none; once."""


class EndedError(Exception):
    """The worker with this number ended in the middle of a job, and nobody has said why."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.pid = pid


class NotBegunError(Exception):
    """The worker has ended before it came to this job."""


class Worker(asyncio.Protocol):
    """One confined process; it does one job after the other, in the order in which they come."""

    def __init__(
        self,
        pid: int,
        handle: int,
        connection: socket.socket,
        ended: Callable[[Worker], None],
    ) -> None:
        self.pid = pid
        self.jobs = 0
        self.since = 0.0
        """When it was given its first job."""
        self._handle = handle
        self._connection = connection
        self._ended = ended
        self._reader = Reader()
        self._asked: deque[Done] = deque()
        """Told the replies that are due, or why there are none."""
        self._transport: asyncio.Transport | None = None
        self._used_before: float | None = None
        """What the process had used when its present job was first looked at."""

    @classmethod
    async def connect(
        cls, pid: int, handle: int, connection: socket.socket, ended: Callable[[Worker], None]
    ) -> Worker:
        """The worker at the other end of a socket; its process is known by a pidfd."""
        loop = asyncio.get_running_loop()
        connection.setblocking(False)  # noqa: FBT003 - as the socket module has it
        _, worker = await loop.create_unix_connection(
            lambda: cls(pid, handle, connection, ended), sock=connection
        )
        return worker

    @property
    def alive(self) -> bool:
        """Whether it can be given a job."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: Frame, now: float, done: Done) -> None:
        """Give it a job; `done` is told the reply, an error of `stop`, or EndedError.

        Behind another job it may be told NotBegunError instead.
        """
        self.since = self.since or now
        self.jobs += 1
        self._asked.append(done)
        if self._transport is None:
            self._tell_all(EndedError(self.pid))
            return
        if len(self._asked) == 1:
            self._used_before = None
        self._transport.write(encode(request))

    def does(self, done: Done) -> bool:
        """Whether this is told of the present job, and not of one behind it."""
        return bool(self._asked) and self._asked[0] == done

    def tell_instead(self, done: Done, instead: Done) -> None:
        """Have another be told of a job."""
        self._asked[self._asked.index(done)] = instead

    def seconds_used(self) -> float:
        """The processor time that the present job has taken since this was first asked.

        Most jobs have ended before anybody asks, so their beginning is not noted.
        """
        used = self.seconds()
        if self._used_before is None:
            self._used_before = used
        return max(0.0, used - self._used_before)

    def seconds(self) -> float:
        """The processor time that the process has taken; 0 when it is gone."""
        try:
            # clock_getcpuclockid(3): the clock of a process is made from its number.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0

    def lower_priority(self) -> None:
        """Let it go on only with what other processes leave of the processors."""
        with suppress(OSError):
            signal.pidfd_send_signal(self._handle, 0)  # is it still this process?
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICEST)

    def stop(self, why: Exception | None = None) -> None:
        """Kill it; whoever waits for a reply is given the reason."""
        self._tell_all(why or EndedError(self.pid))
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
            while frame is not None:
                self._tell(frame)
                frame = self._reader.feed(b"")
        except ValueError:
            self.stop()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as asyncio has it
        """Say that it has ended."""
        self._read_rest()
        self._transport = None
        self._tell_all(EndedError(self.pid))
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self._ended(self)

    def _read_rest(self) -> None:
        """Take the replies that came before the end.

        One more job, which could not be sent any more, closes the connection before they are read.
        """
        with suppress(OSError):
            while self._asked and (piece := self._connection.recv(_PIECE)):
                self.data_received(piece)

    def _tell(self, found: Frame) -> None:
        """Tell the reply to the present job; the next one is present from now on."""
        if self._asked:
            self._used_before = None
            self._asked.popleft()(found)

    def _tell_all(self, error: Exception) -> None:
        """Tell what the present job has ended with, and that no other was begun."""
        asked, self._asked = self._asked, deque()
        for done in asked:
            done(error)
            error = NotBegunError()
