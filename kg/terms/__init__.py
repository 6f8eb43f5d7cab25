"""Terms: what people type, what it stands for, and what is known of it."""

from __future__ import annotations

from kg.terms.lexicon import AmbiguousForm, Coded, Conversion, Entry, Kind, Lexicon, fold, quoted

__all__ = ["AmbiguousForm", "Coded", "Conversion", "Entry", "Kind", "Lexicon", "fold", "quoted"]
