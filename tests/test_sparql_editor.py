"""The SPARQL editor in Chromium: what it shows and offers, whom it asks, what it leaves behind."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import DESK, PHONE, Look, Tab, browsing, requests_of
from fetching import there_or_skip
from servers import Server

from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LOOKS = [Look(width, is_dark) for width in (DESK, PHONE) for is_dark in (False, True)]
RUN = "#query-form button[type=submit]"
STORED = "() => [localStorage.length, sessionStorage.length, document.cookie, history.state]"
LEFT = [0, 0, "", None]
VALUE = "() => document.querySelector('.CodeMirror').CodeMirror.getValue()"
COLOUR = "() => getComputedStyle(document.querySelector('.CodeMirror')).backgroundColor"


@pytest.fixture(name="packed", scope="module", autouse=True)
def _packed(root: Path) -> None:
    """Skip where the editor could not be packed, but for CI, which has to have it."""
    found = importlib.util.spec_from_file_location("pack", root / "editor" / "pack.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    there_or_skip(module.missing())


@pytest.fixture(name="page")
def _page(tab: Tab) -> Tab:
    """Give a tab with the page of queries."""
    return opened(tab)


def opened(tab: Tab) -> Tab:
    """A tab in which the editor and what it offers are there."""
    with tab.page.expect_response("**/vocabulary.json"):
        tab.open("/sparql")
    tab.page.wait_for_selector(".CodeMirror")
    return tab


def write(tab: Tab, text: str) -> None:
    """Type a query in place of the one that is there."""
    tab.page.click(".CodeMirror")
    tab.page.keyboard.press("Control+A")
    tab.page.keyboard.press("Delete")
    tab.page.keyboard.type(text)


def offers(tab: Tab) -> list[str]:
    """What is offered at the cursor."""
    tab.page.wait_for_selector(".CodeMirror-hint")
    return [each.inner_text() for each in tab.page.query_selector_all(".CodeMirror-hint")]


def written(tab: Tab) -> str:
    """The query as it stands in the editor."""
    text: str = tab.page.evaluate(VALUE)
    return text


# ── Running ─────────────────────────────────────────────────────────────────────────────────


def test_an_example_runs(page: Tab, knowledge: KnowledgeGraph) -> None:
    """The first example runs by its button: all causes, how many, in which time; no address."""
    causes = shipped_rows(knowledge.store, "ask/causes").rows

    with requests_of(page) as sent:
        page.page.click(RUN)
        page.page.wait_for_selector("#summary")

    assert len(page.page.query_selector_all("#outcome tbody tr")) == len(causes)
    assert " rows, in " in page.page.inner_text("#summary")
    assert page.page.inner_text("#status") == page.page.inner_text("#summary")
    assert page.page.url == f"{page.url}/sparql"
    assert [(request.method, request.url) for request in sent] == [("POST", page.page.url)]


def test_another_example_is_taken_over(page: Tab) -> None:
    """A click on an example puts its query into the editor, and undo brings back the one before."""
    before = written(page)
    page.page.click("#examples a[href*='example=topics']")
    page.page.wait_for_function(
        "text => document.querySelector('.CodeMirror').CodeMirror.getValue() !== text", arg=before
    )

    assert "#+ summary: Which findings can the graph be asked about?" in written(page)
    page.page.keyboard.press("Control+Z")
    assert written(page) == before


def test_every_example_is_read_by_the_editor(page: Tab) -> None:
    """The editor finds nothing wrong with any shipped query."""
    links = page.page.query_selector_all("#examples a[href*='example=']")
    texts: list[str] = page.page.evaluate(
        "links => Promise.all(links.map(async link => new DOMParser().parseFromString("
        "await (await fetch(link, {headers: {Accept: 'text/html'}})).text(), 'text/html')"
        ".getElementById('query').value))",
        [each.get_attribute("href") for each in links],
    )

    assert len(texts) > 40
    for text in texts:
        page.page.evaluate(
            "text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", text
        )
        assert page.page.inner_text(".syntax") == "", text


def test_triples_by_subject(page: Tab) -> None:
    """What a CONSTRUCT or a DESCRIBE gives is shown by subject, with links to the pages."""
    write(page, "DESCRIBE eg:raised-serum-alp")
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Control+Enter")
    page.page.wait_for_selector("#outcome dl")

    assert page.page.get_attribute("#outcome h3 a", "href") == "/id/raised-serum-alp"


def test_a_file(page: Tab) -> None:
    """A button under a result gives it as a file, and stays on the page."""
    page.page.click(RUN)
    page.page.wait_for_selector("#summary")
    with page.page.expect_download() as coming:
        page.page.click("#outcome button:text-is('CSV')")

    assert coming.value.suggested_filename == "result.csv"
    assert Path(coming.value.path()).read_text("utf-8").startswith("cause,label,verdict")
    assert page.page.url == f"{page.url}/sparql"


def test_a_query_is_stopped(page: Tab) -> None:
    """While a query runs, the button stops it."""
    write(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.page.click(RUN)
    page.page.click("#query-form button:text-is('Stop')")
    page.page.wait_for_selector("#outcome .notice")

    assert page.page.inner_text("#outcome") == "Stopped."
    assert page.page.inner_text(RUN) == "Run"


# ── Helping ─────────────────────────────────────────────────────────────────────────────────


def test_classes_are_offered(page: Tab) -> None:
    """After `a` the classes of this graph come first, those whose name begins so before others."""
    write(page, "SELECT * { ?s a eg:Cause")
    found = offers(page)

    assert found[0].startswith("eg:CauseStatement")
    assert found[0].endswith("class")
    page.page.keyboard.press("Enter")
    assert written(page).endswith("?s a eg:CauseStatement")


def test_properties_are_offered(page: Tab) -> None:
    """Where a property belongs, properties come first."""
    write(page, "SELECT * { ?s eg:evid")

    assert offers(page)[0].startswith("eg:evidence")


def test_terms_are_offered_by_their_label(page: Tab) -> None:
    """A word of its label finds a term, without its prefix too."""
    write(page, "SELECT * { ?s ?p fractur")
    page.page.keyboard.press("Control+Space")

    assert any("healing fracture" in each for each in offers(page))


def test_variables_are_offered(page: Tab) -> None:
    """The variables of the query are offered."""
    write(page, "SELECT ?cause { ?ca")
    page.page.keyboard.press("Control+Space")

    assert offers(page) == ["?cause"]


def test_prefixes_are_declared(page: Tab) -> None:
    """A prefix is declared once, as soon as it is used; not in a text, a comment or an IRI."""
    write(page, "# rdfs:label\nSELECT * { ?s skos:prefLabel 'eg:x' ; <urn:owl:x> ?o }")

    assert written(page).count("PREFIX") == 1
    assert "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n" in written(page)


def test_a_mistake_is_marked(page: Tab) -> None:
    """What the server cannot read is said, its line is marked, and the cursor goes there."""
    write(page, "SELECT * {\n?s foo:x ?o }")
    assert page.page.inner_text(".syntax").startswith("Line 2: ")
    page.page.keyboard.press("Control+Enter")
    page.page.wait_for_selector("#outcome [role=alert]")

    assert "line 2, column 6: the prefix foo: is not known" in page.page.inner_text("#outcome")
    assert page.page.query_selector(".wrong") is not None
    page.page.keyboard.type("e")
    assert "efoo:x" in written(page)
    assert page.page.query_selector(".wrong") is None
    page.heard.forget_failed_loads()


def test_the_keyboard_leaves(page: Tab) -> None:
    """Tab leaves the editor for the next control, and leaves no space behind."""
    page.page.click(".CodeMirror")
    before = written(page)
    page.page.keyboard.press("Tab")

    assert page.page.evaluate("() => document.activeElement.textContent") == "Run"
    page.page.keyboard.press("Shift+Tab")
    page.page.keyboard.press("Shift+Tab")
    assert not page.page.evaluate("() => Boolean(document.activeElement.closest('.CodeMirror'))")
    assert written(page) == before


# ── Leaving nothing ─────────────────────────────────────────────────────────────────────────


def test_nobody_else_is_asked_and_nothing_is_kept(page: Tab) -> None:
    """Whatever is done, the editor asks this server alone, and the browser keeps nothing."""
    with requests_of(page) as sent:
        write(page, "SELECT * { ?s a foaf:Per")
        page.page.keyboard.press("Control+Space")
        write(page, "PREFIX xy")
        page.page.keyboard.press("Control+Space")
        write(page, "SELECT * { ?secret a eg:CauseStatement } LIMIT 3")
        page.page.keyboard.press("Escape")
        page.page.keyboard.press("Control+S")
        page.page.keyboard.press("Control+Enter")
        page.page.wait_for_selector("#summary")
        page.page.click("#examples a")

    assert page.page.evaluate(STORED) == LEFT
    assert all(request.url.startswith(page.url) for request in sent)
    assert not any("secret" in request.url for request in sent)


def test_below_a_result_nothing_is_kept_either(page: Tab) -> None:
    """The next visit begins with the example, and not with what was written last."""
    write(page, "SELECT * { ?secret ?p ?o } LIMIT 1")
    page.page.click(RUN)
    page.page.wait_for_selector("#summary")
    opened(page)

    assert "secret" not in written(page)


# ── Looking ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[-1]], ids=lambda each: each.name)
def test_accessibility(browser: Browser, site: Server, look: Look) -> None:
    """The rules of accessibility hold in every state: query, table, triples, offers, mistake."""
    with browsing(browser, site.url, look) as tab:
        opened(tab)
        found = {"query": violations(tab)}
        tab.page.click(RUN)
        tab.page.wait_for_selector("#summary")
        found["table"] = violations(tab)
        write(tab, "SELECT * {\n?s a eg:Cause")
        offers(tab)
        found["offers"] = violations(tab)
        tab.page.keyboard.press("Escape")
        tab.page.keyboard.press("Control+Enter")
        tab.page.wait_for_selector("#outcome [role=alert]")
        found["mistake"] = violations(tab)
        write(tab, "DESCRIBE eg:raised-serum-alp ")
        tab.page.keyboard.press("Control+Enter")
        tab.page.wait_for_selector("#outcome dl")
        found["triples"] = violations(tab)
        tab.heard.forget_failed_loads()

    assert [each for every in found.values() for each in every] == []


def violations(tab: Tab) -> list[str]:
    """What axe-core finds, by rule and place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab.page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['target']}" for each in found]


@pytest.mark.parametrize("look", LOOKS, ids=lambda each: each.name)
def test_it_fits(browser: Browser, site: Server, look: Look) -> None:
    """The page is as wide as the window, its offers too, and the editor is as dark as the page."""
    with browsing(browser, site.url, look) as tab:
        opened(tab)
        write(tab, "SELECT * {\n?s a eg:Cause")
        offers(tab)

        assert tab.width_of_content() == look.width
        box = tab.page.locator(".CodeMirror-hints").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= look.width
        background = tab.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert tab.page.evaluate(COLOUR) == background


def test_without_scripts(browser: Browser, site: Server) -> None:
    """Without scripts the form does the same: the page with the result, at the same address."""
    with browsing(browser, site.url, Look(runs_scripts=False)) as tab:
        tab.open("/sparql")
        tab.page.fill("#query", "SELECT ?s { ?s a eg:CauseStatement } ORDER BY ?s LIMIT 3")
        tab.page.click(RUN)

        assert tab.page.inner_text("#summary") == "3 rows."
        assert tab.page.url == f"{site.url.rstrip('/')}/sparql"


def test_without_the_editor(tab: Tab) -> None:
    """Where the editor does not come, the field stays, and a query runs in place all the same."""
    tab.page.route("**/yasqe.min.js*", lambda route: route.abort())
    tab.open("/sparql")
    tab.page.fill("#query", "SELECT ?s { ?s a eg:CauseStatement } ORDER BY ?s LIMIT 3")
    tab.page.click(RUN)
    tab.page.wait_for_selector("#summary")

    assert tab.page.inner_text("#summary").startswith("3 rows, in ")
    assert tab.page.query_selector(".CodeMirror") is None
    tab.heard.forget_failed_loads()
