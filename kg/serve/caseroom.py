"""Where cases are answered: processes apart from those of strangers' queries, one for each case.

They are started when the first case comes. A process answers one case and ends, so that nothing of
a case is there when the next one comes; another, forked beforehand, takes its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kg.model.errors import BusyError
from kg.sandbox.client import Program
from kg.sandbox.jail import Jail
from kg.sandbox.protocol import Frame, SandboxError
from kg.sandbox.queue import Sizes
from kg.sandbox.supervisor import Charge, Supervisor

_JOBS: Final = "kg.serve.casejobs:load"
"""Named and not imported: the server itself has no use for what answers cases."""
_QUICK: Final = 0.5
"""Seconds of processor time after which a case steps aside; most take a tenth of that."""
_DEADLINE: Final = 10.0
"""Seconds that a long record may take."""


class CaseRoom:
    """Answers cases with the version of the graph that is served."""

    def __init__(self, sizes: Sizes, jail: Jail, served: Callable[[], Program]) -> None:
        one_each = replace(
            sizes, quick_seconds=_QUICK, deadline=max(sizes.deadline, _DEADLINE), most_jobs=1
        )
        self.supervisor = Supervisor(one_each, jail)
        self._served = served
        """Gives the program of the graph that is served now."""
        self._program: Program | None = None
        self._opening: asyncio.Task[None] | None = None

    async def run(self, request: Frame, *, client: str, charge: Charge) -> tuple[str, Frame]:
        """The version that a case was answered with, and the reply.

        A case that comes after a change of the graph waits until that version is loaded here too.
        """
        while (program := replace(self._served(), name=_JOBS)) != self._program:
            await self._opened(program)
        return await self.supervisor.run(request, client=client, charge=charge)

    async def close(self) -> None:
        """End every process."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        await self.supervisor.close()

    async def _opened(self, program: Program) -> None:
        """Wait for what is being loaded, or else load this; whoever leaves stops it for nobody."""
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open(program))
            self._opening.add_done_callback(self._end_of_opening)
        await asyncio.shield(self._opening)

    async def _open(self, program: Program) -> None:
        try:
            self.supervisor.use(await self.supervisor.start(program))
        except (SandboxError, OSError):
            raise BusyError("cases cannot be answered now; try again.") from None
        self._program = program

    def _end_of_opening(self, opening: asyncio.Task[None]) -> None:
        self._opening = None
        if not opening.cancelled():
            opening.exception()  # whoever waited for it may have left
