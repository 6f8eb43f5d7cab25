"""The ontology in the browser: the tree, the place of a term in it, evidence, and every proof.

What stands on the pages is compared with what is worked out here from the triples alone, and the
proofs with what follows when an axiom of theirs is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path

import pytest
from asgi import running
from test_linked_pages import hostile

from kg.compile import builder
from kg.model.rdf import Quad, Triple, write_nquads
from kg.model.vocabulary import BASE, IRI, PREFIXES, RDFS
from kg.pages.values import Branch, path_of
from kg.reasoning.engine import classify
from kg.reasoning.rules import TYPE, Fact, Facts
from kg.reasoning.trace import minimal_sets
from kg.serve.app import create_app
from kg.serve.jobs import build_jobs
from kg.serve.linked.frames import Reached, resource_frame
from kg.serve.linked.material import Material
from kg.serve.linked.pages.tree import place_section, tree_page, why_page
from kg.serve.linked.taxonomy import find_ways, why_path
from kg.serve.linked.view import View
from kg.serve.packing import unpack
from kg.serve.queries import Job
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState
from kg.store.knowledge import open_graph
from kg.store.local import LocalStore

REACHED = Reached("http://localhost", "0")
MOST = 50_000
"""Bytes of a page."""
AMYLOID, LIVER, SYSTEM = (
    IRI(f"{PREFIXES['eg']}{name}")
    for name in ("HepaticAmyloidosis", "LiverDisorder", "HepatobiliaryDisorder")
)
Pairs = frozenset[tuple[IRI, IRI]]


@pytest.fixture(name="material", scope="module")
def _material() -> Material:
    product = builder.ready()
    view = View(LocalStore(product.served), product.base, product.modules, product.served)
    return Material(view, asserted=open_graph(product).asserted)


@pytest.fixture(name="page", scope="module")
def _page(material: Material) -> Callable[[str], str]:
    job = build_jobs(LocalStore(), material)["resource"]
    return partial(_read, job)


def _read(job: Job, path: str) -> str:
    wanted = dict.fromkeys(("asked", "ontology", "others", "missing"), "text/html")
    reply = job(resource_frame((path,), wanted, REACHED))
    assert reply.head["status"] == 200, path
    return unpack(reply)[0].decode()


@pytest.fixture(name="said", scope="module")
def _said(material: Material) -> Pairs:
    """Every pair of classes of the project of which the graph says that one is below the other."""
    triples = material.view.saying(RDFS.subClassOf)
    return frozenset(
        (each.subject, each.object)
        for each in triples
        if isinstance(each.subject, IRI)
        and isinstance(each.object, IRI)
        and each.subject.startswith(BASE)
        and each.object.startswith(BASE)
    )


def lines(branches: tuple[Branch, ...], above: str = "") -> list[tuple[str, str]]:
    """Each named line of a tree with the named line above it; what is folded away included."""
    found = []
    for each in branches:
        name = each.line[0].text if each.line else above
        found += [(name, above)] if each.line else []
        found += lines(each.below, name)
    return found


# ── The tree ────────────────────────────────────────────────────────────────────────────────


def test_steps_are_the_nearest(material: Material, said: Pairs) -> None:
    """Steps of the tree, followed on and on, lead to just what the graph says; none is spare."""
    taxonomy = material.taxonomy
    kept = {(a, b) for a, b in said if not {a, b} & taxonomy.made and (b, a) not in said}
    terms = sorted(set(chain.from_iterable(kept)))

    def reach(start: IRI) -> set[IRI]:
        found: set[IRI] = set()
        waiting = [start]
        while waiting:
            new = set(taxonomy.parents(waiting.pop())) - found
            found |= new
            waiting += new
        return found

    assert {(each, upper) for each in terms for upper in reach(each)} == kept
    for each in terms:
        near = taxonomy.parents(each)
        assert not [(a, b) for a in near for b in near if (a, b) in kept]


def test_a_term_in_its_place(material: Material) -> None:
    """Each way from a root ends in the term; what stands beside it is folded, with its evidence."""
    section = place_section(material, AMYLOID)

    found = lines(section.tree)
    name = material.view.name
    assert (name(AMYLOID), name(LIVER)) in found
    assert (name(LIVER), name(SYSTEM)) in found
    roots = {line for line, above in found if not above}
    assert roots <= {name(each) for each in material.taxonomy.roots}
    assert ("drug-induced liver injury", name(LIVER)) in found
    assert not any("drug-induced" in line for line in _unfolded(section.tree))


def _unfolded(branches: tuple[Branch, ...]) -> list[str]:
    """The lines that are seen before anything is opened."""
    open_ones = (each for each in branches if not each.fold)
    return [
        *(each.line[0].text for each in branches if each.line),
        *chain.from_iterable(_unfolded(each.below) for each in open_ones),
    ]


def test_each_parent_once_at_least(material: Material) -> None:
    """Every term in the tree stands below each parent on its page, and above each child."""
    taxonomy, name = material.taxonomy, material.view.name
    for each in material.view.own:
        parents, children = taxonomy.parents(each), taxonomy.children(each)
        if parents or children:
            found = set(lines(place_section(material, each).tree))
            assert {(name(each), name(upper)) for upper in parents} <= found, each
            assert {(name(lower), name(each)) for lower in children} <= found, each


def test_the_whole_tree(material: Material) -> None:
    """Each line of the whole tree is a step of it; all roots are there, no step twice."""
    taxonomy, name = material.taxonomy, material.view.name
    steps = {(name(low), name(up)) for low in material.view.own for up in taxonomy.parents(low)}

    section = next(each for each in tree_page(material).sections if each.tree)

    found = lines(section.tree)
    assert {line for line, above in found if not above} == set(map(name, taxonomy.roots))
    assert {each for each in found if each[1]} <= steps
    assert len(found) == len(set(found))
    assert len(found) > 200


# ── Pages ───────────────────────────────────────────────────────────────────────────────────


class Nested(HTMLParser):
    """The links of a page, and those that stand in something folded."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.folded: set[str] = set()
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, and that something is folded."""
        self._depth += tag == "details"
        if tag == "a":
            href = dict(attrs)["href"] or ""
            self.links.add(href)
            self.folded |= {href} if self._depth else set()

    def handle_endtag(self, tag: str) -> None:
        """Note that something folded has ended."""
        self._depth -= tag == "details"


@pytest.mark.slow
def test_pages_are_light(material: Material, page: Callable[[str], str]) -> None:
    """No page of a class, nor the tree, is longer than 50 kB, and none needs a script to open."""
    paths = [
        each.removeprefix(BASE) for each in material.view.own if material.taxonomy.parents(each)
    ]
    for path in ("ontology/tree", *paths):
        text = page(path)
        assert len(text.encode()) <= MOST, path
    assert "<details>" in page("ontology/tree")


def test_the_way_from_the_tree(page: Callable[[str], str]) -> None:
    """From the tree to a search, from a term to the tree and to why, each in one step."""
    tree, term = Nested(), Nested()
    tree.feed(page("ontology/tree"))
    term.feed(page("id/HepaticAmyloidosis"))

    assert 'action="/search"' in page("ontology/tree")
    assert "/id/HepaticAmyloidosis" in tree.links
    assert "/ontology/tree" in term.links
    assert "/ontology/why/HepaticAmyloidosis/HepatobiliaryCause" in term.links
    assert "/id/DrugInducedLiverInjury" in term.folded
    for path in ("", "id/", "ontology", "data"):
        assert 'href="/ontology/tree"' in page(path), path


@pytest.mark.slow
def test_evidence_beside_its_axiom(material: Material, page: Callable[[str], str]) -> None:
    """Each told axiom with evidence stands on the page of its class with statement and line."""
    rules = [each for each in material.rules if each.evidence and each.about[0].path]
    checked = 0
    for rule in rules:
        if len(rule.about) > 1 or not str(rule.about[0].path).startswith("id/"):
            continue
        text = page(str(rule.about[0].path))
        row = next(each for each in re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
                   if f'href="/{_path(rule.iri)}"' in each)  # fmt: skip
        for statement in rule.evidence:
            assert f'href="/{_path(statement)}"' in row, rule.text
            if statement.startswith(PREFIXES["st"]):
                assert re.search(r'href="/document/\w+#line-\d+">line \d+<', row), rule.text
        checked += 1
    assert checked > 50


def _path(iri: IRI | None) -> str:
    return str(iri).removeprefix(BASE)


# ── Why ─────────────────────────────────────────────────────────────────────────────────────


def test_every_inferred_step_says_why(material: Material, said: Pairs) -> None:
    """Each inferred step of the tree has every way, and none of them can spare an axiom."""
    steps = [
        (lower, upper)
        for lower in material.view.own
        for upper in material.taxonomy.parents(lower)
        if material.view.is_inferred(Triple(lower, RDFS.subClassOf, upper))
    ]
    assert len(steps) > 100
    assert set(steps) <= said
    for lower, upper in steps:
        assert material.asserted is not None
        ways = find_ways(material.asserted, lower, upper)
        assert ways, (lower, upper)
        assert not [(a, b) for a in ways for b in ways if set(a) < set(b)]
        assert all(material.view.knows(each) for way in ways for each in way)
        assert why_path(lower, upper)


def test_proofs_rest_on_their_axioms(material: Material) -> None:
    """Without an axiom that every way needs, nothing is left of the conclusion."""
    asserted = material.asserted
    assert asserted is not None
    closure = classify(asserted.rules, Facts(types=(("urn:x", AMYLOID),)))
    goal = Fact("urn:x", TYPE, SYSTEM)
    (way,) = find_ways(asserted, AMYLOID, SYSTEM)
    for axiom in (each.rpartition("/")[2] for each in way):
        steps = [each for each in asserted.steps(closure) if axiom not in each.axioms]
        assert minimal_sets(steps, (goal,), asserted.places)[goal] == ()


def test_several_ways_all_shown(material: Material) -> None:
    """A conclusion that holds in several ways has a part for each, open, and the statements."""
    view = material.view
    several: Mapping[tuple[IRI, IRI], int] = {
        (lower, upper): len(find_ways(material.asserted, lower, upper))
        for lower in view.own
        for upper in material.taxonomy.parents(lower)
        if material.asserted is not None and view.is_inferred(Triple(lower, RDFS.subClassOf, upper))
    }
    (lower, upper), count = max(several.items(), key=lambda each: each[1])
    assert count > 1

    page = why_page(material, lower, upper)

    ways = [each for each in page.sections if each.steps]
    assert [each.title for each in ways] == [
        f"Why, way {number} of {count}" for number in range(1, count + 1)
    ]
    assert not any(each.is_folded for each in ways)
    used = {link.path for way in ways for step in way.steps for link in step if link.path}
    grounds = next(each for each in page.sections if each.table)
    assert grounds.table is not None
    shown = {row[0][0].path for row in grounds.table.rows}
    statements = tuple(path_of(PREFIXES[each]) for each in ("st", "bg"))
    assert shown == {path for path in used if path.startswith(statements)} != set()


def test_a_bare_file(tmp_path: Path) -> None:
    """A graph without rules has its tree, and says that proofs are not to be had."""
    x, y = (IRI(f"{PREFIXES['eg']}{name}") for name in "XY")
    path = tmp_path / "graph.nq"
    path.write_bytes(write_nquads([*hostile("plain"), Quad(x, RDFS.subClassOf, y)]))
    with running(create_app(AppState(Settings(), GraphFile(path)))) as client:
        why = client.get("/ontology/why/X/Y", accept="text/html")
        assert why.status == 200
        assert "came without the rules" in why.text
        assert client.get("/ontology/tree", accept="text/html").status == 200
        assert client.get("/ontology/why/Y/X", accept="text/html").status == 404
        assert client.get("/ontology/why/X", accept="text/html").status == 404
        data = client.get("/ontology/why/X/Y", accept="text/turtle")
        assert data.headers["content-location"].endswith("/id/X.ttl")


def test_terms_that_mean_the_same(material: Material, said: Pairs) -> None:
    """Of two classes that mean the same neither is below the other, and each names the other."""
    taxonomy, name = material.taxonomy, material.view.name
    pairs = [(a, b) for a, b in said if (b, a) in said and not {a, b} & taxonomy.made]
    assert pairs
    for one, other in pairs:
        assert other not in taxonomy.parents(one)
        assert name(other) in {each.text for each in place_section(material, one).lead}
