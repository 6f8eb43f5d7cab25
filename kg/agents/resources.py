"""What an agent can read besides the tools: the standing of the graph, its gaps, the schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from kg.agents.inert import visible, without_markup
from kg.library import Graph
from kg.model.errors import UsageError
from kg.model.vocabulary import short_text_of
from kg.show.blocks import NOTICE
from kg.show.data import json_text, schema_names, schema_text, to_data
from kg.store.queries import shipped_rows

SCHEME: Final = "etiograph://"
_SCHEMA: Final = f"{SCHEME}schema/"
MEDIA_TYPE: Final = "application/json"


class Resource(Struct, frozen=True):
    """Something to read, by its address."""

    title: str
    words: str
    read: Callable[[Graph], object]


def _standing(graph: Graph) -> object:
    documents = graph.knowledge.model.tables.documents
    return {
        "graph": graph.version,
        "built": graph.knowledge.built_at,
        "documents": [to_data(each) for each in documents],
        "notice": str(NOTICE),
    }


def _gaps(graph: Graph) -> object:
    rows = shipped_rows(graph.knowledge.store, "ask/gaps").records()
    return {"gaps": [{name: short_text_of(value) for name, value in row.items()} for row in rows]}


RESOURCES: Final[Mapping[str, Resource]] = {
    f"{SCHEME}standing": Resource(
        "Standing", "The version of the graph, and its documents with their review.", _standing
    ),
    f"{SCHEME}gaps": Resource(
        "Gaps", "What a reader would look for and no source states.", _gaps
    ),
}  # fmt: skip
SCHEMA_TEMPLATE: Final = f"{_SCHEMA}{{name}}"
SCHEMA_WORDS: Final = f"A published JSON Schema: {', '.join(schema_names())}."


def read(graph: Graph, address: str) -> str:
    """What stands at an address, as JSON; UsageError where nothing does."""
    if address in RESOURCES:
        return without_markup(json_text(visible(RESOURCES[address].read(graph))))
    if address.startswith(_SCHEMA):
        return _schema(address.removeprefix(_SCHEMA))
    known = ", ".join((*RESOURCES, SCHEMA_TEMPLATE))
    raise UsageError(f"nothing stands at {address[:100]!r}; wanted: {known}.")


@lru_cache
def _schema(name: str) -> str:
    return schema_text(name)


def warm_up(graph: Graph) -> None:
    """Read whatever is read from files, for a process that can open none later."""
    for address in RESOURCES:
        read(graph, address)
    for name in schema_names():
        _schema(name)
