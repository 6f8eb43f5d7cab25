"""The findings that are asked about: their causes, and what speaks for and against each."""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct

from kg.model.vocabulary import EG

_ROLES: Final = {
    "state": EG.hasObservation,
    "size": EG.hasObservation,
    "condition": EG.hasCondition,
    "treatment": EG.hasTreatment,
}


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
    elsewhere: frozenset[str] = frozenset()
    """Of the statements on such things those that belong to answers about other findings only."""

    def is_spoken_of(self, statement: str, context: str) -> bool:
        """Whether a statement on something advised or attached belongs here.

        It does where it is about a fact of the case; what is about any case has to be told with
        the finding.
        """
        return context != EG.Case or statement not in self.elsewhere

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
