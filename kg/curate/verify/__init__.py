"""Rules and shapes over the sources, and the check against a reader's own copies of the texts."""

from kg.compile.check.places import Places
from kg.compile.check.rules import Rule, read_rules, run_queries
from kg.compile.check.shapes import run_shapes
from kg.curate.verify.copied import run_copied
from kg.curate.verify.texts import NOTHING, TEXT_RULES, TextRule, run_texts
from kg.model.errors import Finding, Level, Report

__all__ = [
    "NOTHING",
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
