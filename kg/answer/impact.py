"""What results that may still turn out would do: which verdicts and origins move, and by what.

The case is classified with one more fact, going on from where it stood, and the causes are judged
again that the new kinds and findings bear on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Final

from msgspec.structs import replace

from kg.answer.classified import ClassifiedCase
from kg.answer.judge import ActiveArgument, Judgement
from kg.answer.kept import Sight
from kg.answer.memory import Memory
from kg.answer.model import Move, OriginMove, Result, Support, Unadvised, Verdict
from kg.answer.seen import Seen
from kg.model.topics import GroupState, Hypothesis
from kg.model.vocabulary import EG
from kg.reasoning.continuation import Gains
from kg.reasoning.portions import together
from kg.reasoning.rules import Facts

_OPEN: Final = (Verdict.CANDIDATE, Verdict.UNDETERMINED)

Brought = tuple[tuple[str, str], ...] | None
"""What a fact brings, by where it is then; None where it cannot be, or the sources are silent."""


class ResultImpact:
    """Judges one case again, as if something more had turned out."""

    def __init__(self, memory: Memory, sight: Sight) -> None:
        self._memory = memory
        self._sight = sight
        self._topic = memory.topic

    def results(self, of: Iterable[str]) -> Iterator[Result]:
        """Each result of these that is open and moves a verdict, or speaks of a cause or origin."""
        for each in of:
            for hypothesis in self._topic.possible_of.get(each, ()):
                result = _result(self._memory, hypothesis, self._sight)
                if result is not None:
                    yield result

    def unadvised(self, advised: frozenset[str]) -> tuple[Unadvised, ...]:
        """What moves a cause that is listed and open, and that no step asks about.

        That a cause may turn out to be there, or not, is no test of it, and left out; not so where
        it waits for just that.
        """
        found: defaultdict[str, list[Result]] = defaultdict(list)
        wanted = self._wanted()
        weakening = [e for e in self._topic.weakening if not e.brings.isdisjoint(wanted)]
        for each in (*weakening, *self._waited_for()):
            if each.of not in advised:
                result = _weakened(self._memory, each, self._sight)
                if result is not None:
                    found[each.of].append(result)
        names = self._memory.model.names
        return tuple(
            Unadvised(of, names[of].label, self._widest(results)) for of, results in found.items()
        )

    def _waited_for(self) -> Iterator[Hypothesis]:
        """Whether the causes are there that cannot be judged before that is known."""
        for iri, cause in self._topic.causes.items():
            waits = any(not each.finding for each in cause.pending)
            if waits and self._memory.judgement(iri, self._sight).verdict is Verdict.UNDETERMINED:
                for each in sorted(cause.presumes) or (iri,):
                    yield from self._topic.possible_of.get(each, ())

    def _wanted(self) -> frozenset[str]:
        """What of the kinds and findings that the case lacks could speak against an open cause."""
        memory = self._memory
        found = frozenset[str]().union(
            *[
                memory.row(("wanted", iri), partial(_wanted, memory, iri), self._sight)
                for iri in self._topic.causes
                if self._memory.judgement(iri, self._sight).verdict in _OPEN
            ]
        )
        return found - self._sight.case.known

    def _widest(self, results: list[Result]) -> tuple[Result, ...]:
        """Without a result that is a kind of another one that does the same."""
        supers = self._memory.rules.supers
        return tuple(
            each
            for each in results
            if not any(
                other.moves == each.moves and other.iri in supers.get(each.iri, ())
                for other in results
                if other is not each
            )
        )


def _wanted(memory: Memory, iri: str, sight: Sight) -> frozenset[str]:
    """What could speak against a cause that is open.

    A finding that is there speaks where the case becomes one that its rule is about. A rule about
    cases that this one is known not to be never speaks.
    """
    judgement, unmet = memory.judgement(iri, sight), memory.unmet(sight)
    wanted = {each.finding for each in judgement.cause.pending}
    rules = [*judgement.cause.against]
    rules += [rule for each in judgement.origins for rule in each.origin.against]
    for rule in rules:
        if rule.contexts and all(unmet.of(each)[1] for each in rule.contexts):
            continue
        finding = rule.finding
        wanted.update(rule.contexts if finding in sight.findings else (finding,))
    return frozenset(wanted)


# ── One result ──────────────────────────────────────────────────────────────────────────────


def _result(memory: Memory, hypothesis: Hypothesis, sight: Sight) -> Result | None:
    """What something that is open would do to causes and origins; None where it does nothing.

    It is kept but where the case has to be looked into as a whole.
    """
    if memory.rules.inverses or _breaks_a_group(hypothesis, sight):
        return _work_out(memory, hypothesis, sight)
    return memory.row(("result", hypothesis), partial(_work_out, memory, hypothesis), sight)


def _work_out(memory: Memory, hypothesis: Hypothesis, sight: Sight) -> Result | None:
    if not _is_open(hypothesis, sight):
        return None
    after, brought = _after(memory, hypothesis, sight)
    if after is None:
        return None
    new = tuple([each for each in brought if not _is_known(each, sight)])
    moves, supports = _cause_moves(memory, new, sight, after)
    origins = _origin_moves(memory, new, sight, after)
    sight.read |= after.read
    if not (moves or supports or origins):
        return None
    return Result(hypothesis.result, hypothesis.label, moves, supports, origins)


def _weakened(memory: Memory, hypothesis: Hypothesis, sight: Sight) -> Result | None:
    """The result with only the moves of causes that are open now."""
    result = _result(memory, hypothesis, sight)
    moves = tuple([e for e in result.moves if e.before in _OPEN]) if result else ()
    return replace(result, moves=moves, supports=(), origins=()) if result and moves else None


def _is_known(name: str, case: Seen) -> bool:
    """Whether the case is of a kind, shows a finding, or has or lacks something of a class."""
    known = (case.contexts, case.findings, case.present, case.absent)
    return any(name in each for each in known)


def _is_open(hypothesis: Hypothesis, case: Seen) -> bool:
    """Whether the case says nothing yet of what would turn out."""
    if hypothesis.kind == "size":
        results = case.results(hypothesis.of)
        compared = any(not each.figures.isdisjoint(hypothesis.figures) for each in results)
        is_open = bool(results) and not compared
    else:
        is_open = hypothesis.of not in case.present and hypothesis.of not in case.absent
    return is_open and not all(_is_known(each, case) for each in sorted(hypothesis.brings))


def _cause_moves(
    memory: Memory, new: tuple[str, ...], sight: Sight, after: Sight
) -> tuple[tuple[Move, ...], tuple[Support, ...]]:
    """What becomes of the causes that something new bears on; of the others, nothing does."""
    moves: list[Move] = []
    supports: list[Support] = []
    for iri in memory.causes_touched(new):
        before, then = memory.judgement(iri, sight), memory.judgement(iri, after)
        if before is then:
            continue
        label = before.cause.label
        if before.verdict is not then.verdict:
            statements = _brought_by(before, then)
            moves.append(Move(iri, label, before.verdict, then.verdict, statements))
        if then.verdict and then.supports and (rules := _new_support(before, then)):
            supports.append(Support(iri, label, rules))
    return tuple(moves), tuple(supports)


def _origin_moves(
    memory: Memory, new: tuple[str, ...], sight: Sight, after: Sight
) -> tuple[OriginMove, ...]:
    """The origins that more would speak for or against than does now."""
    found: list[OriginMove] = []
    for iri in memory.origins_touched(new):
        before, then = memory.origin(iri, sight), memory.origin(iri, after)
        if before is then:
            continue
        more = (*_new(before.supports, then.supports), *_new(before.against, then.against))
        if more:
            statements = tuple(dict.fromkeys(more))
            label = before.origin.label
            found.append(OriginMove(iri, label, before.standing, then.standing, statements))
    return tuple(found)


# ── The case as it would be ─────────────────────────────────────────────────────────────────


def _after(
    memory: Memory, hypothesis: Hypothesis, sight: Sight
) -> tuple[Sight | None, Collection[str]]:
    """The case with the fact, and what it has then of all that a verdict can turn on.

    None where the two cannot be, or the sources are silent then.
    """
    if _breaks_a_group(hypothesis, sight):
        after = _anew(memory, hypothesis, sight)
        return after, () if after is None else hypothesis.brings & after.case.known
    if hypothesis.denied:
        more = [("absent", each) for each in hypothesis.denied]
        return sight.with_more(more), hypothesis.brings & hypothesis.denied
    brought = brings(memory, hypothesis, sight)
    if brought is None:
        return None, ()
    return sight.with_more(brought), dict.fromkeys([each for _, each in brought])


def brings(memory: Memory, hypothesis: Hypothesis, sight: Sight) -> Brought:
    """What the fact brings; kept where the rules lead from a case to its parts, and never back.

    Where they lead back, it turns on what the other parts are, which nothing asks one by one.
    """
    if sight.case.rules.inverses:
        return _brings(hypothesis, sight)
    key = ("brings", hypothesis.kind, hypothesis.of, hypothesis.result)
    return memory.row(key, partial(_brings, hypothesis), sight)


def _brings(hypothesis: Hypothesis, sight: Sight) -> Brought:
    """What the fact brings to the case, of all that a verdict can turn on, and where it is then."""
    case = sight.case
    individual = _individual(hypothesis, case)
    known = [case.subject, *([individual] if hypothesis.kind == "size" else [])]
    gains = case.continuation.gains(_facts(hypothesis, sight), known)
    _note(gains, hypothesis, sight)
    leads = [(role, target) for each, role, target in gains.edges if each == case.subject]
    if not gains.possible or any(role == EG.outsideScope for role, _ in leads):
        return None
    marks = [("contexts", each) for each in gains.types.get(case.subject, ())]
    marks += [("findings", each) for role, each in leads if role == EG.hasFinding]
    marks += [("present", each) for each in gains.types.get(individual, ())]
    return tuple([(sort, each) for sort, each in marks if each in hypothesis.brings])


def _note(gains: Gains, hypothesis: Hypothesis, sight: Sight) -> None:
    """Note what of the case it turned on what a fact brings: of its kinds, and of a result."""
    results = sight.results(hypothesis.of) if hypothesis.kind == "size" else []
    for name, each in gains.asked:
        of = sight.subject_types if name == sight.case.subject else results[0].types
        of.__contains__(each)
    for name, role in gains.numbers:
        if name == sight.case.subject:
            sight.has(role, "")
        else:
            results[0].figures.__contains__(role)


def _anew(memory: Memory, hypothesis: Hypothesis, sight: Sight) -> Sight | None:
    """The case classified anew, where tests that are read together are normal no more."""
    case, rules, more = sight.case, memory.rules, _facts(hypothesis, sight)
    gone = {each for group in hypothesis.groups for each in case.results_of(group.of)}
    kept = [each for each in case.facts.all() if gone.isdisjoint((each.subject, str(each.value)))]
    found = together(rules, Facts.of((*kept, *more.all())), case.subject)
    leads = [each for portion in found.portions for each in portion.leads]
    if not found.possible or any(each.role == EG.outsideScope for each in leads):
        return None
    types = found.types_of(_individual(hypothesis, case))
    after = replace(
        case,
        contexts=found.types.difference(rules.definitions),
        findings=frozenset([each.target for each in leads if each.role == EG.hasFinding]),
        present=case.present.union(types).difference(rules.definitions),
    )
    return sight.of(after)


def _breaks_a_group(hypothesis: Hypothesis, case: Seen) -> bool:
    """Whether tests that are read together, and are normal now, would be so no more."""
    return any(each.raised and _reads(each, case) for each in hypothesis.groups)


def _reads(group: GroupState, case: Seen) -> bool:
    """Whether the case has a state of such tests that is worked out and another one."""
    found = case.results(group.of)
    return any(each.worked_out and group.state not in each.types for each in found)


def _gains(group: GroupState, sight: Sight) -> bool:
    """Whether one more result gives such tests a state, which a given one keeps from them."""
    if sight.results(group.of):
        return _reads(group, sight) and group.raised
    others = any(sight.results(each) for each in group.members)
    return group.raised or not others


def _facts(hypothesis: Hypothesis, sight: Sight) -> Facts:
    individual, case = _individual(hypothesis, sight.case), sight.case.subject
    types = [(individual, each) for each in hypothesis.classes]
    if hypothesis.kind == "size":
        return Facts(tuple(types))
    edges = [(case, hypothesis.role, individual)]
    for number, group in enumerate(hypothesis.groups):
        if _gains(group, sight):
            name = f"{case}:read-together:{number}"
            types += [(name, group.of), (name, group.state)]
            edges.append((case, hypothesis.role, name))
    return Facts(tuple(types), tuple(edges))


def _individual(hypothesis: Hypothesis, case: ClassifiedCase) -> str:
    known = case.results_of(hypothesis.of) if hypothesis.kind == "size" else ()
    return known[0] if known else f"{case.subject}:may-turn-out"


# ── What is new ─────────────────────────────────────────────────────────────────────────────


def _brought_by(before: Judgement, after: Judgement) -> tuple[str, ...]:
    """The statements by which a cause gets its verdict, those of the new fact alone."""
    found: list[str] = []
    match after.verdict:
        case Verdict.ARGUED_AGAINST | Verdict.EXCLUDED:
            found = [*_new(_decisive(before), _decisive(after))]
        case Verdict.UNDETERMINED:
            known_data = {each.need.datum.iri for each in before.open_data}
            found = [
                name
                for each in after.open_data
                if each.need.datum.iri not in known_data
                for name in each.need.statements
            ]
        case Verdict.CANDIDATE:
            pass
        case None:
            return ()
    return tuple(dict.fromkeys(found or after.statements))


def _decisive(judgement: Judgement) -> tuple[ActiveArgument, ...]:
    """What speaks against a cause, or where nothing does, against its tissues."""
    if judgement.against:
        return judgement.against
    return tuple(each for origin in judgement.origins for each in origin.against)


def _new(before: Iterable[ActiveArgument], after: Iterable[ActiveArgument]) -> Iterator[str]:
    """The statements by which findings would speak that do not now."""
    known = {(each.rule, name) for each in before for name in each.statements}
    for each in after:
        yield from (name for name in each.statements if (each.rule, name) not in known)


def _new_support(before: Judgement, after: Judgement) -> tuple[str, ...]:
    """The statements by which findings would speak for the cause that do not now."""
    known = {each.rule for each in before.supports}
    new = (each for each in after.supports if each.rule not in known)
    return tuple(dict.fromkeys(name for each in new for name in each.statements))
