"""How a server is run, and the state of a running one, which every route finds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from kg.hooks.trust import HookClients
from kg.model.errors import KGError
from kg.sandbox.client import Program
from kg.sandbox.jail import Jail
from kg.sandbox.queue import Sizes
from kg.serve.http.limits import Budget, Limits
from kg.serve.http.middleware import Metrics
from kg.serve.http.responses import PUBLIC, Reply, ReplyCache, SentCache, is_fresh
from kg.serve.jobs import PROGRAM
from kg.serve.linked.dumps import DumpWriter
from kg.serve.linked.resolver import Reached
from kg.serve.services import TOOLS, CaseService, GraphService, Source, without_texts

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
    texts: bool = False
    """Whether the operator's own copies of documents are shown beside statements."""
    origins: frozenset[str] = frozenset()
    """Sites whose pages may send cases, besides the server's own."""
    hook_clients: HookClients | None = None
    """The clients that hooks are answered for; None is everybody."""
    redirect: bool = False
    """Whether the IRI of a thing is answered with 303 and the address of its description."""


@dataclass(eq=False)
class AppState:
    """One running server."""

    settings: Settings
    source: Source
    started: Callable[[], object] = lambda: None
    """Called when the server can be asked."""
    graphs: GraphService = field(init=False)
    cases: CaseService = field(init=False)
    tools: CaseService = field(init=False)
    """Answers records that show cards, agents, and who has claims checked."""
    budget: Budget = field(init=False)
    cache: ReplyCache = field(init=False)
    sent: SentCache = field(init=False)
    metrics: Metrics = field(default_factory=Metrics)
    dumps: DumpWriter = field(init=False)

    failure: KGError | None = None
    """Why the server could not be started."""

    def __post_init__(self) -> None:
        sizes, jail = self.settings.sizes, self.settings.jail
        self.graphs = GraphService(self.source, sizes, jail, self._change)
        self.cases = CaseService(sizes, jail, lambda: without_texts(self.program))
        self.tools = CaseService(sizes, jail, lambda: without_texts(self.program), TOOLS)
        self.dumps = DumpWriter(self.settings.public_url)
        self.budget = Budget(self.settings.limits)
        self.cache = ReplyCache(self.settings.cache_bytes)
        self.sent = SentCache(self.settings.cache_bytes // 2)

    @property
    def version(self) -> str:
        """The version of the graph that is served now."""
        return self.graphs.label

    @property
    def program(self) -> Program:
        """What the graph that is served is loaded with."""
        return self.graphs.now.version.program

    @property
    def reached(self) -> Reached:
        """How the server is reached."""
        return Reached(self.settings.public_url, self.version)

    @property
    def endpoint(self) -> str:
        """The IRI of the SPARQL endpoint."""
        return f"{self.settings.public_url}/sparql"

    @property
    def answers_cases(self) -> bool:
        """Whether the graph that is served is a built one, and no file of triples."""
        return self.program.name == PROGRAM

    def prepare_cases(self) -> None:
        """Begin to load what cases are answered with, where the graph that is served has it."""
        if self.answers_cases:
            self.cases.prepare()

    def _change(self) -> None:
        """Let go of what was kept of the graph before, and load what cases need of this one."""
        self.cache.clear()
        self.sent.clear()
        self.dumps.forget(self.program)
        self.prepare_cases()
        self.tools.follow()


def state_of(request: Request) -> AppState:
    """The server that a request came to."""
    state: AppState = request.scope["kg.state"]
    return state


async def kept_reply(
    request: Request,
    key: Hashable,
    make: Callable[[], Awaitable[tuple[str, Reply]]],
    *,
    etag: str | None = None,
    vary: tuple[str, ...] = (),
) -> Reply:
    """A reply that is made once and kept, as long as the same graph is served.

    `make` gives the version that it was made of, and the reply. One without an ETag is not kept.
    Who has what `etag` stands for is told so, and nothing is made.
    """
    state = state_of(request)
    version = state.version
    kept = state.cache.get((version, key))
    if kept is not None:
        return kept
    if is_fresh(request.method, request.headers, etag):
        return Reply(b"", "", etag=etag, cache=PUBLIC, vary=vary)
    made_of, made = await make()
    if made_of == version and made.etag is not None:
        state.cache.put((version, key), made)
    return made
