"""A proof as data for a program that checks it: every step, the rule it follows by, and its axiom.

The explanation tells the steps that use an axiom; here those of form stand too, so that each step
follows from its premises by one rule of `kg.reasoning.asserted` and nothing has to be searched.
`kg/export/check-proof.mjs` is such a program.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from kg.answer.proof.model import Explanation, Part, Proof
from kg.reasoning.rules import Fact


class DerivedStep(Struct, frozen=True):
    """One fact, and what it follows from."""

    fact: Fact
    rule: str
    """`given`, `axiom`, `conjunction`, `value`, `has-value`, `some`, `facet`, `subproperty`,
    `inverse`, `chain`, `domain`, `data-domain` or `range`."""
    premises: tuple[int, ...]
    """The places of the earlier steps of its part that the rule applies to, from 1."""
    axiom: str = ""
    """The axiom that it takes; empty where it only takes a class apart or puts it together."""


class DerivedPart(Struct, frozen=True):
    """One thing that has to hold: the fact of its last step."""

    role: str
    source: str
    """The class that it is about, where it is about every member of a class."""
    statement: str
    """The statement that the part brings in, where it brings one in."""
    steps: tuple[DerivedStep, ...]


class DerivedProof(Struct, frozen=True):
    """One sufficient reason for the conclusion."""

    parts: tuple[DerivedPart, ...]
    statements: tuple[str, ...]
    """The statements among the premises, the weakest first."""
    strength: str
    """The word of the weakest statement."""
    absences: tuple[str, ...]
    """What had to be looked for and is not there, in words: no step can show it."""


class Derivation(Struct, frozen=True):
    """Every proof of one row of an answer, or of one conclusion about classes."""

    kind: str
    """`cause`, `origin`, `scope`, `alert`, `rule`, `outcome`, `advice`, `next step` or `class`."""
    iri: str
    conclusion: str
    finding: str
    """IRI of the finding that the case is asked about; empty where there is no case."""
    verdict: str
    """The verdict on a cause, or how an origin stands; empty for everything else."""
    graph: str
    case: str
    """The case in words; empty where the conclusion is about classes alone."""
    facts: tuple[Fact, ...]
    """The facts of the case that the proofs start from."""
    axioms: Mapping[str, str]
    """The axioms that they take, in Manchester syntax; the id of one is made of what it says."""
    proofs: tuple[DerivedProof, ...]


def derivation_of(found: Explanation) -> Derivation:
    """What an explanation rests on, without what is only beside it."""
    used = dict.fromkeys(axiom for proof in found.proofs for axiom in proof.axioms)
    return Derivation(
        kind=found.kind,
        iri=found.iri,
        conclusion=found.conclusion,
        finding=found.finding,
        verdict=found.verdict,
        graph=found.graph,
        case=found.case,
        facts=tuple(dict.fromkeys(fact for proof in found.proofs for fact in proof.facts)),
        axioms={each: found.axioms[each].text for each in used},
        proofs=tuple(map(_proof, found.proofs)),
    )


def _proof(proof: Proof) -> DerivedProof:
    absences = tuple(each.text for each in proof.absences)
    return DerivedProof(tuple(map(_part, proof.parts)), proof.statements, proof.strength, absences)


def _part(part: Part) -> DerivedPart:
    places = {step.fact: place for place, step in enumerate(part.derivation, 1)}
    steps = tuple(
        DerivedStep(
            step.fact,
            step.rule,
            tuple(places[each] for each in step.premises),
            "".join(step.axioms),
        )
        for step in part.derivation
    )
    return DerivedPart(part.role, part.source, part.statement, steps)
