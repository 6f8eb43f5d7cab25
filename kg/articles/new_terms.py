"""The terms that are new with an article: which of them stand, and what is wrong in them.

What a machine proposes is no term before a person has signed a statement that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from kg.articles.records import Term, texts
from kg.articles.resolve import Statement
from kg.articles.source import Written
from kg.articles.values import finding
from kg.articles.words import Words
from kg.model.report import Finding
from kg.model.vocabulary import IRI, PREFIXES

_EG: Final = PREFIXES["eg"]
_WRITTEN_AS: Final = {
    True: ("classes", "Begin its name with a capital."),
    False: ("individuals", "Begin its name with a small letter."),
}


def named_in(statements: Iterable[Statement]) -> frozenset[str]:
    """The terms that some statements name, without their prefix."""
    values = (each for one in statements for values in one.values.values() for each in values)
    return frozenset(each.removeprefix(_EG) for each in values if isinstance(each, IRI))


def standing_terms(
    terms: Mapping[str, Term], named: AbstractSet[str], drafted: AbstractSet[str]
) -> dict[str, Term]:
    """The terms without those that only drafts name, and what only these are kinds of."""
    unnamed = terms.keys() - _needed(terms, drafted)
    kept = _needed(terms, {*named, *unnamed})
    return {name: term for name, term in terms.items() if name in kept}


def _needed(terms: Mapping[str, Term], named: AbstractSet[str]) -> set[str]:
    """Those of some terms that are named, and the others that these speak of."""
    found: set[str] = set()
    waiting = terms.keys() & named
    while waiting:
        found |= waiting
        spoken = {each for name in waiting for _, each in _spoken_of(terms[name])}
        waiting = (terms.keys() & spoken) - found
    return found


def _spoken_of(term: Term) -> Iterator[tuple[str, str]]:
    """The terms that an entry names, each with its key."""
    named = {"is": term.is_, "yields": term.yields, "answered by": term.answered_by}
    return ((key, each) for key, given in named.items() for each in texts(given))


def check_terms(written: Written, terms: Mapping[str, Term], words: Words) -> Iterator[Finding]:
    """Terms that are kinds of what is not there, or not as it is, or that are there already."""
    for name, term in terms.items():
        for key, each in _spoken_of(term):
            if each not in words.terms:
                problem = f"`{name}` names {each!r} under `{key}`, which no file declares"
                yield finding(written, problem, words.near(each), ("terms", name, key))
        yield from _check_name(written, name, terms, words)
        if name in words.labels:
            problem = f"`{name}` is declared in the ontology already"
            yield finding(written, problem, "Take it from `terms:`.", ("terms", name))


def _check_name(
    written: Written, name: str, terms: Mapping[str, Term], words: Words
) -> Iterator[Finding]:
    """A class begins with a capital, an individual with a small letter and has a class."""
    term = terms[name]
    if not term.is_ and not name[0].isupper():
        problem = f"`{name}` is an individual of no class"
        solution = "Write `is:` and its class, such as Concept; a class begins with a capital."
        yield finding(written, problem, solution, ("terms", name))
    for kind in texts(term.is_):
        are_classes = words.are_classes(kind, but=terms)
        if are_classes is not None and are_classes != name[0].isupper():
            what, solution = _WRITTEN_AS[are_classes]
            problem = f"`{name}` is not written as a term of {kind}, whose terms are {what}"
            yield finding(written, problem, solution, ("terms", name, "is"))
