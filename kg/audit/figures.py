"""The figures and degrees of a claim beside those of a statement."""

from __future__ import annotations

from kg.audit.beside import Comparison, Found
from kg.audit.content import Content, Quantity
from kg.audit.model import Verdict
from kg.audit.terms import LIMITING, SHARE, Terms
from kg.model.vocabulary import eg


def numbers(beside: Comparison) -> Found:
    """Figures of the claim that the statement does not give so."""
    stated = beside.stated.content.quantities
    for each in beside.claim.quantities:
        like = [other for other in stated if each.of in ("", other.of)]
        if not any(_is_same(each, other) for other in like):
            told = " or ".join(map(str, like)) or f"no number{f' of {each.of}' if each.of else ''}"
            yield Verdict.NUMBER, f"claimed: {each}; stated: {told}"
    one, other = beside.claim.frequency, beside.stated.content.frequency
    terms = beside.terms
    if one and other and one != other and not terms.opposed(one, other):
        yield Verdict.NUMBER, f"claimed: {terms.label(one)}; stated: {terms.label(other)}"


def _is_same(one: Quantity, other: Quantity) -> bool:
    return (one.low, one.high, one.comparator, one.unit) == (
        other.low,
        other.high,
        other.comparator,
        other.unit,
    )


def unlimited(beside: Comparison) -> Found:
    """What limits the statement by a figure or a degree, and is left out."""
    claim, content, terms = beside.claim, beside.stated.content, beside.terms
    left = [each for each in content.quantities if not _is_given(each, claim)]
    sized = any(each.of == "size" and each not in left for each in content.quantities)
    for each in left:
        if each.of == "dose" or (each.of == "time" and sized):
            yield Verdict.SCOPE, f"stated only of: {each}"
        elif each.of == "size" and terms.says(SHARE, beside.stated.predicate):
            yield Verdict.HARDENED, f"the statement limits it: {each}"
    if not claim.degree and is_limiting(content.degree, terms):
        yield Verdict.HARDENED, f"the statement limits it: {content.degree}"


def _is_given(stated: Quantity, claim: Content) -> bool:
    """Whether a claim has a figure in the place of a stated one."""
    return any(
        each.of == stated.of or (not each.of and _is_same(each, stated))
        for each in claim.quantities
    )


def is_limiting(degree: str, terms: Terms) -> bool:
    """Whether a statement that gives this degree says less than one without it."""
    words = terms.value(LIMITING, (str(eg("correlationStrength")),))
    return bool(degree) and degree in words.split("|")
