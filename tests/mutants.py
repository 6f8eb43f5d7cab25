"""Every small mistake that compiled rules could hold, and whether it is one.

A mutant is the rules with one thing changed. Rules are Horn: what follows from a body follows
wherever the body does. So a change that only takes rules away or adds some is no mistake exactly
if the rules taken away still follow, and the rules added followed before; `equivalence` says so
with the reason, and says nothing where neither can be shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from differential import ULP
from msgspec.structs import replace
from witnesses import Witness, at_and_beside

from kg.reasoning.closure import Closure
from kg.reasoning.engine import classify
from kg.reasoning.intervals import Interval
from kg.reasoning.rules import THING, TYPE, Chain, Fact, Facts, PropertyRule, Rules, is_expression

X, Y, Z = "urn:x", "urn:y", "urn:z"
DEPTH = 3
"""So many rules in a row are followed from an expression to something that can be seen."""
NEXT_BOUND = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}


@dataclass(frozen=True)
class Rule:
    """What follows from a body: a fact about it, or that it cannot be."""

    body: Facts
    head: Fact | None

    def follows(self, rules: Rules) -> bool:
        """Whether these rules draw the conclusion."""
        closure = classify(rules, self.body)
        return bool(closure.clashes) if self.head is None else _holds(closure, self.head)

    def about(self, individual: str, other: str) -> Rule:
        """The same rule, said of another individual."""

        def said(fact: Fact) -> Fact:
            subject, predicate, value = fact
            return Fact(
                other if subject == individual else subject,
                predicate,
                other if value == individual else value,
            )

        head = None if self.head is None else said(self.head)
        return Rule(Facts.of(tuple(map(said, self.body.all()))), head)


@dataclass(frozen=True)
class Mutant:
    """The rules with one thing changed, and what the change takes away and adds."""

    name: str
    rules: Rules
    lost: tuple[Rule, ...] = ()
    gained: tuple[Rule, ...] = ()


def mutants(rules: Rules) -> Iterator[Mutant]:
    """Every mutant of every table of the rules."""
    for make in (
        _subclasses,
        _conjunctions,
        _existentials,
        _values,
        _limits,
        _properties,
        _chains,
        _ends,
        _contradictions,
        _constants,
    ):
        yield from make(rules)


def _is(class_iri: str, individual: str = X) -> Facts:
    return Facts() if class_iri == THING else Facts(types=((individual, class_iri),))


def _edge(role: str, target: str = Y, *, subject: str = X) -> Facts:
    return Facts(edges=((subject, role, target),))


def _join(*facts: Facts) -> Facts:
    return Facts.of(tuple(fact for each in facts for fact in each.all()))


def _then(body: Facts, class_iri: str, individual: str = X) -> Rule:
    return Rule(body, Fact(individual, TYPE, class_iri))


def _subclasses(rules: Rules) -> Iterator[Mutant]:
    """Every direct step from a class to a wider one, and each half of every equivalence.

    The tables are closed, so what only followed through the step goes with it.
    """
    groups = {each: _group(rules, each) for each in {*rules.supers, *_all_above(rules)}}
    for group in sorted(set(groups.values()), key=min):
        above = {groups[each] for member in group for each in rules.supers.get(member, ())}
        above -= {group}
        for upper in sorted(above, key=min):
            if not any(upper in _above(rules, groups, other) for other in above - {upper}):
                yield _without_step(rules, groups, group, upper)
        for member in sorted(group) if len(group) > 1 else ():
            rest = group - {member}
            yield _without_pairs(rules, {(each, member) for each in rest})
            yield _without_pairs(rules, {(member, each) for each in rest})


def _group(rules: Rules, class_iri: str) -> frozenset[str]:
    """The class with everything that is equivalent to it."""
    same = (e for e in rules.supers.get(class_iri, ()) if class_iri in rules.supers.get(e, ()))
    return frozenset({class_iri, *same})


def _all_above(rules: Rules) -> set[str]:
    return {each for above in rules.supers.values() for each in above}


def _above(
    rules: Rules, groups: Mapping[str, frozenset[str]], group: frozenset[str]
) -> set[frozenset[str]]:
    return {groups[each] for each in rules.supers.get(min(group), ())} - {group}


def _without_step(
    rules: Rules,
    groups: Mapping[str, frozenset[str]],
    lower: frozenset[str],
    upper: frozenset[str],
) -> Mutant:
    """The hierarchy without one direct step, closed again."""
    gone = set()
    below = (each for each in groups.values() if lower in _above(rules, groups, each))
    for group in {lower, *below}:
        kept = _reached(rules, groups, group, (lower, upper))
        for lost in _above(rules, groups, group) - kept:
            gone |= {(low, high) for low in group for high in lost}
    return _without_pairs(rules, gone)


def _reached(
    rules: Rules,
    groups: Mapping[str, frozenset[str]],
    start: frozenset[str],
    without: tuple[frozenset[str], frozenset[str]],
) -> set[frozenset[str]]:
    """What is above a group by other ways than one step."""
    found: set[frozenset[str]] = set()
    waiting = [start]
    while waiting:
        group = waiting.pop()
        above = _above(rules, groups, group)
        indirect = set().union(*(_above(rules, groups, each) for each in above))
        steps = {each for each in above - indirect if (group, each) != without} - found
        found |= steps
        waiting.extend(steps)
    return found


def _without_pairs(rules: Rules, gone: set[tuple[str, str]]) -> Mutant:
    supers = {
        lower: tuple(upper for upper in above if (lower, upper) not in gone)
        for lower, above in rules.supers.items()
    }
    lost = tuple(_then(_is(lower), upper) for lower, upper in sorted(gone))
    shown = "; ".join(f"{lower} not under {upper}" for lower, upper in sorted(gone))
    return Mutant(shown, replace(rules, supers=supers), lost)


def _conjunctions(rules: Rules) -> Iterator[Mutant]:
    for place, (head, parts) in enumerate(rules.conjunctions):
        whole = _then(_join(*map(_is, parts)), head)
        name = f"{head} without its conjunction"
        yield Mutant(name, _without(rules, "conjunctions", place), (whole,))
        for part in parts:
            rest = tuple(each for each in parts if each != part)
            if rest:
                yield Mutant(
                    f"{head} without the part {part}",
                    _with(rules, "conjunctions", place, (head, rest)),
                    gained=(_then(_join(*map(_is, rest)), head),),
                )


def _existentials(rules: Rules) -> Iterator[Mutant]:
    rows = rules.existentials
    for place, (role, filler, head) in enumerate(rows):
        told = _then(_join(_edge(role), _is(filler, Y)), head)
        yield Mutant(f"{head} without {role}", _without(rules, "existentials", place), (told,))
        others = {each for _, each, _ in rows} - {filler}
        roles = {each for each, _, _ in rows} - {role}
        changed = [(role, THING)] if filler != THING else []
        changed += [(role, min(others)), (role, max(others)), (min(roles), filler)]
        for new_role, new_filler in changed:
            gained = _then(_join(_edge(new_role), _is(new_filler, Y)), head)
            yield Mutant(
                f"{head} by {new_role} to {new_filler}",
                _with(rules, "existentials", place, (new_role, new_filler, head)),
                (told,),
                (gained,),
            )


def _values(rules: Rules) -> Iterator[Mutant]:
    rows = rules.values
    for place, (role, individual, head) in enumerate(rows):
        told = _both_ways(role, individual, head)
        yield Mutant(f"{head} without its value", _without(rules, "values", place), told)
        other = rows[place - 1]
        for new_role, new in ((role, other[1]), (_another(role, rows), individual)):
            if (new_role, new) != (role, individual):
                yield Mutant(
                    f"{head} with {new_role} {new}",
                    _with(rules, "values", place, (new_role, new, head)),
                    told,
                    _both_ways(new_role, new, head),
                )


def _both_ways(role: str, individual: str, head: str) -> tuple[Rule, ...]:
    edge = _edge(role, individual)
    return _then(edge, head), Rule(_is(head), Fact(*edge.edges[0]))


def _another(role: str, rows: tuple[tuple[str, str, str], ...]) -> str:
    return min({each for each, _, _ in rows} - {role})


def _limits(rules: Rules) -> Iterator[Mutant]:
    """Every bound moved, turned from inclusive to exclusive or back, and dropped."""
    for place, (role, interval, head) in enumerate(rules.facets):
        yield Mutant(f"no limit {interval.text()} of {role}", _without(rules, "facets", place))
        for changed in _changed_limits(interval):
            yield Mutant(
                f"{role} {changed.text()} for {interval.text()}",
                _with(rules, "facets", place, (role, changed, head)),
            )


def _changed_limits(interval: Interval) -> Iterator[Interval]:
    for bound, turned in NEXT_BOUND.items():
        value: Decimal | None = getattr(interval, bound)
        if value is not None:
            yield replace(interval, **{bound: None})
            yield replace(interval, **{bound: None, turned: value})
            yield replace(interval, **{bound: value - ULP})
            yield replace(interval, **{bound: value + ULP})


def _properties(rules: Rules) -> Iterator[Mutant]:
    for role, implied in rules.super_properties.items():
        for upper in implied:
            rest = tuple(each for each in implied if each != upper)
            yield Mutant(
                f"{role} without {upper.property}",
                replace(rules, super_properties={**rules.super_properties, role: rest}),
                lost=(Rule(_edge(role), Fact(X, upper.property, Y)),),
            )


def _chains(rules: Rules) -> Iterator[Mutant]:
    for place, chain in enumerate(rules.chains):
        told = _link(chain)
        yield Mutant(f"no chain to {chain.implied}", _without(rules, "chains", place), (told,))
        turned = replace(chain, first=chain.second, second=chain.first)
        if turned != chain:
            yield Mutant(
                f"the chain to {chain.implied} turned round",
                _with(rules, "chains", place, turned),
                (told,),
                (_link(turned),),
            )


def _link(chain: Chain) -> Rule:
    body = _join(_edge(chain.first), _edge(chain.second, Z, subject=Y))
    return Rule(body, Fact(X, chain.implied, Z))


def _ends(rules: Rules) -> Iterator[Mutant]:
    for table, end in (("domains", X), ("ranges", Y)):
        rows: tuple[PropertyRule, ...] = getattr(rules, table)
        for place, row in enumerate(rows):
            told = _then(_edge(row.property), row.target, end)
            yield Mutant(f"no {table} of {row.property}", _without(rules, table, place), (told,))
    for place, row in enumerate(rules.inverses):
        told = Rule(_edge(row.property), Fact(Y, row.target, X))
        name = f"{row.property} without its inverse"
        yield Mutant(name, _without(rules, "inverses", place), (told,))


def _contradictions(rules: Rules) -> Iterator[Mutant]:
    for place, apart in enumerate(rules.disjoint):
        told = tuple(Rule(_join(_is(one), _is(other)), None) for one, other in apart.pairs())
        yield Mutant(f"{apart.classes} together", _without(rules, "disjoint", place), told)
    for role in rules.functional:
        rest = {each: axiom for each, axiom in rules.functional.items() if each != role}
        yield Mutant(f"several values of {role}", replace(rules, functional=rest))


def _constants(rules: Rules) -> Iterator[Mutant]:
    for place, (individual, class_iri, _) in enumerate(rules.constants):
        seen = _edge("urn:any", individual)
        told = _then(seen, class_iri, individual)
        name = f"{individual} not known as {class_iri}"
        yield Mutant(name, _without(rules, "constants", place), (told,))


def _without(rules: Rules, table: str, place: int) -> Rules:
    rows = getattr(rules, table)
    changed: dict[str, Any] = {table: (*rows[:place], *rows[place + 1 :])}
    return replace(rules, **changed)


def _with(rules: Rules, table: str, place: int, row: object) -> Rules:
    rows = getattr(rules, table)
    changed: dict[str, Any] = {table: (*rows[:place], row, *rows[place + 1 :])}
    return replace(rules, **changed)


def targeted(rules: Rules, mutant: Mutant) -> Iterator[Facts]:
    """Cases made from what the mutant takes away and adds: bodies, and what reads their heads."""
    for rule in (*mutant.lost, *mutant.gained):
        for body in _leading_on(rules, rule, DEPTH):
            yield concrete(rules, body)
            yield concrete(rules, body, limits=True)
            names = (_named_for(rules, class_iri) for _, class_iri in body.types)
            for choice in range(max(map(len, names), default=0)):
                yield concrete(rules, body, by_name=choice)


def concrete(
    rules: Rules, facts: Facts, *, limits: bool = False, by_name: int | None = None
) -> Facts:
    """The same facts as a case can hold them: members of expressions as their definition says.

    With limits, a value is known only to lie within one. By name, members of expressions are
    members of a class that comes under them, of those that there are the one of that number.
    """
    witness = Witness(rules, "urn:made")
    known = []
    for individual, class_iri in facts.types:
        named = _named_for(rules, class_iri) if by_name is not None else []
        if named and by_name is not None:
            known.append((individual, named[by_name % len(named)]))
        elif limits and _kind(rules, class_iri) == "facet":
            known.append((individual, class_iri))
        else:
            witness.member(individual, class_iri)
    for edge in facts.edges:
        witness.edge(*edge)
    for value in facts.values:
        witness.value(*value)
    made = witness.facts()
    return replace(made, types=(*made.types, *known))


def _named_for(rules: Rules, class_iri: str) -> list[str]:
    """What a case can say in place of an expression; a limit stands for itself."""
    kind = _kind(rules, class_iri)
    if kind in ("named", "facet"):
        return [class_iri] if kind == "facet" else []
    below = (each for each, above in rules.supers.items() if class_iri in above)
    return [each for each in below if not is_expression(each)]


def _kind(rules: Rules, class_iri: str) -> str:
    return rules.definitions.get(class_iri, ("named",))[0]


def _leading_on(rules: Rules, rule: Rule, depth: int) -> Iterator[Facts]:
    """The body of a rule, alone and with what turns its head into something to be seen."""
    yield rule.body
    for further, head in _readers(rules, rule, depth):
        yield from _leading_on(rules, Rule(_join(rule.body, further), head), depth - 1)


def equivalence(rules: Rules, mutant: Mutant) -> str:
    """Why the mutant says the same of every case as the rules; empty where that is not shown."""
    if not mutant.lost and not mutant.gained:
        return ""
    reasons = [_spared(each, mutant.rules) for each in mutant.lost]
    reasons += [_spared(each, rules) for each in mutant.gained]
    return "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""


def _spared(rule: Rule, rules: Rules) -> str:
    """Why rules draw the same conclusions with and without a further one."""
    if rule.follows(rules):
        return "it follows from other rules"
    ways = _ways(rule, rules)
    if ways and all(each.follows(rules) or _by_induction(rule, each, rules) for each in ways):
        return "the body never comes about without the head"
    if all(_comes_to_nothing(each, each, rules, DEPTH) for each in ways or [rule]):
        return "it is an expression, and whatever rules make of it follows without it"
    return ""


def _comes_to_nothing(first: Rule, rule: Rule, rules: Rules, depth: int) -> bool:
    """Whether everything that can be seen of a rule follows without it."""
    if rule.follows(rules) or (rule != first and _is_again(first, rule, rules)):
        return True
    if rule.head is None or not is_expression(str(rule.head.value)) or not depth:
        return False
    return all(
        _comes_to_nothing(first, Rule(_join(rule.body, further), head), rules, depth - 1)
        for further, head in _readers(rules, rule, depth)
    )


def _is_again(first: Rule, rule: Rule, rules: Rules) -> bool:
    """Whether a rule only says of a further individual what the first said: nothing new to see."""
    if first.head is None or rule.head is None:
        return False
    again = first.about(first.head.subject, rule.head.subject)
    closure = classify(rules, rule.body)
    return again.head == rule.head and all(_holds(closure, each) for each in again.body.all())


def _ways(rule: Rule, rules: Rules) -> list[Rule]:
    """The rule for each way in which an expression of its body comes about.

    Nothing where every part of the body can be given.
    """
    for individual, wanted in rule.body.types:
        if is_expression(wanted) and rules.definitions[wanted][0] != "facet":
            rest = tuple(fact for fact in rule.body.all() if fact != (individual, TYPE, wanted))
            origins = _origins(rules, individual, wanted)
            return [Rule(_join(way, Facts.of(rest)), rule.head) for way in origins]
    return []


def _by_induction(rule: Rule, way: Rule, rules: Rules) -> bool:
    """Whether the head follows where the rule is taken to hold of another individual already.

    That one came to be a member of the expression before the first one did.
    """
    closure = classify(rules, way.body)
    for individual, _ in rule.body.types:
        earlier = rule.about(individual, f"{individual}:other")
        if earlier.head is not None and all(_holds(closure, f) for f in earlier.body.all()):
            known = Facts.of((*way.body.all(), earlier.head))
            if Rule(known, rule.head).follows(rules):
                return True
    return False


def _holds(closure: Closure, fact: Fact) -> bool:
    if fact.predicate == TYPE:
        return closure.has_type(fact.subject, str(fact.value))
    return fact in closure


def _origins(rules: Rules, individual: str, wanted: str) -> Iterator[Facts]:
    """The bodies of the rules by which an individual is found to be a member of an expression."""
    other = f"{individual}:other"
    for head, parts in rules.conjunctions:
        if head == wanted:
            yield _join(*(_is(part, individual) for part in parts))
    for role, filler, head in rules.existentials:
        if head == wanted:
            yield _join(_edge(role, other, subject=individual), _is(filler, other))
    for role, each, head in rules.values:
        if head == wanted:
            yield _edge(role, each, subject=individual)
    for lower, above in rules.supers.items():
        if wanted in above:
            yield _is(lower, individual)


def _readers(rules: Rules, rule: Rule, depth: int) -> Iterator[tuple[Facts, Fact | None]]:
    """What follows from membership in an expression: with which further facts, and what."""
    if rule.head is None or rule.head.predicate != TYPE or not depth:
        return
    individual, wanted = rule.head.subject, str(rule.head.value)
    if not is_expression(wanted):
        return
    for head, parts in rules.conjunctions:
        if wanted in parts:
            rest = [_is(each, individual) for each in parts if each != wanted]
            yield _join(*rest), Fact(individual, TYPE, head)
    for role, filler, head in rules.existentials:
        if filler == wanted:
            other = f"urn:w:{depth}"
            yield _edge(role, individual, subject=other), Fact(other, TYPE, head)
    for role, each, head in rules.values:
        if head == wanted:
            yield Facts(), Fact(individual, role, each)
    for upper in rules.supers.get(wanted, ()):
        yield Facts(), Fact(individual, TYPE, upper)
    yield from _clashing(rules, individual, wanted)


def _clashing(rules: Rules, individual: str, wanted: str) -> Iterator[tuple[Facts, None]]:
    """What cannot be together with membership in an expression."""
    for apart in rules.disjoint:
        others = apart.classes if wanted in apart.classes else ()
        yield from ((_is(each, individual), None) for each in others if each != wanted)
    for role, interval, head in rules.facets:
        if head == wanted and role in rules.functional:
            outside = [each for each in at_and_beside(interval) if not interval.contains(each)]
            yield from ((Facts(values=((individual, role, each),)), None) for each in outside)
