"""Messages whose figures stand in statements, so that a corrected figure moves every message.

A template names a figure by its statement and property: `{ID.magnitude}` is the number, or both
ends of a range, and `{ID.dose.low}` one end alone. Units and comparators are words of the template,
and have to be those of the statement (`kg.articles.figures`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kg.articles.figures import Wordings
from kg.articles.losses import Loss
from kg.model.rdf import Graph
from kg.model.vocabulary import EG, IRI, PREFIXES, PROV, RDFS, Term, compact, text_of

_FIGURE: Final = re.compile(r"\{([^{}.]*)\.([^{}.]*)(?:\.([^{}.]*))?\}")
_ENDS: Final = ("low", "high")
_SAME_WORDS: Final = (
    "Correct the figure of the statement or the words of `eg:messageTemplate`; words that give a "
    "unit or a comparator are those of `eg:wording`."
)


class Messages:
    """The messages that the templates of a graph make, and what cannot be filled in."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._parts = dict(_parts_of(graph))
        self._wordings = Wordings(graph, self._parts)
        self.losses: list[Loss] = []
        self.filled: dict[IRI, str] = {}
        for node in sorted(each for each in graph if isinstance(each, IRI)):
            for template in graph.objects(node, EG.messageTemplate):
                self.filled[node] = self._fill(node, text_of(template))

    def _fill(self, node: IRI, template: str) -> str:
        """The message of one template; what is wrong in it is kept and left out.

        Its words are compared with its figures where each of them is there.
        """
        before = len(self.losses)
        if self._graph.objects(node, EG.message):
            self._find(node, "it has a message and a template of one")
        told = _FIGURE.sub(lambda found: self._figure(node, found), template)
        if "{" in told or "}" in told:
            self._find(node, f"{told!r} has a brace that names no figure")
        if len(self.losses) == before:
            self._compare(node, template)
        return told

    def _compare(self, node: IRI, template: str) -> None:
        """Words that give another unit or comparator than the statement does."""
        named = {each[1]: IRI(f"{PREFIXES['st']}{each[1]}") for each in _FIGURE.finditer(template)}
        for each in self._wordings.unlike(template, named):
            told = f"the message of {compact(node)}: {each}"
            self.losses.append(Loss("words-unlike-figure", named[each.name], told, _SAME_WORDS))

    def _figure(self, node: IRI, found: re.Match[str]) -> str:
        name, property_, end = found.groups()
        statement = IRI(f"{PREFIXES['st']}{name}")
        if not self._graph.objects(statement, EG.inDocument):
            self._find(node, f"{found[0]} names no statement")
        elif self._graph.objects(statement, PROV.wasInvalidatedBy):
            self._find(node, f"{found[0]} names a statement that was withdrawn", statement)
        elif not (numbers := self._numbers(statement, property_, end)):
            problem = f"{name} has no figure of that name, as {found[0]} wants"
            self._find(node, problem, statement)
        else:
            return "–".join(dict.fromkeys(numbers))  # noqa: RUF001 - a range as it is printed
        return ""

    def _numbers(self, statement: IRI, label: str, end: str | None) -> tuple[str, ...]:
        """The ends of a figure, one of them, or the one number that a property has."""
        ends = (end,) if end else _ENDS
        parts = (self._parts.get((label, each)) for each in ends)
        found = [self._graph.text(statement, part) for part in parts if part]
        own = self._parts.get((label, ""))
        if not found and own and not end:
            found = [self._graph.text(statement, own)]
        return tuple(filter(None, found))

    def _find(self, node: IRI, problem: str, about: IRI | None = None) -> None:
        """Keep what is wrong; it leads to the statement that lacks what the message needs."""
        told = f"the message of {compact(node)}: {problem}"
        solution = "Name a statement and a figure of it, such as `{ID.magnitude}`."
        self.losses.append(Loss("message-without-figure", about or node, told, solution))


def _parts_of(graph: Graph) -> Iterator[tuple[tuple[str, str], IRI]]:
    """The properties of figures by what a curator calls them, and by their end."""
    for node in (each for each in graph if isinstance(each, IRI)):
        if not graph.objects(node, EG.takes):
            continue
        whole = graph.value(node, EG.dataOf)
        if whole is None:
            if graph.text(node, EG.takes) == "number":
                yield (graph.text(node, RDFS.label), ""), node
        else:
            end = _local(node).removeprefix(_local(whole)).lower()
            yield (graph.text(whole, RDFS.label), end), node


def _local(term: Term) -> str:
    return text_of(term).removeprefix(PREFIXES["eg"])
