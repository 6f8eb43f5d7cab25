"""Makes the compiled model from what a store says and from the rules of its graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Raw
from msgspec.structs import replace

from kg.compile.derived import DerivedReader
from kg.compile.kinds import read_kinds, read_names
from kg.compile.language import read_phrases
from kg.compile.lexicon import read_lexicon
from kg.compile.tables import bare, compile_proof_tables, compile_tables, read_notes
from kg.compile.units import Asking, Shared, made_part
from kg.model.compiled import Model
from kg.model.json_values import encode
from kg.model.model_file import WrittenPart, join_parts, write_part
from kg.model.tables import Tables
from kg.model.terms import Lexicon
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.rules import Rules
from kg.store.base import Store
from kg.store.knowledge import KnowledgeGraph

if TYPE_CHECKING:
    from kg.compile.reasoned import Reasoned
    from kg.compile.remembered import RememberingStore


def open_store(store: Store, rules: Rules, asserted: AssertedRules, version: str) -> KnowledgeGraph:
    """The graph in any store, open for questions; the rules are those compiled for it."""
    return KnowledgeGraph(compile_model(store, rules, asserted), lambda: store, version)


def compile_model(store: Store, rules: Rules, asserted: AssertedRules) -> Model:
    """The model of the graph in a store; the rules are those that were compiled for it."""
    names, notes = read_names(store), read_notes(store)
    found = read_kinds(store, rules, names)
    criteria, kinds = found
    tables = compile_tables(store, rules, names, found, bare(notes))
    return Model(
        lexicon=_lexicon(store, rules),
        names=names,
        criteria=criteria,
        kinds=kinds,
        tables=replace(tables, notes=notes),
        rules=Raw(encode(rules)),
        for_proofs=Raw(encode(compile_proof_tables(store))),
        asserted=Raw(encode(asserted)),
    )


def write_model(store: RememberingStore, reasoned: Reasoned) -> bytes:
    """The file of the same model; what is made of the same as before is not made again."""
    told = bytes(reasoned.rules_json)
    names, notes = Shared(read_names), Shared(read_notes)
    found = Shared(lambda asking: read_kinds(asking, reasoned.rules, names.of(asking)))

    def tables(asking: Asking) -> Tables:
        left = bare(notes.of(Asking(store)))  # what they are made of is given, not asked for
        kinds = found.of(asking)
        return compile_tables(asking, reasoned.rules, names.of(asking), kinds, left)

    def part(name: str, make: Callable[[Asking], object], *given: bytes) -> WrittenPart:
        return made_part(name, store, given, lambda asking: write_part(name, make(asking)))

    left = made_part(
        "bare-notes", store, (), lambda asking: WrittenPart(Raw(encode(bare(notes.of(asking)))), {})
    )
    parts = {
        "lexicon": part("lexicon", lambda asking: _lexicon(asking, reasoned.rules), told),
        "names": part("names", names.of),
        "criteria": part("criteria", lambda asking: found.of(asking)[0], told),
        "kinds": part("kinds", lambda asking: found.of(asking)[1], told),
        "tables": part("tables", tables, told, bytes(left.rest)),
        "tables.notes": part("tables.notes", notes.of),
        "for_proofs": part("for_proofs", lambda asking: Raw(encode(compile_proof_tables(asking)))),
        "rules": write_part("rules", reasoned.rules_json),
        "asserted": write_part("asserted", reasoned.asserted_json),
    }
    return join_parts(parts)


def _lexicon(store: Store, rules: Rules) -> Lexicon:
    lexicon = read_lexicon(store)
    derived = DerivedReader(store, rules, lexicon)
    return replace(
        lexicon, phrases=read_phrases(store), recipes=derived.recipes(), lines=derived.lines()
    )
