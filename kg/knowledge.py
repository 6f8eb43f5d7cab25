"""A built graph that is open for questions: the store, the case rules, and which version it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from kg import queries, resources
from kg.product import Product
from kg.queries import Query, bind
from kg.reasoning.ruleset import Rules
from kg.reasoning.toldset import Told
from kg.stores.base import Rows, Store
from kg.stores.local import LocalStore
from kg.vocab import Term


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Everything an answer is made from."""

    store: Store
    rules: Rules
    version: str
    built_at: str = ""
    notice: str = ""
    told_json: bytes = b""

    @cached_property
    def told(self) -> Told:
        """The axioms as rules of one step each, read when a proof first asks for them."""
        return Told.from_json(self.told_json.decode())

    @cached_property
    def _fixed(self) -> dict[str, Rows]:
        """Results that depend on the graph alone, by query text."""
        return {}

    def rows(self, name: str, **parameters: tuple[Term, ...]) -> Rows:
        """The rows of a query of `queries/ask`, with its parameters bound."""
        return self.store.select(bind(_query(name), parameters))

    def fixed_rows(self, name: str, **parameters: tuple[Term, ...]) -> Rows:
        """The same, kept: for a query that does not depend on the case."""
        text = bind(_query(name), parameters)
        if text not in self._fixed:
            self._fixed[text] = self.store.select(text)
        return self._fixed[text]


def open_product(product: Product) -> Knowledge:
    """The knowledge of a built graph."""
    return Knowledge(
        store=LocalStore(product.graph),
        rules=Rules.from_json(product.rules.decode()),
        version=product.version[:12],
        built_at=product.built_at,
        notice=product.notice,
        told_json=product.told,
    )


@cache
def _query(name: str) -> Query:
    return queries.load(_ask_folder(), name)


@cache
def _ask_folder() -> Path:
    return resources.queries_dir() / "ask"
