"""Terms of RDF as they stand in a table or a list: short, with their name and their link."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kg.model.vocabulary import BASE, IRI, RDF, XSD, BlankNode, Literal, Term, move_back
from kg.model.vocabulary import compact as short
from kg.pages.values import Link, path_of

_WEB: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Cells:
    """How the terms of one graph are shown."""

    base: str = BASE
    """Under which the graph is published."""
    name_of: Callable[[IRI], str] = short
    """The name that a term of the project has, or its short form where it has none."""

    def of(self, term: Term, told: Collection[str] = ()) -> Link:
        """A term, with its name beside it where that is not `told` already."""
        match term:
            case Literal():
                return Link(term.value, note=_type_of(term))
            case BlankNode():
                return Link(f"_:{term.value}")
        if not term.startswith(self.base):
            return Link(short(term), address=term if term.startswith(_WEB) else None)
        ours = self.own(term)
        text, name = short(ours), self.name_of(ours)
        return Link(text, path=path_of(ours), note="" if name in (text, ours, *told) else name)

    def own(self, iri: str) -> IRI:
        """The IRI of a term of the project under the project's own base."""
        return move_back(iri, self.base)

    def of_result(self, value: Mapping[str, Any] | None, told: Collection[str] = ()) -> Link:
        """The same for a value as SPARQL's results have it in JSON; nothing for None."""
        if value is None:
            return Link("")
        if value["type"] == "triple":
            parts = (value["value"][part] for part in ("subject", "predicate", "object"))
            return Link(f"<<( {' '.join(self.of_result(each).text for each in parts)} )>>")
        return self.of(_term_of(value), told)


def _term_of(value: Mapping[str, Any]) -> Term:
    text = value["value"]
    if value["type"] == "uri":
        return IRI(text)
    if value["type"] == "bnode":
        return BlankNode(text)
    if "xml:lang" in value:
        return Literal(text, RDF.langString, value["xml:lang"])
    return Literal(text, IRI(value.get("datatype", XSD.string)))


def _type_of(literal: Literal) -> str:
    """What a text alone does not say: its language, or the type of a number or a date."""
    if literal.language:
        return f"@{literal.language}"
    return "" if literal.datatype == XSD.string else short(literal.datatype)
