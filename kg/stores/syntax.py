"""SPARQL as tokens, and syntax errors that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

from kg.errors import QuerySyntaxError, RefusedQueryError
from kg.vocab import PREFIXES

_NAME = r"[^\W\d_](?:[\w.-]{0,60}[\w-])?"
"""A prefix; its length is bounded so that no text takes more than one pass."""
_TOKEN = re.compile(
    rf"""
      (?P<comment>  \#[^\n]* )
    | (?P<iri>      <[^<>"{{}}|^`\\\x00-\x20]*> )
    | (?P<string>   \"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
                  | (?!\"\"\"|''')(?:"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*') )
    | (?P<unclosed> (?:\"\"\"|''').* | ["'][^\n]* )
    | (?P<variable> [?$]\w+ )
    | (?P<language> @[a-zA-Z]+(?:-[a-zA-Z0-9]+)* )
    | (?P<blank>    _:[\w.-]*[\w-] )
    | (?P<name>     (?:{_NAME})?:(?:[\w:%-]|\\.|\.(?=[\w:%.\\-]))* )
    | (?P<number>   [+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<word>     \w+ )
    | (?P<space>    \s+ )
    | (?P<mark>     \^\^ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
"""SPARQL 1.1 §19.8 as far as it is needed to tell code from comments, strings and IRIs."""


class Token(NamedTuple):
    """One token: its kind, its text and where it starts."""

    kind: str
    text: str
    start: int


def tokens(query: str) -> Iterator[Token]:
    """The tokens of a query without white space and comments."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "mark"
        if kind not in ("comment", "space"):
            yield Token(kind, match[0], match.start())


def declared_prefixes(stream: Sequence[Token]) -> dict[str, str]:
    """The prefixes that the tokens of a query declare."""
    return {
        name.text.rstrip(":"): iri.text[1:-1]
        for word, name, iri in zip(stream, stream[1:], stream[2:], strict=False)
        if iri.kind == "iri" and name.kind == "name" and word.text.upper() == "PREFIX"
    }


def form_of(query: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; empty where it is an update or none of them."""
    first = next((t.text.upper() for t in tokens(query) if t.text.upper() in _FORMS), "")
    return "" if first in _UPDATES else first


def explained(query: str, raw: str) -> QuerySyntaxError:
    """The parser's complaint about a query, with the place shown and the likely reason."""
    undeclared = _undeclared_prefix(query)
    if next(tokens(query), None) is None:
        line, column, reason = 1, 1, "the query is empty."
    elif _is_update(query):
        return RefusedQueryError("this is an update, and the graph is only read.")
    elif undeclared is not None:
        line, column = _place(query, undeclared.start)
        prefix = undeclared.text.partition(":")[0]
        near = _near(prefix, PREFIXES)
        reason = f"the prefix {prefix}: is not known{near}; known: {', '.join(PREFIXES)}."
    else:
        line, column, reason = _parsed(raw)
        reason += _meant(query, line, column) if _UNREAD in reason else ""
    where = f"line {line}, column {column}: " if line else ""
    return QuerySyntaxError(
        f"{where}{reason}{_caret(query, line, column)}", line=line or None, column=column or None
    )


def _meant(query: str, line: int, column: int) -> str:
    """The keyword that the last word before a place which is none was perhaps meant to be."""
    meant = ""
    for token in tokens(query):
        if _place(query, token.start) > (line, column):
            break
        if token.kind == "word" and token.text.upper() not in _KEYWORDS:
            near = get_close_matches(token.text.upper(), _KEYWORDS, 1, _AS_NEAR)
            meant = near[0] if near else meant
    return f" Did you mean {meant}?" if meant else ""


def _near(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, list(names), 1, _AS_NEAR)
    return f" (did you mean {near[0]}:?)" if near else ""


_AS_NEAR: Final = 0.75
_KEYWORDS: Final = frozenset((
    "ASK", "AS", "ASC", "BASE", "BIND", "BY", "CONSTRUCT", "COUNT", "DESC", "DESCRIBE",
    "DISTINCT", "EXISTS", "FILTER", "FROM", "GRAPH", "GROUP", "HAVING", "IN", "LIMIT",
    "MINUS", "NAMED", "NOT", "OFFSET", "OPTIONAL", "ORDER", "PREFIX", "REDUCED", "SELECT",
    "UNDEF", "UNION", "VALUES", "WHERE",
))  # fmt: skip
"""The words of SPARQL 1.1 §19.8 that make up the frame of a query."""


def _is_update(query: str) -> bool:
    first = next((t.text.upper() for t in tokens(query) if t.text.upper() in _FORMS), "")
    return first in _UPDATES


def _undeclared_prefix(query: str) -> Token | None:
    stream = list(tokens(query))
    known = {**PREFIXES, **declared_prefixes(stream)}
    return next(
        (
            token
            for token in stream
            if token.kind == "name" and token.text.partition(":")[0] not in known
        ),
        None,
    )


def _place(query: str, start: int) -> tuple[int, int]:
    return query.count("\n", 0, start) + 1, start - query.rfind("\n", 0, start)


_RAW: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_WANTED: Final = re.compile(r'"(?:[^"\\]|\\.)+"|(?<![\w[])[A-Z][A-Za-z_* ]+(?=,|$)')
_UNREAD: Final = "the query does not parse"
_MOST_SHOWN: Final = 8
_WIDTH: Final = 100

_UPDATES: Final = frozenset(
    ("ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH")
)
_FORMS: Final = _UPDATES | {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


def _parsed(raw: str) -> tuple[int, int, str]:
    match = _RAW.search(raw)
    if match is None:
        return 0, 0, raw
    wanted = [item.strip() for item in _WANTED.findall(match[3])]
    sentences = [item for item in wanted if " " in item and not item.startswith('"')]
    if sentences:
        return int(match[1]), int(match[2]), f"{sentences[0]}."
    shown = ", ".join(wanted[:_MOST_SHOWN]) + (", …" if len(wanted) > _MOST_SHOWN else "")
    wanted_here = f"; wanted here: {shown}" if shown else ""
    return int(match[1]), int(match[2]), f"{_UNREAD}{wanted_here}."


def _caret(query: str, line: int, column: int) -> str:
    lines = query.split("\n")
    if not 0 < line <= len(lines) or not lines[line - 1].strip():
        return ""
    first = max(0, column - _WIDTH // 2)
    shown = lines[line - 1][first : first + _WIDTH]
    return f"\n  {shown}\n  {' ' * (column - 1 - first)}^"
