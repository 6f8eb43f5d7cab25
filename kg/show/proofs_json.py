"""An explanation as JSON: the same content as the text, with facts and axioms by their IRIs."""

from __future__ import annotations

import json

from kg.answer.proof.model import AxiomNote, Contrasts, Explanation, Line, Part, Proof
from kg.model.vocabulary import BASE
from kg.reasoning.intervals import plain
from kg.reasoning.ruleset import Fact
from kg.show.structured import Json, statement_json
from kg.show.words import FOOTER


def to_json_text(found: Explanation) -> str:
    """The explanation as JSON text, the same bytes for the same explanation."""
    return json.dumps(to_json(found), ensure_ascii=False, indent=2) + "\n"


def contrasts_json_text(found: Contrasts) -> str:
    """What is missing for other verdicts, as JSON text."""
    return json.dumps(_contrasts(found), ensure_ascii=False, indent=2) + "\n"


def to_json(found: Explanation) -> Json:
    """The explanation as plain values; `claims` are ids of `statements`."""
    return {
        "kind": found.kind,
        "iri": found.iri,
        "label": found.label,
        "claim": found.claim,
        "graph": found.graph,
        "case": found.case,
        "proofs": [_proof(each) for each in found.proofs],
        "beside": [_proof(each) for each in found.beside],
        "also": list(found.also),
        "axioms": {key: _axiom(note) for key, note in found.axioms.items()},
        "statements": {key: statement_json(note) for key, note in found.statements.items()},
        "background": dict(found.background),
        "notice": FOOTER,
    }


def value_text(fact: Fact) -> str:
    """The value of a fact as text: an IRI, or a number without exponent."""
    return fact.value if isinstance(fact.value, str) else plain(fact.value)


def _proof(proof: Proof) -> Json:
    return {
        "claim": proof.claim,
        "strength": proof.strength,
        "claims": list(proof.statements),
        "given": list(proof.given),
        "axioms": list(proof.axioms),
        "parts": [_part(each) for each in proof.parts],
        "absences": [
            {
                "claim": each.claim,
                "looked_at": list(each.looked_at),
                "claims": list(each.statements),
            }
            for each in proof.absences
        ],
    }


def _part(part: Part) -> Json:
    return {
        "role": part.role,
        "claim": part.claim,
        "statement": part.statement or None,
        "source": part.source or None,
        "given": list(part.given),
        "facts": [_fact(each) for each in part.facts],
        "goal": _fact(part.goal),
        "axioms": list(part.axioms),
        "steps": [_step(each) for each in part.lines],
    }


def _step(line: Line) -> Json:
    return {
        "says": line.says,
        "axioms": list(line.axioms),
        "given": list(line.given),
        "uses": list(line.uses),
    }


def _fact(fact: Fact) -> Json:
    return {"subject": fact.subject, "predicate": fact.predicate, "value": value_text(fact)}


def _axiom(note: AxiomNote) -> Json:
    return {
        "iri": f"{BASE}axiom/{note.id}",
        "text": note.text,
        "standing": note.standing,
        "claims": list(note.statements),
        "background": list(note.background),
    }


def _contrasts(found: Contrasts) -> Json:
    return {
        "iri": found.iri,
        "label": found.label,
        "claim": found.claim,
        "graph": found.graph,
        "case": found.case,
        "verdicts": [
            {
                "verdict": each.verdict,
                "says": each.says,
                "missing": [
                    {"premise": one.premise, "claims": list(one.statements)} for one in each.missing
                ],
            }
            for each in found.verdicts
        ],
        "statements": {key: statement_json(note) for key, note in found.statements.items()},
        "notice": FOOTER,
    }
