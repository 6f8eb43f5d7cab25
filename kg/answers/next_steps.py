"""What is advised next, and which verdicts it may change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kg.answers.model import Cause, NextStep, Verdict
from kg.answers.situation import Situation
from kg.answers.tables import Advice, Tables, Topic

_ADVISED = "statement"
_OPEN = (Verdict.CANDIDATE, Verdict.UNDETERMINED)

Effects = dict[tuple[str, str], tuple[str, ...]]
"""The causes by investigation and effect (`changes` or `informs`)."""


def next_steps(
    tables: Tables, topic: Topic, situation: Situation, causes: Iterable[Cause]
) -> tuple[NextStep, ...]:
    """What is advised and not yet done: the urgent first, then what would change most verdicts.

    Steps that change equally many stand in the order of the text.
    """
    effects = _effects(topic, {cause.iri for cause in causes if cause.verdict in _OPEN})
    order = {advice.iri: advice.order for advice in tables.advised}
    found = (_step(advice, situation, effects) for advice in tables.advised)
    return tuple(
        sorted(
            (each for each in found if each is not None),
            key=lambda each: (not each.urgent, -len(each.settles), order[each.iri]),
        )
    )


def _step(advice: Advice, situation: Situation, effects: Effects) -> NextStep | None:
    """One step, the statements that advise it before those that agree; None if it is not advised.

    A statement is used where it is about such a case; background is about any. What a statement
    offers in place of a test that is done is left to be considered.
    """
    done = advice.answered_by
    if not (done.isdisjoint(situation.present) and done.isdisjoint(situation.absent)):
        return None
    contexts = situation.applicable
    said = [
        (premise, indicated and premise.instead.isdisjoint(situation.present))
        for premise, indicated in advice.premises
        if premise.of in contexts and (not premise.context or premise.context in contexts)
    ]
    advising = [premise.id for premise, _ in said if premise.role == _ADVISED]
    if not advising:
        return None
    agreeing = [premise.id for premise, _ in said if premise.role != _ADVISED]
    return NextStep(
        iri=advice.iri,
        label=advice.label,
        settles=effects.get((advice.iri, "changes"), ()),
        informs=effects.get((advice.iri, "informs"), ()),
        statements=tuple(dict.fromkeys((*advising, *agreeing))),
        optional=not any(indicated for premise, indicated in said if premise.role == _ADVISED),
        urgent=advice.urgent,
    )


def _effects(topic: Topic, open_causes: set[str]) -> Effects:
    """The open causes by investigation and effect; one that is settled is not also informed."""
    found: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for investigation, cause, effect in topic.effects:
        if cause in open_causes:
            found[investigation, effect][cause] = None
    for (investigation, effect), causes in list(found.items()):
        if effect == "informs":
            for settled in found.get((investigation, "changes"), {}):
                causes.pop(settled, None)
    return {key: tuple(causes) for key, causes in found.items()}
