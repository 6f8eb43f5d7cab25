"""Where cases are answered: processes apart from those of strangers' queries, one for each case.

They are started when the first case comes. A process answers one case and ends, so that nothing of
a case is there when the next one comes; another, forked beforehand, takes its place.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from kg.errors import BusyError, SandboxError
from kg.sandbox.frames import Frame
from kg.sandbox.jail import Jail
from kg.sandbox.keeper import Keeper
from kg.sandbox.pool import Sizes, Used
from kg.sandbox.zygotes import Program

_JOBS: Final = "kg.web.casejobs:load"
"""Named and not imported: the server itself has no use for what answers cases."""
_QUICK: Final = 0.5
"""Seconds of processor time after which a case steps aside; most take a tenth of that."""
_DEADLINE: Final = 10.0
"""Seconds that a long record may take."""


class CaseRoom:
    """Answers cases with the version of the graph that is served."""

    def __init__(self, sizes: Sizes, jail: Jail) -> None:
        one_each = replace(
            sizes, quick_seconds=_QUICK, deadline=max(sizes.deadline, _DEADLINE), most_jobs=1
        )
        self.keeper = Keeper(one_each, jail)
        self._program: Program | None = None
        self._opening = asyncio.Lock()

    async def run(
        self, served: Program, request: Frame, *, client: str, used: Used
    ) -> tuple[str, Frame]:
        """The version that a case was answered with, and the reply.

        `served` is the program of the graph that is served; the cases of another version than the
        last are waited for until that version is loaded.
        """
        await self._open(replace(served, name=_JOBS))
        return await self.keeper.run(request, client=client, used=used)

    async def close(self) -> None:
        """End every process."""
        await self.keeper.close()

    async def _open(self, program: Program) -> None:
        async with self._opening:
            if program == self._program:
                return
            try:
                self.keeper.use(await self.keeper.start(program))
            except (SandboxError, OSError, TimeoutError):
                raise BusyError("cases cannot be answered now; try again.") from None
            self._program = program
