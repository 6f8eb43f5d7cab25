"""The claims of others against the statements of the graph, without a model and without a guess.

    JSON      claims.read_claims ─┐
    a text    sentences           ├─ Claim ── content ── compare ── check.check_claims ── Audit
                                  ┘

- `model`: claims as they are given, and what is said of them
- `content`: what a claim or a statement says, in the one form in which both are compared
- `terms`: the terms of claims: their names, what lies above them, what cases with them have
- `evidence`: the statements of a graph in that form, found by their ends
- `claims`: claims of plain values, and where one cannot be read
- `resolve`: a claim in words as what it says, by the terms of the graph
- `wording`: the words of sentences, as the ontology says them
- `sentences`: a text as claims, sentence by sentence
- `beside`: a claim beside a statement, their figures and degrees
- `compare`: in what a claim departs from one statement
- `check`: the verdicts on claims
- `articles`: the articles audited by their own statements
"""

from __future__ import annotations

from kg.audit.check import check_claims, check_text
from kg.audit.claims import read_claims
from kg.audit.evidence import Evidence, read_evidence
from kg.audit.model import Audit, Checked, Claim, Verdict

__all__ = [
    "Audit",
    "Checked",
    "Claim",
    "Evidence",
    "Verdict",
    "check_claims",
    "check_text",
    "read_claims",
    "read_evidence",
]
