"""Checkers of others: of nanopublications in Python and Java, and of Biolink."""
