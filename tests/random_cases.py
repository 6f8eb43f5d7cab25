"""Makes random cases of whatever a lexicon can name; the benchmarks use it too."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from kg.model.terms import Entry, Kind, Lexicon

Document = dict[str, object]


class CaseMaker:
    """Makes documents of cases, the same ones for the same seed."""

    def __init__(self, lexicon: Lexicon, seed: int) -> None:
        self._rng = random.Random(seed)
        self._markers = lexicon.of_kind(Kind.MARKER)
        self._states = {each.iri: sorted(lexicon.states(each.iri)) for each in self._markers}
        self._conditions = lexicon.of_kind(Kind.CONDITION)
        self._given = (*lexicon.of_kind(Kind.DRUG), *lexicon.of_kind(Kind.TREATMENT))
        self._sexes = lexicon.of_kind(Kind.SEX)

    def documents(self, count: int, *, about: Entry) -> Iterator[Document]:
        """Cases with a raised result of a measurement, and much else at random."""
        for _ in range(count):
            yield self._document(about)

    def _document(self, about: Entry) -> Document:
        rng = self._rng
        high = rng.choice((100, 105, 120))
        value = rng.randint(high, high * 7)
        said: Document = {
            "conditions": self._some(self._conditions, 4),
            "drugs": self._some(self._given, 2),
            "absent": self._some((*self._conditions, *self._given), 2),
            "labs": [self._valued(about, value, high), *self._flags(about)],
        }
        if rng.random() < 0.6:
            said["age"] = str(rng.choice((12, 30, 50, 70, 90)) + rng.randint(0, 9))
        if rng.random() < 0.6 and self._sexes:
            said["sex"] = rng.choice(self._sexes).label
        return said

    def _some(self, entries: Sequence[Entry], most: int) -> list[str]:
        chosen = self._rng.sample(entries, min(self._rng.randint(0, most), len(entries)))
        return [each.iri for each in chosen]

    def _flags(self, about: Entry) -> Iterator[Document]:
        others = [each for each in self._markers if each.iri != about.iri]
        for marker in self._rng.sample(others, self._rng.randint(0, 4)):
            if self._states[marker.iri]:
                state = self._rng.choice(self._states[marker.iri])
                yield {"marker": marker.iri, "state": state}

    @staticmethod
    def _valued(marker: Entry, value: int, high: int) -> Document:
        return {
            "marker": marker.iri,
            "value": str(value),
            "unit": marker.units[0],
            "high": str(high),
        }
