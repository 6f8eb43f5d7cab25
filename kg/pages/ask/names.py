"""The names of all terms, for a browser that completes what is typed without asking anybody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from kg.model.errors import UsageError
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import compact

_KINDS: Final = {
    Kind.CONDITION: "condition",
    Kind.DRUG: "drug",
    Kind.TREATMENT: "drug",
    Kind.MARKER: "marker",
}
"""What a field takes, by the kind of the term."""


def names_json(lexicon: Lexicon) -> bytes:
    """Every term that a case can name: label, kind, IRI, then lists of its names and codes.

    Each is a list: `[label, kind, iri, abbreviations, other names, codes]`. A name that stands
    for several terms is in no list.
    """
    entries = (entry for kind in _KINDS for entry in lexicon.of_kind(kind))
    found = {"names": [_entry(each, lexicon) for each in entries]}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def listed(lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """The labels of the terms by what a field takes, for browsers without scripts."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, taken in _KINDS.items():
        labels = tuple(each.label for each in lexicon.of_kind(kind))
        found[taken] = (*found.get(taken, ()), *labels)
    return found


def _entry(entry: Entry, lexicon: Lexicon) -> list[object]:
    return [
        entry.label,
        _KINDS[entry.kind],
        compact(entry.iri),
        list(_certain(entry.abbreviations, entry, lexicon)),
        list(_certain((*entry.synonyms, *entry.narrower), entry, lexicon)),
        list(_certain(entry.codes, entry, lexicon)),
    ]


def _certain(names: Iterable[str], entry: Entry, lexicon: Lexicon) -> Iterator[str]:
    """The names that stand for this term alone, where the field takes such terms."""
    taken = [kind for kind, field in _KINDS.items() if field == _KINDS[entry.kind]]
    for name in names:
        with suppress(UsageError):
            if lexicon.find(name, *taken) is entry:
                yield name
