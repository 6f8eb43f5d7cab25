"""A claim in words as what it says, by the terms of the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from msgspec import Struct

from kg.audit.content import COUNTS, EQUAL, FIGURES, OUTRIGHT, Content, Quantity
from kg.audit.evidence import content_of
from kg.audit.model import Claim, ClaimError
from kg.audit.terms import STRENGTH, Terms
from kg.model.errors import AmbiguousTermError
from kg.model.terms import quoted
from kg.model.vocabulary import EG

_DENIED: Final = "denied"
_POLARITIES: Final = ("affirmed", _DENIED)


class Meant(Struct, frozen=True):
    """What a claim says, or why it says nothing that statements could decide."""

    content: Content | None
    reason: str = ""


def resolve_claim(claim: Claim, terms: Terms, signs: Collection[str], place: str) -> Meant:
    """What a claim says; ClaimError with the place where a word of it is none of those wanted.

    `signs` are the comparators that a figure may have. What no term is called is no error: no
    statement can speak of it.
    """
    predicate = _value(claim.relation, "Predicate", terms, f"{place}.relation")
    word = _value(claim.strength, "Modality", terms, f"{place}.strength") or OUTRIGHT
    if not terms.fits(word, predicate):
        raise _unlike(f"{place}.strength", claim.strength, _fitting(predicate, terms))
    qualifiers = {
        "frequency": _value(claim.frequency, "Frequency", terms, f"{place}.frequency"),
        "direction": _value(claim.direction, "Direction", terms, f"{place}.direction"),
        "sign": _value(claim.correlation, "CorrelationSign", terms, f"{place}.correlation"),
        "degree": claim.degree,
    }
    if claim.polarity not in _POLARITIES:
        raise _unlike(f"{place}.polarity", claim.polarity, _POLARITIES)
    quantities = tuple(_quantities(claim, signs, place))
    try:
        ends = {name: _called(getattr(claim, name), terms) for name in ("subject", "object")}
        beside = {name: _called(getattr(claim, name), terms) for name in ("analyte", "comparator")}
        population = [_people(each, terms) for each in claim.population]
    except _UnknownError as error:
        return Meant(None, str(error))
    qualifiers |= {name: _first(found, terms) for name, found in beside.items()}
    return Meant(
        content_of(
            terms,
            subject=ends["subject"],
            predicate=predicate,
            object_=ends["object"],
            denied=claim.polarity == _DENIED,
            word=word,
            population=[term for found in population for term in found],
            conditions=claim.conditions,
            qualifiers=qualifiers,
            quantities=quantities,
        )
    )


class _UnknownError(Exception):
    """A name that no term has."""


def _called(text: str, terms: Terms) -> frozenset[str]:
    if not text:
        return frozenset()
    try:
        found = terms.called(text)
    except AmbiguousTermError as error:
        raise _UnknownError(error.message) from None
    if not found:
        raise _UnknownError(f"no term of the graph is called {quoted(text)}")
    return found


def _people(text: str, terms: Terms) -> frozenset[str]:
    """The terms of some people; what cases have nothing of by which they are told is no people."""
    found = _called(text, terms)
    if found and EG.Case not in found and not terms.scope_of(found):
        raise _UnknownError(f"what people have of whom {quoted(text)} is said is not known")
    return found


def _first(found: frozenset[str], terms: Terms) -> str:
    """The one term of several that stand for the same which statements use there."""
    ordered = sorted(found, key=lambda each: (each in terms.alike, each))
    return next((each for each in ordered if terms.above.get(each)), next(iter(ordered), ""))


def _value(text: str, kind: str, terms: Terms, place: str) -> str:
    """The named value of a text; ClaimError where it is none."""
    if not text:
        return ""
    found = terms.named_value(text, kind)
    if not found:
        raise _unlike(place, text, terms.values(kind))
    return found


def _fitting(predicate: str, terms: Terms) -> list[str]:
    """The labels of the modalities that go with a predicate."""
    words = terms.said[STRENGTH]
    return sorted(terms.label(each) for each in words if terms.fits(each, predicate))


def _quantities(claim: Claim, signs: Collection[str], place: str) -> Iterator[Quantity]:
    for number, figure in enumerate(claim.numbers):
        at = f"{place}.numbers[{number}]"
        if figure.of and figure.of not in (*FIGURES, *COUNTS):
            raise _unlike(f"{at}.of", figure.of, (*FIGURES, *COUNTS))
        if figure.comparator and figure.comparator not in signs:
            raise _unlike(f"{at}.comparator", figure.comparator, signs)
        low = _number(figure.value, f"{at}.value")
        high = low if figure.high is None else _number(figure.high, f"{at}.high")
        yield Quantity(figure.of, low, high, figure.comparator or EQUAL, figure.unit)


def _number(value: str, place: str) -> Decimal:
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ClaimError(place, quoted(value), "a number")
    return found


def _unlike(place: str, found: str, wanted: Iterable[str]) -> ClaimError:
    return ClaimError(place, quoted(found), f"one of: {', '.join(wanted)}")
