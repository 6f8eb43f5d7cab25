"""Which lines of a graph a query can match, as far as the query alone says.

A query is read into the patterns of its triples, each with what is sure of its subject: in
`?cause rdfs:label ?label . ?listing eg:cause ?cause` the labels are those of objects of `eg:cause`
and of nothing else. What is not understood here is taken to match every line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from kg.compile.lines import Pattern, Place, Reading
from kg.model.vocabulary import RDF
from kg.store.syntax import Token, known_prefixes, named_iri, tokens

EVERYTHING: Final = Reading((Pattern(),))


def read_query(query: str) -> Reading:
    """What a query looks at; the prefixes of this project need no declaration."""
    found = tuple(tokens(query))
    words = {each.text.upper() for each in found if each.kind == "word"}
    if words & _STRANGE:
        return EVERYTHING
    try:
        whole = _Parser(found).query()
    except (_NotUnderstoodError, IndexError):
        return EVERYTHING
    looks = tuple(_looks(whole, ()))
    subjects = {look.subject for look in looks}
    alone = len(subjects) == 1 and next(iter(subjects)).startswith(_OPEN)
    once = sum(token.text.upper() == "SELECT" for token in found) == 1  # a SELECT in it has its own
    centred = alone and once and not words & _OVER_ROWS and all(look.is_step for look in looks)
    return Reading(tuple(dict.fromkeys(look.pattern for look in looks)), centred)


UNREPEATABLE: Final = frozenset({"BNODE", "NOW", "RAND", "STRUUID", "UUID"})
"""Functions of which a query has other rows each time."""
_STRANGE: Final = UNREPEATABLE | {"BASE", "DESCRIBE", "FROM", "SERVICE"}
_OVER_ROWS: Final = frozenset(
    {"AVG", "COUNT", "GRAPH", "GROUP", "GROUP_CONCAT", "LIMIT", "MAX", "MIN", "OFFSET", "SAMPLE",
     "SUM"}
)  # fmt: skip
"""What makes a row of more than the lines of one subject."""
_OPEN: Final = ("?", "$", "_:")
"""What the name of a node begins with that may be any."""


_LOOKING: Final = ("EXISTS", "VALUES", "{")
"""What begins something that looks at lines, behind the group of a SELECT."""


class _NotUnderstoodError(Exception):
    """A form of query that is not read here."""


# ── What matters where ──────────────────────────────────────────────────────────────────────


class _Path(NamedTuple):
    """How a subject leads to an object: by these properties, or where there are none, by any."""

    properties: tuple[str, ...]
    is_step: bool = True
    """Whether it is one line."""
    may_be_empty: bool = False
    """Whether a node may lead to itself by no line."""


class _Triple(NamedTuple):
    subject: str
    path: _Path
    object: str


class _Values(NamedTuple):
    """The names that a variable can stand for."""

    variable: str
    names: tuple[str, ...]
    is_filter: bool = False
    """Whether a condition of the whole group says so, which an optional part of it has not met."""


class _Either(NamedTuple):
    """What holds in each branch of a UNION."""

    branches: tuple[tuple[_Fact, ...], ...]


_Fact = _Triple | _Values | _Either
_Sure = tuple[_Fact, ...]
"""What holds of every solution that matters."""


@dataclass
class _Group:
    """What stands between two braces, in its order."""

    parts: list[_Triple | _Values | _Part] = field(default_factory=list)

    def sure(self, until: int | None = None) -> Iterator[_Fact]:
        """What holds of every solution of the group, or of its parts until one."""
        for each in self.parts[:until]:
            if isinstance(each, _Part):
                yield from each.sure()
            elif until is None or isinstance(each, _Triple) or not each.is_filter:
                yield each


class _Part(NamedTuple):
    """Groups in a group: of an OPTIONAL, a MINUS, a UNION, a GRAPH, a query, or a condition."""

    kind: str
    groups: list[_Group]

    def sure(self) -> Iterator[_Fact]:
        """What holds of every solution of the group that this is a part of."""
        if self.kind in ("GRAPH", "GROUP"):
            yield from self.groups[0].sure()
        elif self.kind == "UNION":
            yield _Either(tuple(tuple(each.sure()) for each in self.groups))


class _Look(NamedTuple):
    """One triple of a query, and what it can match."""

    subject: str
    is_step: bool
    pattern: Pattern


def _looks(group: _Group, around: _Sure) -> Iterator[_Look]:
    """Every triple of a group, with what is sure of it and around it."""
    own = (*around, *group.sure())
    for place, each in enumerate(group.parts):
        if isinstance(each, _Triple):
            yield _Look(each.subject, each.path.is_step, _pattern(each, own))
        elif isinstance(each, _Part):
            inner = _around(each.kind, own, group, place)
            for part in each.groups:
                yield from _looks(part, inner)


def _around(kind: str, own: _Sure, group: _Group, place: int) -> _Sure:
    """What is sure around a part of a group."""
    if kind == "SELECT":  # its variables are its own
        return ()
    if kind in ("OPTIONAL", "MINUS"):
        # It matters where what stands before it holds, even if what stands after it does not:
        # without it, that would be met by a solution which it would extend or take away.
        return tuple(group.sure(place))
    return tuple(group.sure()) if kind == "FILTER" else own


def _pattern(triple: _Triple, sure: _Sure) -> Pattern:
    subject, path, value = triple
    others = [each for each in sure if each is not triple]
    if path.may_be_empty and not (_stands(subject, others) and _stands(value, others)):
        return Pattern()
    if not path.is_step:  # on its way it may pass whatever it leads through
        return Pattern(path.properties)
    return Pattern(
        _properties(path, others),
        _constant(subject),
        _constant(value),
        tuple(dict.fromkeys(_places(subject, others))),
    )


def _properties(path: _Path, sure: Iterable[_Fact]) -> tuple[str, ...]:
    """The properties that a step can be; empty for any."""
    first = path.properties[0]
    return path.properties if first.startswith("<") else _names(first, sure)


def _names(variable: str, sure: Iterable[_Fact]) -> tuple[str, ...]:
    """What a variable can stand for, or nothing where it can stand for anything."""
    named = (each for each in sure if isinstance(each, _Values) and each.variable == variable)
    return next((each.names for each in named), ())


def _stands(node: str, sure: Iterable[_Fact]) -> bool:
    """Whether a node is known, or is in a triple beside: then no other node matters."""
    return not node.startswith(_OPEN) or any(node in _nodes(each) for each in sure)


def _nodes(fact: _Fact) -> tuple[str, ...]:
    if isinstance(fact, _Triple):  # two paths of no line would vouch for each other
        return () if fact.path.may_be_empty else (fact.subject, fact.object)
    return (fact.variable,) if isinstance(fact, _Values) else ()


def _constant(node: str) -> str:
    return node if node.startswith("<") else ""


def _places(node: str, sure: Sequence[_Fact]) -> Iterator[tuple[Place, ...]]:
    """Where a node surely stands: at one of these places, and at one of those."""
    for fact in sure if node.startswith(_OPEN) else ():
        if isinstance(fact, _Triple):
            yield from _places_in(node, fact, sure)
        elif isinstance(fact, _Either):
            found = [next(_places(node, branch), None) for branch in fact.branches]
            if None not in found:
                yield tuple(place for places in found for place in places or ())


def _places_in(node: str, triple: _Triple, sure: Sequence[_Fact]) -> Iterator[tuple[Place, ...]]:
    """Where a node stands in a triple that surely holds."""
    subject, path, value = triple
    properties = _properties(path, sure) if path.is_step else ()
    if properties and subject == node:
        objects = _names(value, sure) or (_constant(value),)
        yield tuple(Place(properties, is_subject=True, object=each) for each in objects)
    if properties and value == node:
        yield (Place(properties, is_subject=False, object=""),)


# ── Reading ─────────────────────────────────────────────────────────────────────────────────

_A: Final = f"<{RDF.type}>"
_END: Final = Token("end", "", -1)


class _Parser:
    """Reads the groups of a query (SPARQL 1.1 §19.8), and passes over what says how to show it."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._known = known_prefixes(found)
        self._at = 0

    def query(self) -> _Group:
        """The group of the whole query; nothing that looks at lines may stand behind it."""
        if self._skip_to("SELECT", "ASK", "CONSTRUCT") == "CONSTRUCT":
            self._skip_braces()
        found = self._where()
        if {each.text.upper() for each in self._tokens[self._at :]} & {*_LOOKING, "}"}:
            raise _NotUnderstoodError
        return found

    def _where(self) -> _Group:
        """The group behind the head of a query."""
        while self._peek.text != "{":
            if self._next().text.upper() == "EXISTS":
                raise _NotUnderstoodError
        return self._group()

    def _group(self) -> _Group:
        self._expect("{")
        if self._peek.text.upper() == "SELECT":
            found = _Group([_Part("SELECT", [self._where()])])
            self._skip_modifiers()
            return found
        found = _Group()
        while self._peek.text != "}":
            found.parts.extend(self._parts())
        self._expect("}")
        return found

    def _parts(self) -> Iterator[_Triple | _Values | _Part]:
        word = self._peek.text.upper()
        if word == "{":
            yield self._union()
        elif word in ("OPTIONAL", "MINUS"):
            self._next()
            yield _Part(word, [self._group()])
        elif word == "GRAPH":
            self._next()
            self._node()
            yield _Part(word, [self._group()])
        elif word in ("FILTER", "BIND"):
            self._next()
            yield self._choice() or _Part("FILTER", list(self._condition()))
        elif word == "VALUES":
            self._next()
            yield from self._values()
        elif word == ".":
            self._next()
        else:
            yield from self._triples()

    def _union(self) -> _Part:
        groups = [self._group()]
        while self._peek.text.upper() == "UNION":
            self._next()
            groups.append(self._group())
        return _Part("UNION" if len(groups) > 1 else "GROUP", groups)

    def _choice(self) -> _Values | None:
        """The names of a condition that is `(?variable IN (NAMES))`; it is read only if it is."""
        start = self._at
        try:
            self._expect("(")
            variable = self._node()
            self._expect("IN")
            names = self._list(",")
            self._expect(")")
        except _NotUnderstoodError:
            names = []
        if names and all(each.startswith("<") for each in names):
            return _Values(variable, tuple(dict.fromkeys(names)), is_filter=True)
        self._at = start
        return None

    def _condition(self) -> Iterator[_Group]:
        """The groups that a condition looks for."""
        depth = 0
        while True:
            word = self._next().text.upper()
            if word == "EXISTS":
                yield self._group()
            depth += (word == "(") - (word == ")")
            if not depth and word in (")", "EXISTS"):
                return

    def _values(self) -> Iterator[_Values]:
        several = self._peek.text == "("
        variables = self._list() if several else [self._node()]
        self._expect("{")
        rows: list[list[str]] = []
        while self._peek.text != "}":
            rows.append(self._list() if several else [self._node()])
        self._expect("}")
        for variable, names in zip(variables, zip(*rows, strict=True), strict=False):
            if all(each.startswith("<") for each in names):
                yield _Values(variable, tuple(dict.fromkeys(names)))

    def _list(self, between: str = "") -> list[str]:
        self._expect("(")
        found = []
        while self._peek.text != ")":
            found.append(self._node())
            if self._peek.text == between:
                self._next()
        self._expect(")")
        return found

    def _triples(self) -> Iterator[_Triple]:
        """Triples with one subject."""
        subject = self._node()
        while True:
            path = self._path()
            yield _Triple(subject, path, self._node())
            while self._peek.text == ",":
                self._next()
                yield _Triple(subject, path, self._node())
            while self._peek.text == ";":
                self._next()
            if self._peek.text in (".", "}") or self._before.text != ";":
                return

    def _path(self) -> _Path:
        """A path, or a variable in its place."""
        if self._peek.kind == "variable":
            return _Path((self._next().text,))
        found = self._element()
        while self._peek.text in ("/", "|"):
            is_choice = self._next().text == "|"
            other = self._element()
            one, two = found.may_be_empty, other.may_be_empty
            found = _Path(
                (*found.properties, *other.properties),
                is_choice and found.is_step and other.is_step,
                (one or two) if is_choice else (one and two),
            )
        return found

    def _element(self) -> _Path:
        token = self._next()
        if token.text == "(":
            found = self._path()
            self._expect(")")
        elif token.text == "^":
            found = self._element()._replace(is_step=False)
        elif token.text == "a" or token.kind in ("iri", "name"):
            found = _Path((_A if token.text == "a" else self._iri(token),))
        else:
            raise _NotUnderstoodError
        if self._peek.text in ("*", "+", "?"):
            empty = self._next().text != "+" or found.may_be_empty
            found = found._replace(is_step=False, may_be_empty=empty)
        return found

    def _node(self) -> str:
        """A node: a variable as it is, a name as an IRI in brackets, anything else as a text."""
        token = self._next()
        if token.kind in ("iri", "name"):
            return self._iri(token)
        if token.kind == "string" and self._peek.text == "^^":
            self._next()
            self._next()
        elif token.kind == "string" and self._peek.kind == "language":
            self._next()
        elif token.kind not in ("variable", "blank", "number", "string", "word"):
            raise _NotUnderstoodError
        return token.text if token.kind in ("variable", "blank") else '"'

    def _iri(self, token: Token) -> str:
        prefix = token.text.partition(":")[0]
        is_known = prefix in self._known if token.kind == "name" else ":" in token.text
        if not is_known or "\\" in token.text:
            raise _NotUnderstoodError
        return f"<{named_iri(token, self._known)}>"

    # Tokens

    @property
    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    @property
    def _before(self) -> Token:
        return self._tokens[self._at - 1]

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, text: str) -> None:
        if self._next().text != text:
            raise _NotUnderstoodError

    def _skip_to(self, *words: str) -> str:
        while (word := self._next().text.upper()) not in words:
            pass
        return word

    def _skip_modifiers(self) -> None:
        """To the end of a SELECT in a group; what looks at lines behind its own is not read."""
        while (word := self._next().text.upper()) != "}":
            if word in _LOOKING:
                raise _NotUnderstoodError

    def _skip_braces(self) -> None:
        self._expect("{")
        while (word := self._next().text) != "}":
            if word == "{":
                raise _NotUnderstoodError
