"""Proofs: why a row of an answer stands, from the facts of the case to the statements."""
