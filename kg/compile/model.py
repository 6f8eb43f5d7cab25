"""Makes the compiled model from what a store says and from the rules of its graph."""

from __future__ import annotations

from msgspec import Raw

from kg.compile.kinds import read_kinds, read_names
from kg.compile.lexicon import read_lexicon
from kg.model.compiled import Model
from kg.reasoning.ruleset import Rules
from kg.store.base import Store
from kg.store.knowledge import Knowledge

Json = bytes | Raw


def open_store(store: Store, rules: Json, asserted: Json, version: str) -> Knowledge:
    """The graph in any store, open for questions; the rules are those compiled for it."""
    return Knowledge(compile_model(store, rules, asserted), lambda: store, version)


def compile_model(store: Store, rules: Json, asserted: Json) -> Model:
    """The model of the graph in a store; the rules are those that were compiled for it."""
    names = read_names(store)
    criteria, kinds = read_kinds(store, Rules.from_json(bytes(rules).decode()), names)
    return Model(
        lexicon=read_lexicon(store),
        names=names,
        criteria=criteria,
        kinds=kinds,
        rules=Raw(rules),
        asserted=Raw(asserted),
    )
