"""Which lines of a graph a query can match, as far as the query alone says.

A query is read into the patterns of its triples, each with what is sure of its ends: in
`?cause rdfs:label ?label . ?listing eg:cause ?cause` the labels are those of objects of `eg:cause`
and of nothing else. What is not understood here is taken to match every line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from kg.compile.groups import (
    OPEN,
    Either,
    Fact,
    Group,
    Named,
    NotUnderstoodError,
    Parser,
    Part,
    Path,
    Sure,
    Triple,
    Values,
)
from kg.compile.lines import End, Pattern, Place, Reading
from kg.store.syntax import Token, tokens

EVERYTHING: Final = Reading((Pattern(),))


@lru_cache(maxsize=1024)
def read_query(query: str) -> Reading:
    """What a query looks at; the prefixes of this project need no declaration."""
    found = tuple(tokens(query))
    words = {each.text.upper() for each in found if each.kind == "word"}
    if words & _STRANGE:
        return EVERYTHING
    try:
        whole = Parser(found).query()
    except (NotUnderstoodError, IndexError):
        return EVERYTHING
    looks = tuple(_looks(whole, (), _met_once(found)))
    once = sum(token.text.upper() == "SELECT" for token in found) == 1  # a SELECT in it has its own
    by_piece = once and not words & _OVER_ROWS and all(look.is_step for look in looks)
    patterns = tuple(dict.fromkeys(look.pattern for look in looks))
    return Reading(patterns, _looked_up(looks) if by_piece else None)


def _looked_up(looks: Sequence[_Look]) -> tuple[Pattern, ...] | None:
    """The patterns of other subjects than the one that most of a query is about."""
    about = Counter(look.subject for look in looks if look.subject.startswith(OPEN))
    if not about:
        return None
    centre, _ = about.most_common(1)[0]
    return tuple(dict.fromkeys(look.pattern for look in looks if look.subject != centre))


UNREPEATABLE: Final = frozenset({"BNODE", "NOW", "RAND", "STRUUID", "UUID"})
"""Functions of which a query has other rows each time."""
_STRANGE: Final = UNREPEATABLE | {"BASE", "DESCRIBE", "FROM", "SERVICE"}
_OVER_ROWS: Final = frozenset(
    {"AVG", "COUNT", "GRAPH", "GROUP", "GROUP_CONCAT", "LIMIT", "MAX", "MIN", "OFFSET", "SAMPLE",
     "SUM"}
)  # fmt: skip
"""What makes a row of more than the lines of one subject."""
_COUNTING: Final = _OVER_ROWS - {"GROUP", "MAX", "MIN"}
"""What depends on more of a line than its terms, or on how many rows there are."""


class _Look(NamedTuple):
    """One triple of a query, and what it can match."""

    subject: str
    is_step: bool
    pattern: Pattern


def _met_once(found: Sequence[Token]) -> frozenset[str]:
    """The variables that stand in one place of a query: what they are, nothing else depends on.

    It may depend on how many there are, unless each row is wanted once; and on their graph.
    """
    words = [each.text.upper() for each in found]
    distinct = ("SELECT", "DISTINCT") in pairwise(words[: words.index("{")])
    if not distinct or "*" in words[: words.index("{")] or _COUNTING & {*words}:
        return frozenset()
    names = Counter(each.text[1:] for each in found if each.kind == "variable")
    return frozenset(
        f"{mark}{name}" for name, times in names.items() if times == 1 for mark in "?$"
    )


def _looks(group: Group, around: Sure, once: frozenset[str]) -> Iterator[_Look]:
    """Every triple of a group, with what is sure of it and around it."""
    own = (*around, *group.sure())
    for place, each in enumerate(group.parts):
        if isinstance(each, Triple):
            yield _Look(each.subject, each.path.is_step, _pattern(each, own, once))
        elif isinstance(each, Part):
            inner = _around(each.kind, own, group, place)
            for part in each.groups:
                yield from _looks(part, inner, once)


def _around(kind: str, own: Sure, group: Group, place: int) -> Sure:
    """What is sure around a part of a group."""
    if kind == "SELECT":  # its variables are its own
        return ()
    if kind in ("OPTIONAL", "MINUS"):
        # It matters where what stands before it holds, even if what stands after it does not:
        # without it, that would be met by a solution which it would extend or take away.
        return tuple(group.sure(place))
    return tuple(group.sure()) if kind == "FILTER" else own


def _pattern(triple: Triple, sure: Sure, once: frozenset[str]) -> Pattern:
    subject, path, value = triple
    others = [each for each in sure if each is not triple]
    if path.may_be_empty and not (_stands(subject, others) and _stands(value, others)):
        return Pattern()
    if not path.is_step:  # on its way it may pass whatever it leads through
        return Pattern(path.properties)
    return Pattern(
        _properties(path, others),
        _end(subject, others),
        _end(value, others),
        _end(path.properties[0], others).sure,
        any_object=value in once,
    )


def _end(node: str, sure: Sequence[Fact]) -> End:
    """What is known of a node: what it is, where else it stands, what its name begins with."""
    starts = (each.start for each in sure if isinstance(each, Named) and each.variable == node)
    return End(
        _constant(node),
        tuple(dict.fromkeys(_places(node, sure))),
        tuple(dict.fromkeys(starts)),
    )


def _properties(path: Path, sure: Iterable[Fact]) -> tuple[str, ...]:
    """The properties that a step can be; empty for any."""
    first = path.properties[0]
    return path.properties if first.startswith("<") else _names(first, sure)


def _names(variable: str, sure: Iterable[Fact]) -> tuple[str, ...]:
    """What a variable can stand for, or nothing where it can stand for anything."""
    named = (each for each in sure if isinstance(each, Values) and each.variable == variable)
    return next((each.names for each in named), ())


def _stands(node: str, sure: Iterable[Fact]) -> bool:
    """Whether a node is known, or is in a triple beside: then no other node matters."""
    return not node.startswith(OPEN) or any(node in _nodes(each) for each in sure)


def _nodes(fact: Fact) -> tuple[str, ...]:
    if isinstance(fact, Triple):  # two paths of no line would vouch for each other
        return () if fact.path.may_be_empty else (fact.subject, fact.object)
    return (fact.variable,) if isinstance(fact, Values) else ()


def _constant(node: str) -> str:
    return node if node.startswith("<") else ""


def _places(node: str, sure: Sequence[Fact]) -> Iterator[tuple[Place, ...]]:
    """Where a node surely stands: at one of these places, and at one of those."""
    for fact in sure if node.startswith(OPEN) else ():
        if isinstance(fact, Triple):
            yield from _places_in(node, fact, sure)
        elif isinstance(fact, Either):
            found = [next(_places(node, branch), None) for branch in fact.branches]
            if None not in found:
                yield tuple(place for places in found for place in places or ())


def _places_in(node: str, triple: Triple, sure: Sequence[Fact]) -> Iterator[tuple[Place, ...]]:
    """Where a node stands in a triple that surely holds."""
    subject, path, value = triple
    properties = _properties(path, sure) if path.is_step else ()
    if properties and subject == node:
        objects = _names(value, sure) or (_constant(value),)
        yield tuple(Place(properties, is_subject=True, object=each) for each in objects)
    if properties and value == node:
        yield (Place(properties, is_subject=False, object=""),)
