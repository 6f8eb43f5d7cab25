"""What results that may still turn out would do: which verdicts and origins move, and by what.

The case is classified with one more fact, going on from where it stood, and the causes are judged
again that the new kinds and findings bear on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from msgspec.structs import replace

from kg.answer.classified import ClassifiedCase, UnmetCriteria
from kg.answer.judge import (
    ActiveArgument,
    Judgement,
    Origins,
    judge_cause,
    judge_origin,
)
from kg.answer.model import Move, OriginMove, Result, Support, Unadvised, Verdict
from kg.model.tables import GroupState, Hypothesis, Topic
from kg.model.vocabulary import EG_HAS_FINDING, EG_OUTSIDE_SCOPE
from kg.reasoning.continuation import Continuation
from kg.reasoning.engine import classify
from kg.reasoning.rules import Facts
from kg.store.knowledge import KnowledgeGraph

_OPEN: Final = (Verdict.CANDIDATE, Verdict.UNDETERMINED)
_NO_FIGURES: frozenset[str] = frozenset()

Effects = tuple[tuple[Move, ...], tuple[Support, ...], tuple[OriginMove, ...]]
"""The causes that would move, those that would be supported, and the origins that would move."""


class ResultImpact:
    """Judges one case again, as if something more had turned out."""

    def __init__(
        self,
        knowledge: KnowledgeGraph,
        topic: Topic,
        case: ClassifiedCase,
        judgements: Mapping[str, Judgement],
        origins: Origins,
    ) -> None:
        self._rules = knowledge.rules
        self._names = knowledge.model.names
        self._topic = topic
        self._case = case
        self._judgements = judgements
        self._origins = origins
        self._effects: dict[tuple[frozenset[str], bool], Effects] = {}

    def results(self, of: Iterable[str]) -> Iterator[Result]:
        """Each result of these that is open and moves a verdict, or speaks of a cause or origin."""
        for each in of:
            for hypothesis in self._topic.possible_of.get(each, ()):
                if self._is_open(hypothesis):
                    yield from self._result(hypothesis)

    def unadvised(self, advised: frozenset[str], unmet: UnmetCriteria) -> tuple[Unadvised, ...]:
        """What moves a cause that is listed and open, and that no step asks about.

        That a cause may turn out to be there, or not, is no test of it, and left out; not so where
        it waits for just that.
        """
        found: defaultdict[str, list[Result]] = defaultdict(list)
        wanted = self._wanted(unmet)
        weakening = [e for e in self._topic.weakening if not e.brings.isdisjoint(wanted)]
        for each in (*weakening, *self._waited_for()):
            if each.of not in advised and self._is_open(each):
                found[each.of].extend(self._weakened(each))
        return tuple(
            Unadvised(of, self._names[of].label, self._widest(results))
            for of, results in found.items()
            if results
        )

    def _waited_for(self) -> Iterator[Hypothesis]:
        """Whether the causes are there that cannot be judged before that is known."""
        for iri, judgement in self._judgements.items():
            waits = any(not each.finding for each in judgement.cause.pending)
            if judgement.verdict is Verdict.UNDETERMINED and waits:
                for each in sorted(judgement.cause.presumes) or (iri,):
                    yield from self._topic.possible_of.get(each, ())

    def _wanted(self, unmet: UnmetCriteria) -> set[str]:
        """What of the kinds and findings that the case lacks could speak against an open cause.

        A finding that is there speaks where the case becomes one that its rule is about. A rule
        about cases that this one is known not to be never speaks.
        """
        wanted: set[str] = set()
        for judgement in self._judgements.values():
            if judgement.verdict not in _OPEN:
                continue
            wanted.update([each.finding for each in judgement.cause.pending])
            rules = [*judgement.cause.against]
            rules += [rule for each in judgement.origins for rule in each.origin.against]
            for rule in rules:
                if rule.contexts and all(unmet.of(each)[1] for each in rule.contexts):
                    continue
                finding = rule.finding
                wanted.update(rule.contexts if finding in self._case.findings else (finding,))
        return wanted - self._known

    def _widest(self, results: list[Result]) -> tuple[Result, ...]:
        """Without a result that is a kind of another one that does the same."""
        supers = self._rules.supers
        return tuple(
            each
            for each in results
            if not any(
                other.moves == each.moves and other.iri in supers.get(each.iri, ())
                for other in results
                if other is not each
            )
        )

    def _weakened(self, hypothesis: Hypothesis) -> Iterator[Result]:
        """The result with only the moves of causes that are open now."""
        for result in self._result(hypothesis):
            moves = tuple(each for each in result.moves if each.before in _OPEN)
            if moves:
                yield replace(result, moves=moves, supports=(), origins=())

    def _is_open(self, hypothesis: Hypothesis) -> bool:
        """Whether the case says nothing yet of what would turn out."""
        case = self._case
        if hypothesis.kind == "size":
            results = case.results_of(hypothesis.of)
            given = (case.figures.get(each, _NO_FIGURES) for each in results)
            compared = any(hypothesis.figures & each for each in given)
            return bool(results) and not compared and not hypothesis.brings <= self._known
        known = hypothesis.of in case.present or hypothesis.of in case.absent
        return not known and not hypothesis.brings <= self._known

    def _result(self, hypothesis: Hypothesis) -> Iterator[Result]:
        after = self._after(hypothesis)
        if after is None:
            return
        new = frozenset([each for each in hypothesis.brings - self._known if _holds(each, after)])
        key = new, bool(hypothesis.denied)
        if key not in self._effects:
            self._effects[key] = self._judged(new, after)
        moves, supports, origins = self._effects[key]
        if moves or supports or origins:
            yield Result(hypothesis.result, hypothesis.label, moves, supports, origins)

    def _judged(self, new: frozenset[str], after: ClassifiedCase) -> Effects:
        """What becomes of the causes that something new bears on; of the others, nothing does."""
        origins = self._origins_after(new, after)
        touched = {iri for each in new for iri in self._topic.bears_on.get(each, ())}
        moves: list[Move] = []
        supports: list[Support] = []
        for iri, before in self._judgements.items():
            if iri not in touched:
                continue
            then = judge_cause(before.cause, after, origins)
            label = before.cause.label
            if before.verdict is not then.verdict:
                statements = _brought_by(before, then)
                moves.append(Move(iri, label, before.verdict, then.verdict, statements))
            if then.verdict and then.supports and (rules := _new_support(before, then)):
                supports.append(Support(iri, label, rules))
        return tuple(moves), tuple(supports), tuple(self._origin_moves(origins))

    def _origins_after(self, new: frozenset[str], after: ClassifiedCase) -> Origins:
        """Every origin, those that something new bears on judged again."""
        touched = {iri for each in new for iri in self._topic.bears_on_origins.get(each, ())}
        if not touched:
            return self._origins
        return {
            iri: judge_origin(before.origin, after) if iri in touched else before
            for iri, before in self._origins.items()
        }

    def _origin_moves(self, after: Origins) -> Iterator[OriginMove]:
        """The origins that more would speak for or against than does now."""
        for iri, before in self._origins.items():
            then = after[iri]
            if then is before:
                continue
            new = (
                *_new(before.supports, then.supports),
                *_new(before.against, then.against),
            )
            if new:
                label, statements = before.origin.label, tuple(dict.fromkeys(new))
                yield OriginMove(iri, label, before.standing, then.standing, statements)

    def _after(self, hypothesis: Hypothesis) -> ClassifiedCase | None:
        """The case with the fact; None where the two cannot be, or the sources are silent then."""
        case = self._case
        if hypothesis.denied:
            return replace(case, absent=case.absent | hypothesis.denied)
        if self._breaks_a_group(hypothesis):
            return self._anew(hypothesis)
        gains = self._continuation.gains(self._facts(hypothesis))
        if gains is None:
            return None
        leads = [(role, target) for each, role, target in gains.edges if each == case.subject]
        if any(role == EG_OUTSIDE_SCOPE for role, _ in leads):
            return None
        found = gains.types.get(self._individual(hypothesis), ())
        return replace(
            case,
            contexts=self._with(case.contexts, gains.types.get(case.subject, ())),
            findings=case.findings.union([e for role, e in leads if role == EG_HAS_FINDING]),
            present=self._with(case.present, found),
        )

    def _with(self, known: frozenset[str], gained: Iterable[str]) -> frozenset[str]:
        """Named classes, with the named ones of those gained."""
        definitions = self._rules.definitions
        return known.union([each for each in gained if each not in definitions])

    @cached_property
    def _known(self) -> frozenset[str]:
        case = self._case
        return case.contexts | case.findings | case.present | case.absent

    @cached_property
    def _continuation(self) -> Continuation:
        return Continuation(self._rules, self._case.closure)

    def _anew(self, hypothesis: Hypothesis) -> ClassifiedCase | None:
        """The case classified anew, where tests that are read together are normal no more."""
        case, more = self._case, self._facts(hypothesis)
        gone = {each for group in hypothesis.groups for each in case.results_of(group.of)}
        given = case.closure.facts.all()
        kept = [each for each in given if gone.isdisjoint((each.subject, str(each.value)))]
        closure = classify(self._rules, Facts.of((*kept, *more.all())))
        if closure.clashes or closure.objects(case.subject, EG_OUTSIDE_SCOPE):
            return None
        return replace(
            case,
            contexts=closure.types(case.subject),
            findings=closure.objects(case.subject, EG_HAS_FINDING),
            present=case.present | closure.types(self._individual(hypothesis)),
        )

    def _breaks_a_group(self, hypothesis: Hypothesis) -> bool:
        """Whether tests that are read together, and are normal now, would be so no more."""
        return any(each.raised and self._reads(each) for each in hypothesis.groups)

    def _reads(self, group: GroupState) -> bool:
        """Whether the case has a state of such tests that is worked out and another one."""
        types = self._case.closure.type_table
        found = self._case.results_of(group.of)
        worked_out = (each for each in found if each.startswith(f"{self._case.subject}:group:"))
        return any(group.state not in types[each] for each in worked_out)

    def _gains(self, group: GroupState) -> bool:
        """Whether one more result gives such tests a state, which a given one keeps from them."""
        if self._case.results_of(group.of):
            return self._reads(group) and group.raised
        others = any(self._case.results_of(each) for each in group.members)
        return group.raised or not others

    def _facts(self, hypothesis: Hypothesis) -> Facts:
        individual, case = self._individual(hypothesis), self._case.subject
        types = [(individual, each) for each in hypothesis.classes]
        if hypothesis.kind == "size":
            return Facts(tuple(types))
        edges = [(case, hypothesis.role, individual)]
        for number, group in enumerate(hypothesis.groups):
            if self._gains(group):
                name = f"{case}:read-together:{number}"
                types += [(name, group.of), (name, group.state)]
                edges.append((case, hypothesis.role, name))
        return Facts(tuple(types), tuple(edges))

    def _individual(self, hypothesis: Hypothesis) -> str:
        known = self._case.results_of(hypothesis.of) if hypothesis.kind == "size" else ()
        return known[0] if known else f"{self._case.subject}:may-turn-out"


def _holds(kind: str, case: ClassifiedCase) -> bool:
    """Whether a case is of a kind, shows a finding, or has or lacks something of a class."""
    return (
        kind in case.contexts
        or kind in case.findings
        or kind in case.present
        or kind in case.absent
    )


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
