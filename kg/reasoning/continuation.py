"""What more facts would bring to a case that is classified; it is asked many times of one case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from msgspec import Struct

from kg.reasoning.closure import GIVEN, Clash, Closure
from kg.reasoning.engine import Run, find_clashes
from kg.reasoning.rules import Alone, Facts, Index, Rules, Why

_THING: Final = "urn:etiograph:thing"
"""A thing of which nothing is known but its classes."""


class Gains(Struct, frozen=True, eq=False):
    """What more facts bring to a case."""

    types: dict[str, list[str]]
    """The classes and expressions that each individual gains."""
    edges: tuple[tuple[str, str, str], ...]
    possible: bool
    """Whether they can be together with the case."""
    asked: tuple[tuple[str, str], ...]
    """By individual of the case, the classes of which it turned on whether it had them."""
    numbers: tuple[tuple[str, str], ...]
    """The same with the data properties of which it turned on whether it had a value."""


class Continuation:
    """A classified case that can be asked, many times, what more facts would bring."""

    def __init__(self, rules: Rules, closure: Closure) -> None:
        self._index = rules.index
        self._closure = closure
        self._before = _RunFurther(rules.index)
        self._before.resume(closure)

    def with_facts(self, facts: Facts) -> Closure:
        """What `classify` makes of the facts of the case and these; the case stays as it was.

        The clashes are those of individuals of which more is known now.
        """
        run = self._before.copy()
        run.go_on(facts)
        closure = Closure(facts, run.types, run.edges, run.values)
        clashes = self._clashes(closure, run)
        return closure if not clashes else Closure(facts, run.types, run.edges, run.values, clashes)

    def gains(self, facts: Facts, of: Collection[str]) -> Gains:
        """What the facts bring to the case, and what of these individuals it turned on."""
        run = self._before.copy()
        watched = {each: _Watched(run.types[each]) for each in of}
        run.types |= watched
        run.go_on(facts)
        clashes = self._clashes(Closure(facts, run.types, run.edges, run.values), run)
        asked = [(name, each) for name in of for each in watched[name].asked]
        asked += [(n, each) for n in of for each in self._apart(run.gained.get(n, ()))]
        return Gains(
            run.gained,
            tuple(islice(run.edges, len(self._closure.edge_table), None)),
            not clashes,
            tuple(asked),
            tuple((n, role) for n in of for role in self._bounded(run.gained.get(n, ()))),
        )

    def _apart(self, gained: Iterable[str]) -> Iterator[str]:
        """The classes that nothing can have beside those gained."""
        index = self._index
        for each in gained:
            for group, _ in index.disjoint.get(each, ()):
                yield from index.apart[group].classes

    def _bounded(self, gained: Collection[str]) -> Iterator[str]:
        """The data properties whose values have to lie within classes that are gained."""
        for role, limited in self._index.intervals.items():
            if not limited.keys().isdisjoint(gained):
                yield role

    def _clashes(self, closure: Closure, run: _RunFurther) -> tuple[Clash, ...]:
        """The clashes of individuals that have gained a value, or a class that can clash."""
        able = run.able_to_clash.union([each for each, _, _ in closure.facts.values])
        return find_clashes(self._index, closure, able) if able else ()


def _by_individual(types: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for individual, class_iri in types:
        found[individual] = (*found.get(individual, ()), class_iri)
    return found


class _Watched(dict[str, Why]):
    """The types of an individual, with those that were asked for."""

    def __init__(self, types: Mapping[str, Why], asked: set[str] | None = None) -> None:
        super().__init__(types)
        self.asked: set[str] = set() if asked is None else asked

    def __contains__(self, class_iri: object) -> bool:
        self.asked.add(str(class_iri))
        return super().__contains__(class_iri)

    def copy(self) -> _Watched:
        """The same types, which go on to note what is asked for."""
        return _Watched(self, self.asked)


class _RunFurther(Run):
    """A classification that goes on from where another one ended, without a trace in that."""

    __slots__ = ("_shared", "able_to_clash", "gained")

    def __init__(self, index: Index) -> None:
        super().__init__(index)
        self._shared: set[str] = set()
        """The individuals whose types are not of this run alone: to be copied before they grow."""
        self.gained: dict[str, list[str]] = {}
        """The types that each individual has gained."""
        self.able_to_clash: set[str] = set()
        """The individuals that have gained a type that can clash with others."""

    def resume(self, closure: Closure) -> None:
        """Take up where a classification ended."""
        self.types, self.edges = closure.type_table, closure.edge_table
        self.values = closure.value_table
        for edge in closure.edge_table:
            self._link(*edge)

    def copy(self) -> _RunFurther:
        """The same state, to go on from."""
        other = _RunFurther(self._index)
        other.types, other._shared = self.types.copy(), set(self.types)
        other.edges, other.values = self.edges.copy(), self.values.copy()
        other._outgoing, other._incoming = self._outgoing.copy(), self._incoming.copy()
        return other

    def go_on(self, facts: Facts) -> None:
        """Add facts, and whatever follows."""
        for individual, classes in _by_individual(facts.types).items():
            self.add_thing(individual, classes)
        for subject, role, target in facts.edges:
            self.add_edge(subject, role, target, GIVEN)
        for subject, role, value in facts.values:
            self.add_value(subject, role, value, GIVEN)
        self.saturate()

    def add_thing(self, individual: str, classes: tuple[str, ...]) -> None:
        """Add classes that are given of an individual.

        Where it is new, what they bring is worked out once, for all cases.
        """
        if individual in self.types or individual in self._index.constants:
            for class_iri in classes:
                self.add_type(individual, class_iri, GIVEN)
        else:
            self._take(individual, alone(self._index, classes, ((c, GIVEN) for c in classes)))

    def meet(self, individual: str) -> dict[str, Why]:
        """The types of an individual seen for the first time: what the axioms say of it."""
        said = self._index.constants.get(individual)
        if said is None:
            return super().meet(individual)
        self._take(individual, alone(self._index, (individual,), said))
        return self.types[individual]

    def _take(self, individual: str, found: Alone) -> None:
        self.types[individual] = found.types
        self._shared.add(individual)
        self.gained[individual] = [*found.types]
        if found.clashes:
            self.able_to_clash.add(individual)
        for role, target, why in found.edges:
            self.add_edge(individual, role, target, why)

    def add_type(self, individual: str, class_iri: str, why: Why) -> None:
        """Add a type, and what it is a kind of, to what may still be the types of another run."""
        known = self.types.get(individual)
        if known is None:
            known = self.meet(individual)
        if class_iri in known:
            return
        if individual in self._shared:
            self._shared.remove(individual)
            known = self.types[individual] = known.copy()
        index = self._index
        for each in index.woken[class_iri]:
            if each not in known:
                self._woken.append((individual, each))
        implied = index.gained[class_iri]
        new = {class_iri: why} | {each: implied[each] for each in implied if each not in known}
        known |= new
        self.gained.setdefault(individual, []).extend(new)
        if not index.able_to_clash.isdisjoint(new):
            self.able_to_clash.add(individual)


def alone(index: Index, name: tuple[str, ...], said: Iterable[tuple[str, Why]]) -> Alone:
    """What is said of a thing and follows for it, whatever else there is; kept by a name."""
    known = index.alone.get(name)
    if known is None:
        run = Run(index)
        for class_iri, why in said:
            run.add_type(_THING, class_iri, why)
        run.saturate_types()
        edges = tuple((role, target, why) for (_, role, target), why in run.edges.items())
        clashes = find_clashes(index, Closure(Facts(), run.types, {}, {}))
        known = index.alone[name] = Alone(run.types[_THING], edges, bool(clashes))
    return known
