"""Why a row does not stand otherwise: which premise is missing for each other verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.answer.judge import ActiveArgument, Judgement, judge_cause, judge_origins
from kg.answer.model import Verdict
from kg.answer.proof.consequences import PROPERTIES, ConsequenceProver
from kg.answer.proof.explain import Explainer, find_row, read_place
from kg.answer.proof.model import Contrast, Contrasts, Missing
from kg.answer.proof.prover import ClassProver, Prover
from kg.model.compiled import ClassEdge
from kg.model.errors import UsageError
from kg.model.spelling import fold
from kg.model.terms import quoted
from kg.model.topics import ArgumentRule, ListedCause
from kg.model.vocabulary import EG
from kg.reasoning.requirements import requirements

SHOWN: Final = "shown"
"""Stands for the verdict of what an answer only says or does not say, such as an alert."""


def contrasts_of(
    explainer: Explainer, text: str, *, iri: str = "", verdict: Verdict | None = None
) -> Contrasts:
    """What is missing for each verdict that a row does not have, or for one of them.

    `text` names a listed cause (or `iri` does) or something that an answer can say, by its name or
    by its number or letter in the answer; UsageError where it names neither.
    """
    if read_place(text):
        row = find_row(explainer.answer, text)
        text, iri = row.label, row.iri
    prover, classes, answer = explainer.prover, explainer.prover.classes, explainer.answer
    topic = prover.tables.topics[answer.finding.iri]
    causes = topic.causes
    cause = _named(causes, text, iri)
    if cause is not None:
        finder = _OfCause(
            prover, judge_cause(cause, prover.whole, judge_origins(topic, prover.whole))
        )
        wanted = [verdict] if verdict else list(Verdict)
        item, label = cause.iri, cause.label
        conclusion, found = finder.conclusion(), finder.contrasts(wanted)
    else:
        item, kind = _item(classes, text, iri, known=[each.label for each in causes.values()])
        label = classes.label(item)
        conclusion = f"{kind}: {label}"
        found = _not_said(ConsequenceProver(prover, kind, item, label), prover)
    named = sorted({e for each in found for one in each.missing for e in one.statements})
    statements = {each: classes.notes.statements[each] for each in named}
    return Contrasts(
        item, label, conclusion, answer.graph, explainer.given, tuple(found), statements
    )


@dataclass(frozen=True)
class _OfCause:
    """Contrasts of one listed cause: the reasons that its judgement does not have."""

    prover: Prover
    judgement: Judgement

    def conclusion(self) -> str:
        return f"{self._label}: {self.judgement.verdict or 'no verdict on it in this case'}"

    def contrasts(self, wanted: Iterable[Verdict]) -> list[Contrast]:
        current = self.judgement.verdict
        if current is None:
            text = "it is not judged in this case"
            return [Contrast(each.value, text, tuple(self._unlisted())) for each in wanted]
        found = []
        for each in wanted:
            if each is current:
                text = "it is: kg why shows the proof"
                found.append(Contrast(each.value, text))
            else:
                found.append(self._contrast(each, current))
        return [each for each in found if each.verdict != current.value] or found

    def _contrast(self, verdict: Verdict, current: Verdict) -> Contrast:
        rules = self.judgement.cause.against
        match verdict:
            case Verdict.EXCLUDED:
                excluding = [each for each in rules if each.argument.excludes]
                return self._spoken(verdict, "excludes", excluding)
            case Verdict.ARGUED_AGAINST:
                if current is Verdict.EXCLUDED:
                    return Contrast(verdict.value, "it is excluded, which goes further")
                return self._spoken(verdict, "argues against", (*rules, *self._tissue_rules()))
            case Verdict.UNDETERMINED:
                return self._undetermined(verdict)
            case Verdict.CANDIDATE:
                return Contrast(verdict.value, "something stands in the way", tuple(self._blocks()))

    def _spoken(self, verdict: Verdict, speaks: str, rules: Iterable[ArgumentRule]) -> Contrast:
        """What would have to be found for something to speak against the cause."""
        missing = tuple(map(self._lacking, rules))
        if not missing:
            return Contrast(verdict.value, f"no statement {speaks} {self._label}")
        return Contrast(verdict.value, "it would be, with one of these", missing)

    def _tissue_rules(self) -> Iterator[ArgumentRule]:
        """What would argue against the tissues of the cause; one that is supported stays."""
        origins = self.judgement.origins
        if not any(each.supports for each in origins):
            yield from (rule for each in origins for rule in each.origin.against)

    def _lacking(self, rule: ArgumentRule) -> Missing:
        """What an argument lacks in this case: its finding, or a patient that it is about."""
        argument, whole = rule.argument, self.prover.whole
        if argument.finding.iri not in whole.findings:
            takes = _takes(self.prover, argument.finding.iri)
            words = f"{argument.finding.label}{f'; that takes: {takes}' if takes else ''}"
            return Missing(words, argument.rule)
        whom = "; ".join(dict.fromkeys(map(self.prover.classes.label, rule.contexts)))
        words = f"{argument.finding.label} is there, but this is said of: {whom}"
        return Missing(words, argument.rule)

    def _undetermined(self, verdict: Verdict) -> Contrast:
        data = self.judgement.cause.pending
        against = self.judgement.against or self._against_tissues()
        if against:
            names = ", ".join(each.rule.argument.finding.label for each in against)
            return Contrast(verdict.value, f"what speaks against it decides first: {names}")
        if not data:
            return Contrast(verdict.value, "the sources leave nothing open about it")
        text = "it would be, if one of these were open"
        return Contrast(verdict.value, text, tuple(Missing(each.need.datum.label) for each in data))

    def _against_tissues(self) -> tuple[ActiveArgument, ...]:
        """What argues against the tissues of the cause, where that decides."""
        if not self.judgement.by_origin:
            return ()
        return tuple(each for origin in self.judgement.origins for each in origin.against)

    def _blocks(self) -> Iterator[Missing]:
        """What would have to be otherwise for nothing to stand against the cause."""
        strength = self.prover.classes.strength
        what = "its tissue source" if self.judgement.by_origin else "it"
        for each in self.judgement.against or self._against_tissues():
            strongest_first = sorted(each.statements, key=strength, reverse=True)
            finding = each.rule.argument.finding.label
            yield Missing(f"{finding} speaks against {what}", tuple(strongest_first))
        for datum in self.judgement.open_data:
            yield Missing(f"open: {datum.need.text}")

    def _unlisted(self) -> Iterator[Missing]:
        """Why no statement lists the cause for this case."""
        cause, whole = self.judgement.cause, self.prover.whole
        if cause.of not in whole.findings:
            yield Missing(f"the case does not show: {self.prover.classes.label(cause.of)}")
        if not whole.in_scope:
            yield Missing("the case is outside the scope of the sources")
        if self.judgement.denied:
            yield Missing("the case says that it is not present")
        for listed in cause.statements:
            if listed.population.iri not in whole.contexts:
                yield _population(self.prover, listed.population.iri, (listed.statement,))

    @property
    def _label(self) -> str:
        return self.judgement.cause.label


def _not_said(said: ConsequenceProver, prover: Prover) -> list[Contrast]:
    """Why an answer does not say something: which kind of case this one is not."""
    classes, case = prover.classes, prover.whole
    if said.holds(case):
        return [Contrast(SHOWN, "it is: kg why shows the proof")]
    missing = [
        Missing(f"taken back by: {classes.label(each)}")
        for each in sorted(said.exceptions & case.findings)
    ]
    if not case.in_scope:
        missing.append(Missing("the case is outside the scope of the sources"))
    kinds = {each: edge.rules for edge in said.edges() for each in _kinds_wanted(classes, edge)}
    missing += [
        _population(prover, kind, rules)
        for kind, rules in kinds.items()
        if kind not in case.contexts
    ]
    return [Contrast(SHOWN, "a premise is missing", tuple(missing))]


def _kinds_wanted(classes: ClassProver, edge: ClassEdge) -> Iterator[str]:
    """The kind of case that an edge is of, and those that its statements are about."""
    yield edge.source
    yield from map(classes.context, edge.rules)


def _population(prover: Prover, kind: str, statements: tuple[str, ...]) -> Missing:
    """That a kind of case is not known to be this one, and what that takes."""
    words = ", ".join(_lacks(prover, kind))
    takes = f"; not known here: {words}" if words else ""
    return Missing(f"population gap: {prover.classes.label(kind)}{takes}", statements)


def _takes(prover: Prover, finding: str) -> str:
    """What a case has to be like to show a finding."""
    kinds = [
        edge.source
        for edge in prover.classes.by_target.get(finding, ())
        if edge.property == EG.hasFinding and not edge.inferred
    ]
    words = dict.fromkeys(" and ".join(_lacks(prover, kind)) for kind in kinds)
    return " or ".join(filter(None, words))


def _lacks(prover: Prover, kind: str) -> Iterator[str]:
    """What the definition of a kind of case asks for and the case does not have."""
    for asked in requirements(prover.rules, kind):
        if not prover.whole.has(asked.role, asked.filler):
            yield prover.classes.label(asked.filler or asked.role)


def _named(causes: Mapping[str, ListedCause], text: str, iri: str) -> ListedCause | None:
    """The listed cause that is named, if one is."""
    by_label = {fold(each.label): each for each in causes.values()}
    return causes.get(iri) or by_label.get(fold(text))


def _item(classes: ClassProver, text: str, iri: str, *, known: Iterable[str]) -> tuple[str, str]:
    """What an answer can say that is named, and its kind; UsageError where nothing is."""
    kinds = {role: kind for kind, roles in PROPERTIES.items() for role in roles}
    items = {
        edge.target: kinds[edge.property] for edge in classes.tables.edges if edge.property in kinds
    }
    exact = [each for each in items if each == iri or fold(classes.label(each)) == fold(text)]
    found = exact or [each for each in items if fold(text) in fold(classes.label(each))]
    if len(found) == 1:
        return found[0], items[found[0]]
    if found:
        names = ", ".join(quoted(classes.label(each)) for each in found)
        raise UsageError(f"{quoted(text)} fits {len(found)} things an answer can say: {names}.")
    from difflib import get_close_matches

    by_name = {fold(name): name for name in (*known, *map(classes.label, items))}
    near = get_close_matches(fold(text), by_name, n=3, cutoff=0.5)
    hint = f" Did you mean: {', '.join(by_name[each] for each in near)}?" if near else ""
    raise UsageError(f"{quoted(text)} is no listed cause and nothing that an answer says.{hint}")
