"""The process that loads a program once and forks workers that have it.

    python -m kg.sandbox.zygote DESCRIPTOR OPTIONS

It is started by `kg.sandbox.client`, which asks for a worker with each byte it sends over the
descriptor and is sent the worker's socket and process descriptor in return.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Final

from kg.sandbox import jail
from kg.sandbox.worker import Job, worker_main

FORK: Final = b"f"
"""The request for one more worker."""
_LONGEST: Final = 500
"""Characters of an error that are told; a message has to be read in one piece."""


def main(arguments: list[str]) -> None:
    """Load the program that the options name, then fork workers until the caller hangs up."""
    descriptor, options = int(arguments[0]), json.loads(arguments[1])
    control = socket.socket(fileno=descriptor)
    jail.die_with(options["parent"])
    gc.disable()  # little of what is loaded is garbage: to look for it takes long, even once
    try:
        jobs = _load(options["program"], options["arguments"])
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller has to hear of it
        _tell(control, {"failed": (str(error) or type(error).__name__)[:_LONGEST]})
        return
    _tell(control, {"ready": True})
    gc.enable()
    gc.freeze()  # a collection in a worker would copy the pages that it shares
    _fork_on_request(control, jobs, jail.Jail(memory=options["memory"]))


def _load(name: str, arguments: Mapping[str, object]) -> Mapping[str, Job]:
    """The jobs of a program named `module:function`."""
    module, _, function = name.partition(":")
    load = getattr(importlib.import_module(module), function)
    jobs: Mapping[str, Job] = load(**arguments)
    return jobs


def _fork_on_request(control: socket.socket, jobs: Mapping[str, Job], limits: jail.Jail) -> None:
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([control.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _reap(control)
        if control.fileno() in ready:
            if not _wants_worker(control):
                return
            _fork(control, jobs, limits)


def _wants_worker(control: socket.socket) -> bool:
    """Whether one more worker is asked for; if not, the caller has hung up."""
    try:
        return control.recv(1) == FORK
    except ConnectionResetError:
        return False


def _fork(control: socket.socket, jobs: Mapping[str, Job], limits: jail.Jail) -> None:
    ours, theirs = socket.socketpair()
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        worker_main(theirs, jobs, limits, parent=zygote)
    theirs.close()
    process = os.pidfd_open(pid)  # a child that is not reaped keeps its number
    _tell(control, {"worker": pid}, ours.fileno(), process)
    ours.close()
    os.close(process)


def _reap(control: socket.socket) -> None:
    """Report how each worker ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell(control, {"ended": pid, "signal": os.WTERMSIG(status) if status else 0})


def _tell(control: socket.socket, message: Mapping[str, object], *descriptors: int) -> None:
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    control.sendmsg([json.dumps(message).encode()], ancillary if descriptors else [])


if __name__ == "__main__":
    main(sys.argv[1:])
