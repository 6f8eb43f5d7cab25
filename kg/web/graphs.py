"""The graph that is served: which version it is, and what to do when there is another."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from kg import product
from kg.errors import KGError, NotBuiltError
from kg.sandbox.frames import Frame
from kg.sandbox.jail import Jail
from kg.sandbox.keeper import Keeper
from kg.sandbox.pool import Pool, Sizes, Used, ignored
from kg.sandbox.zygotes import Program
from kg.stores.base import Wanted
from kg.vocab import BASE, IRI
from kg.web import jobs
from kg.web.formats import KINDS

_SHORT: Final = 12
_LOOK_EVERY: Final = 1.0
"""Seconds between two looks at whether a new version is published."""
_JSON: Final = "application/sparql-results+json"
_EACH_GRAPH: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of the graph."""

    program: Program
    """What the workers load it with; its label is the version."""
    built_at: str = ""
    notice: str = ""


class Source(Protocol):
    """Where editions come from."""

    def current(self) -> str | None:
        """The name of the version that is published now; it is asked for every second."""
        ...

    def edition(self) -> Edition:
        """The newest whole version; a KGError says why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Published:
    """The versions under the folder that `kg build` publishes to."""

    root: Path

    def current(self) -> str | None:
        """The version that the pointer names."""
        return product.current(self.root)

    def edition(self) -> Edition:
        """The version that the pointer names, or the newest before it that is whole."""
        found = product.load(self.root)
        arguments = {"root": str(found.folder.parent), "version": found.version}
        program = Program(jobs.PROGRAM, arguments, found.version[:_SHORT])
        return Edition(program, found.built_at, found.notice)


@dataclass(frozen=True, slots=True)
class GraphFile:
    """One file of N-Quads, named by its hash."""

    path: Path
    base: str = BASE
    """Of the IRIs that are found under the server's own address."""

    def current(self) -> str | None:
        """When the file was changed, and which file it is."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return f"{found.st_mtime_ns}-{found.st_ino}"

    def edition(self) -> Edition:
        """The file as it is now."""
        try:
            with self.path.open("rb") as file:
                version = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise NotBuiltError(f"{self.path} cannot be read: {error.strerror}.") from error
        arguments = {"path": str(self.path), "sha256": version, "base": self.base}
        return Edition(Program(jobs.FILE_PROGRAM, arguments, version[:_SHORT]))


@dataclass(frozen=True, slots=True)
class Serving:
    """What is being served."""

    edition: Edition
    graphs: tuple[tuple[IRI, int], ...]
    """Each named graph and the number of its triples."""

    @property
    def version(self) -> str:
        """The version as it is shown."""
        return self.edition.program.label


class Graphs:
    """Keeps the newest graph running, and says which it is."""

    def __init__(self, source: Source, sizes: Sizes, jail: Jail) -> None:
        self.swaps = 0
        self.notice = ""
        """What whoever runs the server should know, such as a version that cannot be loaded."""
        self.keeper = Keeper(sizes, jail)
        self._source = source
        self._serving: Serving | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def now(self) -> Serving:
        """What new requests are answered from."""
        if self._serving is None:
            raise NotBuiltError("no graph is being served yet.")
        return self._serving

    async def start(self) -> None:
        """Serve the newest version, and look out for others from now on."""
        seen = self._source.current()
        await self._serve(self._source.edition())
        self._watch = asyncio.ensure_future(self._look(seen))

    async def run(
        self, request: Frame, *, client: str = "", used: Used = ignored
    ) -> tuple[str, Frame]:
        """The version of the graph that a worker has, and what it replies."""
        return await self.keeper.run(request, client=client, used=used)

    async def close(self) -> None:
        """End every process."""
        if self._watch is not None:
            self._watch.cancel()
        await self.keeper.close()

    async def _look(self, seen: str | None) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            found = self._source.current()
            if found == seen or found is None:
                continue
            seen = found
            try:
                await self._serve(self._source.edition())
            except (KGError, OSError, TimeoutError) as error:
                self.notice = f"a newer graph cannot be served: {error}"
            else:
                self.swaps += 1

    async def _serve(self, edition: Edition) -> None:
        """Load an edition beside the one in use, and change over once it has answered."""
        pool = await self.keeper.start(edition.program)
        try:
            graphs = await _graphs_of(pool)
        except BaseException:
            pool.close()
            raise
        self.keeper.use(pool)
        self._serving = Serving(edition, graphs)
        self.notice = edition.notice


async def _graphs_of(pool: Pool) -> tuple[tuple[IRI, int], ...]:
    reply = await pool.run(jobs.query_frame(_EACH_GRAPH, Wanted(dict.fromkeys(KINDS, _JSON))))
    rows = json.loads(reply.body)["results"]["bindings"]
    return tuple((IRI(row["g"]["value"]), int(row["n"]["value"])) for row in rows)
