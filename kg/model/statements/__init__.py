"""Statements as values, and the check of their places against a reader's own copies.

statement  what a statement says, where its sentence stands, what it cites
text       text as positions and digests count it, and runs of words that would be a quotation
copies     a reader's own copies of documents, and places looked up in them
coverage   which lines of a document are accounted for

How they are read from a graph is `kg.store.statements`.
"""

from kg.model.statements.copies import (
    Check,
    Copy,
    Located,
    Visit,
    check,
    copies,
    read_copies,
    visit,
)
from kg.model.statements.coverage import Coverage, Line, count_lines
from kg.model.statements.statement import (
    Place,
    Pointer,
    Qualifier,
    Statement,
    Withdrawal,
    short_id,
)
from kg.model.statements.text import WORDS, Phrase, as_text, cited, ni, normalised, phrases, span

__all__ = [
    "WORDS",
    "Check",
    "Copy",
    "Coverage",
    "Line",
    "Located",
    "Phrase",
    "Place",
    "Pointer",
    "Qualifier",
    "Statement",
    "Visit",
    "Withdrawal",
    "as_text",
    "check",
    "cited",
    "copies",
    "count_lines",
    "ni",
    "normalised",
    "phrases",
    "read_copies",
    "short_id",
    "span",
    "visit",
]
