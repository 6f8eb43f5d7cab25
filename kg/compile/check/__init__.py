"""Checks of the sources before anything is built: rules as queries, and SHACL shapes."""

from kg.compile.check.places import Places
from kg.compile.check.rules import Rule, read_rules, run_queries
from kg.compile.check.shapes import run_shapes

__all__ = ["Places", "Rule", "read_rules", "run_queries", "run_shapes"]
