"""Turtle that is made by us: subjects, properties and values in the order in which they are given.

For RDF whose text is read or compared, with headings and a remark for those who read it.
`write_graph` is for any triples in any media type; Turtle that people wrote is never written anew.

>>> from kg.model.vocabulary import EG, IRI, RDF, RDFS, english
>>> print(write_turtle([
...     Description(IRI("https://example.org/1"), [
...         (RDF.type, [EG.Answer]),
...         (RDFS.label, [english("Causes of a raised ALP")]),
...         (EG.scopeNotice, []),
...     ]),
... ]), end="")
@prefix eg: <https://w3id.org/etiograph/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<BLANKLINE>
<https://example.org/1>
    a eg:Answer ;
    rdfs:label "Causes of a raised ALP"@en .
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from kg.model.rdf.values import Node
from kg.model.vocabulary import IRI, PREFIXES, RDF, XSD, BlankNode, Literal, Term, compact


@dataclass(frozen=True, slots=True)
class Nameless:
    """A node that is written where it is used, in square brackets."""

    properties: Properties


@dataclass(frozen=True, slots=True)
class Listed:
    """An RDF list, in round brackets; a nameless member of several properties has a line."""

    members: Sequence[Value]


Value = Term | Nameless | Listed
Properties = Sequence[tuple[IRI, Sequence[Value]]]
"""Each property with its values; one without values is left out."""


class Layout(Enum):
    """Where the lines of a description break: what stands before its first and other properties."""

    BELOW = ("\n    ", " ;\n    ")
    """Every property on a line of its own, below the subject."""
    BESIDE = (" ", " ;\n    ")
    """The first property beside the subject."""
    ONE_LINE = (" ", " ; ")
    """Everything on one line."""


NAMELESS: Final = BlankNode("")
"""The subject of a description that nothing else speaks of."""


class Description(NamedTuple):
    """What is said of one subject."""

    subject: Node
    properties: Properties
    layout: Layout = Layout.BELOW


class Rows(NamedTuple):
    """What is said of one subject, line by line; a line that grows too long is broken."""

    subject: Node
    rows: Sequence[Properties]


class Heading(NamedTuple):
    """A comment that says what the descriptions below it are about."""

    text: str
    remark: str = ""
    """Lines of a comment below it."""


class Declared(NamedTuple):
    """Terms that are each said to be of a kind, a line each."""

    terms: Sequence[Node]
    kind: IRI
    remark: str = ""
    """Lines of a comment above them."""


Part = Description | Rows | Heading | Declared


_WIDTH: Final = 100
"""Of a heading, so that it shows where a page begins."""
_ROW: Final = 120
"""Of a line of `Rows`; a single property may be longer."""


def write_turtle(
    parts: Iterable[Part],
    prefixes: Sequence[str] | None = None,
    *,
    remark: str = "",
    bare: bool = False,
) -> str:
    """The descriptions as Turtle, below a remark; the same descriptions give the same text.

    Those of our prefixes that are used are declared, or else exactly those that are given. With
    `xsd` among the given ones, or where it is asked for, numbers and truth values stand bare.
    """
    writer = _Writer(prefixes, bare=bare)
    blocks = "".join(_spread(writer, parts))
    declared = sorted(writer.used) if prefixes is None else prefixes
    head = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in declared)
    comment = _comment(remark)
    return f"{comment}\n{head}\n{blocks}" if comment else f"{head}\n{blocks}"


def _comment(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def _spread(writer: _Writer, parts: Iterable[Part]) -> Iterator[str]:
    """The text of each part; between two of one line each there is no blank line."""
    before: Part | None = None
    for each in parts:
        if before is not None and not (_is_line(before) and _is_line(each)):
            yield "\n"
        yield writer.block(each)
        before = each


def _is_line(part: Part) -> bool:
    return isinstance(part, Description) and part.layout is Layout.ONE_LINE


class _Writer:
    """Writes terms with the short names that are allowed, and knows which it used."""

    def __init__(self, prefixes: Sequence[str] | None, *, bare: bool) -> None:
        self.used: set[str] = set()
        self._allowed = PREFIXES.keys() if prefixes is None else frozenset(prefixes)
        self._bare = bare or (prefixes is not None and "xsd" in prefixes)
        self._names: dict[IRI, str] = {}

    def block(self, each: Part) -> str:
        if isinstance(each, Heading):
            below = f"\n{_comment(each.remark)}" if each.remark else ""
            return f"# ── {each.text} ".ljust(_WIDTH, "─") + f"\n{below}"
        if isinstance(each, Declared):
            kind = self._iri(each.kind)
            declared = (f"{self._term(term)} a {kind} .\n" for term in each.terms)
            return _comment(each.remark) + "".join(declared)
        if isinstance(each, Rows):
            lines = [line for row in each.rows for line in self._packed(row)]
            return f"{self._term(each.subject)} " + " ;\n    ".join(lines) + " .\n"
        opening, between = each.layout.value
        properties = self._properties(each.properties, between)
        subject = "[]" if each.subject == NAMELESS else self._term(each.subject)
        return f"{subject}{opening}{properties} .\n"

    def _properties(self, properties: Properties, between: str) -> str:
        return between.join(self._pairs(properties))

    def _pairs(self, properties: Properties) -> Iterator[str]:
        """Each property with its values."""
        for name, values in properties:
            if values:
                yield f"{self._property(name)} {' , '.join(map(self._term, values))}"

    def _packed(self, row: Properties) -> Iterator[str]:
        """The properties of a row on as few lines as they need."""
        line = ""
        for pair in self._pairs(row):
            if line and len(line) + len(pair) > _ROW:
                yield line
                line = ""
            line = f"{line} ; {pair}" if line else pair
        if line:
            yield line

    def _property(self, name: IRI) -> str:
        return "a" if name == RDF.type else self._iri(name)

    def _term(self, term: Value) -> str:
        if isinstance(term, Nameless):
            return f"[ {self._properties(term.properties, ' ; ')} ]"
        if isinstance(term, Listed):
            return f"({''.join(map(self._member, term.members))} )"
        if isinstance(term, Literal):
            return self._literal(term)
        return self._iri(term) if isinstance(term, IRI) else term.n3()

    def _member(self, member: Value) -> str:
        wide = isinstance(member, Nameless) and len(member.properties) > 1
        between = "\n        " if wide else " "
        return f"{between}{self._term(member)}"

    def _iri(self, iri: IRI) -> str:
        known = self._names.get(iri)
        if known is None:
            known = self._names[iri] = self._name(iri)
        return known

    def _name(self, iri: IRI) -> str:
        name = compact(iri)
        prefix = name.partition(":")[0]
        if name == iri or prefix not in self._allowed or iri == RDF.type:
            return iri.n3()
        self.used.add(prefix)
        return name

    def _literal(self, literal: Literal) -> str:
        if self._bare and _is_bare(literal):
            return literal.value
        if literal.language is not None or literal.datatype == XSD.string:
            return literal.n3()
        return f"{Literal(literal.value).n3()}^^{self._iri(literal.datatype)}"


_BARE: Final = {
    XSD.boolean: re.compile("true|false"),
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
}
"""The spellings that Turtle reads as a value of the datatype (RDF 1.1 Turtle §2.5)."""


def _is_bare(literal: Literal) -> bool:
    pattern = _BARE.get(literal.datatype)
    return pattern is not None and pattern.fullmatch(literal.value) is not None
