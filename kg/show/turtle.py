"""An answer as RDF in Turtle: what it says are entities derived from statements (PROV-O)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from kg.answer.model import Answer, Cause, Message, NextStep, OtherPopulation
from kg.model.rdf import Description, write_turtle
from kg.model.vocabulary import (
    BASE,
    IRI,
    PREFIXES,
    RDF_TYPE,
    RDFS_LABEL,
    Literal,
    Term,
    eg,
    english,
    expand,
)
from kg.show.structured import to_json_text
from kg.show.words import given, listed

_DERIVED: Final = expand("prov:wasDerivedFrom")
_PREFIXES: Final = ("bg", "doc", "eg", "prov", "rdfs", "st")

Pairs = list[tuple[IRI, Sequence[Term]]]


def to_turtle(answer: Answer) -> str:
    """The answer as Turtle; the same answer gives the same text."""
    identity = hashlib.sha256(to_json_text(answer).encode()).hexdigest()[:16]
    subject = IRI(f"{BASE}answer/{identity}")
    lines = {cause.iri: IRI(f"{subject}#{number}") for number, cause in enumerate(answer.causes, 1)}
    others = {
        IRI(f"{subject}#{name}-{number}"): pairs
        for name, group in (
            ("message", [_message(each) for each in answer.messages if each.statements]),
            ("elsewhere", [_elsewhere(each) for each in answer.other_populations]),
            ("step", [_step(each) for each in answer.ask_next]),
        )
        for number, pairs in enumerate(group, 1)
    }
    blocks = [Description(subject, _answer(answer, tuple(lines.values()), tuple(others)))]
    blocks += [Description(lines[cause.iri], _line(cause)) for cause in answer.causes]
    blocks += [Description(iri, pairs) for iri, pairs in others.items()]
    return write_turtle(blocks, _PREFIXES)


def _answer(answer: Answer, lines: Sequence[IRI], others: Sequence[IRI]) -> Pairs:
    return [
        (RDF_TYPE, [eg("Answer"), expand("prov:Entity")]),
        (RDFS_LABEL, [english(answer.question)]),
        (eg("scopeNotice"), [english(message.text) for message in answer.scope]),
        (eg("conflictNotice"), [english(conflict.text) for conflict in answer.conflicts]),
        (eg("aboutFinding"), [IRI(answer.finding.iri)]),
        (eg("givenCase"), [Literal(given(answer))]),
        (eg("graphVersion"), [Literal(answer.graph)]),
        (_DERIVED, [IRI(document.iri) for document in answer.documents]),
        (eg("hasVerdict"), lines),
        (eg("alsoSays"), others),
    ]


def _message(message: Message) -> Pairs:
    statements = listed((*message.statements, *message.corroboration))
    return [
        (RDF_TYPE, [eg("AnswerMessage"), expand("prov:Entity")]),
        (RDFS_LABEL, [english(message.label)]),
        (eg("message"), [english(message.text)]),
        (eg("concerns"), [IRI(message.iri)]),
        (_DERIVED, _statements(statements)),
        (eg("usesBackground"), [IRI(PREFIXES["bg"] + each) for each in message.background]),
    ]


def _elsewhere(other: OtherPopulation) -> Pairs:
    return [
        (RDF_TYPE, [eg("CauseForOtherPatients"), expand("prov:Entity")]),
        (RDFS_LABEL, [english(f"{other.label}: stated for other patients")]),
        (eg("onCause"), [IRI(other.iri)]),
        (eg("statedFor"), iris(each.population.iri for each in other.elsewhere)),
        (_DERIVED, _statements(each.statement for each in other.elsewhere)),
    ]


def _step(step: NextStep) -> Pairs:
    return [
        (RDF_TYPE, [eg("AdvisedStep"), expand("prov:Entity")]),
        (RDFS_LABEL, [english(step.label)]),
        (eg("investigation"), [IRI(step.iri)]),
        (eg("wouldMove"), iris(step.settles)),
        (_DERIVED, _statements(step.statements)),
    ]


def _statements(ids: Iterable[str]) -> list[IRI]:
    return [IRI(PREFIXES["st"] + each) for each in listed(ids)]


def _line(cause: Cause) -> Pairs:
    arguments = (*cause.supports, *cause.against)
    statements = listed((*cause.statements, *(s for each in arguments for s in each.statements)))
    background = listed(each for argument in arguments for each in argument.background)
    return [
        (RDF_TYPE, [eg("VerdictOnCause"), expand("prov:Entity")]),
        (RDFS_LABEL, [english(f"{cause.label}: {cause.verdict.value}")]),
        (eg("onCause"), [IRI(cause.iri)]),
        (eg("verdict"), [Literal(cause.verdict.value)]),
        (eg("weakestPremise"), [Literal(cause.strength)] if cause.strength else []),
        (eg("supportedByFinding"), iris(each.finding.iri for each in cause.supports)),
        (eg("arguedAgainstByFinding"), iris(each.finding.iri for each in cause.against)),
        (eg("waitsFor"), iris(need.datum.iri for need in cause.needs)),
        (_DERIVED, _statements(statements)),
        (eg("usesBackground"), [IRI(PREFIXES["bg"] + each) for each in background]),
    ]


def iris(names: Iterable[str]) -> list[IRI]:
    """Names as IRIs, each once."""
    return [IRI(name) for name in listed(names)]
