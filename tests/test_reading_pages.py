"""Pages worth linking to: every one of every kind, and the search that leads to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from counting import share_of

from kg.compile import builder
from kg.model.spelling import fold
from kg.model.vocabulary import BASE, IRI, SKOS
from kg.pages.values import path_of
from kg.serve.api.catalogue import bind_fields, queries
from kg.serve.jobs import build_jobs
from kg.serve.linked.frames import SEARCHED, Reached, resource_frame
from kg.serve.linked.links import STANDINGS
from kg.serve.linked.material import Material, read_asked
from kg.serve.linked.search import Entry, Index, entries
from kg.serve.linked.view import View
from kg.serve.packing import unpack
from kg.store.knowledge import open_graph
from kg.store.local import LocalStore
from kg.store.queries import read_query

REACHED = Reached("http://localhost", "0")
SPACES = (
    "id", "statement", "background", "document", "region", "citation", "reference", "query",
    "axiom", "edge", "justification",
)  # fmt: skip
EACH = (pytest.param("id", marks=pytest.mark.slow), *SPACES[1:])
"""Terms have more than a thousand pages, and take as long as all others."""
ALIKE = ("axiom", "edge", "justification")
OVERVIEWS = (
    "", "data", "sources", "rules", "ontology/tree", "graph/",
    *(f"{each}/" for each in SPACES[:-3]),
)  # fmt: skip
RECORD = (
    "ni:///", "character start", "character end", "sentence digest", "document digest",
    "knowledge_assertion", "automated_agent", "agent type", "is defined by", "evidence type",
)  # fmt: skip
"""What a record of a database would show and a reader does not want."""
ELSEWHERE = ("static/", "sparql", "api", "search", "dumps/", "ask", ".well-known/", "docs")
"""Addresses that are no resources; other tests follow them."""


@pytest.fixture(name="material", scope="module")
def _material() -> Material:
    product = builder.ready()
    view = View(LocalStore(product.served), product.base, product.modules, product.served)
    return Material(view, read_asked(open_graph(product)))


@pytest.fixture(name="page", scope="module")
def _page(material: Material) -> Callable[[str], str]:
    """Give the page of a path, made once; an error where there is nothing."""
    jobs = build_jobs(LocalStore(), material)
    wanted = dict.fromkeys(("asked", "ontology", "others", "missing"), "text/html")
    known: dict[str, str] = {}

    def page(path: str) -> str:
        if path not in known:
            reply = jobs["resource"](resource_frame((unquote(path),), wanted, REACHED))
            assert reply.head["status"] == 200, path
            known[path] = unpack(reply)[0].decode()
        return known[path]

    return page


def members(material: Material, space: str) -> list[str]:
    """The paths of everything in a namespace."""
    return [path_of(each) for each in material.view.own if each.startswith(f"{BASE}{space}/")]


def some(material: Material, space: str) -> list[str]:
    """The same; of what there are hundreds that differ in names alone, one in twenty."""
    return members(material, space)[:: 20 if space in ALIKE else 1]


class Reader(HTMLParser):
    """The links, the anchors and the text of a page, and what of the text is not folded."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: list[str] = []
        self.open_text = ""
        self._folds = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, an anchor, and that something is folded."""
        given = dict(attrs)
        self.links |= {given["href"] or ""} if "href" in given else set()
        self.anchors += [given["id"] or ""] if "id" in given else []
        self._folds += tag in ("details", "script")

    def handle_endtag(self, tag: str) -> None:
        """Note that what was folded has ended."""
        self._folds -= tag in ("details", "script")

    def handle_data(self, data: str) -> None:
        """Note text that is not folded."""
        self.open_text += "" if self._folds else data


@cache
def read(page: str) -> Reader:
    """What is in a page; it is read once, however many others lead to it."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


# ── Every page ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("space", EACH)
def test_every_page(material: Material, page: Callable[[str], str], space: str) -> None:
    """Pages of every kind are there, have a heading, and no two of their anchors are the same."""
    check_pages(some(material, space), page)


@pytest.mark.exhaustive
@pytest.mark.parametrize("space", ALIKE)
def test_every_page_of_many(material: Material, page: Callable[[str], str], space: str) -> None:
    """The same of each axiom, conclusion and proof, with all that they link to."""
    paths = share_of(members(material, space))

    check_pages(paths, page)
    check_links(paths, page)


def check_pages(paths: Sequence[str], page: Callable[[str], str]) -> None:
    """Each page is there, has a heading, and no anchor twice."""
    assert paths
    for path in paths:
        found = read(page(path))
        assert re.search(r"<h1>\s*\S", page(path)), path
        assert len(found.anchors) == len(set(found.anchors)), path


@pytest.mark.parametrize("space", [*EACH, "overviews"])
def test_no_dead_link(material: Material, page: Callable[[str], str], space: str) -> None:
    """Whatever a page links to on this server is there, to the very place on the other page."""
    check_links(OVERVIEWS if space == "overviews" else some(material, space), page)


def check_links(paths: Sequence[str], page: Callable[[str], str]) -> None:
    """Each link leads to a page, and where it names a part of it, to that part."""
    links = {(link, path) for path in paths for link in read(page(path)).links}
    for link, path in sorted(links):
        where, _, anchor = link.removeprefix("/").partition("#")
        if not link.startswith("/") or where.startswith(ELSEWHERE):
            continue
        anchors = read(page(where)).anchors
        assert not anchor or anchor in anchors, (path, link)


@pytest.mark.parametrize("space", ["statement", "background", "document", "reference", "citation"])
def test_no_record_above_the_fold(
    material: Material, page: Callable[[str], str], space: str
) -> None:
    """What a curator's record needs and a reader does not is folded."""
    for path in members(material, space):
        text = read(page(path)).open_text
        assert not [each for each in RECORD if each in text], path


# ── What the pages say ──────────────────────────────────────────────────────────────────────


def test_every_statement_says_its_words_first(
    material: Material, page: Callable[[str], str]
) -> None:
    """The heading of a statement is its words and its id, and its place and population follow."""
    for path in members(material, "statement"):
        heading, _, rest = page(path).partition("</h1>")
        name = path.removeprefix("statement/")
        words = material.view.name(_iri(path)).removeprefix(f"{name} ")

        assert heading.endswith(f'<span class="id">{name}</span>')
        assert words in unescape(heading)
        text = read(rest).open_text
        assert text.index("For whom") < text.index("Where it stands")
        assert re.search(r"document [A-Z].*, section .*, line \d+", text), path


def test_answers_are_computed(material: Material, page: Callable[[str], str]) -> None:
    """A statement names the very questions whose answer has a line with it; others name none."""
    asked = {each.asked for each in material.asked}
    for path in members(material, "statement"):
        name = path.removeprefix("statement/")
        wanted = {each.asked for each in material.asked if name in each.parts}
        text = unescape(page(path))

        assert {each for each in asked if each in text} == wanted, name
    assert any(not each.parts for each in material.asked) or len(material.asked) > 50


def test_a_rule_falls_with_its_only_statement(
    material: Material, page: Callable[[str], str]
) -> None:
    """A statement says of each rule whether it carries it alone or beside which others."""
    alone = next(each for each in material.rules if len(each.evidence) == 1)
    shared = next(each for each in material.rules if len(each.evidence) > 1)

    assert "carries it alone" in page(path_of(alone.evidence[0]))
    for each in shared.evidence:
        assert "carries it, as does" in page(path_of(each))


def test_documents_by_section(material: Material, page: Callable[[str], str]) -> None:
    """A document shows each of its statements under its section and line, and what is set aside."""
    for path in members(material, "document"):
        name = path.removeprefix("document/")
        text = page(path)
        statements = [each for each in members(material, "statement") if f"/{name}" in each]

        assert statements
        for each in statements:
            assert f'href="/{each}"' in text
        assert f"{len(statements)} of {len(statements)} statements encoded" in text
        assert "Lines without a statement" in text


def test_every_rule_in_words(material: Material, page: Callable[[str], str]) -> None:
    """The page of rules has each rule with the statements and background that it rests on."""
    text = page("rules")

    for rule in material.rules:
        assert rule.iri is not None
        assert f'href="/{path_of(rule.iri)}"' in text
        for each in rule.evidence:
            assert f'href="/{path_of(each)}"' in text


def test_conclusions_say_why(material: Material, page: Callable[[str], str]) -> None:
    """The page of a conclusion gives its steps, those that rest on statements first."""
    for path in members(material, "edge")[::10]:
        steps = re.findall(r"<li>(.*?)</li>", page(path).partition("<ol>")[2].partition("</ol>")[0])

        assert steps, path
        rests = ["by definition" not in each for each in steps]
        assert rests == sorted(rests, reverse=True), path


def test_forms_of_queries(material: Material, page: Callable[[str], str]) -> None:
    """The form of each query has its parameters, and as it stands it runs the query as it is."""
    for path in members(material, "query"):
        name = path.removeprefix("query/")
        fields = re.findall(r'<input type="text" name="([^"]*)" value="([^"]*)"', page(path))
        given: dict[str, list[str]] = {}
        for each, value in fields:
            given.setdefault(each, []).append(unescape(value))
        query = queries()[name]

        assert list(given) == list(query.parameters), name
        bound = read_query(bind_fields(query, given), name).parameters
        for each, parameter in query.parameters.items():
            assert bound[each].defaults == parameter.defaults, (name, each)


# ── Search ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(name="found", scope="module")
def _found(material: Material) -> tuple[Entry, ...]:
    return tuple(entries(material.view, material.rules))


def test_every_kind_is_searched(found: tuple[Entry, ...]) -> None:
    """Terms, statements, background, documents, references, queries and rules can be found."""
    assert {each.kind for each in found} == set(SEARCHED)


def test_each_is_found_by_each_name(material: Material, found: tuple[Entry, ...]) -> None:
    """Whatever has a name, an id or a code is among the first when that is searched for."""
    index = material.index
    for entry in found:
        for name in dict.fromkeys(
            filter(None, (entry.title, entry.id, *entry.names, *entry.codes))
        ):
            hits = index.search(name).hits
            exact = [each for each in hits if _is_called(each.entry, name)]
            assert entry in [each.entry for each in exact], (name, entry.iri)
            assert list(hits[: len(exact)]) == exact, name


def test_codes_of_every_term(material: Material, found: tuple[Entry, ...]) -> None:
    """Every code that a term is mapped to is one that it is found by."""
    codes = {each.iri: each.codes for each in found}
    for relation in STANDINGS:
        for term, _, code in material.view.saying(relation):
            assert isinstance(term, IRI)
            assert isinstance(code, IRI)
            notation = material.view.text(code, SKOS.notation)
            assert not notation or notation in codes[term], (term, code)
    assert sum(map(bool, codes.values())) > 100


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("vit d def", "id/VitaminDDeficiency"),
        ("VITAMIN  D deficiency", "id/VitaminDDeficiency"),
        ("pagets disease", "id/PagetDiseaseOfBone"),
        ("6768-6", "id/SerumALPObservation"),
        ("loinc:6768-6", "id/SerumALPObservation"),
        ("a005", "statement/A005"),
        ("document B", "document/B"),
        ("who has reviewed", "query/reviews"),
    ],
)
def test_first_hit(material: Material, text: str, path: str) -> None:
    """Case, blanks and marks do not count, a word may be begun only, and codes are exact."""
    assert material.index.search(text).hits[0].entry.path == path


def test_nothing_and_some() -> None:
    """Where nothing has all words, what has some is given and told so; nothing is no error."""
    index = Index([Entry("term", _iri("id/X"), "bone scan"), Entry("term", _iri("id/Y"), "liver")])

    assert {each.entry.title for each in index.search("bone liver").hits} == {"bone scan", "liver"}
    assert not index.search("bone liver").is_whole
    for text in ("", " ", '"', "* OR *", "NEAR(", "x" * 5000, "\x00", "xyz"):
        assert index.search(text).hits == ()


def test_kinds_are_facets() -> None:
    """Hits of one kind can be asked for alone; the counts stay those of all."""
    index = Index([Entry("term", _iri("id/X"), "bone"), Entry("query", _iri("query/q"), "bone")])

    found = index.search("bone", "query")

    assert [each.entry.kind for each in found.hits] == ["query"]
    assert dict(found.counts) == {"term": 1, "query": 1}
    assert found.total == 1


def _is_called(entry: Entry, name: str) -> bool:
    names = (entry.title, entry.id, *entry.names, *entry.codes)
    return fold(name) in map(fold, names)


def _iri(path: str) -> IRI:
    return IRI(f"{BASE}{path}")
