"""What an answer says beside its causes: cautions, rules, outcomes, advice, and the next steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from kg.answer.classified import ClassifiedCase, UnmetCriteria
from kg.answer.impact import ResultImpact
from kg.answer.judge import Judgement
from kg.answer.model import Message, NextStep, OtherPopulation
from kg.model.tables import Advice, CaseMessage, Notes, Premise, Tables

_OF_OTHERS: Final = "(Said of patients within the scope of the sources; shown as a caution.)"
_SCOPE: Final = "scope"
_ALERT: Final = "alert"
_STATEMENT: Final = "statement"


def case_messages(tables: Tables, case: ClassifiedCase) -> dict[str, tuple[Message, ...]]:
    """What the sources attach to the case, by kind: `alert`, `outcome`, `advice`, `scope`.

    Outside the scope of the sources only alerts are said that the ontology marks as holding for
    whoever has the condition, such as a contraindication.
    """
    found: defaultdict[str, list[Message]] = defaultdict(list)
    for each in tables.messages:
        if not case.in_scope and each.kind not in (_SCOPE, _ALERT):
            continue
        if not case.in_scope and each.kind == _ALERT and not each.always:
            continue
        message = _attached(each, case, tables.notes) or _gate(each, case)
        if message is not None:
            found[each.kind].append(message)
    if not case.in_scope:
        found[_ALERT] = [replace(each, text=f"{each.text} {_OF_OTHERS}") for each in found[_ALERT]]
    return {kind: tuple(messages) for kind, messages in found.items()}


def rules_set_off(tables: Tables, case: ClassifiedCase) -> tuple[Message, ...]:
    """The rules that the findings set off, by statements about such a case."""
    applicable, findings = case.applicable, case.findings
    found = (
        _message(each, [p for p in each.premises if p.context in applicable], tables.notes)
        for each in tables.rules
        if each.iri in findings
    )
    return tuple(each for each in found if each.statements)


def _attached(attached: CaseMessage, case: ClassifiedCase, notes: Notes) -> Message | None:
    """What is attached to the case, or None where nothing that carries it is about such a case."""
    if attached.of.isdisjoint(case.contexts):
        return None
    if not attached.unless.isdisjoint(case.findings):
        return None
    premises = [each for each in attached.premises if _applies(each, case.contexts)]
    if not premises:
        return None
    message = _message(attached, premises, notes)
    return message if message.statements or attached.kind == _SCOPE else None


def _gate(attached: CaseMessage, case: ClassifiedCase) -> Message | None:
    """A limit of scope that only facts lead to that contradict others; nothing proves it."""
    if attached.kind != _SCOPE or case.gates.isdisjoint(attached.of):
        return None
    return Message(iri=attached.iri, label=attached.label, text=attached.text, statements=())


def _applies(premise: Premise, contexts: frozenset[str]) -> bool:
    """Whether something rests on a premise in a case of these kinds.

    A statement is used where it is about such a case. What a caution goes on to say may be about
    the patient that this one may turn out to be, and background is about any.
    """
    return premise.of in contexts and (premise.role != _STATEMENT or premise.context in contexts)


def _message(attached: CaseMessage, premises: Iterable[Premise], notes: Notes) -> Message:
    roles: dict[str, dict[str, None]] = {_STATEMENT: {}, "corroboration": {}, "background": {}}
    for premise in premises:
        roles[premise.role][premise.id] = None
    statements = tuple(roles[_STATEMENT])
    return Message(
        iri=attached.iri,
        label=attached.label,
        text=attached.text,
        statements=statements,
        corroboration=tuple(roles["corroboration"]),
        background=tuple(roles["background"]),
        strength=notes.word(statements),
    )


def next_steps(
    tables: Tables,
    case: ClassifiedCase,
    judgements: Mapping[str, Judgement],
    impact: ResultImpact | None,
) -> tuple[NextStep, ...]:
    """What is advised and not yet done: the urgent first, then what would change most verdicts.

    Steps that change equally many stand in the order of the text. Where the case is not judged
    there is no impact, and what the results would change is left out.
    """
    order = {advice.iri: advice.order for advice in tables.advised}
    found = (_step(advice, case, judgements, impact) for advice in tables.advised)
    return tuple(
        sorted(
            (each for each in found if each is not None),
            key=lambda each: (not each.urgent, -len(each.settles), order[each.iri]),
        )
    )


def asked_about(
    tables: Tables, steps: Iterable[NextStep], judgements: Mapping[str, Judgement]
) -> frozenset[str]:
    """Everything that the steps ask about."""
    chosen = {step.iri for step in steps}
    return frozenset(
        each
        for advice in tables.advised
        if advice.iri in chosen
        for each in _asked(advice, judgements)
    )


def steps_for_others(
    tables: Tables, case: ClassifiedCase, unmet: UnmetCriteria
) -> tuple[OtherPopulation, ...]:
    """What is advised for other patients only, and not yet done, with what this one lacks."""
    return tuple(
        OtherPopulation(
            advice.iri,
            advice.label,
            tuple([unmet.elsewhere(each.statement, each.population) for each in advice.stated]),
        )
        for advice in tables.advised
        if not _is_done(advice, case) and not _advising(advice, case)
    )


def _is_done(advice: Advice, case: ClassifiedCase) -> bool:
    done = advice.answered_by
    return not (done.isdisjoint(case.present) and done.isdisjoint(case.absent))


def _advising(advice: Advice, case: ClassifiedCase) -> list[Premise]:
    """What says that it is advised for such a case, if a statement does.

    A statement is used where it is about such a case; background is about any.
    """
    contexts = case.applicable
    if advice.of.isdisjoint(contexts):
        return []
    said = [
        each
        for each in advice.premises
        if each.of in contexts and (not each.context or each.context in contexts)
    ]
    return said if any(each.role == _STATEMENT for each in said) else []


def _step(
    advice: Advice,
    case: ClassifiedCase,
    judgements: Mapping[str, Judgement],
    impact: ResultImpact | None,
) -> NextStep | None:
    """One step, the statements that advise it before those that agree; None if none does."""
    said = _advising(advice, case)
    if not said or _is_done(advice, case):
        return None
    advising = [each for each in said if each.role == _STATEMENT]
    agreeing = [each for each in said if each.role != _STATEMENT]
    results = tuple(impact.results(_asked(advice, judgements))) if impact else ()
    settles = {move.iri for each in results for move in each.moves}
    informs = {cause.iri for each in results for cause in each.supports}
    informs.update(iri for iri in advice.clarifies & judgements.keys() if judgements[iri].verdict)
    return NextStep(
        iri=advice.iri,
        label=advice.label,
        settles=tuple([iri for iri in judgements if iri in settles]),
        informs=tuple([iri for iri in judgements if iri in informs and iri not in settles]),
        statements=tuple(dict.fromkeys(each.id for each in (*advising, *agreeing))),
        optional=not any(_is_indicated(each, case) for each in advising),
        urgent=advice.urgent,
        results=results,
    )


def _is_indicated(premise: Premise, case: ClassifiedCase) -> bool:
    """Whether it is indicated; with a test done that is offered in its place, it is an option."""
    return premise.indicated and premise.instead.isdisjoint(case.present)


def _asked(advice: Advice, judgements: Mapping[str, Judgement]) -> Iterator[str]:
    """What the investigation asks about: a measurement, a condition, or each cause that waits."""
    yield from sorted(advice.answered_by)
    if advice.data:
        for iri, judgement in judgements.items():
            if any(each.need.datum.iri in advice.data for each in judgement.open_data):
                yield iri
