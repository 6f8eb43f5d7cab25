"""Proofs of the verdict on a cause: one for each reason that is sufficient by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.answer.model import Cause, Verdict
from kg.answer.proof.gathering import gathered
from kg.answer.proof.model import Absence, Part, Proof
from kg.answer.proof.prover import Prover, View, of_class
from kg.answer.proof.tables import EdgeNote, ListedAs, OpenDatum, Tables
from kg.model.vocabulary import eg
from kg.reasoning.ruleset import TYPE, Fact

SUPPORTED: str = eg("supportedBy")
AGAINST: str = eg("arguedAgainstBy")
EXCLUDED: str = eg("excludedBy")
MAY_CAUSE: str = eg("mayCause")
_SPEAKING = {SUPPORTED: "supports", AGAINST: "argues against", EXCLUDED: "excludes"}


@dataclass(frozen=True)
class Argument:
    """What a finding says about a cause, with the statements that say it of such a case."""

    edge: EdgeNote
    statements: tuple[str, ...]


@dataclass(frozen=True)
class CauseJudge:
    """How a cause stands in a case, by the fixed tables alone."""

    tables: Tables
    cause: str
    about: str
    denied: frozenset[str]

    def verdict(self, view: View) -> Verdict | None:
        """The verdict in a view of the case; none where the cause is not listed for it."""
        if not self.listed(view):
            return None
        against = self.arguments(view, EXCLUDED, AGAINST)
        if any(self.settles(each) for each in against):
            return Verdict.EXCLUDED
        if against:
            return Verdict.ARGUED_AGAINST
        return Verdict.UNDETERMINED if self.open_data(view) else Verdict.CANDIDATE

    def listed(self, view: View) -> tuple[ListedAs, ...]:
        """How statements about such a case list the cause, the strongest first."""
        shown = self.about in view.findings and view.in_scope and self.cause not in self.denied
        if not shown:
            return ()
        listed = self.tables.listed_as(self.about).get(self.cause, ())
        found = [each for each in listed if each.context in view.contexts]
        strength = self.tables.notes.statements
        return tuple(sorted(found, key=lambda each: -strength[each.statement].strength))

    def strength(self, view: View) -> int:
        """The rank of the weakest premise: the best statement that lists it, and the arguments."""
        notes = self.tables.notes.statements
        against = self.arguments(view, EXCLUDED, AGAINST)
        weakest = [each.edge.weakest for each in against if each.edge.weakest]
        listed = (each.statement for each in self.listed(view)[:1])
        return min((notes[each].strength for each in (*listed, *weakest)), default=0)

    def edges(self, *properties: str) -> tuple[EdgeNote, ...]:
        """Everything that any finding says about the cause."""
        found = self.tables.by_source.get(self.cause, ())
        return tuple(each for each in found if each.property in properties)

    def arguments(self, view: View, *properties: str) -> tuple[Argument, ...]:
        """What the findings of a view say about the cause."""
        found = (
            Argument(each, self.applicable(each, view))
            for each in self.edges(*properties)
            if each.target in view.findings
        )
        return tuple(each for each in found if each.statements)

    def applicable(self, edge: EdgeNote, view: View) -> tuple[str, ...]:
        """The statements behind an argument that are about such a case, the strongest first."""
        notes = self.tables.notes.statements
        found = [each for each in edge.rules if notes[each].context in view.contexts]
        return tuple(sorted(found, key=lambda each: -notes[each].strength))

    def settles(self, argument: Argument) -> bool:
        """Whether an argument excludes the cause."""
        words = self.tables.settling
        return argument.edge.property == EXCLUDED and not words.isdisjoint(argument.statements)

    def open_data(self, view: View) -> tuple[OpenDatum, ...]:
        """What the cause waits for in a view."""
        return tuple(
            each
            for each in self.tables.open_data(self.about).get(self.cause, ())
            if (each.finding in view.findings if each.finding else self.cause not in view.present)
        )


@dataclass(frozen=True)
class CauseProver:
    """Proves the verdict on one cause of an answer."""

    prover: Prover
    judge: CauseJudge
    cause: Cause

    def proofs(self) -> tuple[Proof, ...]:
        """Every sufficient reason for the verdict, each with no premise to spare."""
        found: dict[object, Proof] = {}
        for reason in self._reasons():
            view = self.prover.fewest(self._start(reason), self._holds)
            key, proof = self._proof(view, reason)
            found.setdefault(key, proof)
        return tuple(found.values())

    def beside(self, proofs: tuple[Proof, ...]) -> tuple[Proof, ...]:
        """What the findings say about the cause and its verdict does not rest on."""
        used = {(part.goal, part.role) for proof in proofs for part in proof.parts}
        arguments = self.judge.arguments(self.prover.whole, SUPPORTED, AGAINST, EXCLUDED)
        found = [self._argument_proof(each) for each in arguments]
        found += [self._open_proof(each) for each in self.judge.open_data(self.prover.whole)]
        return tuple(
            each
            for each in found
            if not any(
                (part.goal, part.role) in used
                for part in each.parts
                if part.role in ("argued", "open")
            )
        )

    def _holds(self, view: View) -> bool:
        """Whether the verdict is the same, and rests on premises that are no weaker."""
        if self.judge.verdict(view) is not self.cause.verdict:
            return False
        return self.judge.strength(view) >= self.judge.strength(self.prover.whole)

    def _reasons(self) -> tuple[Argument | OpenDatum | None, ...]:
        """What decides: each of them alone would give the verdict."""
        whole = self.prover.whole
        match self.cause.verdict:
            case Verdict.CANDIDATE:
                return (None,)
            case Verdict.UNDETERMINED:
                return self.judge.open_data(whole)
            case Verdict.ARGUED_AGAINST:
                return self.judge.arguments(whole, EXCLUDED, AGAINST)
            case Verdict.EXCLUDED:
                found = self.judge.arguments(whole, EXCLUDED)
                return tuple(each for each in found if self.judge.settles(each))

    def _start(self, reason: Argument | OpenDatum | None) -> tuple[Fact, ...]:
        """The given facts that are enough for the verdict by one reason."""
        prover, whole = self.prover, self.prover.whole
        goals = [prover.shows(self.judge.about)]
        goals += [prover.is_kind(self.judge.listed(whole)[0].context)]
        if isinstance(reason, Argument):
            goals += [prover.shows(reason.edge.target), self._about(reason.statements[0])]
        if isinstance(reason, OpenDatum) and reason.finding:
            goals += [prover.shows(reason.finding)]
        if self._presupposed(whole):
            goals += [self._presence(whole)]
        return prover.leaves(goals)

    def _proof(self, view: View, reason: Argument | OpenDatum | None) -> tuple[object, Proof]:
        """The proof from the facts of a view, by the reason if it still holds, and its key."""
        judge = self.judge
        parts = [self.prover.of_case("asked", self.prover.shows(judge.about), view)]
        parts += self._listed(view)
        absences: list[Absence] = []
        key: object = None
        match self.cause.verdict:
            case Verdict.EXCLUDED | Verdict.ARGUED_AGAINST:
                against = judge.arguments(view, EXCLUDED, AGAINST)
                decisive = [each for each in against if judge.settles(each)] or against
                argument = next((e for e in decisive if e == reason), decisive[0])
                key = argument.edge.target, argument.edge.property
                parts += self._argument(argument, view)
            case Verdict.UNDETERMINED:
                waits = judge.open_data(view)
                key = datum = next((each for each in waits if each == reason), waits[0])
                parts += self._open(datum, view)
                absences += self._not_there(datum)
            case Verdict.CANDIDATE:
                parts += self._present(view)
        absences += self._absences()
        claim = f"{self.cause.label}: {self.cause.verdict.value}"
        return key, gathered(self.judge.tables, claim, parts, absences)

    def _listed(self, view: View) -> Iterator[Part]:
        """That a statement about such a case lists the cause."""
        judge, tables = self.judge, self.judge.tables
        listed = judge.listed(view)[0]
        role = tables.by_source[listed.role]
        edge = next(e for e in role if (e.property, e.target) == (MAY_CAUSE, judge.about))
        stated = tables.knowledge.told.carrier[listed.role, (judge.cause,)]
        within = edge.axioms | {stated}
        claim = judge.cause, MAY_CAUSE, judge.about
        yield of_class(tables, "listed", claim, within=within, statement=listed.statement)
        yield from self.prover.about(listed.statement, view)

    def _argument(self, argument: Argument, view: View) -> Iterator[Part]:
        """That a finding is shown, and that it speaks for or against the cause."""
        edge, statement = argument.edge, argument.statements[0]
        if edge.target != self.judge.about:
            yield self.prover.of_case("shown", self.prover.shows(edge.target), view)
        yield of_class(
            self.judge.tables,
            "argued",
            (edge.source, edge.property, edge.target),
            within=self.judge.tables.axioms_for(edge, statement, self.prover.whole.contexts),
            statement=statement,
        )
        yield from self.prover.about(statement, view)

    def _open(self, datum: OpenDatum, view: View) -> Iterator[Part]:
        """That the cause waits for a datum, and for a finding that turns on it."""
        if datum.finding and datum.finding != self.judge.about:
            yield self.prover.of_case("shown", self.prover.shows(datum.finding), view)
        edge = next(e for e in self.judge.edges(datum.property) if e.target == datum.datum)
        claim = edge.source, edge.property, edge.target
        yield of_class(self.judge.tables, "open", claim, within=edge.axioms)

    def _present(self, view: View) -> Iterator[Part]:
        """That the cause is there, where it can only be a cause if it is."""
        if self._presupposed(view):
            yield self.prover.of_case("present", self._presence(view), view)

    def _presupposed(self, view: View) -> bool:
        """Whether the cause has to be there, and is."""
        data = self.judge.tables.open_data(self.judge.about).get(self.judge.cause, ())
        return self.judge.cause in view.present and any(not each.finding for each in data)

    def _presence(self, view: View) -> Fact:
        return Fact(view.holder(self.judge.cause), TYPE, self.judge.cause)

    def _about(self, statement: str) -> Fact:
        return self.prover.is_kind(self.judge.tables.notes.statements[statement].context)

    def _argument_proof(self, argument: Argument) -> Proof:
        speaks = _SPEAKING[argument.edge.property]
        finding = self.judge.tables.label(argument.edge.target)
        claim = f"{finding} {speaks} {self.cause.label}"
        view = self._view_of(argument)
        parts = list(self._argument(argument, view))
        if argument.edge.target == self.judge.about:
            shown = self.prover.shows(argument.edge.target)
            parts.insert(0, self.prover.of_case("shown", shown, view))
        return gathered(self.judge.tables, claim, parts, [])

    def _open_proof(self, datum: OpenDatum) -> Proof:
        parts = list(self._open(datum, self.prover.whole))
        claim = f"{self.cause.label} waits for: {datum.label}"
        return gathered(self.judge.tables, claim, parts, list(self._not_there(datum)))

    def _view_of(self, argument: Argument) -> View:
        """The case by the fewest facts with which an argument applies."""
        goals = self.prover.shows(argument.edge.target), self._about(argument.statements[0])
        return self.prover.view(self.prover.leaves(goals))

    def _not_there(self, datum: OpenDatum) -> Iterator[Absence]:
        if not datum.finding:
            yield Absence(f"nothing given says that {self.cause.label} is there")

    def _absences(self) -> Iterator[Absence]:
        """What had to be looked for and is not there, for a verdict no graver than this one."""
        verdict = self.cause.verdict
        if verdict is not Verdict.EXCLUDED:
            yield self._nothing("excludes", EXCLUDED)
        if verdict in (Verdict.CANDIDATE, Verdict.UNDETERMINED):
            yield self._nothing("argues against", AGAINST)
        if verdict is Verdict.CANDIDATE:
            yield self._nothing_open()

    def _nothing(self, speaks: str, role: str) -> Absence:
        edges = self.judge.edges(role)
        tables = self.judge.tables
        if not edges:
            return Absence(f"no statement {speaks} {self.cause.label}")
        return Absence(
            f"no finding of the case {speaks} {self.cause.label}",
            tuple(f"{tables.label(edge.target)} would: {', '.join(edge.rules)}" for edge in edges),
            tuple(dict.fromkeys(each for edge in edges for each in edge.rules)),
        )

    def _nothing_open(self) -> Absence:
        data = self.judge.tables.open_data(self.judge.about).get(self.judge.cause, ())
        label = self.judge.tables.label
        waits = tuple(
            f"{each.label} would be, with {label(each.finding)}" for each in data if each.finding
        )
        return Absence("nothing that the sources make it depend on is open", waits)
