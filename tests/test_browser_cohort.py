"""The page that a cohort is summed up on, as it is opened alone."""

from __future__ import annotations

import pytest
from browsing import PHONE, Tab
from test_browser_axe import in_each_look
from test_cohort_page import SUMMARY

from kg.pages.cohort import summary_page

pytestmark = pytest.mark.browser


def test_the_page_can_be_read_by_everybody(tab: Tab) -> None:
    """No rule of axe-core is broken, nothing is scrolled sideways, and its style is applied."""
    tab.open("/robots.txt")
    tab.page.set_content(summary_page(SUMMARY).decode())

    assert {look: rules for look, rules in in_each_look(tab).items() if rules} == {}
    tab.page.set_viewport_size({"width": PHONE, "height": 900})
    assert tab.width_of_content() <= PHONE
    heights = [each.bounding_box() for each in tab.page.locator("rect").all()]
    assert all(box and box["height"] > 10 and box["width"] > 0 for box in heights)
