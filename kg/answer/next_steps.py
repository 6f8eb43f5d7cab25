"""What is advised next, and which verdicts each result would move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.answer.causes import open_needs
from kg.answer.lacking import Lacking
from kg.answer.model import Elsewhere, NextStep, OtherPopulation, Term
from kg.answer.prospect import Prospect
from kg.answer.situation import Situation
from kg.answer.tables import Advice, Premise, Tables, Topic

_ADVISED = "statement"


def next_steps(
    tables: Tables, topic: Topic, situation: Situation, prospect: Prospect | None
) -> tuple[NextStep, ...]:
    """What is advised and not yet done: the urgent first, then what would change most verdicts.

    Steps that change equally many stand in the order of the text. Without a prospect, what the
    results would change is left out.
    """
    order = {advice.iri: advice.order for advice in tables.advised}
    found = (_step(advice, topic, situation, prospect) for advice in tables.advised)
    return tuple(
        sorted(
            (each for each in found if each is not None),
            key=lambda each: (not each.urgent, -len(each.settles), order[each.iri]),
        )
    )


def asked_by(
    tables: Tables, topic: Topic, situation: Situation, steps: Iterable[NextStep]
) -> frozenset[str]:
    """Everything that the steps ask about."""
    chosen = {step.iri for step in steps}
    return frozenset(
        each
        for advice in tables.advised
        if advice.iri in chosen
        for each in _asked(advice, topic, situation)
    )


def steps_for_others(
    tables: Tables, situation: Situation, lacking: Lacking
) -> tuple[OtherPopulation, ...]:
    """What is advised for other patients only, and not yet done, with what this one lacks."""
    return tuple(
        OtherPopulation(advice.iri, advice.label, tuple(_elsewhere(advice, tables, lacking)))
        for advice in tables.advised
        if not _is_done(advice, situation) and not _advising(advice, situation)
    )


def _elsewhere(advice: Advice, tables: Tables, lacking: Lacking) -> Iterator[Elsewhere]:
    statements = dict.fromkeys(p.id for p, _ in advice.premises if p.role == _ADVISED)
    for each in statements:
        note = tables.notes.statements[each]
        missing, contradicted = lacking.of(note.context)
        yield Elsewhere(
            each, Term(note.context, lacking.label(note.context)), missing, contradicted
        )


def _is_done(advice: Advice, situation: Situation) -> bool:
    done = advice.answered_by
    return not (done.isdisjoint(situation.present) and done.isdisjoint(situation.absent))


def _advising(advice: Advice, situation: Situation) -> list[tuple[Premise, bool]]:
    """What says that it is advised for such a case, each with whether it is indicated.

    A statement is used where it is about such a case; background is about any. What a statement
    offers in place of a test that is done is left to be considered.
    """
    contexts = situation.applicable
    said = [
        (premise, indicated and premise.instead.isdisjoint(situation.present))
        for premise, indicated in advice.premises
        if premise.of in contexts and (not premise.context or premise.context in contexts)
    ]
    return said if any(premise.role == _ADVISED for premise, _ in said) else []


def _step(
    advice: Advice, topic: Topic, situation: Situation, prospect: Prospect | None
) -> NextStep | None:
    """One step, the statements that advise it before those that agree; None if none does."""
    if advice.of.isdisjoint(situation.applicable) or _is_done(advice, situation):
        return None
    said = _advising(advice, situation)
    if not said:
        return None
    advising = [premise.id for premise, _ in said if premise.role == _ADVISED]
    agreeing = [premise.id for premise, _ in said if premise.role != _ADVISED]
    results = tuple(prospect.results(_asked(advice, topic, situation))) if prospect else ()
    settles = {move.iri for each in results for move in each.moves}
    informs = {cause.iri for each in results for cause in each.supports}
    informs.update(each for each in advice.clarifies if prospect and prospect.lists(each))
    return NextStep(
        iri=advice.iri,
        label=advice.label,
        settles=tuple(each for each in topic.causes if each in settles),
        informs=tuple(each for each in topic.causes if each in informs - settles),
        statements=tuple(dict.fromkeys((*advising, *agreeing))),
        optional=not any(indicated for premise, indicated in said if premise.role == _ADVISED),
        urgent=advice.urgent,
        results=results,
    )


def _asked(advice: Advice, topic: Topic, situation: Situation) -> Iterator[str]:
    """What the investigation asks about: a measurement, a condition, or each cause that waits."""
    yield from sorted(advice.answered_by)
    if advice.data:
        for cause in topic.causes.values():
            if any(need.datum.iri in advice.data for need in open_needs(cause, situation)):
                yield cause.iri
