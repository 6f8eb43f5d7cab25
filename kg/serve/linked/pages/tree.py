"""Terms as a tree: all of it, the place of one term in it, and why one stands below another.

Beside each line stands how its step to the line above is known: the statements that an axiom rests
on, or that it was inferred, which leads to every proof of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from kg.model.rdf import Triple
from kg.model.statements import short_id
from kg.model.vocabulary import EG, IRI, OWL, PREFIXES, RDFS
from kg.pages.values import (
    Branch,
    Field,
    Form,
    Link,
    Page,
    Phrase,
    Section,
    Table,
    joined,
    path_of,
    phrase,
)
from kg.serve.linked.links import link_to, sort_links
from kg.serve.linked.material import Material
from kg.serve.linked.pages.parts import LONG, rule_cell, statement_ids, statement_link
from kg.serve.linked.pages.place import place_of
from kg.serve.linked.pages.rules import proof_sections, way_grounds
from kg.serve.linked.taxonomy import find_ways, why_path
from kg.serve.linked.view import View
from kg.serve.linked.wording import KIND_OF, Rule

TREE: Final = "ontology/tree"
"""The path of the whole tree."""
_MOST_SIBLINGS: Final = 40
_MOST_LINES: Final = 400
"""Lines of the whole tree: what is left stands on the pages of its terms."""
_NO_RULES: Final = "This graph came without the rules by which such conclusions are explained."


# ── The place of a term ─────────────────────────────────────────────────────────────────────


def place_section(material: Material, iri: IRI) -> Section:
    """The term below each of its wider terms, up to the roots, and above its narrower ones."""
    taxonomy = material.taxonomy
    if not taxonomy.parents(iri) and not taxonomy.children(iri):
        return Section("")
    lead = (Link("The whole tree", path=TREE), *_same(material, iri))
    return Section("Where it belongs", lead=lead, tree=_Place(material, iri).branches())


def _same(material: Material, iri: IRI) -> Iterator[Link]:
    """The terms that mean the same, each with how that is known."""
    for each in material.taxonomy.by_name(material.taxonomy.same(iri)):
        yield Link(" · means the same as ")
        yield from _line(material, each, iri)


@dataclass
class _Place:
    """Draws the way from the roots to a term; what was drawn already is not drawn again."""

    material: Material
    iri: IRI
    drawn: set[IRI] = field(default_factory=set)

    def branches(self) -> tuple[Branch, ...]:
        """A branch for each root above the term, or the term itself."""
        taxonomy = self.material.taxonomy
        above = taxonomy.above(self.iri)
        roots = [each for each in taxonomy.by_name(above) if not taxonomy.parents(each)]
        return tuple(self._branch(each, None) for each in roots) or (self._here(None),)

    def _branch(self, each: IRI, upper: IRI | None) -> Branch:
        if each == self.iri:
            return self._here(upper)
        line = _line(self.material, each, upper)
        if each in self.drawn:
            return Branch((*line, Link("", note="as above")))
        self.drawn.add(each)
        taxonomy = self.material.taxonomy
        way = {self.iri, *taxonomy.above(self.iri)}
        below = [self._branch(lower, each) for lower in taxonomy.children(each) if lower in way]
        return Branch(line, (*below, *self._siblings(each, way)))

    def _siblings(self, upper: IRI, way: set[IRI]) -> Iterator[Branch]:
        """What else stands directly below a parent of the term, to be opened."""
        below = self.material.taxonomy.children(upper)
        others = [each for each in below if each not in way]
        if self.iri in below and others:
            shown = [Branch(_line(self.material, e, upper)) for e in others[:_MOST_SIBLINGS]]
            if len(others) > _MOST_SIBLINGS:
                shown.append(_more(self.material.view, upper, len(others) - _MOST_SIBLINGS))
            yield Branch((), tuple(shown), fold=f"{len(others)} beside it")

    def _here(self, upper: IRI | None) -> Branch:
        known = _known(self.material, self.iri, upper)
        line = (*phrase(self.material.view.name(self.iri)), *known)
        is_first = self.iri not in self.drawn
        self.drawn.add(self.iri)
        return Branch(line, self._below() if is_first else (), is_here=True)

    def _below(self) -> tuple[Branch, ...]:
        below = self.material.taxonomy.children(self.iri)
        found = [Branch(_line(self.material, e, self.iri)) for e in below[:_MOST_SIBLINGS]]
        if len(below) > _MOST_SIBLINGS:
            rest = [Branch(_line(self.material, e, self.iri)) for e in below[_MOST_SIBLINGS:]]
            found.append(Branch((), tuple(rest), fold=f"{len(rest)} more"))
        return tuple(found)


def _more(view: View, upper: IRI, count: int) -> Branch:
    return Branch(phrase(f"and {count} more below ", link_to(view, upper)))


def _line(material: Material, iri: IRI, upper: IRI | None) -> Phrase:
    """A term, and how it is known that it stands below the one above."""
    return (link_to(material.view, iri), *_known(material, iri, upper))


def _known(material: Material, iri: IRI, upper: IRI | None) -> Phrase:
    """The statements that a told step rests on, or that it was inferred, with the way to why."""
    view = material.view
    if upper is None:
        return ()
    why = why_path(iri, upper)
    if view.is_inferred(Triple(iri, RDFS.subClassOf, upper)):
        return phrase(" ", Link("inferred", path=why))
    return tuple(each for link in _evidence(view, iri, upper) for each in (Link(" "), link))


def _evidence(view: View, iri: IRI, upper: IRI) -> Phrase:
    """The ids of the statements that carry what is told of a term."""
    for each in view.pointing(iri, OWL.annotatedSource):
        if upper in view.values(each.subject, OWL.annotatedTarget):
            return tuple(map(_short, view.iris(each.subject, EG.evidence)))
    return ()


def _short(iri: IRI) -> Link:
    """The id of a statement; of background, that it is."""
    if iri.startswith(PREFIXES["st"]):
        return Link("", path=path_of(iri), id=short_id(iri))
    return Link("background", path=path_of(iri))


# ── Its axioms ──────────────────────────────────────────────────────────────────────────────


def axioms_section(view: View, told: Iterable[Rule]) -> Section:
    """What is told of a term, each axiom with the statements that it rests on and their place."""
    rows = tuple((rule_cell(each), _grounds(view, each)) for each in told)
    table = Table("Axioms about it", ("Axiom", "Rests on"), rows)
    return Section("Axioms about it", table=table, is_folded=len(rows) > LONG)


def _grounds(view: View, rule: Rule) -> Phrase:
    if not rule.evidence:
        return phrase(Link("", note="by definition"))
    carried = joined((_grounds_of(view, each) for each in rule.evidence), "; ")
    against = statement_ids(view, rule.counter)
    return (*carried, Link(" Denied by "), *against) if against else carried


def _grounds_of(view: View, statement: IRI) -> Phrase:
    """A statement in its words, with its document and line."""
    where = place_of(view, statement)
    link = statement_link(view, statement)
    return (link, Link(" ("), *where, Link(")")) if where else (link,)


# ── The whole tree ──────────────────────────────────────────────────────────────────────────


def tree_page(material: Material) -> Page:
    """All terms below their wider ones; what does not fit is on the page of its term."""
    view, taxonomy = material.view, material.taxonomy
    values = sort_links(link_to(view, each) for each in taxonomy.made)
    return Page(
        "Terms as a tree",
        lead=(
            "Each term below the next wider ones, as told or as inferred. The page of a term has "
            "the way to it from the root, what stands beside it, and the evidence of each axiom."
        ),
        actions=(Link("All terms by kind", path="id/"), Link("Rules in words", path="rules")),
        sections=(
            Section("", forms=(Form("search", "Search", (Field("q", label="Find a term"),)),)),
            Section("From the roots", tree=_whole(material)),
            Section("Classes that only say a value", items=values, is_folded=True),
        ),
    ).without_empty()


def _whole(material: Material) -> tuple[Branch, ...]:
    opened = _opened(material)
    roots = material.taxonomy.roots
    return tuple(_drawn(material, each, None, opened) for each in roots)


def _opened(material: Material) -> dict[IRI, IRI | None]:
    """The terms whose narrower ones are drawn, nearest to the roots first, each below one only."""
    taxonomy = material.taxonomy
    waiting: deque[tuple[IRI, IRI | None]] = deque((each, None) for each in taxonomy.roots)
    found: dict[IRI, IRI | None] = {}
    lines = len(waiting)
    while waiting and lines < _MOST_LINES:
        iri, upper = waiting.popleft()
        below = taxonomy.children(iri)
        if below and iri not in found:
            found[iri] = upper
            lines += len(below)
            waiting += [(each, iri) for each in below]
    return found


def _drawn(
    material: Material, iri: IRI, upper: IRI | None, opened: dict[IRI, IRI | None]
) -> Branch:
    below = material.taxonomy.children(iri)
    link = link_to(material.view, iri)
    if not below:
        return Branch((link,))
    if opened.get(iri, iri) != upper:
        return Branch((link, Link("", note=f"{len(below)} narrower")))
    drawn = tuple(_drawn(material, each, iri, opened) for each in below)
    return Branch((link,), drawn, fold=f"{len(below)} narrower")


# ── Why ─────────────────────────────────────────────────────────────────────────────────────


def why_page(material: Material, lower: IRI, upper: IRI) -> Page:
    """Why a class is a kind of another: every smallest set of axioms, each step with grounds."""
    view = material.view
    ways = find_ways(material.asserted, lower, upper) if material.asserted else ()
    is_inferred = view.is_inferred(Triple(lower, RDFS.subClassOf, upper))
    names = (link_to(view, lower), Link(f" — {KIND_OF} — "), link_to(view, upper))
    grounds = way_grounds(material, ways)
    rows = tuple((phrase(statement_link(view, e)), place_of(view, e)) for e in grounds)
    table = Table("Statements it rests on", ("Statement", "Where it stands"), rows)
    return Page(
        "".join(each.text for each in names),
        kind="inferred by the rules" if is_inferred else "told",
        sections=(
            Section("", lead=names if ways else (*names, Link(f". {_NO_RULES}"))),
            *proof_sections(material, ways, is_folded=False),
            Section("Statements it rests on", table=table),
            Section("Where it stands in the tree", lead=phrase(
                Link("The place of "), Link(view.name(lower), path=path_of(lower)),
                Link(" · "), Link("The whole tree", path=TREE),
            )),
        ),
    ).without_empty()  # fmt: skip
