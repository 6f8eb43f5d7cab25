"""What a browser keeps, sends and fetches: nothing of a case but to where it is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest
from browsing import Tab, browsing, requests_of
from proxies import behind_a_proxy
from servers import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CANARY: Final = "c4n4ry"
SENTENCE: Final = f"causes of raised ALP given multiple myeloma and {CANARY}question"
RECORD: Final = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "name": [{"family": f"{CANARY}family"}]}},
        {"resource": {"resourceType": "Observation", "status": "final", "code": {"text": CANARY}}},
    ],
}
MOST: Final = 100_000
"""Bytes that a first answer may take, with all that the page needs."""
_KEPT: Final = """
async () => [
  document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage),
  JSON.stringify(history.state), location.href, document.referrer, window.name,
  JSON.stringify(await indexedDB.databases()), JSON.stringify(await caches.keys()),
].join(" ")
"""
_WATCH_SHIFTS: Final = """
window.shifts = [];
const belongs = node => {
  const answer = document.getElementById("answer");
  return !answer || !node || answer.contains(node)
    || Boolean(answer.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING);
};
new PerformanceObserver(list => {
  for (const { value, sources } of list.getEntries()) {
    const moved = sources.map(each => each.node).filter(node => !belongs(node));
    if (moved.length) window.shifts.push(moved.map(node => node.outerHTML ?? node.data).join());
  }
}).observe({ type: "layout-shift", buffered: true });
"""
"""Notes what moves on the page, but for the answer and what stands behind it."""


def ask(page: Page, sentence: str) -> None:
    """Type a question in words, and wait for its answer."""
    page.fill("#question", sentence)
    page.press("#question", "Enter")
    page.wait_for_selector("#answer h2")


def test_nothing_of_a_case_is_kept(tab: Tab, site: Server) -> None:
    """What is typed is in no address, header, log, cookie, storage or history, whatever is done."""
    page = tab.page
    seen = []
    with requests_of(tab) as sent:
        tab.open("/")
        page.locator("input[name=has]").first.fill(f"{CANARY}condition")
        page.locator("input[name=drug-1]").fill(f"{CANARY}drug")
        page.locator("#record > summary").click()
        page.fill("textarea[name=record]", json.dumps(RECORD))
        ask(page, SENTENCE)
        seen.append(page.evaluate(_KEPT))
        page.locator("button[name=why]").first.click()
        page.wait_for_selector("div.why")
        page.fill("#age", f"{CANARY}age")
        page.get_by_role("button", name="Ask", exact=True).last.click()
        page.wait_for_selector("#age[aria-invalid]")
        seen.append(page.evaluate(_KEPT))
        page.get_by_role("link", name="Sources").first.click()
        page.wait_for_url("**/sources")
        seen.append(page.evaluate(_KEPT))
        page.go_back()
        seen.append(page.evaluate(_KEPT))
    tab.heard.forget_failed_loads()

    for each in sent:
        headers = json.dumps({**each.headers, "": each.url})
        assert CANARY not in headers, each.url
        assert each.method == "GET" or each.url == f"{tab.url}/ask"
    assert CANARY not in "".join(seen)
    assert page.context.cookies() == []
    assert CANARY not in site.log.read_text("utf-8")


def test_first_answer_is_small(tab: Tab) -> None:
    """The page, all that it needs and the first answer take less than 100 kB."""
    wire = tab.page.context.new_cdp_session(tab.page)
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda each: sizes.append(each["encodedDataLength"]))
    wire.send("Network.enable")

    tab.open("/")
    ask(tab.page, "causes of raised ALP given multiple myeloma and normal GGT")
    tab.page.wait_for_load_state("networkidle")

    assert len(sizes) > 3
    assert 10_000 < sum(sizes) < MOST


def test_shifts_are_seen(tab: Tab) -> None:
    """The test below can fail: what moves on a page is noticed."""
    tab.page.add_init_script(_WATCH_SHIFTS)
    tab.open("/ask")
    tab.page.evaluate(
        "() => requestAnimationFrame(() => document.querySelector('h1').before("
        "Object.assign(document.createElement('p'), { textContent: 'more' })))"
    )

    tab.page.wait_for_function("() => window.shifts.length > 0")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps(tab: Tab, width: int) -> None:
    """Nothing moves while the page loads, nor when an answer is put in, but for the answer."""
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.page.add_init_script(_WATCH_SHIFTS)
    tab.open("/")
    ask(tab.page, "causes of raised ALP given multiple myeloma and normal GGT")
    tab.page.wait_for_load_state("networkidle")
    tab.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))"
    )

    assert tab.page.evaluate("() => window.shifts") == []


def test_below_a_path(browser: Browser, tmp_path: Path) -> None:
    """Behind a proxy that serves it below a path, every link, file, form and script stays there."""
    with behind_a_proxy(tmp_path / "log") as (url, strayed), browsing(browser, url) as tab:
        page = tab.page
        with requests_of(tab) as sent:
            tab.open("/")
            page.locator("input[name=has]").first.press_sequentially("mye")
            page.get_by_role("option").first.wait_for()
            ask(page, "causes of raised ALP given multiple myeloma and normal GGT")
            page.locator("#cause-9 button[name=why]").click()
            page.wait_for_selector("#why-9")
            with page.expect_download():
                page.locator("#downloads button[value=json]").click()
            addresses = tab.addresses()
            page.locator("#cause-1 a.name").click()
            page.wait_for_url(f"{url}/id/*")
            tab.open("/sparql")

        assert len(sent) > 10
        assert strayed == []
        own = [each for each in addresses if urlsplit(each).netloc == urlsplit(url).netloc]
        assert own
        assert all(each.startswith(f"{url}/") for each in own)
