"""YASGUI, on a page of another site, asks our endpoint in Chromium, and shows what it was told.

`make test-servers` fetches it where it can, and runs these tests.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fetching import there_or_skip
from other_clients.fetch import YASGUI, missing_clients
from servers import Server, serving_built

from kg.compile import builder
from kg.model.rdf import read_ntriples
from kg.store.local import LocalStore

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.servers

FINDINGS = "SELECT ?s ?l { ?s a eg:Finding ; rdfs:label ?l } ORDER BY ?s"
LABELS = "CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s a eg:Finding ; rdfs:label ?l }"
ON_A_PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="yasgui.min.css"><div id="here"></div>
<script src="yasgui.min.js"></script><script>
const requestConfig = { endpoint: "ENDPOINT", method: "METHOD" };
window.editor = new Yasgui(document.getElementById("here"), { requestConfig, persistenceId: null });
</script>"""
RUN = """async query => {
  const tab = editor.getTab();
  tab.getYasqe().setValue(query);
  await tab.getYasqe().query().catch(() => null);
  const results = tab.getYasr().results;
  return {
    truth: results.getBoolean(), error: results.getError(),
    rows: (results.getBindings() || []).map(row => Object.values(row).map(each => each.value)),
    statements: (results.getStatements() || []).length,
    shown: document.querySelectorAll(".yasr tbody tr").length,
    text: document.querySelector(".yasr").innerText,
  };
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep still."""


@contextmanager
def another_site(folder: Path) -> Iterator[str]:
    """The address of a folder that is served from another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{site.server_port}"
        finally:
            site.shutdown()


@pytest.fixture(name="endpoint", scope="module")
def _endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server of the built graph."""
    there_or_skip(missing_clients())
    builder.ready()
    with serving_built(tmp_path_factory.mktemp("yasgui") / "log", "--timeout", "600") as server:
        yield server


@pytest.fixture(name="page", scope="module", params=["POST", "GET"])
def _page(
    request: pytest.FixtureRequest,
    endpoint: Server,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Page]:
    """Give a page of another site with YASGUI, which asks in one way."""
    folder = tmp_path_factory.mktemp("site")
    for name in ("yasgui.min.js", "yasgui.min.css"):
        shutil.copyfile(YASGUI / name, folder / name)
    text = ON_A_PAGE.replace("ENDPOINT", f"{endpoint.url}/sparql")
    (folder / "index.html").write_text(text.replace("METHOD", request.param), "utf-8")
    with another_site(folder) as site:
        page = browser.new_page()
        page.goto(f"{site}/index.html")
        yield page
        page.close()


@pytest.fixture(name="ours", scope="module")
def _ours() -> LocalStore:
    """Give what the server holds, in memory."""
    return LocalStore(builder.ready().served)


def test_rows(page: Page, ours: LocalStore) -> None:
    """A table has every row of a SELECT, in its order, with prefixes that nobody declared."""
    found = page.evaluate(RUN, FINDINGS)

    wanted = [[str(iri), text.value] for iri, text in ours.select(FINDINGS)]  # type: ignore[union-attr]
    assert found["rows"] == wanted
    assert found["shown"] == len(wanted) > 20


@pytest.mark.parametrize(("kind", "truth"), [("eg:Finding", True), ("eg:Nothing", False)])
def test_a_truth(page: Page, kind: str, truth: bool) -> None:  # noqa: FBT001 - a parameter of a test
    """ASK is shown as true or false."""
    found = page.evaluate(RUN, f"ASK {{ ?s a {kind} }}")

    assert found["truth"] is truth
    assert str(truth).lower() in found["text"].lower()


@pytest.mark.parametrize("query", [LABELS, "DESCRIBE eg:raised-serum-alp"])
def test_triples(page: Page, ours: LocalStore, query: str) -> None:
    """CONSTRUCT and DESCRIBE are read as triples, and shown as a table."""
    found = page.evaluate(RUN, query)

    wanted = len(list(read_ntriples(ours.answer(query, "application/n-triples"), "the answer")))
    assert found["statements"] == found["shown"] == wanted > 10


def test_an_error(page: Page) -> None:
    """What is wrong with a query is shown with its line and column."""
    found = page.evaluate(RUN, "SELECT nonsense")

    assert "line 1, column 8" in found["error"]["text"]
    page.locator(".yasr", has_text="line 1, column 8").wait_for()
