"""Why something stands: a row of an answer, or a conclusion about classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final

from msgspec.structs import replace

from kg.answer.classified import classify_case
from kg.answer.model import Answer, Cause, Message, NextStep, Origin, Standing
from kg.answer.proof.arguments import OriginProver
from kg.answer.proof.causes import CauseProver
from kg.answer.proof.consequences import ConsequenceProver, RuleProver
from kg.answer.proof.model import AxiomNote, Explanation, Proof
from kg.answer.proof.prover import ClassProver, Prover, class_prover
from kg.answer.scores import with_scores
from kg.case import Case
from kg.model.errors import KGError, ReasonerError, UsageError
from kg.model.spelling import fold
from kg.model.terms import Lexicon, quoted
from kg.reasoning.rules import TYPE
from kg.store.knowledge import KnowledgeGraph

_KINDS: Final = {"scope": "scope", "alerts": "alert", "outcomes": "outcome", "advice": "advice"}
"""The kind of the messages in each list of an answer that consequences make."""

_IS_A: Final = ("is a", "is an", "subclassof", "is a kind of")


@dataclass(frozen=True)
class Row:
    """One row of an answer, by its kind and what it is about."""

    kind: str
    iri: str
    label: str
    statements: tuple[str, ...]
    source: Cause | Message | NextStep | Origin

    @property
    def names(self) -> tuple[str, ...]:
        """What the row may be called."""
        text = self.source.text if isinstance(self.source, Message) else self.label
        return self.label, text, self.iri


def rows_of(answer: Answer) -> tuple[Row, ...]:
    """Every row of an answer that something is said by: each can be explained."""
    return tuple(_rows(answer))


def proofs_of(knowledge: KnowledgeGraph, case: Case, answer: Answer) -> tuple[Explanation, ...]:
    """Why each row of the answer to a case stands, in the order of the answer."""
    explainer = Explainer.of(knowledge, case, answer)
    return tuple(explainer.explain(row) for row in rows_of(answer))


def explain_row(knowledge: KnowledgeGraph, case: Case, answer: Answer, row: Row) -> Explanation:
    """Why one row of the answer to a case stands."""
    return Explainer.of(knowledge, case, answer).explain(row)


def find_row(answer: Answer, text: str, iri: str = "") -> Row:
    """The row that a text names, or the cause with an IRI; UsageError where none or many do.

    A number is the cause of that place in the answer, a letter the next step: as a page shows them.
    """
    rows = rows_of(answer)
    if place := read_place(text):
        return _numbered(rows, place, text)
    wanted = fold(text)
    exact = [row for row in rows if row.iri == iri or wanted in map(fold, row.names)]
    others = [(each.iri, fold(each.label)) for each in answer.other_populations]
    others += [(each.iri, fold(each.label)) for each in answer.absent]
    if not exact and any(iri == name or wanted == label for name, label in others):
        raise UsageError(f"{quoted(text)} is not judged here; kg why-not says what is missing.")
    found = exact or [row for row in rows if wanted in fold(" ".join(row.names))]
    if len(found) == 1 or (found and all(row.iri == found[0].iri for row in found)):
        return found[0]
    if found:
        choices = ", ".join(quoted(row.label) for row in found)
        raise UsageError(f"{quoted(text)} fits {len(found)} rows of the answer: {choices}.")
    known = ", ".join(dict.fromkeys(row.label for row in rows)) or "none"
    raise UsageError(f"{quoted(text)} is no row of the answer; its rows: {known}.")


def read_place(text: str) -> tuple[str, int] | None:
    """What a number or a letter stands for: the kind of row, and its place from 0."""
    name = text.strip()
    if name.isascii() and name.isdigit():
        return "cause", int(name) - 1
    place = ascii_lowercase.find(name) if len(name) == 1 else -1
    return ("next step", place) if place >= 0 else None


def _numbered(rows: Iterable[Row], place: tuple[str, int], text: str) -> Row:
    kind, number = place
    found = [row for row in rows if row.kind == kind]
    if 0 <= number < len(found):
        return found[number]
    raise UsageError(f"the answer has no {kind} {quoted(text)}; it has {len(found)}.")


@dataclass(frozen=True)
class Explainer:
    """Explains the rows of one answer."""

    prover: Prover
    answer: Answer

    @classmethod
    def of(cls, knowledge: KnowledgeGraph, case: Case, answer: Answer) -> Explainer:
        """What explains the rows of the answer to a case."""
        classes, tables = class_prover(knowledge), knowledge.model.tables
        case = with_scores(knowledge.rules, case)
        whole = classify_case(knowledge.rules, case)
        return cls(Prover(classes, tables, knowledge.rules, case, whole), answer)

    @property
    def given(self) -> str:
        """The case in words, as it was understood."""
        return "; ".join(fact.text for fact in self.answer.case)

    def explain(self, row: Row) -> Explanation:
        """Why a row stands; ReasonerError where no proof of it is found."""
        proofs, beside = self._proofs(row)
        if not proofs:
            raise ReasonerError(f"no proof was found of the {row.kind} {quoted(row.label)}.")
        used = {each for proof in (*proofs, *beside) for each in proof.statements}
        said = dict.fromkeys((*row.statements, *self._agreeing(proofs)))
        return _with_notes(
            self.prover.classes,
            Explanation(
                kind=row.kind,
                iri=row.iri,
                label=row.label,
                conclusion=_conclusion(row),
                graph=self.answer.graph,
                case=self.given,
                proofs=proofs,
                beside=beside,
                corroboration=tuple(each for each in said if each not in used),
                counter=row.source.counter if isinstance(row.source, Cause) else (),
                finding=self.answer.finding.iri,
                verdict=_verdict(row),
            ),
        )

    def _agreeing(self, proofs: Iterable[Proof]) -> Iterator[str]:
        """The statements about such a case that agree with an axiom that a proof takes."""
        classes, contexts = self.prover.classes, self.prover.whole.applicable
        for axiom in dict.fromkeys(each for proof in proofs for each in proof.axioms):
            for statement in classes.tables.axioms[axiom].corroboration:
                if classes.context(statement) in contexts:
                    yield statement

    def _proofs(self, row: Row) -> tuple[tuple[Proof, ...], tuple[Proof, ...]]:
        topic = self.prover.tables.topics[self.answer.finding.iri]
        if isinstance(row.source, Cause):
            cause = CauseProver(self.prover, topic, topic.causes[row.iri])
            proofs = cause.proofs()
            return proofs, cause.beside(proofs)
        if isinstance(row.source, Origin):
            return OriginProver(self.prover, topic.origins[row.iri], topic.finding.iri).proofs(), ()
        if row.kind == "rule":
            return RuleProver(self.prover, row.iri, row.label).proofs(), ()
        return ConsequenceProver(self.prover, row.kind, row.iri, row.label).proofs(), ()


def explain_classes(knowledge: KnowledgeGraph, lexicon: Lexicon, text: str) -> Explanation:
    """Why a conclusion about classes holds; UsageError where it is none, or does not follow."""
    classes = class_prover(knowledge)
    source, property_, target = conclusion = read_conclusion(classes, lexicon, text)
    edges = classes.by_target.get(target, ())
    edge = next((e for e in edges if (e.source, e.property) == (source, property_)), None)
    statement = edge.rules[0] if edge is not None and edge.rules else ""
    within = classes.carried_by(edge, statement) if edge is not None else None
    try:
        part = classes.of_class("follows", conclusion, within=within, statement=statement)
    except ReasonerError:
        raise UsageError(f"{quoted(text)} does not follow from the ontology.") from None
    proof = classes.assemble_proof(part.conclusion, [part])
    corroboration = (
        tuple(each for each in edge.rules if each not in proof.statements) if edge else ()
    )
    label = classes.label(source)
    found = Explanation(
        "class",
        source,
        label,
        part.conclusion,
        knowledge.version,
        "",
        (proof,),
        (),
        corroboration,
        edge.counter if edge else (),
    )
    return _with_notes(classes, found)


def read_conclusion(classes: ClassProver, lexicon: Lexicon, text: str) -> tuple[str, str, str]:
    """Class, property and value (or class, with rdf:type) of `SUBJECT PROPERTY OBJECT`, by names.

    UsageError where the text is no such conclusion.
    """
    words = text.strip().rstrip("?")
    roles = sorted({edge.property for edge in classes.tables.edges}, key=classes.label)
    phrases = [(classes.label(role), role) for role in roles] + [(each, TYPE) for each in _IS_A]
    for phrase, role in sorted(phrases, key=lambda each: -len(each[0])):
        before, found, after = words.casefold().partition(f" {phrase.casefold()} ")
        if found:
            left = words[: len(before)].removesuffix(" is").removesuffix(" are")
            sources, targets = _possible(classes, role)
            source = _find(classes, lexicon, left, sources)
            return source, role, _find(classes, lexicon, words[-len(after) :], targets)
    shown = ", ".join(quoted(phrase) for phrase, _ in phrases)
    raise UsageError(
        f"{quoted(text)} is no conclusion about classes; wanted TERM, one of {shown}, and TERM. "
        "For a row of an answer give the case too, such as --lab alp=high."
    )


def _possible(classes: ClassProver, role: str) -> tuple[frozenset[str], frozenset[str]]:
    """What the two sides of a conclusion with a property can be."""
    if role == TYPE:
        conjunctions = classes.asserted.rules.conjunctions
        names = (each for head, parts in conjunctions for each in (head, *parts))
        named = frozenset(each for each in names if each.startswith("http"))
        return named, named
    edges = [edge for edge in classes.tables.edges if edge.property == role]
    return frozenset(edge.source for edge in edges), frozenset(edge.target for edge in edges)


def _find(classes: ClassProver, lexicon: Lexicon, text: str, among: frozenset[str]) -> str:
    """The term of that name; UsageError with the names that were possible."""
    by_label = {fold(classes.label(each)): each for each in among}
    name = text.strip()
    for article in ("", "a ", "an ", "the "):
        if fold(name.removeprefix(article)) in by_label:
            return by_label[fold(name.removeprefix(article))]
    try:
        entry = lexicon.find(name)
    except KGError:
        entry = None
    if entry is not None and str(entry.iri) in among:
        return str(entry.iri)
    from difflib import get_close_matches

    near = [classes.label(by_label[each]) for each in get_close_matches(fold(name), by_label, n=4)]
    hint = f" Did you mean: {', '.join(near)}?" if near else ""
    raise UsageError(f"nothing of that kind is called {quoted(name)}.{hint}")


def _with_notes(classes: ClassProver, found: Explanation) -> Explanation:
    """The explanation with what stands behind every id that it names."""
    axioms = dict.fromkeys(each for proof in found.all_proofs() for each in proof.axioms)
    notes = {each: classes.tables.axioms[each] for each in axioms}
    statements = dict.fromkeys(_named_in(found, notes.values()))
    known = classes.notes
    return replace(
        found,
        axioms=notes,
        statements={each: known.statements[each] for each in sorted(statements)},
        background={
            each: known.background[each]
            for each in sorted({each for note in notes.values() for each in note.background})
        },
    )


def _named_in(found: Explanation, axioms: Iterable[AxiomNote]) -> Iterator[str]:
    yield from found.corroboration
    yield from found.counter
    for note in axioms:
        yield from note.statements
        yield from note.corroboration
    for proof in found.all_proofs():
        yield from proof.statements
        for absence in proof.absences:
            yield from absence.statements


def _rows(answer: Answer) -> Iterator[Row]:
    for origin in answer.origins:
        if origin.standing is not Standing.OPEN:
            yield _origin(origin)
    for cause in answer.causes:
        yield Row("cause", cause.iri, cause.label, cause.statements, cause)
    for name, kind in _KINDS.items():
        for message in getattr(answer, name):
            if kind != "scope" or message.background or message.statements:
                yield _message(kind, message)
    for message in answer.rules:
        yield _message("rule", message)
    for step in answer.ask_next:
        yield Row("next step", step.iri, step.label, step.statements, step)


def _origin(origin: Origin) -> Row:
    said = (name for each in (*origin.supports, *origin.against) for name in each.rule)
    return Row("origin", origin.iri, origin.label, tuple(dict.fromkeys(said)), origin)


def _message(kind: str, message: Message) -> Row:
    said = (*message.statements, *message.corroboration)
    return Row(kind, message.iri, message.label, said, message)


def _verdict(row: Row) -> str:
    """The verdict on a cause, or the standing of an origin."""
    match row.source:
        case Cause(verdict=verdict):
            return verdict.value
        case Origin(standing=standing):
            return standing.value
        case _:
            return ""


def _conclusion(row: Row) -> str:
    if verdict := _verdict(row):
        return f"{row.label}: {verdict}"
    text = row.source.text if isinstance(row.source, Message) else row.label
    return f"{row.kind}: {text}"
