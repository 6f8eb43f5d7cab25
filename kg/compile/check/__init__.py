"""Checks of the sources before anything is built.

sources     all checks at once
rules       rules: one query each, whose rows are findings
shapes      SHACL shapes
pieces      rules about one thing, asked of what changed
parts       the parts of a graph that shapes are checked in
unfinished  what a curator has still to write: TO FILL, and terms that no file declares
drafts      what a machine drafted and nobody signed, where anything rests on it
places      where terms stand in the files, so that a finding leads to a line
"""

from kg.compile.check.places import Places
from kg.compile.check.rules import Rule, read_rules, run_queries
from kg.compile.check.shapes import run_shapes

__all__ = ["Places", "Rule", "read_rules", "run_queries", "run_shapes"]
