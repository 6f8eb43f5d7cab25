"""Reads a page as a browser without scripts does: its form, what it would send, and its ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

from asgi import Client, Response

FORM: Final = "application/x-www-form-urlencoded"
_VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})
Pair = tuple[str, str]


@dataclass
class Element:
    """One element of a page, with what is in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, with single blanks."""
        parts = (e if isinstance(e, str) else f" {e.text} " for e in self.children)
        return " ".join("".join(parts).split())

    def walk(self, *, but: Iterable[str] = ()) -> Iterable[Element]:
        """It and everything below it, without what is in elements of some names."""
        yield self
        for each in self.children:
            if isinstance(each, Element) and each.tag not in but:
                yield from each.walk(but=but)

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """The elements below it of this name and with these attributes; `_` stands for `-`."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            each
            for each in self.walk()
            if tag in ("", each.tag)
            and all(each.attributes.get(name) == value for name, value in wanted.items())
        ]

    def by_id(self, name: str) -> Element:
        """The one element with an id."""
        (found,) = self.all(id=name)
        return found

    def has(self, name: str) -> bool:
        """Whether there is an element with an id."""
        return bool(self.all(id=name))

    def get(self, name: str) -> str:
        """An attribute; empty where it has none."""
        return self.attributes.get(name, "")


class _Reader(HTMLParser):
    """Builds the tree of a page; an element that is closed and not open is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute of {tag} stands twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open."""
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add text."""
        self._open[-1].children.append(data)

    def close(self) -> None:
        """End the page; an element that is left open is an error."""
        super().close()
        assert len(self._open) == 1, f"{self._open[-1].tag} is not closed"


def read(page: str) -> Element:
    """The elements of a page; every element is closed in its order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.root


def sent_by(page: Element, form: str = "case") -> list[Pair]:
    """What the form of a page sends when none of its buttons is named."""
    return list(_sent(page.by_id(form)))


def _sent(form: Element) -> Iterable[Pair]:
    for each in form.walk(but=("template",)):
        name, kind = each.get("name"), each.get("type")
        if not name or each.tag == "button":
            continue
        if each.tag == "select":
            yield name, _chosen(each)
        elif each.tag == "textarea":
            yield name, _written(each).replace("\n", "\r\n")
        elif each.tag == "input" and (
            kind not in ("radio", "checkbox") or "checked" in each.attributes
        ):
            yield name, each.get("value")


def _chosen(select: Element) -> str:
    options = select.all("option")
    chosen = [each for each in options if "selected" in each.attributes] or options[:1]
    option = chosen[-1]
    return option.attributes.get("value", option.text)


def _written(area: Element) -> str:
    """The text of a field of many lines, without the line end that HTML drops."""
    text = "".join(each for each in area.children if isinstance(each, str))
    return text.removeprefix("\n")


def changed(pairs: Iterable[Pair], values: Mapping[str, str]) -> list[Pair]:
    """What is sent with other values in some fields; a field that is not there is added."""
    pairs = list(pairs)
    names = {name for name, _ in pairs}
    new = [(name, values.get(name, value)) for name, value in pairs]
    return [*new, *((name, value) for name, value in values.items() if name not in names)]


def submit(client: Client, pairs: Iterable[Pair], target: str = "/ask", **headers: str) -> Response:
    """The response to a form that is sent."""
    return client.request(
        "POST",
        target,
        body=urlencode(list(pairs)).encode(),
        headers={"content-type": FORM, "accept": "text/html"} | headers,
    )
