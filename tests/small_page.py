"""An ask page in miniature for the scripts: the elements that they rely on, and a server in them.

What was sent is kept, and what is answered is told beforehand, so that each script is tested by
itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from browsing import Tab, browsing

from kg.pages.html import POLICY, static

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

HOST: Final = "http://127.0.0.1:9990"
"""Nothing listens there: every request is answered in the browser."""
BELOW: Final = "/somewhere/"
Name = tuple[str, str, str, list[str], list[str], list[str]]
NAMES: Final[tuple[Name, ...]] = (
    ("hypercalcemia", "condition", "eg:A", ["HCa"], ["raised calcium", "high blood calcium"], []),
    ("hyperparathyroidism", "condition", "eg:B", [], ["overactive parathyroid"], ["ICD10CM:E21.3"]),
    ("calcium", "marker", "eg:C", ["Ca"], [], ["LOINC:17861-6"]),
    ("calcitriol", "drug", "eg:D", [], ["1,25-dihydroxyvitamin D"], []),
    ("Sjögren syndrome", "condition", "eg:E", [], [], []),
)
"""The names of a few terms, as the server sends them."""
_PAGE: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Ask</title>
<link rel="stylesheet" href="{root}static/style.css">
<script type="module" src="{root}static/ask.js"></script></head><body class="ask"><main>
<h1>Ask</h1><p id="status" role="status">{status}</p>
<form id="case" method="post" action="{root}ask#answer">
<p><label for="question">In words</label>
<input id="question" name="question" value="{question}"></p>
<input type="hidden" name="question-read" value="{question}">
<input type="hidden" name="before" value="{before}">
<div id="fields"><fieldset id="conditions"><legend>Conditions</legend>
<p><label for="has-1">Condition</label>
<input id="has-1" name="has" data-names="condition" list="plain" value="{has}"{wrong}></p>
<template data-row="conditions"><p><label for="has-N">Condition</label>
<input id="has-N" name="has" data-names="condition"></p></template>
<button type="button" data-add="conditions">Add a condition</button></fieldset>
<fieldset id="labs"><legend>Results</legend>
<p id="lab-1"><label for="lab-1-value">Calcium</label>
<input type="hidden" name="lab-1-marker" value="eg:C">
<input id="lab-1-value" name="lab-1-value"></p>
{more}</fieldset>
<details id="record"><summary>Record</summary><label for="text">FHIR</label>
<textarea id="text" name="record"></textarea>
<label>File <input type="file" data-record></label></details>
<p><button name="do" value="ask">Ask</button>{compare}</p></div>
<datalist id="plain"><option value="hypercalcemia"></option></datalist></form>
<section id="answer" tabindex="-1">{answer}</section></main></body></html>"""
_ANSWER: Final = """<h2>Answer {number}</h2>
<p><a href="#lab-2" data-field="lab-2">phosphate</a>
<button form="case" name="why" value="1" formaction="{root}ask#why-1">why</button></p>
<div id="why-1" class="why" tabindex="-1">because</div>
<button form="case" name="do" value="text" data-copy="note">Copy</button>
<button form="case" name="do" value="json" formaction="{root}ask">JSON</button>"""
_MORE: Final = """<p id="lab-2"><label for="lab-2-value">Phosphate</label>
<input type="hidden" name="lab-2-marker" value="eg:P">
<input id="lab-2-value" name="lab-2-value"></p>"""
_COMPARE: Final = (
    """<button name="do" value="compare" formaction="{root}ask#changes">Compare</button>"""
)


@dataclass(slots=True)
class SmallPage:
    """The page in a tab, with what it sent."""

    tab: Tab
    sent: list[dict[str, str]] = field(default_factory=list)
    """The forms that were sent, in their order."""
    asked_for: list[str] = field(default_factory=list)
    """The paths that were asked for."""
    refusal: str = ""
    """What the server says in place of a page."""
    wrong: bool = False
    """Whether the server finds a field that it cannot read."""
    held: list[Route] = field(default_factory=list)
    """Questions that wait for their answer."""
    holds: bool = False

    def open(self) -> None:
        """Load the page; when it is loaded, its scripts have run."""
        self.tab.open(BELOW)

    def status(self) -> str:
        """What is said of what happened."""
        return self.tab.page.inner_text("#status")

    def answer(self, route: Route) -> None:
        """The reply to a request of the tab."""
        request = route.request
        path = request.url.removeprefix(HOST + BELOW).split("?")[0]
        self.asked_for.append(path)
        if path.startswith("static/") and path.removeprefix("static/") in static():
            media_type, content = static()[path.removeprefix("static/")]
            route.fulfill(body=content, content_type=media_type)
        elif path == "names.json":
            route.fulfill(json={"names": NAMES})
        elif request.method == "POST" and self.holds:
            self.held.append(route)
        elif request.method == "POST":
            self.reply(route)
        else:
            route.fulfill(body=self._page({}), content_type="text/html", headers=dict(POLICY))

    def reply(self, route: Route) -> None:
        """Answer a form."""
        fields = dict(parse_qsl(route.request.post_data or "", keep_blank_values=True))
        self.sent.append(fields)
        if self.refusal:
            told = f'<main><h1>Busy</h1><p class="lead">{self.refusal}</p></main>'
            route.fulfill(status=503, body=told, content_type="text/html", headers=dict(POLICY))
        elif fields.get("do") == "text":
            route.fulfill(body="the note", content_type="text/plain")
        else:
            page = self._page(fields)
            route.fulfill(body=page, content_type="text/html", headers=dict(POLICY))

    def _page(self, fields: dict[str, str]) -> str:
        number = len(self.sent)
        return _PAGE.format(
            root=BELOW,
            status=self._said(number),
            question=fields.get("question", ""),
            before=number or "",
            has=fields.get("has", ""),
            wrong=' aria-invalid="true"' if self.wrong and number else "",
            more=_MORE if number else "",
            compare=_COMPARE.format(root=BELOW) if number else "",
            answer=_ANSWER.format(number=number, root=BELOW) if number and not self.wrong else "",
        )

    def _said(self, number: int) -> str:
        if not number:
            return ""
        return "1 field could not be read." if self.wrong else f"Answer: {number}."


@contextmanager
def small_page(browser: Browser, grants: Sequence[str] = ()) -> Iterator[SmallPage]:
    """The page, open in a tab of its own, of which nothing may have been heard at the end."""
    with browsing(browser, HOST) as tab:
        tab.page.context.grant_permissions(list(grants), origin=HOST)
        found = SmallPage(tab)
        tab.page.route(f"{HOST}/**", partial(SmallPage.answer, found))
        found.open()
        yield found
