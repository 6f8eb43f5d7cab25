"""A query file as a value: what it asks, which parameters it takes, and the query with them bound.

A parameter is a `VALUES` line with one variable, and its row is the default, so the file as it
stands is SPARQL 1.1 for any store. Binding swaps the row and nothing else:

    VALUES ?marker { eg:SerumALP }

Every block of that variable gets the new row. An empty list writes `eg:none`, which nothing in
the graph is equal to; that is allowed under negation, in OPTIONAL, where the default is `eg:none`,
and for parameters that the header names under `optional`. Those that it names under `leading` say
what is asked about: with any other, they have to be given too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from kg.model.errors import ParameterError, QuerySyntaxError, UnknownQueryError
from kg.model.resources import queries_dir
from kg.model.vocabulary import IRI, NONE, Literal, Term, compact
from kg.store.base import Rows, Store
from kg.store.syntax import declared_prefixes, tokens

Value = IRI | Literal
"""What a parameter can hold."""


@dataclass(frozen=True)
class Slot:
    """The row of one VALUES block: its variable, its place in the text, and what encloses it."""

    name: str
    start: int
    end: int
    around: frozenset[str]

    def row(self, text: str) -> str:
        """The row as it stands in a text."""
        return text[self.start : self.end]


@dataclass(frozen=True)
class Parameter:
    """One variable whose `VALUES` row the caller may choose."""

    name: str
    default: str
    """The row that stands in the file, as SPARQL."""
    negated: bool
    """Whether the row stands under NOT EXISTS or MINUS."""
    may_be_empty: bool
    query: str
    """The text that it is a parameter of."""

    @cached_property
    def defaults(self) -> tuple[Value, ...]:
        """The values of the row in the file."""
        from kg.store.local import LocalStore

        declared = declared_prefixes(list(tokens(self.query))).items()
        prologue = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in declared)
        rows = LocalStore().select(f"{prologue} SELECT * {{ VALUES ?value {{{self.default}}} }}")
        return tuple(each for each in rows.column("value") if isinstance(each, IRI | Literal))


@dataclass(frozen=True)
class Query:
    """One query file."""

    name: str
    text: str
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()
    """The parameters that say what is asked about."""

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Every parameter by name, in the order of the text."""
        return {name: _parameter(name, self) for name in dict.fromkeys(s.name for s in self.slots)}

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every row that a parameter fills, in the order of the text."""
        return tuple(_slots(self.text, self.name))


def bind(query: Query, given: Mapping[str, Sequence[Term]]) -> str:
    """The text of a query with the rows of the given parameters swapped; others keep theirs.

    ParameterError for one that the query does not have, or that would be asked beside the default
    of one that leads.
    """
    written = {name: _row(query, name, terms) for name, terms in given.items()}
    check_leading(query, given)
    parts, end = [], 0
    for slot in query.slots:
        parts += [query.text[end : slot.start], written.get(slot.name, slot.row(query.text))]
        end = slot.end
    return "".join([*parts, query.text[end:]])


def check_leading(query: Query, given: Mapping[str, Sequence[object]]) -> None:
    """ParameterError where a value is given, and what it is asked about would be the default."""
    others = [name for name, values in given.items() if values and name not in query.leading]
    missing = [name for name in query.leading if name not in given]
    if not others or not missing:
        return
    wanted = " and ".join(missing)
    kept = " and ".join(query.parameters[name].default.strip() for name in missing)
    raise ParameterError(
        f"{query.name}: {', '.join(others)} given without {wanted}, so the query would still ask "
        f"about {kept}; give {wanted} too. Its parameters: {', '.join(query.parameters)}."
    )


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
        leading=tuple(header.get("leading", ())),
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
    return sorted(_name(folder, path) for path in folder.glob("*/*.rq"))


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def _load(folder: Path, path: Path) -> Query:
    return read_query(path.read_text("utf-8"), _name(folder, path))


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
    opened: list[tuple[str, int]] = []
    before: tuple[str, ...] = ("", "")
    for token in tokens(text):
        if token.text == "{":
            opened.append((_keyword(*before), token.start + 1))
        elif token.text == "}" and opened:
            keyword, start = opened.pop()
            if keyword.startswith("?"):
                yield Slot(keyword[1:], start, token.start, frozenset(word for word, _ in opened))
        before = (before[1], token.text)
    if any(keyword.startswith("?") for keyword, _ in opened):
        raise QuerySyntaxError(f"{name}: a VALUES block is not closed.")


def _keyword(first: str, second: str) -> str:
    """What makes the group behind two tokens what it is: a keyword, or the variable of VALUES."""
    words = (first.upper(), second.upper())
    if words[0] == "VALUES" and second.startswith(("?", "$")):
        return f"?{second[1:]}"
    return "NOT EXISTS" if words == ("NOT", "EXISTS") else words[1].lstrip("?$")


def _parameter(name: str, query: Query) -> Parameter:
    slots = [slot for slot in query.slots if slot.name == name]
    default = slots[0].row(query.text)
    apart = all(_APART & slot.around for slot in slots)
    return Parameter(
        name,
        default,
        negated=any(_NEGATION & slot.around for slot in slots),
        may_be_empty=apart or name in query.optional or default.split() in _NOTHING,
        query=query.text,
    )


_NEGATION: Final = frozenset({"NOT EXISTS", "MINUS"})
_APART: Final = _NEGATION | {"OPTIONAL"}
_NOTHING: Final[Sequence[Sequence[str]]] = ([], [compact(NONE)], [NONE.n3()])


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
        default = ", ".join(map(_short, parameter.defaults))
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


def _short(value: Value) -> str:
    return compact(value) if isinstance(value, IRI) else value.n3()
