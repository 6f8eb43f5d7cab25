"""The facts of a case in few words: as they were understood, read and computed."""

from __future__ import annotations

import re
from typing import Final

from kg.answer.model import Answer, GivenFact
from kg.case.model import NO_VALUE, NOT_KNOWN

_DERIVED: Final = "derived"
"""The kind of a fact that was worked out of others."""
_NOT_SO: Final = ("absent", "unknown")
"""The kinds of facts that say what is not there, or not known."""
_CHANGE: Final = re.compile(r", ((?:[+-]?[\d.]+ % from |day \d).*)")
"""How a result stands to one before it or to the start of a treatment, behind its value."""
_BEFORE: Final = re.compile(r" from \S+ \S+(?: on [\d-]+)?")
"""The value that a change is computed from."""


def given(answer: Answer) -> str:
    """The case in one line, as it was understood."""
    return "; ".join(fact.text for fact in answer.case)


def fact_text(fact: GivenFact) -> str:
    """A fact in few words: of a result without a value, the state alone; of units, no braces."""
    return re.sub(r"\{(\w+)\}", r"\1", fact.text.removesuffix(f" {NO_VALUE}"))


def short_fact(fact: GivenFact) -> str:
    """A fact without range, day and change, or what was worked out without its parts."""
    if fact.kind == _DERIVED:
        return fact_text(fact).partition(" (")[0]
    return fact_text(fact).partition(" (range")[0].partition(", on ")[0]


def change_of(fact: GivenFact) -> str:
    """The change that was computed of a result, and the day of a treatment; else nothing."""
    found = None if fact.kind == _DERIVED else _CHANGE.search(fact.value)
    return _BEFORE.sub("", found[1]) if found else ""


def short_facts(answer: Answer, places: int) -> list[str]:
    """The facts of the case; where they take too many places, shorter ones and denials last.

    A result keeps its change, which may carry the answer, and comes first if not all have places.
    """
    whole = [fact_text(each) for each in answer.case]
    if len("; ".join(whole)) <= places:
        return whole
    facts = sorted(answer.case, key=lambda fact: fact.kind in _NOT_SO or _is_open(fact))
    short = [_with_change(each) for each in facts]
    if len("; ".join(short)) <= places:
        return short
    return list(map(_with_change, sorted(facts, key=lambda fact: not _may_carry(fact))))


def _is_open(fact: GivenFact) -> bool:
    """Whether it is something that could not be worked out."""
    return fact.kind == _DERIVED and fact.value.startswith(NOT_KNOWN)


def _may_carry(fact: GivenFact) -> bool:
    """Whether it has a number that an answer may rest on: a change, or what was worked out."""
    return bool(change_of(fact)) or (fact.kind == _DERIVED and not _is_open(fact))


def _with_change(fact: GivenFact) -> str:
    short, change = short_fact(fact), change_of(fact)
    short = short.partition(f", {change[:1]}")[0] if change and change in short else short
    return f"{short}, {change}" if change else short


def read_as(answer: Answer) -> tuple[str, ...]:
    """How a question in words was read, and the changes that it does not say itself.

    Nothing where the question was asked in another way.
    """
    if answer.read_as is None:
        return ()
    notes = "".join(f" ({note})" for note in answer.read_as.notes)
    changes = [f"{e.label} {change}" for e in answer.case if (change := change_of(e))]
    computed = (f"computed: {'; '.join(changes)}",) if changes else ()
    return (f"read as: {answer.read_as.options}{notes}", *computed)
