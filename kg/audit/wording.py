"""The words that sentences are read with: what the ontology says of them, by the words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from kg.audit.content import EQUAL, FIGURES
from kg.audit.model import Figure
from kg.audit.terms import PREFERS, Terms
from kg.model.spelling import singular
from kg.model.vocabulary import EG, RDF, eg
from kg.store.base import Store
from kg.store.queries import shipped_rows

_DIGITS: Final = r"\d{1,12}(?:\.\d{1,12}|,\d{1,2})?(?![\d.,]*\d)"
"""A number; a comma before three digits may part thousands, and is not read."""
_NEAR: Final = 60
"""The words of a comparator stand so many characters from their number at most."""
_RANGE: Final = rf"(?<![\w.,−-])(?P<low>{_DIGITS})(?:\s*(?:to|and|-|–)\s*(?P<high>{_DIGITS}))?"  # noqa: RUF001
"""One number or two, without a sign."""
_ANY_WORDS: Final = "…"


class Role(StrEnum):
    """What words do in a sentence."""

    RELATION = "predicate"
    CONVERSE = "predicate, the other way round"
    MODALITY = "modality"
    FREQUENCY = "frequency"
    DIRECTION = "direction"
    DENIED = "denial"
    OF_WHOM = "of whom"
    PLAIN = "nothing"


_OF_CLASS: Final = {
    str(EG.Predicate): Role.RELATION,
    str(EG.Modality): Role.MODALITY,
    str(EG.Frequency): Role.FREQUENCY,
    str(EG.Direction): Role.DIRECTION,
    str(EG.Polarity): Role.DENIED,
}
_OF_TERM: Final = {str(EG.populationClass): Role.OF_WHOM, str(EG.Statement): Role.PLAIN}


class Meaning(Struct, frozen=True):
    """One thing that some words do, and the term that they stand for."""

    role: Role
    term: str


class Wording(Struct, frozen=True):
    """All words but the names of things."""

    meanings: Mapping[str, tuple[Meaning, ...]]
    """By words, in the singular."""
    alone: Mapping[str, str]
    """The predicate that a modality, frequency or direction says where a sentence has no other."""
    units: tuple[tuple[str, str, re.Pattern[str]], ...]
    """Of what a figure is, its unit, and the words with its numbers; the longest first."""
    comparators: tuple[tuple[str, str, str, str], ...]
    """Of what a figure is, its comparator, and the words before and behind its numbers."""

    @property
    def signs(self) -> tuple[str, ...]:
        """The comparators that words say, and the one of a figure without any."""
        return (EQUAL, *sorted({sign for _, sign, _, _ in self.comparators} - {EQUAL}))

    def figures(self, text: str) -> Iterator[tuple[int, int, Figure]]:
        """The figures of a sentence, each with the place of its words."""
        end = 0
        found = [
            (match.start(), -match.end(), of, unit, match)
            for of, unit, pattern in self.units
            for match in pattern.finditer(text)
        ]
        for start, _, of, unit, match in sorted(found, key=lambda each: each[:2]):
            if start >= end:
                begin, end, sign = self._compared(of, text, match)
                low = match["low"].replace(",", ".")
                high = match["high"]
                yield (
                    begin,
                    end,
                    Figure(low, high and high.replace(",", "."), of, sign, unit),
                )

    def _compared(self, of: str, text: str, match: re.Match[str]) -> tuple[int, int, str]:
        """Where the words of a figure begin and end with those of its comparator, and which."""
        start, end = match.span()
        before = text[max(start - _NEAR, 0) : start].casefold()
        behind = text[end : end + _NEAR].casefold()
        for kind, sign, first, last in self.comparators:
            ends = re.search(rf"(?:^|\W){re.escape(first)}\s*$", before) if first else None
            begins = re.match(rf"\s*{re.escape(last)}\b", behind) if last else None
            if kind == of and bool(first) == bool(ends) and bool(last) == bool(begins):
                begin = start - len(before) + ends.start() if ends else start
                return begin, end + (begins.end() if begins else 0), sign
        return start, end, EQUAL


def read_wording(store: Store, terms: Terms) -> Wording:
    """The words of a graph."""
    said = [
        (row["term"], row["how"], row["value"])
        for row in shipped_rows(store, "audit/wording").texts()
    ]
    meanings: defaultdict[str, dict[Meaning, None]] = defaultdict(dict)
    for words, meaning in (*_worded(said, terms), *_labelled(terms)):
        meanings[singular(words)][meaning] = None
    return Wording(
        {words: tuple(found) for words, found in meanings.items()},
        {term: value for term, how, value in said if how == EG.saysAlone},
        tuple(_units(said)),
        tuple(sorted(_comparators(said), key=lambda each: -len(each[2] + each[3]))),
    )


def _worded(said: list[tuple[str, str, str]], terms: Terms) -> Iterator[tuple[str, Meaning]]:
    for term, how, value in said:
        role = None if terms.says(PREFERS, term) else _role(term, terms)
        # Of words that prefer one thing, nobody can say which without the other: they stay unread.
        if role is not None and how in (EG.saidAs, EG.wordedAs, EG.saidConverselyAs):
            turned = how == EG.saidConverselyAs
            meaning = Meaning(Role.CONVERSE if turned else role, term)
            yield from ((words, meaning) for words in value.split("|"))


def _labelled(terms: Terms) -> Iterator[tuple[str, Meaning]]:
    """Relations and frequencies by their own names."""
    for term in terms.said[RDF.type]:
        role = _role(term, terms)
        if role in (Role.RELATION, Role.FREQUENCY):
            yield terms.label(term), Meaning(role, term)


def _role(term: str, terms: Terms) -> Role | None:
    kinds = terms.said[RDF.type].get(term, ())
    return next((_OF_CLASS[kind] for kind in kinds if kind in _OF_CLASS), _OF_TERM.get(term))


def _units(said: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    for of, code, words in _figures(said, "Unit"):
        if _ANY_WORDS not in words:
            first, _, last = (part.strip() for part in words.partition("#"))
            end = r"\b" if last[-1:].isalnum() else ""
            before = rf"\b{re.escape(first)}\s*" if first else ""
            pattern = rf"{before}{_RANGE}\s*{re.escape(last)}{end}"
            yield of, code, re.compile(pattern, re.IGNORECASE)


def _comparators(said: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str, str]]:
    for of, code, words in _figures(said, "Comparator"):
        if _ANY_WORDS not in words:
            first, _, last = (part.strip().casefold() for part in words.partition("#"))
            yield of, code, first, last


def _figures(said: list[tuple[str, str, str]], part: str) -> Iterator[tuple[str, str, str]]:
    """Of what a figure is, a code, and words that give it."""
    names = {str(eg(f"{name}{part}")): of for of, name in FIGURES.items()}
    for term, how, value in said:
        if how == EG.wording and term in names:
            code, _, words = value.partition(": ")
            yield names[term], code, words
