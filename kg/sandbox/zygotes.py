"""The zygote as its caller sees it: it loads a program, forks workers, and tells how they end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from kg.model.errors import SandboxError
from kg.sandbox.jail import Jail, require_support
from kg.sandbox.zygote import FORK

_MESSAGE: Final = 4096
_MOST_DESCRIPTORS: Final = 2
_AGAIN: Final = 0.5
"""Seconds before a worker is asked for again that this process had no descriptors left for."""
_PATIENCE: Final = 60.0
"""Seconds that a program has to load."""


@dataclass(frozen=True, slots=True)
class Program:
    """What the workers do: `module:function`, and what that function is called with."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    label: str = ""
    """What its results are marked with, such as the version of a graph."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who is told what happens: a worker is there, one has ended, the zygote is gone."""

    forked: Callable[[int, int, socket.socket], None]
    ended: Callable[[int, int], None]
    gone: Callable[[], None]


class Zygote:
    """A process that has loaded a program and forks workers."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._watcher: Watcher | None = None

    @classmethod
    async def start(cls, program: Program, jail: Jail) -> Zygote:
        """Start one, and wait until its program is loaded; SandboxError says why it is not."""
        require_support()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)  # noqa: FBT003 - as the socket module has it
        with theirs:
            zygote = cls(_started(program, jail, theirs.fileno()), ours)
        try:
            async with asyncio.timeout(_PATIENCE):
                said = await asyncio.get_running_loop().sock_recv(ours, _MESSAGE)
        except (TimeoutError, asyncio.CancelledError, OSError):
            zygote.close()
            raise
        message = json.loads(said or b'{"failed": "the process that loads it ended."}')
        if "failed" in message:
            zygote.close()
            raise SandboxError(f"{program.name} could not be loaded: {message['failed']}")
        return zygote

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def watch(self, watcher: Watcher) -> None:
        """Tell somebody what happens from now on."""
        self._watcher = watcher
        asyncio.get_running_loop().add_reader(self._control, self._heard)

    def fork(self) -> None:
        """Ask for one more worker."""
        with suppress(OSError):
            self._control.send(FORK)

    def close(self) -> None:
        """End the process, and with it every worker that it has forked."""
        if self._watcher is not None and self._control.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()
        self._process.kill()
        self._process.wait()

    def _heard(self) -> None:
        try:
            said, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, _MOST_DESCRIPTORS)
        except BlockingIOError:
            return
        except OSError:
            said, descriptors = b"", []
        watcher = self._watcher
        if watcher is None:
            return
        if not said:
            self.close()
            watcher.gone()
            return
        message = json.loads(said)
        if "worker" not in message:
            watcher.ended(message["ended"], message["signal"])
        elif len(descriptors) < _MOST_DESCRIPTORS:
            for each in descriptors:
                os.close(each)  # the worker ends when nobody is at the other end of its socket
            asyncio.get_running_loop().call_later(_AGAIN, self.fork)
        else:
            connection, handle = descriptors
            watcher.forked(message["worker"], handle, socket.socket(fileno=connection))


def _started(program: Program, jail: Jail, descriptor: int) -> subprocess.Popen[bytes]:
    options = {
        "parent": os.getpid(),
        "program": program.name,
        "arguments": dict(program.arguments),
        "memory": jail.memory,
    }
    return subprocess.Popen(  # noqa: S603 - our own module, and values of our own
        [sys.executable, "-m", "kg.sandbox.zygote", str(descriptor), json.dumps(options)],
        pass_fds=(descriptor,),
        stdin=subprocess.DEVNULL,
        # A session of its own: whoever stops the server from a terminal stops the server alone.
        start_new_session=True,
        # The environment of the server, which may hold secrets, is not handed on.
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"},
    )
