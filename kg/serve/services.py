"""The processes that answer: from the graph that is served, and for cases.

A new version of the graph is loaded beside the one in use, and taken up once it has answered. A
server that starts does the same with its first one: it answers queries as soon as the graph is
loaded, and takes up what has everything that pages are made of when that has answered.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, cast

from kg.model.errors import BusyError, NotBuiltError
from kg.model.vocabulary import BASE, IRI
from kg.sandbox.begun import Charge
from kg.sandbox.client import Program
from kg.sandbox.jail import Jail
from kg.sandbox.kept import Owner
from kg.sandbox.pool import Pool, charge_nobody
from kg.sandbox.protocol import Frame, SandboxError
from kg.sandbox.queue import Sizes
from kg.sandbox.supervisor import Outcome, Supervisor
from kg.store import artifact

PROGRAM: Final = "kg.serve.jobs:load"
FILE_PROGRAM: Final = "kg.serve.jobs:load_file"
"""Named and not imported: the server itself has no use for what answers."""
CASES: Final = "kg.serve.api.case_worker:load"
TOOLS: Final = "kg.serve.api.tool_worker:load"
_AT_FIRST: Final = {
    PROGRAM: "kg.serve.queries:load",
    FILE_PROGRAM: "kg.serve.queries:load_file",
    CASES: "kg.serve.api.case_worker:load_answers",
}
"""What a server begins with: it has what programs ask for, and is loaded in a third of the time."""
_JOBS_AT_FIRST: Final = frozenset({"graphs", "query", "ask", "why"})
"""The jobs of these."""
_SHORT: Final = 12
_LOOK_EVERY: Final = 1.0
"""Seconds between two looks at whether a new version is published."""
_LONGEST_PAUSE: Final = 60.0
"""Seconds between two tries of a version that cannot be served; the first come sooner."""
_LOADING: Final = 30.0
"""Seconds that a request waits for what is still being loaded."""


@dataclass(frozen=True, slots=True)
class GraphVersion:
    """One version of the graph, and where it comes from."""

    program: Program
    """What the workers load it with; its label is the version."""
    name: str = ""
    """What its source calls it; it is another than the current one where that is not whole."""
    built_at: str = ""
    notice: str = ""


class Source(Protocol):
    """Where versions of the graph come from."""

    def current(self) -> str | None:
        """The name of the version that is published now; it is asked for every second."""
        ...

    def newest(self) -> GraphVersion:
        """The newest whole version; a KGError says why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Published:
    """The versions under the folder that `kg build` publishes to."""

    root: Path
    texts: str = ""
    """The folder with the operator's own copies of documents, if there is one."""

    def current(self) -> str | None:
        """The version that the pointer names."""
        return artifact.current(self.root)

    def newest(self) -> GraphVersion:
        """The version that the pointer names, or the newest before it that is whole."""
        found = artifact.open_artifact(self.root)
        arguments = {"root": str(found.folder.parent), "version": found.version}
        arguments |= {"texts": self.texts} if self.texts else {}
        program = Program(PROGRAM, arguments, found.version[:_SHORT])
        return GraphVersion(program, found.version, found.built_at, found.notice)


@dataclass(frozen=True, slots=True)
class GraphFile:
    """One file of N-Quads, named by its hash."""

    path: Path
    base: str = BASE
    """Of the IRIs that are found under the server's own address."""
    texts: str = ""

    def current(self) -> str | None:
        """When the file was changed, and which file it is."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return f"{found.st_mtime_ns}-{found.st_ino}"

    def newest(self) -> GraphVersion:
        """The file as it is now."""
        name = self.current() or ""  # before it is read: if it changes meanwhile, it is read again
        try:
            with self.path.open("rb") as file:
                version = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise NotBuiltError(f"{self.path} cannot be read: {error.strerror}.") from error
        arguments = {"path": str(self.path), "sha256": version, "base": self.base}
        arguments |= {"texts": self.texts} if self.texts else {}
        return GraphVersion(Program(FILE_PROGRAM, arguments, version[:_SHORT]), name)


@dataclass(frozen=True, slots=True)
class ServedGraph:
    """What is being served."""

    version: GraphVersion
    sizes: tuple[tuple[IRI, int], ...]
    """Each named graph and the number of its triples."""
    is_whole: bool = True
    """Whether everything of it is loaded, and not just what queries are answered with."""

    @property
    def label(self) -> str:
        """The version as it is shown."""
        return self.version.program.label


def without_texts(program: Program) -> Program:
    """The program without the operator's own copies of documents, which no case has to see."""
    kept = {name: value for name, value in program.arguments.items() if name != "texts"}
    return replace(program, arguments=kept)


class GraphService:
    """Keeps the newest graph running, and says which it is."""

    def __init__(self, source: Source, sizes: Sizes, jail: Jail) -> None:
        self.changed: Callable[[], None] = lambda: None
        """Called when another version is served."""
        self.swaps = 0
        self.notice = ""
        """What whoever runs the server should know, such as a version that cannot be loaded."""
        self.supervisor = Supervisor(sizes, jail)
        self._source = source
        self._served: ServedGraph | None = None
        self._label = ""
        self._whole = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[None] | None = None

    @property
    def now(self) -> ServedGraph:
        """What new requests are answered from."""
        if self._served is None:
            raise NotBuiltError("no graph is being served yet.")
        return self._served

    @property
    def label(self) -> str:
        """The version that is served now, as it is shown."""
        return self._label or self.now.label

    async def prepare(self) -> None:
        """Begin to load the newest version for queries alone; `start` waits for it."""
        self._starting = asyncio.ensure_future(self._serve(self._source.newest(), is_whole=False))
        await asyncio.sleep(0)  # now its process is there

    async def start(self) -> None:
        """Serve the newest version, all of it where it was not begun."""
        await (self._starting or self._serve(self._source.newest()))

    def go_on(self) -> None:
        """Load what is still to be loaded, and look out for other versions from now on."""
        self._watch = asyncio.ensure_future(self._watch_source())

    async def run(
        self, request: Frame, *, client: str = "", charge: Charge = charge_nobody
    ) -> tuple[str, Frame]:
        """The version of the graph that a worker has, and what it replies."""
        if not self._whole.is_set() and request.head["job"] not in _JOBS_AT_FIRST:
            await self._loaded()
        return await self.supervisor.run(request, client=client, charge=charge)

    def begin(
        self, request: Frame, *, client: str, charge: Charge, done: Callable[[Outcome], None]
    ) -> Callable[[], None] | None:
        """Begin to answer a query without a task, where that can be (`Supervisor.begin`)."""
        return self.supervisor.begin(request, client=client, charge=charge, done=done)

    async def close(self) -> None:
        """End every process."""
        for each in (self._starting, self._watch):
            if each is not None:
                each.cancel()
        await self.supervisor.close()

    async def _loaded(self) -> None:
        """Wait until everything is loaded; BusyError where that takes too long."""
        try:
            async with asyncio.timeout(_LOADING):
                await self._whole.wait()
        except TimeoutError:
            raise BusyError("the server is still starting; try again in a moment.") from None

    async def _watch_source(self) -> None:
        """Take up what is published, for as long as the server runs."""
        retries = _Retries()
        if not self.now.is_whole:
            await self._look(retries)
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            await self._look(retries)

    async def _look(self, retries: _Retries) -> None:
        """Take up what is published, if it is not what is served, all of it."""
        try:
            found = self._source.current()
            if found is None or not retries.is_due(found):
                return
            if found == self.now.version.name and self.now.is_whole:
                self.notice = self.now.version.notice
            else:
                await self._take_up()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next version may be good
            self.notice = f"a newer graph cannot be served: {str(error) or type(error).__name__}"

    async def _take_up(self) -> None:
        """Serve the newest version that can be had, if it is another than the one in use."""
        version = await asyncio.to_thread(self._source.newest)
        before = self.now
        if version.program != before.version.program or not before.is_whole:
            await self._serve(version)
            if version.program != before.version.program:
                self.swaps += 1
                self.changed()
        else:  # the file was written anew with the same content, or the new version is not whole
            self._served = replace(self.now, version=version)
            self.notice = version.notice

    async def _serve(self, version: GraphVersion, *, is_whole: bool = True) -> None:
        """Load a version beside the one in use, and change over once it has answered."""
        program = version.program
        if not is_whole:
            program = replace(program, name=_AT_FIRST[program.name])
        pool = await self.supervisor.start(program)
        try:
            sizes = await _count_triples(pool)
        except BaseException:
            pool.close()
            raise
        self.supervisor.use(pool)
        self._served, self._label = ServedGraph(version, sizes, is_whole), program.label
        self.notice = version.notice
        if is_whole:
            self._whole.set()


class _Retries:
    """When a version is tried: at once, and then with pauses that grow."""

    def __init__(self) -> None:
        self._name = ""
        self._pause = 0.0
        self._left = 0.0

    def is_due(self, name: str) -> bool:
        """Whether to try the version of this name, asked at every look."""
        if name != self._name:
            self._name, self._pause, self._left = name, 0.0, 0.0
        self._left -= _LOOK_EVERY
        if self._left > 0:
            return False
        self._left = self._pause = min(2 * self._pause + _LOOK_EVERY, _LONGEST_PAUSE)
        return True


async def _count_triples(pool: Pool) -> tuple[tuple[IRI, int], ...]:
    """Each named graph and its size, as they were counted when the program was loaded."""
    reply = await pool.run(Frame({"job": "graphs"}))
    sizes = cast("dict[str, int]", reply.head["graphs"])
    return tuple((IRI(name), size) for name, size in sizes.items())


# ── Cases ───────────────────────────────────────────────────────────────────────────────────

_QUICK_CASE: Final = 0.5
"""Seconds of processor time after which a case steps aside; most take a tenth of that."""
_CASE_DEADLINE: Final = 10.0
"""Seconds that a long record may take."""
_MOST_CASES: Final = 200
"""Cases of one connection that a process answers before it ends."""
_KEPT: Final = 8
"""Processes that wait for another case of their connection."""


class CaseService:
    """Answers cases, or what is as private, with the version of the graph that is served.

    Its processes are apart from those of strangers' queries. A process answers the cases of one
    connection and ends with it, at the latest; a case that comes with no connection of its own has
    a process of its own. Nothing of a case is there when anybody else's comes.
    """

    def __init__(
        self,
        sizes: Sizes,
        jail: Jail,
        served: Callable[[], Program],
        name: str = CASES,
        *,
        in_steps: bool = False,
    ) -> None:
        deadline = max(sizes.deadline, _CASE_DEADLINE)
        of_one = replace(
            sizes,
            quick_seconds=_QUICK_CASE,
            deadline=deadline,
            most_jobs=_MOST_CASES,
            kept=_KEPT,
        )
        self.supervisor = Supervisor(of_one, jail)
        self._served = served
        """Gives the program of the graph that is served now."""
        self._name = name
        """Of the program that answers."""
        self._program: Program | None = None
        self._in_steps = in_steps
        """Whether what programs ask for is loaded before the rest."""
        self._at_first: Program | None = None
        """What is loaded for them at least."""
        self._opening: asyncio.Task[None] | None = None

    def prepare(self) -> None:
        """Begin to load the version that is served, so that the next case need not wait for it."""
        if self._opening is None and self._wanted != self._program:
            self._begin(self._wanted)

    def follow(self) -> None:
        """Do so where a version before it was asked for."""
        if self._program is not None:
            self.prepare()

    async def run(
        self, request: Frame, *, client: str, charge: Charge, owner: Owner | None = None
    ) -> tuple[str, Frame]:
        """The version that a case was answered with, and the reply.

        The process may be one that has answered a case of the same owner before. A case that comes
        after a change of the graph waits until that version is loaded here too.
        """
        is_first = request.head["job"] in _JOBS_AT_FIRST
        while (program := self._wanted) != (self._at_first if is_first else self._program):
            await self._opened(program)
        return await self.supervisor.run(request, client=client, charge=charge, owner=owner)

    async def close(self) -> None:
        """End every process."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        await self.supervisor.close()

    @property
    def _wanted(self) -> Program:
        return replace(self._served(), name=self._name)

    async def _opened(self, program: Program) -> None:
        """Wait for what is being loaded, or else load this; whoever leaves stops it for nobody."""
        await asyncio.shield(self._opening or self._begin(program))

    def _begin(self, program: Program) -> asyncio.Task[None]:
        self._opening = asyncio.ensure_future(self._open(program))
        self._opening.add_done_callback(self._end_of_opening)
        return self._opening

    async def _open(self, program: Program) -> None:
        is_whole = not self._in_steps or self._at_first is not None
        loaded = program if is_whole else replace(program, name=_AT_FIRST[program.name])
        try:
            self.supervisor.use(await self.supervisor.start(loaded))
        except (SandboxError, OSError):
            raise BusyError("cases cannot be answered now; try again.") from None
        self._at_first = program
        if is_whole:
            self._program = program

    def _end_of_opening(self, opening: asyncio.Task[None]) -> None:
        self._opening = None
        if opening.cancelled():
            return
        failed = opening.exception()  # whoever waited for it may have left
        if failed is None and self._program is None:
            self.prepare()  # the rest of it
