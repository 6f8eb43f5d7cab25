"""A built graph that is open for questions: the store, the case rules, and which version it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from kg.model.resources import queries_dir
from kg.model.vocabulary import Term
from kg.reasoning.ruleset import Rules
from kg.reasoning.toldset import Told
from kg.store import prepared_queries as prepared
from kg.store.base import Rows, Store
from kg.store.prepared import Prepared, PreparedStore
from kg.store.queries import Query, bind, load

if TYPE_CHECKING:
    from kg.store.artifact import Product
    from kg.store.local import LocalStore


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

    def rows(self, name: str, **parameters: tuple[Term, ...]) -> Rows:
        """The rows of a query of `queries/ask`, with its parameters bound."""
        return self.store.select(bind(_query(name), parameters))

    def table(self, name: str) -> Rows:
        """The rows of a query of `queries/ask` that depends on no case, for every case."""
        return prepared.table(self.store, name)


def open_product(product: Product) -> Knowledge:
    """The knowledge of a built graph; what was prepared with it is read without opening it."""

    def graph() -> LocalStore:
        from kg.store.local import LocalStore

        return LocalStore(product.content)

    results = product.prepared
    return Knowledge(
        store=graph() if results is None else PreparedStore(Prepared.from_json(results), graph),
        rules=Rules.from_json(product.rules.decode()),
        version=product.version[:12],
        built_at=product.built_at,
        notice=product.notice,
        told_json=product.told,
    )


@cache
def _query(name: str) -> Query:
    return load(queries_dir(), f"ask/{name}")
