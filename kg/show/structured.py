"""An answer as JSON, and the published schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from kg.answer.model import (
    Answer,
    Argument,
    Cause,
    Document,
    Elsewhere,
    Message,
    NextStep,
    OtherPopulation,
    Result,
    StatementNote,
    Term,
    Unadvised,
)
from kg.model.errors import UsageError
from kg.show.words import FOOTER

SCHEMAS: Final = ("answer", "case", "proof")
"""The values that have a published JSON Schema."""

Json = dict[str, object]


def to_json_text(answer: Answer) -> str:
    """The answer as JSON text, the same bytes for the same answer."""
    return json.dumps(to_json(answer), ensure_ascii=False, indent=2) + "\n"


def schema_text(name: str) -> str:
    """A published JSON Schema."""
    if name not in SCHEMAS:
        raise UsageError(f"there is no schema {name!r}; there are: {', '.join(SCHEMAS)}.")
    return Path(__file__).with_name(f"{name}.schema.json").read_text("utf-8")


def to_json(answer: Answer) -> Json:
    """The answer as plain values; `claims` are ids of `statements`."""
    return answer_part(answer) | legend_part(answer.documents, answer.statements, answer.background)


def legend_part(
    documents: Iterable[Document],
    statements: Mapping[str, StatementNote],
    background: Mapping[str, str],
) -> Json:
    """What stands behind the ids that an answer names, as plain values."""
    return {
        "documents": [_document(each) for each in documents],
        "statements": {key: statement_json(note) for key, note in statements.items()},
        "background": dict(background),
        "notice": FOOTER,
    }


def answer_part(answer: Answer) -> Json:
    """The answer as plain values, without what stands behind the ids that it names."""
    return {
        "question": answer.question,
        "scope": [_message(each) for each in answer.scope],
        "conflicts": [{"facts": list(e.facts), "text": e.text} for e in answer.conflicts],
        "finding": _term(answer.finding),
        "graph": answer.graph,
        "case": _case(answer),
        "alerts": [_message(each) for each in answer.alerts],
        "rules": [_message(each) for each in answer.rules],
        "outcomes": [_message(each) for each in answer.outcomes],
        "advice": [_message(each) for each in answer.advice],
        "judged": answer.judged,
        "causes": [_cause(each) for each in answer.causes],
        "absent": [_term(each) for each in answer.absent],
        "other_populations": [_for_others(each) for each in answer.other_populations],
        "ask_next": [_step(each) for each in answer.ask_next],
        "steps_for_others": [_for_others(each) for each in answer.steps_for_others],
        "unadvised": [_unadvised(each) for each in answer.unadvised],
        "tensions": [
            {"claims": list(each.statements), "relation": each.relation} for each in answer.tensions
        ],
        "unknown": [{"label": e.label, "claims": list(e.statements)} for e in answer.unknown],
        "not_covered": list(answer.not_covered),
        "unused": [{"given": e.given, "reason": e.reason} for e in answer.unused],
    }


def _case(answer: Answer) -> Json:
    def iris(kind: str) -> list[str]:
        return [fact.iri for fact in answer.case if fact.kind == kind]

    def value(kind: str) -> str | None:
        return next((fact.value for fact in answer.case if fact.kind == kind), None)

    return {
        "conditions": iris("condition"),
        "drugs": iris("drug"),
        "absent": iris("absent"),
        "unknown": iris("unknown"),
        "labs": [
            {"marker": fact.iri, "label": fact.label, "result": fact.value}
            for fact in answer.case
            if fact.kind == "lab"
        ],
        "age": value("age"),
        "sex": value("sex"),
    }


def _term(term: Term) -> Json:
    return {"iri": term.iri, "label": term.label}


def _document(document: Document) -> Json:
    return {
        "id": document.id,
        "iri": document.iri,
        "title": document.title,
        "publisher": document.publisher,
        "origin": document.origin,
        "updated": document.updated,
        "review": document.review,
        "references": document.references,
        "statements": document.statements,
        "resolved": document.resolved,
    }


def _message(message: Message) -> Json:
    return {
        "iri": message.iri,
        "label": message.label,
        "text": message.text,
        "strength": message.strength,
        "claims": list(message.statements),
        "corroboration": list(message.corroboration),
        "background": list(message.background),
    }


def _cause(cause: Cause) -> Json:
    return {
        "iri": cause.iri,
        "label": cause.label,
        "verdict": cause.verdict.value,
        "strength": cause.strength,
        "present": cause.present,
        "note": cause.note,
        "for": list(cause.statements),
        "supports": [_argument(each) for each in cause.supports],
        "against": [_argument(each) for each in cause.against],
        "needs": [
            {
                "datum": _term(need.datum),
                "text": need.text,
                "claims": list(need.statements),
                "background": list(need.background),
            }
            for need in cause.needs
        ],
        "elsewhere": _elsewhere(cause.elsewhere),
        "tensions": list(cause.tensions),
        "broader": list(cause.broader),
    }


def _argument(argument: Argument) -> Json:
    return {
        "finding": _term(argument.finding),
        "direction": argument.direction,
        "strength": argument.strength,
        "weakest": argument.weakest or None,
        "claim": next(iter(argument.rule), None),
        "rule": list(argument.rule),
        "claims": list(argument.statements),
        "corroboration": list(argument.corroboration),
        "background": list(argument.background),
        "inferred": argument.inferred,
    }


def _for_others(other: OtherPopulation) -> Json:
    return {
        "iri": other.iri,
        "label": other.label,
        "present": other.present,
        "elsewhere": _elsewhere(other.elsewhere),
    }


def _elsewhere(statements: Iterable[Elsewhere]) -> list[Json]:
    return [
        {
            "claim": each.statement,
            "population": _term(each.population),
            "missing": list(each.missing),
            "contradicted": each.contradicted,
        }
        for each in statements
    ]


def _step(step: NextStep) -> Json:
    return {
        "iri": step.iri,
        "what": step.label,
        "settles": list(step.settles),
        "informs": list(step.informs),
        "claims": list(step.statements),
        "optional": step.optional,
        "urgent": step.urgent,
        "results": [_result(each) for each in step.results],
    }


def _unadvised(each: Unadvised) -> Json:
    results = [_result(result) for result in each.results]
    return {"iri": each.iri, "what": each.label, "results": results}


def _result(result: Result) -> Json:
    return {
        "iri": result.iri,
        "label": result.label,
        "moves": [
            {
                **_term(Term(move.iri, move.label)),
                "before": move.before.value if move.before else None,
                "after": move.after.value if move.after else None,
                "claims": list(move.statements),
            }
            for move in result.moves
        ],
        "supports": [
            {**_term(Term(each.iri, each.label)), "claims": list(each.statements)}
            for each in result.supports
        ],
    }


def statement_json(note: StatementNote) -> Json:
    """A statement as plain values: what it says, where it stands, and what it cites."""
    return {
        "iri": note.iri,
        "document": note.document,
        "text": note.text,
        "modality": note.modality,
        "strength": note.strength,
        "population": note.population,
        "context": note.context,
        "section": note.section,
        "item": note.item,
        "line": note.line,
        "digest": note.digest,
        "citations": [
            {
                "number": each.number,
                "status": each.status,
                "reference": each.reference,
                "confidence": each.confidence,
            }
            for each in note.citations
        ],
        "qualifiers": [{"name": name, "value": value} for name, value in note.qualifiers],
    }
