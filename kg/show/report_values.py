"""The reports of the graph about itself, as plain values for programs."""

from __future__ import annotations

from collections.abc import Sequence

from kg.curate.reports import Citations, Quality, TermCount
from kg.model.copies import Coverage

Json = dict[str, object]


def coverage_json(documents: Sequence[Coverage]) -> Json:
    """Lines and statements of each document."""
    return {
        "open": sum(len(each.open) for each in documents),
        "documents": [_coverage(each) for each in documents],
    }


def citations_json(documents: Sequence[Citations]) -> Json:
    """Each number of each document, and what the statements have."""
    return {
        "statements": sum(each.statements for each in documents),
        "resolved": sum(each.resolved for each in documents),
        "resolved_or_inferred": sum(each.followed for each in documents),
        "documents": [_citations(each) for each in documents],
    }


def quality_json(quality: Quality) -> Json:
    """Evidence of the axioms, use of the statements, findings of the rules."""
    return {
        "axioms": {
            "all": quality.axioms,
            "with_statement": quality.by_statement,
            "with_background_only": quality.by_background,
            "without_evidence": list(quality.bare),
        },
        "statements": {
            "all": quality.statements,
            "roles": dict(sorted(quality.roles.items())),
            "unused": list(quality.unused),
        },
        "rules": [
            {"name": each.name, "title": each.title, "level": each.level, "findings": each.findings}
            for each in quality.rules
        ],
    }


def terms_json(terms: Sequence[TermCount]) -> Json:
    """How many terms there are of each kind."""
    return {
        "kinds": [
            {
                "sort": each.sort,
                "kind": each.kind,
                "terms": each.terms,
                "labels": each.labels,
                "definitions": each.definitions,
                "codes": each.codes,
            }
            for each in terms
        ]
    }


def _coverage(each: Coverage) -> Json:
    return {
        "document": each.document,
        "title": each.title,
        "statements_made": each.total or None,
        "statements_encoded": each.encoded,
        "copy": each.copy or None,
        "lines_not_blank": len(each.filled) if each.copy else None,
        "lines_with_statements": [
            {"line": line.number, "statements": list(line.statements)} for line in each.carrying
        ],
        "set_aside": [
            {"reason": reason, "lines": list(lines)} for reason, lines in each.aside.items()
        ],
        "open": list(each.open),
    }


def _citations(each: Citations) -> Json:
    return {
        "document": each.document,
        "title": each.title,
        "statements": each.statements,
        "standings": dict(sorted(each.standings.items())),
        "numbers": [
            {
                "number": number.number,
                "status": number.status,
                "statements": number.statements,
                "reference": number.reference or None,
                "confidence": number.confidence or None,
                "method": number.method or None,
                "rejected": list(number.rejected),
            }
            for number in each.numbers
        ],
    }
