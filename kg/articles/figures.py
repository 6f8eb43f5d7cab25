"""Numbers in the words of statements, which have to stand in their values as well.

A number that is dropped from the values, or changed in one of two places, leaves words that say
another thing than what is reckoned with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kg.articles.resolve import Statement
from kg.articles.source import Written
from kg.articles.values import finding
from kg.model.report import Finding
from kg.model.vocabulary import IRI, XSD, Literal, text_of

_NUMBER: Final = re.compile(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?(?!\w|\.[0-9]|-?\(?[A-Z])")
_NOT_SAID: Final = frozenset({"notStated", "note"})
"""Properties whose words are no value: what the sentence does not say, and what a curator adds."""
_THOUSANDS: Final = re.compile(r"(?<=[0-9])[,\u202f\u00a0](?=[0-9]{3}(?![0-9]))")


def numbers_of(text: str) -> frozenset[str]:
    """The numbers of a text, without those that are part of a name such as 25-OH-D.

    >>> sorted(numbers_of("2,000-4,000 IU of vitamin D3, or 1.5-2 times by day 42."))
    ['1.5', '2', '2000', '4000', '42']
    """
    return frozenset(_NUMBER.findall(_THOUSANDS.sub("", text)))


def data_of(statement: Statement) -> frozenset[str]:
    """The figures of a statement: its values that are numbers."""
    values = (each for values in statement.values.values() for each in values)
    kinds = (XSD.integer, XSD.decimal)
    return frozenset(e.value for e in values if isinstance(e, Literal) and e.datatype in kinds)


def values_of(statement: Statement) -> frozenset[str]:
    """The numbers in the values of a statement, in figures and in words."""
    said = (each for name, each in statement.values.items() if name not in _NOT_SAID)
    values = (each for values in said for each in values)
    plain = (text_of(each) for each in values if not isinstance(each, IRI))
    return frozenset(number for text in plain for number in numbers_of(text))


def check_figures(
    written: Written, groups: Iterable[tuple[str, tuple[Statement, ...]]]
) -> Iterator[Finding]:
    """Statements whose words have a number that none of their values has."""
    for each in (statement for _, group in groups for statement in group):
        for number in sorted(numbers_of(each.words) - values_of(each)):
            yield finding(
                written,
                f"the words of {each.id} say {number}, and no value of it does",
                "Give the figure under `magnitude`, `timing`, `dose` or `study size`, or under "
                "`precondition` where it says which patients, or correct the words.",
                each.keys,
            )
