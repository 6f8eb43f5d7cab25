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
from kg.model.tables import ArgumentRule, GroupState, Hypothesis, ListedCause, ListedOrigin
from kg.model.vocabulary import EG_CASE
from kg.reasoning.continuation import Continuation
from kg.reasoning.engine import classify
from kg.reasoning.requirements import ways
from kg.reasoning.rules import Facts, Index, Rules

_HIGH: Final = "high"
"""The flag of a result of which one is enough to raise a group of tests."""
_ANY_CASE = Facts(types=((EG_CASE, EG_CASE),))
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
            figures = {figure for way in ways(rules, result) for figure, _ in way}
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


def bearing(
    hypotheses: Iterable[Hypothesis],
    causes: Collection[ListedCause],
    origins: Mapping[str, ListedOrigin],
    rules: Rules,
) -> Bearing:
    """Those that can bear on a cause or an origin, and both by what their verdict can turn on.

    Of what a hypothesis could bring, only what a cause or an origin can turn on is kept.
    """
    anyway = frozenset(classify(rules, _ANY_CASE).type_table[EG_CASE])
    triggers = _Triggers(origins)
    on_causes = _by_trigger(((c.iri, triggers.of_cause(c)) for c in causes), anyway)
    on_origins = _by_trigger(((o.iri, triggers.of_origin(o)) for o in origins.values()), anyway)
    against = _by_trigger(((c.iri, triggers.weakening(c)) for c in causes), anyway).keys()
    wanted = on_causes.keys() | on_origins.keys()
    found = []
    for each in hypotheses:
        brings = frozenset(wanted & (each.denied or _reach(rules, each)))
        if brings:
            weakens = not each.denied and not brings.isdisjoint(against)
            found.append(replace(each, brings=brings, weakens=weakens))
    return Bearing(tuple(found), on_causes, on_origins)


def _reach(rules: Rules, hypothesis: Hypothesis) -> frozenset[str]:
    """What a hypothesis could bring to any case; a size is one of a result that is there."""
    edge = (EG_CASE, hypothesis.role, hypothesis.of)
    types = [(hypothesis.of, each) for each in hypothesis.classes]
    types += [(each.of, kind) for each in hypothesis.groups for kind in (each.of, each.state)]
    groups = [(EG_CASE, hypothesis.role, each.of) for each in hypothesis.groups]
    more = Facts(tuple(types), (edge, *groups))
    if hypothesis.kind != "size":
        return reach(rules, _ANY_CASE, more, EG_CASE)
    known = Facts((*_ANY_CASE.types, (hypothesis.of, hypothesis.of)), (edge,))
    return reach(rules, known, more, EG_CASE)


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
        yield from (each.population.iri for each in cause.statements)
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


def reach(rules: Rules, known: Facts, more: Facts, subject: str) -> frozenset[str]:
    """Every class that facts could bring, and every individual that the subject could lead to.

    `known` is what every such case says of the individuals that it speaks of; more may be said of
    them, so any rule that one new premise is enough to wake is taken to fire. Of individuals that
    only `more` speaks of, nothing else is known. What `classify` finds for the subject because of
    `more` is never missing; most of what is here follows in few cases only.
    """
    before = classify(rules, known)
    after = Continuation(rules, before).with_facts(more)
    new = {
        each: classes.keys() - before.type_table.get(each, {}).keys()
        for each, classes in after.type_table.items()
    }
    run = _Reach(rules.index, before.type_table[subject])
    for individual in before.type_table.keys() - {subject}:
        found = run.followed(new[individual], before.type_table[individual])
        run.gained |= found
        run.woken(run.through_properties(found))
    run.woken(new[subject])
    edges = after.edge_table.keys() - before.edge_table
    led_to = {target for each, _, target in edges if each == subject}
    return frozenset(run.gained | run.led_to | led_to | {c for each in new.values() for c in each})


class _Reach:
    """Follows every rule of which one premise is new, as if the others were given."""

    def __init__(self, index: Index, anyway: Container[str]) -> None:
        self._index = index
        self._anyway = anyway
        self._followed: set[str] = set()
        self.gained: set[str] = set()
        self.led_to: set[str] = set()

    def woken(self, classes: Iterable[str]) -> None:
        """Add what new classes of the subject bring to it; no property leads to the subject."""
        waiting = list(classes)
        while waiting:
            new = self.followed(waiting, self._anyway) - self._followed
            self._followed |= new
            self.gained |= new
            waiting = [
                head
                for each in new
                for role, individual, _ in self._index.values.get(each, ())
                for head in self._after_edge(role, individual)
            ]

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
                given = {each for part in rest for each in (part, *index.gained[part])}
                waiting.extend({head, *index.gained[head]} - given)
        return found

    def _after_edge(self, role: str, individual: str) -> Iterator[str]:
        """The classes that a new edge of the subject brings to it."""
        self.led_to.add(individual)
        rules = self._index.roles.get(role)
        if rules is None:
            return
        yield from (class_iri for class_iri, _ in rules.domains)
        yield from rules.anything
        yield from (head for heads in rules.some.values() for head in heads)
        yield from (head for each, head in rules.values.items() if each == individual)
        for implied, _ in rules.implied:
            yield from self._after_edge(implied, individual)
