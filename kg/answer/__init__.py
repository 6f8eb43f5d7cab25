"""Answers: what the graph says about a case, as one value."""
