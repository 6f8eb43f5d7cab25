"""Random patients in the form of the case schema, made from the names that the graph knows.

They are what a clinic would send, in every mixture: conditions, denials, drugs, flags and values on
and beside each limit of the ontology, ages around the limit of the scope. The seed and the number
of a patient give the same patient on every machine.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kg.case import Case, resolve_case
from kg.model.terms import Entry, Kind, Lexicon
from kg.model.vocabulary import EG
from kg.reasoning.rules import Rules

Document = dict[str, Any]
"""A case in the form of the case schema."""

ULP = Decimal("0.000000000001")
LISTS = ("conditions", "absent", "unknown", "drugs", "labs")
SINGLE = ("age", "sex")


@dataclass(frozen=True)
class Patients:
    """Makes patients from a lexicon, with values around the limits of the rules."""

    lexicon: Lexicon
    rules: Rules
    seed: int
    asked: tuple[str, ...] = ("ALP", "GGT")
    """The measurements that most patients have, the first of them mostly high."""
    frequent: tuple[str, ...] = ("multiple myeloma", "osteoporosis", "postmenopausal", "CKD")
    """The conditions that half of all patients have one of: most statements are about them."""
    ulp: Decimal = ULP
    """How far the neighbours of a limit are from it."""
    _limits: dict[str, list[Decimal]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for role, interval, _ in self.rules.facets:
            bounds = (Decimal(bound) for bound in interval.to_list() if bound is not None)
            self._limits.setdefault(role, []).extend(bounds)

    def document(self, number: int) -> Document:
        """The patient of that number."""
        rng = random.Random(f"{self.seed}-{number}")
        answers = self._answers(rng)
        drugs = self._drugs(rng, answers)
        document: Document = {**answers, "drugs": drugs, "labs": self._labs(rng, drugs)}
        if rng.random() < 0.5:
            document["age"] = str(self._around(rng, EG.ageInYears, Decimal(67)))
        if rng.random() < 0.5:
            document["sex"] = rng.choice([e.label for e in self.lexicon.of_kind(Kind.SEX)])
        return {key: value for key, value in document.items() if value != []}

    def documents(self, count: int) -> Iterator[Document]:
        """The first patients."""
        return (self.document(number) for number in range(count))

    def case(self, document: Document) -> Case:
        """The case of a patient."""
        return resolve_case(document, self.lexicon)

    def _answers(self, rng: random.Random) -> dict[str, list[str]]:
        """Conditions that are there, are not, and are not known: each once."""
        names = [entry.label for entry in self.lexicon.of_kind(Kind.CONDITION)]
        rng.shuffle(names)
        if rng.random() < 0.5:
            common = self.lexicon.find(rng.choice(self.frequent), Kind.CONDITION).label
            names.insert(0, names.pop(names.index(common)))
        counts = rng.choice([0, 1, 1, 2, 3]), rng.choice([0, 0, 1, 2]), rng.choice([0, 0, 1])
        found: dict[str, list[str]] = {}
        for key, count in zip(("conditions", "absent", "unknown"), counts, strict=True):
            found[key], names = names[:count], names[count:]
        return found

    def _drugs(self, rng: random.Random, answers: dict[str, list[str]]) -> list[str]:
        """What is given; now and then something else is said not to be."""
        names = [e.label for k in (Kind.DRUG, Kind.TREATMENT) for e in self.lexicon.of_kind(k)]
        rng.shuffle(names)
        count = rng.choice([0, 0, 1, 1, 2])
        if rng.random() < 0.2:
            answers[rng.choice(["absent", "unknown"])].append(names[count])
        return names[:count]

    def _labs(self, rng: random.Random, drugs: Sequence[str]) -> list[Document]:
        markers = self.lexicon.of_kind(Kind.MARKER)
        asked = {self.lexicon.find(name, Kind.MARKER).iri for name in self.asked}
        measured = [m for m in markers if rng.random() < (0.8 if m.iri in asked else 0.12)]
        rng.shuffle(measured)
        return [self._lab(rng, marker, drugs) for marker in measured]

    def _lab(self, rng: random.Random, marker: Entry, drugs: Sequence[str]) -> Document:
        flags = sorted(self.lexicon.states(marker.iri))
        flags += ["high"] * 3 if self.asked[0] in marker.abbreviations else []
        if rng.random() < 0.45 or not marker.units:
            lab: Document = {"marker": marker.label, "state": rng.choice(flags)}
        else:
            lab = self._value(rng, marker)
        if drugs and rng.random() < 0.4:
            change = self._around(rng, EG.percentChangeFromBaseline, Decimal(30))
            day = abs(self._around(rng, EG.dayOfTreatment, Decimal(20)))
            lab |= {"percentChangeFromBaseline": f"{change:f}", "dayOfTreatment": f"{day:f}"}
            lab |= {"duringTreatment": rng.choice(drugs)}
        return lab

    def _value(self, rng: random.Random, marker: Entry) -> Document:
        """A value with its range, on or beside a limit; sometimes only a bound of it."""
        unit = rng.choice(marker.units)
        high = usual_limit(marker, unit) * Decimal(rng.choice(["0.9", "1", "1.1"]))
        low = high / 4
        if rng.random() < 0.25:
            value = low * self._around(rng, EG.ratioToLLN, Decimal("0.8"))
        else:
            value = high * self._around(rng, EG.ratioToULN, Decimal("1.8"))
        lab = {"marker": marker.label, "unit": unit, "value": f"{value:f}"}
        lab["high"] = f"{high:f}"
        if rng.random() < 0.6:
            lab["low"] = f"{low:f}"
        if value > high and rng.random() < 0.2:
            lab["comparator"] = rng.choice([">", ">="])
        return lab

    def _around(self, rng: random.Random, role: str, usual: Decimal) -> Decimal:
        """A limit of the property, its neighbours, or a usual value."""
        limit = rng.choice([*self._limits.get(role, []), usual])
        return limit + rng.choice([-self.ulp, Decimal(0), self.ulp, Decimal("0.5"), Decimal("0.1")])


def usual_limit(marker: Entry, unit: str) -> Decimal:
    """A round upper limit amidst what is plausible, so that no ratio to it is a slip."""
    units = marker.measured_in
    anything = Fraction(1), Fraction(10_000)
    least, most = units.limit_band(unit) or units.band(unit) or anything
    middle = math.sqrt(least * most) if least else float(most) / 8
    return Decimal(f"{middle:.2g}")


def without_each_part(document: Document) -> Iterator[tuple[str, Document]]:
    """The patient without one thing that is said, once for each, with the key it stood under."""
    for key in LISTS:
        for place in range(len(document.get(key, []))):
            rest = [each for n, each in enumerate(document[key]) if n != place]
            yield key, _still_under_treatment({**document, key: rest})
    for key in SINGLE:
        if key in document:
            yield key, {name: value for name, value in document.items() if name != key}


def smallest(document: Document, fails: Callable[[Document], bool]) -> Document:
    """The patient with everything taken out that the failure does not need."""
    for _, fewer in without_each_part(document):
        if fails(fewer):
            return smallest(fewer, fails)
    return document


def _still_under_treatment(document: Document) -> Document:
    """A result is not taken under a drug that is no longer said to be given."""
    labs = [
        each
        if each.get("duringTreatment", None) in {*document.get("drugs", []), None}
        else {key: value for key, value in each.items() if key not in _TIME}
        for each in document.get("labs", [])
    ]
    return {**document, "labs": labs}


_TIME = ("percentChangeFromBaseline", "dayOfTreatment", "duringTreatment")
