"""Reads a name that a query has without its language as the name in English that the graph has.

Every name of the graph is tagged as English, and most people type `"multiple myeloma"`. In RDF the
two are different values, so such a query has no rows, and nothing says why. Where a query has such
a text, finds nothing, and the graph has the text with the tag alone, it is asked once more with the
tag; a query that finds something is never changed. The graph itself stays as it is: with each name
in it twice, every query for names would have twice the rows.

    ?term rdfs:label "multiple myeloma"            the object of a property
    FILTER (?label = "multiple myeloma")           a comparison with a variable
    VALUES ?label { "multiple myeloma" }           a value of a list
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from kg.store.syntax import Token, known_prefixes, named_iri, tokens

Has = Callable[[str | None, str], bool]
"""Whether the graph has a text in English, and not without a language: as the value of a property,
or, where none is given, as a name of anything."""

_TEXT: Final = re.compile(r"[\"'][^\"'\n]+[\"'](?!@|\^)")
"""What every query with such a text has somewhere; one without is not read token by token."""
_VALUES: Final = 3
"""The tokens before the first value of a list: VALUES, the variable, the bracket."""


def with_english(query: str, has: Has) -> str:
    """The query with each such text read in both ways; itself where there is none."""
    if not ('"' in query or "'" in query) or _TEXT.search(query) is None:
        return query
    parts, end = [], 0
    for token, text in _changes(list(tokens(query)), has):
        parts += [query[end : token.start], text]
        end = token.start + len(token.text)
    return "".join([*parts, query[end:]]) if parts else query


def _changes(found: Sequence[Token], has: Has) -> Iterator[tuple[Token, str]]:
    """Each token that is to be written otherwise, and how, in order."""
    known = known_prefixes(found)
    in_values = False
    for at, token in enumerate(found):
        if token.text == "{":
            in_values = at >= _VALUES - 1 and found[at - 2].text.upper() == "VALUES"
        elif token.text == "}":
            in_values = False
        elif _is_compared(found, at) and has(None, _value(found[at + 2])):
            yield token, f"STR({token.text})"
        elif _is_plain(found, at):
            yield from _of_text(found, at, known, has, in_values=in_values)


def _of_text(
    found: Sequence[Token], at: int, known: dict[str, str], has: Has, *, in_values: bool
) -> Iterator[tuple[Token, str]]:
    token = found[at]
    if in_values and has(None, _value(token)):
        yield token, f"{token.text} {token.text}@en"
    elif not in_values:
        verb = _verb(found, at)
        if verb is not None and has(named_iri(verb, known), _value(token)):
            yield token, f"{token.text}@en"


def _verb(found: Sequence[Token], at: int) -> Token | None:
    """The property that a text is a value of; other values may stand between."""
    before = at - 1
    while before > 0 and found[before].text == ",":
        before -= 2 if found[before - 1].kind != "language" else 3
    token = found[before] if before >= 0 else None
    is_name = token is not None and token.kind in ("name", "iri")
    return token if is_name and before > 0 and _may_precede(found[before - 1]) else None


def _may_precede(token: Token) -> bool:
    """Whether a property may stand after this; after a bracket of a function it may not."""
    return token.kind in ("variable", "name", "iri", "blank") or token.text in (";", "|", "/", "[")


def _is_compared(found: Sequence[Token], at: int) -> bool:
    """Whether a variable here is compared with a text."""
    return (
        found[at].kind == "variable"
        and at + 2 < len(found)
        and found[at + 1].text == "="
        and _is_plain(found, at + 2)
    )


def _is_plain(found: Sequence[Token], at: int) -> bool:
    """Whether there is a text without language and datatype here."""
    after = found[at + 1] if at + 1 < len(found) else None
    return found[at].kind == "string" and (
        after is None or (after.kind != "language" and after.text != "^^")
    )


def _value(token: Token) -> str:
    """The text of a token; one with an escape is left alone, since no name has any."""
    return "" if "\\" in token.text else token.text.strip(token.text[0])
