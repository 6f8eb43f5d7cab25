"""An answer as one value: every rendering is made from it, and nothing else is known to them.

Statements and background statements are named by their short ids (a document and a number, or
a few words); `Answer.statements` and `Answer.background` hold what stands behind
each. Ids that a field lists are always found there.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from kg.model.notes import Citation, Document, StatementNote
from kg.model.shown import Shown
from kg.model.topics import Argument, Need, Tension, Term

__all__ = [
    "Answer",
    "Argument",
    "Basis",
    "Cause",
    "Citation",
    "Conflict",
    "Document",
    "Elsewhere",
    "GivenFact",
    "Message",
    "Move",
    "Need",
    "NextStep",
    "Origin",
    "OriginMove",
    "OtherPopulation",
    "ReadAs",
    "Result",
    "ReviewStanding",
    "ShortAnswer",
    "ShortCause",
    "ShortRow",
    "Standing",
    "StatementNote",
    "Support",
    "Tension",
    "Term",
    "Unadvised",
    "Unknown",
    "Unused",
    "Verdict",
]


class Verdict(StrEnum):
    """How a listed cause stands, in the order in which answers show them."""

    CANDIDATE = "candidate"
    UNDETERMINED = "undetermined"
    ARGUED_AGAINST = "argued against"
    EXCLUDED = "excluded"


class Basis(StrEnum):
    """Why a cause stands where it does among those of its verdict, in the order of reading."""

    DIAGNOSED = "already diagnosed"
    SHOWN = "shown by a result"
    GIVEN = "given to the patient"
    SUPPORTED = "supported by a result"
    TISSUE = "of a tissue that a result supports"
    FLAGGED = "flagged important by the source"
    LISTED = "listed"


class Standing(StrEnum):
    """How a tissue stands as the origin of a raised marker."""

    SUPPORTED = "supported"
    DISPUTED = "for and against"
    ARGUED_AGAINST = "argued against"
    OPEN = "open"


class Origin(Struct, frozen=True):
    """A tissue that a raised marker may come from, and what speaks for and against it."""

    iri: str
    label: str
    standing: Standing
    strength: str = ""
    """Word of the strongest statement on the side that prevails; empty where no side does, or no
    word of it tells how firmly the findings speak."""
    supports: tuple[Argument, ...] = ()
    against: tuple[Argument, ...] = ()


class Elsewhere(Struct, frozen=True):
    """A statement about a cause that is made for other patients, with what the case lacks."""

    statement: str
    population: Term
    missing: tuple[str, ...]
    contradicted: bool
    """True where the case is known to be of another kind, false where it is not known."""


class Cause(Struct, frozen=True):
    """A cause that the sources list for the finding, and how it stands in this case."""

    iri: str
    label: str
    verdict: Verdict
    strength: str
    """Word of the weakest statement among the premises of the verdict; empty where its tissue alone
    decides: a word that is said of a tissue is said of no cause."""
    statements: tuple[str, ...]
    """Those that list it for such a case; where there are none, since the case has it, all."""
    premises: tuple[str, ...] = ()
    """The statements that the verdict follows from, none weaker than its word; the others of this
    row support it, or say the same again."""
    present: bool = False
    """True where the case is known to have it."""
    supports: tuple[Argument, ...] = ()
    against: tuple[Argument, ...] = ()
    counter: tuple[str, ...] = ()
    """The statements about such a case that deny that it is a cause of the finding."""
    counter_strength: str = ""
    """Word of the strongest of them."""
    needs: tuple[Need, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    tensions: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    """IRIs of the listed causes that this one is a kind of."""
    origins: tuple[Term, ...] = ()
    """The tissues that it would raise the marker from; none where no source states one."""
    origin_statements: tuple[str, ...] = ()
    """The statements by which it comes from them."""
    origin_background: tuple[str, ...] = ()
    """The background by which it comes from them."""
    by_origin: bool = False
    """True where it is argued against only because each of its tissues is."""
    basis: Basis = Basis.LISTED
    note: str = ""
    """Qualifying words of its statements, such as a frequency."""


class OtherPopulation(Struct, frozen=True):
    """A cause listed, or a step advised, only for other patients than this one."""

    iri: str
    label: str
    elsewhere: tuple[Elsewhere, ...]
    present: bool = False
    """True where the case is known to have it."""


class Message(Struct, frozen=True):
    """A caution, rule, outcome, advice or limit of scope, with the statements it rests on."""

    iri: str
    label: str
    text: str
    statements: tuple[str, ...]
    corroboration: tuple[str, ...] = ()
    background: tuple[str, ...] = ()
    strength: str = ""


class Move(Struct, frozen=True):
    """A cause whose verdict would be another one."""

    iri: str
    label: str
    before: Verdict | None
    """None where it is not listed for such a case."""
    after: Verdict | None
    """None where the case would say that it is not there."""
    statements: tuple[str, ...]
    """Those that bring the new verdict about; none where the case itself would say it."""


class Support(Struct, frozen=True):
    """A cause that a finding would speak for, and does not now."""

    iri: str
    label: str
    statements: tuple[str, ...]


class OriginMove(Struct, frozen=True):
    """An origin that would stand otherwise, or by more."""

    iri: str
    label: str
    before: Standing
    after: Standing
    statements: tuple[str, ...]
    """Those that a finding brings to bear that does not now."""


class Result(Struct, frozen=True):
    """Something that may turn out, and what it would do to the causes."""

    iri: str
    label: str
    moves: tuple[Move, ...]
    supports: tuple[Support, ...] = ()
    origins: tuple[OriginMove, ...] = ()


class NextStep(Struct, frozen=True):
    """An investigation that a source advises, with what each result of it would do."""

    iri: str
    label: str
    settles: tuple[str, ...]
    """The causes whose verdict a result would change."""
    informs: tuple[str, ...]
    """The others that a result would support, or that a source asks for it to clarify."""
    statements: tuple[str, ...]
    optional: bool
    offered: str = ""
    """For whom it is advised, where that is another kind of case and it is offered to this one."""
    urgent: bool = False
    results: tuple[Result, ...] = ()
    background: tuple[str, ...] = ()
    """Common knowledge that offers it where no statement does, or beside one."""
    origins: tuple[str, ...] = ()
    """The tissues that a result would speak for or against."""


class Unadvised(Struct, frozen=True):
    """Something that no statement advises to find out for such a case, and that moves a verdict."""

    iri: str
    label: str
    results: tuple[Result, ...]


class Unknown(Struct, frozen=True):
    """Something that the case does not say and that a statement waits for."""

    label: str
    statements: tuple[str, ...]


class Conflict(Struct, frozen=True):
    """Facts of the case that contradict each other; nothing was drawn from them."""

    facts: tuple[str, ...]
    text: str


class Unused(Struct, frozen=True):
    """An input that was given and not used, and why."""

    given: str
    reason: str
    kind: str = "not used"
    """`not covered`: no term has the name; `ambiguous`: several have it; `set apart`: a
    question in words does not say it of the patient now; `noted`: it was
    used, and the reason is what to know of it; else `not used`."""
    names: tuple[str, ...] = ()
    """What may have been meant."""


class GivenFact(Struct, frozen=True):
    """One fact of the case as it was understood."""

    kind: str
    label: str
    iri: str
    value: str
    given: str = ""
    """The words it was given in, where they say more than the term."""

    @property
    def text(self) -> str:
        """The fact as people say it."""
        return f"{self._text} (as given: {self.given})" if self.given else self._text

    @property
    def _text(self) -> str:
        match self.kind:
            case "absent":
                return f"no {self.label}"
            case "unknown":
                return f"{self.label} not known"
            case "assumed":
                return f"{self.label} (assumed)"
            case _:
                return self.label if self.value in {"yes", ""} else f"{self.label} {self.value}"


class ReviewStanding(Struct, frozen=True):
    """How many of the rules and background statements behind an answer were reviewed."""

    rules: int = 0
    background: int = 0
    accepted: int = 0
    """Those that a reviewer accepted, and none objected to."""
    objected: int = 0
    """Those that a reviewer rejected or wants changed."""


class ReadAs(Struct, frozen=True):
    """How a question in words was read."""

    options: str
    """The options that it stands for, as they are typed."""
    notes: tuple[str, ...] = ()
    """How words were read that say more or less than their option."""


class ShortCause(Struct, frozen=True):
    """A cause of an answer by its verdict, and the ids that this rests on."""

    iri: str
    verdict: Verdict
    present: bool
    """True where the case is known to have it."""
    statements: tuple[str, ...]
    """Those that list it."""
    supported_by: tuple[str, ...]
    """The statements that speak for it; the finding where background alone says so."""
    against_by: tuple[str, ...]
    """The same of what speaks against it."""
    denied_by: tuple[str, ...]
    """The statements that deny that it is a cause."""
    waits_for: tuple[str, ...]
    """The data that it turns on and that are missing."""


class ShortRow(Struct, frozen=True):
    """Something else that an answer says, by the ids that it rests on."""

    iri: str
    statements: tuple[str, ...]
    background: tuple[str, ...]


class ShortAnswer(Struct, frozen=True, kw_only=True):
    """The verdicts of an answer without its words, for whoever asks about very many cases."""

    finding: str
    judged: bool
    """Whether causes were judged: within the scope, and where the case shows the finding."""
    scope: tuple[ShortRow, ...]
    """What limits the answer."""
    conflicts: tuple[tuple[str, ...], ...]
    """The facts that contradict each other; nothing was drawn from them."""
    alerts: tuple[ShortRow, ...]
    causes: tuple[ShortCause, ...]
    """In the order of the answer."""
    next_steps: tuple[ShortRow, ...]
    unused: tuple[Unused, ...]


class Answer(Shown, Struct, frozen=True, kw_only=True):
    """Everything the graph has to say about one case, and what it has not."""

    question: str
    read_as: ReadAs | None = None
    """How the question was read, where it was asked in words."""
    scope: tuple[Message, ...] = ()
    """What limits the answer; it comes first in every form, so that no reader misses it."""
    finding: Term
    graph: str
    case: tuple[GivenFact, ...]
    documents: tuple[Document, ...]
    conflicts: tuple[Conflict, ...] = ()
    alerts: tuple[Message, ...] = ()
    rules: tuple[Message, ...] = ()
    outcomes: tuple[Message, ...] = ()
    advice: tuple[Message, ...] = ()
    """What the sources say of treatment and follow-up; never an order."""
    judged: bool = True
    """Whether causes were judged: within the scope, and where the case shows the finding."""
    origin_question: str = ""
    """What asks which tissue the finding comes from, such as `Source of the ALP`."""
    origins: tuple[Origin, ...] = ()
    """The tissues that the finding may come from, and how each stands."""
    causes: tuple[Cause, ...] = ()
    absent: tuple[Term, ...] = ()
    """Listed causes that the case says are not there."""
    other_populations: tuple[OtherPopulation, ...] = ()
    ask_next: tuple[NextStep, ...] = ()
    steps_for_others: tuple[OtherPopulation, ...] = ()
    """Investigations that are advised, and not for a patient like this one."""
    unadvised: tuple[Unadvised, ...] = ()
    tensions: tuple[Tension, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    not_covered: tuple[str, ...] = ()
    unused: tuple[Unused, ...] = ()
    idle: tuple[GivenFact, ...] = ()
    """Facts of the case that move nothing in this answer."""
    statements: Mapping[str, StatementNote] = {}
    background: Mapping[str, str] = {}
    review: ReviewStanding = ReviewStanding()

    @property
    def results(self) -> tuple[Result, ...]:
        """Everything that may still turn out, advised or not."""
        advised = (each for step in self.ask_next for each in step.results)
        return (*advised, *(each for step in self.unadvised for each in step.results))

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that is said beside the causes."""
        return (*self.scope, *self.alerts, *self.rules, *self.outcomes, *self.advice)

    def by_verdict(self, verdict: Verdict) -> tuple[Cause, ...]:
        """The causes that have this verdict, in reading order."""
        return tuple(cause for cause in self.causes if cause.verdict is verdict)
