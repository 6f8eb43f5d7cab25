"""Reasoning: OWL axioms at build time, compiled rules for cases when a question is asked.

Only `engine`, `missing`, `ruleset` and `intervals` are needed to answer; they import no library.
"""
