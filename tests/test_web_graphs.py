"""What happens when another version of the graph is published under a running server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from asgi import Client, running
from waiting import eventually, wait_until

from kg.compile import builder
from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.sandbox.queue import Sizes
from kg.serve import services
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.http.responses import Written
from kg.serve.services import GraphFile, Published
from kg.serve.settings import Settings
from kg.serve.state import AppState
from kg.store import artifact
from kg.store import artifact_writer as writer

NO_BUDGET = Limits(seconds_per_minute=0, errors_per_minute=0)
VALUES = "/sparql?format=csv&query=SELECT+DISTINCT+?v+(COUNT(*)+AS+?n)+{?s+?p+?v}+GROUP+BY+?v"


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for another version often, so that the tests need not wait."""
    monkeypatch.setattr(services, "_LOOK_EVERY", 0.02)


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "graph.nq"
    put(path, "first")
    return path


@pytest.fixture(name="state")
def _state(path: Path) -> AppState:
    return AppState(Settings(limits=NO_BUDGET), GraphFile(path))


@pytest.fixture(name="client")
def _client(state: AppState) -> Iterator[Client]:
    with running(create_app(state)) as client:
        yield client


def graph(value: str) -> bytes:
    """A graph in which everything has one value."""
    return write_nquads(Quad(eg(f"s{n}"), EG.p, Literal(value), EG.g) for n in range(500))


def put(path: Path, value: str) -> None:
    """Change the graph in one step."""
    new = path.with_suffix(".new")
    new.write_bytes(graph(value))
    new.replace(path)


@pytest.mark.slow
def test_every_answer_is_from_one_version(client: Client, path: Path) -> None:
    """While versions change, every query is answered, from exactly one of them."""
    seen: set[str] = set()
    names = [f"version {number}" for number in range(6)]

    async def asking(until: asyncio.Event) -> None:
        number = 0
        while not until.is_set():
            number += 1
            response = await client.sent("GET", f"{VALUES}%23{number}", b"", {})
            assert response.status == 200, response.text
            head, *rows = response.text.split("\r\n")[:-1]
            assert head == "v,n"
            assert len(rows) == 1
            assert rows[0].endswith(",500")
            seen.add(rows[0].removesuffix(",500"))

    async def changing() -> None:
        stop = asyncio.Event()
        clients = [asyncio.ensure_future(asking(stop)) for _ in range(6)]
        for name in names:
            put(path, name)
            await eventually(partial(seen.__contains__, name))
        stop.set()
        await asyncio.gather(*clients)

    client.run(changing())

    assert seen >= set(names)


def test_etag_changes_with_the_version(client: Client, state: AppState, path: Path) -> None:
    """What a client, or the server, has of an old version is not taken for the new one."""
    old = client.get(VALUES)
    state.sent.put(b"a request", Written(200, b"", b"what was sent"))
    put(path, "second")
    wait_until(lambda: client.get(VALUES).body != old.body)
    new = client.get(VALUES, if_none_match=old.headers["etag"])

    assert new.status == 200
    assert new.headers["etag"] != old.headers["etag"]
    assert new.headers["graph-version"] == client.get("/health").json["version"]
    assert state.sent.get(b"a request") is None


@pytest.mark.slow
def test_a_version_that_cannot_be_read(client: Client, path: Path) -> None:
    """The server goes on with the version it has, and says so; then takes the next good one."""
    new = path.with_suffix(".new")
    new.write_text("this is no graph", "utf-8")
    new.replace(path)
    wait_until(lambda: client.get("/health").json["status"] == "degraded")

    assert "not N-Quads" in client.get("/health").json["detail"]
    assert "first" in client.get(VALUES).text
    put(path, "third")
    wait_until(lambda: "third" in client.get(VALUES).text)
    assert client.get("/health").json["status"] == "ok"


@pytest.mark.slow
def test_published_versions(tmp_path: Path) -> None:
    """A version that `kg build` publishes is taken up; a file that was altered is not served."""
    facts = artifact.BuildFacts("2026-01-01T00:00:00+00:00", {}, {})

    def publish(value: str, version: str) -> Path:
        files = {artifact.GRAPH: graph(value), artifact.MODEL: builder.ready().model}
        return writer.publish(tmp_path, version * 64, files, facts)

    publish("one", "1")
    settings = Settings(limits=NO_BUDGET)
    with running(create_app(AppState(settings, Published(tmp_path)))) as client:
        assert client.get("/health").json["built"] == facts.built_at
        folder = publish("two", "2")
        wait_until(lambda: "two" in client.get(VALUES).text)
    (folder / artifact.GRAPH).write_bytes(graph("altered"))
    with running(create_app(AppState(settings, Published(tmp_path)))) as client:
        assert "one" in client.get(VALUES).text
        assert client.get("/health").json["status"] == "degraded"


@pytest.mark.slow
def test_a_folder_that_comes_after_its_pointer(tmp_path: Path) -> None:
    """A version that is not there yet when it is pointed at is served as soon as it is there."""
    facts = artifact.BuildFacts("2026-01-01T00:00:00+00:00", {}, {})
    aside = tmp_path / "aside"
    aside.mkdir()
    root = tmp_path / "root"

    def publish(value: str, version: str) -> Path:
        files = {artifact.GRAPH: graph(value), artifact.MODEL: builder.ready().model}
        return writer.publish(root, version * 64, files, facts)

    publish("one", "1")
    with running(create_app(AppState(Settings(limits=NO_BUDGET), Published(root)))) as client:
        folder = publish("two", "2")
        folder.rename(aside / folder.name)
        wait_until(lambda: client.get("/health").json["status"] == "degraded")
        before = client.get("/metrics").text
        (aside / folder.name).rename(folder)
        wait_until(lambda: "two" in client.get(VALUES).text)
        after = client.get("/metrics").text

        assert client.get("/health").json["status"] == "ok"
    assert swaps(after) == swaps(before) + 1


def swaps(counts: str) -> int:
    """How often another version was taken up."""
    found = re.search(r"kg_graph_swaps_total (\d+)", counts)
    assert found is not None
    return int(found[1])


class Stumbling:
    """A source of one file that fails as often as it is told to."""

    def __init__(self, path: Path) -> None:
        self.file = GraphFile(path)
        self.failures = 0

    def current(self) -> str | None:
        """As the file has it."""
        return self.file.current()

    def newest(self) -> services.GraphVersion:
        """As the file has it, unless it is time to stumble."""
        if self.failures:
            self.failures -= 1
            raise RuntimeError("a mistake in a source")
        return self.file.newest()


def test_a_version_is_tried_again(path: Path) -> None:
    """Whatever goes wrong with a version, it is tried again, and nobody stops looking."""
    source = Stumbling(path)
    with running(create_app(AppState(Settings(limits=NO_BUDGET), source))) as client:
        source.failures = 3
        put(path, "second")
        wait_until(lambda: "a mistake in a source" in client.get("/health").json.get("detail", ""))
        wait_until(lambda: "second" in client.get(VALUES).text)

        assert client.get("/health").json["status"] == "ok"
        assert swaps(client.get("/metrics").text) == 1


def test_the_same_graph_again_is_no_change(client: Client, state: AppState, path: Path) -> None:
    """A file that is written anew with what it held before changes nothing."""
    put(path, "first")
    wait_until(lambda: state.graphs.now.version.name == state.source.current())

    assert swaps(client.get("/metrics").text) == 0
    put(path, "second")
    wait_until(lambda: "second" in client.get(VALUES).text)
    assert swaps(client.get("/metrics").text) == 1


def test_pauses_grow() -> None:
    """A version that cannot be served is tried at once, then ever less often, and not never."""
    again = services._Retries()
    looks = round(600 / services._LOOK_EVERY)
    tries = [number for number in range(looks) if again.is_due("bad")]
    pauses = [after - before for before, after in pairwise(tries)]

    assert tries[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] * services._LOOK_EVERY == pytest.approx(60, abs=1)
    assert again.is_due("another")


@pytest.mark.slow
def test_no_deadline_of_clients_for_the_graph(tmp_path: Path) -> None:
    """A large graph is served and changed over to, however little time a query has."""
    path = tmp_path / "large.nq"

    def put_many(value: str) -> None:
        quads = (Quad(eg(f"s{n}"), eg(f"p{n % 7}"), Literal(value), EG.g) for n in range(90_000))
        new = path.with_suffix(".new")
        new.write_bytes(write_nquads(quads))
        new.replace(path)

    put_many("one")
    settings = Settings(limits=NO_BUDGET, sizes=Sizes(deadline=0.05))
    one = "/sparql?format=csv&query=SELECT+?v+{?s+?p+?v}+LIMIT+1"
    with running(create_app(AppState(settings, GraphFile(path)))) as client:
        assert "one" in client.get(one).text
        put_many("two")
        wait_until(lambda: "two" in client.get(one).text)
        assert '"90000"' in client.get("/sparql", accept="application/n-triples").text


def test_workers_do_not_throw_the_same_dice(client: Client) -> None:
    """What is random is so across workers, though all of them are copies of one process."""

    async def asked() -> list[str]:
        query = "/sparql?format=csv&query=SELECT+(RAND()+AS+?x)+(STRUUID()+AS+?y)+{}%23"
        sent = (client.sent("GET", f"{query}{n}", b"", {}) for n in range(12))
        return [each.text for each in await asyncio.gather(*sent)]

    texts = client.run(asked())

    assert len({text.split(",")[1] for text in texts}) == len(texts)
    assert len({text.split(",")[2] for text in texts}) == len(texts)
