"""A built graph that is open for questions: the compiled model, and the store behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from kg.model.compiled import Model
from kg.model.json_values import decode_part
from kg.model.model_file import decode_model
from kg.model.shown import Shown
from kg.model.terms import Lexicon
from kg.reasoning.asserted import AssertedRules
from kg.reasoning.rules import Rules

if TYPE_CHECKING:
    from kg.store.artifact import Artifact
    from kg.store.base import Store


class KnowledgeGraph(Shown, Struct, frozen=True, eq=False, dict=True, weakref=True):
    """Everything an answer is made from."""

    model: Model
    open_store: Callable[[], Store]
    """Opens the store; an answer has no need of it."""
    version: str
    built_at: str = ""
    notice: str = ""

    @cached_property
    def store(self) -> Store:
        """The graph for queries, opened when it is first asked for."""
        return self.open_store()

    @property
    def lexicon(self) -> Lexicon:
        """The terms of the graph."""
        return self.model.lexicon

    @cached_property
    def rules(self) -> Rules:
        """The rules for cases."""
        return decode_part(self.model.rules, Rules)

    @cached_property
    def asserted(self) -> AssertedRules:
        """The axioms as rules of one step each, read when a proof first asks for them."""
        return decode_part(self.model.asserted, AssertedRules)


def open_graph(artifact: Artifact, open_store: Callable[[], Store] | None = None) -> KnowledgeGraph:
    """A built graph, open for questions; its store is opened when it is first asked for."""

    def store() -> Store:
        from kg.store.local import LocalStore

        return LocalStore(artifact.content)

    return KnowledgeGraph(
        model=decode_model(artifact.model),
        open_store=open_store or store,
        version=artifact.version[:12],
        built_at=artifact.built_at,
        notice=artifact.notice,
    )
