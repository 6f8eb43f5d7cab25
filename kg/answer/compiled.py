"""The tables of a graph, made from its rows once."""

from __future__ import annotations

from functools import lru_cache

from kg.compile.tables import compile_proof_tables, compile_tables
from kg.model.tables import ProofTables, Tables
from kg.store.knowledge import Knowledge


@lru_cache(maxsize=4)
def tables_of(knowledge: Knowledge) -> Tables:
    """The tables that a case is judged with."""
    return compile_tables(knowledge.store, knowledge.rules, knowledge.model.names)


@lru_cache(maxsize=4)
def proof_tables_of(knowledge: Knowledge) -> ProofTables:
    """What proofs look up beside them."""
    return compile_proof_tables(knowledge.store)
