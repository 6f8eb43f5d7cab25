"""A search across everything that has a page: names, codes, words of statements, queries, rules.

The index is SQLite's own (FTS5), in memory. It is made before a worker is forked, and is only read
after that: a worker can open no file.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.spelling import fold
from kg.model.statements import short_id
from kg.model.vocabulary import BASE, DCTERMS, EG, IRI, PREFIXES, RDFS, SKOS, eg, expand, text_of
from kg.pages.values import path_of
from kg.serve.linked.frames import LONGEST_SEARCH, SEARCHED
from kg.serve.linked.links import STANDINGS
from kg.serve.linked.view import View
from kg.serve.linked.wording import Rule

MOST_HITS: Final = 100
"""Hits that are given; their number is told of all."""
_WORTH: Final = {"term": 3.0, "document": 2.0, "statement": 1.5, "rule": 0.7}
"""How much more a hit of a kind is worth than its words; of other kinds, no more."""

_MOST_WORDS: Final = 12
_MANY: Final = 10
"""Names and codes that make a thing twice as likely to be looked for."""
_WORD: Final = re.compile(r"\w+")
_COLUMNS: Final = "title, names, codes, text"
_WEIGHTS: Final = "12.0, 8.0, 6.0, 1.0"
_TOKENIZER: Final = "unicode61 remove_diacritics 2"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found."""

    kind: str
    iri: IRI
    title: str
    id: str = ""
    names: tuple[str, ...] = ()
    """What else it is called."""
    codes: tuple[str, ...] = ()
    """With their prefix and without."""
    text: str = ""
    """Whatever else it says, the plainest first."""

    @property
    def path(self) -> str:
        """Where its page is."""
        return path_of(self.iri)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found, and the name or code by which it was."""

    entry: Entry
    by: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a search, the best first, and how many there are of each kind."""

    text: str
    kind: str = ""
    hits: tuple[Hit, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    is_whole: bool = True
    """Whether every word was found; else the hits have some of them."""

    @property
    def total(self) -> int:
        """How many hits there are, of the kind that was asked for."""
        return sum(count for kind, count in self.counts if self.kind in ("", kind))


class Index:
    """Entries that can be searched."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._exact: dict[str, dict[int, str]] = {}
        """By a name, an id or a code as it is compared, the places of what has it."""
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        self._base.execute("PRAGMA temp_store = MEMORY")
        self._base.execute(
            f"CREATE VIRTUAL TABLE entry USING fts5({_COLUMNS}, tokenize = '{_TOKENIZER}')"
        )
        self._base.executemany(
            f"INSERT INTO entry(rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - ours
            self._rows(),
        )
        self._base.commit()

    def search(self, text: str, kind: str = "") -> Found:
        """What has all the words of a text, or else what has any; the last may be begun only."""
        wanted = " ".join(text[:LONGEST_SEARCH].split())
        found_words = _words(wanted)[:_MOST_WORDS]
        if not found_words:
            return Found(wanted, kind)
        exact = self._exact.get(fold(wanted), {})
        places = self._match(found_words, " AND ")
        is_whole = bool(places or exact)
        places = places if is_whole else self._match(found_words, " OR ")
        ordered = self._ordered(dict.fromkeys([*exact, *places]), exact)
        counts = Counter(self._entries[each].kind for each in ordered)
        kept = [each for each in ordered if kind in ("", self._entries[each].kind)][:MOST_HITS]
        hits = tuple(self._hit(each, exact, found_words) for each in kept)
        of_each = tuple((each, counts[each]) for each in SEARCHED if counts[each])
        return Found(wanted, kind, hits, of_each, is_whole)

    def _rows(self) -> Iterator[tuple[int | str, ...]]:
        for place, each in enumerate(self._entries):
            for name in (each.title, each.id, *each.names, *each.codes):
                if name:
                    self._exact.setdefault(fold(name), {}).setdefault(place, name)
            columns = (
                f"{each.id} {each.title}",
                *map(" ".join, (each.names, each.codes)),
                each.text,
            )
            yield (place, *(" ".join(_words(column)) for column in columns))

    def _match(self, found_words: list[str], between: str) -> list[int]:
        """The places of what matches, the best first."""
        asked = between.join(f'"{each}"*' for each in found_words)
        rows = self._base.execute(
            f"SELECT rowid, bm25(entry, {_WEIGHTS}) FROM entry WHERE entry MATCH ?",  # noqa: S608 - ours
            (asked,),
        )
        ranks = {place: rank * _worth(self._entries[place]) for place, rank in rows}
        return sorted(ranks, key=lambda place: (ranks[place], place))

    def _ordered(self, places: Iterable[int], exact: dict[int, str]) -> list[int]:
        """What is called so before what only speaks of it; among equals, by kind."""
        ranked = list(places)
        first = sorted(exact, key=lambda each: SEARCHED.index(self._entries[each].kind))
        return [*first, *(each for each in ranked if each not in exact)]

    def _hit(self, place: int, exact: dict[int, str], found_words: list[str]) -> Hit:
        entry = self._entries[place]
        by = exact.get(place, "")
        if not by and not _has(entry.title, found_words):
            others = (each for each in (*entry.names, *entry.codes) if _has(each, found_words))
            by = next(others, "")
        return Hit(entry, "" if by in (entry.title, entry.id) else by)


def _worth(entry: Entry) -> float:
    """How much a hit is worth: what people have many names and codes for is what they look for."""
    known = 1 + min(len(entry.names) + len(entry.codes), _MANY) / _MANY
    return _WORTH.get(entry.kind, 1.0) * known


def _words(text: str) -> list[str]:
    """The words of a text as they are compared: case and British spelling do not count."""
    return [fold(each) for each in _WORD.findall(text)]


def _has(name: str, wanted: Iterable[str]) -> bool:
    """Whether every word begins one of the name."""
    parts = _words(name)
    return all(any(part.startswith(each) for part in parts) for each in wanted)


# ── What of a graph is in it ────────────────────────────────────────────────────────────────────

_NAMES: Final = (SKOS.altLabel, EG.abbreviation, EG.narrowerName)
_TEXTS: Final = (
    SKOS.definition, SKOS.note, RDFS.comment, DCTERMS.title, expand("schema:keywords"),
    *map(eg, ("population", "message", "venue", "year", "publisherName", "origin")),
)  # fmt: skip
"""What is said of a thing in words of its own."""
_SPACES: Final = {
    PREFIXES["eg"]: "term",
    PREFIXES["st"]: "statement",
    PREFIXES["bg"]: "background",
    PREFIXES["doc"]: "document",
    PREFIXES["ref"]: "reference",
    f"{BASE}query/": "query",
}
"""Where what can be found stands, with what it is called; rules are found beside them."""

_Values = Mapping[IRI, tuple[str, ...]]


def entries(view: View, rules: Iterable[Rule]) -> Iterator[Entry]:
    """All that can be found in a graph."""
    names, texts, codes = _texts(view, _NAMES), _texts(view, _TEXTS), _codes(view)
    for iri, (label, *_) in sorted(_texts(view, [RDFS.label]).items()):
        kind = _SPACES.get(iri[: iri.find("/", len(BASE)) + 1])
        if kind is not None:
            yield _entry(view, iri, kind, label, (names, texts, codes))
    for rule in rules:
        if rule.iri is not None:
            sentence = "".join(each.text for each in rule.sentence)
            yield Entry("rule", rule.iri, sentence, text=rule.text)


def _entry(
    view: View, iri: IRI, kind: str, label: str, said: tuple[_Values, _Values, _Values]
) -> Entry:
    names, texts, codes = (each.get(iri, ()) for each in said)
    name = short_id(iri) if kind in ("statement", "document") else ""
    title = label.removeprefix(f"{name} ")
    names = (*names, f"{kind} {name}") if name else names
    if kind == "reference":
        title, names = view.text(iri, DCTERMS.title) or label, (label, *names)
    if kind in ("query", "background"):
        names = (iri.rpartition("/")[2], *names)
    return Entry(kind, iri, title, name, names, codes, "\n".join(texts))


def _texts(view: View, predicates: Iterable[IRI]) -> _Values:
    """What is said of each thing by these properties, in their order."""
    found: defaultdict[IRI, dict[str, None]] = defaultdict(dict)
    for predicate in predicates:
        for subject, _, value in sorted(view.saying(predicate), key=str):
            if isinstance(subject, IRI):
                found[subject][text_of(value)] = None
    return {iri: tuple(values) for iri, values in found.items()}


def _codes(view: View) -> _Values:
    """The codes of each term in other terminologies, with their prefix and without."""
    notations = {each.subject: text_of(each.object) for each in view.saying(SKOS.notation)}
    found: defaultdict[IRI, dict[str, None]] = defaultdict(dict)
    for relation in STANDINGS:
        for subject, _, code in view.saying(relation):
            if isinstance(subject, IRI) and isinstance(code, IRI) and code in notations:
                notation = notations[code]
                found[subject] |= dict.fromkeys((notation, notation.rpartition(":")[2]))
    return {iri: tuple(sorted(codes)) for iri, codes in found.items()}
