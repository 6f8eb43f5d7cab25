"""A case with something supposed: what would be so, in place of what is said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from kg.case.model import Case
from kg.case.reading import GIVEN_KINDS, read_case
from kg.case.series import Contradiction, Unused
from kg.case.settling import Told, settled
from kg.case.treatments import typed_course
from kg.model.errors import UsageError
from kg.model.terms import Entry, Kind, Lexicon, fold
from kg.model.vocabulary import IRI

_FIGURES = ("age", "sex")


@dataclass(frozen=True, slots=True)
class Supposed:
    """A case as it would be, and what of the case as it is gave way."""

    case: Case
    facts: tuple[str, ...]
    """What is supposed, as it was typed."""
    replaced: tuple[str, ...]
    """What was said otherwise and gave way."""


def supposing(
    case: Case, texts: Iterable[str], lexicon: Lexicon, *, today: date | None = None
) -> Supposed:
    """The case with facts that are written as `kg ask` takes them.

    `ggt=high` or a value is a result, `bone pain=yes` a finding, `age=70` and `sex=female` are
    what they say, and a name alone is a condition, drug or treatment that is there. What the case
    says otherwise gives way, and is named.
    """
    texts = tuple(texts)
    new = _read(texts, lexicon, today)
    if new.contradictions:
        raise UsageError(f"what is supposed contradicts itself: {new.contradictions[0].text}")
    gone = _Gone(case, new, lexicon)
    return Supposed(_joined(gone, today), texts, tuple(dict.fromkeys(gone.named())))


def _read(texts: Iterable[str], lexicon: Lexicon, today: date | None) -> Case:
    told: dict[str, list[str]] = {"labs": [], "findings": [], "drugs": [], "has": []}
    figures: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if equals and fold(name) in _FIGURES:
            figures[fold(name)] = value.strip()
        else:
            told[_option(text, name, equals, lexicon)].append(text)
    return read_case(
        lexicon,
        has=told["has"],
        drugs=told["drugs"],
        labs=told["labs"],
        findings=told["findings"],
        age=figures.get("age"),
        sex=figures.get("sex"),
        today=today,
    )


def _option(text: str, name: str, equals: str, lexicon: Lexicon) -> str:
    """The option that a fact would be typed with."""
    if not equals:
        entry = lexicon.find(typed_course(text)[0], Kind.CONDITION, *GIVEN_KINDS)
        return "has" if entry.kind is Kind.CONDITION else "drugs"
    entry = lexicon.find(name.strip(), Kind.MARKER, Kind.CONDITION, *GIVEN_KINDS)
    return "labs" if entry.kind is Kind.MARKER else "findings"


@dataclass(frozen=True, slots=True)
class _Gone:
    """What of a case gives way to what is supposed."""

    case: Case
    new: Case
    lexicon: Lexicon

    def yes(self) -> list[Entry]:
        """What is said to be there and is supposed not to be, or not to be known."""
        case = self.case
        return [each for each in (*case.conditions, *case.drugs) if self._denies(each)]

    def no(self) -> list[Entry]:
        """What is said not to be there and is supposed to be, or not to be known."""
        there = (*self.new.conditions, *self.new.drugs)
        unknown = {each.iri for each in self.new.unknown}
        return [
            each
            for each in self.case.denied
            if each.iri in unknown or any(self.lexicon.is_a(e.iri, each.iri) for e in there)
        ]

    def unknown(self) -> list[Entry]:
        """What is said not to be known and is supposed to be known."""
        return [each for each in self.case.unknown if each.iri in self.touched]

    @property
    def touched(self) -> set[IRI]:
        """Every term that something is supposed of."""
        new = self.new
        entries = (*new.conditions, *new.drugs, *new.denied, *new.unknown)
        return {each.iri for each in entries} | {lab.marker.iri for lab in new.labs}

    def named(self) -> Iterator[str]:
        """Everything that gives way, as an answer repeats it."""
        yield from (each.label for each in self.yes())
        yield from (f"no {each.label}" for each in self.no())
        yield from (f"{each.label} not known" for each in self.unknown())
        yield from (lab.given for lab in self.case.labs if lab.marker.iri in self.touched)
        for each in self.case.contradictions:
            yield from each.facts if self.settles(each) else ()
        if self.new.age is not None and self.case.age is not None:
            yield f"age {self.case.age:f}"
        if self.new.sex is not None and self.case.sex is not None:
            yield self.case.sex.label

    def settles(self, said: Contradiction | Unused) -> bool:
        """Whether something is supposed of what was said and could not be used."""
        facts = said.facts if isinstance(said, Contradiction) else (said.given,)
        return any(self._is_of_touched(fact.partition("=")[0]) for fact in facts)

    def _is_of_touched(self, name: str) -> bool:
        try:
            return self.lexicon.find(name.strip()).iri in self.touched
        except UsageError:
            return False

    def _denies(self, entry: Entry) -> bool:
        unknown = {each.iri for each in self.new.unknown}
        return entry.iri in unknown or any(
            self.lexicon.is_a(entry.iri, denied.iri) for denied in self.new.denied
        )


def _joined(gone: _Gone, today: date | None) -> Case:
    """The case with what is supposed, settled anew, and with what else could not be used."""
    case, new, touched = gone.case, gone.new, gone.touched
    yes, no = {each.iri for each in gone.yes()}, {each.iri for each in gone.no()}
    kept = [(e, "yes") for e in (*case.conditions, *case.drugs) if e.iri not in yes]
    kept += [(e, "no") for e in case.denied if e.iri not in no]
    kept += [(e, "unknown") for e in case.unknown if e.iri not in touched]
    kept += [(e, "yes") for e in (*new.conditions, *new.drugs)]
    kept += [(e, "no") for e in new.denied] + [(e, "unknown") for e in new.unknown]
    results = [lab for lab in case.labs if lab.marker.iri not in touched]
    told = Told(
        said=tuple(kept),
        courses=(*case.courses, *new.courses),
        results=(*results, *case.baselines, *new.labs),
        age=case.age if new.age is None else new.age,
        sex=new.sex or case.sex,
        day=case.date,
        today=today,
    )
    found = settled(gone.lexicon, told)
    unused = (*(each for each in case.unused if not gone.settles(each)), *new.unused, *found.unused)
    against = (each for each in case.contradictions if not gone.settles(each))
    notices = (each for each in case.notices if each.iri not in touched)
    return replace(
        found,
        unused=tuple(dict.fromkeys(unused)),
        contradictions=(*against, *found.contradictions),
        notices=tuple(dict.fromkeys((*notices, *new.notices, *found.notices))),
    )
