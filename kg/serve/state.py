"""The state of a running server, which every route finds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from starlette.requests import Request

from kg.model.errors import KGError
from kg.sandbox.client import Program
from kg.serve.http.accounts import Budget
from kg.serve.http.middleware import Metrics
from kg.serve.http.responses import PUBLIC, Reply, ReplyCache, SentCache, is_fresh
from kg.serve.linked.dumps import DumpWriter
from kg.serve.linked.frames import Reached
from kg.serve.services import PROGRAM, TOOLS, CaseService, GraphService, Source, without_texts
from kg.serve.settings import Settings


@dataclass(eq=False)
class AppState:
    """One running server."""

    settings: Settings
    source: Source
    started: Callable[[], object] = lambda: None
    """Called when the server can be asked."""
    begun: GraphService | None = None
    """Where the graph is being loaded already."""
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
        self.graphs = self.begun or GraphService(self.source, sizes, jail)
        self.graphs.changed = self._change
        self.cases = CaseService(
            sizes,
            jail,
            lambda: without_texts(self.program),
            in_steps=self.begun is not None,
        )
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
