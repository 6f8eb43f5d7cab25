"""Pictures in Chromium, in its own letters: legible on a phone, in the dark and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

import pytest
from browsing import DESK, PHONE, Look, Tab, browsing
from servers import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LOOKS: Final = (Look(PHONE), Look(DESK), Look(DESK, is_dark=True))
FORM: Final = (
    ("has", "multiple myeloma"),
    ("drug-1", "bortezomib"), ("drug-1-start", "2025-01-10"),
    ("lab-1-marker", "ALP"), ("lab-1-value", "130"), ("lab-1-unit", "U/L"), ("lab-1-low", "35"),
    ("lab-1-high", "105"), ("lab-1-date", "2025-02-09"),
    ("lab-2-marker", "ALP"), ("lab-2-value", "100"), ("lab-2-unit", "U/L"), ("lab-2-low", "35"),
    ("lab-2-high", "105"), ("lab-2-date", "2025-01-08"),
    ("lab-3-marker", "GGT"), ("lab-3-state", "normal"),
    ("why", "2"), ("picture", "graph"),
)  # fmt: skip
"""A case that has every picture of an answer, asks why the second stands, and wants all drawn."""
_OPEN: Final = "() => document.querySelectorAll('details').forEach(each => each.open = true)"
_LOOK_AT: Final = """
() => [...document.querySelectorAll("figure.picture")].map(figure => {
  const drawing = figure.querySelector("svg"), frame = drawing.getBoundingClientRect();
  const texts = [...drawing.querySelectorAll("text")];
  const boxes = texts.map(each => each.getBoundingClientRect());
  const isOut = box => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
  const meet = (one, other) => one.left < other.right - 1 && other.left < one.right - 1
    && one.top < other.bottom - 3 && other.top < one.bottom - 3;
  return {
    name: drawing.querySelector("title").textContent,
    smallest: Math.min(...texts.map(each => parseFloat(getComputedStyle(each).fontSize)
      * frame.width / drawing.viewBox.baseVal.width)),
    outside: texts.filter((_, n) => isOut(boxes[n])).map(each => each.textContent),
    touching: texts.filter((_, n) => boxes.slice(n + 1).some(each => meet(boxes[n], each)))
      .map(each => each.textContent),
    links: [...drawing.querySelectorAll("a")].map(each => each.getBoundingClientRect())
      .filter(box => Math.min(box.width, box.height) < 24).length,
    region: figure.firstElementChild.tabIndex,
  };
})
"""


class Seen(TypedDict):
    """What stands on the screen of one picture."""

    name: str
    smallest: float
    outside: list[str]
    touching: list[str]
    links: int
    region: int


def _look_at(tab: Tab) -> list[Seen]:
    """Every picture of a page, with all that is folded opened."""
    tab.page.evaluate(_OPEN)
    seen: list[Seen] = tab.page.evaluate(_LOOK_AT)
    for each in seen:
        assert each["smallest"] >= 12, each
        assert not each["outside"], each
        assert not each["touching"], each
        assert not each["links"], each
        assert each["region"] == 0
    assert tab.width_of_content() <= (tab.page.viewport_size or {"width": 0})["width"]
    return seen


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_pictures_of_an_answer_can_be_read(browser: Browser, site: Server, look: Look) -> None:
    """No letter is below 12 pixels, lies on another or outside, and the page is not wider."""
    with browsing(browser, site.url, look) as tab:
        tab.post("/ask", FORM)

        seen = _look_at(tab)

    assert {each["name"] for each in seen} == {
        "ALP on its scale",
        "ALP over time",
        "How the facts lead to the answer",
        "Why: second malignancy with bone metastases: candidate",
    }


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("path", ["/document/A", "/document/B", "/id/raised-serum-alp"])
def test_the_pictures_of_reading_pages_can_be_read(
    browser: Browser, site: Server, path: str, look: Look
) -> None:
    """The same holds of the lines of a document and of a term among its neighbours."""
    with browsing(browser, site.url, look) as tab:
        tab.open(path)

        assert len(_look_at(tab)) == 1


def test_a_picture_on_paper_is_as_wide_as_the_paper(browser: Browser, site: Server) -> None:
    """In print a wide picture is made smaller, and nothing of it is cut."""
    with browsing(browser, site.url, Look(PHONE)) as tab:
        tab.post("/ask", FORM)
        tab.page.evaluate(_OPEN)
        tab.page.emulate_media(media="print")

        widths = tab.page.evaluate(
            "() => [...document.querySelectorAll('.picture svg')]"
            ".map(each => each.getBoundingClientRect().right)"
        )

    assert len(widths) == 4
    assert max(widths) <= PHONE


def test_a_reader_without_eyes_gets_name_words_and_links(browser: Browser, site: Server) -> None:
    """A picture has a name and a description, and its links say where they lead."""
    with browsing(browser, site.url) as tab:
        tab.post("/ask", FORM)
        tab.page.evaluate(_OPEN)

        scale = tab.page.get_by_role("group", name="ALP on its scale")
        graph = tab.page.get_by_role("group", name="How the facts lead to the answer")

        assert (
            "Of the patient: ALP high, 130 U/L" in scale.get_by_text("Of the patient").inner_html()
        )
        assert scale.get_by_role("link", name="B043: ALP above 2 × ULN").count() == 1
        assert graph.get_by_role("link", name="vitamin D deficiency, candidate").count() == 1
        assert graph.get_by_role("link", name="A004").count() == 1
