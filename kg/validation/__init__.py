"""Rules and shapes over the sources, and the check against a reader's own copies of the texts."""

from kg.errors import Finding, Level, Report
from kg.validation.copied import run_copied
from kg.validation.places import Places
from kg.validation.rules import Rule, read_rules, run_queries
from kg.validation.shapes import run_shapes
from kg.validation.texts import TEXT_RULES, TextRule, run_texts

__all__ = [
    "TEXT_RULES",
    "Finding",
    "Level",
    "Places",
    "Report",
    "Rule",
    "TextRule",
    "read_rules",
    "run_copied",
    "run_queries",
    "run_shapes",
    "run_texts",
]
