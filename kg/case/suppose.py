"""A case with something supposed: what would be so, in place of what is said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.case.model import Case
from kg.case.normalise import CaseInput, normalise
from kg.case.parse import sort_facts
from kg.case.resolve import read_case
from kg.model.errors import UsageError
from kg.model.terms import Entry, Lexicon

_WORDS: Final = {"yes": "{}", "no": "no {}", "unknown": "{} not known"}
"""How an answer repeats what gave way."""


class SupposedCase(Struct, frozen=True):
    """A case as it would be, and what of the case as it is gave way."""

    case: Case
    facts: tuple[str, ...]
    """What is supposed, as it was typed."""
    replaced: tuple[str, ...]
    """What was said otherwise and gave way."""


def suppose_facts(
    case: Case, texts: Iterable[str], lexicon: Lexicon, *, today: date | None = None
) -> SupposedCase:
    """The case with facts that are written as `kg ask` takes them.

    What the case says otherwise gives way, and is named.
    """
    texts = tuple(texts)
    new = read_case(lexicon, today=today, **sort_facts(texts, lexicon))
    if new.contradictions:
        raise UsageError(f"what is supposed contradicts itself: {new.contradictions[0].text}")
    change = _Replacement(case, new, lexicon)
    return SupposedCase(change.apply(today), texts, tuple(dict.fromkeys(change.replaced())))


def _answers(case: Case) -> list[tuple[Entry, str]]:
    """Conditions, drugs and treatments, each with what is said of it."""
    groups = (
        ((*case.conditions, *case.drugs), "yes"),
        (case.denied, "no"),
        (case.unknown, "unknown"),
    )
    return [(entry, answer) for entries, answer in groups for entry in entries]


class _Replacement:
    """What of a case gives way to what is supposed."""

    def __init__(self, case: Case, new: Case, lexicon: Lexicon) -> None:
        self._case = case
        self._new = new
        self._lexicon = lexicon
        asked = {entry.iri for entry, _ in _answers(new)}
        self._touched = asked | {lab.marker.iri for lab in new.labs}
        """Every term that something is supposed of."""

    def apply(self, today: date | None) -> Case:
        """The case with what is supposed, and with what else could not be used."""
        case, new = self._case, self._new
        kept = [pair for pair in _answers(case) if not self._gives_way(*pair)]
        before = (*case.labs, *case.compared)
        labs = [lab for lab in before if lab.marker.iri not in self._touched]
        said = CaseInput(
            answers=(*kept, *_answers(new)),
            words=(*case.words, *new.words),
            courses=(*case.courses, *new.courses),
            events=(*case.events, *new.events),
            results=(*labs, *case.baselines, *new.labs),
            age=case.age if new.age is None else new.age,
            sex=new.sex or case.sex,
            day=case.date,
            today=today,
        )
        return self._with_unused(normalise(said, self._lexicon))

    def _with_unused(self, found: Case) -> Case:
        """The new case with what else of the old one could not be used."""
        case, new = self._case, self._new
        against = (each for each in case.contradictions if not self._settles(each.facts))
        unused = (each for each in case.unused if not self._settles((each.given,)))
        notices = (each for each in case.notices if each.iri not in self._touched)
        return replace(
            found,
            assumed=tuple(each for each in case.assumed if each.iri not in self._touched),
            contradictions=(*against, *found.contradictions),
            unused=tuple(dict.fromkeys((*unused, *new.unused, *found.unused))),
            notices=tuple(dict.fromkeys((*notices, *new.notices, *found.notices))),
        )

    def replaced(self) -> Iterator[str]:
        """Everything that gives way, as an answer repeats it."""
        case, new = self._case, self._new
        for entry, answer in _answers(case):
            if self._gives_way(entry, answer):
                yield _WORDS[answer].format(entry.label)
        yield from (lab.given for lab in case.labs if lab.marker.iri in self._touched)
        for each in case.contradictions:
            yield from each.facts if self._settles(each.facts) else ()
        if new.age is not None and case.age is not None:
            yield f"age {case.age:f}"
        if new.sex is not None and case.sex is not None:
            yield case.sex.label

    def _gives_way(self, entry: Entry, answer: str) -> bool:
        """Whether what was answered so is supposed to be otherwise, or not to be known."""
        new, is_a = self._new, self._lexicon.is_a
        if answer == "unknown":
            return entry.iri in self._touched
        if any(entry.iri == each.iri for each in new.unknown):
            return True
        if answer == "yes":
            return any(is_a(entry.iri, each.iri) for each in new.denied)
        return any(is_a(each.iri, entry.iri) for each in (*new.conditions, *new.drugs))

    def _settles(self, facts: Iterable[str]) -> bool:
        """Whether something is supposed of one of the facts that could not be used."""
        return any(self._is_of_touched(fact.partition("=")[0]) for fact in facts)

    def _is_of_touched(self, name: str) -> bool:
        try:
            return self._lexicon.find(name.strip()).iri in self._touched
        except UsageError:
            return False
