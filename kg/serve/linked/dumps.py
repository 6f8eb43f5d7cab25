"""The files that hold all of a graph, written once for each version, whoever asks for them.

They are written by processes apart from those of strangers' queries, one file after the other and
with no more than the processors' idle time, and for them no deadline of a query holds. They are
started when the first file is asked for, and end when all are written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from kg.model.errors import BusyError, rebuild
from kg.sandbox.client import Program
from kg.sandbox.jail import Jail
from kg.sandbox.pool import Pool
from kg.sandbox.protocol import Frame, SandboxError
from kg.sandbox.queue import Sizes
from kg.serve.linked.frames import DUMPS
from kg.serve.packing import unpack

SUMS: Final = "SHA256SUMS"
SITEMAP: Final = "sitemap.xml"

_DEADLINE: Final = 600.0
"""Seconds that one file may take."""
_MEMORY: Final = 16 * 1024 * 1024 * 1024
"""Bytes of address space; nothing that a stranger sends is in a file."""
_PAUSE: Final = 30.0
"""Seconds in which files that could not be written are not tried again."""
_SIZES: Final = Sizes(quick=1, slow=1, deadline=_DEADLINE, patience=60.0)


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of one version."""

    content: bytes
    content_type: str
    version: str
    packed: bytes | None = None
    """The content as gzip has it."""


class DumpWriter:
    """The dumps of the version that is served, their sums, and the list of its pages."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sets: dict[str, _DumpSet] = {}
        """By version: that which is served, and others for as long as they are written."""

    async def get(self, program: Program, name: str) -> Dump:
        """A file of a version; whoever asks while it is written waits for it."""
        self.forget(program)
        found = self._sets.get(program.label)
        if found is None or found.is_to_be_tried_again():
            found = self._sets[program.label] = _DumpSet(program, self._url)
        return await asyncio.shield(found.files[name])

    def forget(self, served: Program) -> None:
        """Let go of what is written of other versions."""
        for version in [each for each, files in self._sets.items() if files.is_done]:
            if version != served.label:
                del self._sets[version]

    async def close(self) -> None:
        """Write no more."""
        for files in self._sets.values():
            await files.close()


class _DumpSet:
    """The files of one version, of which each is there as soon as it is written."""

    def __init__(self, program: Program, url: str) -> None:
        self._program = program
        self._url = url
        self._loop = asyncio.get_running_loop()
        self._failed_at: float | None = None
        self.files: Mapping[str, asyncio.Future[Dump]] = {
            name: self._loop.create_future() for name in (SITEMAP, *DUMPS, SUMS)
        }
        self._task = asyncio.ensure_future(self._write())

    @property
    def is_done(self) -> bool:
        """Whether no more is being written."""
        return self._task.done()

    def is_to_be_tried_again(self) -> bool:
        """Whether it has failed a while ago."""
        return self._failed_at is not None and self._loop.time() - self._failed_at > _PAUSE

    async def close(self) -> None:
        """Write no more."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _write(self) -> None:
        try:
            with suppress(OSError):
                await self._write_in_pool()
        except SandboxError as error:
            is_known = rebuild(error.kind, str(error), error.details) is not None
            self._fail(_unavailable() if is_known else error)
        finally:
            self._fail(_unavailable())  # what is neither written nor failed by now never will be

    async def _write_in_pool(self) -> None:
        pool = await Pool.start(self._program, _SIZES, Jail(memory=_MEMORY))
        try:
            await self._write_all(pool)
        finally:
            pool.close()

    async def _write_all(self, pool: Pool) -> None:
        reply = await pool.run(Frame({"job": "sitemap", "url": self._url}))
        self._finish(SITEMAP, "application/xml", *unpack(reply))
        lines = []
        for name, media_type in DUMPS.items():
            reply = await pool.run(Frame({"job": "dump", "name": name}))
            lines.append(f"{reply.head['sha256']}  {name}\n")
            self._finish(name, media_type, *unpack(reply))
        self._finish(SUMS, "text/plain; charset=utf-8", "".join(lines).encode(), None)

    def _finish(self, name: str, content_type: str, content: bytes, packed: bytes | None) -> None:
        self.files[name].set_result(Dump(content, content_type, self._program.label, packed))

    def _fail(self, error: Exception) -> None:
        for each in self.files.values():
            if not each.done():
                self._failed_at = self._loop.time()
                each.set_exception(error)
                each.exception()  # perhaps nobody asks for it


def _unavailable() -> BusyError:
    return BusyError("the files of this version cannot be written now; try again later.")
