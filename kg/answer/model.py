"""An answer as one value: every rendering is made from it, and nothing else is known to them.

Statements and background statements are named by their short ids (a document and a number, or
a few words); `Answer.statements` and `Answer.background` hold what stands behind
each. Ids that a field lists are always found there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """How a listed cause stands, in the order in which answers show them."""

    CANDIDATE = "candidate"
    UNDETERMINED = "undetermined"
    ARGUED_AGAINST = "argued against"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Term:
    """A term of the graph with the name that people read."""

    iri: str
    label: str


@dataclass(frozen=True)
class Citation:
    """A number that a document prints, and what is known of the work behind it."""

    number: int
    status: str
    reference: str | None = None
    confidence: str | None = None


@dataclass(frozen=True)
class StatementNote:
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
    citations: tuple[Citation, ...] = ()
    qualifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Document:
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


@dataclass(frozen=True)
class Argument:
    """What a finding of the case says about a cause."""

    finding: Term
    direction: str
    """`supports`, `argues against` or `excludes`."""
    strength: str
    """Word of the rule, such as `suggests`."""
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

    @property
    def supports(self) -> bool:
        """Whether it speaks for the cause."""
        return self.direction == "supports"


@dataclass(frozen=True)
class Need:
    """A datum that a cause waits for."""

    datum: Term
    text: str
    statements: tuple[str, ...]
    background: tuple[str, ...] = ()


@dataclass(frozen=True)
class Elsewhere:
    """A statement about a cause that is made for other patients, with what the case lacks."""

    statement: str
    population: Term
    missing: tuple[str, ...]
    contradicted: bool
    """True where the case is known to be of another kind, false where it is not known."""


@dataclass(frozen=True)
class Cause:
    """A cause that the sources list for the finding, and how it stands in this case."""

    iri: str
    label: str
    verdict: Verdict
    strength: str
    """Word of the weakest statement among the premises of the verdict."""
    statements: tuple[str, ...]
    present: bool = False
    """True where the case is known to have it."""
    supports: tuple[Argument, ...] = ()
    against: tuple[Argument, ...] = ()
    needs: tuple[Need, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    tensions: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    """IRIs of the listed causes that this one is a kind of."""
    note: str = ""
    """Qualifying words of its statements, such as a frequency."""


@dataclass(frozen=True)
class OtherPopulation:
    """A cause listed, or a step advised, only for other patients than this one."""

    iri: str
    label: str
    elsewhere: tuple[Elsewhere, ...]
    present: bool = False
    """True where the case is known to have it."""


@dataclass(frozen=True)
class Message:
    """A caution, rule, outcome, advice or limit of scope, with the statements it rests on."""

    iri: str
    label: str
    text: str
    statements: tuple[str, ...]
    corroboration: tuple[str, ...] = ()
    background: tuple[str, ...] = ()
    strength: str = ""


@dataclass(frozen=True)
class Move:
    """A cause whose verdict would be another one."""

    iri: str
    label: str
    before: Verdict | None
    """None where it is not listed for such a case."""
    after: Verdict | None
    """None where the case would say that it is not there."""
    statements: tuple[str, ...]
    """Those that bring the new verdict about; none where the case itself would say it."""


@dataclass(frozen=True)
class Support:
    """A cause that a finding would speak for, and does not now."""

    iri: str
    label: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """Something that may turn out, and what it would do to the causes."""

    iri: str
    label: str
    moves: tuple[Move, ...]
    supports: tuple[Support, ...] = ()


@dataclass(frozen=True)
class NextStep:
    """An investigation that a source advises, with what each result of it would do."""

    iri: str
    label: str
    settles: tuple[str, ...]
    """The causes whose verdict a result would change."""
    informs: tuple[str, ...]
    """The others that a result would support, or that a source asks for it to clarify."""
    statements: tuple[str, ...]
    optional: bool
    urgent: bool = False
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Unadvised:
    """Something that no statement advises to find out for such a case, and that moves a verdict."""

    iri: str
    label: str
    results: tuple[Result, ...]


@dataclass(frozen=True)
class Unknown:
    """Something that the case does not say and that a statement waits for."""

    label: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Facts of the case that contradict each other; nothing was drawn from them."""

    facts: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Unused:
    """An input that was given and not used, and why."""

    given: str
    reason: str


@dataclass(frozen=True)
class Tension:
    """Two statements that pull in different directions."""

    statements: tuple[str, str]
    relation: str


@dataclass(frozen=True)
class GivenFact:
    """One fact of the case as it was understood."""

    kind: str
    label: str
    iri: str
    value: str

    @property
    def text(self) -> str:
        """The fact as people say it."""
        match self.kind:
            case "absent":
                return f"no {self.label}"
            case "unknown":
                return f"{self.label} not known"
            case _:
                return self.label if self.value in {"yes", ""} else f"{self.label} {self.value}"


@dataclass(frozen=True)
class Answer:
    """Everything the graph has to say about one case, and what it has not."""

    question: str
    finding: Term
    graph: str
    case: tuple[GivenFact, ...]
    documents: tuple[Document, ...]
    scope: tuple[Message, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    alerts: tuple[Message, ...] = ()
    rules: tuple[Message, ...] = ()
    outcomes: tuple[Message, ...] = ()
    advice: tuple[Message, ...] = ()
    """What the sources say of treatment and follow-up; never an order."""
    judged: bool = True
    """Whether causes were judged: within the scope, and where the case shows the finding."""
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
    statements: dict[str, StatementNote] = field(default_factory=dict)
    background: dict[str, str] = field(default_factory=dict)

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
