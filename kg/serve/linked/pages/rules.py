"""Rules in words: each with what it rests on, all of them by what follows, and why a line holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.model.vocabulary import BASE, EG, IRI
from kg.pages.values import Link, Page, Phrase, Row, Section, Table, joined, path_of, phrase
from kg.serve.linked.links import link_to, sort_links
from kg.serve.linked.material import Material
from kg.serve.linked.pages.parts import (
    Remaining,
    review_rows,
    review_word,
    rule_cell,
    statement_ids,
    statement_links,
)
from kg.serve.linked.view import View
from kg.serve.linked.wording import KIND_OF, Rule, axiom_words

_ENDS: Final = (EG.edgeSource, EG.edgeProperty, EG.edgeTarget)


def axiom_page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of an axiom."""
    view = material.view
    rule = next((each for each in material.rules if each.iri == iri), None)
    text = view.text(iri, EG.axiomText)
    remaining.take([EG.evidence, EG.corroboration])
    written = remaining.rows([EG.axiomText])
    edges = remaining.subjects([EG.usesAxiom])
    found = (each for each in edges if each.startswith(f"{BASE}edge/"))
    conclusions = sort_links(link_to(view, each) for each in found)
    return Page(
        _plain(rule.sentence if rule else axiom_words(view, iri)),
        kind="rule" if rule else "axiom that defines terms, and rests on no statement",
        sections=(
            Section("In words", lead=rule.sentence if rule else ()),
            Section("Rests on", items=statement_links(view, rule.evidence if rule else ())),
            Section("Agrees with", items=statement_links(view, rule.corroboration if rule else ())),
            Section("Denied by", items=statement_links(view, rule.counter if rule else ())),
            Section("Review", rows=tuple(review_rows(view, iri, text)) if rule else ()),
            Section("Conclusions that use it", items=conclusions, is_folded=True),
            Section("In Manchester syntax", rows=written, is_folded=True),
            *remaining.sections(),
        ),
    )


def rules_page(material: Material) -> Page:
    """Every rule in words, by what follows."""
    groups: dict[str, list[Rule]] = {}
    for rule in material.rules:
        groups.setdefault(rule.verb, []).append(rule)
    ordered = sorted(groups, key=lambda verb: (verb == KIND_OF, verb))
    sections = (_group(material.view, verb, groups[verb]) for verb in ordered)
    contents = [
        Link(each, path=f"rules#{_anchor(each)}", note=str(len(groups[each]))) for each in ordered
    ]
    reviewed = sum(review_word(material.view, each) != "no" for each in material.rules)
    return Page(
        "Rules in words",
        lead=(
            f"{len(material.rules)} rules. Each is an axiom that a statement or background "
            f"carries; a program draws conclusions from them for a case. {reviewed} reviewed by "
            "a clinician."
        ),
        sections=(Section("", lead=joined(tuple(contents), " · ")), *sections),
    ).without_empty()


def _group(view: View, verb: str, found: Iterable[Rule]) -> Section:
    rows = tuple(_row(view, each) for each in found)
    head = ("Of whom or what", verb, "Rests on", "Reviewed")
    table = Table(f"Rules that say: {verb}", head, rows)
    return Section(f"{verb[:1].upper()}{verb[1:]}", table=table, anchor=_anchor(verb))


def _row(view: View, rule: Rule) -> tuple[Phrase, ...]:
    said = rule.says
    if rule.iri is not None:
        said = (*said, *phrase(" ", Link("rule", path=path_of(rule.iri))))
    return (
        rule.about, said, statement_ids(view, rule.evidence), phrase(review_word(view, rule)),
    )  # fmt: skip


def _anchor(verb: str) -> str:
    return "-".join("".join(each if each.isalnum() else " " for each in verb).split())


def _plain(sentence: Phrase) -> str:
    return "".join(each.text for each in sentence)


# ── Why a conclusion holds ──────────────────────────────────────────────────────────────────


def conclusion_page(material: Material, iri: IRI, remaining: Remaining) -> Page:
    """The page of a conclusion: what follows, and the steps by which it does."""
    view = material.view
    ends = [view.value(iri, each) for each in _ENDS]
    ways = view.iris(iri, EG.justifiedBy)
    ways.sort(key=lambda each: (view.text(each, EG.rank).zfill(4), each))
    remaining.take([*_ENDS, EG.usesAxiom, EG.justifiedBy])
    steps = [view.iris(each, EG.usesAxiom) for each in ways]
    return Page(
        view.name(iri),
        kind="conclusion",
        sections=(
            Section("", lead=joined((link_to(view, each) for each in ends if each), " — ")),
            *proof_sections(material, steps),
            Section("Statements it rests on", rows=tuple(_grounds(view, remaining))),
            *remaining.sections(),
        ),
    )


def proof_sections(
    material: Material, ways: Sequence[Sequence[IRI]], *, is_folded: bool = True
) -> Iterator[Section]:
    """Each way to a conclusion as its axioms; answers rest on the first."""
    view = material.view
    known = {each.iri: each for each in material.rules}
    for number, axioms in enumerate(ways, 1):
        ordered = sorted(axioms, key=lambda each: (each not in known, view.name(each)))
        title = "Why" if len(ways) == 1 else f"Why, way {number} of {len(ways)}"
        steps = tuple(_step(view, each, known.get(each)) for each in ordered)
        yield Section(title, steps=steps, is_folded=is_folded and number > 1)


def way_grounds(material: Material, ways: Iterable[Iterable[IRI]]) -> tuple[IRI, ...]:
    """The statements and background that the axioms of some proofs rest on, each once."""
    used = {each for way in ways for each in way}
    rules = (each for each in material.rules if each.iri in used)
    return tuple(sorted({each for rule in rules for each in rule.evidence}))


def _step(view: View, axiom: IRI, rule: Rule | None) -> Phrase:
    if rule is None:
        return (*axiom_words(view, axiom), Link("", note="by definition"))
    return (*rule_cell(rule), Link(" "), *statement_ids(view, rule.evidence))


def _grounds(view: View, remaining: Remaining) -> Iterator[Row]:
    names = (
        ("Said of it", EG.ruleStatement),
        ("Used on the way", EG.usesStatement),
        ("Background", EG.usesBackground),
        ("Agreeing", EG.corroboration),
        ("The weakest, which bounds how sure it is", EG.weakestStatement),
    )
    shown: set[IRI] = set()
    for title, name in names:
        said = [e.object for e in remaining.take([name]) if isinstance(e.object, IRI)]
        found = [each for each in said if name == EG.weakestStatement or each not in shown]
        shown |= set(found)
        if found:
            yield Row(Link(title), statement_links(view, found))
    for known in remaining.take([EG.byInference]):
        told = "found by the reasoner" if link_to(view, known.object).text == "true" else "stated"
        yield Row(Link("How it is known"), (Link(told),))
