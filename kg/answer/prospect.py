"""Judges a case again as if something more had turned out: which verdicts would move, and why.

The case is classified with one more fact, going on from where it stood, and the causes are judged
again that the new kinds and findings bear on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import islice

from kg.answer.causes import active_rules, open_needs, own_statements, verdict_of
from kg.answer.hypotheses import ROLES, Hypothesis, possible
from kg.answer.model import Move, Result, Support, Unadvised, Verdict
from kg.answer.situation import Situation
from kg.answer.tables import ListedCause, Topic
from kg.model.vocabulary import EG_HAS_FINDING, EG_OUTSIDE_SCOPE
from kg.reasoning.engine import Continuation
from kg.reasoning.ruleset import Facts
from kg.store.knowledge import Knowledge

_NO_FIGURES: frozenset[str] = frozenset()
_OPEN = (Verdict.CANDIDATE, Verdict.UNDETERMINED)

Effects = tuple[tuple[Move, ...], tuple[Support, ...]]
"""The causes that would move, and those that would be supported."""


class Prospect:
    """Judges one case again, as if something more had turned out."""

    def __init__(
        self,
        knowledge: Knowledge,
        topic: Topic,
        situation: Situation,
        verdicts: Mapping[str, Verdict | None],
    ) -> None:
        self._possible = possible(knowledge, topic.finding.iri)
        self._rules = knowledge.rules
        self._topic = topic
        self._situation = situation
        self._names = knowledge.model.names
        self._known = situation.contexts | situation.findings | situation.present | situation.absent
        self._verdicts = verdicts
        self._effects: dict[tuple[frozenset[str], bool], Effects] = {}

    def results(self, of: Iterable[str]) -> Iterator[Result]:
        """Each result of these that is open and would move a verdict or support a cause."""
        for each in of:
            for hypothesis in self._possible.by_of.get(each, ()):
                if self._is_open(hypothesis):
                    yield from self._result(hypothesis)

    def lists(self, cause: str) -> bool:
        """Whether a statement lists a cause for the case as it is."""
        return self._verdicts.get(cause) is not None

    def unadvised(self, advised: frozenset[str]) -> tuple[Unadvised, ...]:
        """What moves a cause that is listed and open, and that no step asks about.

        That a cause may turn out to be there, or not, is no test of it, and left out; not so where
        it waits for just that.
        """
        waiting = [
            each
            for cause in self._topic.causes.values()
            if self._verdicts[cause.iri] is Verdict.UNDETERMINED
            and any(not each.finding for each in cause.waiting)
            for each in self._possible.by_of.get(cause.iri, ())
        ]
        found: defaultdict[str, list[Result]] = defaultdict(list)
        causes, wanted = self._topic.causes, self._could_weaken()
        others = (
            each
            for each in self._possible.weakening
            if each.of not in causes and not each.brings.isdisjoint(wanted)
        )
        for each in (*others, *waiting):
            if each.of not in advised and self._is_open(each):
                found[each.of].extend(self._weakened(each))
        names = self._names
        return tuple(
            Unadvised(of, names[of].label, self._widest(results))
            for of, results in found.items()
            if results
        )

    def _could_weaken(self) -> set[str]:
        """What of the kinds and findings that the case lacks could speak against an open cause.

        A finding that is there speaks where the case becomes one that its rule is about.
        """
        wanted: set[str] = set()
        for cause in self._topic.causes.values():
            if self._verdicts[cause.iri] not in _OPEN:
                continue
            wanted.update(each.finding for each in cause.waiting)
            for said in cause.against:
                finding = said.argument.finding.iri
                wanted.update(said.contexts if finding in self._situation.findings else (finding,))
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
                yield replace(result, moves=moves, supports=())

    def _is_open(self, hypothesis: Hypothesis) -> bool:
        """Whether the case says nothing yet of what would turn out."""
        situation = self._situation
        if hypothesis.kind == "size":
            results = situation.results_of(hypothesis.of)
            given = (situation.figures.get(each, _NO_FIGURES) for each in results)
            compared = any(hypothesis.figures & each for each in given)
            return bool(results) and not compared and not hypothesis.brings <= self._known
        known = hypothesis.of in situation.present or hypothesis.of in situation.absent
        return not known and not hypothesis.brings <= self._known

    def _result(self, hypothesis: Hypothesis) -> Iterator[Result]:
        after = self._after(hypothesis)
        if after is None:
            return
        gained = (after.contexts, after.findings, after.present, after.absent)
        new = frozenset(
            each
            for each in hypothesis.brings
            if each not in self._known and any(each in group for group in gained)
        )
        key = new, bool(hypothesis.denied)
        if key not in self._effects:
            self._effects[key] = self._judged(new, after)
        moves, supports = self._effects[key]
        if moves or supports:
            yield Result(hypothesis.result, hypothesis.label, moves, supports)

    def _judged(self, new: frozenset[str], after: Situation) -> Effects:
        """What becomes of the causes that something new bears on; of the others, nothing does."""
        touched = {cause.iri for each in new for cause in self._possible.bears_on[each]}
        moves: list[Move] = []
        supports: list[Support] = []
        for cause in self._topic.causes.values():
            if cause.iri not in touched:
                continue
            before, then = self._verdicts[cause.iri], verdict_of(cause, after)
            if before is not then:
                statements = _brought_by(cause, self._situation, after, then)
                moves.append(Move(cause.iri, cause.label, before, then, statements))
            if then is not None and (rules := self._new_support(cause, after)):
                supports.append(Support(cause.iri, cause.label, rules))
        return tuple(moves), tuple(supports)

    def _after(self, hypothesis: Hypothesis) -> Situation | None:
        """The case with the fact; None where the two cannot be, or the sources are silent then."""
        situation = self._situation
        if hypothesis.denied:
            return replace(situation, absent=situation.absent | hypothesis.denied)
        closure = self._continuation.with_facts(self._facts(hypothesis))
        if closure.clashes:
            return None
        findings = set(situation.findings)
        for subject, role, target in islice(
            closure.edge_table, len(situation.closure.edge_table), None
        ):
            if subject == situation.subject and role == EG_OUTSIDE_SCOPE:
                return None
            if subject == situation.subject and role == EG_HAS_FINDING:
                findings.add(target)
        expressions = self._rules.definitions.keys()
        found = self._individual(hypothesis)
        return replace(
            situation,
            closure=closure,
            contexts=frozenset(closure.type_table[situation.subject].keys() - expressions),
            findings=frozenset(findings),
            present=situation.present | (closure.type_table[found].keys() - expressions),
        )

    @cached_property
    def _continuation(self) -> Continuation:
        return Continuation(self._rules, self._situation.closure)

    def _facts(self, hypothesis: Hypothesis) -> Facts:
        individual = self._individual(hypothesis)
        types = tuple((individual, each) for each in hypothesis.classes)
        if hypothesis.kind == "size":
            return Facts(types)
        edge = (self._situation.subject, ROLES[hypothesis.kind], individual)
        return Facts(types, (edge,))

    def _individual(self, hypothesis: Hypothesis) -> str:
        known = self._situation.results_of(hypothesis.of) if hypothesis.kind == "size" else ()
        return known[0] if known else f"{self._situation.subject}:may-turn-out"

    def _new_support(self, cause: ListedCause, after: Situation) -> tuple[str, ...]:
        """The statements by which findings would speak for the cause that do not now."""
        found = (
            rule
            for said in cause.supports
            if (rules := active_rules(said, after)) and not active_rules(said, self._situation)
            for rule in rules
        )
        return tuple(dict.fromkeys(found))


def _brought_by(
    cause: ListedCause, before: Situation, after: Situation, then: Verdict | None
) -> tuple[str, ...]:
    """The statements by which a cause gets its verdict, those of the new fact alone."""
    match then:
        case Verdict.ARGUED_AGAINST | Verdict.EXCLUDED:
            found = [
                each
                for said in cause.against
                for each in active_rules(said, after)
                if each not in active_rules(said, before)
            ]
        case Verdict.UNDETERMINED:
            known = {need.datum.iri for need in open_needs(cause, before)}
            found = [
                each
                for need in open_needs(cause, after)
                if need.datum.iri not in known
                for each in need.statements
            ]
        case Verdict.CANDIDATE:
            found = []
        case None:
            return ()
    return tuple(dict.fromkeys(found or own_statements(cause, after)))
