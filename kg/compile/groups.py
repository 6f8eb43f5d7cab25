"""The groups of a query: their triples, the groups in them, and what is sure of their solutions.

A form of query that is not read here is a NotUnderstoodError, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from kg.model.vocabulary import RDF
from kg.store.syntax import Token, known_prefixes, named_iri

OPEN: Final = ("?", "$", "_:")
"""What the name of a node begins with that may be any."""
_LOOKING: Final = ("EXISTS", "VALUES", "{")
"""What begins something that looks at lines, behind the group of a SELECT."""


class NotUnderstoodError(Exception):
    """A form of query that is not read here."""


class Path(NamedTuple):
    """How a subject leads to an object: by these properties, or where there are none, by any."""

    properties: tuple[str, ...]
    is_step: bool = True
    """Whether it is one line."""
    may_be_empty: bool = False
    """Whether a node may lead to itself by no line."""


class Triple(NamedTuple):
    """One triple of a query."""

    subject: str
    path: Path
    object: str


class Values(NamedTuple):
    """The names that a variable can stand for."""

    variable: str
    names: tuple[str, ...]
    is_filter: bool = False
    """Whether a condition of the whole group says so, which an optional part of it has not met."""


class Named(NamedTuple):
    """A condition of the whole group that a variable is an IRI, which begins with something."""

    variable: str
    start: str


class Either(NamedTuple):
    """What holds in each branch of a UNION."""

    branches: tuple[tuple[Fact, ...], ...]


Fact = Triple | Values | Named | Either
Sure = tuple[Fact, ...]
"""What holds of every solution that matters."""


@dataclass
class Group:
    """What stands between two braces, in its order."""

    parts: list[Triple | Values | Named | Part] = field(default_factory=list)
    shown: frozenset[str] | None = None
    """Of the group of a SELECT the variables that are shown outside as they are; else none."""

    def sure(self, until: int | None = None) -> Iterator[Fact]:
        """What holds of every solution of the group, or of its parts until one."""
        for each in self.parts[:until]:
            if isinstance(each, Part):
                yield from each.sure()
            elif until is None or not _is_condition(each):
                yield each


def _is_condition(fact: Triple | Values | Named) -> bool:
    """Whether it is said of the whole group, wherever in it it stands."""
    return isinstance(fact, Named) or (isinstance(fact, Values) and fact.is_filter)


class Part(NamedTuple):
    """Groups in a group: of an OPTIONAL, a MINUS, a UNION, a GRAPH, a query, or a condition."""

    kind: str
    groups: list[Group]

    def sure(self) -> Iterator[Fact]:
        """What holds of every solution of the group that this is a part of."""
        if self.kind in ("GRAPH", "GROUP"):
            yield from self.groups[0].sure()
        elif self.kind == "UNION":
            yield Either(tuple(tuple(each.sure()) for each in self.groups))
        elif self.kind == "SELECT":
            yield from _shown(self.groups[0])


def _shown(group: Group) -> Iterator[Fact]:
    """What is sure outside of the group of a SELECT: its other variables are its own."""
    own = group.shown or frozenset()

    def outside(node: str) -> str:
        return node if node in own or not node.startswith(OPEN) else f"{node} in {id(group)}"

    for each in group.sure():
        if isinstance(each, Triple):
            path = each.path._replace(properties=tuple(map(outside, each.path.properties)))
            yield Triple(outside(each.subject), path, outside(each.object))
        elif not isinstance(each, Either) and each.variable in own:
            yield each


# ── Reading ─────────────────────────────────────────────────────────────────────────────────

_A: Final = f"<{RDF.type}>"
_END: Final = Token("end", "", -1)
_HEAD: Final = ("SELECT", "DISTINCT", "REDUCED", "WHERE")
"""What stands beside the variables at the head of a query."""


class Parser:
    """Reads the groups of a query (SPARQL 1.1 §19.8), and passes over what says how to show it."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._known = known_prefixes(found)
        self._at = 0

    def query(self) -> Group:
        """The group of the whole query; nothing that looks at lines may stand behind it."""
        if self._skip_to("SELECT", "ASK", "CONSTRUCT") == "CONSTRUCT":
            self._skip_braces()
        found = self._where()
        if {each.text.upper() for each in self._tokens[self._at :]} & {*_LOOKING, "}"}:
            raise NotUnderstoodError
        return found

    def _where(self) -> Group:
        """The group behind the head of a query."""
        while self._peek.text != "{":
            if self._next().text.upper() == "EXISTS":
                raise NotUnderstoodError
        return self._group()

    def _group(self) -> Group:
        self._expect("{")
        if self._peek.text.upper() == "SELECT":
            shown = self._shown()
            inner = self._where()
            inner.shown = shown
            self._skip_modifiers()
            return Group([Part("SELECT", [inner])])
        found = Group()
        while self._peek.text != "}":
            found.parts.extend(self._parts())
        self._expect("}")
        return found

    def _shown(self) -> frozenset[str]:
        """The variables of a SELECT, or none where it shows anything else."""
        start, found = self._at, []
        while self._peek.text != "{":
            found.append(self._next())
        self._at = start
        plain = all(e.kind == "variable" or e.text.upper() in _HEAD for e in found)
        return frozenset(e.text for e in found if plain and e.kind == "variable")

    def _parts(self) -> Iterator[Triple | Values | Named | Part]:
        word = self._peek.text.upper()
        if word == "{":
            yield self._union()
        elif word in ("OPTIONAL", "MINUS"):
            self._next()
            yield Part(word, [self._group()])
        elif word == "GRAPH":
            self._next()
            self._node()
            yield Part(word, [self._group()])
        elif word in ("FILTER", "BIND"):
            self._next()
            yield from self._filter(is_bind=word == "BIND")
        elif word == "VALUES":
            self._next()
            yield from self._values()
        elif word == ".":
            self._next()
        else:
            yield from self._triples()

    def _union(self) -> Part:
        groups = [self._group()]
        while self._peek.text.upper() == "UNION":
            self._next()
            groups.append(self._group())
        return Part("UNION" if len(groups) > 1 else "GROUP", groups)

    def _filter(self, *, is_bind: bool) -> Iterator[Values | Named | Part]:
        """The groups that a condition looks for, and what it surely says of variables."""
        start = self._at
        yield Part("FILTER", list(self._condition()))
        end = self._at
        bracketed = self._tokens[start].text == "("
        whole = self._conjuncts(start + 1, end - 1) if bracketed else [(start, end)]
        for first, last in [] if is_bind else whole:
            self._at = first
            with suppress(NotUnderstoodError):
                yield from self._said(last)
        self._at = end

    def _conjuncts(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where the parts of `a && b && c` begin and end; none where it is something else."""
        depth, found = 0, [start]
        for place in range(start, end):
            text = self._tokens[place].text
            depth += (text in "({") - (text in ")}")
            two = text + self._tokens[place + 1].text
            if not depth and two == "||":
                return []
            if not depth and two == "&&":
                found.append(place + 2)
        return list(zip(found, [*(place - 2 for place in found[1:]), end], strict=True))

    def _said(self, end: int) -> Iterator[Values | Named]:
        """What a condition says that ends at a token: `?a IN (NAMES)`, or how a name begins."""
        words = [each.text.upper() for each in self._tokens[self._at : end]]
        kinds = [each.kind for each in self._tokens[self._at : end]]
        if words[:2] == ["ISIRI", "("] and kinds[2:] == ["variable", "mark"]:
            yield Named(self._tokens[self._at + 2].text, "")
        elif words[:4] == ["STRSTARTS", "(", "STR", "("] and kinds[4] == "variable":
            variable = self._tokens[self._at + 4].text
            self._at += 5
            start = self._start()
            if start and self._at == end:
                yield Named(variable, start)
        elif kinds[:1] == ["variable"] and words[1:3] == ["IN", "("]:
            variable = self._node()
            self._expect("IN")
            names = self._list(",")
            if self._at == end and names and all(each.startswith("<") for each in names):
                yield Values(variable, tuple(dict.fromkeys(names)), is_filter=True)

    def _start(self) -> str:
        """The text of `), STR(NAME))` or `), "TEXT")`; empty where something else stands there."""
        rest = [self._next().text, self._next().text]
        if rest != [")", ","]:
            return ""
        token = self._next()
        if token.kind == "string":
            found = token.text[1:-1]
        elif token.text.upper() == "STR" and self._next().text == "(":
            found = self._node().strip("<>")
            rest.append(self._next().text)
        else:
            return ""
        plain = ":" in found and not {*found} & {*"\\\"'<>"}
        return found if plain and self._next().text == ")" and rest[2:] in ([], [")"]) else ""

    def _condition(self) -> Iterator[Group]:
        """The groups that a condition looks for."""
        depth = 0
        while True:
            word = self._next().text.upper()
            if word == "EXISTS":
                yield self._group()
            depth += (word == "(") - (word == ")")
            if not depth and word in (")", "EXISTS"):
                return

    def _values(self) -> Iterator[Values]:
        several = self._peek.text == "("
        variables = self._list() if several else [self._node()]
        self._expect("{")
        rows: list[list[str]] = []
        while self._peek.text != "}":
            rows.append(self._list() if several else [self._node()])
        self._expect("}")
        for variable, names in zip(variables, zip(*rows, strict=True), strict=False):
            if all(each.startswith("<") for each in names):
                yield Values(variable, tuple(dict.fromkeys(names)))

    def _list(self, between: str = "") -> list[str]:
        self._expect("(")
        found = []
        while self._peek.text != ")":
            found.append(self._node())
            if self._peek.text == between:
                self._next()
        self._expect(")")
        return found

    def _triples(self) -> Iterator[Triple]:
        """Triples with one subject."""
        subject = self._node()
        while True:
            path = self._path()
            yield Triple(subject, path, self._node())
            while self._peek.text == ",":
                self._next()
                yield Triple(subject, path, self._node())
            while self._peek.text == ";":
                self._next()
            if self._peek.text in (".", "}") or self._before.text != ";":
                return

    def _path(self) -> Path:
        """A path, or a variable in its place."""
        if self._peek.kind == "variable":
            return Path((self._next().text,))
        found = self._element()
        while self._peek.text in ("/", "|"):
            is_choice = self._next().text == "|"
            other = self._element()
            one, two = found.may_be_empty, other.may_be_empty
            found = Path(
                (*found.properties, *other.properties),
                is_choice and found.is_step and other.is_step,
                (one or two) if is_choice else (one and two),
            )
        return found

    def _element(self) -> Path:
        token = self._next()
        if token.text == "(":
            found = self._path()
            self._expect(")")
        elif token.text == "^":
            found = self._element()._replace(is_step=False)
        elif token.text == "a" or token.kind in ("iri", "name"):
            found = Path((_A if token.text == "a" else self._iri(token),))
        else:
            raise NotUnderstoodError
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
            raise NotUnderstoodError
        return token.text if token.kind in ("variable", "blank") else '"'

    def _iri(self, token: Token) -> str:
        prefix = token.text.partition(":")[0]
        is_known = prefix in self._known if token.kind == "name" else ":" in token.text
        if not is_known or "\\" in token.text:
            raise NotUnderstoodError
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
            raise NotUnderstoodError

    def _skip_to(self, *words: str) -> str:
        while (word := self._next().text.upper()) not in words:
            pass
        return word

    def _skip_modifiers(self) -> None:
        """To the end of a SELECT in a group; what looks at lines behind its own is not read."""
        while (word := self._next().text.upper()) != "}":
            if word in _LOOKING:
                raise NotUnderstoodError

    def _skip_braces(self) -> None:
        self._expect("{")
        while (word := self._next().text) != "}":
            if word == "{":
                raise NotUnderstoodError
