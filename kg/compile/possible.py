"""What may turn out in a case, as far as a verdict can turn on it, whoever the case is.

A hypothesis is one more fact: a result, a condition, a treatment. What could never move a verdict,
whatever else is known, is sorted out here, by an upper bound of what can follow from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from kg.model.compiled import Name
from kg.model.topics import ArgumentRule, GroupState, Hypothesis, ListedCause, ListedOrigin
from kg.model.vocabulary import EG
from kg.reasoning.closure import Closure
from kg.reasoning.continuation import Continuation
from kg.reasoning.engine import classify
from kg.reasoning.requirements import ways
from kg.reasoning.rules import Facts, Index, Rules

_HIGH: Final = "high"
"""The flag of a result of which one is enough to raise a group of tests."""
_ANY_CASE = Facts(types=((EG.Case, EG.Case),))
"""What holds of every case, so that nothing can bring it."""


def possible_results(
    rows: Iterable[Mapping[str, str]],
    together: Iterable[Mapping[str, str]],
    rules: Rules,
    names: Mapping[str, Name],
) -> Iterator[Hypothesis]:
    """Everything that the graph knows may turn out; `together` are the tests read together."""
    groups = [*_groups(together)]
    for row in rows:
        kind, of, result, word = row["kind"], row["of"], row["result"], row["word"]
        if kind in ("state", "size"):
            label = f"{names[of].short} {word}" if kind == "state" else word
            figures = {limit.figure for way in ways(rules, result) for limit in way}
            found = Hypothesis(kind, of, result, label, figures=frozenset(figures))
            raised = kind == "state" and word == _HIGH
            read_with = (g for g in groups if kind == "state" and of in g.members)
            yield replace(found, groups=tuple(g for g in read_with if g.raised is raised))
        else:
            yield Hypothesis(kind, of, result, f"{word}: yes")
            yield Hypothesis(kind, of, result, f"{word}: no", rules.below(result))


def _groups(rows: Iterable[Mapping[str, str]]) -> Iterator[GroupState]:
    """Each state of each group of tests, with the members of the group."""
    found: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        found[row["group"], row["state"], row["word"]].add(row["member"])
    for (group, state, word), members in found.items():
        yield GroupState(group, state, word == _HIGH, frozenset(members))


@dataclass(frozen=True)
class Bearing:
    """What may turn out and bears on causes or origins, and what each of them can turn on."""

    possible: tuple[Hypothesis, ...]
    on_causes: dict[str, tuple[str, ...]]
    on_origins: dict[str, tuple[str, ...]]


def reached(
    hypotheses: Iterable[Hypothesis], rules: Rules
) -> tuple[tuple[Hypothesis, frozenset[str]], ...]:
    """Each hypothesis with what it could bring to any case, or would deny."""
    reaching = Reaching(rules)
    return tuple((each, each.denied or _reach(reaching, each)) for each in hypotheses)


def bearing(
    hypotheses: Iterable[tuple[Hypothesis, frozenset[str]]],
    causes: Collection[ListedCause],
    origins: Mapping[str, ListedOrigin],
    rules: Rules,
) -> Bearing:
    """Those that can bear on a cause or an origin, and both by what their verdict can turn on.

    The hypotheses come with what they could bring, of which only what a cause or an origin can turn
    on is kept.
    """
    anyway = frozenset(classify(rules, _ANY_CASE).type_table[EG.Case])
    triggers = _Triggers(origins)
    on_causes = _by_trigger(((c.iri, triggers.of_cause(c)) for c in causes), anyway)
    on_origins = _by_trigger(((o.iri, triggers.of_origin(o)) for o in origins.values()), anyway)
    against = _by_trigger(((c.iri, triggers.weakening(c)) for c in causes), anyway).keys()
    wanted = on_causes.keys() | on_origins.keys()
    found = []
    for each, could in hypotheses:
        brings = frozenset(wanted & could)
        if brings:
            weakens = not each.denied and not brings.isdisjoint(against)
            found.append(replace(each, brings=brings, weakens=weakens))
    return Bearing(tuple(found), on_causes, on_origins)


def _reach(reaching: Reaching, hypothesis: Hypothesis) -> frozenset[str]:
    """What a hypothesis could bring to any case; a size is one of a result that is there."""
    edge = (EG.Case, hypothesis.role, hypothesis.of)
    types = [(hypothesis.of, each) for each in hypothesis.classes]
    types += [(each.of, kind) for each in hypothesis.groups for kind in (each.of, each.state)]
    groups = [(EG.Case, hypothesis.role, each.of) for each in hypothesis.groups]
    more = Facts(tuple(types), (edge, *groups))
    if hypothesis.kind != "size":
        return reaching.reach(_ANY_CASE, more, EG.Case)
    known = Facts((*_ANY_CASE.types, (hypothesis.of, hypothesis.of)), (edge,))
    return reaching.reach(known, more, EG.Case)


def _by_trigger(
    things: Iterable[tuple[str, Iterable[str]]], anyway: Container[str]
) -> dict[str, tuple[str, ...]]:
    """The IRIs by what their verdict can turn on."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for iri, triggers in things:
        for each in triggers:
            if each not in anyway:
                found[each][iri] = None
    return {each: tuple(iris) for each, iris in found.items()}


@dataclass(frozen=True)
class _Triggers:
    """Names every kind of case, finding and class that a verdict can turn on."""

    origins: Mapping[str, ListedOrigin]

    def of_cause(self, cause: ListedCause) -> Iterator[str]:
        """What the verdict on a cause can turn on."""
        yield from (cause.iri, *sorted(cause.presumes))
        yield from (each.population.iri for each in (*cause.statements, *cause.denials))
        yield from _turning_on(cause.supports)
        yield from self.weakening(cause)
        for each in cause.origins:
            yield from _turning_on(self.origins[each.origin.iri].supports)

    def weakening(self, cause: ListedCause) -> Iterator[str]:
        """What a verdict on a listed cause can turn on for the worse."""
        yield from _turning_on(cause.against)
        yield from (each.finding for each in cause.pending if each.finding)
        for each in cause.origins:
            yield from _turning_on(self.origins[each.origin.iri].against)

    def of_origin(self, origin: ListedOrigin) -> Iterator[str]:
        """What the standing of an origin can turn on."""
        yield from _turning_on(origin.supports)
        yield from _turning_on(origin.against)


def _turning_on(rules: Iterable[ArgumentRule]) -> Iterator[str]:
    """The findings that speak, and the kinds of case that their rules are about."""
    for rule in rules:
        yield rule.finding
        yield from rule.contexts


# ── What could follow from one more fact ────────────────────────────────────────────────────


class Reaching:
    """Answers, for many hypotheses about the same cases, what facts could bring."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._starts: dict[tuple[Facts, str], tuple[Closure, Continuation, _Reach]] = {}

    def reach(self, known: Facts, more: Facts, subject: str) -> frozenset[str]:
        """Every class that facts could bring, and every individual that the subject could lead to.

        `known` is what every such case says of the individuals that it speaks of; more may be said
        of them, so any rule that one new premise is enough to wake is taken to fire. Of individuals
        that only `more` speaks of, nothing else is known. What `classify` finds for the subject
        because of `more` is never missing; most of what is here follows in few cases only.
        """
        before, continued, run = self._start(known, subject)
        after = continued.with_facts(more)
        new = {
            each: classes.keys() - before.type_table.get(each, {}).keys()
            for each, classes in after.type_table.items()
        }
        gained = set().union(*new.values())
        for individual in before.type_table.keys() - {subject}:
            found = run.followed(new[individual], before.type_table[individual])
            gained |= found
            gained |= run.woken(run.through_properties(found))
        gained |= run.woken(new[subject])
        edges = after.edge_table.keys() - before.edge_table
        return frozenset(gained | {target for each, _, target in edges if each == subject})

    def _start(self, known: Facts, subject: str) -> tuple[Closure, Continuation, _Reach]:
        if (known, subject) not in self._starts:
            before = classify(self._rules, known)
            run = _Reach(self._rules.index, before.type_table[subject])
            self._starts[known, subject] = before, Continuation(self._rules, before), run
        return self._starts[known, subject]


class _Reach:
    """Follows every rule of which one premise is new, as if the others were given.

    What follows from several classes is what follows from each, so what a property brings to
    whatever has it is worked out once.
    """

    def __init__(self, index: Index, anyway: Container[str]) -> None:
        self._index = index
        self._anyway = anyway
        self._of_property: dict[str, frozenset[str]] = {}
        self._of_edge: dict[tuple[str, str], frozenset[str]] = {}
        self._brought: dict[tuple[tuple[str, ...], str], frozenset[str]] = {}

    def woken(self, classes: Iterable[str]) -> set[str]:
        """What new classes of the subject bring to it, and where they lead it.

        No property leads to the subject.
        """
        found = self.followed(classes, self._anyway)
        return found.union(*map(self._after_edge, self._edges(found)))

    def _edges(self, classes: Iterable[str]) -> set[tuple[str, str]]:
        """What classes of the subject lead it to: property and individual."""
        values = self._index.values
        return {
            (role, individual) for each in classes for role, individual, _ in values.get(each, ())
        }

    def _after_edge(self, edge: tuple[str, str]) -> frozenset[str]:
        """What a new edge of the subject brings to it, and where that leads it."""
        if edge not in self._of_edge:
            role, individual = edge
            found = {individual, *self._after_property(role)}
            heads = self._heads_of_value(role, individual)
            self._of_edge[edge] = frozenset(self._spread(heads, found))
        return self._of_edge[edge]

    def _after_property(self, role: str) -> frozenset[str]:
        """The same for an edge of a property, wherever it leads."""
        if role not in self._of_property:
            self._of_property[role] = frozenset(self._spread(self._heads_of_property(role), ()))
        return self._of_property[role]

    def _spread(self, heads: Iterable[str], known: Iterable[str]) -> set[str]:
        """What new classes bring besides what is known to follow with all that it brings."""
        found = set(known)
        waiting = list(heads)
        while waiting:
            new = self.followed(waiting, self._anyway) - found
            found |= new
            edges = self._edges(new)
            found |= {individual for _, individual in edges}
            waiting = [
                head
                for role, individual in edges
                for heads_of in (
                    self._heads_of_property(role),
                    self._heads_of_value(role, individual),
                )
                for head in heads_of
            ]
        return found

    def _heads_of_property(self, role: str) -> Iterator[str]:
        """The classes that an edge of a property may bring to what it starts from."""
        rules = self._index.roles.get(role)
        if rules is None:
            return
        yield from (class_iri for class_iri, _ in rules.domains)
        yield from rules.anything
        yield from (head for heads in rules.some.values() for head in heads)
        for implied, _ in rules.implied:
            yield from self._heads_of_property(implied)

    def _heads_of_value(self, role: str, individual: str) -> Iterator[str]:
        """The classes of what leads to an individual."""
        rules = self._index.roles.get(role)
        if rules is None:
            return
        if individual in rules.values:
            yield rules.values[individual]
        for implied, _ in rules.implied:
            yield from self._heads_of_value(implied, individual)

    def through_properties(self, classes: Iterable[str]) -> Iterator[str]:
        """What new classes of an individual bring to those that lead to it."""
        for each in classes:
            yield from (head for _, head in self._index.fillers.get(each, ()))

    def followed(self, classes: Iterable[str], anyway: Container[str]) -> set[str]:
        """The classes, with what follows from them for the same individual.

        The other parts of a conjunction are given, with all that they imply, so those are not new.
        """
        index = self._index
        found: set[str] = set()
        waiting = [each for one in classes for each in (one, *index.gained[one])]
        while waiting:
            current = waiting.pop()
            if current in found or current in anyway:
                continue
            found.add(current)
            for rest, head, _ in index.conjunctions.get(current, ()):
                waiting.extend(self._beyond(rest, head))
        return found

    def _beyond(self, given: tuple[str, ...], head: str) -> frozenset[str]:
        """What a class brings besides what other classes do."""
        if (given, head) not in self._brought:
            gained = self._index.gained
            known = {each for part in given for each in (part, *gained[part])}
            self._brought[given, head] = frozenset({head, *gained[head]} - known)
        return self._brought[given, head]
