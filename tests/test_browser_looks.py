"""Every kind of page as it is seen: at every width, light, dark and printed; the pictures are kept.

They are written to `build/screenshots`, to be looked at.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from browsing import DESK, PHONE, TABLET, Tab
from own_pages import OWN_PAGES

pytestmark = pytest.mark.browser

NARROW: Final = 320
"""Pixels of a desk at 400 %."""
A4: Final = 794
_MOST: Final = 6000
"""Pixels of height that are kept of a page."""
_PAGE_OF_PDF: Final = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(name="folder", scope="module")
def _folder(root: Path) -> Path:
    folder = root / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("name", OWN_PAGES)
def test_fits(tab: Tab, folder: Path, name: str) -> None:
    """No page has to be scrolled sideways, from 320 px on."""
    OWN_PAGES[name](tab)

    for width in (DESK, TABLET, PHONE):
        tab.page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            tab.page.screenshot(
                path=folder / f"{name}-{width}-{scheme}.png",
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": _MOST},
            )
        assert tab.width_of_content() <= width
    tab.page.set_viewport_size({"width": NARROW, "height": 900})
    assert tab.width_of_content() <= NARROW


@pytest.mark.parametrize(("name", "pages"), [("answer", 1), ("answer-values", 2)])
def test_prints(tab: Tab, folder: Path, name: str, pages: int) -> None:
    """An answer is printed on one page, with pictures of values on two, and without the form.

    Its ids stand on it, and so does what it is not for.
    """
    OWN_PAGES[name](tab)
    tab.page.emulate_media(media="print", color_scheme="light")
    tab.page.set_viewport_size({"width": A4, "height": 1123})
    tab.page.screenshot(path=folder / f"{name}-print.png", full_page=True)
    printed = tab.page.pdf(path=folder / f"{name}.pdf", format="A4")

    assert len(_PAGE_OF_PDF.findall(printed)) <= pages
    assert not tab.page.locator("#case").is_visible()
    assert tab.page.locator("#cause-1 a.id").first.is_visible()
    assert tab.page.get_by_text("Not a diagnosis").last.is_visible()
