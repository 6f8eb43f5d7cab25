"""What is offered: each tool with its words and how it is called, and what can be read besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import Struct

from kg.agents import given, told, tools
from kg.agents.inert import plain, visible, without_markup
from kg.agents.reading import read
from kg.library import Graph
from kg.model.errors import DeadlineError, KGError, UsageError
from kg.model.vocabulary import short_text_of
from kg.show.blocks import NOTICE
from kg.show.data import json_text, schema_names, schema_text, to_data
from kg.store.queries import shipped_rows


class Tool(Struct, frozen=True):
    """One tool."""

    title: str
    takes: type[Struct]
    gives: type[Struct]
    run: Callable[[Graph, Any], Struct]
    is_private: bool = True
    """Whether what it is given may be of a patient, or somebody else's text."""

    @property
    def words(self) -> str:
        """What an agent reads of it."""
        return " ".join((self.run.__doc__ or "").split())


class Outcome(Struct, frozen=True):
    """What a call came to."""

    text: str
    """The result as JSON, or in words what is wrong with the call; nothing in it is markup."""
    is_error: bool = False


TOOLS: Final[Mapping[str, Tool]] = {
    "answer_case": Tool(
        "Answer a case", given.CaseAsked, told.AnswerTold, tools.answer_case
    ),
    "why": Tool("Explain a row", given.RowAsked, told.WhyTold, tools.why),
    "what_if": Tool("Suppose facts", given.SupposedFacts, told.WhatIfTold, tools.what_if),
    "find_term": Tool("Find terms", given.Names, told.TermsTold, tools.find_term, is_private=False),
    "get_statements": Tool(
        "Read statements", given.Ids, told.StatementsTold, tools.get_statements, is_private=False
    ),
    "check_claims": Tool(
        "Check claims", given.ClaimsGiven, told.ClaimsTold, tools.check_claims
    ),
    tools.SPARQL: Tool(
        "Query the graph", given.QueryGiven, told.RowsTold, tools.sparql, is_private=False
    ),
}  # fmt: skip


def call(graph: Graph, name: str, arguments: Mapping[str, object]) -> Outcome:
    """What a tool answers; an error of ours is an outcome too, with its remedy."""
    tool = TOOLS[name]
    try:
        return result_of(tool.run(graph, read(name, tool.takes, arguments)))
    except KGError as error:
        return refusal(error)


def result_of(value: Struct) -> Outcome:
    """A result, written."""
    shown = visible(msgspec.to_builtins(value, enc_hook=to_data))
    return Outcome(without_markup(msgspec.json.encode(shown).decode()))


def refusal(error: KGError) -> Outcome:
    """What an agent is told of an error."""
    late = "it was stopped at its time limit; ask for less: LIMIT, fewer open patterns or facts."
    said = late if isinstance(error, DeadlineError) else error.message
    return Outcome(plain(said), is_error=True)


# ── What can be read besides ────────────────────────────────────────────────────────────────────


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


def read_resource(graph: Graph, address: str) -> str:
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
        read_resource(graph, address)
    for name in schema_names():
        _schema(name)
