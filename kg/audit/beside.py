"""A claim beside a statement that speaks of the same: how their ends, figures and degrees stand."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from kg.audit.content import Content, Quantity
from kg.audit.evidence import Stated
from kg.audit.model import Verdict
from kg.audit.terms import LIMITING, SHARE, Terms
from kg.model.vocabulary import EG

Found = Iterator[tuple[Verdict, str]]
"""In what a claim departs, each with the reason."""


class End(Enum):
    """How an end of a claim stands to that of a statement."""

    SAME = auto()
    KIND = auto()
    """It is a kind of it."""
    WIDER = auto()
    ANALYTE = auto()
    """It is the like in another measurement."""
    OPPOSITE = auto()
    """It is the opposite in the same measurement."""
    OTHER = auto()


class Comparison(Struct, frozen=True):
    """A claim beside a statement that speaks of the same."""

    claim: Content
    stated: Stated
    terms: Terms
    subject: End
    object: End

    @property
    def is_flipped(self) -> bool:
        """Whether the one affirms what the other denies."""
        return self.claim.opposed != self.stated.content.opposed


# ── Figures and degrees ─────────────────────────────────────────────────────────────────────────


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
    return replace(one, of=other.of) == other


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
    words = terms.value(LIMITING, (str(EG.correlationStrength),))
    return bool(degree) and degree in words.split("|")
