"""What people do on the page where a case is asked, from the first key to the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from browsing import Look, Tab, browsing
from click.testing import CliRunner
from records import condition, observation, record
from servers import Server

from kg.cli import main

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

SENTENCE: Final = "causes of raised ALP given multiple myeloma and normal GGT"
OPTIONS: Final = ("--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal")
SIGNS: Final = {
    "●": "candidate",
    "?": "undetermined",
    "▽": "argued against",
    "✕": "excluded",
    "✓": "candidate",
}
_HAS_FOCUS: Final = """
each => {
  const seen = [each, each.closest("label"), each.nextElementSibling].filter(Boolean);
  return seen.some(one => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
}
"""
"""Whether an element, or the label that stands for it, is seen to have the focus."""

Row = tuple[str, str]


@pytest.fixture(name="typed", scope="module")
def _typed() -> list[Row]:
    """Give the causes that the command line gives, with their verdicts."""
    found = json.loads(_command("ask", *OPTIONS, "--format", "json"))
    return [(each["label"], each["verdict"]) for each in found["causes"]]


@pytest.fixture(name="page")
def _page(tab: Tab) -> Page:
    tab.open("/")
    return tab.page


def _command(*arguments: str) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def shown(page: Page) -> list[Row]:
    """The causes on a page, in their order, each with its verdict as its sign says it."""
    rows = page.locator("#causes li[id^=cause-]").all()
    return [(row.locator("a.name").inner_text(), SIGNS[_sign_of(row)]) for row in rows]


def _sign_of(row: Locator) -> str:
    return row.locator(".verdict [aria-hidden]").first.inner_text().strip()


def ask(page: Page, sentence: str = SENTENCE) -> None:
    """Type a question in words, and wait for its answer."""
    page.fill("#question", sentence)
    page.press("#question", "Enter")
    page.wait_for_selector("#answer h2")


def focused(page: Page) -> str:
    """The id of the element that has the focus."""
    found: str = page.evaluate("() => document.activeElement.id")
    return found


# ── Asking ──────────────────────────────────────────────────────────────────────────────────


def test_by_a_sentence(page: Page, typed: list[Row]) -> None:
    """One typed sentence is answered on the same page, and the answer is told and read next."""
    ask(page)

    assert shown(page) == typed
    assert page.inner_text("#status").startswith(f"Answer: {len(typed)} causes")
    assert focused(page) == "answer"
    assert page.url.endswith("/")


def test_by_mouse(page: Page, typed: list[Row]) -> None:
    """A case that is put together by mouse has the same answer as the sentence."""
    row = page.get_by_role("group", name="multiple myeloma")
    row.get_by_role("radio", name="yes").click()
    for marker, state in (("ALP", "high"), ("GGT", "normal")):
        page.get_by_role("group", name=marker, exact=True).get_by_label("Result").select_option(
            state
        )
    page.get_by_role("button", name="Ask", exact=True).last.click()
    page.wait_for_selector("#answer h2")

    assert shown(page) == typed


def test_without_scripts(browser: Browser, site: Server, typed: list[Row]) -> None:
    """Without scripts the page answers, proves, compares, and leads back to a field."""
    with browsing(browser, site.url, Look(runs_scripts=False)) as tab:
        page = tab.page
        tab.open("/")
        ask(page)
        assert shown(page) == typed

        page.locator("#cause-9").get_by_role("button", name="why").click()
        page.wait_for_selector("#why-9")
        assert page.url.endswith("/ask#why-9")

        page.get_by_role("group", name="GGT", exact=True).get_by_label("Result").select_option(
            "high"
        )
        page.get_by_role("button", name="Ask, and show what changes").click()
        page.wait_for_selector("#changes")
        assert shown(page) != typed

        link = page.locator("#steps a[data-field]").first
        target = link.get_attribute("data-field")
        link.click()
        assert page.url.endswith(f"#{target}")
        assert page.locator(f"#case #{target}").count() == 1


def test_by_keyboard(page: Page, typed: list[Row]) -> None:
    """By keyboard alone: the form, the answer, a proof and a next step, with the focus in sight."""
    _tab_to(page, "input[name=question]")
    _tab_to(page, "input[name^=finding-][value='']")
    page.keyboard.press("ArrowRight")  # around to the first answer, which is yes
    assert page.evaluate("() => document.activeElement.value") == "yes"
    for state, downs in (("high", 3), ("normal", 2)):
        _tab_to(page, "select[name$=-state]")
        for _ in range(downs):
            page.keyboard.press("ArrowDown")
        assert page.evaluate("() => document.activeElement.value") == state
    _tab_to(page, "button[name=do][value=ask]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer h2")
    assert shown(page) == typed

    _tab_to(page, "#cause-1 summary")
    page.keyboard.press("Enter")
    assert page.locator("#cause-1 details").first.get_attribute("open") is not None
    _tab_to(page, "#cause-9 button[name=why]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#why-9")
    assert focused(page) == "why-9"
    _tab_to(page, "#steps a[data-field]")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.closest('#case') !== null")


def _tab_to(page: Page, wanted: str) -> None:
    """Press Tab until an element of that kind has the focus; each on the way is seen to have it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        at = page.locator(":focus")
        assert at.count() == 1, wanted
        assert at.evaluate(_HAS_FOCUS), at.evaluate("each => each.outerHTML")
        if at.evaluate("(each, wanted) => each.matches(wanted)", wanted):
            return
    pytest.fail(f"{wanted} is not reached")


@pytest.mark.parametrize("typed", ["plasma cell mye", "PCM", "C90.0"])
def test_type_ahead(page: Page, typed: str) -> None:
    """A synonym, an abbreviation and a code bring the term under a field, and one key takes it."""
    page.locator("input[name=has]").first.press_sequentially(typed)
    option = page.get_by_role("option", name="multiple myeloma").first
    option.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    assert page.locator("input[name=has]").first.input_value() == "multiple myeloma"


def test_fhir_drop(page: Page, tmp_path: Path) -> None:
    """A record that is dropped on the page fills the form when it is asked, and has its answer."""
    text = record(condition(), observation())
    given = page.evaluate_handle(
        """text => {
          const given = new DataTransfer();
          given.items.add(new File([text], "record.json", { type: "application/json" }));
          return given;
        }""",
        text,
    )
    page.dispatch_event("body", "drop", {"dataTransfer": given})
    page.wait_for_selector("text=record.json was taken")
    page.get_by_role("button", name="Ask", exact=True).last.click()
    page.wait_for_selector("#answer h2")

    path = tmp_path / "record.json"
    path.write_text(text, "utf-8")
    found = json.loads(_command("ask", "--fhir", str(path), "--format", "json"))
    assert shown(page) == [(each["label"], each["verdict"]) for each in found["causes"]]


# ── What stands behind an answer ────────────────────────────────────────────────────────────


def test_evidence(tab: Tab, page: Page) -> None:
    """The evidence of a cause opens beside it, and each id leads to its statement."""
    ask(page)
    cause = page.locator("#cause-1")
    link = cause.locator(".evidence dt a.id").first
    assert not link.is_visible()
    cause.get_by_text("Evidence").click()
    assert link.is_visible()

    name = link.inner_text()
    link.click()
    page.wait_for_url(f"{tab.url}/statement/{name}")
    assert name in page.inner_text("main")


def test_why(page: Page) -> None:
    """The proof of a row opens in its place, is read next, and names statements that exist."""
    ask(page)
    page.locator("#cause-9").get_by_role("button", name="why").click()
    page.wait_for_selector("#why-9")

    assert focused(page) == "why-9"
    assert page.locator("#cause-9 #why-9 a.id").count() > 0


def test_what_if(page: Page, typed: list[Row]) -> None:
    """One field that is changed asks again by itself, and what moves stands above the answer."""
    ask(page)
    field = page.get_by_role("group", name="GGT", exact=True).get_by_label("Result")
    field.select_option("high")
    page.wait_for_selector("#changes")

    moved = dict(shown(page))
    assert moved != dict(typed)
    changes = page.inner_text("#changes")
    assert any(label in changes for label, verdict in typed if moved.get(label) != verdict)
    assert page.inner_text("#status").startswith("Answer changed.")


def test_next_step(page: Page) -> None:
    """A next step leads to the field that takes its result, and the result moves the answer."""
    ask(page)
    link = page.locator("#steps a[data-field]", has_text="25-hydroxyvitamin D").first
    link.click()
    row = page.locator("#case fieldset:focus-within").last
    row.get_by_label("Result").select_option("low")
    page.wait_for_selector("#changes")

    assert "vitamin D deficiency" in page.inner_text("#changes")


@pytest.mark.parametrize("form", ["text", "md", "json", "csv", "ttl"])
def test_download(page: Page, form: str) -> None:
    """A file that is taken away has the bytes that the command line writes."""
    ask(page)
    with page.expect_download() as coming:
        page.locator(f"#downloads button[value={form}]").click()

    content = Path(coming.value.path()).read_text("utf-8")
    assert content == _command("ask", SENTENCE, "--format", form)
