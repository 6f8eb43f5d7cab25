"""Codes of a record, and the one term that they stand for.

A code counts with its system only, and the mapping tables say how it stands to a term. What means
the same or is narrower stands for the term, in a classification also by its place under such a
code; what is wider, close or related does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final

from msgspec import Struct

from kg.case.fhir.builder import RefusedError, Table
from kg.case.fhir.resources import codings, tables, text
from kg.model.codes import STANDS_FOR, Coded
from kg.model.spelling import fold
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG, IRI, SKOS

_OTHERWISE: Final = {
    SKOS.closeMatch: "is close to",
    SKOS.broadMatch: "is wider than",
    SKOS.relatedMatch: "is only related to",
    EG.noMatch: "does not stand for",
    EG.deniedBy: "says that it is not",
}
_NEAR: Final = STANDS_FOR | {EG.askedBy, SKOS.closeMatch, SKOS.broadMatch}
_SHOWABLE: Final = re.compile(r"(?:[A-Z]{1,6}:?)?\d[\dA-Z.-]{0,17}", re.ASCII)
_MOST_REMEMBERED: Final = 1000
_UNKNOWN_NAME: Final = "used by its code; the name beside it is not one that is known for the code"


class Match(Struct, frozen=True):
    """The term that a concept stands for, with what a reader should know of it."""

    entry: Entry
    remark: str = ""
    narrower: bool = False
    """Whether the concept is only a kind of what the term means: its denial denies no term."""
    by_place: bool = False
    """Whether that is known from the place of its code alone."""


class Codes:
    """Finds the terms of codes."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words = [
            (entry, [_words(name) for name in entry.names]) for entry in lexicon.entries.values()
        ]
        self._owners: dict[str, set[IRI]] = {}
        for uses in lexicon.coded.values():
            for use in uses:
                if use.name and use.stands:
                    self._owners.setdefault(fold(use.name), set()).add(use.term)
        tags = "|".join(lexicon.name_tags.values())
        self._tag = re.compile(rf"(?:{tags})$") if tags else None
        self._compared = lru_cache(_MOST_REMEMBERED)(self._compare_name)

    def match(self, concept: Table | None) -> Match:
        """The one term of a concept; RefusedError where there is none, or more than one."""
        found = self.matches(concept)
        if len(found) > 1:
            labels = " and ".join(each.entry.label for each in found)
            raise RefusedError(f"its code says more than one thing: {labels}")
        return found[0]

    def matches(self, concept: Table | None) -> list[Match]:
        """Every term that a concept says: one, but for codes such as a combination of drugs.

        RefusedError where there is none, and where its codes stand for different things.
        """
        if concept is None:
            raise RefusedError("it has no code")
        found = [(key, name, self._lexicon.uses(key)) for key, name in self._keys(concept)]
        uses = [(use, name) for _, name, of_key in found for use in of_key]
        if not uses:
            raise self._unknown(concept)
        meant = [(use, name) for use, name in uses if use.stands or use.relation == EG.askedBy]
        if not meant:
            raise self._not_the_same(*next((key, of_key[0]) for key, _, of_key in found if of_key))
        self._check_agreement([[use.term for use in of_key if use.stands] for *_, of_key in found])
        entries = self._narrowest({use.term for use, _ in meant})
        for entry in entries:
            self._check_close(entry, (use for use, _ in uses))
        of_each = [[pair for pair in meant if self._akin(pair[0].term, e.iri)] for e in entries]
        remarks = [self._remarks(*pair) for pair in zip(entries, of_each, strict=True)]
        wrong = [[each for each in of_one if each not in ("", _UNKNOWN_NAME)] for of_one in remarks]
        if all(wrong):  # where a code says two things, the name beside it may be that of one
            raise RefusedError(wrong[0][0])
        return list(map(_match, entries, of_each, remarks))

    def _remarks(self, entry: Entry, uses: Iterable[tuple[Coded, str]]) -> list[str]:
        return [self._compared(entry.iri, use, name) for use, name in uses if name]

    def near(self, concept: Table | None) -> Entry | None:
        """The one term that codes of a concept are of, or near to; None where there is not one."""
        uses = () if concept is None else self._uses(concept)
        terms = {use.term for use in uses if use.relation in _NEAR} & self._lexicon.entries.keys()
        return self._lexicon.entries[terms.pop()] if len(terms) == 1 else None

    def means(self, concept: Table) -> set[IRI]:
        """Every term that a code of the concept stands for."""
        return {use.term for use in self._uses(concept) if use.stands}

    def denies(self, concept: Table) -> set[IRI]:
        """Every term of which a code of the concept says that it is not there."""
        return {use.term for use in self._uses(concept) if use.relation == EG.deniedBy}

    def _uses(self, concept: Table) -> Iterator[Coded]:
        for key, _ in self._keys(concept):
            yield from self._lexicon.uses(key)

    def _keys(self, concept: Table) -> list[tuple[str, str]]:
        """The codes with the prefix of their terminology, and the names printed with them."""
        keys = []
        for system, code, name in codings(concept):
            prefix = self._lexicon.systems.get(system)
            if prefix and code:
                keys.append((f"{prefix}:{code.removeprefix(f'{prefix}:')}", name))
        return keys

    def _unknown(self, concept: Table) -> RefusedError:
        keys = [key for key, _ in self._keys(concept)]
        if keys:
            return RefusedError("no term of this graph has its code", code=_shown(keys[0]))
        if tables(concept, "coding"):
            return RefusedError("its codes are of no terminology that is known here")
        written = text(concept, "text")
        return RefusedError("it has words and no code" if written else "it has no code")

    def _not_the_same(self, key: str, use: Coded) -> RefusedError:
        label = self._lexicon.entries[use.term].label
        return RefusedError(f"its code {_OTHERWISE[use.relation]} {label}", code=_shown(key))

    def _check_agreement(self, of_each: Iterable[list[IRI]]) -> None:
        """RefusedError where two codes say nothing that goes together."""
        said = [terms for terms in of_each if terms]
        for one, other in combinations(said, 2):
            if not any(self._akin(term, another) for term in one for another in other):
                terms = dict.fromkeys(sorted((*one, *other)))
                labels = " and ".join(self._lexicon.entries[term].label for term in terms)
                raise RefusedError(f"its codes stand for different things: {labels}")

    def _narrowest(self, terms: Iterable[IRI]) -> list[Entry]:
        """The terms under which no other of them comes."""
        every = sorted(terms)
        wider = {t for t in every for other in every if other != t and self._lexicon.is_a(other, t)}
        return [self._lexicon.entries[term] for term in every if term not in wider]

    def _check_close(self, entry: Entry, uses: Iterable[Coded]) -> None:
        """A code that is close to another term contradicts the one that stands for this."""
        for use in uses:
            if use.relation == SKOS.closeMatch and not self._akin(entry.iri, use.term):
                other = self._lexicon.entries[use.term].label
                raise RefusedError(f"its codes stand for different things: {entry.label}, {other}")

    def _akin(self, one: IRI, other: IRI) -> bool:
        return self._lexicon.is_a(one, other) or self._lexicon.is_a(other, one)

    def _compare_name(self, term: IRI, use: Coded, name: str) -> str:
        """What the printed name says of a code: nothing, that it is not known, or what is wrong."""
        entry = self._lexicon.entries[term]
        known = use.name
        bare = self._without_tag(name)
        if fold(bare) in {fold(known), *(fold(each) for each in entry.names)}:
            return ""
        other = self._other_owner(entry, bare) or self._better_named(entry, use, name)
        if other is not None:
            both = f"{entry.label} by its code and {other.label} by the name beside it"
            return f"it is {both}; one of them is wrong"
        said = _words(name)
        known_words = _words(known).union(*(_words(each) for each in entry.names))
        reading = self._lexicon.ambiguous.get(fold(name))
        if said & known_words or (reading is not None and entry.iri in reading.means):
            return ""
        return _UNKNOWN_NAME

    def _other_owner(self, entry: Entry, name: str) -> Entry | None:
        """Another term that the printed name belongs to."""
        owners = self._owners.get(fold(name))
        terms = [each.iri for each in self._lexicon.called(name)] if owners is None else owners
        others = [term for term in sorted(terms) if not self._akin(entry.iri, term)]
        kept = [self._lexicon.entries[term] for term in others if term in self._lexicon.entries]
        return next((each for each in kept if each.kind is entry.kind), None)

    def _better_named(self, entry: Entry, use: Coded, name: str) -> Entry | None:
        """Another term of the kind, more of whose name stands in the printed one.

        The name of a narrower condition may say more than the term; one that has its name in it
        is no other. The tag of a full name is no word of it, but where the term is not in it.
        """
        names = [_words(each) for each in (*entry.names, use.name) if each]
        said = _words(self._without_tag(name))
        own = _within(said, names)
        said = said if own else _words(name)
        if own and use.relation == SKOS.narrowMatch and entry.kind is not Kind.MARKER:
            return None
        better = (
            other
            for other, its_names in self._words
            if other.kind is entry.kind
            and _within(said, its_names) > own
            and not self._akin(entry.iri, other.iri)
        )
        return next(better, None)

    def _without_tag(self, name: str) -> str:
        """A printed name without what full names of a terminology end in, to say their sort."""
        return self._tag.sub("", name) if self._tag else name


def _match(entry: Entry, uses: Iterable[tuple[Coded, str]], remarks: Collection[str]) -> Match:
    """A term of a concept, with what the codes that say it say besides."""
    said = [use for use, _ in uses if use.term == entry.iri]
    return Match(
        entry,
        _remark(said, unknown=_UNKNOWN_NAME in remarks),
        narrower=all(use.relation == SKOS.narrowMatch for use in said),
        by_place=all(use.under for use in said),
    )


def _remark(uses: Iterable[Coded], *, unknown: bool) -> str:
    """What a reader should know of the codes that stand for a term."""
    found = [_UNKNOWN_NAME] if unknown else []
    for use in uses:
        if use.mapped:
            found.append(f"used by the map of the hospital, to {_shown(use.mapped)}")
        if use.under:
            found.append(f"used by its place in the classification, under {_shown(use.under)}")
        if use.qualifier:
            found.append(f"its code says: {use.qualifier}")
    return "; ".join(dict.fromkeys(found))


def _within(said: frozenset[str], names: Iterable[frozenset[str]]) -> int:
    """How many words the longest name has that stands wholly in what was said."""
    return max((len(words) for words in names if words <= said), default=0)


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold()))


def _shown(key: str) -> str:
    """A code with its terminology; what does not look like a code is not repeated."""
    prefix, _, code = key.partition(":")
    return f"{prefix} {code}" if _SHOWABLE.fullmatch(code) else ""
