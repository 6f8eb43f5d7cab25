"""Statements as values, and the check of their places against a reader's own copies."""

from kg.model.statements.coverage import Coverage, Line, read_coverage
from kg.model.statements.locating import Located, Visit, visit
from kg.model.statements.model import Claim, Place, Pointer, Qualifier, Withdrawal, short
from kg.model.statements.quoting import WORDS, phrases
from kg.model.statements.reader import Check, Copy, check, copies, read_copies
from kg.model.statements.reading import read_claim, read_claims, statement_iri, statements_of
from kg.model.statements.text import as_text, ni, normalised, span

__all__ = [
    "WORDS",
    "Check",
    "Claim",
    "Copy",
    "Coverage",
    "Line",
    "Located",
    "Place",
    "Pointer",
    "Qualifier",
    "Visit",
    "Withdrawal",
    "as_text",
    "check",
    "copies",
    "ni",
    "normalised",
    "phrases",
    "read_claim",
    "read_claims",
    "read_copies",
    "read_coverage",
    "short",
    "span",
    "statement_iri",
    "statements_of",
    "visit",
]
