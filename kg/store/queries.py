"""A query file as a value: what it asks, which parameters it takes, and the query with them bound.

A parameter is a `VALUES` line with one variable, and its row is the default, so the file as it
stands is SPARQL 1.1 for any store. Binding swaps the row and nothing else:

    VALUES ?marker { eg:SerumALP }

Every block of that variable gets the new row. An empty list writes `eg:none`, which nothing in
the graph is equal to; that is allowed under negation, in OPTIONAL, where the default is `eg:none`,
and for parameters that the header names under `optional`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from kg.model.errors import ParameterError, QuerySyntaxError, UnknownQueryError
from kg.model.resources import queries_dir
from kg.model.vocabulary import (
    IRI,
    NONE,
    PREFIXES,
    XSD_BOOLEAN,
    XSD_DECIMAL,
    XSD_INTEGER,
    Literal,
    Term,
    compact,
)
from kg.store.base import Rows, Store
from kg.store.syntax import Token, declared_prefixes, tokens

Value = IRI | Literal
"""What a parameter can hold."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One variable whose `VALUES` row the caller may choose."""

    name: str
    defaults: tuple[Value, ...]
    negated: bool
    """Whether the row stands under NOT EXISTS or MINUS."""
    may_be_empty: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """The row of one VALUES block: its place in the text, and what stands around it."""

    name: str
    start: int
    end: int
    text: str
    values: tuple[Value, ...]
    around: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """One query file."""

    name: str
    text: str
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Every parameter by name, in the order of the text."""
        return {
            name: _parameter(name, [slot for slot in self.slots if slot.name == name], self)
            for name in dict.fromkeys(slot.name for slot in self.slots)
        }

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every row that a parameter fills, in the order of the text."""
        return tuple(_slots(self.text, self.name))

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The text before, between and after the rows: what binding never touches."""
        ends = [0, *(slot.end for slot in self.slots)]
        starts = [*(slot.start for slot in self.slots), len(self.text)]
        return tuple(self.text[end:start] for end, start in zip(ends, starts, strict=True))


def bind(query: Query, given: Mapping[str, Sequence[Term]]) -> str:
    """The text of a query with the rows of the given parameters swapped; others keep theirs."""
    written = {name: _row(query, name, terms) for name, terms in given.items()}
    parts = [query.segments[0]]
    for slot, segment in zip(query.slots, query.segments[1:], strict=True):
        parts.append(written.get(slot.name, slot.text))
        parts.append(segment)
    return "".join(parts)


def read_query(text: str, name: str) -> Query:
    """The query of a text that opens with a grlc header (`#+ summary: …`)."""
    header = _header(text)
    return Query(
        name=name,
        text=text,
        summary=_one(header, "summary") or _title(text),
        description=_one(header, "description"),
        tags=tuple(header.get("tags", ())),
        optional=tuple(header.get("optional", ())),
    )


@lru_cache(maxsize=256)
def load(folder: Path, name: str) -> Query:
    """One query of a folder by its name, as in `ask/causes`; `causes` is enough if no other is."""
    path = folder / f"{name}.rq"
    if _SAFE_NAME.fullmatch(name) and path.is_file():
        return _load(folder, path)
    names = _names(folder)
    found = [full for full in names if full.rpartition("/")[2] == name]
    if len(found) == 1:
        return _load(folder, folder / f"{found[0]}.rq")
    from difflib import get_close_matches

    near = found or get_close_matches(name, [*names, *(n.rpartition("/")[2] for n in names)])
    raise UnknownQueryError(f"there is no query {name!r}.", suggestions=near)


def shipped_rows(store: Store, name: str, **parameters: Sequence[Term]) -> Rows:
    """What a store says to a shipped query, named as in `report/lines`, with parameters bound."""
    return store.select(bind(load(queries_dir(), name), parameters))


def catalogue(folder: Path) -> dict[str, Query]:
    """Every query of a folder by its name, `verb/question`, sorted."""
    return {name: load(folder, name) for name in _names(folder)}


_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    return folder.glob("*/*.rq")


def _load(folder: Path, path: Path) -> Query:
    return read_query(path.read_text("utf-8"), path.relative_to(folder).with_suffix("").as_posix())


# ── The header ──────────────────────────────────────────────────────────────────────────────


def _header(text: str) -> dict[str, list[str]]:
    """The `#+` lines: `key: value`, or a key and a list of `- item` under it."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in text.splitlines():
        if not line.startswith("#+"):
            continue
        content = line[2:].strip()
        if content.startswith("- "):
            found.setdefault(key, []).append(content[2:].strip())
            continue
        key, _, value = content.partition(":")
        found[key] = [value.strip()] if value.strip() else []
    return found


def _one(header: Mapping[str, Sequence[str]], key: str) -> str:
    return next(iter(header.get(key, ())), "")


def _title(text: str) -> str:
    """The title of a rule, whose header is Markdown in comments (`# # Missing label`)."""
    first = text.partition("\n")[0]
    return first.removeprefix("# # ").strip() if first.startswith("# # ") else ""


# ── The parameters ──────────────────────────────────────────────────────────────────────────


def _slots(text: str, name: str) -> Iterator[Slot]:
    """Every `VALUES ?x { … }` of a query, with the keywords of the groups that enclose it."""
    stream = list(tokens(text))
    prefixes = {**PREFIXES, **declared_prefixes(stream)}
    around: list[str] = []
    for index, token in enumerate(stream):
        if token.text == "{":
            around.append(_opener(stream, index))
            if around[-1] == "VALUES":
                end = _closing(stream, index, name)
                row = stream[index + 1 : end]
                yield _slot(text, stream[index - 1], token, stream[end], row, around, prefixes)
        elif token.text == "}" and around:
            around.pop()


def _opener(stream: Sequence[Token], index: int) -> str:
    """The keyword that makes the group opened at `index` what it is."""
    before = [token.text.upper() for token in stream[max(0, index - 2) : index]]
    if before and stream[index - 1].kind == "variable" and before[0] == "VALUES":
        return "VALUES"
    if before == ["NOT", "EXISTS"]:
        return "NOT EXISTS"
    return before[-1] if before and before[-1] in ("MINUS", "OPTIONAL") else ""


def _closing(stream: Sequence[Token], index: int, name: str) -> int:
    for place in range(index + 1, len(stream)):
        if stream[place].text == "}":
            return place
    raise QuerySyntaxError(f"{name}: a VALUES block is not closed.")


def _slot(  # noqa: PLR0913, PLR0917 - the pieces of one block, used once
    text: str,
    variable: Token,
    opening: Token,
    closing: Token,
    row: Sequence[Token],
    around: Sequence[str],
    prefixes: Mapping[str, str],
) -> Slot:
    start, end = opening.start + 1, closing.start
    values = tuple(_values(row, prefixes))
    return Slot(variable.text[1:], start, end, text[start:end], values, tuple(around[:-1]))


def _values(row: Sequence[Token], prefixes: Mapping[str, str]) -> Iterator[Value]:
    place = 0
    while place < len(row):
        token = row[place]
        place += 1
        if token.kind != "string":
            yield _plain_value(token, prefixes)
            continue
        text = _unquoted(token.text)
        after = row[place] if place < len(row) else None
        if after is not None and after.kind == "language":
            place += 1
            yield Literal(text, IRI(PREFIXES["rdf"] + "langString"), after.text[1:].lower())
        elif after is not None and after.text == "^^":
            place += 2
            datatype = _plain_value(row[place - 1], prefixes)
            yield Literal(text, IRI(datatype if isinstance(datatype, IRI) else ""))
        else:
            yield Literal(text)


def _plain_value(token: Token, prefixes: Mapping[str, str]) -> Value:
    if token.kind == "iri":
        return IRI(token.text[1:-1])
    if token.kind == "number":
        whole = token.text.lstrip("+-").isdigit()
        return Literal(token.text, XSD_INTEGER if whole else XSD_DECIMAL)
    if token.text in ("true", "false"):
        return Literal(token.text, XSD_BOOLEAN)
    prefix, colon, local = token.text.partition(":")
    if colon and prefix in prefixes:
        return IRI(prefixes[prefix] + local)
    raise QuerySyntaxError(f"a VALUES row holds {token.text!r}; wanted an IRI or a literal.")


_ESCAPED: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_MEANING: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def _unquoted(text: str) -> str:
    quotes = 3 if text.startswith(('"""', "'''")) else 1
    return _ESCAPED.sub(
        lambda m: chr(int(m[1] or m[2], 16)) if m[3] is None else _MEANING.get(m[3], m[3]),
        text[quotes:-quotes],
    )


def _parameter(name: str, slots: Sequence[Slot], query: Query) -> Parameter:
    negated = any("NOT EXISTS" in slot.around or "MINUS" in slot.around for slot in slots)
    apart = all({"NOT EXISTS", "MINUS", "OPTIONAL"} & set(slot.around) for slot in slots)
    defaults = slots[0].values
    empty = apart or name in query.optional or defaults in ((), (NONE,))
    return Parameter(name, defaults, negated, empty)


# ── The row that is written ─────────────────────────────────────────────────────────────────

_SAFE_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")
"""IRIREF of SPARQL 1.1 §19.8, absolute: https://www.w3.org/TR/sparql11-query/#rIRIREF"""

_LANGUAGE: Final = re.compile(r"[a-zA-Z]+(?:-[a-zA-Z0-9]+)*")


def _row(query: Query, name: str, terms: Sequence[Term]) -> str:
    parameter = query.parameters.get(name)
    if parameter is None:
        known = ", ".join(query.parameters) or "none"
        raise ParameterError(f"{query.name} has no parameter {name!r}; its parameters: {known}.")
    if isinstance(terms, str):
        raise ParameterError(f"{query.name}: {name} wants a list of terms; found {terms!r}.")
    if not terms and not parameter.may_be_empty:
        default = ", ".join(_shown(parameter.defaults))
        raise ParameterError(
            f"{query.name}: {name} wants at least one value, such as {default}; found none."
        )
    return f" {' '.join([_safe(query, name, term) for term in terms] or [NONE.n3()])} "


def _safe(query: Query, name: str, term: Term) -> str:
    if isinstance(term, IRI):
        if _SAFE_IRI.fullmatch(term) and _encodes(term):
            return term.n3()
        raise ParameterError(f"{query.name}: {name} holds {str(term)!r}, which is not an IRI.")
    if isinstance(term, Literal):
        language = term.language is None or _LANGUAGE.fullmatch(term.language)
        if language and _SAFE_IRI.fullmatch(term.datatype) and _encodes(term.value):
            return term.n3()
        raise ParameterError(f"{query.name}: {name} holds {term!r}, which is not a literal.")
    raise ParameterError(f"{query.name}: {name} holds {term!r}; wanted an IRI or a Literal.")


def _encodes(text: str) -> bool:
    """Whether a text is Unicode: a lone surrogate has no place in a query."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        yield compact(value) if isinstance(value, IRI) else value.n3()
