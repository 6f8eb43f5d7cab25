"""Every named thing of the graph, by what it is called: also what no case can have.

The lexicon has what a patient may have; an article names tests, advice, outcomes and concepts too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kg.model.errors import AmbiguousTermError, UnknownTermError
from kg.model.spelling import Slips, fold
from kg.model.terms import Entry, Lexicon, quoted
from kg.model.vocabulary import IRI, PREFIXES, compact
from kg.store.base import Store
from kg.store.queries import shipped_rows


@dataclass(frozen=True, slots=True)
class Named:
    """A class or an individual that has a name, and of which kind it is, in words."""

    iri: IRI
    label: str
    kind: str
    units: tuple[str, ...] = ()


class Names:
    """The names of everything in a graph; they are asked for when the lexicon lacks one."""

    def __init__(self, store: Store, lexicon: Lexicon) -> None:
        self._store = store
        self._lexicon = lexicon

    def find(self, text: str) -> Entry | Named:
        """What a text names: a term that a case may have, or else any other thing of the graph.

        AmbiguousTermError where it names several, UnknownTermError with the nearest where none.
        """
        try:
            return self._lexicon.find(text)
        except UnknownTermError as error:
            found = self._called(text)
            if not found:
                suggestions = dict.fromkeys([*error.suggestions, *self._near(text)])
                raise UnknownTermError(error.message, suggestions=tuple(suggestions)) from None
        if len(found) > 1:
            choices = [f"{each.label} [{each.kind}, {compact(each.iri)}]" for each in found]
            message = f"{quoted(text)} stands for {len(found)} terms."
            raise AmbiguousTermError(message, choices=choices)
        return found[0]

    def besides(self, text: str, found: Entry | Named) -> tuple[Named, ...]:
        """What else a text names than was found: a test may be called as its result is."""
        return tuple(each for each in self._called(text) if each.iri != found.iri)

    def _called(self, text: str) -> list[Named]:
        """Everything of this name, once."""
        return [*{each.iri: each for each in self._by_name.get(fold(text), ())}.values()]

    def _near(self, text: str) -> Iterator[str]:
        """What is called by a name of which the text may be a slip."""
        for name in Slips(tuple(self._by_name)).of(fold(text)):
            yield from (each.label for each in self._by_name[name])

    @cached_property
    def _by_name(self) -> dict[str, list[Named]]:
        """The named things by each of their names, folded, the one in the ontology among them."""
        names: dict[str, list[Named]] = {}
        for row in shipped_rows(self._store, "ask/named").texts():
            thing = Named(IRI(row["term"]), row["label"], row.get("kind", "class"))
            own = thing.iri.removeprefix(PREFIXES["eg"])
            for name in dict.fromkeys(map(fold, (row["name"], own, f"eg:{own}", thing.iri))):
                names.setdefault(name, []).append(thing)
        return names
