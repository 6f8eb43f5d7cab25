"""Answers and proofs as RDF in Turtle: entities derived from statements and steps (PROV-O).

Each is named by what it says, so the same answer is the same entity wherever it is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kg.answer.model import Answer, Cause, Message, NextStep, OtherPopulation
from kg.answer.proof.model import AxiomNote, Explanation, Part, Proof, ProofStep
from kg.model.rdf import Description, write_turtle
from kg.model.vocabulary import BASE, IRI, PREFIXES, XSD, Literal, Term, english, expand
from kg.reasoning.rules import Fact
from kg.show.data import json_line, to_data
from kg.show.facts import given
from kg.show.words import each_once, used_background, used_statements

_ANSWER_PREFIXES: Final = ("bg", "doc", "eg", "prov", "rdfs", "st")
_PROOF_PREFIXES: Final = ("bg", "doc", "eg", "prov", "rdf", "rdfs", "st")

Properties = Mapping[str, Sequence[Term]]
"""Values by the short names of properties, in the order of writing."""


def answer_turtle(answer: Answer) -> str:
    """The answer as Turtle; the same answer gives the same text."""
    subject = _named("answer", answer)
    verdicts = [
        _verdict(IRI(f"{subject}#{number}"), each, _weakest(answer, each))
        for number, each in enumerate(answer.causes, 1)
    ]
    messages = [each for each in answer.messages if each.statements]
    others = [
        *(_message(IRI(f"{subject}#message-{n}"), each) for n, each in enumerate(messages, 1)),
        *(
            _elsewhere(IRI(f"{subject}#elsewhere-{n}"), each)
            for n, each in enumerate(answer.other_populations, 1)
        ),
        *(_step(IRI(f"{subject}#step-{n}"), each) for n, each in enumerate(answer.ask_next, 1)),
    ]
    own = _answer(subject, answer, verdicts, others)
    return write_turtle([own, *verdicts, *others], _ANSWER_PREFIXES)


def proof_turtle(found: Explanation) -> str:
    """The explanation as Turtle; the same explanation gives the same text."""
    return write_turtle(_ProofEntities(found).describe(), _PROOF_PREFIXES)


def _named(kind: str, value: object) -> IRI:
    return IRI(f"{BASE}{kind}/{hashlib.sha256(json_line(value)).hexdigest()[:16]}")


def _entity(
    subject: IRI, kind: str, label: str, properties: Properties, sort: str = "prov:Entity"
) -> Description:
    """A subject of a class of this project and of PROV-O."""
    named: Properties = {
        "rdf:type": [expand(each) for each in (kind, sort) if each],
        "rdfs:label": [english(label)] if label else [],
        **properties,
    }
    return Description(subject, [(expand(name), values) for name, values in named.items()])


def _iris(names: Iterable[str]) -> list[IRI]:
    return [IRI(name) for name in each_once(names)]


def _statements(ids: Iterable[str]) -> list[IRI]:
    return [IRI(PREFIXES["st"] + each) for each in each_once(ids)]


def _background(ids: Iterable[str]) -> list[IRI]:
    return [IRI(PREFIXES["bg"] + each) for each in each_once(ids)]


# ── Answers ─────────────────────────────────────────────────────────────────────────────────


def _answer(
    subject: IRI, answer: Answer, verdicts: list[Description], others: list[Description]
) -> Description:
    properties: Properties = {
        "eg:scopeNotice": [english(message.text) for message in answer.scope],
        "eg:conflictNotice": [english(conflict.text) for conflict in answer.conflicts],
        "eg:aboutFinding": [IRI(answer.finding.iri)],
        "eg:givenCase": [Literal(given(answer))],
        "eg:graphVersion": [Literal(answer.graph)],
        "prov:wasDerivedFrom": [IRI(document.iri) for document in answer.documents],
        "eg:hasVerdict": [each.subject for each in verdicts],
        "eg:alsoSays": [each.subject for each in others],
    }
    return _entity(subject, "eg:Answer", answer.question, properties)


def _carried(
    premises: Iterable[str], support: Iterable[str] = (), corroboration: Iterable[str] = ()
) -> Properties:
    """The statements behind a row, each by what it is for: only premises were derived from."""
    kept: dict[str, None] = dict.fromkeys(premises)
    known = _statements(kept)
    others = [each for each in each_once(support) if each not in kept]
    kept.update(dict.fromkeys(others))
    again = [each for each in each_once(corroboration) if each not in kept]
    return {
        "eg:premise": known,
        "eg:support": _statements(others),
        "eg:corroboration": _statements(again),
        "prov:wasDerivedFrom": known,
    }


def _weakest(answer: Answer, cause: Cause) -> str:
    """The word of the weakest premise, also where what is said of a tissue decides."""
    notes = (answer.statements[each] for each in cause.premises)
    return cause.strength or min(notes, key=lambda note: note.strength).modality


def _verdict(subject: IRI, cause: Cause, weakest: str) -> Description:
    arguments = (*cause.supports, *cause.against)
    again = [e for each in arguments for e in (*each.statements, *each.corroboration)]
    properties: Properties = {
        "eg:onCause": [IRI(cause.iri)],
        "eg:verdict": [Literal(cause.verdict.value)],
        "eg:weakestPremise": [Literal(weakest)],
        "eg:supportedByFinding": _iris(each.finding.iri for each in cause.supports),
        "eg:arguedAgainstByFinding": _iris(each.finding.iri for each in cause.against),
        "eg:counterEvidence": _statements(cause.counter),
        "eg:waitsFor": _iris(need.datum.iri for need in cause.needs),
        **_carried(cause.premises, used_statements(cause.supports), (*cause.statements, *again)),
        "eg:usesBackground": _background(used_background(arguments)),
    }
    label = f"{cause.label}: {cause.verdict.value}"
    return _entity(subject, "eg:VerdictOnCause", label, properties)


def _message(subject: IRI, message: Message) -> Description:
    properties: Properties = {
        "eg:message": [english(message.text)],
        "eg:concerns": [IRI(message.iri)],
        **_carried(message.statements, corroboration=message.corroboration),
        "eg:usesBackground": _background(message.background),
    }
    return _entity(subject, "eg:AnswerMessage", message.label, properties)


def _elsewhere(subject: IRI, other: OtherPopulation) -> Description:
    properties: Properties = {
        "eg:onCause": [IRI(other.iri)],
        "eg:statedFor": _iris(each.population.iri for each in other.elsewhere),
        **_carried(each.statement for each in other.elsewhere),
    }
    label = f"{other.label}: stated for other patients"
    return _entity(subject, "eg:CauseForOtherPatients", label, properties)


def _step(subject: IRI, step: NextStep) -> Description:
    properties: Properties = {
        "eg:investigation": [IRI(step.iri)],
        "eg:wouldMove": _iris(step.settles),
        **_carried(step.statements),
        "eg:usesBackground": _background(step.background),
    }
    return _entity(subject, "eg:AdvisedStep", step.label, properties)


# ── Proofs ──────────────────────────────────────────────────────────────────────────────────


class _ProofEntities:
    """The entities of one explanation with their properties."""

    def __init__(self, found: Explanation) -> None:
        self._found = found
        self._subject = _named("proof", found)
        facts = each_once(fact for proof in found.all_proofs() for fact in proof.facts)
        self._facts = {fact: IRI(f"{self._subject}#fact{n}") for n, fact in enumerate(facts, 1)}

    def describe(self) -> Iterator[Description]:
        found = self._found
        yield self._conclusion()
        for place, proof in enumerate(found.all_proofs(), 1):
            yield from self._proof(IRI(f"{self._subject}#proof{place}"), proof)
        yield from (_fact(name, fact) for fact, name in self._facts.items())
        yield from map(_axiom, found.axioms.values())

    def _conclusion(self) -> Description:
        found = self._found
        used = (each for proof in found.proofs for each in proof.statements)
        properties: Properties = {
            "eg:isAbout": [IRI(found.iri)],
            "eg:givenCase": [Literal(found.case)] if found.case else [],
            "eg:graphVersion": [Literal(found.graph)],
            "prov:wasGeneratedBy": [
                IRI(f"{self._subject}#proof{n}") for n in range(1, len(found.proofs) + 1)
            ],
            "prov:wasDerivedFrom": _statements(used),
        }
        return _entity(self._subject, "eg:Proof", found.conclusion, properties)

    def _proof(self, name: IRI, proof: Proof) -> Iterator[Description]:
        """The inference as an activity, and each of its steps as what came out of it."""
        axioms = list(map(_axiom_iri, proof.axioms))
        facts = [self._facts[each] for each in proof.facts]
        statements = _statements(proof.statements)
        notes = (self._found.axioms[each] for each in proof.axioms)
        properties: Properties = {
            "prov:used": [*axioms, *facts, *statements],
            "eg:usesAxiom": axioms,
            "eg:usesStatement": statements,
            "eg:usesBackground": _background(each for note in notes for each in note.background),
            "eg:weakestStatement": statements[:1],
            "eg:lookedForInVain": [english(each.text) for each in proof.absences],
        }
        yield _entity(name, "eg:Inference", proof.conclusion, properties, "prov:Activity")
        for place, part in enumerate(proof.parts, 1):
            yield from self._part(IRI(f"{name}.{place}"), name, part)

    def _part(self, name: IRI, proof: IRI, part: Part) -> Iterator[Description]:
        last = [IRI(f"{name}.{len(part.steps)}")] if part.steps else []
        facts = [] if part.steps else [self._facts[each] for each in part.facts]
        stated = _statements([part.statement] if part.statement else [])
        properties: Properties = {
            "eg:partRole": [Literal(part.role)],
            "prov:wasGeneratedBy": [proof],
            "prov:wasDerivedFrom": [*last, *facts, *stated],
        }
        yield _entity(name, "eg:Premise", part.conclusion, properties)
        for place, step in enumerate(part.steps, 1):
            yield self._step(IRI(f"{name}.{place}"), name, step)

    def _step(self, name: IRI, part: IRI, step: ProofStep) -> Description:
        facts = [self._facts[fact] for fact in step.facts if fact in self._facts]
        before = [IRI(f"{part}.{each}") for each in step.uses]
        sources = [*before, *facts, *map(_axiom_iri, step.axioms)]
        return _entity(name, "", step.text, {"prov:wasDerivedFrom": sources})


def _fact(name: IRI, fact: Fact) -> Description:
    text = str(to_data(fact.value))
    value = IRI(text) if isinstance(fact.value, str) else Literal(text, XSD.decimal)
    properties: Properties = {
        "rdf:subject": [IRI(fact.subject)],
        "rdf:predicate": [IRI(fact.predicate)],
        "rdf:object": [value],
    }
    return _entity(name, "eg:GivenFact", "", properties)


def _axiom(note: AxiomNote) -> Description:
    carriers = [*_statements(note.statements), *_background(note.background)]
    properties: Properties = {
        "eg:axiomText": [Literal(note.text)],
        "eg:evidence": carriers,
        "prov:wasDerivedFrom": carriers,
    }
    return _entity(_axiom_iri(note.id), "eg:AxiomRecord", "", properties)


def _axiom_iri(identifier: str) -> IRI:
    return IRI(f"{BASE}axiom/{identifier}")
