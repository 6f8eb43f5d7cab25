"""What is said of cases, as flat rules: what each needs of a case, and what it must not have.

The rules say what `kg.answer` says, row by row: which statement lists a cause for such a case, what
speaks for and against it, what it waits for, which caution, outcome, advice or step is for whom.
How the rows of a cause make a verdict is one query (`sql/verdicts.sql`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from msgspec import Struct

from kg.cohort.parts import absent, has, leads, there
from kg.model.compiled import Criterion, Model
from kg.model.tables import Advice, CaseMessage, Offer, Premise
from kg.model.topics import ArgumentRule, ListedCause, Topic
from kg.model.vocabulary import EG
from kg.reasoning.rules import TYPE, Rules

OUTSIDE: Final = "outside the scope"
"""The conclusion that a case is not one that the sources are about."""
_STATEMENT: Final = "statement"
_BACKGROUND: Final = "background"
_ALWAYS_SHOWN: Final = "scope"
_QUESTION: Final = "question"


class Rule(Struct, frozen=True):
    """One thing that is said of every case that has all it needs, and nothing that it excludes."""

    kind: str
    """What is said: `lists`, `against`, `alert`, `step` and so on."""
    of: str
    """The cause, origin, message or step that it is said of."""
    need: frozenset[str]
    unless: frozenset[str] = frozenset()
    id: str = ""
    """The statement, background or datum that says it."""
    role: str = ""
    """Of a message or step: how it rests on the statement."""
    carries: bool = True
    """Whether it suffices for something to be said, or only stands beside what does."""


ORIGIN_KINDS: Final = ("origin supported", "origin against")
"""The kinds of what is said of an origin, in favour and against."""
MESSAGES: Final = ("scope", "alert", "rule", "outcome", "advice")
"""The kinds of messages."""


def sort_of(rule: Rule) -> str:
    """What a rule belongs to: a `verdict`, a `message` or a `step`."""
    if rule.kind in MESSAGES:
        return "message"
    return "step" if rule.kind.endswith("step") or rule.kind == _QUESTION else "verdict"


def suffices(rule: Rule) -> bool:
    """Whether something is said of its cause, message or step where only this rule holds."""
    if sort_of(rule) == "verdict":
        return rule.kind in ("lists", "has")
    return rule.carries and rule.kind in (*MESSAGES, "step")


def judgement_rules(model: Model, rules: Rules, topic: Topic) -> tuple[Rule, ...]:
    """Everything that is said of cases about a finding, each once."""
    found = chain(
        chain.from_iterable(_of_cause(each) for each in topic.causes.values()),
        _of_origins(topic),
        chain.from_iterable(_of_message(each, topic) for each in model.tables.messages),
        chain.from_iterable(_of_finding_rule(each) for each in model.tables.rules),
        chain.from_iterable(
            _of_advice(e, topic, model.tables.offers) for e in model.tables.advised
        ),
        chain.from_iterable(_of_question(e, model, rules, topic) for e in model.tables.messages),
    )
    return tuple(dict.fromkeys(found))


def _shows(finding: str) -> str:
    return leads(EG.hasFinding, finding)


# ── Causes and origins ──────────────────────────────────────────────────────────────────────────


def _of_cause(cause: ListedCause) -> Iterator[Rule]:
    iri, finding = cause.iri, _shows(cause.of)
    for said in cause.statements:
        yield _rule("lists", iri, said.statement, {finding, said.population.iri}, {OUTSIDE})
        yield _rule("has", iri, said.statement, {finding, there(iri)}, {OUTSIDE})
    yield from _arguments("supports", iri, cause.supports)
    yield from _arguments("against", iri, cause.against)
    contexts = {each.statement: each.population.iri for each in cause.statements}
    for denial in cause.denials:
        own = {denial.population.iri}
        yield _rule("denies", iri, denial.statement, own)
        stronger = {context for each, context in contexts.items() if each not in denial.outweighs}
        yield _rule("denies firmly", iri, denial.statement, own, {OUTSIDE, *stronger})
    met = {there(each) for each in (iri, *cause.presumes)}
    for each in cause.pending:
        datum = each.need.datum.iri
        if each.finding:
            yield _rule("waits", iri, datum, {_shows(each.finding)})
        else:
            yield _rule("waits", iri, datum, set(), met)
    yield _rule("denied", iri, "", {absent(iri)})
    for presumed in sorted(cause.presumes):
        yield _rule("denied", iri, "", {absent(presumed)}, met)


def _of_origins(topic: Topic) -> Iterator[Rule]:
    for iri, origin in topic.origins.items():
        for kind, arguments in zip(ORIGIN_KINDS, (origin.supports, origin.against), strict=True):
            yield from _arguments(kind, iri, arguments)


def _arguments(kind: str, of: str, rules: Iterable[ArgumentRule]) -> Iterator[Rule]:
    """What findings say of a cause or an origin, by each statement; background says it of any."""
    for each in rules:
        finding = _shows(each.finding)
        if not each.argument.rule:
            yield _rule(kind, of, each.argument.finding.iri, {finding})
        for statement, context in zip(each.argument.rule, each.contexts, strict=True):
            yield _rule(kind, of, statement, {finding, context}, {OUTSIDE})
            if each.argument.excludes and statement in each.settling:
                yield _rule("settles", of, statement, {finding, context}, {OUTSIDE})


def _rule(kind: str, of: str, id_: str, need: Iterable[str], unless: Iterable[str] = ()) -> Rule:
    return Rule(kind, of, frozenset(need), frozenset(unless), id_)


# ── Cautions, outcomes, advice, rules of findings ───────────────────────────────────────────────


def _of_message(said: CaseMessage, topic: Topic) -> Iterator[Rule]:
    """What is attached to kinds of case; outside the scope only what holds for whoever has it."""
    if said.kind == _QUESTION or (EG.Case in said.of and said.iri not in topic.told):
        return
    everywhere = said.kind == _ALWAYS_SHOWN or (said.kind == "alert" and said.always)
    unless = {_shows(each) for each in said.unless} | _settled(said)
    unless |= set() if everywhere else {OUTSIDE}
    stated = {each.of for each in said.premises if each.role == _STATEMENT}
    for premise in said.premises:
        if not topic.is_spoken_of(premise.id, premise.context):
            continue
        about = {premise.context} if premise.role == _STATEMENT else set()
        carries = (
            premise.role == _STATEMENT
            or said.kind == _ALWAYS_SHOWN
            or (premise.role == _BACKGROUND and premise.of not in stated)
        )
        for kinds in _also_of(premise, said.of):
            yield Rule(
                said.kind,
                said.iri,
                kinds | about,
                frozenset(unless),
                premise.id,
                premise.role,
                carries,
            )


def _also_of(premise: Premise, of: frozenset[str]) -> Iterator[frozenset[str]]:
    """The kinds of case that make something be said by a premise of it."""
    if premise.of in of:
        yield frozenset((premise.of,))
    else:
        yield from (frozenset((premise.of, each)) for each in sorted(of))


def _settled(said: CaseMessage) -> set[str]:
    """The answers to what something asks: that it is there, or that it is not."""
    return {fact(each) for each in said.settled for fact in (there, absent)}


def _of_finding_rule(said: CaseMessage) -> Iterator[Rule]:
    """What a finding says about any cause, by statements about such a case."""
    unless = frozenset({OUTSIDE, *_settled(said)})
    for premise in said.premises:
        if premise.context:
            need = frozenset((_shows(said.iri), premise.context))
            carries = premise.role == _STATEMENT
            yield Rule("rule", said.iri, need, unless, premise.id, premise.role, carries)


# ── Next steps ──────────────────────────────────────────────────────────────────────────────────


def _of_advice(advice: Advice, topic: Topic, offers: tuple[Offer, ...]) -> Iterator[Rule]:
    """What says that an investigation is advised for a case, or offered to it, and not yet done."""
    if EG.Case in advice.of and advice.iri not in topic.told:
        return
    open_ = {OUTSIDE, *(fact(e) for e in advice.answered_by for fact in (there, absent))}
    for premise in advice.premises:
        if not topic.is_spoken_of(premise.id, premise.context):
            continue
        for kinds in _also_of(premise, advice.of):
            asked = kinds | ({premise.context} if premise.context else set())
            for need in _or_offered(asked, offers):
                yield Rule(
                    "step", advice.iri, need, frozenset(open_), premise.id, premise.role,
                    premise.role in (_STATEMENT, _BACKGROUND),
                )  # fmt: skip
                if premise.role == _STATEMENT:
                    yield from _advising(advice, premise, need, open_, offers)


def _advising(
    advice: Advice,
    premise: Premise,
    need: frozenset[str],
    open_: set[str],
    offers: tuple[Offer, ...],
) -> Iterator[Rule]:
    """Whether a statement advises it for just such a case, indicates it, or offers it to others."""
    own = need | {premise.context}
    if premise.context:
        yield Rule("own step", advice.iri, own, frozenset(open_), premise.id)
    if premise.context and premise.indicated:
        done = open_.union(map(there, premise.instead))
        yield Rule("indicated step", advice.iri, own, frozenset(done), premise.id)
    for place, offer in enumerate(offers):
        if offer.kind == premise.context:
            offered, gone = need | {offer.wider}, open_ | {offer.kind}
            id_ = f"{place:03} {offer.note}"
            yield Rule("offered step", advice.iri, offered, frozenset(gone), id_)


def _or_offered(kinds: frozenset[str], offers: tuple[Offer, ...]) -> Iterator[frozenset[str]]:
    """The kinds of case, each also as the wider kind to which the same is offered."""
    found = {kinds}
    for offer in offers:
        found |= {each - {offer.kind} | {offer.wider} for each in found if offer.kind in each}
    yield from sorted(found, key=sorted)


def _of_question(said: CaseMessage, model: Model, rules: Rules, topic: Topic) -> Iterator[Rule]:
    """What only the patient can answer, by the statements that wait for that and nothing else."""
    if said.kind != _QUESTION:
        return
    answered = {OUTSIDE, there(said.asks), absent(said.asks), said.asks}
    label = model.names[said.asks].label
    for kind in sorted(said.of):
        for context, statements in topic.waiting.items():
            for waiting in _waits_for(label, model, rules, context):
                need, unless = waiting
                facts = need | {kind}, unless | answered
                for each in statements:
                    yield Rule("step", said.iri, *facts, each, _STATEMENT)
                yield Rule("question", said.iri, *facts)
                for premise in said.premises:
                    yield Rule("step", said.iri, *facts, premise.id, _BACKGROUND)


def _waits_for(
    label: str, model: Model, rules: Rules, context: str
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """What a case has and has not that lacks one thing, and nothing else, to be of a kind."""
    kind = model.kinds[context]
    criteria = [model.criteria[place] for place in kind.criteria]
    asked = [each for each in criteria if each.missing == label]
    others = frozenset(_met(each, rules) for each in criteria if each not in asked)
    ruled_out = {absent(each.filler) for each in asked}
    ruled_out |= {fact for each in asked if each.role == TYPE for fact in each.excluders}
    for each in asked:
        yield others, frozenset((_met(each, rules), *ruled_out, *kind.excluders))


def _met(asked: Criterion, rules: Rules) -> str:
    """The fact that a case has what a kind of case asks for."""
    return asked.filler if asked.role == TYPE else has(rules, asked.role, asked.filler)
