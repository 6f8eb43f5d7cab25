"""Claims about classes alone, such as what a finding says of a cause: typed, found and proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.answer.proof.explaining import explanation
from kg.answer.proof.gathering import gathered
from kg.answer.proof.model import Explanation
from kg.answer.proof.prover import of_class
from kg.answer.proof.tables import EdgeNote, Tables, read_tables
from kg.model.errors import KGError, ReasonerError, UsageError
from kg.model.terms import Lexicon, fold, quoted
from kg.reasoning.ruleset import TYPE
from kg.store.knowledge import Knowledge

_IS_A = ("is a", "is an", "subclassof", "is a kind of")


@dataclass(frozen=True)
class Claim:
    """That every member of a class has a value, or is of a kind (then the property is rdf:type)."""

    source: str
    property: str
    target: str


def explain_claim(knowledge: Knowledge, lexicon: Lexicon, text: str) -> Explanation:
    """Why a claim about classes holds; UsageError where it is none, or does not follow."""
    tables = read_tables(knowledge)
    claim = read_claim(tables, lexicon, text)
    edge = next((each for each in tables.edges if _same(each, claim)), None)
    statement = edge.rules[0] if edge is not None and edge.rules else ""
    try:
        part = of_class(
            tables,
            "follows",
            (claim.source, claim.property, claim.target),
            within=tables.carried_by(edge, statement) if edge is not None else None,
            statement=statement,
        )
    except ReasonerError:
        raise UsageError(f"{quoted(text)} does not follow from the ontology.") from None
    proof = gathered(tables, part.claim, [part], ())
    also = tuple(each for each in edge.rules if each not in proof.statements) if edge else ()
    label = tables.label(claim.source)
    found = Explanation(
        "class", claim.source, label, part.claim, knowledge.version, "", (proof,), (), also
    )
    return explanation(tables, found)


def read_claim(tables: Tables, lexicon: Lexicon, text: str) -> Claim:
    """The claim in `SUBJECT PROPERTY OBJECT`, each by a name; UsageError where it is none."""
    words = text.strip().rstrip("?")
    roles = sorted({edge.property for edge in tables.edges}, key=tables.label)
    phrases = [(tables.label(role), role) for role in roles] + [(each, TYPE) for each in _IS_A]
    for phrase, role in sorted(phrases, key=lambda each: -len(each[0])):
        before, found, after = words.casefold().partition(f" {phrase.casefold()} ")
        if found:
            left = words[: len(before)].removesuffix(" is").removesuffix(" are")
            return _claim(tables, lexicon, (left, words[-len(after) :]), role)
    shown = ", ".join(quoted(phrase) for phrase, _ in phrases)
    raise UsageError(
        f"{quoted(text)} is no claim about classes; wanted TERM, one of {shown}, and TERM. "
        "For a row of an answer give the case too, such as --lab alp=high."
    )


def _claim(tables: Tables, lexicon: Lexicon, terms: tuple[str, str], role: str) -> Claim:
    if role == TYPE:
        classes = frozenset(_named(tables.knowledge.told.rules.conjunctions))
        sources, targets = classes, classes
    else:
        sources = frozenset(edge.source for edge in tables.edges if edge.property == role)
        targets = frozenset(edge.target for edge in tables.edges if edge.property == role)
    source, target = (
        _find(tables, lexicon, text, among)
        for text, among in zip(terms, (sources, targets), strict=True)
    )
    return Claim(source, role, target)


def _find(tables: Tables, lexicon: Lexicon, text: str, among: frozenset[str]) -> str:
    """The term of that name; UsageError with the names that were possible."""
    by_label = {fold(tables.label(each)): each for each in among}
    name = text.strip()
    for each in (
        name,
        name.removeprefix("a "),
        name.removeprefix("an "),
        name.removeprefix("the "),
    ):
        if fold(each) in by_label:
            return by_label[fold(each)]
    try:
        entry = lexicon.find(name)
    except KGError:
        entry = None
    if entry is not None and str(entry.iri) in among:
        return str(entry.iri)
    from difflib import get_close_matches

    near = [tables.label(by_label[each]) for each in get_close_matches(fold(name), by_label, n=4)]
    hint = f" Did you mean: {', '.join(near)}?" if near else ""
    raise UsageError(f"nothing of that kind is called {quoted(name)}.{hint}")


def _named(conjunctions: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    for head, parts in conjunctions:
        yield from (each for each in (head, *parts) if each.startswith("http"))


def _same(edge: EdgeNote, claim: Claim) -> bool:
    return (edge.source, edge.property, edge.target) == (
        claim.source,
        claim.property,
        claim.target,
    )
