"""What to find out next, as the page shows it: what it decides, and the field that takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from kg.answer.model import Answer, NextStep
from kg.model.compiled import Model
from kg.model.tables import Advice
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import EG, IRI
from kg.pages.ask.blocks import Ids, Words
from kg.show.page import decided_by
from kg.show.runs import letter
from kg.show.words import by_effect

_TAKEN: Final = (Kind.MARKER, Kind.CONDITION, Kind.DRUG, Kind.TREATMENT)
DRUGS: Final = "drugs"
"""The id of the part of the form that takes what is given."""


class Effect(Struct, frozen=True):
    """What some results would do."""

    result: str
    does: tuple[tuple[str, Words], ...]


class Step(Struct, frozen=True):
    """One step of the list."""

    mark: str
    label: str
    marks: tuple[str, ...]
    decides: str
    ids: Words
    background: Words
    fields: tuple[tuple[str, str], ...]
    """Where its result is typed: the id of the row, and what it is called."""
    effects: tuple[Effect, ...]
    assumes: str = ""
    """The condition that may be assumed, where only the patient can answer it."""


class Asker:
    """Knows what each step asks for, in the terms of the form."""

    def __init__(self, model: Model) -> None:
        self._lexicon = model.lexicon
        self._advised: Mapping[str, Advice] = {each.iri: each for each in model.tables.advised}
        self._asks = {each.iri: each.asks for each in model.tables.messages if each.asks}
        self._of = {
            each.result: each.of
            for topic in model.tables.topics.values()
            for each in topic.possible
        }
        """What each result is a result of."""
        self._called: dict[str, list[str]] = {}
        self._measured: dict[str, str] = {}
        for criterion in model.criteria:
            taken = criterion.measurement or criterion.filler
            self._called.setdefault(criterion.missing, []).append(taken)
            if criterion.measurement:
                self._measured[criterion.short] = criterion.measurement
            elif criterion.role == EG.hasTreatment:
                self._called[criterion.missing].append(DRUGS)

    def wanted(self, answer: Answer) -> tuple[Entry, ...]:
        """Everything that the steps of an answer ask for, each once."""
        found = (entry for step in answer.ask_next for entry in self.entries(step))
        return tuple(dict.fromkeys(found))

    def entries(self, step: NextStep) -> tuple[Entry, ...]:
        """The terms that a step finds something out about."""
        return tuple(dict.fromkeys(self._entries(step)))

    def assumes(self, step: NextStep) -> str:
        """The condition that a question of the patient is about; empty for any other step."""
        asks = self._asks.get(step.iri, "")
        return self._lexicon.entries[IRI(asks)].label if asks else ""

    def assumable(self, answer: Answer) -> tuple[str, ...]:
        """The conditions that an answer asks the patient about."""
        return tuple(filter(None, map(self.assumes, answer.ask_next)))

    def field_of(self, label: str, places: Mapping[str, str]) -> str:
        """The id of the field that takes what is called so; empty where there is none."""
        of_value = (of for short, of in self._measured.items() if label.startswith(f"{short} "))
        known = {**places, DRUGS: DRUGS}
        found = (known[each] for each in (*self._called.get(label, ()), *of_value) if each in known)
        return next(found, "")

    def _entries(self, step: NextStep) -> Iterator[Entry]:
        advice = self._advised.get(step.iri)
        named = [self._asks.get(step.iri, "")]
        named += sorted(advice.answered_by) if advice else []
        named += [each.iri for each in step.results]
        for each in named:
            entry = self._lexicon.entries.get(IRI(self._of.get(each, each)))
            if entry is not None and entry.kind in _TAKEN:
                yield entry


def steps_of(answer: Answer, asker: Asker, ids: Ids, places: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps of an answer; `places` are the rows of the form by what they take."""
    return tuple(
        _step(letter(place), each, answer, (asker, ids, places))
        for place, each in enumerate(answer.ask_next)
    )


def _step(
    mark: str, step: NextStep, answer: Answer, known: tuple[Asker, Ids, Mapping[str, str]]
) -> Step:
    asker, ids, places = known
    marks = ["urgent"] if step.urgent else []
    marks += [step.offered] if step.offered else ["optional"] if step.optional else []
    return Step(
        mark,
        step.label,
        tuple(marks),
        decided_by(step, answer),
        ids.links(step.statements),
        ids.links(step.background),
        tuple(dict.fromkeys(_fields(asker.entries(step), places))),
        effects_of(step, ids),
        asker.assumes(step),
    )


def _fields(entries: Iterable[Entry], places: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if entry.iri in places:
            yield places[entry.iri], entry.label
        elif entry.kind in (Kind.DRUG, Kind.TREATMENT):
            yield DRUGS, "drugs"


def effects_of(step: NextStep, ids: Ids) -> tuple[Effect, ...]:
    """What each result of a step would do, those with the same effects together."""
    return tuple(
        Effect(result, tuple((text, ids.links(found)) for text, found in effects))
        for result, effects in by_effect(step.results)
        if effects
    )
