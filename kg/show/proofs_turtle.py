"""An explanation as RDF: each step an entity with what it was derived from (PROV-O), in Turtle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from kg.answer.proof.model import AxiomNote, Explanation, Line, Part, Proof
from kg.model.rdf import Description, write_turtle
from kg.model.vocabulary import (
    BASE,
    EG_AXIOM_RECORD,
    EG_AXIOM_TEXT,
    EG_EVIDENCE,
    EG_USES_AXIOM,
    EG_USES_BACKGROUND,
    EG_USES_STATEMENT,
    EG_WEAKEST_STATEMENT,
    IRI,
    PREFIXES,
    RDF_TYPE,
    RDFS_LABEL,
    XSD_DECIMAL,
    Literal,
    Term,
    eg,
    english,
    expand,
)
from kg.reasoning.ruleset import Fact
from kg.show.proofs_json import to_json_text, value_text
from kg.show.turtle import Pairs, iris

_ENTITY: Final = expand("prov:Entity")
_ACTIVITY: Final = expand("prov:Activity")
_DERIVED: Final = expand("prov:wasDerivedFrom")
_GENERATED: Final = expand("prov:wasGeneratedBy")
_USED: Final = expand("prov:used")
_PREFIXES: Final = ("bg", "doc", "eg", "prov", "rdf", "rdfs", "st")


def to_turtle(found: Explanation) -> str:
    """The explanation as Turtle; the same explanation gives the same text."""
    identity = hashlib.sha256(to_json_text(found).encode()).hexdigest()[:16]
    blocks = _Blocks(found, IRI(f"{BASE}proof/{identity}")).all()
    return write_turtle((Description(*each) for each in blocks), _PREFIXES)


class _Blocks:
    """The subjects of one explanation with their properties."""

    def __init__(self, found: Explanation, subject: IRI) -> None:
        self._found = found
        self._subject = subject
        facts = dict.fromkeys(fact for proof in found.all_proofs() for fact in proof.facts)
        self._facts = {fact: IRI(f"{subject}#fact{n}") for n, fact in enumerate(facts, 1)}

    def all(self) -> Iterator[tuple[IRI, Pairs]]:
        found = self._found
        yield self._subject, self._claim()
        for place, proof in enumerate(found.all_proofs(), 1):
            yield from self._proof(IRI(f"{self._subject}#proof{place}"), proof)
        for fact, name in self._facts.items():
            yield name, self._fact(fact)
        for note in found.axioms.values():
            yield _axiom(note.id), self._axiom(note)

    def _claim(self) -> Pairs:
        found = self._found
        reasons = [IRI(f"{self._subject}#proof{n}") for n in range(1, len(found.proofs) + 1)]
        statements = dict.fromkeys(each for proof in found.proofs for each in proof.statements)
        return [
            (RDF_TYPE, [eg("Proof"), _ENTITY]),
            (RDFS_LABEL, [english(found.claim)]),
            (eg("isAbout"), [IRI(found.iri)]),
            (eg("givenCase"), [Literal(found.case)] if found.case else []),
            (eg("graphVersion"), [Literal(found.graph)]),
            (_GENERATED, reasons),
            (_DERIVED, [_statement(each) for each in statements]),
        ]

    def _proof(self, name: IRI, proof: Proof) -> Iterator[tuple[IRI, Pairs]]:
        """The inference as an activity, and each of its steps as what came out of it."""
        axioms = [_axiom(each) for each in proof.axioms]
        facts = [self._facts[each] for each in proof.facts]
        statements = [_statement(each) for each in proof.statements]
        background = dict.fromkeys(
            each for axiom in proof.axioms for each in self._found.axioms[axiom].background
        )
        yield (
            name,
            [
                (RDF_TYPE, [eg("Inference"), _ACTIVITY]),
                (RDFS_LABEL, [english(proof.claim)]),
                (_USED, [*axioms, *facts, *statements]),
                (EG_USES_AXIOM, axioms),
                (EG_USES_STATEMENT, statements),
                (EG_USES_BACKGROUND, [IRI(PREFIXES["bg"] + each) for each in background]),
                (EG_WEAKEST_STATEMENT, statements[:1]),
                (eg("lookedForInVain"), [english(each.claim) for each in proof.absences]),
            ],
        )
        for place, part in enumerate(proof.parts, 1):
            yield from self._part(IRI(f"{name}.{place}"), name, part)

    def _part(self, name: IRI, proof: IRI, part: Part) -> Iterator[tuple[IRI, Pairs]]:
        last = [IRI(f"{name}.{len(part.lines)}")] if part.lines else []
        stated = [_statement(part.statement)] if part.statement else []
        facts = [] if part.lines else [self._facts[each] for each in part.facts]
        yield (
            name,
            [
                (RDF_TYPE, [eg("Premise"), _ENTITY]),
                (RDFS_LABEL, [english(part.claim)]),
                (eg("partRole"), [Literal(part.role)]),
                (_GENERATED, [proof]),
                (_DERIVED, [*last, *facts, *stated]),
            ],
        )
        for place, line in enumerate(part.lines, 1):
            yield IRI(f"{name}.{place}"), self._line(name, line)

    def _line(self, part: IRI, line: Line) -> Pairs:
        given = [self._facts[fact] for fact in line.facts if fact in self._facts]
        before: list[Term] = [IRI(f"{part}.{each}") for each in line.uses]
        return [
            (RDF_TYPE, [_ENTITY]),
            (RDFS_LABEL, [english(line.says)]),
            (_DERIVED, [*before, *given, *(_axiom(each) for each in line.axioms)]),
        ]

    def _fact(self, fact: Fact) -> Pairs:
        number = not isinstance(fact.value, str)
        value = Literal(value_text(fact), XSD_DECIMAL) if number else IRI(value_text(fact))
        return [
            (RDF_TYPE, [eg("GivenFact"), _ENTITY]),
            (expand("rdf:subject"), [IRI(fact.subject)]),
            (expand("rdf:predicate"), [IRI(fact.predicate)]),
            (expand("rdf:object"), [value]),
        ]

    def _axiom(self, note: AxiomNote) -> Pairs:
        statements = [_statement(each) for each in note.statements]
        background = [IRI(PREFIXES["bg"] + each) for each in note.background]
        return [
            (RDF_TYPE, [EG_AXIOM_RECORD, _ENTITY]),
            (EG_AXIOM_TEXT, [Literal(note.text)]),
            (EG_EVIDENCE, [*statements, *background]),
            (_DERIVED, iris([*statements, *background])),
        ]


def _axiom(identifier: str) -> IRI:
    return IRI(f"{BASE}axiom/{identifier}")


def _statement(identifier: str) -> IRI:
    return IRI(PREFIXES["st"] + identifier)
