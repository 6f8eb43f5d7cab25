"""A page of a resource as a value: what it says, in which order, and where everything leads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote

from kg.model.vocabulary import BASE


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of text, and where it leads."""

    text: str
    path: str | None = None
    """Below the root of this server."""
    address: str | None = None
    """On another server."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A property and its values."""

    name: Link
    values: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: properties with values, a list, or a text in which spaces count."""

    title: str
    rows: tuple[Row, ...] = ()
    items: tuple[Link, ...] = ()
    text: str = ""
    is_folded: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.rows or self.items or self.text)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that a page says."""

    title: str
    kind: str = ""
    lead: str = ""
    iri: str = ""
    notices: tuple[str, ...] = ()
    replacements: tuple[Link, ...] = ()
    """What is to be used in its place."""
    sections: tuple[Section, ...] = ()
    forms: tuple[Link, ...] = ()
    """The same as data."""
    data: dict[str, object] = field(default_factory=dict)
    """What search engines read (https://schema.org/)."""

    def without_empty(self) -> Page:
        """The same page without the sections that say nothing."""
        return replace(self, sections=tuple(each for each in self.sections if not each.is_empty))


def path_of(iri: str) -> str:
    """The path of a term of the project below the base, quoted for an address.

    It never begins with a slash: two of them would lead to another host.
    """
    path = quote(iri.removeprefix(BASE), safe="/:@!$&'()*+,;=~-._%#")
    return f"%2F{path[1:]}" if path.startswith("/") else path
