"""Where the calls of agents are answered that come by HTTP: by workers, on their client's account.

It is loaded with the library of the protocol, when the first agent comes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from starlette.requests import Request

from kg.agents.catalogue import TOOLS, Outcome, refusal
from kg.agents.jobs import CALL, READ
from kg.model.errors import KGError, UsageError
from kg.sandbox.protocol import Frame
from kg.serve.api.cases import case_owner
from kg.serve.http.accounts import Run, charged
from kg.serve.http.middleware import log_mistake
from kg.serve.http.responses import UNEXPECTED, Problem
from kg.serve.state import state_of


class ServedDesk:
    """Answers calls that come in a request, on the account of its client."""

    async def use(
        self, name: str, arguments: Mapping[str, object], request: Request | None
    ) -> Outcome:
        """What a tool answers; that there is no room, or no share left, is an outcome too."""
        assert request is not None  # noqa: S101 - every call comes by HTTP here
        state = state_of(request)
        frame = Frame({"job": CALL, "name": name}, json.dumps(arguments).encode())
        run = partial(state.graphs.run, frame)
        if TOOLS[name].is_private:
            run = partial(state.tools.run, frame, owner=case_owner(request))
        try:
            return _outcome(await self._run(request, run))
        except KGError as error:
            return refusal(error)
        except Problem as problem:
            return _refused(problem)
        except Exception as error:  # noqa: BLE001 - its message may hold what was sent
            log_mistake(error)
            return _refused(UNEXPECTED)

    async def read(self, address: str, request: Request | None) -> str:
        """What stands at the address of a resource."""
        assert request is not None  # noqa: S101 - every call comes by HTTP here
        frame = Frame({"job": READ}, address.encode())
        outcome = _outcome(await self._run(request, partial(state_of(request).graphs.run, frame)))
        if outcome.is_error:
            raise UsageError(outcome.text)
        return outcome.text

    async def _run(self, request: Request, run: Run) -> Frame:
        _, reply = await charged(request, state_of(request).budget, run)
        return reply


def _outcome(reply: Frame) -> Outcome:
    return Outcome(bytes(reply.body).decode(), bool(reply.head["is_error"]))


def _refused(problem: Problem) -> Outcome:
    return Outcome(f"{problem.title}: {problem.detail}", is_error=True)
