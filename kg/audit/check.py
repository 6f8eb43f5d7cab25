"""The verdicts on claims: what the nearest statements make of each.

A claim is supported where one statement that stands says it, or says more. Otherwise it is told in
what it departs from the statements that it is nearest to: those from which it departs in the
fewest respects. What no statement speaks of is not covered, whether it is true or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kg.audit.claims import read_claim
from kg.audit.compare import departures
from kg.audit.content import Content
from kg.audit.evidence import Evidence, Stated
from kg.audit.model import Audit, Checked, Claim, ClaimError, Departure, Unread, Verdict
from kg.audit.resolve import resolve_claim
from kg.audit.sentences import read_sentences
from kg.model.spelling import fold

_GRAVITY: Final = {verdict: place for place, verdict in enumerate(Verdict)}
_OTHERWISE: Final = {Verdict.POLARITY, Verdict.CONTRADICTED}
_NOBODY: Final = "no statement speaks of it"

Compared = tuple[Stated, tuple[Departure, ...]]
"""A statement that speaks of the same, and in what the claim departs from it."""


def check_claims(
    evidence: Evidence, claims: Iterable[Claim], unread: Sequence[Unread] = ()
) -> Audit:
    """What the statements make of claims; ClaimError where a claim has a word that is not known."""
    checked = (check_claim(evidence, each, f"claims[{n}]") for n, each in enumerate(claims))
    return _audit(evidence, tuple(checked), unread)


def check_each(evidence: Evidence, values: Iterable[object]) -> Audit:
    """What the statements make of claims of plain values; `unread` has those that are none."""
    checked: list[Checked] = []
    unread: list[Unread] = []
    for number, value in enumerate(values):
        place = f"claims[{number}]"
        try:
            checked.append(check_claim(evidence, read_claim(value, place), place))
        except ClaimError as error:
            unread.append(Unread(place, error.message))
    return _audit(evidence, tuple(checked), unread)


def _audit(evidence: Evidence, checked: tuple[Checked, ...], unread: Sequence[Unread]) -> Audit:
    named = {name for each in checked for name in (*each.statements, *each.against)}
    texts = {each.id: each.text for each in evidence.statements if each.id in named}
    return Audit(evidence.version, checked, tuple(unread), texts)


def check_text(evidence: Evidence, text: str) -> Audit:
    """What the statements make of the sentences of a text, with those that could not be read."""
    claims, unread = read_sentences(text, evidence)
    return check_claims(evidence, claims, unread)


def check_claim(evidence: Evidence, claim: Claim, place: str = "claim") -> Checked:
    """What the statements make of one claim."""
    meant = resolve_claim(claim, evidence.terms, evidence.wording.signs, place)
    if meant.content is None:
        return _not_covered(claim, meant.reason)
    compared = _compared(evidence, meant.content)
    cited = [each for each in compared if _is_cited(each[0], claim)]
    unknown = [name for name in claim.cites if not _has_source(name, evidence.statements)]
    return _judged(claim, compared, cited, unknown)


def _compared(evidence: Evidence, content: Content) -> list[Compared]:
    """The statements that speak of the same as a claim."""
    terms = evidence.terms
    near = evidence.about(content.subject, content.object)
    found = ((each, departures(content, each, terms, evidence.analytes)) for each in near)
    return [(stated, each) for stated, each in found if each is not None]


def _is_cited(stated: Stated, claim: Claim) -> bool:
    return any(_has_source(name, (stated,)) for name in claim.cites)


def _judged(
    claim: Claim, compared: list[Compared], cited: list[Compared], unknown: list[str]
) -> Checked:
    supporting = [stated for stated, found in compared if not found]
    where_cited = [stated for stated, found in cited if not found]
    silent = [
        each for each in claim.cites if each not in unknown and not _has_source(each, supporting)
    ]
    if supporting and not silent and not unknown:
        against = (stated.id for stated, found in compared if _says_otherwise(found))
        ids = tuple(each.id for each in where_cited or supporting)
        return Checked(claim, (Verdict.SUPPORTED,), ids, (), tuple(against))
    misplaced = tuple(_misplaced(silent, supporting, cited, unknown))
    if supporting:
        return _departed(claim, misplaced, tuple(each.id for each in supporting))
    nearest = _nearest(cited or compared)
    if not nearest:
        return _not_covered(claim, _NOBODY, misplaced)
    return _departed(claim, (*nearest, *misplaced))


def _has_source(name: str, statements: Iterable[Stated]) -> bool:
    """Whether one of some statements is of a source that is named so."""
    folded = fold(name)
    return any(folded in each.cited_as for each in statements)


def _says_otherwise(found: tuple[Departure, ...]) -> bool:
    return bool(found) and all(each.verdict in _OTHERWISE for each in found)


def _nearest(compared: list[Compared]) -> tuple[Departure, ...]:
    """The departures from the statements that the claim departs from in the fewest respects.

    A statement that says nothing of the claim's part of its matter is near only where no other is.
    """
    if not compared:
        return ()
    least = min(map(_distance, compared))
    return tuple(each for one in compared if _distance(one) == least for each in one[1])


def _distance(compared: Compared) -> tuple[bool, int]:
    verdicts = {each.verdict for each in compared[1]}
    return Verdict.NOT_COVERED in verdicts, len(verdicts)


def _misplaced(
    silent: list[str],
    supporting: list[Stated],
    cited: list[Compared],
    unknown: list[str],
) -> Iterable[Departure]:
    """What is wrong with the sources that a claim names."""
    for name in unknown:
        yield Departure(Verdict.CITES, "", f"the graph has nothing that is called {name!r}")
    if silent and (supporting or not cited):
        names = ", ".join(silent)
        said = f"; {', '.join(e.id for e in supporting)} does" if supporting else ""
        yield Departure(Verdict.CITES, "", f"{names} does not say it{said}")


def _departed(
    claim: Claim, found: tuple[Departure, ...], statements: tuple[str, ...] = ()
) -> Checked:
    verdicts = sorted({each.verdict for each in found}, key=_GRAVITY.__getitem__)
    ids = dict.fromkeys((*statements, *(each.statement for each in found if each.statement)))
    ordered = sorted(found, key=lambda each: _GRAVITY[each.verdict])
    return Checked(claim, tuple(verdicts), tuple(ids), tuple(ordered))


def _not_covered(claim: Claim, reason: str, more: tuple[Departure, ...] = ()) -> Checked:
    return _departed(claim, (Departure(Verdict.NOT_COVERED, "", reason), *more))
