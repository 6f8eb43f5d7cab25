"""The facts and steps of a derivation in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kg.answer.proof.model import ProofStep
from kg.reasoning.asserted import MEMBER
from kg.reasoning.closure import Step
from kg.reasoning.intervals import Interval, plain
from kg.reasoning.rules import TYPE, Fact, Rules, is_expression
from kg.reasoning.trace import Trace

Described = Callable[[Fact], str]
"""What was said of the patient that gave a fact; empty where nothing was."""


@dataclass(frozen=True)
class Wording:
    """Says facts in words."""

    labels: Mapping[str, str]
    rules: Rules
    described: Described
    subjects: Mapping[str, str]
    """What to call the individuals that nothing was said of, such as the case itself."""

    def fact(self, fact: Fact) -> str:
        """One fact in words."""
        subject = self._subject(fact.subject)
        if fact.predicate == TYPE:
            return f"{subject}: {self.kind(str(fact.value))}"
        shown = fact.value if isinstance(fact.value, str) else plain(fact.value)
        return f"{subject}: {self.name(fact.predicate)} {self._object(shown)}"

    def kind(self, iri: str) -> str:
        """A class or an expression in words."""
        if not is_expression(iri):
            return self.name(iri)
        kind, *parts = self.rules.definitions[iri]
        match kind:
            case "and":
                return " and ".join(map(self.kind, parts))
            case "or":
                return " or ".join(map(self.kind, parts))
            case "some":
                return f"{self.name(parts[0])} some {self.kind(parts[1])}"
            case "value":
                return f"{self.name(parts[0])} {self.name(parts[1])}"
            case _:
                limits = Interval.from_list([each or None for each in parts[1:]])
                return f"{self.name(parts[0])} {limits.text() or 'known'}"

    def name(self, iri: str) -> str:
        """What a term is called."""
        return self.labels.get(iri, iri.rpartition("/")[2])

    def steps(self, trace: Trace) -> tuple[ProofStep, ...]:
        """The steps of a trace that use an axiom, each with what it starts from."""
        return _Steps(self, trace).steps()

    def _subject(self, individual: str) -> str:
        if individual in self.subjects:
            return self.subjects[individual]
        if individual.startswith(MEMBER):
            return self._member(individual)
        return self.described(Fact(individual, "", individual)) or self.name(individual)

    def _object(self, name: str) -> str:
        if name.startswith(MEMBER):
            return f"some {self._member(name)}"
        return self._subject(name)

    def _member(self, name: str) -> str:
        for _, target, iri in self.rules.values:
            if target == name:
                return self.kind(self.rules.definitions[iri][2])
        return self.name(name)


class _Steps:
    """Collects the steps of one trace that are told: those of form are passed over."""

    def __init__(self, wording: Wording, trace: Trace) -> None:
        self._wording = wording
        self._trace = trace
        self._numbers: dict[Fact, int] = {}
        self._steps = {step.fact: step for step in trace.steps}

    def steps(self) -> tuple[ProofStep, ...]:
        found: list[ProofStep] = []
        for step in self._trace.steps:
            if not step.axioms:
                continue
            uses, facts = self._starts(step.premises)
            said = dict.fromkeys(filter(None, map(self._wording.described, facts)))
            text = self._wording.fact(step.fact)
            found.append(ProofStep(text, step.axioms, tuple(said), uses, facts))
            self._numbers[step.fact] = len(found)
        return tuple(found)

    def _starts(self, premises: Sequence[Fact]) -> tuple[tuple[int, ...], tuple[Fact, ...]]:
        """The earlier steps and the given facts that premises come from."""
        numbers: dict[int, None] = {}
        given: dict[Fact, None] = {}
        waiting = list(reversed(premises))
        while waiting:
            fact = waiting.pop()
            step: Step = self._steps[fact]
            if fact in self._numbers:
                numbers[self._numbers[fact]] = None
            elif step.rule == "given":
                given[fact] = None
            else:
                waiting.extend(reversed(step.premises))
        return tuple(sorted(numbers)), tuple(given)
