"""Hostile text in Chromium: it is shown, and makes no element, runs nothing and opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import Tab, browsing
from servers import Server, serving
from test_linked_pages import LISTS, PAYLOADS, THINGS, hostile

from kg.model.rdf import write_nquads

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

GROUPS = tuple(" ".join(PAYLOADS[start::10]) for start in range(10))
"""All payloads in ten texts: a browser takes its time, and one that breaks out shows in any text.

Each alone is tried on the same pages without a browser (`test_linked_pages.py`).
"""


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
