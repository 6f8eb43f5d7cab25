"""Makes the compiled model from what a store says and from the rules of its graph."""

from __future__ import annotations

from msgspec import Raw
from msgspec.structs import replace

from kg.compile.derived import DerivedReader
from kg.compile.kinds import read_kinds, read_names
from kg.compile.language import read_phrases
from kg.compile.lexicon import read_lexicon
from kg.compile.tables import compile_proof_tables, compile_tables
from kg.model.compiled import Model
from kg.model.json_values import encode
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.rules import Rules
from kg.store.base import Store
from kg.store.knowledge import KnowledgeGraph


def open_store(store: Store, rules: Rules, asserted: AssertedRules, version: str) -> KnowledgeGraph:
    """The graph in any store, open for questions; the rules are those compiled for it."""
    return KnowledgeGraph(compile_model(store, rules, asserted), lambda: store, version)


def compile_model(store: Store, rules: Rules, asserted: AssertedRules) -> Model:
    """The model of the graph in a store; the rules are those that were compiled for it."""
    names = read_names(store)
    found = read_kinds(store, rules, names)
    criteria, kinds = found
    lexicon = read_lexicon(store)
    derived = DerivedReader(store, rules, lexicon)
    return Model(
        lexicon=replace(
            lexicon,
            phrases=read_phrases(store),
            recipes=derived.recipes(),
            lines=derived.lines(),
        ),
        names=names,
        criteria=criteria,
        kinds=kinds,
        tables=compile_tables(store, rules, names, found),
        rules=Raw(encode(rules)),
        for_proofs=Raw(encode(compile_proof_tables(store))),
        asserted=Raw(encode(asserted)),
    )
