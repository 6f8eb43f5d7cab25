"""Texts that would be more than texts: none is, in whatever a notebook shows.

A graph of which every text is harmless and marked is asked; then each payload stands in the place
of every marked text of the values that are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import msgspec
import payloads
import poisoned
import pytest
import test_linked_pages
from browsing import browsing
from forms import Element, read
from markdown_it import MarkdownIt
from msgspec.structs import replace as replaced

from kg.compile import builder
from kg.library import Answer, Graph
from kg.model.shown import Shown
from kg.model.vocabulary import BASE, IRI
from kg.show import render
from kg.show.changes import render_supposition
from kg.show.proof import render_proof
from kg.store.artifact import open_artifact
from kg.store.base import Rows
from kg.store.knowledge import open_graph

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAYLOADS: Final = tuple(dict.fromkeys((*payloads.PAYLOADS, *test_linked_pages.PAYLOADS)))
_PLAIN: Final = "harmless"
_HARMLESS: Final = f"{_PLAIN} 00000000"
_MARK: Final = re.compile(rf"{_PLAIN} [0-9a-f]{{8}}")
"""A text of the graph, as `poisoned` writes it."""
_PAGES: Final = MarkdownIt("commonmark").enable("table")
_OF_TERMS: Final = re.compile(rf"href={re.escape(BASE)}id/[!-~]*")
_OF_STATEMENTS: Final = re.compile(rf"href={re.escape(BASE)}statement/\w+")
_TEXTS: Final = frozenset({"aria-label"})
"""The attributes that hold a text."""
Shows = dict[str, Any]
"""By name, whatever the library gives that a notebook shows."""
Page = tuple[set[str], set[str]]
"""The elements of a page with their attributes, and where these lead."""


@pytest.fixture(name="harmless", scope="module")
def _harmless(tmp_path_factory: pytest.TempPathFactory) -> Shows:
    root = tmp_path_factory.mktemp("harmless")
    poisoned.publish_with(root, builder.ready(), (_PLAIN,))
    graph = Graph(open_graph(open_artifact(root, poisoned.VERSION)))
    answer = graph.ask("multiple myeloma", alp="high", ggt="normal")
    causes = graph.query("causes", about=IRI(f"{BASE}id/raised-serum-alp"))
    return {
        "graph": graph.knowledge,
        "answer": answer.value,
        "proof": answer.why(1).value,
        "changes": answer.what_if("ggt=high").value,
        "claims": graph.check(_claims(answer)),
        "term": graph.term("ALP"),
        "statement": graph.statement(next(iter(answer.statements))),
        "rows": Rows((*causes.variables, _HARMLESS), tuple((*each, each[0]) for each in causes)),
        "addresses": Rows(
            (_HARMLESS,), ((IRI(f"{BASE}id/{_HARMLESS}"),), (IRI(_HARMLESS),), (None,))
        ),
    }


def _claims(answer: Answer) -> list[dict[str, str]]:
    """One that the graph decides, and one that it does not know, in hostile words."""
    ends = {"subject": answer.causes[0].iri, "object": answer.value.finding.iri}
    known = {**ends, "relation": "causes", "text": _HARMLESS}
    return [known, {**known, "subject": _HARMLESS, "text": ""}]


def _retold(value: Any, text: str) -> Any:  # noqa: ANN401 - whatever values hold
    """A value with a text in the place of each marked one."""
    if isinstance(value, str):
        told = _MARK.sub(lambda _: text, value)
        return value if told == value else type(value)(told)
    if isinstance(value, Mapping):
        return {key: _retold(each, text) for key, each in value.items()}
    if isinstance(value, list | tuple):
        found = [_retold(each, text) for each in value]
        return type(value)(*found) if hasattr(value, "_fields") else type(value)(found)
    if isinstance(value, msgspec.Struct):
        return replaced(value, **_parts(value, value.__struct_fields__, text))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **_parts(value, (each.name for each in fields(value)), text))
    return value


def _parts(value: object, names: Iterable[str], text: str) -> dict[str, Any]:
    return {name: _retold(getattr(value, name), text) for name in names}


@pytest.fixture(name="pages", scope="module")
def _harmless_pages(harmless: Shows) -> dict[str, Page]:
    return {name: _page(_html(value)) for name, value in harmless.items()}


@pytest.fixture(name="marks", scope="module")
def _harmless_marks(harmless: Shows) -> dict[str, set[str]]:
    return {name: _marks(name, harmless[name]) for name in ("answer", "changes", "proof")}


def _page(html: str) -> Page:
    page = read(html)
    return _kinds(page), set(_leads(page))


def _html(value: Shown) -> str:
    shown = value._repr_html_()
    assert shown is not None
    return shown


def _kinds(page: Element) -> set[str]:
    """The elements of a page, each with the names of its attributes."""
    return {" ".join((each.tag, *sorted(each.attributes))) for each in page.walk()}


def _leads(page: Element) -> Iterator[str]:
    """What the attributes of a page say that hold no text."""
    for each in page.walk():
        yield from (
            f"{name}={value}" for name, value in each.attributes.items() if name in _LEADING
        )


_LEADING: Final = frozenset({"href", "src", "action", "style", "class", "role", "tabindex"})


def test_there_are_enough() -> None:
    """Payloads of Markdown, of HTML, and of what ends an element or an attribute."""
    assert len(PAYLOADS) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_is_markup(harmless: Shows, pages: dict[str, Page], payload: str) -> None:
    """Each page has the elements, attributes and addresses that it has with a harmless text."""
    for name, value in harmless.items():
        hostile = _html(_retold(value, payload))
        (wanted, leads), (found, led) = pages[name], _page(hostile)

        assert _PLAIN not in hostile, name
        assert found == wanted, name
        known = _OF_TERMS if name == "addresses" else _OF_STATEMENTS  # how many fit, lengths decide
        assert all(map(known.fullmatch, led - leads)), name


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_is_markdown(harmless: Shows, marks: dict[str, set[str]], payload: str) -> None:
    """What a notebook, a wiki or an issue makes of Markdown is what it makes of harmless words."""
    for name, wanted in marks.items():
        assert _marks(name, _retold(harmless[name], payload)) == wanted, name


def _marks(name: str, value: Any) -> set[str]:  # noqa: ANN401 - one of three kinds
    """The kinds of marks in a value as Markdown."""
    writers: dict[str, Callable[[Any, str], str]] = {
        "answer": render,
        "changes": render_supposition,
        "proof": render_proof,
    }
    tokens = _PAGES.parse(writers[name](value, "md"))
    return {each.type for token in tokens for each in (token, *(token.children or ()))}


@pytest.mark.browser
def test_nothing_runs_in_a_notebook(browser: Browser, harmless: Shows) -> None:
    """In Chromium all of it has the elements of the harmless, and does nothing."""
    with browsing(browser, "about:blank") as tab:
        tab.page.set_content(_all(harmless.values()))
        wanted = set(tab.elements())
        for payload in PAYLOADS:
            tab.page.set_content(_all(_retold(each, payload) for each in harmless.values()))
            assert set(tab.elements()) == wanted, payload
            assert all(each.startswith(BASE) for each in tab.addresses()), payload
        tab.page.wait_for_timeout(500)


def _all(values: Iterable[Shown]) -> str:
    return "\n".join(map(_html, values))
