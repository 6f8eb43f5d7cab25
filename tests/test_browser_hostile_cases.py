"""Hostile text from whoever asks: in every field of a case, in addresses and in queries."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit

import pytest
from browsing import Tab
from own_pages import FLAGSHIP, OWN_PAGES
from test_linked_pages import PAYLOADS

pytestmark = pytest.mark.browser

FIELDS: Final = (
    "question", "has", "absent", "unknown", "record", "age", "sex", "date", "about", "assume",
    "before", "drug-1", "drug-1-start", "drug-1-stop", "finding-50", "finding-50-is",
    "lab-9-marker", "lab-9-value", "lab-9-unit", "lab-9-low", "lab-9-high", "lab-9-rangeUnit",
    "lab-9-flag", "lab-9-date", "lab-9-duringTreatment", "why",
)  # fmt: skip
ROUNDS: Final = 12
GROUPS: Final = tuple(" ".join(PAYLOADS[start::10]) for start in range(10))
SCHEMES: Final = ("http", "https")
EVIL: Final = "evil.example"
ADDRESSES: Final = ("/sparql?query={}", "/search?q={}", "/id/{}", "/query/causes?about={}", "/{}")


def kinds_on(tab: Tab) -> set[str]:
    """The elements of a page with the names of their attributes, but for marks of what is wrong."""
    tab.heard.forget_failed_loads()
    split = (each.split() for each in tab.elements())
    return {" ".join(name for name in each if not name.startswith("aria-")) for each in split}


BY_EDITOR = {
    "span class cm-text title",
    "textarea autocapitalize autocomplete cols id name rows spellcheck",
}
"""What the editor of queries makes of a character that nobody would see, and the plain field that
stays where it stumbles over the text."""


def strange(tab: Tab, known: set[str]) -> set[str]:
    """The elements that no harmless page has, and the addresses that a payload brought."""
    split = map(urlsplit, tab.addresses())
    brought = {each.geturl() for each in split if each.scheme not in SCHEMES or each.netloc == EVIL}
    return (kinds_on(tab) - known - BY_EDITOR) | brought


@pytest.fixture(name="seen", scope="module")
def _seen() -> set[str]:
    """Give a place for the elements of harmless pages, which the first test fills."""
    return set()


@pytest.fixture(name="known")
def _known(tab: Tab, seen: set[str]) -> set[str]:
    """Give the elements that harmless pages have."""
    if not seen:
        for name in ("front", "answer", "answer-values", "answer-why", "answer-refused"):
            OWN_PAGES[name](tab)
            seen.update(kinds_on(tab))
        for fields in ([(name, "plain") for name in FIELDS], [("has", "plain"), *FLAGSHIP]):
            tab.post("/ask", fields)
            seen.update(kinds_on(tab))
    return seen


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_fields(tab: Tab, known: set[str], turn: int) -> None:
    """Payloads in every field at once make no element that a harmless case does not make.

    In each turn every field has another payload; with one fault the whole form comes back, and
    beside what can be read each text stands in an answer.
    """
    texts = [PAYLOADS[(place + 5 * turn) % len(PAYLOADS)] for place in range(len(FIELDS))]

    tab.post("/ask", list(zip(FIELDS, texts, strict=True)))
    assert strange(tab, known) == set()

    tab.post("/ask", [*FLAGSHIP, *(("has", text) for text in texts[:8]), ("question", texts[8])])
    assert strange(tab, known) == set()


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses(tab: Tab, address: str) -> None:
    """Payloads in an address make no element that a harmless text there does not make."""
    tab.open(address.format("plain%20text"))
    known = kinds_on(tab)

    for text in GROUPS:
        tab.open(address.format(quote(text, safe="")))
        assert strange(tab, known) == set(), text


def test_names_of_fields(tab: Tab) -> None:
    """A field that the page does not know is refused without a word of it."""
    tab.post("/ask", [("plain", "plain")])
    known = kinds_on(tab)
    for text in GROUPS:
        tab.post("/ask", [(text, text)])

        assert strange(tab, known) == set(), text
        assert "alert(1)" not in tab.page.content()
