"""What an answer says beside its causes: cautions, rules, outcomes, advice, and the next steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.answer.classified import ClassifiedCase
from kg.answer.impact import ResultImpact
from kg.answer.judge import Judgement
from kg.answer.kept import Sight
from kg.answer.memory import Memory
from kg.answer.model import Message, NextStep, OtherPopulation
from kg.answer.seen import Names, Seen
from kg.model.notes import Notes
from kg.model.tables import Advice, CaseMessage, Offer, Premise, Tables
from kg.model.topics import Topic
from kg.model.vocabulary import EG

_OF_OTHERS: Final = "(Said of patients within the scope of the sources; shown as a caution.)"
_SCOPE: Final = "scope"
_ALERT: Final = "alert"
_STATEMENT: Final = "statement"
_BACKGROUND: Final = "background"

Messages = Mapping[str, tuple[Message, ...]]
"""What is said of a case, by kind."""


def case_messages(tables: Tables, topic: Topic, case: Seen) -> Messages:
    """What the sources attach to the case, by kind: `alert`, `outcome`, `advice`, `scope`.

    It touches a fact of the case, or the finding that is asked about.

    Outside the scope of the sources only alerts are said that the ontology marks as holding for
    whoever has the condition, such as a contraindication.
    """
    found: defaultdict[str, list[Message]] = defaultdict(list)
    kinds = case.among("contexts", tables.messages_of)
    touching = topic.told.union(kinds, case.among("gates", tables.messages_of))
    for each in tables.messages_about(touching - {EG.Case}):
        if not case.in_scope and each.kind not in (_SCOPE, _ALERT):
            continue
        if not case.in_scope and each.kind == _ALERT and not each.always:
            continue
        if not is_on_topic(each, topic):
            continue
        text = say(each, topic, case, tables.notes)
        if text is not None:
            found[each.kind].append(text)
    if not case.in_scope:
        found[_ALERT] = [replace(each, text=f"{each.text} {_OF_OTHERS}") for each in found[_ALERT]]
    return {kind: tuple(messages) for kind, messages in found.items()}


def is_on_topic(said: Advice | CaseMessage, topic: Topic) -> bool:
    """Whether what is said of cases touches the finding asked about, or some fact of the case.

    What is said of narrower kinds is said of a case by one of its facts; what is said of any case
    is not.
    """
    return EG.Case not in said.of or said.iri in topic.told


def rules_set_off(tables: Tables, case: ClassifiedCase) -> tuple[Message, ...]:
    """The rules that the findings set off, by statements about such a case."""
    applicable, findings = case.applicable, case.findings
    found = (
        _message(each, [p for p in each.premises if p.context in applicable], tables.notes)
        for each in tables.rules_about(findings)
        if each.iri in findings and not is_settled(each, case)
    )
    return tuple(each for each in found if each.statements)


def say(attached: CaseMessage, topic: Topic, case: Seen, notes: Notes) -> Message | None:
    """What one message says of a case, or None where it says nothing."""
    return _attached(attached, topic, case, notes) or _gate(attached, case)


def _attached(attached: CaseMessage, topic: Topic, case: Seen, notes: Notes) -> Message | None:
    """What is attached to the case, or None where nothing that carries it is about such a case."""
    if case.contexts.isdisjoint(attached.of):
        return None
    if not case.findings.isdisjoint(attached.unless) or is_settled(attached, case):
        return None
    premises = [
        each
        for each in attached.premises
        if _applies(each, case.contexts) and topic.is_spoken_of(each.id, each.context)
    ]
    if not premises:
        return None
    message = _message(attached, premises, notes)
    if message.statements or attached.kind == _SCOPE or _on_background(attached.premises, premises):
        return message
    return None


def is_settled(said: CaseMessage, case: Seen) -> bool:
    """Whether the case answers the question that something asks: with yes, or with no."""
    return not (case.present.isdisjoint(said.settled) and case.absent.isdisjoint(said.settled))


def _on_background(said: Iterable[Premise], used: Iterable[Premise]) -> bool:
    """Whether background alone carries something for a kind of case, which is about any case."""
    stated = {each.of for each in said if each.role == _STATEMENT}
    return any(each.role == _BACKGROUND and each.of not in stated for each in used)


def _gate(attached: CaseMessage, case: Seen) -> Message | None:
    """A limit of scope that only facts lead to that contradict others; nothing proves it."""
    if attached.kind != _SCOPE or case.gates.isdisjoint(attached.of):
        return None
    return Message(iri=attached.iri, label=attached.label, text=attached.text, statements=())


def _applies(premise: Premise, contexts: Names) -> bool:
    """Whether something rests on a premise in a case of these kinds.

    A statement is used where it is about such a case. What a caution goes on to say may be about
    the patient that this one may turn out to be, and background is about any.
    """
    return premise.of in contexts and (premise.role != _STATEMENT or premise.context in contexts)


def _message(attached: CaseMessage, premises: Iterable[Premise], notes: Notes) -> Message:
    roles: dict[str, dict[str, None]] = {_STATEMENT: {}, "corroboration": {}, _BACKGROUND: {}}
    for premise in premises:
        roles[premise.role][premise.id] = None
    statements = tuple(roles[_STATEMENT])
    return Message(
        iri=attached.iri,
        label=attached.label,
        text=attached.text,
        statements=statements,
        corroboration=tuple(roles["corroboration"]),
        background=tuple(roles[_BACKGROUND]),
        strength=notes.word(statements),
    )


class Advised(Struct, frozen=True, eq=False):
    """What is advised for a case and others of which the answer speaks."""

    offers: tuple[Offer, ...]
    """What is advised for others and offered to such a case too."""
    investigations: tuple[tuple[Advice, list[Premise]], ...]
    """Every investigation that touches the finding or a fact of the case, with what says that it
    is advised for such a case, if anything."""


def advised_to(tables: Tables, topic: Topic, case: Seen) -> Advised:
    """What is advised for a case, done or not."""
    offers = offers_to(tables, case)
    offered = {each.kind for each in offers}
    own = case.among("contexts", tables.advised_of) if case.in_scope else ()
    about = tables.advised_about(topic.told.union(offered, own) - {EG.Case})
    kinds = _Kinds(offered, case.applicable)
    found = [(each, advising(each, topic, kinds)) for each in about if is_on_topic(each, topic)]
    return Advised(offers, tuple(found))


class _Kinds(Struct, frozen=True):
    """The kinds of case whose investigations are advised for a case."""

    offered: Collection[str]
    own: Names

    def __contains__(self, name: object) -> bool:
        return name in self.offered or name in self.own

    def isdisjoint(self, names: Iterable[str]) -> bool:
        """Whether none of these is there."""
        return not any(each in self for each in names)


class NextSteps:
    """Finds what is advised for a case, and what is advised for others only."""

    def __init__(
        self,
        case: ClassifiedCase,
        judgements: Mapping[str, Judgement],
        topic: Topic,
        advised: Advised,
    ) -> None:
        self._case = case
        self._topic = topic
        self._judgements = judgements
        self._listed = [iri for iri, each in judgements.items() if each.verdict]
        self.offers = advised.offers
        self.advised = advised.investigations
        self._open = [each for each in self.advised if not is_done(each[0], case)]

    def steps(self, impact: ResultImpact | None) -> tuple[NextStep, ...]:
        """What is advised and not yet done: urgent first, then what would change most verdicts.

        Steps that change equally many stand in the order of the text. Where the case is not judged
        there is no impact, and what the results would change is left out.
        """
        found = [(each.order, self._step(each, said, impact)) for each, said in self._open if said]
        found.sort(key=lambda each: (not each[1].urgent, -len(each[1].settles), each[0]))
        return tuple([step for _, step in found])

    def asked_about(self) -> frozenset[str]:
        """Everything that the steps ask about."""
        return frozenset(
            each for advice, said in self._open if said for each in self.asked_by(advice)
        )

    def asked_by(self, advice: Advice) -> Iterator[str]:
        """What the investigation asks about: a measurement, a condition, each cause that waits."""
        yield from sorted(advice.answered_by)
        if advice.data:
            for iri, judgement in self._judgements.items():
                if any(each.need.datum.iri in advice.data for each in judgement.open_data):
                    yield from sorted(judgement.cause.presumes) or (iri,)

    def for_others(self, memory: Memory, sight: Sight) -> tuple[OtherPopulation, ...]:
        """What is advised for other patients only, with what this one lacks."""
        return tuple(
            memory.row(("step for others", advice.iri), partial(_for_others, memory, advice), sight)
            for advice, said in self._open
            if not said and advice.iri in self._topic.told
        )

    def _step(self, advice: Advice, said: list[Premise], impact: ResultImpact | None) -> NextStep:
        """One step, the statements that advise it before those that agree."""
        background = [each for each in said if each.role == _BACKGROUND]
        advising = [each for each in said if each.role == _STATEMENT]
        agreeing = [each for each in said if each.role not in (_STATEMENT, _BACKGROUND)]
        results = tuple(impact.results(self.asked_by(advice))) if impact else ()
        settles = {move.iri for each in results for move in each.moves}
        supported = {cause.iri for each in results for cause in each.supports}
        informs = supported.union(advice.clarifies.intersection(self._listed)) - settles
        return NextStep(
            iri=advice.iri,
            label=advice.label,
            settles=tuple([iri for iri in self._judgements if iri in settles]),
            informs=tuple([iri for iri in self._judgements if iri in informs]),
            statements=tuple(dict.fromkeys([each.id for each in (*advising, *agreeing)])),
            background=tuple(dict.fromkeys([each.id for each in background])),
            optional=not any(_is_indicated(each, self._case) for each in advising),
            offered=self._offered(advising),
            urgent=advice.urgent,
            results=results,
            origins=tuple(dict.fromkeys(move.iri for each in results for move in each.origins)),
        )

    def _offered(self, advising: Iterable[Premise]) -> str:
        """For whom it is advised, where every statement that does is about other cases."""
        said = [each.context for each in advising]
        if not said or not self._case.applicable.isdisjoint(said):
            return ""
        return next((each.note for each in self.offers if each.kind in said), "")


def _for_others(memory: Memory, advice: Advice, sight: Sight) -> OtherPopulation:
    unmet = memory.unmet(sight)
    told = (each for each in advice.stated if each.statement not in memory.topic.elsewhere)
    stated = [unmet.elsewhere(each.statement, each.population) for each in told]
    return OtherPopulation(advice.iri, advice.label, tuple(stated))


def offers_to(tables: Tables, case: Seen) -> tuple[Offer, ...]:
    """What is advised for others and offered to such a case too."""
    kinds = case.applicable
    return tuple(each for each in tables.offers if each.wider in kinds and each.kind not in kinds)


def advised_kinds(case: ClassifiedCase, offers: Iterable[Offer]) -> frozenset[str]:
    """The kinds of case whose investigations are advised for a case, or offered to it."""
    return case.applicable.union([each.kind for each in offers])


def is_done(advice: Advice, case: ClassifiedCase) -> bool:
    """Whether the case shows that an investigation was done, or says what it would ask."""
    done = advice.answered_by
    return not (done.isdisjoint(case.present) and done.isdisjoint(case.absent))


def advising(advice: Advice, topic: Topic, kinds: Names) -> list[Premise]:
    """What says that it is advised for cases of these kinds, if a statement does.

    A statement is used where it is about such a case; background is about any.
    """
    if kinds.isdisjoint(advice.of):
        return []
    said = [
        each
        for each in advice.premises
        if each.of in kinds
        and (not each.context or each.context in kinds)
        and topic.is_spoken_of(each.id, each.context)
    ]
    return said if any(each.role in (_STATEMENT, _BACKGROUND) for each in said) else []


def _is_indicated(premise: Premise, case: ClassifiedCase) -> bool:
    """Whether it is indicated for such a case, and no test is done that is offered in its place."""
    if premise.context not in case.applicable:
        return False
    return premise.indicated and premise.instead.isdisjoint(case.present)
