"""A page of a resource as a value: what it says, in which order, and where everything leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape
from typing import Final
from urllib.parse import quote

from kg.model.vocabulary import BASE

ROOT: Final = "\x00"
"""Stands before each path in the markup of a picture; no text of a picture can hold it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that something takes."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two have more than an edge in common."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that was made on the server; `figure.html` has the macro that shows it."""

    title: str
    says: str
    """The same in words: whoever does not see the picture misses no fact of it."""
    svg: str
    width: int
    height: int
    words: tuple[Box, ...] = ()
    """The room that each text takes."""

    def markup(self, root: str) -> str:
        """The picture for a page whose paths begin with `root`; it needs no escaping."""
        return self.svg.replace(ROOT, escape(root, quote=True))


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of text, and where it leads."""

    text: str
    path: str | None = None
    """Below the root of this server."""
    address: str | None = None
    """On another server."""
    note: str = ""
    id: str = ""
    """The short id of what it leads to; then the id is the link, and the text stands behind it."""


_SHORT: Final = 60
"""Characters that fit beside others in a list of columns."""

Phrase = tuple[Link, ...]
"""Pieces that read as one sentence, their blanks included."""


@dataclass(frozen=True, slots=True)
class Row:
    """A property and its values."""

    name: Link
    values: tuple[Link, ...]
    anchor: str = ""
    """What an address names it by."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under their heads; the first cell of a row names it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Phrase, ...], ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of a tree, and what stands below it."""

    line: Phrase
    below: tuple[Branch, ...] = ()
    is_here: bool = False
    """Whether it is what the page is about."""
    fold: str = ""
    """What is to be opened to see what stands below it; empty where that is open."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    value: str = ""
    label: str = ""
    """Without one the field is hidden."""
    hint: str = ""
    kind: str = "text"
    options: tuple[str, ...] = ()
    """What is to be chosen from."""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields that are sent to an address of this server when the button is pressed."""

    action: str
    button: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page, with whatever of these it has, in this order."""

    title: str
    lead: Phrase = ()
    quote: str = ""
    """Somebody else's words."""
    rows: tuple[Row, ...] = ()
    table: Table | None = None
    figure: Figure | None = None
    tree: tuple[Branch, ...] = ()
    steps: tuple[Phrase, ...] = ()
    """A list in which the order counts."""
    items: tuple[Link, ...] = ()
    text: str = ""
    """A text in which spaces count."""
    forms: tuple[Form, ...] = ()
    is_folded: bool = False
    anchor: str = ""
    """What an address names it by."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        parts = (self.lead, self.quote, self.rows, self.figure, self.tree, self.steps, self.items)
        return not (any(parts) or self.text or self.forms or (self.table and self.table.rows))

    @property
    def is_prose(self) -> bool:
        """Whether what it lists reads as sentences, which want the whole width."""
        return any(len(each.text) > _SHORT for each in self.items)

    @property
    def count(self) -> int:
        """How many things it lists; 0 where it is no list."""
        return len(self.items) or len(self.steps) or (len(self.table.rows) if self.table else 0)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that a page says."""

    title: str
    kind: str = ""
    id: str = ""
    """The short id of what it is about."""
    lead: str = ""
    iri: str = ""
    notices: tuple[str, ...] = ()
    replacements: tuple[Link, ...] = ()
    """What is to be used in its place."""
    actions: tuple[Link, ...] = ()
    """What a reader may want to do with it."""
    sections: tuple[Section, ...] = ()
    forms: tuple[Link, ...] = ()
    """The same as data."""
    data: dict[str, object] = field(default_factory=dict)
    """What search engines read (https://schema.org/)."""
    is_private: bool = False
    """Whether it shows what the operator of this server alone has, so that nobody keeps it."""

    def without_empty(self) -> Page:
        """The same page without the sections that say nothing."""
        return replace(self, sections=tuple(each for each in self.sections if not each.is_empty))


def phrase(*pieces: str | Link) -> Phrase:
    """Pieces as one sentence; a text stands as it is, blanks included."""
    return tuple(Link(each) if isinstance(each, str) else each for each in pieces)


def joined(pieces: Iterable[Link | Phrase], between: str = " ") -> Phrase:
    """Links or phrases one after the other, with the same text between any two."""
    found: list[Link] = []
    for each in pieces:
        whole = (each,) if isinstance(each, Link) else each
        found += [Link(between), *whole] if found else whole
    return tuple(found)


def path_of(iri: str) -> str:
    """The path of a term of the project below the base, quoted for an address.

    It never begins with a slash: two of them would lead to another host.
    """
    path = quote(iri.removeprefix(BASE), safe="/:@!$&'()*+,;=~-._%#")
    return f"%2F{path[1:]}" if path.startswith("/") else path
