"""A proof as one value: the given facts, the axioms it takes, and the statements they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from kg.model.compiled import AxiomNote
from kg.model.notes import StatementNote
from kg.model.shown import Shown
from kg.reasoning.closure import Step
from kg.reasoning.rules import Fact

__all__ = [
    "Absence",
    "AxiomNote",
    "Contrast",
    "Contrasts",
    "Explanation",
    "Missing",
    "Part",
    "Proof",
    "ProofStep",
]


class ProofStep(Struct, frozen=True):
    """One step in words: what follows, by which axioms, from which steps and given facts."""

    text: str
    axioms: tuple[str, ...]
    given: tuple[str, ...]
    """What was said of the patient that the step starts from."""
    uses: tuple[int, ...]
    """The places of the earlier steps of its part that it starts from, from 1."""
    facts: tuple[Fact, ...] = ()
    """The given facts that the step starts from."""


class Part(Struct, frozen=True):
    """One thing that has to hold, with its derivation."""

    role: str
    """`asked`, `listed`, `about`, `shown`, `argued`, `tissue`, `open`, `present`, `attached` or
    `follows`."""
    conclusion: str
    facts: tuple[Fact, ...]
    """The facts of the case that it takes; none may be missing."""
    goal: Fact
    axioms: tuple[str, ...]
    steps: tuple[ProofStep, ...]
    given: tuple[str, ...] = ()
    """The same facts as they were said of the patient."""
    statement: str = ""
    """The statement that the part brings in, where it brings one in."""
    source: str = ""
    """The class that it is about, where it is about every member of a class."""
    derivation: tuple[Step, ...] = ()
    """Every step, those of form too; only `derivation` tells them."""


class Absence(Struct, frozen=True):
    """Something that had to be looked for and is not there."""

    text: str
    looked_at: tuple[str, ...] = ()
    """What would have counted, and what of the case each would take."""
    statements: tuple[str, ...] = ()


class Proof(Struct, frozen=True):
    """One sufficient reason for a conclusion; without any of its facts or axioms it is none."""

    conclusion: str
    parts: tuple[Part, ...]
    absences: tuple[Absence, ...] = ()
    statements: tuple[str, ...] = ()
    """The statements among the premises, the weakest first."""
    strength: str = ""
    """The word of the weakest statement."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts of the case that it takes, each once."""
        return tuple(dict.fromkeys(fact for part in self.parts for fact in part.facts))

    @property
    def given(self) -> tuple[str, ...]:
        """What was said of the patient that it takes, each once."""
        return tuple(dict.fromkeys(said for part in self.parts for said in part.given))

    @property
    def axioms(self) -> tuple[str, ...]:
        """The axioms that it takes, in the order in which they come in."""
        return tuple(dict.fromkeys(axiom for part in self.parts for axiom in part.axioms))


class Explanation(Shown, Struct, frozen=True):
    """Why one row of an answer stands, or one conclusion about classes."""

    kind: str
    """`cause`, `origin`, `scope`, `alert`, `rule`, `outcome`, `advice`, `next step` or `class`."""
    iri: str
    label: str
    conclusion: str
    graph: str
    case: str
    """The case in words; empty where the conclusion is about classes alone."""
    proofs: tuple[Proof, ...]
    """Every reason that is sufficient by itself; at least one."""
    beside: tuple[Proof, ...] = ()
    """What speaks for or against the row too, and is not needed for it."""
    corroboration: tuple[str, ...] = ()
    """Statements that say the same as one that a proof uses."""
    counter: tuple[str, ...] = ()
    """Statements that deny it."""
    finding: str = ""
    """IRI of the finding that the case is asked about; empty where there is no case."""
    verdict: str = ""
    """The verdict on a cause, or how an origin stands; empty for everything else."""
    axioms: Mapping[str, AxiomNote] = {}
    statements: Mapping[str, StatementNote] = {}
    background: Mapping[str, str] = {}

    def all_proofs(self) -> Iterator[Proof]:
        """Every proof, those that are sufficient first."""
        yield from self.proofs
        yield from self.beside


class Missing(Struct, frozen=True):
    """A premise that is missing for a verdict, and what would bring it."""

    premise: str
    statements: tuple[str, ...] = ()


class Contrast(Struct, frozen=True):
    """Why a row does not have a verdict: what is missing for it, or what stands against it."""

    verdict: str
    text: str
    missing: tuple[Missing, ...] = ()


class Contrasts(Struct, frozen=True):
    """What is missing for each verdict that a row does not have."""

    iri: str
    label: str
    conclusion: str
    """How the row stands."""
    graph: str
    case: str
    verdicts: tuple[Contrast, ...]
    statements: Mapping[str, StatementNote] = {}
