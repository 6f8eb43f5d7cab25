"""What any test may ask for: the checkout, material that is not in it, and no network."""

from __future__ import annotations

import os
import shutil
import socket
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import frozen
import pytest
from browsing import Tab, browsing, chromium
from built import own_graph, whole_graph
from curating import ARTICLE, write_title
from records import Reads, record
from servers import Server, serving_built

from kg.case.fhir import parse_record
from kg.compile import builder
from kg.curate.sources.skeleton import add_article
from kg.curate.sources.writing import write_all
from kg.model import resources
from kg.model.terms import Lexicon
from kg.store.knowledge import KnowledgeGraph

if TYPE_CHECKING:
    from asgi import Client
    from playwright.sync_api import Browser

    from kg.serve.state import AppState


def pytest_configure() -> None:
    """Run the tests on the articles that they pin."""
    frozen.select()


LOOPBACK = ("127.", "::1", "localhost")
_SECONDS = {"protege": 20.0, "exhaustive": 10.0, "servers": 5.0, "browser": 5.0, "slow": 3.0}
"""What a test of a kind takes, about; any other takes a moment."""
_MOMENT = 0.05


@pytest.hookimpl(trylast=True)  # of what was not chosen nothing is left
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first, so that no worker is left with one at the end."""
    takes: defaultdict[Path, float] = defaultdict(float)
    for item in items:
        kinds = (_SECONDS.get(mark.name, _MOMENT) for mark in item.iter_markers())
        takes[item.path] += max(kinds, default=_MOMENT)
    items.sort(key=lambda item: -takes[item.path])


@pytest.fixture(name="root", scope="session")
def _root() -> Path:
    """Give the folder of the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(name="texts", scope="session")
def _texts() -> Path:
    """Give the folder with the articles, which the repository must not hold."""
    return _material("KG_TEXTS", "the articles as .txt")


@pytest.fixture(name="suites", scope="session")
def _suites() -> Path:
    """Give the folder with the test suites of others."""
    return _material("KG_SUITES", "test suites of others")


def _material(variable: str, what: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: it names a folder with {what}")
    folder = Path(value)
    if not folder.is_dir():
        pytest.fail(f"{variable} names {value}, which is not a folder")
    return folder


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection that leaves the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as the socket module has it
        host = address[0] if isinstance(address, tuple) else "localhost"
        if not str(host).startswith(LOOPBACK):
            pytest.fail(f"a test tried to reach {host}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(name="knowledge", scope="session")
def _knowledge() -> KnowledgeGraph:
    """Give the built graph; it is built once, and found again in the cache by the next run."""
    return own_graph()


@pytest.fixture(name="whole", scope="session")
def _whole() -> KnowledgeGraph:
    """Give the graph of all articles of the checkout, also of those that a curator added."""
    return whole_graph()


@pytest.fixture(name="lexicon", scope="session")
def _lexicon(knowledge: KnowledgeGraph) -> Lexicon:
    """Give the names that the built graph knows."""
    return knowledge.lexicon


@pytest.fixture(name="state", scope="session")
def _state() -> AppState:
    """Give the state of a server of the built graph that counts no budget and is in no hurry.

    Who changes it, or says how it is run, makes one of their own: a server takes seconds to start.
    """
    from kg.sandbox.queue import Sizes
    from kg.serve.http.limits import Limits
    from kg.serve.services import Published
    from kg.serve.settings import Settings
    from kg.serve.state import AppState

    own_graph()
    settings = Settings(
        limits=Limits(seconds_per_minute=0, errors_per_minute=0), sizes=Sizes(deadline=60)
    )
    return AppState(settings, Published(builder.ready().folder.parent))


@pytest.fixture(name="client", scope="session")
def _client(state: AppState) -> Iterator[Client]:
    """Give a client of that server, which speaks to it without a socket."""
    from asgi import running

    from kg.serve.app import create_app

    with running(create_app(state)) as client:
        yield client


@pytest.fixture(name="reads")
def _reads(lexicon: Lexicon) -> Reads:
    """Give a function that reads FHIR resources of one patient."""

    def reads(*resources: Mapping[str, Any], patient: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        return parse_record(record(*resources, patient=patient), lexicon, date(2026, 11, 22))

    return reads


@pytest.fixture(name="ontology")
def _ontology(tmp_path: Path) -> Path:
    """Give a copy of the ontology to write in."""
    return Path(shutil.copytree(resources.ontology_dir(), tmp_path / "ontology"))


@pytest.fixture(name="copies")
def _copies(tmp_path: Path) -> Path:
    """Give a folder with the example article."""
    folder = tmp_path / "copies"
    folder.mkdir()
    shutil.copy(ARTICLE / "article.txt", folder)
    return folder


@pytest.fixture(name="with_article")
def _with_article(ontology: Path) -> Path:
    """Give a copy of the ontology to which the example article was added."""
    write_all(add_article(ontology, "C", (ARTICLE / "article.txt").read_bytes()))
    write_title(ontology)
    return ontology


@pytest.fixture(name="browser", scope="session")
def _browser() -> Iterator[Browser]:
    """Give a running browser, or skip the test where there is none."""
    with chromium() as found:
        yield found


@pytest.fixture(name="site", scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server of the built graph."""
    own_graph()
    with serving_built(tmp_path_factory.mktemp("site") / "log") as server:
        yield server


@pytest.fixture(name="tab")
def _tab(browser: Browser, site: Server) -> Iterator[Tab]:
    """Give a tab of its own on that server, of which nothing may have been heard at the end."""
    with browsing(browser, site.url) as found:
        yield found
