"""SPARQL as tokens, and syntax errors that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

from kg.model.errors import QuerySyntaxError, RefusedQueryError
from kg.model.vocabulary import PREFIXES

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
    | (?P<number>   [+-]?(?:\d+\.\d*[eE][+-]?\d+ | (?:\d*\.)?\d+(?:[eE][+-]?\d+)?) )
    | (?P<word>     \w+ )
    | (?P<space>    \s+ )
    | (?P<mark>     \^\^ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
"""SPARQL 1.1 §19.8 as far as it is needed to tell code from comments, strings and IRIs.

Turtle has the same terms. A full stop after digits ends a triple, as in both grammars.
"""


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


def known_prefixes(stream: Sequence[Token]) -> dict[str, str]:
    """The prefixes that the tokens of a query may use: its own, and those of the project."""
    return {**PREFIXES, **declared_prefixes(stream)}


def named_iri(token: Token, known: Mapping[str, str]) -> str:
    """The IRI that a token of kind `iri` or `name` stands for; `known` are the prefixes."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return known.get(prefix, "") + local


def has_keyword(query: str, keyword: str) -> bool:
    """Whether a keyword stands in a query outside of names, texts and comments."""
    return keyword in query.upper() and any(
        token.kind == "word" and token.text.upper() == keyword for token in tokens(query)
    )


def form_of(query: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; empty where it is an update or none of them."""
    first = _first_form(query)
    return "" if first in _UPDATES else first


def _first_form(query: str) -> str:
    return next((t.text.upper() for t in tokens(query) if t.text.upper() in _FORMS), "")


def explain_error(query: str, raw: str, again: Callable[[str], str]) -> QuerySyntaxError:
    """The parser's complaint about a query, with the place shown and the likely reason.

    `again` gives the complaint about another text; empty where there is none.
    """
    undeclared = _undeclared_prefix(query)
    if next(tokens(query), None) is None:
        line, column, reason = 1, 1, "the query is empty."
    elif _first_form(query) in _UPDATES:
        return RefusedQueryError("this is an update, and the graph is only read.")
    elif undeclared is not None:
        line, column = _place(query, undeclared.start)
        prefix = undeclared.text.partition(":")[0]
        near = _near(prefix, PREFIXES)
        reason = f"the prefix {prefix}: is not known{near}; known: {', '.join(PREFIXES)}."
    else:
        line, column, reason = _sentence(raw) or _unread(query, again)
    where = f"line {line}, column {column}: " if line else ""
    return QuerySyntaxError(
        f"{where}{reason}{_caret(query, line, column)}", line=line or None, column=column or None
    )


def _meant(query: str, until: int) -> str:
    """The word that the last word before a place which is none was perhaps meant to be."""
    meant = ""
    for token in tokens(query):
        if token.start > until:
            break
        if token.kind == "word" and token.text.upper() not in _WORDS:
            near = get_close_matches(token.text.upper(), _WORDS, 1, _AS_NEAR)
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
_FUNCTIONS: Final = frozenset((
    "ABS", "AVG", "BNODE", "BOUND", "CEIL", "COALESCE", "CONCAT", "CONTAINS", "DATATYPE", "DAY",
    "ENCODE_FOR_URI", "FLOOR", "GROUP_CONCAT", "HOURS", "IF", "IRI", "ISBLANK", "ISIRI",
    "ISLITERAL", "ISNUMERIC", "ISURI", "LANG", "LANGMATCHES", "LCASE", "MAX", "MD5", "MIN",
    "MINUTES", "MONTH", "NOW", "RAND", "REGEX", "REPLACE", "ROUND", "SAMETERM", "SAMPLE",
    "SECONDS", "SEPARATOR", "SHA1", "SHA256", "SHA384", "SHA512", "STR", "STRAFTER", "STRBEFORE",
    "STRDT", "STRENDS", "STRLANG", "STRLEN", "STRSTARTS", "STRUUID", "SUBSTR", "SUM", "TIMEZONE",
    "TZ", "UCASE", "URI", "UUID", "YEAR",
))  # fmt: skip
"""Those that are functions and aggregates."""
_WORDS: Final = _KEYWORDS | _FUNCTIONS | {"A", "TRUE", "FALSE"}


def _undeclared_prefix(query: str) -> Token | None:
    stream = list(tokens(query))
    known = known_prefixes(stream)
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
_DIGIT: Final = "['0'"
_UNREAD: Final = "the query does not parse"
_MOST_SHOWN: Final = 8
_WIDTH: Final = 100

_UPDATES: Final = frozenset(
    ("ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH")
)
_FORMS: Final = _UPDATES | {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


def _sentence(raw: str) -> tuple[int, int, str] | None:
    """A complaint that says in words what is wrong, with its place."""
    match = _RAW.search(raw)
    if match is None:
        return 0, 0, raw
    said = [item.strip() for item in _WANTED.findall(match[3])]
    said = [item for item in said if " " in item and not item.startswith('"')]
    return (int(match[1]), int(match[2]), f"{said[0]}.") if said else None


_GAP: Final = " " * 24
"""More than the longest word of SPARQL has characters."""
_BLANKS: Final = re.compile(r"\s+|$")


def _unread(query: str, again: Callable[[str], str]) -> tuple[int, int, str]:
    """The place where a query stops being one, what is found there, and what is wanted.

    The parser reads as many characters as a word has before it compares, and complains about the
    farthest character that it has read. So the place is looked for with wide gaps.
    """
    ends = [match.end() for match in _BLANKS.finditer(query)]
    spread = "".join(query[a:b] + _GAP for a, b in zip([0, *ends], ends, strict=False))
    match = _RAW.search(again(spread))
    if match is None:
        return 0, 0, f"{_UNREAD}."
    wanted = [item.strip() for item in _WANTED.findall(match[3])]
    marks = [item for item in wanted if item.startswith('"')]
    at = _offset(spread, int(match[1]), int(match[2]))
    if not marks:  # the words that it has compared, which are not those that may stand here
        at -= max(map(len, wanted), default=0)
    for end in ends:  # each is followed by a gap
        if at < end:
            break
        at = max(end, at - len(_GAP))
    found = next((token for token in tokens(query) if token.start + len(token.text) > at), None)
    start = found.start if found else len(query)
    told = f"found: {_quoted(found.text[:_WIDTH]) if found else 'its end'}"
    wanted_here = _wanted(marks, digit=_DIGIT in match[3])
    reason = f"{_UNREAD}; {told}{wanted_here}.{_meant(query, start)}"
    return *_place(query, start), reason


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


_RARE: Final = ('"$"', '"{|"', '"~"', '"<<"', '"<<("')
"""What few know and nobody forgets."""


def _wanted(marks: Sequence[str], *, digit: bool) -> str:
    """What is wanted, in words where the marks are those that a term begins with."""
    if '"?"' in marks and '"\'"' in marks:
        return "; wanted here: a variable, an IRI or a literal"
    if '"?"' in marks and '":"' in marks:
        return "; wanted here: a variable or an IRI"
    if r'"\\U"' in marks:
        return "; wanted: the quotation mark that closes the text"
    if not marks:
        return "; wanted here: a number" if digit else ""
    marks = [mark for mark in marks if mark not in _RARE]
    shown = ", ".join(marks[:_MOST_SHOWN]) + (", …" if len(marks) > _MOST_SHOWN else "")
    return f"; wanted here: {shown}"


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1


def _caret(query: str, line: int, column: int) -> str:
    lines = query.split("\n")
    if not 0 < line <= len(lines) or not lines[line - 1].strip():
        return ""
    first = max(0, column - _WIDTH // 2)
    shown = lines[line - 1][first : first + _WIDTH]
    return f"\n  {shown}\n  {' ' * (column - 1 - first)}^"
