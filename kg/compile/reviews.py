"""Who has reviewed what the conclusions of a graph rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from kg.model.statements import short_id
from kg.model.tables import Reviews
from kg.model.vocabulary import BASE

_ACCEPTED: Final = "accepted"


def compile_reviews(
    resting: Iterable[Mapping[str, str]], reviews: Iterable[Mapping[str, str]]
) -> Reviews:
    """What each conclusion rests on, and what was decided of it.

    `resting` and `reviews` are the rows of the queries of those names. Of several reviews by one
    person the last counts, and one person who does not accept is enough for an objection.
    """
    rests: dict[str, dict[str, list[str]]] = {}
    for each in resting:
        of_target = rests.setdefault(each["target"], {})
        of_target.setdefault(each["source"], []).append(_short(each["axiom"]))
    last: dict[str, dict[str, str]] = {}
    for each in reviews:
        last.setdefault(_short(each["what"]), {})[each["reviewer"]] = each["decision"]
    return Reviews(
        {
            target: {source: tuple(axioms) for source, axioms in of_target.items()}
            for target, of_target in rests.items()
        },
        {what: set(decisions.values()) == {_ACCEPTED} for what, decisions in last.items()},
    )


def _short(iri: str) -> str:
    return short_id(iri).removeprefix(BASE)
