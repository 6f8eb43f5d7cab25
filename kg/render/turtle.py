"""An answer as RDF: each verdict an entity derived from its statements (PROV-O), in Turtle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from kg.answers.model import Answer, Cause
from kg.render.structured import to_json_text
from kg.render.words import given, listed
from kg.vocab import BASE, IRI, PREFIXES, RDF_TYPE, RDFS_LABEL, Literal, Term, compact, eg, expand

_DERIVED: Final = expand("prov:wasDerivedFrom")
_PREFIXES: Final = ("bg", "doc", "eg", "prov", "rdfs", "st")

Pairs = list[tuple[IRI, Sequence[Term]]]


def to_turtle(answer: Answer) -> str:
    """The answer as Turtle; the same answer gives the same text."""
    identity = hashlib.sha256(to_json_text(answer).encode()).hexdigest()[:16]
    subject = IRI(f"{BASE}answer/{identity}")
    lines = {cause.iri: IRI(f"{subject}#{number}") for number, cause in enumerate(answer.causes, 1)}
    blocks = [described(subject, _answer(answer, tuple(lines.values())))]
    blocks += [described(lines[cause.iri], _line(cause)) for cause in answer.causes]
    head = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in _PREFIXES)
    return f"{head}\n" + "\n".join(blocks)


def _answer(answer: Answer, lines: Sequence[IRI]) -> Pairs:
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
    ]


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
        (_DERIVED, [IRI(PREFIXES["st"] + each) for each in statements]),
        (eg("usesBackground"), [IRI(PREFIXES["bg"] + each) for each in background]),
    ]


def described(subject: IRI, pairs: Pairs) -> str:
    """One subject with its properties; a property without values is left out."""
    written = [
        f"    {_property(name)} {' , '.join(_written(value) for value in values)}"
        for name, values in pairs
        if values
    ]
    return f"{subject.n3()}\n" + " ;\n".join(written) + " .\n"


def _property(name: IRI) -> str:
    return "a" if name == RDF_TYPE else compact(name)


def _written(term: Term) -> str:
    if not isinstance(term, IRI):
        return term.n3()
    name = compact(term)
    return name if name != term and name.partition(":")[0] in _PREFIXES else term.n3()


def iris(names: Iterable[str]) -> list[IRI]:
    """Names as IRIs, each once."""
    return [IRI(name) for name in listed(names)]


def english(text: str) -> Literal:
    """A text in English."""
    return Literal(text, expand("rdf:langString"), "en")
