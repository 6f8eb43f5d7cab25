"""The words of questions, from the rows of one query."""

from __future__ import annotations

from msgspec import Raw
from msgspec.json import encode

from kg.model.language import Phrase
from kg.model.vocabulary import text_of
from kg.store.base import Store
from kg.store.queries import shipped_rows


def read_phrases(store: Store) -> Raw:
    """Every phrase of the word groups, encoded: a question that is not in words decodes none."""
    rows = shipped_rows(store, "ask/language")
    return Raw(encode([Phrase(*map(text_of, row)) for row in rows], enc_hook=str))
