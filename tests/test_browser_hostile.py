"""Hostile text in Chromium: it is shown, and makes no element, runs nothing and opens nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import editions
import poisoned
import pytest
from browsing import Tab, browsing
from own_pages import OWN_PAGES, Way
from servers import Server, found, launched, serving
from test_linked_pages import LISTS, PAYLOADS, THINGS, hostile

from kg.compile import builder
from kg.model.rdf import write_nquads

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

GROUPS = tuple(" ".join(PAYLOADS[start::10]) for start in range(10))
"""All payloads in ten texts: a browser takes its time, and one that breaks out shows in any text.

Each alone is tried on the same pages without a browser (`test_linked_pages.py`).
"""


PARTS = 2


def _served(path: Path, texts: tuple[str, ...]) -> Iterator[Server]:
    """A server of as many small graphs as there are texts, each of one text throughout."""
    quads = [each for mark, text in enumerate(texts) for each in hostile(text, mark=f"-{mark}")]
    path.write_bytes(write_nquads(quads))
    with serving(path) as server:
        yield server


@pytest.fixture(name="harmless", scope="module")
def _harmless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    texts = tuple(f"plain {number}" for number in range(len(GROUPS)))
    yield from _served(tmp_path_factory.mktemp("harmless") / "graph.nq", texts)


@pytest.fixture(name="poisoned", scope="module")
def _poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from _served(tmp_path_factory.mktemp("poisoned") / "graph.nq", GROUPS)


@pytest.fixture(name="clean")
def _clean(browser: Browser, harmless: Server) -> Iterator[Tab]:
    with browsing(browser, harmless.url) as tab:
        yield tab


@pytest.fixture(name="dirty")
def _dirty(browser: Browser, poisoned: Server) -> Iterator[Tab]:
    with browsing(browser, poisoned.url) as tab:
        yield tab


@pytest.mark.parametrize("name", THINGS)
def test_hostile_things(clean: Tab, dirty: Tab, name: str) -> None:
    """A page of a thing whose every text is hostile has the elements of a harmless one."""
    clean.open(f"/{name}-0")
    wanted = clean.elements()

    for mark, text in enumerate(GROUPS):
        dirty.open(f"/{name}-{mark}")
        assert dirty.elements() == wanted, text
        assert dirty.heard.all() == [], text


@pytest.mark.parametrize("name", LISTS)
def test_hostile_lists(clean: Tab, dirty: Tab, name: str) -> None:
    """A page that lists things of hostile names has the elements of a harmless one."""
    clean.open(f"/{name}")
    dirty.open(f"/{name}")

    assert sorted(dirty.elements()) == sorted(clean.elements())


# ── The whole graph ─────────────────────────────────────────────────────────────────────────


@contextmanager
def _published(folder: Path, texts: tuple[str, ...]) -> Iterator[Server]:
    """A server of the built graph with other texts."""
    poisoned.publish_with(folder / "graphs", builder.ready(), texts)
    log = folder / "log"
    graphs, patient = str(folder / "graphs"), ("--timeout", "60")  # a busy machine is no finding
    with launched(log, *patient, program=editions.AS_PUBLISHED, KG_CACHE=graphs) as process:
        yield found(process, log)


@pytest.fixture(name="retold", scope="module")
def _retold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # With a colon, as some payloads have: codes without a name share a row by what stands before.
    with _published(tmp_path_factory.mktemp("retold"), ("plain:",)) as server:
        yield server


@pytest.fixture(name="wanted", scope="module")
def _wanted(browser: Browser, retold: Server) -> dict[str, Counter[str]]:
    """Give the elements of each page of the graph with harmless texts."""
    with browsing(browser, retold.url) as tab:
        return {name: _elements_of(tab, go) for name, go in OWN_PAGES.items()}


@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_graph(
    browser: Browser, wanted: dict[str, Counter[str]], tmp_path: Path, part: int
) -> None:
    """A page of the whole graph with hostile texts everywhere has the elements of a harmless one.

    Half of the payloads at a time stands in every text.
    """
    with (
        _published(tmp_path, (" ".join(PAYLOADS[part::PARTS]),)) as server,
        browsing(browser, server.url) as tab,
    ):
        found = {name: _elements_of(tab, go) for name, go in OWN_PAGES.items()}

        assert {name: _apart(found[name], wanted[name]) for name in found} == dict.fromkeys(found)


def _elements_of(tab: Tab, go: Way) -> Counter[str]:
    """How many elements of each kind a page has; where they stand depends on the order of names.

    A picture breaks its lines by their length, so those count once.
    """
    go(tab)
    found = Counter(tab.elements())
    return Counter({each: 1 if each.startswith("text ") else n for each, n in found.items()})


def _apart(found: Counter[str], wanted: Counter[str]) -> dict[str, int] | None:
    """What one page has more or less of than the other."""
    kinds = found.keys() | wanted.keys()
    return {
        each: found[each] - wanted[each] for each in kinds if found[each] != wanted[each]
    } or None
