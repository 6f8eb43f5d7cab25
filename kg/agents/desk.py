"""A desk in this process: for whoever started it, and for nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from kg.agents import catalogue
from kg.agents.catalogue import Outcome, call, refusal
from kg.agents.tools import SPARQL
from kg.library import Graph
from kg.model.errors import rebuild
from kg.sandbox.jail import MEBIBYTE, Jail
from kg.sandbox.protocol import SandboxError
from kg.sandbox.worker import run_isolated

if TYPE_CHECKING:
    from starlette.requests import Request

_SECONDS: Final = 5.0
_MEMORY: Final = 1024 * MEBIBYTE


class OwnDesk:
    """Answers from a graph that is open here; a query runs in a copy that can open nothing."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def use(
        self, name: str, arguments: Mapping[str, object], _: Request | None = None
    ) -> Outcome:
        """What a tool answers."""
        if name != SPARQL:
            return await asyncio.to_thread(call, self._graph, name, arguments)
        return await asyncio.to_thread(self._query, arguments)

    async def read(self, address: str, _: Request | None = None) -> str:
        """What stands at the address of a resource."""
        return await asyncio.to_thread(catalogue.read_resource, self._graph, address)

    def _query(self, arguments: Mapping[str, object]) -> Outcome:
        self._graph.knowledge.store.ask("ASK {}")  # what opens when it is asked cannot open there
        job = partial(_written, self._graph, arguments)
        try:
            said = json.loads(
                run_isolated(job, seconds=_SECONDS, limits=Jail(memory=_MEMORY)).decode()
            )
        except SandboxError as error:
            known = rebuild(error.kind, str(error), error.details)
            if known is None:
                raise
            return refusal(known)
        return Outcome(**said)


def _written(graph: Graph, arguments: Mapping[str, object]) -> bytes:
    outcome = call(graph, SPARQL, arguments)
    return json.dumps({"text": outcome.text, "is_error": outcome.is_error}).encode()
