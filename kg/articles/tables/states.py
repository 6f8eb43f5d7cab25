"""Raised, normal, low and their kin: how a class of results is bounded, and what it is called.

A marker is read against both limits of its range, or against one alone where ranges are printed
so. By the other limit nothing is told apart then: a low GGT is a normal one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from kg.articles.tables.records import Limits
from kg.model.vocabulary import EG, IRI, XSD, eg

Bound = tuple[IRI, IRI, str]
"""A ratio to a limit, a facet of XML Schema, and the value that bounds it."""

UPPER, LOWER = EG.ratioToULN, EG.ratioToLLN
FACETS: Final = {
    "above": XSD.minExclusive,
    "at_least": XSD.minInclusive,
    "at_most": XSD.maxInclusive,
    "below": XSD.maxExclusive,
}
"""By the fields of `Bounds`."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of a marker, with the words that definitions say of it."""

    word: str
    flag: str
    """By which word a laboratory reports it; none where no laboratory does."""
    bounds: tuple[Bound, ...]
    """What makes a result one of this state; none where only its flag does."""
    of_a_result: str
    of_a_value: str
    """After what is measured, in the definition of a finding."""
    result: str
    """What a case has of it: `{}` stands for what is measured."""
    direction: IRI | None = None
    """Which way a finding of it went; none where statements have no word for it."""
    below: str = ""
    """The state that this one is a kind of."""
    note: str = ""

    @property
    def prefix(self) -> str:
        """What stands before the name of the measurement in the name of the class."""
        return "".join(map(str.capitalize, self.word.split()))

    def named(self, name: str, noun: str = "") -> str:
        """A name with the state said of it: `raised GGT result`, `GGT that is not raised`."""
        whole = f"{name} {noun}".strip()
        _, _, denied = self.word.partition(" ")
        return f"{whole} that is not {denied}" if denied else f"{self.word} {whole}"


_ONE: Final = "1.0"
_RAISED: Final = State(
    "raised",
    "high",
    ((UPPER, XSD.minExclusive, _ONE),),
    "above the upper limit of its reference range",
    "above its upper limit",
    "a raised result of {}",
    eg("direction-increased"),
)
_NORMAL: Final = State(
    "normal",
    "normal",
    ((UPPER, XSD.maxInclusive, _ONE), (LOWER, XSD.minInclusive, _ONE)),
    "within its reference range",
    "within its reference range",
    "a normal result of {}",
    eg("direction-normal"),
)
_LOW: Final = State(
    "low",
    "low",
    ((LOWER, XSD.maxExclusive, _ONE),),
    "below the lower limit of its reference range",
    "below its lower limit",
    "a low result of {}",
    eg("direction-decreased"),
)
_NOT_RAISED: Final = State(
    "not raised",
    "",
    ((UPPER, XSD.maxInclusive, _ONE),),
    "at or below the upper limit of its reference range",
    "at or below its upper limit",
    "a result of {} that is normal or low",
    eg("direction-normal-or-decreased"),
)
_NOT_LOW: Final = State(
    "not low",
    "",
    ((LOWER, XSD.minInclusive, _ONE),),
    "at or above the lower limit of its reference range",
    "at or above its lower limit",
    "a result of {} that is normal or raised",
)
_NORMAL_BY_UPPER: Final = State(
    "normal",
    "normal",
    _NOT_RAISED.bounds,
    _NOT_RAISED.of_a_result,
    "that is not raised",
    "a result of {} that is not raised",
    _NORMAL.direction,
    note="A value under the range is not raised, and its range is often printed with an upper "
    "limit alone.",
)
_NORMAL_BY_LOWER: Final = State(
    "normal",
    "normal",
    _NOT_LOW.bounds,
    _NOT_LOW.of_a_result,
    "that is not low",
    "a result of {} that is not low",
    _NORMAL.direction,
    note="Its range is printed with a lower limit alone, and a value above any upper limit is not "
    "low.",
)
_LOW_OF_NORMAL: Final = replace(_LOW, bounds=(), below="normal")
_RAISED_OF_NORMAL: Final = replace(_RAISED, bounds=(), below="normal")
_LOW_OF_NOT_RAISED: Final = replace(_LOW, below="not raised")
_RAISED_OF_NOT_LOW: Final = replace(_RAISED, below="not low")
NEGATED: Final = ("not raised", "not low")
"""The states that a marker has where its record asks for them."""
WORDS: Final = ("raised", *NEGATED, "normal", "low")


def states_of(limits: Limits, wanted: Iterable[str] = ()) -> tuple[State, ...]:
    """The states of a marker that is read against these limits, in the order of `WORDS`."""
    if limits == "upper":
        return _RAISED, _NORMAL_BY_UPPER, _LOW_OF_NORMAL
    if limits == "lower":
        return _RAISED_OF_NORMAL, _NORMAL_BY_LOWER, _LOW
    asked = set(wanted)
    raised = _RAISED_OF_NOT_LOW if "not low" in asked else _RAISED
    low = _LOW_OF_NOT_RAISED if "not raised" in asked else _LOW
    negated = [each for each in (_NOT_RAISED, _NOT_LOW) if each.word in asked]
    return raised, *negated, _NORMAL, low


def apart(states: Iterable[State]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Which states shut each other out: the word of each with the words of others."""
    free = [each.word for each in states if each.below != "normal"]
    whole = [word for word in free if word not in NEGATED]
    yield from ((word, tuple(whole[place:])) for place, word in enumerate(whole[:-1], 1))
    yield from ((word.removeprefix("not "), (word,)) for word in free if word in NEGATED)
