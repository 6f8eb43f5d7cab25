"""What the record of one patient says, collected into the plain dictionary of a case.

Nothing in these values names a person: a resource is named by its type and its place in the input,
and of what it says only terms of the graph, numbers, units and days are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, cast

from msgspec import Struct

from kg.case.dates import When
from kg.case.document import Document, Drug, Lab, Onset
from kg.case.model import NOTED, Notice, Unused
from kg.case.series import Unread
from kg.model.errors import UsageError
from kg.model.terms import Entry, Kind
from kg.model.vocabulary import IRI

YES: Final = "yes"
NO: Final = "no"
UNKNOWN: Final = "unknown"

_SHOWN_PLACES: Final = 5
_SHOWN_CODES: Final = 8

Table = Mapping[str, object]
"""A JSON object."""


class RefusedError(UsageError):
    """A resource that cannot be used; the message says why, without a word of its free text."""

    def __init__(self, reason: str, *, code: str = "", of_another: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        """The code that is not known here, for a reader who looks for it."""
        self.of_another = of_another
        """Whether it is not, or may not be, about the patient of the record."""


class Resource(Struct, frozen=True):
    """One resource, with where it stands in the input."""

    kind: str
    place: str
    """`entry 3` or `line 3`; empty where the input is this one resource."""
    data: Table
    url: str = ""
    """Its `fullUrl` in a bundle."""
    deleted: bool = False
    """Whether its bundle deletes it."""
    parent: Resource | None = None
    """The resource that contains it."""

    @property
    def holder(self) -> Resource:
        """The resource whose contained ones its references may name."""
        return self.parent or self

    @property
    def named(self) -> str:
        """The resource as an answer names it: by type and place, never by an identifier."""
        return f"{self.kind}, {self.place}" if self.place else self.kind


class Patient(Struct, frozen=True):
    """What a case may know of a patient."""

    age: int | None = None
    """In whole years, on the day that is asked about."""
    sex: str = ""


class Period(Struct, frozen=True):
    """A time with its start and its end, as far as they are known."""

    start: When | None = None
    end: When | None = None


class Ignored(Struct, frozen=True):
    """Resources that were not used, and why."""

    resource: str
    reason: str
    about: Entry | None = None
    """The measurement or finding that they are of, where that is known."""
    why: str = ""
    """The reason without what is of one resource, such as its code."""
    many: int = 1
    """How many resources these are."""


class Reading(Struct, frozen=True):
    """What an input says of one patient."""

    document: Document
    """The case in the form that `resolve_case` reads."""
    ignored: tuple[Ignored, ...] = ()
    flagged: tuple[Unused, ...] = ()
    """Resources that were used, each with what a reader should know of it."""
    unread: tuple[Unread, ...] = ()
    """Results among the ignored that are there and say nothing: older ones no longer hold."""
    notices: tuple[Notice, ...] = ()
    """What an answer opens with."""


class _Answers(Struct):
    """What is said of a condition or a drug."""

    entry: Entry
    given: set[str] = set()
    periods: list[Period] = []
    undated: bool = False
    """Whether it is said to be there without saying when."""

    def stands(self, answer: str) -> bool:
        """Whether it was answered so; what is also said to be unknown is only denied by nobody.

        A yes stands beside an older "not known". A no beside it does not: whether it is there is
        then open.
        """
        weaker = UNKNOWN if YES in self.given else NO if UNKNOWN in self.given else ""
        return answer in self.given and answer != weaker


class _Status(Struct, frozen=True):
    """What was seen of a condition at one time."""

    resource: Resource
    entry: Entry
    answer: str
    on: When | None


class _Group(Struct):
    """Resources of one type of which the same is to be said."""

    about: Entry | None = None
    resources: list[Resource] = []
    codes: dict[str, None] = {}

    @property
    def named(self) -> str:
        """The resources: type, how many, and where the first stand."""
        first = self.resources[0]
        if len(self.resources) == 1:
            return first.named
        places = ", ".join(each.place for each in self.resources[:_SHOWN_PLACES])
        more = ", …" if len(self.resources) > _SHOWN_PLACES else ""
        return f"{len(self.resources)} of {first.kind}, {places}{more}"

    @property
    def shown_codes(self) -> str:
        """The codes that are not known here, as they stand behind a reason."""
        shown = list(self.codes)[:_SHOWN_CODES]
        more = ", …" if len(self.codes) > _SHOWN_CODES else ""
        return f": {', '.join(shown)}{more}" if shown else ""


class CaseBuilder:
    """Collects what the resources of one patient say, and what was left out and why."""

    def __init__(self, dated: Collection[IRI] = ()) -> None:
        self._dated = dated
        """The conditions of which rules ask when they began."""
        self._labs: list[Lab] = []
        self._answers: dict[IRI, _Answers] = {}
        self._ignored: dict[tuple[str, str], _Group] = {}
        self._flagged: dict[tuple[str, str], _Group] = {}
        self._unread: list[Unread] = []
        self._notices: list[Notice] = []
        self._statuses: dict[IRI, list[_Status]] = {}

    def lab(self, result: Lab) -> None:
        """Keep a result."""
        self._labs.append(result)

    def answer(self, entry: Entry, answer: str, period: Period | None = None) -> None:
        """Keep that a condition or a drug is there, is not there, or is not known to be."""
        answers = self._answers.setdefault(entry.iri, _Answers(entry))
        answers.given.add(answer)
        if answer == YES and period is not None and (period.start or period.end):
            answers.periods.append(period)
        elif answer == YES:
            answers.undated = True

    def status(self, resource: Resource, entry: Entry, answer: str, on: When | None) -> None:
        """Keep what was seen of a condition at one time: the latest of such answers holds."""
        self._statuses.setdefault(entry.iri, []).append(_Status(resource, entry, answer, on))

    def is_given(self, entry: Entry) -> bool:
        """Whether a drug is said to be given, without an end."""
        said = self._answers.get(entry.iri)
        if said is None or not said.stands(YES):
            return False
        return said.undated or any(each.end is None for each in said.periods)

    def is_given_throughout(self, entry: Entry, first: When, last: When) -> bool:
        """Whether a drug is said to be given from one day to another."""
        said = self._answers.get(entry.iri)
        periods = said.periods if said is not None and said.stands(YES) else []
        return any(
            each.start is not None
            and each.start.day <= first.day
            and (each.end is None or each.end.day >= last.day)
            for each in periods
        )

    def notice(self, about: IRI, label: str, words: str) -> None:
        """Keep what an answer is to open with."""
        self._notices.append(Notice(about, label, words))

    def ignore(
        self, resource: Resource, reason: str, code: str = "", about: Entry | None = None
    ) -> None:
        """Keep that a resource was not used, and what it would have been about."""
        reason = reason if about is None else f"{about.label}: {reason}"
        group = self._ignored.setdefault((resource.kind, reason), _Group(about))
        group.resources.append(resource)
        if code:
            group.codes[code] = None

    def unread(self, resource: Resource, reason: str, marker: Entry, on: When) -> None:
        """Keep that there is a result which cannot be used, and of when it is."""
        self._unread.append(Unread(marker, resource.named, reason, on))

    def flag(self, resource: Resource, remark: str, about: str = "") -> None:
        """Keep what a reader should know, if anything, of a resource that was used."""
        if remark:
            key = resource.kind, f"{about}: {remark}" if about else remark
            self._flagged.setdefault(key, _Group()).resources.append(resource)

    def reading(self, patient: Patient, day: str) -> Reading:
        """Everything that was read."""
        self._settle()
        there = [each for each in self._answers.values() if each.stands(YES)]
        document = {
            "conditions": [each for e in there for each in self._conditions(e)],
            "absent": [e.entry.iri for e in self._answers.values() if e.stands(NO)],
            "unknown": [e.entry.iri for e in self._answers.values() if e.stands(UNKNOWN)],
            "drugs": [drug for each in there for drug in _drugs(each)],
            "labs": self._labs,
            "age": patient.age,
            "sex": patient.sex,
            "date": day,
        }
        said = {key: value for key, value in document.items() if value not in (None, "", [])}
        return Reading(
            cast("Document", said),
            tuple(
                Ignored(
                    group.named,
                    f"{reason}{group.shown_codes}",
                    group.about,
                    reason,
                    len(group.resources),
                )
                for (_, reason), group in self._ignored.items()
            ),
            tuple(
                Unused(group.named, remark, NOTED) for (_, remark), group in self._flagged.items()
            ),
            tuple(self._unread),
            tuple(self._notices),
        )

    def _conditions(self, said: _Answers) -> Iterator[str | Onset]:
        """A condition, with each day on which it began where rules ask for that."""
        if said.entry.kind is not Kind.CONDITION:
            return
        began = {each.start.text for each in said.periods if each.start is not None} - {""}
        if began and said.entry.iri in self._dated:
            yield from (Onset(condition=said.entry.iri, date=day) for day in sorted(began))
        else:
            yield said.entry.iri

    def _settle(self) -> None:
        """Answer by the latest statuses of each condition; those of no known day are among them."""
        for statuses in self._statuses.values():
            days = [each.on.day for each in statuses if each.on is not None]
            last = max(days, default=None)
            for each in statuses:
                if each.on is None or each.on.day == last:
                    self.answer(each.entry, each.answer)
                else:
                    reason = "a later one is used in its place"
                    self.ignore(each.resource, reason, about=each.entry)
        self._statuses.clear()


def _drugs(said: _Answers) -> list[str | Drug]:
    """The drug, once for each time in which it is or was given.

    It stands without days as well where it is given, and all of its times have an end.
    """
    if said.entry.kind is Kind.CONDITION:
        return []
    name = said.entry.iri
    times = ({"start": _day(each.start), "stop": _day(each.end)} for each in said.periods)
    known = [{key: day for key, day in time.items() if day} for time in times]
    timed = [cast("Drug", {"drug": name, **days}) for days in known if days]
    drugs: list[str | Drug] = [d for place, d in enumerate(timed) if d not in timed[:place]]
    goes_on = said.undated and all("stop" in each for each in timed)
    return [*drugs, name] if goes_on or not drugs else drugs


def _day(moment: When | None) -> str:
    return "" if moment is None else moment.text
