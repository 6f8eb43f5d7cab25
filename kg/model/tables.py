"""What the graph says whoever the case is: the tables that a case is judged with.

The build makes them from the rows of `queries/ask`. What is known stands here; how it bears on a
case (which statements are about it, what speaks against what) is worked out by `kg.answer`.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Final, TypeVar

from msgspec import Struct

from kg.model.vocabulary import EG

_Said = TypeVar("_Said")

_ROLES: Final = {
    "state": EG.hasObservation,
    "size": EG.hasObservation,
    "condition": EG.hasCondition,
    "treatment": EG.hasTreatment,
}


class Citation(Struct, frozen=True, omit_defaults=True):
    """A number that a document prints, and what is known of the work behind it."""

    number: int
    status: str
    reference: str | None = None
    confidence: str | None = None


class NoteQualifier(Struct, frozen=True, array_like=True):
    """One thing that is said of a statement, with the name that people read."""

    name: str
    value: str


class StatementNote(Struct, frozen=True, omit_defaults=True):
    """What one statement says, where it stands, and what it cites."""

    id: str
    iri: str
    document: str
    text: str
    modality: str
    strength: int
    population: str
    context: str
    """IRI of the kind of case that the statement is about."""
    section: str
    item: str
    line: int
    digest: str
    important: bool = False
    """Whether the document flags what it says as important."""
    weighs: bool = False
    """Whether its word tells how firmly a result speaks, as `suggests` does and `advised` not."""
    citations: tuple[Citation, ...] = ()
    qualifiers: tuple[NoteQualifier, ...] = ()


class Document(Struct, frozen=True):
    """A source document and its standing."""

    id: str
    iri: str
    title: str
    publisher: str
    updated: str
    review: str
    references: str
    statements: int
    resolved: int
    origin: str


class Notes(Struct, frozen=True, eq=False):
    """Everything that answers say about statements, by short id."""

    statements: Mapping[str, StatementNote]
    background: Mapping[str, str]

    def strength(self, ids: Iterable[str]) -> int:
        """The rank of the weakest of these statements; 0 where there is none."""
        return min((self.statements[each].strength for each in ids), default=0)

    def word(self, ids: Iterable[str]) -> str:
        """The word of the weakest of these statements."""
        weakest = min(
            (self.statements[each] for each in ids), key=lambda note: note.strength, default=None
        )
        return weakest.modality if weakest else ""

    def weigh(self, ids: Iterable[str]) -> bool:
        """Whether the word of the weakest of these statements tells how firmly it speaks."""
        notes = [self.statements[each] for each in ids]
        return min(notes, key=lambda note: note.strength).weighs if notes else False

    def qualifiers(self, ids: Iterable[str], *names: str) -> tuple[str, ...]:
        """The values of some qualifiers of these statements, each once, in order."""
        found = (
            said.value
            for each in ids
            for said in self.statements[each].qualifiers
            if said.name in names
        )
        return tuple(dict.fromkeys(found))


class Term(Struct, frozen=True):
    """A term of the graph with the name that people read."""

    iri: str
    label: str


class Argument(Struct, frozen=True):
    """What a finding says about a cause."""

    finding: Term
    direction: str
    """`supports`, `argues against` or `excludes`."""
    strength: str
    """Word of the rule, such as `suggests`; `background` where no document states it."""
    weakest: str
    """The statement that bounds the strength of the whole argument; empty where none does."""
    rule: tuple[str, ...]
    """The statements that carry the rule itself, such as what a normal result suggests."""
    statements: tuple[str, ...]
    """All statements of documents among the premises, those of the rule with them."""
    corroboration: tuple[str, ...]
    background: tuple[str, ...]
    inferred: bool
    """True where no statement names the cause: it comes under the rule by reasoning."""
    counter: tuple[str, ...] = ()
    """The statements that deny what it says."""
    weighed: bool = True
    """Whether its word tells how firmly the finding speaks; a word of advice does not."""
    limit: str = ""
    """In which respect it is argued against, such as `as the only cause`; empty where in all."""

    @property
    def supports(self) -> bool:
        """Whether it speaks for the cause."""
        return self.direction == "supports"

    @property
    def excludes(self) -> bool:
        """Whether it is said to exclude the cause."""
        return self.direction == "excludes"


class Need(Struct, frozen=True):
    """A datum that a cause waits for."""

    datum: Term
    text: str
    statements: tuple[str, ...]
    background: tuple[str, ...] = ()
    unstated: bool = False
    """Whether the sources leave it open, so that no case can tell it."""


class Tension(Struct, frozen=True):
    """Two statements that pull in different directions."""

    statements: tuple[str, str]
    relation: str


class PopulationStatement(Struct, frozen=True):
    """A statement, and the patients it is about."""

    statement: str
    population: Term


class Denial(PopulationStatement, frozen=True):
    """A statement that denies that something is a cause."""

    outweighs: frozenset[str]
    """The statements that list the cause in weaker words."""


class CauseStatement(PopulationStatement, frozen=True):
    """A statement that lists a cause."""

    role: str
    """The kind of possible cause that its axiom puts the cause under."""


class ArgumentRule(Struct, frozen=True, eq=False):
    """What a finding says of a cause, by every statement that says so."""

    argument: Argument
    finding: str
    """The finding that speaks."""
    property: str
    """The property between the cause and the finding."""
    contexts: tuple[str, ...]
    """The kind of case that each statement of its rule is about."""
    settling: frozenset[str]
    """The statements of its rule whose words settle the matter."""


class PendingDatum(Struct, frozen=True, eq=False):
    """A datum that a cause may wait for."""

    need: Need
    property: str
    """The property between the cause and the datum."""
    finding: str
    """The finding that makes it wait; empty where it waits until it is known to be there."""


class ListedOrigin(Struct, frozen=True, eq=False):
    """What the graph says of one tissue that a finding may come from."""

    iri: str
    label: str
    tissue: str
    """What causes of this origin are linked with."""
    supports: tuple[ArgumentRule, ...]
    against: tuple[ArgumentRule, ...]


class CauseOrigin(Struct, frozen=True):
    """That a cause would raise the marker from a tissue, and what that rests on."""

    origin: Term
    tissue: str
    statements: tuple[str, ...]
    background: tuple[str, ...]


class ListedCause(Struct, frozen=True, eq=False):
    """What the graph says of one cause of a finding."""

    iri: str
    label: str
    of: str
    """The finding that it is a cause of."""
    statements: tuple[CauseStatement, ...]
    supports: tuple[ArgumentRule, ...]
    against: tuple[ArgumentRule, ...]
    pending: tuple[PendingDatum, ...]
    broader: tuple[str, ...]
    origins: tuple[CauseOrigin, ...] = ()
    """The tissues that it would raise the marker from; none where no source states one."""
    treatment: bool = False
    """Whether it is a treatment, which is given, and not a condition, which is diagnosed."""
    denials: tuple[Denial, ...] = ()
    """What denies that it is a cause."""
    presumes: frozenset[str] = frozenset()
    """The classes that it is listed with: it is not there where one is denied and none is there."""


class GroupState(Struct, frozen=True):
    """Tests that are read together, with the state that one more result would bring or allow."""

    of: str
    """The measurement that stands for all of them."""
    state: str
    """The class of results that a result of a member leads to."""
    raised: bool
    """Whether that is so whatever the other members are."""
    members: frozenset[str]


class Hypothesis(Struct, frozen=True, eq=False, omit_defaults=True):
    """One thing that may turn out in a case."""

    kind: str
    """`state`, `size`, `condition` or `treatment`."""
    of: str
    """The measurement, or the condition or treatment itself."""
    result: str
    label: str
    denied: frozenset[str] = frozenset()
    """The classes that are known not to be there if it turns out so; empty for a yes."""
    figures: frozenset[str] = frozenset()
    """Of a size: the figures that it is compared by."""
    brings: frozenset[str] = frozenset()
    """What it could bring at most, of all that a verdict can turn on."""
    weakens: bool = False
    """Whether it can speak against a listed cause, or make it wait for something."""
    groups: tuple[GroupState, ...] = ()
    """Of a state: the tests that its measurement is read together with."""

    @property
    def role(self) -> str:
        """The property by which a case leads to it."""
        return _ROLES[self.kind]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the individual that the case leads to."""
        if self.kind == "treatment":
            return (EG.Treatment, self.result)
        return (self.of, self.result) if self.kind == "state" else (self.result,)


class Topic(Struct, frozen=True, eq=False, dict=True):
    """A finding whose causes can be asked for."""

    finding: Term
    question: str
    causes: Mapping[str, ListedCause]
    """By IRI, in their order."""
    waiting: Mapping[str, tuple[str, ...]]
    """The statements that may wait for facts, by the kind of case they are about."""
    gaps: tuple[str, ...]
    possible: tuple[Hypothesis, ...]
    """What may turn out and bear on a cause; its being there before its being denied."""
    bears_on: Mapping[str, tuple[str, ...]]
    """The causes by the kinds of cases, findings and classes that their verdict can turn on."""
    origin_question: str = ""
    """What is asked of its origins, such as `Source of the ALP`."""
    example: str = ""
    """A question in words about it, such as a page shows before anything is asked."""
    origins: Mapping[str, ListedOrigin] = {}
    """By IRI, in their order."""
    bears_on_origins: Mapping[str, tuple[str, ...]] = {}
    """The origins by the kinds of cases and findings that their standing can turn on."""
    measurements: frozenset[str] = frozenset()
    """The measurements whose results show the finding."""
    documents: tuple[str, ...] = ()
    """The documents that list causes of it."""
    told: frozenset[str] = frozenset()
    """What is advised or attached to kinds of case and belongs to answers about it."""

    @cached_property
    def possible_of(self) -> Mapping[str, tuple[Hypothesis, ...]]:
        """What may turn out, by measurement, condition or treatment."""
        found: dict[str, list[Hypothesis]] = {}
        for each in self.possible:
            found.setdefault(each.of, []).append(each)
        return {of: tuple(each) for of, each in found.items()}

    @cached_property
    def weakening(self) -> tuple[Hypothesis, ...]:
        """What may turn out that is no listed cause itself, and can speak against one."""
        return tuple(each for each in self.possible if each.weakens and each.of not in self.causes)


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
