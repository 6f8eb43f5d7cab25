"""Every kind of page in Chromium: it is quiet, and asks no other machine for anything."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from browsing import Tab, browsing, overhearing
from own_pages import OWN_PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

BAD = {
    "console": "<script>console.log('seen')</script>",
    "uncaught": "<script>throw new Error('seen')</script>",
    "dialog": "<script>alert('seen')</script>",
    "elsewhere": "<img src='http://seen.example/x.png'>",
    "policy broken": "<meta http-equiv=content-security-policy content=\"script-src 'none'\">"
    "<script>alert('seen')</script>",
}
"""A page of each kind of fault."""


@pytest.fixture(name="faulty", scope="module")
def _faulty() -> Iterator[str]:
    class Faulty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(BAD[self.path[1:].replace("-", " ")].encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Faulty) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("fault", BAD)
def test_faults_are_heard(browser: Browser, faulty: str, fault: str) -> None:
    """The tests below can fail: each kind of fault is noticed on a page that has it."""
    with overhearing(browser, faulty) as tab:
        tab.open(f"/{fault.replace(' ', '-')}")

        heard = tab.heard.all()

    assert any(fault in each for each in heard), heard
    with pytest.raises(AssertionError), browsing(browser, faulty) as tab:
        tab.open(f"/{fault.replace(' ', '-')}")


@pytest.mark.parametrize("name", OWN_PAGES)
def test_quiet(tab: Tab, name: str) -> None:
    """Every kind of page loads without a word, a breach of its policy or a foreign request."""
    OWN_PAGES[name](tab)

    assert tab.page.locator("h1").count() == 1
    assert tab.page.locator("main").count() == 1
    assert tab.page.title()
