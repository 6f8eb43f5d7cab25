"""The scripts of the ask page, each by itself, on a page in miniature."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from small_page import SmallPage, small_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

BUNDLE = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}] * 3}


@pytest.fixture(name="small")
def _small(browser: Browser) -> Iterator[SmallPage]:
    with small_page(browser) as found:
        yield found


@pytest.fixture(name="page")
def _page(small: SmallPage) -> Page:
    return small.tab.page


def focused(page: Page) -> str:
    """The id of the element that has the focus."""
    found: str = page.evaluate("() => document.activeElement.id")
    return found


def offered(page: Page) -> list[str]:
    """The names that are offered."""
    return [each.split("\n")[0].strip() for each in page.get_by_role("option").all_inner_texts()]


def ask(page: Page, question: str = "raised calcium") -> None:
    """Ask in words, and wait for the answer."""
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_selector("#answer h2")


# ── Asking ──────────────────────────────────────────────────────────────────────────────────


def test_ask(small: SmallPage, page: Page) -> None:
    """The answer is put into the page, told, and is what is read next; the address stays."""
    before = page.url

    ask(page)

    empty = dict.fromkeys(("before", "has", "lab-1-value", "question-read", "record"), "")
    sent = {"question": "raised calcium", "lab-1-marker": "eg:C", "do": "ask", **empty}
    assert small.sent == [sent]
    assert page.inner_text("#answer h2") == "Answer 1"
    assert small.status() == "Answer: 1."
    assert focused(page) == "answer"
    assert page.url == before
    assert page.evaluate("() => [history.length, history.state]") == [2, None]


def test_ask_by_button(small: SmallPage, page: Page) -> None:
    """Which button was pressed is sent too, and a proof that was asked for is read next."""
    ask(page)
    page.get_by_role("button", name="why").click()
    page.wait_for_selector("text=Answer 2")

    assert small.sent[-1]["why"] == "1"
    assert focused(page) == "why-1"


def test_nothing_is_kept(page: Page) -> None:
    """Nothing of a case is in the storage of the browser, a cookie or the history."""
    ask(page)

    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, document.cookie, history.state,"
        " (await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert kept == [0, 0, "", None, 0, 0]


def test_typing_is_not_overwritten(small: SmallPage, page: Page) -> None:
    """What is typed while an answer is on its way stays, and so does the focus."""
    small.holds = True
    page.fill("#question", "first")
    with page.expect_request(lambda request: request.method == "POST"):
        page.press("#question", "Enter")
    page.focus("#has-1")
    page.keyboard.type("hyper")
    assert page.get_attribute("#answer", "aria-busy") == "true"

    small.reply(small.held.pop())
    page.wait_for_selector("#answer h2")

    assert page.input_value("#has-1") == "hyper"
    assert focused(page) == "has-1"
    assert page.get_attribute("#answer", "aria-busy") is None


def test_the_last_question_counts(small: SmallPage, page: Page) -> None:
    """Of two questions on their way, only the answer to the later one is shown."""
    small.holds = True
    for question in ("first", "second"):
        page.fill("#question", question)
        with page.expect_request(lambda request: request.method == "POST"):
            page.press("#question", "Enter")
    _, later = small.held

    small.reply(later)
    page.wait_for_selector("#answer h2")

    assert page.input_value("#question") == "second"
    assert [each["question"] for each in small.sent] == ["second"]


def test_refusal(small: SmallPage, page: Page) -> None:
    """What the server says in place of an answer is told, and nothing that was typed is lost."""
    small.tab.page.on("response", lambda _: small.tab.heard.forget_failed_loads())
    small.refusal = "the server is busy."
    page.fill("#question", "raised calcium")
    page.press("#question", "Enter")
    page.wait_for_selector("text=the server is busy.")

    assert page.input_value("#question") == "raised calcium"

    small.refusal = ""
    page.press("#question", "Enter")
    page.wait_for_selector("#answer h2")
    small.tab.heard.forget_failed_loads()


def test_what_cannot_be_read(small: SmallPage, page: Page) -> None:
    """A field that cannot be read is the one that has the focus."""
    small.wrong = True
    page.fill("#has-1", "?")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_selector("text=could not be read")

    assert focused(page) == "has-1"
    assert page.input_value("#has-1") == "?"


def test_download(small: SmallPage, page: Page) -> None:
    """A download is the browser's own affair: the form is sent as it would be without scripts."""
    ask(page)

    with page.expect_navigation():
        page.get_by_role("button", name="JSON").click()

    assert small.sent[-1]["do"] == "json"


def test_copy(browser: Browser) -> None:
    """The note is copied without leaving the page."""
    with small_page(browser, ["clipboard-read", "clipboard-write"]) as small:
        page = small.tab.page
        ask(page)

        page.get_by_role("button", name="Copy").click()
        page.wait_for_selector("text=Copied.")

        assert page.evaluate("() => navigator.clipboard.readText()") == "the note"
        assert page.inner_text("#answer h2") == "Answer 1"


# ── What if ─────────────────────────────────────────────────────────────────────────────────


def test_no_answer_no_comparison(small: SmallPage, page: Page) -> None:
    """Before there is an answer, nothing that is typed is sent."""
    page.fill("#lab-1-value", "3")
    page.press("#lab-1-value", "Tab")
    ask(page)

    assert len(small.sent) == 1


def test_what_if(small: SmallPage, page: Page) -> None:
    """A change of a field asks again by itself, and whoever made it stays where they are."""
    ask(page)
    page.fill("#lab-1-value", "3")
    page.press("#lab-1-value", "Tab")
    page.wait_for_selector("text=Answer 2")

    assert small.sent[-1]["do"] == "compare"
    assert small.sent[-1]["before"] == "1"
    assert small.sent[-1]["lab-1-value"] == "3"
    assert focused(page) == "lab-2-value"
    assert small.status() == "Answer: 2."
    assert page.input_value("[name=before]") == "2"


def test_what_if_waits_for_a_line_that_was_changed(small: SmallPage, page: Page) -> None:
    """A line that was not asked yet is another patient's: no row is sent with it by itself."""
    ask(page)
    page.fill("#question", "raised calcium in a child")
    page.fill("#lab-1-value", "3")
    page.press("#lab-1-value", "Tab")
    page.fill("#question", "raised calcium")
    page.fill("#lab-1-value", "4")
    page.press("#lab-1-value", "Tab")
    page.wait_for_selector("text=Answer 2")

    assert [each["question"] for each in small.sent] == ["raised calcium"] * 2
    assert small.sent[-1]["lab-1-value"] == "4"


def test_what_if_that_cannot_be_read(small: SmallPage, page: Page) -> None:
    """A change that cannot be read leaves the answer, and is told at its field."""
    ask(page)
    small.wrong = True
    page.fill("#has-1", "?")
    page.press("#has-1", "Tab")
    page.wait_for_selector("text=The answer is still the one before.")

    assert page.inner_text("#answer h2") == "Answer 1"
    assert page.get_attribute("#has-1", "aria-invalid") == "true"


def test_a_step_leads_to_its_row(page: Page) -> None:
    """A next step leads to the field that takes its result."""
    ask(page)

    page.get_by_role("link", name="phosphate").click()

    assert focused(page) == "lab-2-value"


# ── Names ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("hyper", ["hypercalcemia", "hyperparathyroidism"]),
        ("calc", ["hypercalcemia"]),
        ("hca", ["hypercalcemia"]),
        ("over para", ["hyperparathyroidism"]),
        ("E21.3", ["hyperparathyroidism"]),
        ("sjogren", ["Sjögren syndrome"]),
        ("SJÖ", ["Sjögren syndrome"]),
        ("parathyroidism", []),
        ("zzz", []),
    ],
)
def test_names(small: SmallPage, page: Page, typed: str, names: list[str]) -> None:
    """Names are offered by the beginnings of words of labels, synonyms, short forms and codes.

    What is typed is not sent.
    """
    page.focus("#has-1")
    page.keyboard.type(typed)
    page.wait_for_function(
        "() => document.querySelector('[role=combobox] ~ [role=status]').textContent"
    )

    assert offered(page) == names
    assert small.sent == []
    assert small.asked_for.count("names.json") == 1


def test_name_by_keyboard(page: Page) -> None:
    """Arrows go through the names, Enter takes one and sends nothing, Escape leaves the list."""
    page.focus("#has-1")
    page.keyboard.type("hyper")
    page.get_by_role("option").first.wait_for()
    box = page.locator("#has-1")
    assert box.get_attribute("aria-expanded") == "true"
    assert box.get_attribute("aria-activedescendant") is None

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")

    active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert active.get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    assert box.input_value() == "hyperparathyroidism"
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "hyperparathyroidism"
    assert page.locator("#answer h2").count() == 0


def test_name_by_mouse(page: Page) -> None:
    """A click takes a name, and the field keeps the focus."""
    page.focus("#has-1")
    page.keyboard.type("raised")
    page.get_by_role("option", name="hypercalcemia").click()

    assert page.input_value("#has-1") == "hypercalcemia"
    assert focused(page) == "has-1"


def test_a_list_leaves_nothing(small: SmallPage, page: Page) -> None:
    """A field that is left is as it was, its list for browsers without scripts included."""
    before = small.tab.elements()
    page.focus("#has-1")
    page.keyboard.type("hyper")
    page.get_by_role("option").first.wait_for()
    assert page.get_attribute("#has-1", "list") is None

    page.focus("#lab-1-value")

    assert small.tab.elements() == before


# ── Rows and records ────────────────────────────────────────────────────────────────────────


def test_rows(page: Page) -> None:
    """A row that is added has a number of its own, a label, names offered, and the focus."""
    for number in (2, 3):
        page.get_by_role("button", name="Add a condition").click()
        assert focused(page) == f"has-{number}"
    page.keyboard.type("hyper")
    page.get_by_role("option").first.wait_for()

    assert page.locator("#conditions label").count() == 3
    assert page.locator("#conditions input[name=has]").count() == 3


def drop(page: Page, *files: tuple[str, str]) -> None:
    """Drop files on the page."""
    transfer = page.evaluate_handle(
        """files => {
          const transfer = new DataTransfer();
          for (const [name, text] of files) transfer.items.add(new File([text], name));
          return transfer;
        }""",
        [list(each) for each in files],
    )
    for event in ("dragover", "drop"):
        page.dispatch_event("h1", event, {"dataTransfer": transfer})


def test_drop(small: SmallPage, page: Page) -> None:
    """The text of a file that is dropped is in the field, which is told; nothing is sent."""
    text = json.dumps(BUNDLE)

    drop(page, ("patient.json", text))
    page.wait_for_selector("text=patient.json was taken: 3 resources.")

    assert page.input_value("#text") == text
    assert focused(page) == "text"
    assert small.sent == []


def test_choose(small: SmallPage, page: Page) -> None:
    """A file that is chosen is taken in the same way, and is no field of the form."""
    lines = "\n".join([json.dumps({"resourceType": "Patient"})] * 2)

    page.locator("input[type=file]").set_input_files(
        {"name": "lines.ndjson", "mimeType": "application/json", "buffer": lines.encode()}
    )
    page.wait_for_selector("text=lines.ndjson was taken: 2 resources.")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_selector("#answer h2")

    assert small.sent[0]["record"].replace("\r\n", "\n") == lines


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([("scan.pdf", "%PDF")], "scan.pdf was not taken: it is not JSON."),
        ([("empty.json", "[]")], "empty.json was not taken: it is empty."),
        ([("long.json", f'["{"x" * 2_000_000}"]')], "it is too long for a form"),
        ([("a.json", "{}"), ("b.json", "{}")], "One file at a time"),
    ],
)
def test_files_that_are_none(page: Page, files: list[tuple[str, str]], why: str) -> None:
    """A file that is no record is not taken, and why is said."""
    drop(page, *files)
    page.wait_for_selector(f"text={why}")

    assert page.input_value("#text") == ""
