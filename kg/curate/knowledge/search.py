"""The least case in which a statement speaks, and the nearest to it in which it is silent.

Cases are tried, small ones first: single results that show a finding, each with one fact more, the
questions that ship, and then what an answer itself says that a statement waits for. Nothing here
knows what the facts mean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from kg.answer.ask import ask
from kg.answer.model import Answer, Argument
from kg.case import resolve_case
from kg.model.errors import UsageError
from kg.model.spelling import fold
from kg.model.statements import short_id
from kg.model.terms import Kind, Lexicon
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows

Effects = Mapping[str, tuple[str, ...]]
"""Of each statement, by its id, the lines of an answer that rest on it or agree with it."""
AGREES: Final = "agrees with the cause: "
"""What the line of a statement begins with that agrees with a row, and that no row names."""
Tell = Callable[[Answer], Effects]
"""What tells of an answer what each statement does in it."""
Case = dict[str, Any]
"""A case as the published schema has it, without numbers: their digits are texts."""
_MESSAGES = ("alerts", "rules", "outcomes", "advice", "scope")


def effects_of(answer: Answer) -> Effects:
    """The lines of an answer by statement; what is said of other patients is none of them."""
    found: dict[str, dict[str, None]] = {}
    for line, ids in _lines(answer):
        for each in ids:
            found.setdefault(each, {})[line] = None
    return {each: tuple(lines) for each, lines in found.items()}


def agreements_of(graph: KnowledgeGraph, answer: Answer) -> Effects:
    """With which causes of an answer each statement agrees, though no row names it."""
    found: dict[str, dict[str, None]] = {}
    for row in shipped_rows(graph.store, "report/agreements").texts():
        carrying, agrees = (short_id(row[name]) for name in ("statement", "agreeing"))
        for cause in (each for each in answer.causes if carrying in each.statements):
            found.setdefault(agrees, {})[f"{AGREES}{cause.label}"] = None
    return {each: tuple(lines) for each, lines in found.items()}


def answer_case(graph: KnowledgeGraph, case: Mapping[str, Any]) -> Answer | None:
    """The answer to a case; None where it asks nothing that the graph can answer."""
    try:
        return ask(graph, resolve_case(dict(case), graph.lexicon))
    except UsageError:
        return None


def _lines(answer: Answer) -> Iterator[tuple[str, Iterable[str]]]:
    for part in _MESSAGES:
        for message in getattr(answer, part):
            ids = (*message.statements, *message.corroboration)
            yield f"{part.removesuffix('s')}: {message.label}", ids
    for origin in answer.origins:
        line = f"origin: {origin.label}, {origin.standing}"
        yield line, _arguing((*origin.supports, *origin.against))
    for cause in answer.causes:
        arguing = _arguing((*cause.supports, *cause.against))
        ids = (*cause.statements, *cause.origin_statements, *arguing)
        yield f"cause: {cause.label}, {cause.verdict}", ids
        yield f"denial: {cause.label}", cause.counter
    for step in answer.ask_next:
        yield f"step: {step.label}", step.statements


def _arguing(arguments: Iterable[Argument]) -> tuple[str, ...]:
    return tuple(each for one in arguments for each in (*one.statements, *one.corroboration))


Atom = tuple[str, Any]
"""One entry of a case: the key, and the value or the item of its list."""

_LISTS: Final = ("conditions", "drugs", "absent", "labs")
_STATES: Final = ("high", "normal", "low")
_TAKEN: Final = {
    Kind.CONDITION: "conditions",
    Kind.DRUG: "drugs",
    Kind.TREATMENT: "drugs",
}
_MULTIPLES: Final = ("120", "170", "300", "600")
"""Results in per cent of an upper limit of 100, from a little above it to far above."""
_PEOPLE: Final = (("sex", "female"), ("sex", "male"), ("age", "8"), ("age", "70"))
_MOST_HINTS: Final = 6
_MOST_TOGETHER: Final = 3


@dataclass(frozen=True, slots=True)
class Witness:
    """Two cases of one statement, with what it does in each."""

    fires: Case
    gives: tuple[str, ...]
    silent: Case | None
    """None where no case near it was found in which the statement does nothing."""


class Search:
    """Finds cases by asking; every case is asked once."""

    def __init__(
        self, graph: KnowledgeGraph, wanted: Iterable[str], tell: Tell = effects_of
    ) -> None:
        self._graph = graph
        self._wanted = set(wanted)
        self._tell = tell
        self._asked: dict[str, tuple[Answer | None, Effects]] = {}
        self._atoms = tuple(_atoms(graph.lexicon))
        self.first: dict[str, Case] = {}
        """The first case in which each wanted statement speaks."""

    def run(self, shipped: Iterable[Case]) -> dict[str, Witness]:
        """A witness for each wanted statement for which one was found, by id."""
        self._try(self._cases(tuple(shipped)))
        for each in sorted(self._wanted - self.first.keys()):
            self._follow_hints(each)
        return self._witnesses()

    def run_among(self, cases: Iterable[Case]) -> dict[str, Witness]:
        """A witness for each wanted statement that speaks in one of some cases, by id."""
        self._try(cases)
        return self._witnesses()

    def effects(self, case: Case) -> Effects:
        """What each statement does in a case; nothing in one that cannot be asked."""
        return self._ask(case)[1]

    def answer(self, case: Case) -> Answer | None:
        """The answer to a case; None where there is none."""
        return self._ask(case)[0]

    def _ask(self, case: Case) -> tuple[Answer | None, Effects]:
        key = json.dumps(case, sort_keys=True)
        if key not in self._asked:
            answer = answer_case(self._graph, case)
            self._asked[key] = answer, self._tell(answer) if answer is not None else {}
        return self._asked[key]

    def _try(self, cases: Iterable[Case]) -> None:
        """Ask one case after the other, until every wanted statement has spoken."""
        for case in cases:
            if self._wanted <= self.first.keys():
                return
            self._note(case)

    def _witnesses(self) -> dict[str, Witness]:
        return {each: self.witness(each, case) for each, case in sorted(self.first.items())}

    # ── Cases in which something speaks ─────────────────────────────────────────────────────

    def _cases(self, shipped: Sequence[Case]) -> Iterator[Case]:
        """Single facts, what shows a finding with one fact more, and the shipped questions."""
        yield from (_with({}, each) for each in self._atoms)
        yield from sorted(shipped, key=lambda case: sum(1 for _ in atoms_of(case)))
        for seed in self._seeds():
            yield from (_with(seed, each) for each in self._atoms)
        for seed in self._seeds():
            yield from (_with(seed, *two) for two in combinations(self._telling(seed), 2))

    def _telling(self, seed: Case) -> tuple[Atom, ...]:
        """The facts that change what is said beside a finding, each by itself."""
        alone = self.effects(seed)
        return tuple(each for each in self._atoms if self.effects(_with(seed, each)) != alone)

    def _seeds(self) -> tuple[Case, ...]:
        """The least case that shows each finding that can be asked about."""
        found: dict[str, Case] = {}
        for atom in self._atoms:
            case = _with({}, atom)
            answer = self.answer(case)
            if answer is not None and answer.judged:
                found.setdefault(answer.finding.iri, case)
        return tuple(found.values())

    def _note(self, case: Case) -> None:
        for each in self.effects(case).keys() & self._wanted:
            self.first.setdefault(each, case)

    def _follow_hints(self, wanted: str) -> None:
        """Add to each seed what its answer says that the statement waits for."""
        for seed in self._seeds():
            answer = self.answer(seed)
            hints = self._hints(answer, wanted) if answer is not None else ()
            for size in range(1, _MOST_TOGETHER + 1):
                for several in combinations(hints[:_MOST_HINTS], size):
                    self._note(_with(seed, *several))
                    if wanted in self.first:
                        return

    def _hints(self, answer: Answer, wanted: str) -> tuple[Atom, ...]:
        """Facts whose name an answer gives as missing for a statement."""
        names = [each.label for each in answer.unknown if wanted in each.statements]
        others = [each.elsewhere for each in answer.other_populations]
        others += [each.elsewhere for each in answer.steps_for_others]
        others += [each.elsewhere for each in answer.causes]
        for each in (where for elsewhere in others for where in elsewhere):
            names += each.missing if each.statement == wanted else ()
        folded = {fold(name) for name in names}
        return tuple(atom for atom in self._atoms if _named(atom) in folded)

    # ── The least case, and the nearest without it ──────────────────────────────────────────

    def witness(self, wanted: str, case: Case) -> Witness:
        """The least case in one in which a statement speaks, and the nearest where it is silent."""
        least = self._least(wanted, case)
        return Witness(least, self.effects(least)[wanted], self._silent(wanted, least))

    def _least(self, wanted: str, case: Case) -> Case:
        """The case without every entry that the lines of the statement do without."""
        kept = case
        for atom in tuple(atoms_of(case)):
            fewer = _without(kept, atom)
            if self.effects(fewer).get(wanted) == self.effects(case)[wanted]:
                kept = fewer
        return kept

    def _silent(self, wanted: str, case: Case) -> Case | None:
        """The nearest case in which it does nothing; one that is still judged where there is."""
        found = [each for each in _near(case) if wanted not in self.effects(each)]
        judged = (each for each in found if (told := self.answer(each)) and told.judged)
        return next(judged, found[0] if found else None)


def _near(case: Case) -> Iterator[Case]:
    """The case with one result otherwise, or without one entry."""
    for kind, value in atoms_of(case):
        if kind == "labs" and "state" in value:
            rest = _without(case, (kind, value))
            for state in _STATES:
                if state != value["state"]:
                    yield _with(rest, (kind, value | {"state": state}))
        if kind == "labs" and value.get("value") in _MULTIPLES:
            rest = _without(case, (kind, value))
            for other in _MULTIPLES:
                if other != value["value"]:
                    yield _with(rest, (kind, value | {"value": other}))
    for atom in atoms_of(case):
        yield _without(case, atom)


# ── Entries of a case ───────────────────────────────────────────────────────────────────────────


def atoms_of(case: Case) -> Iterator[Atom]:
    """The entries of a case, one by one."""
    for key, value in case.items():
        if key in _LISTS:
            yield from ((key, each) for each in value)
        else:
            yield key, value


def _with(case: Case, *atoms: Atom) -> Case:
    made = {key: [*value] if key in _LISTS else value for key, value in case.items()}
    for key, value in atoms:
        if key in _LISTS:
            made.setdefault(key, []).append(value)
        else:
            made[key] = value
    return made


def _without(case: Case, atom: Atom) -> Case:
    return _with({}, *(each for each in atoms_of(case) if each != atom))


def _atoms(lexicon: Lexicon) -> Iterator[Atom]:
    """Every fact that a case may state by a name alone, and a few results with a value."""
    entries = sorted(lexicon.entries.values(), key=lambda each: each.label)
    for entry in entries:
        if entry.kind is Kind.MARKER:
            for state in _STATES:
                yield "labs", {"marker": entry.label, "state": state}
    for entry in entries:
        if entry.kind in _TAKEN:
            yield _TAKEN[entry.kind], entry.label
    yield from _PEOPLE
    for entry in entries:
        if entry.kind is Kind.MARKER and entry.measured_in.names:
            yield from _values(entry.label, next(iter(entry.measured_in.names)))


def _values(marker: str, unit: str) -> Iterator[Atom]:
    for value in _MULTIPLES:
        lab = {"marker": marker, "value": value, "unit": unit, "low": "10", "high": "100"}
        yield "labs", lab


def _named(atom: Atom) -> str:
    """The name that an entry gives, folded as names are compared."""
    key, value = atom
    return fold(value["marker"] if key == "labs" else str(value))
