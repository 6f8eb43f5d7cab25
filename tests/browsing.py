"""A browser for tests: pages of a running server, in Chromium, with everything overheard.

A tab notes what no page of ours may do: ask another machine for anything, say a word in the
console, break its policy, open a dialog. Whoever opens a tab with `browsing` has it checked at
the end that there was none of it.

Playwright is imported where it is used: the other tests run without it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from fetching import there_or_skip

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Response, Route

PHONE: Final = 360
TABLET: Final = 768
DESK: Final = 1280
_HEIGHT: Final = 900
_PATIENCE: Final = 20_000
"""Milliseconds that anything may take on a machine that is busy."""
_NAMES: Final = ("chromium", "chromium-browser")
_NO_PLAYWRIGHT: Final = "Playwright is not installed; `make test-browser` installs it"
_NO_CHROMIUM: Final = "Chromium is not installed; on Debian: apt install chromium"
_SWITCHES: Final = (
    "--no-sandbox",  # nobody but root is there in many a container
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_TELL_BREACHES: Final = """
addEventListener("securitypolicyviolation", breach =>
  console.error("policy broken: " + breach.violatedDirective + " " + breach.sample));
"""
_ELEMENTS: Final = """
() => [...document.querySelectorAll("*")].map(
  each => [each.localName, ...each.getAttributeNames().sort()].join(" "))
"""
_ADDRESSES: Final = """
() => [...document.querySelectorAll("[href], [src], [action], [formaction]")].flatMap(each =>
  ["href", "src", "action", "formaction"].filter(name => each.hasAttribute(name)).map(
    name => new URL(each.getAttribute(name), document.baseURI).href))
"""
_SUBMIT: Final = """
([action, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of fields) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}
"""
"""Sends a form of our own, past every script that waits for a submit."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    width: int = DESK
    is_dark: bool = False
    runs_scripts: bool = True

    @property
    def name(self) -> str:
        """It as part of a file name."""
        return f"{self.width}-{'dark' if self.is_dark else 'light'}"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a tab did that no page of ours may do."""

    elsewhere: list[str] = field(default_factory=list)
    """Addresses on other machines that it asked for."""
    console: list[str] = field(default_factory=list)
    """What it said in the console, breaches of the policy and uncaught errors included."""
    dialogs: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        """Everything, in words."""
        kinds = {"elsewhere": self.elsewhere, "console": self.console, "dialog": self.dialogs}
        return [f"{kind}: {each}" for kind, every in kinds.items() for each in every]

    def forget_failed_loads(self) -> None:
        """Let go of what the browser itself says of a page whose status is an error."""
        self.console[:] = [each for each in self.console if "Failed to load resource" not in each]


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a browser, on one server."""

    page: Page
    url: str
    """Where the server is, without a slash at the end."""
    heard: Heard = field(default_factory=Heard)

    def open(self, path: str) -> Response:
        """Go to an address of the server."""
        response = self.page.goto(self.url + path)
        assert response is not None
        return response

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> Response:
        """Send a form to an address from its own page, as the browser does where no script runs."""
        if self.page.url != self.url + path:
            self.open(path)  # a form that comes from nowhere is refused
        with self.page.expect_navigation() as going:
            self.page.evaluate(_SUBMIT, [self.url + path, [list(each) for each in fields]])
        response = going.value
        assert response is not None
        return response

    def elements(self) -> list[str]:
        """Every element with the names of its attributes."""
        found: list[str] = self.page.evaluate(_ELEMENTS)
        return found

    def addresses(self) -> list[str]:
        """Every address that the page leads to, loads or sends to."""
        found: list[str] = self.page.evaluate(_ADDRESSES)
        return found

    def width_of_content(self) -> int:
        """How wide the page is, which is more than the window where it has to be scrolled."""
        width: int = self.page.evaluate("() => document.documentElement.scrollWidth")
        return width


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; the test is skipped where there is none, and fails if CI has none."""
    there_or_skip("" if find_spec("playwright") else _NO_PLAYWRIGHT)
    path = next(filter(None, map(shutil.which, _NAMES)), "")
    there_or_skip("" if path else _NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        try:
            yield found
        finally:
            found.close()


@contextmanager
def browsing(browser: Browser, url: str, look: Look | None = None) -> Iterator[Tab]:
    """A tab of its own, without a past; at the end nothing may have been heard of it."""
    with overhearing(browser, url, look) as tab:
        yield tab
        assert tab.heard.all() == []


@contextmanager
def overhearing(browser: Browser, url: str, look: Look | None = None) -> Iterator[Tab]:
    """The same, for whoever looks itself at what was heard."""
    wanted = look or Look()
    context = browser.new_context(
        viewport={"width": wanted.width, "height": _HEIGHT},
        color_scheme="dark" if wanted.is_dark else "light",
        java_script_enabled=wanted.runs_scripts,
        reduced_motion="reduce",
        service_workers="block",
    )
    try:
        context.set_default_timeout(_PATIENCE)
        context.add_init_script(_TELL_BREACHES)
        tab = Tab(context.new_page(), url)
        _overhear(tab)
        yield tab
    finally:
        context.close()


def _overhear(tab: Tab) -> None:
    """Note what a tab does; whatever it asks of others is refused."""
    heard = tab.heard

    def refuse(route: Route) -> None:
        heard.elsewhere.append(route.request.url)
        route.abort()

    def said(message: ConsoleMessage) -> None:
        heard.console.append(f"{message.type}: {message.text}")

    def asked(dialog: Dialog) -> None:
        heard.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    elsewhere = re.compile(rf"^(?!{re.escape(tab.url)}(/|$))(?!data:|blob:|about:)")
    tab.page.context.route(elsewhere, refuse)
    tab.page.on("console", said)
    tab.page.on("pageerror", lambda error: heard.console.append(f"uncaught: {error}"))
    tab.page.on("dialog", asked)


@contextmanager
def requests_of(tab: Tab) -> Iterator[list[Request]]:
    """Every request that a tab sends meanwhile."""
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    tab.page.on("request", note)
    try:
        yield sent
    finally:
        tab.page.remove_listener("request", note)
