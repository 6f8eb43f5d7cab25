"""What the graph says whoever the case is: the tables that a case is judged with.

The build makes them from the rows of `queries/ask`. What is known stands here; how it bears on a
case (which statements are about it, what speaks against what) is worked out by `kg.answer`.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct

from kg.model.notes import Document, Notes
from kg.model.topics import PopulationStatement, Tension, Term, Topic

_Said = TypeVar("_Said")


class Premise(Struct, frozen=True, omit_defaults=True):
    """A statement or background that something rests on."""

    of: str
    """The kind of case, or the finding, that it is said of."""
    role: str
    id: str
    context: str = ""
    """The kind of case that the statement is about; empty for background."""
    instead: frozenset[str] = frozenset()
    """Of advice: the classes that show a test done that the statement offers in its place."""
    indicated: bool = False
    """Of advice: whether it says that the test is indicated, and not only to consider."""


class CaseMessage(Struct, frozen=True, omit_defaults=True):
    """Something that the sources attach to kinds of cases: a caution, advice, a rule."""

    kind: str
    iri: str
    label: str
    text: str
    of: frozenset[str]
    """Everything that it is said of."""
    premises: tuple[Premise, ...]
    unless: frozenset[str] = frozenset()
    """The findings with which it has no ground."""
    settled: frozenset[str] = frozenset()
    """The classes of which one that is known to be there, or not, settles what it asks."""
    always: bool = False
    """Whether it is said of whoever has the condition, also outside the scope of the sources."""
    denies: bool = False
    """Whether its words are a denial, such as that a drug moves no marker."""
    asks: str = ""
    """Of a question: the condition that it asks about."""
    ordered: str = ""
    """Of a caution about what is given: what it says of an order."""


class Advice(Struct, frozen=True):
    """An investigation that is advised for kinds of cases."""

    iri: str
    label: str
    order: int
    urgent: bool
    of: frozenset[str]
    """The kinds of cases that it is advised for."""
    stated: tuple[PopulationStatement, ...]
    """The statements that advise it."""
    premises: tuple[Premise, ...]
    """What its statements and those that agree with them rest on."""
    answered_by: frozenset[str]
    """The classes of which one in a case shows that it was done."""
    data: frozenset[str]
    """The data that it brings, which causes wait for."""
    clarifies: frozenset[str]
    """The causes that a source asks for it to clarify."""


class Reviews(Struct, frozen=True, eq=False):
    """What conclusions rest on, and what reviewers decided of it."""

    rests: Mapping[str, Mapping[str, tuple[str, ...]]]
    """The rules behind each conclusion: by what is concluded, and by what it is concluded of."""
    accepted: Mapping[str, bool]
    """Of each rule and background statement that was reviewed, whether it may stand as it is."""

    def of(self, target: str, source: str) -> tuple[str, ...]:
        """The rules behind one conclusion."""
        return self.rests.get(target, {}).get(source, ())


class Offer(Struct, frozen=True):
    """That what is advised for a kind of case is offered for a wider one too."""

    kind: str
    wider: str
    note: str
    """For whom it is advised, in words."""


class Bounds(Struct, frozen=True, omit_defaults=True):
    """Where a figure has to lie; a bound that is not stated is absent."""

    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None

    @property
    def low(self) -> Decimal | None:
        """The lower bound, whether or not it belongs to it."""
        return self.above if self.at_least is None else self.at_least

    @property
    def high(self) -> Decimal | None:
        """The upper bound, whether or not it belongs to it."""
        return self.below if self.at_most is None else self.at_most


class Threshold(Struct, frozen=True, omit_defaults=True):
    """A class of results that documents draw a line for."""

    iri: str
    label: str
    of: str
    """The measurement."""
    statements: tuple[str, ...]
    """The statements that give the line."""
    figures: Mapping[str, Bounds]
    """By figure, such as the ratio to the upper limit, where it has to lie."""
    under: tuple[str, ...] = ()
    """The treatments, and their drugs, under which the result is taken; empty for any result."""


class TopicHead(Struct, frozen=True):
    """Of a topic what tells whether a case is about it."""

    finding: Term
    measurements: frozenset[str]


class Tables(Struct, frozen=True, eq=False):
    """Everything that answers say and that depends on no case."""

    topics: Mapping[str, Topic]
    """The findings that can be asked about, by IRI in their order."""
    heads: Mapping[str, TopicHead]
    """The same without what is known of them."""
    documents: tuple[Document, ...]
    notes: Notes
    messages: Sequence[CaseMessage]
    messages_of: Mapping[str, tuple[int, ...]]
    """The places of messages, by what they are said of and by their IRI."""
    rules: Sequence[CaseMessage]
    """What findings say about any cause."""
    rules_of: Mapping[str, tuple[int, ...]]
    advised: Sequence[Advice]
    advised_of: Mapping[str, tuple[int, ...]]
    """The places of investigations, by the kinds they are advised for and by their IRI."""
    offers: tuple[Offer, ...]
    tensions: tuple[Tension, ...]
    opposed: Mapping[str, tuple[str, ...]]
    """By statement: the statements that pull the reader the other way."""
    reviews: Reviews
    thresholds: Sequence[Threshold]
    """The lines that documents draw through the results of a measurement."""

    def messages_about(self, names: Iterable[str]) -> Iterator[CaseMessage]:
        """What is said of one of these kinds or findings, or is called so, in its order."""
        return chosen(self.messages, self.messages_of, names)

    def rules_about(self, findings: Iterable[str]) -> Iterator[CaseMessage]:
        """What one of these findings says about any cause, in its order."""
        return chosen(self.rules, self.rules_of, findings)

    def advised_about(self, names: Iterable[str]) -> Iterator[Advice]:
        """What is advised for one of these kinds, or is called so, in its order."""
        return chosen(self.advised, self.advised_of, names)


def places_of(said: Sequence[Advice | CaseMessage]) -> dict[str, tuple[int, ...]]:
    """Where things stand, by their IRI and by what they are said of."""
    found: dict[str, dict[int, None]] = {}
    for place, each in enumerate(said):
        for name in (each.iri, *sorted(each.of)):
            found.setdefault(name, {})[place] = None
    return {name: tuple(places) for name, places in found.items()}


def chosen(
    among: Sequence[_Said], places: Mapping[str, tuple[int, ...]], names: Iterable[str]
) -> Iterator[_Said]:
    """Those at the places of one of the names, each once and in their order."""
    wanted = {place for name in names for place in places.get(name, ())}
    return (among[place] for place in sorted(wanted))
