"""The rules of axe-core on every kind of page: light and dark, on a desk and on a telephone."""

from __future__ import annotations

from typing import Any, Final

import pytest
from browsing import DESK, PHONE, Tab
from own_pages import OWN_PAGES

pytestmark = pytest.mark.browser

LOOKS: Final = tuple((width, scheme) for width in (DESK, PHONE) for scheme in ("light", "dark"))
_SHORTEN: Final = """
() => document.querySelectorAll(":is(li, tr, dt, dd):nth-child(n + 25)").forEach(
  each => each.remove())
"""
"""Long lists are checked by their first lines: the others are alike, and axe looks at each."""


def violations(tab: Tab) -> list[str]:
    """Each rule that the page breaks, with the first elements that break it."""
    from axe_playwright_python.sync_playwright import Axe

    found: dict[str, Any] = Axe().run(tab.page).response
    return [
        f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in found["violations"]
    ]


def in_each_look(tab: Tab) -> dict[str, list[str]]:
    """The rules that the page breaks in each of the four looks."""
    found = {}
    for width, scheme in LOOKS:
        tab.page.set_viewport_size({"width": width, "height": 900})
        tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found[f"{width} {scheme}"] = violations(tab)
    return found


def test_axe_can_find(tab: Tab) -> None:
    """The check can fail: an image without a text is found."""
    tab.open("/robots.txt")
    tab.page.set_content("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>")

    assert any("image-alt" in each for each in violations(tab))


@pytest.mark.parametrize("name", OWN_PAGES)
def test_accessible(tab: Tab, name: str) -> None:
    """No page of ours breaks a rule of axe-core, in any look."""
    OWN_PAGES[name](tab)

    tab.page.evaluate(_SHORTEN)

    broken = {look: rules for look, rules in in_each_look(tab).items() if rules}
    assert broken == {}
