"""Every named thing of the graph, by what it is called: also what no case can have.

The lexicon has what a patient may have; an article names tests, advice, outcomes and concepts too.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def find_named(store: Store, lexicon: Lexicon, text: str) -> Entry | Named:
    """What a text names: a term that a case may have, or else any other thing of the graph.

    AmbiguousTermError where it names several, UnknownTermError with the nearest where none.
    """
    try:
        return lexicon.find(text)
    except UnknownTermError as error:
        names = _by_name(store)
        found = {each.iri: each for each in names.get(fold(text), ())}
        if not found:
            near = (
                each.label for name in Slips(tuple(names)).of(fold(text)) for each in names[name]
            )
            raise UnknownTermError(
                error.message, suggestions=tuple(dict.fromkeys([*error.suggestions, *near]))
            ) from None
    if len(found) > 1:
        choices = [f"{each.label} [{each.kind}, {compact(each.iri)}]" for each in found.values()]
        raise AmbiguousTermError(f"{quoted(text)} stands for {len(found)} terms.", choices=choices)
    return next(iter(found.values()))


def namesakes(store: Store, text: str, found: Entry | Named) -> tuple[Named, ...]:
    """What else a text names, besides what was found: a test may be called as its result is."""
    named = {each.iri: each for each in _by_name(store).get(fold(text), ())}
    return tuple(each for iri, each in named.items() if iri != found.iri)


def _by_name(store: Store) -> dict[str, list[Named]]:
    """The named things by each of their names, folded, the one in the ontology among them."""
    names: dict[str, list[Named]] = {}
    for row in shipped_rows(store, "ask/named").texts():
        thing = Named(IRI(row["term"]), row["label"], row.get("kind", "class"))
        own = thing.iri.removeprefix(PREFIXES["eg"])
        for name in dict.fromkeys(map(fold, (row["name"], own, f"eg:{own}", thing.iri))):
            names.setdefault(name, []).append(thing)
    return names
