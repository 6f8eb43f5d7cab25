"""The causes of an answer in groups under headings, numbered through, as a page shows them.

A heading comes from how its causes stand and what they wait for. What speaks for or against every
cause of a group is said in its heading, once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from kg.answer.model import Answer, Argument, Basis, Cause, Verdict
from kg.show.words import argued, denied, each_once, own_arguments, rule_ids

KNOWN: Final = (Basis.DIAGNOSED, Basis.SHOWN, Basis.GIVEN)
"""Why a cause stands before the verdicts: the patient has it, or is given it."""
_TITLES: Final = {
    Verdict.CANDIDATE: "Consider",
    Verdict.UNDETERMINED: "Undetermined",
    Verdict.ARGUED_AGAINST: "Less likely, not excluded",
    Verdict.EXCLUDED: "Excluded",
}
_LOW: Final = (Verdict.ARGUED_AGAINST, Verdict.EXCLUDED)
_PLAIN: Final = (Basis.TISSUE, Basis.LISTED)
"""Why a cause stands behind those that a result or the source itself puts forward."""
_TENSION: Final = "~"
_AGAINST: Final = "<"
_BY_ORIGIN: Final = "the tissue source is argued against"
_LEFT_OPEN: Final = "left open by the sources"
"""Why a cause is undetermined that nothing which can be asked of the patient would settle."""

Key = tuple[str, str]
"""An argument by its finding and its direction."""


class Item(Struct, frozen=True):
    """One cause of a group."""

    number: int
    """Its place in the answer, from 1."""
    label: str
    note: str
    ids: tuple[str, ...]
    below: bool
    """Whether it is a kind of a cause that stands right above it."""
    low: bool
    """Whether it is no more than listed, or less likely."""


class Group(Struct, frozen=True):
    """Causes under one heading."""

    title: str
    reason: str
    """What speaks for or against all of them; empty where that differs."""
    ids: tuple[str, ...]
    """The statements that say so."""
    items: tuple[Item, ...]
    low: bool
    """Whether something speaks against each of them."""


def grouped(answer: Answer, shown: Collection[str]) -> Iterator[Group]:
    """The causes in groups; `shown` are the ids on the page, which tensions have to be with."""
    numbers = {cause.iri: place for place, cause in enumerate(answer.causes, 1)}
    waited = Counter(datum for cause in answer.causes for datum in _data(cause))
    found: dict[tuple[str, str], list[Cause]] = {}
    for cause in answer.causes:
        found.setdefault((_title(cause), _awaited(cause, waited)), []).append(cause)
    for (title, awaited), causes in found.items():
        shared = _shared(causes)
        reason = awaited or _reason(causes, shared)
        known = {reason, *map(_key, shared)}
        items = tuple(_items(causes, numbers, known, shown))
        low = all(cause.verdict in _LOW and cause.basis not in KNOWN for cause in causes)
        yield Group(title, reason, rule_ids(shared), items, low)


def numbers_of(answer: Answer, causes: Iterable[str]) -> list[int]:
    """The numbers of causes that are named by their IRIs."""
    numbers = {cause.iri: place for place, cause in enumerate(answer.causes, 1)}
    return [numbers[iri] for iri in causes if iri in numbers]


# ── Groups ──────────────────────────────────────────────────────────────────────────────────


def _title(cause: Cause) -> str:
    return cause.basis.value.capitalize() if cause.basis in KNOWN else _TITLES[cause.verdict]


def _awaited(cause: Cause, waited: Mapping[str, int]) -> str:
    """Of what an undetermined cause waits for, that which most causes wait for.

    What the sources leave open nobody can say of a patient: it is the heading of those that wait
    for nothing else.
    """
    if cause.verdict is not Verdict.UNDETERMINED or cause.basis in KNOWN:
        return ""
    data = _data(cause)
    if not data:
        return _LEFT_OPEN if cause.needs else ""
    return _depends(max(reversed(data), key=lambda each: waited[each]))


def _data(cause: Cause) -> list[str]:
    """What a cause waits for that can be told of the patient."""
    return [need.datum.label for need in cause.needs if not need.unstated]


def _depends(datum: str) -> str:
    return f"depends on {datum}"


def _shared(causes: Sequence[Cause]) -> tuple[Argument, ...]:
    """What the same findings say of each of several causes, as it is said of the first."""
    if len(causes) == 1:
        return ()
    first, *others = causes
    keys = [{_key(each) for each in own_arguments(other)} for other in others]
    return tuple(each for each in own_arguments(first) if all(_key(each) in key for key in keys))


def _reason(causes: Sequence[Cause], shared: Sequence[Argument]) -> str:
    by_origin = all(cause.by_origin for cause in causes)
    return argued(shared, weighed=False) or (_BY_ORIGIN if by_origin else "")


def _key(argument: Argument) -> Key:
    return argument.finding.iri, argument.direction


# ── Their lines ─────────────────────────────────────────────────────────────────────────────


def _items(
    causes: Sequence[Cause],
    numbers: Mapping[str, int],
    known: Collection[object],
    shown: Collection[str],
) -> Iterator[Item]:
    above = ""
    for cause in causes:
        below = above in cause.broader
        above = above if below else cause.iri
        own = [each for each in own_arguments(cause) if _key(each) not in known]
        note = "; ".join(_notes(cause, own, known))
        against = (_AGAINST, *cause.counter) if cause.counter else ()
        ids = (*cause.statements, *rule_ids(own), *against, *_pulled(cause, shown))
        plain = cause.basis in _PLAIN and not own and cause.verdict is not Verdict.UNDETERMINED
        low = plain and _TENSION not in ids
        yield Item(numbers[cause.iri], cause.label, note, ids, below, low)


def _notes(cause: Cause, own: Sequence[Argument], known: Collection[object]) -> Iterator[str]:
    """What is said of a cause and not in its heading."""
    if cause.note:
        yield cause.note
    if own:
        yield argued(own, weighed=False)
    if cause.counter:
        yield denied(cause)
    yield from (need.text for need in cause.needs if _depends(need.datum.label) not in known)
    if cause.by_origin and _BY_ORIGIN not in known:
        yield _BY_ORIGIN
    others = {each.statement: each.population.label for each in cause.elsewhere}
    if cause.basis in KNOWN and others.keys() >= set(cause.statements):
        yield f"said of: {next(iter(others.values()), 'others')}"


def _pulled(cause: Cause, shown: Collection[str]) -> tuple[str, ...]:
    """The statements on the page that one of its own is in tension with, behind a sign."""
    others = each_once(e for e in cause.tensions if e in shown and e not in cause.counter)
    return (_TENSION, *others) if others else ()
