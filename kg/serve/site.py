"""What every route needs: the settings, the graph, the accounts and the counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from kg.model.errors import KGError
from kg.sandbox.client import Program
from kg.sandbox.jail import Jail
from kg.sandbox.queue import Sizes
from kg.serve.cache import ResultCache
from kg.serve.caseroom import CaseRoom
from kg.serve.files import Files
from kg.serve.graphs import Graphs, Source
from kg.serve.limits import Budget, Limits
from kg.serve.linked.finding import root_of
from kg.serve.metrics import Metrics

_CACHE_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server is run; the command line says it."""

    public_url: str = "http://127.0.0.1:8000"
    """Where clients find the server, without a slash at the end."""
    hosts: frozenset[str] = frozenset()
    """Names under which it may be asked for, besides its own and those of this machine."""
    sizes: Sizes = field(default_factory=Sizes)
    jail: Jail = field(default_factory=Jail)
    limits: Limits = field(default_factory=Limits)
    cache_bytes: int = _CACHE_BYTES
    access_log: bool = True
    redirect: bool = False
    """Whether the IRI of a thing is answered with 303 and the address of its description."""


@dataclass(eq=False)
class Site:
    """One running server."""

    settings: Settings
    source: Source
    started: Callable[[], object] = lambda: None
    """Called when the server can be asked."""
    graphs: Graphs = field(init=False)
    cases: CaseRoom = field(init=False)
    budget: Budget = field(init=False)
    cache: ResultCache = field(init=False)
    metrics: Metrics = field(default_factory=Metrics)
    files: Files = field(init=False)

    failure: KGError | None = None
    """Why the server could not be started."""

    def __post_init__(self) -> None:
        sizes, jail = self.settings.sizes, self.settings.jail
        self.graphs = Graphs(self.source, sizes, jail, self._changed)
        self.cases = CaseRoom(sizes, jail, lambda: self.served)
        self.files = Files(self.settings.public_url)
        self.budget = Budget(self.settings.limits)
        self.cache = ResultCache(self.settings.cache_bytes)

    @property
    def served(self) -> Program:
        """What the graph that is served is loaded with."""
        return self.graphs.now.edition.program

    def _changed(self) -> None:
        """Let go of what was kept of the graph before."""
        self.cache.clear()
        self.files.forget(self.served)

    @property
    def root(self) -> str:
        """The path that all paths of the server begin with, with a slash at both ends."""
        return root_of(self.settings.public_url)

    @property
    def endpoint(self) -> str:
        """The IRI of the SPARQL endpoint."""
        return f"{self.settings.public_url}/sparql"


def site_of(request: Request) -> Site:
    """The server that a request came to."""
    site: Site = request.scope["kg.site"]
    return site
