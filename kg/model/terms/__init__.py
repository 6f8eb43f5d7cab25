"""Terms: what people type, what it stands for, and what is known of it."""

from __future__ import annotations

from kg.model.terms.folding import fold
from kg.model.terms.lexicon import AmbiguousForm, Coded, Entry, Kind, Lexicon, quoted
from kg.model.terms.units import Conversion, Units

__all__ = [
    "AmbiguousForm",
    "Coded",
    "Conversion",
    "Entry",
    "Kind",
    "Lexicon",
    "Units",
    "fold",
    "quoted",
]
