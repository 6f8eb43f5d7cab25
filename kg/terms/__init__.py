"""Terms: what people type, what it stands for, and what is known of it."""

from __future__ import annotations

from kg.terms.lexicon import AmbiguousForm, Entry, Kind, Lexicon, fold, quoted

__all__ = ["AmbiguousForm", "Entry", "Kind", "Lexicon", "fold", "quoted"]
