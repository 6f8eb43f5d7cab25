"""Why a row does not stand otherwise: which premise is missing for each other verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.answer.model import Verdict
from kg.answer.proof.causes import AGAINST, EXCLUDED, CauseJudge
from kg.answer.proof.consequences import PROPERTIES, ConsequenceProver
from kg.answer.proof.explaining import Explainer
from kg.answer.proof.model import Contrast, Contrasts, Missing
from kg.answer.proof.prover import Prover, View
from kg.answer.proof.tables import EdgeNote, Tables
from kg.model.errors import UsageError
from kg.model.terms import fold, quoted
from kg.model.vocabulary import EG_HAS_FINDING
from kg.reasoning.requirements import Requirement, requirements
from kg.reasoning.ruleset import TYPE

SHOWN = "shown"
"""Stands for the verdict of what an answer only says or does not say, such as an alert."""


def contrasts_of(
    explainer: Explainer, text: str, *, iri: str = "", verdict: Verdict | None = None
) -> Contrasts:
    """What is missing for each verdict that a row does not have, or for one of them.

    `text` names a listed cause (or `iri` does) or something that an answer can say; UsageError
    where it names neither.
    """
    tables, answer = explainer.tables, explainer.answer
    listed = tables.listed_as(answer.finding.iri)
    cause = _named(tables, listed, text, iri)
    if cause:
        finder = _OfCause(explainer.prover, explainer.judge(cause))
        wanted = [verdict] if verdict else list(Verdict)
        label, claim, found = tables.label(cause), finder.claim(), finder.contrasts(wanted)
    else:
        cause, kind = _item(tables, text, iri, known=[tables.label(each) for each in listed])
        label = tables.label(cause)
        said = ConsequenceProver(explainer.prover, kind, cause, label)
        claim, found = f"{kind}: {label}", _not_said(said, explainer.prover.whole)
    named = sorted({e for each in found for one in each.missing for e in one.statements})
    statements = {each: tables.notes.statements[each] for each in named}
    return Contrasts(cause, label, claim, answer.graph, explainer.given, tuple(found), statements)


@dataclass(frozen=True)
class _OfCause:
    """Contrasts of one listed cause."""

    prover: Prover
    judge: CauseJudge

    def claim(self) -> str:
        verdict = self.judge.verdict(self.prover.whole)
        return f"{self._label}: {verdict.value if verdict else 'no verdict on it in this case'}"

    def contrasts(self, wanted: Iterable[Verdict]) -> list[Contrast]:
        current = self.judge.verdict(self.prover.whole)
        if current is None:
            says = "it is not judged in this case"
            return [Contrast(each.value, says, tuple(self._unlisted())) for each in wanted]
        found = []
        for each in wanted:
            if each is current:
                says = "it is: kg why shows the proof"
                found.append(Contrast(each.value, says))
            else:
                found.append(self._contrast(each, current))
        return [each for each in found if each.verdict != current.value] or found

    def _contrast(self, verdict: Verdict, current: Verdict) -> Contrast:
        match verdict:
            case Verdict.EXCLUDED:
                return self._spoken(verdict, "excludes", (EXCLUDED,))
            case Verdict.ARGUED_AGAINST:
                if current is Verdict.EXCLUDED:
                    return Contrast(verdict.value, "it is excluded, which goes further")
                return self._spoken(verdict, "argues against", (AGAINST, EXCLUDED))
            case Verdict.UNDETERMINED:
                return self._undetermined(verdict)
            case Verdict.CANDIDATE:
                return Contrast(verdict.value, "something stands in the way", tuple(self._blocks()))

    def _spoken(self, verdict: Verdict, speaks: str, properties: tuple[str, ...]) -> Contrast:
        """What would have to be found for something to speak against the cause."""
        edges = self.judge.edges(*properties)
        if not edges:
            return Contrast(verdict.value, f"no statement {speaks} {self._label}")
        says = "it would be, with one of these"
        return Contrast(verdict.value, says, tuple(map(self._lacking, edges)))

    def _lacking(self, edge: EdgeNote) -> Missing:
        """What an argument lacks in this case: its finding, or a patient that it is about."""
        tables, whole = self.judge.tables, self.prover.whole
        finding = tables.label(edge.target)
        if edge.target not in whole.findings:
            takes = _takes(tables, whole, edge.target)
            return Missing(f"{finding}{f'; that takes: {takes}' if takes else ''}", edge.rules)
        notes = tables.notes.statements
        whom = dict.fromkeys(tables.label(notes[each].context) for each in edge.rules)
        return Missing(f"{finding} is there, but this is said of: {'; '.join(whom)}", edge.rules)

    def _undetermined(self, verdict: Verdict) -> Contrast:
        tables, whole = self.judge.tables, self.prover.whole
        against = self.judge.arguments(whole, EXCLUDED, AGAINST)
        if against:
            names = ", ".join(tables.label(each.edge.target) for each in against)
            return Contrast(verdict.value, f"what speaks against it decides first: {names}")
        data = tables.open_data(self.judge.about).get(self.judge.cause, ())
        if not data:
            return Contrast(verdict.value, "the sources leave nothing open about it")
        says = "it would be, if one of these were open"
        return Contrast(verdict.value, says, tuple(Missing(each.label) for each in data))

    def _blocks(self) -> Iterator[Missing]:
        """What would have to be otherwise for nothing to stand against the cause."""
        tables, whole = self.judge.tables, self.prover.whole
        for argument in self.judge.arguments(whole, EXCLUDED, AGAINST):
            finding = tables.label(argument.edge.target)
            yield Missing(f"{finding} speaks against it", argument.statements)
        for datum in self.judge.open_data(whole):
            yield Missing(f"open: {datum.message}")

    def _unlisted(self) -> Iterator[Missing]:
        """Why no statement lists the cause for this case."""
        tables, whole = self.judge.tables, self.prover.whole
        if self.judge.about not in whole.findings:
            yield Missing(f"the case does not show: {tables.label(self.judge.about)}")
        if not whole.in_scope:
            yield Missing("the case is outside the scope of the sources")
        if self.judge.cause in self.judge.denied:
            yield Missing("the case says that it is not there")
        for listed in tables.listed_as(self.judge.about).get(self.judge.cause, ()):
            if listed.context not in whole.contexts:
                yield _population(tables, whole, listed.context, (listed.statement,))

    @property
    def _label(self) -> str:
        return self.judge.tables.label(self.judge.cause)


def _not_said(said: ConsequenceProver, view: View) -> list[Contrast]:
    """Why an answer does not say something: which kind of case this one is not."""
    tables = said.prover.tables
    if said.holds(view):
        return [Contrast(SHOWN, "it is: kg why shows the proof")]
    missing = [
        Missing(f"taken back by: {tables.label(each)}")
        for each in sorted(tables.exceptions.get(said.item, frozenset()) & view.findings)
    ]
    if not view.in_scope:
        missing.append(Missing("the case is outside the scope of the sources"))
    kinds = {each: edge.rules for edge in said.edges() for each in _kinds_wanted(tables, edge)}
    missing += [
        _population(tables, view, kind, rules)
        for kind, rules in kinds.items()
        if kind not in view.contexts
    ]
    return [Contrast(SHOWN, "a premise is missing", tuple(missing))]


def _kinds_wanted(tables: Tables, edge: EdgeNote) -> Iterator[str]:
    """The kind of case that an edge is of, and those that its statements are about."""
    yield edge.source
    yield from (tables.notes.statements[each].context for each in edge.rules)


def _population(tables: Tables, view: View, kind: str, statements: tuple[str, ...]) -> Missing:
    """That a kind of case is not known to be this one, and what that takes."""
    words = ", ".join(_lacks(tables, view, kind))
    takes = f"; not known here: {words}" if words else ""
    return Missing(f"population gap: {tables.label(kind)}{takes}", statements)


def _takes(tables: Tables, view: View, finding: str) -> str:
    """What a case has to be like to show a finding."""
    kinds = [
        edge.source
        for edge in tables.by_target.get(finding, ())
        if edge.property == EG_HAS_FINDING and not edge.inferred
    ]
    words = dict.fromkeys(" and ".join(_lacks(tables, view, kind)) for kind in kinds)
    return " or ".join(filter(None, words))


def _lacks(tables: Tables, view: View, kind: str) -> Iterator[str]:
    """What the definition of a kind of case asks for and a view does not have."""
    for asked in requirements(tables.knowledge.rules, kind):
        if not _has(view, asked):
            yield tables.label(asked.filler or asked.role)


def _has(view: View, asked: Requirement) -> bool:
    closure, subject = view.closure, view.subject
    if asked.role == TYPE:
        return closure.has_type(subject, asked.filler)
    if not asked.filler:
        return bool(closure.values(subject, asked.role))
    return any(
        closure.has_type(each, asked.filler) for each in closure.objects(subject, asked.role)
    )


def _named(tables: Tables, listed: Iterable[str], text: str, iri: str) -> str:
    """The listed cause that is named, or nothing."""
    labels = {fold(tables.label(each)): each for each in listed}
    return iri if iri in labels.values() else labels.get(fold(text), "")


def _item(tables: Tables, text: str, iri: str, *, known: Iterable[str]) -> tuple[str, str]:
    """What an answer can say that is named, and its kind; UsageError where nothing is."""
    kinds = {role: kind for kind, roles in PROPERTIES.items() for role in roles}
    items = {edge.target: kinds[edge.property] for edge in tables.edges if edge.property in kinds}
    exact = [each for each in items if each == iri or fold(tables.label(each)) == fold(text)]
    found = exact or [each for each in items if fold(text) in fold(tables.label(each))]
    if len(found) == 1:
        return found[0], items[found[0]]
    if found:
        names = ", ".join(quoted(tables.label(each)) for each in found)
        raise UsageError(f"{quoted(text)} fits {len(found)} things an answer can say: {names}.")
    from difflib import get_close_matches

    by_name = {fold(name): name for name in (*known, *map(tables.label, items))}
    near = get_close_matches(fold(text), by_name, n=3, cutoff=0.5)
    hint = f" Did you mean: {', '.join(by_name[each] for each in near)}?" if near else ""
    raise UsageError(f"{quoted(text)} is no listed cause and nothing that an answer says.{hint}")
