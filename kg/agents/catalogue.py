"""The tools by their names: what is said of each, and how one is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from kg.agents import given, told, tools
from kg.agents.inert import plain, visible, without_markup
from kg.agents.reading import read
from kg.library import Graph
from kg.model.errors import DeadlineError, KGError
from kg.show.data import to_data


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
