"""How many of the rules and background statements that an answer rests on were reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from kg.answer.model import Answer, Cause, Message, NextStep, Origin, ReviewStanding
from kg.model.tables import Reviews


def review_standing(answer: Answer, reviews: Reviews, contexts: AbstractSet[str]) -> ReviewStanding:
    """The standing of an answer about a case of these kinds."""
    rules = frozenset(_rules(answer, reviews, contexts))
    background = frozenset(answer.background)
    decided = [reviews.accepted[each] for each in rules | background if each in reviews.accepted]
    return ReviewStanding(
        rules=len(rules),
        background=len(background),
        accepted=sum(decided),
        objected=len(decided) - sum(decided),
    )


def _rules(answer: Answer, reviews: Reviews, contexts: AbstractSet[str]) -> Iterator[str]:
    """The rules behind causes, origins, arguments, messages and steps."""
    for cause in answer.causes:
        yield from reviews.of(answer.finding.iri, cause.iri)
    judged: tuple[Cause | Origin, ...] = (*answer.causes, *answer.origins)
    for each in judged:
        for argument in (*each.supports, *each.against):
            yield from reviews.of(argument.finding.iri, each.iri)
    attached: tuple[Message | NextStep, ...] = (*answer.messages, *answer.ask_next)
    for said in attached:
        for context in contexts & reviews.rests.get(said.iri, {}).keys():
            yield from reviews.of(said.iri, context)
