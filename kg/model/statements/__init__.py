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
    check_place,
    read_copies,
    visit_documents,
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
from kg.model.statements.text import (
    WORDS,
    Phrase,
    decode_text,
    digest_of,
    find_citations,
    find_sentence,
    list_phrases,
    normalise_sentence,
)

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
    "check_place",
    "count_lines",
    "decode_text",
    "digest_of",
    "find_citations",
    "find_sentence",
    "list_phrases",
    "normalise_sentence",
    "read_copies",
    "short_id",
    "visit_documents",
]
