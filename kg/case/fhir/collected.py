"""Collects what the resources of one patient say, and what was left out and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from kg.case.fhir.elements import Period, When
from kg.case.fhir.model import Flagged, Ignored, Reading, Resource
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import IRI

YES: Final = "yes"
NO: Final = "no"
UNKNOWN: Final = "unknown"

_SHOWN_PLACES: Final = 5
_SHOWN_CODES: Final = 8


@dataclass(slots=True)
class _Said:
    """What is said of a condition or a drug."""

    entry: Entry
    answers: set[str] = field(default_factory=set)
    periods: list[Period] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """Resources of one type of which the same is to be said."""

    about: Entry | None = None
    resources: list[Resource] = field(default_factory=list)
    codes: dict[str, None] = field(default_factory=dict)


class Collected:
    """What was read so far."""

    def __init__(self) -> None:
        self._labs: list[dict[str, object]] = []
        self._said: dict[IRI, _Said] = {}
        self._ignored: dict[tuple[str, str], _Group] = {}
        self._flagged: dict[tuple[str, str], _Group] = {}

    def lab(self, result: dict[str, object]) -> None:
        """Keep a result."""
        self._labs.append(result)

    def answer(self, entry: Entry, answer: str, period: Period | None = None) -> None:
        """Keep that a condition or a drug is there, is not there, or is not known to be."""
        said = self._said.setdefault(entry.iri, _Said(entry))
        said.answers.add(answer)
        if answer == YES and period is not None and (period.start or period.end):
            said.periods.append(period)

    def ignore(
        self, resource: Resource, reason: str, code: str = "", about: Entry | None = None
    ) -> None:
        """Keep that a resource was not used, and what it would have been about."""
        told = reason if about is None else f"{about.label}: {reason}"
        group = self._ignored.setdefault((resource.kind, told), _Group(about))
        group.resources.append(resource)
        if code:
            group.codes[code] = None

    def flag(self, resource: Resource, remark: str) -> None:
        """Keep what a reader should know of a resource that was used."""
        self._flagged.setdefault((resource.kind, remark), _Group()).resources.append(resource)

    def reading(self, *, age: int | None, sex: str, day: str) -> Reading:
        """Everything that was read."""
        document: dict[str, object] = {
            "conditions": self._names(YES, Kind.CONDITION),
            "absent": self._names(NO),
            "unknown": self._names(UNKNOWN),
            "drugs": [drug for said in self._of(YES) for drug in _drugs(said)],
            "labs": self._labs,
            "age": age,
            "sex": sex,
            "date": day,
        }
        return Reading(
            {key: value for key, value in document.items() if value not in (None, "", [])},
            tuple(
                Ignored(_named(group), f"{reason}{_codes(group)}", group.about)
                for (_, reason), group in self._ignored.items()
            ),
            tuple(Flagged(_named(group), remark) for (_, remark), group in self._flagged.items()),
        )

    def _names(self, answer: str, *kinds: Kind) -> list[str]:
        return [
            str(said.entry.iri)
            for said in self._of(answer)
            if not kinds or said.entry.kind in kinds
        ]

    def _of(self, answer: str) -> Iterable[_Said]:
        """What was answered so; what is also said to be unknown is only denied by nobody.

        A yes stands beside an older "not known". A no beside it does not: whether it is there is
        then open.
        """
        for said in self._said.values():
            answers = set(said.answers)
            if YES in answers:
                answers.discard(UNKNOWN)
            elif UNKNOWN in answers:
                answers.discard(NO)
            if answer in answers:
                yield said


def _drugs(said: _Said) -> list[object]:
    """The drug, once for each time in which it is or was given."""
    if said.entry.kind is Kind.CONDITION:
        return []
    name = str(said.entry.iri)
    days = {(_day(each.start), _day(each.end)): None for each in said.periods}
    timed = [{"drug": name, "start": start, "stop": stop} for start, stop in days if start or stop]
    return [{key: value for key, value in drug.items() if value} for drug in timed] or [name]


def _day(moment: When | None) -> str:
    return "" if moment is None else moment.text


def _named(group: _Group) -> str:
    """The resources of a group: type, how many, and where the first stand."""
    first = group.resources[0]
    if len(group.resources) == 1:
        return first.named
    places = ", ".join(each.place for each in group.resources[:_SHOWN_PLACES])
    more = ", …" if len(group.resources) > _SHOWN_PLACES else ""
    return f"{len(group.resources)} of {first.kind}, {places}{more}"


def _codes(group: _Group) -> str:
    shown = list(group.codes)[:_SHOWN_CODES]
    more = ", …" if len(group.codes) > _SHOWN_CODES else ""
    return f": {', '.join(shown)}{more}" if shown else ""
