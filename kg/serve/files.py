"""The files that hold all of a graph, written once for each version, whoever asks for them.

They are written by processes apart from those of strangers' queries, one file after the other and
with no more than the processors' idle time, and for them no deadline of a query holds. They are
started when the first file is asked for, and end when all are written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from kg.model.errors import BusyError
from kg.sandbox.client import Program
from kg.sandbox.jail import Jail
from kg.sandbox.protocol import Frame, JobError, SandboxError
from kg.sandbox.queue import Sizes
from kg.sandbox.supervisor import Pool
from kg.serve.cache import Kept
from kg.serve.linked.dumps import MEDIA_TYPES
from kg.serve.linked.packing import unpacked

SUMS: Final = "SHA256SUMS"
SITEMAP: Final = "sitemap.xml"

_DEADLINE: Final = 600.0
"""Seconds that one file may take."""
_MEMORY: Final = 16 * 1024 * 1024 * 1024
"""Bytes of address space; nothing that a stranger sends is in a file."""
_PAUSE: Final = 30.0
"""Seconds in which files that could not be written are not tried again."""
_SIZES: Final = Sizes(quick=1, slow=1, deadline=_DEADLINE, patience=60.0)


class Files:
    """The dumps of the version that is served, their sums, and the list of its pages."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sets: dict[str, _Set] = {}
        """By version: that which is served, and others for as long as they are written."""

    async def get(self, program: Program, name: str) -> Kept:
        """A file of a version; whoever asks while it is written waits for it."""
        self.forget(program)
        found = self._sets.get(program.label)
        if found is None or found.is_to_be_tried_again():
            found = self._sets[program.label] = _Set(program, self._url)
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


class _Set:
    """The files of one version, of which each is there as soon as it is written."""

    def __init__(self, program: Program, url: str) -> None:
        self._program = program
        self._url = url
        self._loop = asyncio.get_running_loop()
        self._failed_at: float | None = None
        self.files: Mapping[str, asyncio.Future[Kept]] = {
            name: self._loop.create_future() for name in (SITEMAP, *MEDIA_TYPES, SUMS)
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
            pool = await Pool.start(self._program, _SIZES, Jail(memory=_MEMORY))
            try:
                await self._write_all(pool)
            finally:
                pool.close()
        except JobError as error:
            self._fail(error)
        except (SandboxError, OSError):
            self._fail(_unavailable())
        finally:
            self._fail(_unavailable())  # what is neither written nor failed by now never will be

    async def _write_all(self, pool: Pool) -> None:
        version = self._program.label
        reply = await pool.run(Frame({"job": "sitemap", "url": self._url}))
        self.files[SITEMAP].set_result(_kept(reply, "application/xml", version))
        lines = []
        for name, media_type in MEDIA_TYPES.items():
            reply = await pool.run(Frame({"job": "dump", "name": name}))
            lines.append(f"{reply.head['sha256']}  {name}\n")
            self.files[name].set_result(_kept(reply, media_type, version))
        text = "".join(lines).encode()
        self.files[SUMS].set_result(Kept(text, "text/plain; charset=utf-8", version))

    def _fail(self, error: Exception) -> None:
        for each in self.files.values():
            if not each.done():
                self._failed_at = self._loop.time()
                each.set_exception(error)
                each.exception()  # perhaps nobody asks for it


def _kept(reply: Frame, media_type: str, version: str) -> Kept:
    content, packed = unpacked(reply)
    return Kept(content, media_type, version, packed=packed)


def _unavailable() -> BusyError:
    return BusyError("the files of this version cannot be written now; try again later.")
