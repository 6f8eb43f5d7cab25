"""In what a claim departs from one statement: whether it says more, of more people, or other.

A claim is held against a statement that speaks of the same: one end is the same thing, and the
other is too, or is a kind of it, or the like in another measurement. docs/explanation/claims.md
tells each rule with its reason.
"""

from __future__ import annotations

from msgspec.structs import replace

from kg.audit.beside import Comparison, End, Found, is_limiting, numbers, unlimited
from kg.audit.content import OUTRIGHT, Content
from kg.audit.evidence import Stated
from kg.audit.model import Departure, Verdict
from kg.audit.terms import (
    ANALYTE,
    COMPARES,
    DIRECTION,
    FIRMER,
    LIMITS,
    MORE,
    OBJECT,
    OF_KINDS,
    OF_WIDER,
    SUBJECT,
    Terms,
)
from kg.model.spelling import fold


def departures(
    claim: Content, stated: Stated, terms: Terms, analytes: frozenset[str]
) -> tuple[Departure, ...] | None:
    """In what a claim departs from a statement; None where that speaks of something else."""
    content = stated.content
    claim = _with_its_frequency(claim, content, terms)
    if not _is_comparable(claim.predicate, content.predicate, terms):
        return None
    one = _end(claim.subject, content.subject, terms, analytes)
    other = _end(claim.object, content.object, terms, analytes)
    beside = Comparison(claim, stated, terms, one, other)
    if End.SAME not in (one, other) or not _speaks_of_the_same(beside):
        return None
    found = _flipped(beside) if beside.is_flipped else _alike(beside)
    return tuple(Departure(verdict, stated.id, reason) for verdict, reason in found)


def loosened(
    claim: Content, stated: Stated, terms: Terms, analytes: frozenset[str]
) -> tuple[Departure, ...]:
    """Where a statement is firmer or wider than one that it rests on and that says another thing.

    Only what does not turn on the relation is compared: how firmly, of whom, of which kind.
    """
    ends = [
        _end(getattr(claim, end), getattr(stated.content, end), terms, analytes)
        for end in ("subject", "object")
    ]
    beside = Comparison(claim, stated, terms, *ends)
    found = [*_firmer(beside), *_of_whom(beside), *_wider(beside)]
    return tuple(Departure(verdict, stated.id, reason) for verdict, reason in found)


def _with_its_frequency(claim: Content, stated: Content, terms: Terms) -> Content:
    """A denied frequency as the stated one that is its opposite: what is rare is not common."""
    if claim.denied and claim.frequency and terms.opposed(claim.frequency, stated.frequency):
        opposed = not claim.opposed
        return replace(claim, denied=False, opposed=opposed, frequency=stated.frequency)
    return claim


def _is_comparable(one: str, other: str, terms: Terms) -> bool:
    return one == other or terms.says(MORE, one, other) or terms.says(MORE, other, one)


def _end(one: frozenset[str], other: frozenset[str], terms: Terms, analytes: frozenset[str]) -> End:
    if one & other:
        return End.SAME
    if terms.any_below(one, other):
        return End.KIND
    if terms.any_below(other, one):
        return End.WIDER
    mine, theirs = _measured(one, terms), _measured(other, terms)
    if not mine[0] or not theirs[0]:
        return End.OTHER
    if mine[0] == theirs[0]:
        return End.OPPOSITE if terms.opposed(mine[1], theirs[1]) else End.OTHER
    return End.ANALYTE if mine[1] == theirs[1] and mine[0] in analytes else End.OTHER


def _measured(ends: frozenset[str], terms: Terms) -> tuple[str, str]:
    """What is measured, and which way the result goes; empty where it is no measurement."""
    ordered = sorted(ends)
    analyte = terms.value(ANALYTE, ordered)
    if analyte:
        return analyte, terms.value(DIRECTION, ordered)
    return next(filter(None, map(terms.measurement, ordered)), ""), ""


def _speaks_of_the_same(beside: Comparison) -> bool:
    """Whether the end that is not the same leaves something that can be compared."""
    ends = {beside.subject, beside.object} - {End.SAME}
    if End.OTHER in ends or beside.subject is End.OPPOSITE:
        return False
    if beside.is_flipped:
        covered = ends == {End.KIND} and not any(_not_covered(beside))
        return not ends or ends == {End.ANALYTE} or covered
    return True


def _flipped(beside: Comparison) -> Found:
    if _denies_more_than_is_said(beside):
        yield Verdict.NOT_COVERED, "what it denies is more than the statement says"
        return
    if _is_of_others(beside):
        yield Verdict.NOT_COVERED, "the statement says the opposite of other people"
        return
    yield Verdict.POLARITY, "the statement says the opposite"
    yield from _analyte(beside)
    yield from numbers(beside)


def _denies_more_than_is_said(beside: Comparison) -> bool:
    """Whether a claim denies no more than a qualifier that the statement does not have."""
    claim, content = beside.claim, beside.stated.content
    if not claim.denied:
        return False
    firmer = claim.word != OUTRIGHT and _is_firmer(beside)
    qualified = any(
        getattr(claim, name) and getattr(claim, name) != getattr(content, name)
        for name in ("frequency", "direction", "sign", "degree")
    )
    return firmer or qualified or any(numbers(beside))


def _is_of_others(beside: Comparison) -> bool:
    """Whether neither the claim nor the statement is about some of those of the other one."""
    claim, content, terms = beside.claim, beside.stated.content, beside.terms
    wider = terms.lacking(content.scope, claim.scope | claim.ends)
    narrower = terms.lacking(claim.scope, content.scope | content.ends)
    return bool(narrower) and (bool(wider) or beside.stated.of_group)


def _alike(beside: Comparison) -> Found:
    yield from _opposite(beside)
    yield from _analyte(beside)
    yield from numbers(beside)
    yield from _hardened(beside)
    yield from unlimited(beside)
    yield from _scope(beside)
    yield from _not_covered(beside)


def _opposite(beside: Comparison) -> Found:
    """What cannot hold beside the statement."""
    claim, content, terms = beside.claim, beside.stated.content, beside.terms
    if beside.object is End.OPPOSITE:
        yield Verdict.CONTRADICTED, f"stated: {_labels(content.object, terms)}"
    for name in ("direction", "frequency"):
        one, other = getattr(claim, name), getattr(content, name)
        if one and other and terms.opposed(one, other):
            yield Verdict.CONTRADICTED, f"stated: {terms.label(other)}"
    if claim.sign and content.sign and claim.sign != content.sign:
        yield Verdict.CONTRADICTED, f"stated: {terms.label(content.sign)}"


def _analyte(beside: Comparison) -> Found:
    claim, content, terms = beside.claim, beside.stated.content, beside.terms
    for name in ("subject", "object"):
        if getattr(beside, name) is End.ANALYTE:
            yield Verdict.ANALYTE, f"stated of {_labels(getattr(content, name), terms)}"
            return
    one, other = claim.analyte, content.analyte
    if one and other and one != other and not terms.is_below(one, other):
        yield Verdict.ANALYTE, f"stated of {terms.label(other)}"


def _hardened(beside: Comparison) -> Found:
    """What is said more firmly, or without a word that limits it."""
    claim, content, terms = beside.claim, beside.stated.content, beside.terms
    yield from _firmer(beside)
    if terms.says(MORE, claim.predicate, content.predicate):
        yield Verdict.HARDENED, f"stated no more than: {terms.label(content.predicate)}"
    if not claim.frequency and terms.says(LIMITS, content.frequency):
        yield Verdict.HARDENED, f"the statement limits it: {terms.label(content.frequency)}"
    for name in ("frequency", "sign", "direction"):
        if getattr(claim, name) and not getattr(content, name):
            yield Verdict.HARDENED, f"the statement gives no {name.replace('sign', 'correlation')}"
    one, other = claim.direction, content.direction
    if one and other and one != other and not terms.opposed(one, other):
        yield Verdict.HARDENED, f"stated: {terms.label(other)}"
    if claim.degree and fold(claim.degree) != fold(content.degree):
        yield Verdict.HARDENED, f"degree of the statement: {content.degree or 'none'}"


def _firmer(beside: Comparison) -> Found:
    claim, content = beside.claim, beside.stated.content
    in_other_words = claim.denied and claim.word not in (OUTRIGHT, content.word)
    if in_other_words or _is_firmer(beside):
        word = beside.terms.label(content.word)
        yield Verdict.HARDENED, f"stated no more firmly than: {word}"


def _is_firmer(beside: Comparison) -> bool:
    claim, content = beside.claim, beside.stated.content
    by_word = beside.terms.says(FIRMER, claim.word, content.word)
    return by_word or claim.strength > content.strength


def _scope(beside: Comparison) -> Found:
    """Whom, of what or under which circumstances alone the statement speaks."""
    claim, content = beside.claim, beside.stated.content
    yield from _of_whom(beside)
    told = {fold(each) for each in claim.conditions}
    for each in content.conditions:
        if fold(each) not in told:
            yield Verdict.SCOPE, f"stated only where: {each}"
    yield from _wider(beside)
    yield from _beside_what(beside)


def _beside_what(beside: Comparison) -> Found:
    """What the statement compares with, or that it compares with nothing."""
    claim, content, terms = beside.claim, beside.stated.content, beside.terms
    if claim.comparator and not content.comparator:
        yield Verdict.HARDENED, "the statement compares with nothing"
    comparing = (
        claim.comparator
        or terms.says(COMPARES, content.frequency)
        or terms.says(COMPARES, content.word)
        or is_limiting(content.degree, terms)
    )
    if comparing and content.comparator and claim.comparator != content.comparator:
        yield Verdict.SCOPE, f"stated in comparison with {terms.label(content.comparator)}"


def _of_whom(beside: Comparison) -> Found:
    claim, terms = beside.claim, beside.terms
    lacking = terms.lacking(beside.stated.content.scope, claim.scope | claim.ends)
    narrow = [each for _, each in lacking if not any(terms.is_below(o, each) for _, o in lacking)]
    if narrow:
        named = ", ".join(map(terms.label, dict.fromkeys(narrow)))
        yield Verdict.SCOPE, f"stated only of those with: {named}"


def _wider(beside: Comparison) -> Found:
    content, terms = beside.stated.content, beside.terms
    for name, property_ in (("subject", SUBJECT), ("object", OBJECT)):
        weaker = terms.says(OF_WIDER, content.predicate, property_) and not content.opposed
        if getattr(beside, name) is End.WIDER and not weaker:
            yield Verdict.SCOPE, f"stated only of {_labels(getattr(content, name), terms)}"


def _not_covered(beside: Comparison) -> Found:
    """A part of what the statement speaks of, of which it says nothing."""
    content, terms, stated = beside.stated.content, beside.terms, beside.stated
    for name, property_ in (("subject", SUBJECT), ("object", OBJECT)):
        each_kind = terms.says(OF_KINDS, stated.predicate, property_)
        if getattr(beside, name) is End.KIND and not each_kind:
            wide = _labels(getattr(content, name), terms)
            yield Verdict.NOT_COVERED, f"stated of {wide}, and not of each kind of it"
    narrower = terms.lacking(beside.claim.scope, content.scope | content.ends)
    told = {fold(each) for each in content.conditions}
    narrower_by_words = any(fold(each) not in told for each in beside.claim.conditions)
    if stated.of_group and (narrower or narrower_by_words):
        yield Verdict.NOT_COVERED, "stated of the group as a whole, and not of a part of it"


def _labels(ends: frozenset[str], terms: Terms) -> str:
    return " or ".join(sorted(map(terms.label, ends)))
