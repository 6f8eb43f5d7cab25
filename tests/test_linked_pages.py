"""Pages made of hostile text: whatever a label says, it is shown and does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from asgi import running

from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import BASE, EG, IRI, OWL, RDFS, BlankNode, Literal, Term, expand
from kg.pages.html import POLICY, html
from kg.pages.values import (
    Branch,
    Field,
    Form,
    Link,
    Page,
    Row,
    Section,
    Table,
    path_of,
)
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

TAGS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>", "<body onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>", "<details open ontoggle=alert(1)>",
    "<math><mtext></p><img src=x onerror=alert(1)>", "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", "<base href=//evil.example/>",
    "<form action=//evil.example><button>x", "<style>@import '//evil.example/x.css'</style>",
    "<input autofocus onfocus=alert(1)>", "<video><source onerror=alert(1)>",
    "<marquee onstart=alert(1)>", "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<!--<img src=--><x onload=1>",
    "<script src=//evil.example/x.js></script>", "<SCRIPT>alert(1)</SCRIPT>",
)  # fmt: skip
ENDS = ("'", '"', "</title>", "</script>", "</dd>", "</pre>", "</code>", "-->", "]]>", "&lt;", "\\")
BREAKS = (
    '"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)", "`onclick=alert(1)", "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>", "</style><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>", "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(1)", "{{ 7 * 7 }}", "{% for x in y %}", "${7*7}", "#{7*7}",
    "<%= 7 * 7 %>", "{{ config }}", "javascript:alert(1)", "data:text/html,<script>x</script>",
    "\u202e<script>", "\ufeff<script>alert(1)</script>", "<\u0000script>alert(1)</script>",
    "\u2028</script><script>alert(1)//", "+ADw-script+AD4-alert(1)",
    "<\u017fcript>alert(1)</\u017fcript>",
)  # fmt: skip
PAYLOADS = (*TAGS, *BREAKS, *(f"x{end}<img src=x onerror=alert(1)>" for end in ENDS))
LINKS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/x",
    "urn:x", "ni:///sha-256;x", "//evil.example/",
)  # fmt: skip
THINGS = (
    "id/X", "statement/S1", "document/D", "citation/D-1", "region/D-1", "query/q", "reference/R",
    "axiom/1", "edge/1", "id/act",
)  # fmt: skip
LISTS = (
    "graph/g", "id/", "statement/", "query/", "ontology", "", "data", "sources", "rules",
    "ontology/tree",
    "search?q=S1",
)  # fmt: skip
PATHS = (*THINGS, *LISTS)


def hostile(text: str, link: str = "urn:x", mark: str = "") -> list[Quad]:
    """A small graph in which every text is the one given, and every link elsewhere too.

    The mark stands at the end of every name, so that several of them can be one graph.
    """
    said = Literal(text)
    x, s, d, cite, region, q, reference, axiom, edge, act = (
        IRI(f"{BASE}{name}{mark}") for name in THINGS
    )
    ontology = IRI(f"{BASE}ontology")
    node = BlankNode(f"n{mark}")
    triples: list[tuple[IRI | BlankNode, str, Term]] = [
        *((each, "rdfs:label", said) for each in (x, s, d, cite, region, q, act)),
        *((x, name, said) for name in ("skos:definition", "skos:note", "skos:altLabel")),
        (x, "skos:exactMatch", IRI(link)),
        (IRI(link), "skos:notation", said),
        (IRI(link), "rdfs:label", said),
        (x, "rdfs:seeAlso", IRI(link)),
        (x, "rdfs:subClassOf", node),
        (node, "owl:onProperty", IRI(f"{BASE}id/p")),
        (node, "owl:hasValue", said),
        (x, "owl:deprecated", Literal("true")),
        (s, "eg:subject", x),
        (s, "eg:inDocument", d),
        (s, "eg:region", region),
        (s, "eg:cites", cite),
        (s, "prov:wasInvalidatedBy", act),
        (act, "eg:reason", said),
        (region, "eg:sectionTitle", said),
        (cite, "eg:note", said),
        (cite, "eg:inferredReference", reference),
        (reference, "dcterms:title", said),
        (d, "dcterms:title", said),
        (d, "eg:publisherName", said),
        (q, "rdf:type", expand("sh:SPARQLExecutable")),
        (q, "sh:select", said),
        (q, "rdfs:comment", said),
        *((s, f"eg:{name}", said) for name in ("population", "frequency", "notStated", "object")),
        (s, "eg:predicate", x),
        (s, "eg:narrows", s),
        (d, "eg:reviewStatus", said),
        *((region, f"eg:{name}", said) for name in ("item", "line", "sectionPath")),
        *((each, "eg:inDocument", d) for each in (region, cite, reference)),
        *((cite, f"eg:{name}", said) for name in ("number", "resolution", "inferenceMethod")),
        *((reference, f"eg:{name}", said) for name in ("venue", "year")),
        (axiom, "rdf:type", EG.AxiomRecord),
        (axiom, "eg:axiomText", said),
        (node, "rdf:type", OWL.Axiom),
        (node, "owl:annotatedSource", x),
        (node, "owl:annotatedProperty", RDFS.subClassOf),
        (node, "owl:annotatedTarget", q),
        (node, "eg:evidence", s),
        (edge, "rdf:type", EG.DerivedEdge),
        (edge, "eg:justifiedBy", act),
        (act, "eg:usesAxiom", axiom),
        (edge, "eg:ruleStatement", s),
        (edge, "eg:edgeSource", x),
        (edge, "eg:edgeProperty", IRI(f"{BASE}id/p")),
        (edge, "eg:edgeTarget", x),
        *((ontology, f"dcterms:{name}", said) for name in ("title", "description", "creator")),
    ]
    graph = IRI(f"{BASE}graph/g")
    return [Quad(subject, expand(name), value, graph) for subject, name, value in triples]


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def read(page: str) -> Elements:
    """The elements of a page."""
    elements = Elements()
    elements.feed(page)
    elements.close()
    return elements


def pages(path: Path, quads: list[Quad], paths: Sequence[str] = PATHS) -> dict[str, Elements]:
    """The pages of a graph at those addresses."""
    path.write_bytes(write_nquads(quads))
    settings = Settings(limits=Limits(seconds_per_minute=0, errors_per_minute=0))
    found = {}
    with running(create_app(AppState(settings, GraphFile(path)))) as client:
        for each in paths:
            response = client.get(f"/{each}", accept="text/html")
            assert response.status == 200, each
            assert response.headers["content-security-policy"] == POLICY[0][1]
            assert response.headers["x-content-type-options"] == "nosniff"
            found[each] = read(response.text)
    return found


def test_there_are_enough() -> None:
    """Sixty texts, no two the same."""
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</script><img src=x onerror=a()>"])
def test_hostile_graph(tmp_path: Path, text: str) -> None:
    """A graph of hostile texts makes pages of the very elements that a harmless one makes."""
    plain = pages(tmp_path / "plain.nq", hostile("plain"))
    found = pages(tmp_path / "hostile.nq", hostile(text, LINKS[0]))

    for path, elements in found.items():
        assert elements.found == plain[path].found, path
        places = ("/", "#", "https://", "http://")
        assert all(link.startswith(places) for link in elements.links), path
    assert text in found["id/X"].text
    assert text in found["query/q"].text


@pytest.mark.slow
def test_hostile_things(tmp_path: Path) -> None:
    """Each payload alone, in every text of a thing, makes the elements of a harmless page."""
    plain = pages(tmp_path / "plain.nq", hostile("plain"), THINGS)
    quads = [each for n, text in enumerate(PAYLOADS) for each in hostile(text, mark=f"-{n}")]
    paths = [f"{thing}-{n}" for n in range(len(PAYLOADS)) for thing in THINGS]

    found = pages(tmp_path / "hostile.nq", quads, paths)

    for path, elements in found.items():
        assert elements.found == plain[path.rpartition("-")[0]].found, path


def page(text: str) -> Page:
    """A page in which every text is the one given."""
    shown = Link(text, path=path_of(BASE + "id/x"), note=text)
    return Page(
        title=text,
        kind=text,
        lead=text,
        iri=text,
        notices=(text,),
        replacements=(shown,),
        actions=(shown,),
        id=text,
        sections=(
            Section(text, rows=(Row(shown, (shown, Link(text))),), items=(shown,), text=text),
            Section(
                text,
                lead=(shown, Link(text, id=text), Link(text, path="x", id=text)),
                quote=text,
                table=Table(text, (text, text), (((shown,), (Link(text),)),)),
                tree=(Branch((shown,), (Branch((Link(text),), is_here=True),)),),
                steps=((shown, Link(text)),),
                forms=(Form("search", text, (Field("q", text), Field("q", text, label=text))),),
            ),
            Section(text, items=(Link(text, address="https://x.example/"),), is_folded=True),
        ),
        forms=(shown,),
        data={"name": text},
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload(payload: str) -> None:
    """No text adds an element or an attribute to a page, wherever on the page it stands."""
    harmless = read(html("page.html", "/", page=page("plain")).decode())

    found = read(html("page.html", "/", page=page(payload)).decode())

    assert found.found == harmless.found
    assert {urlsplit(link).netloc for link in found.links if link != payload} <= {"", "x.example"}


@pytest.mark.parametrize("link", LINKS)
def test_links(tmp_path: Path, link: str) -> None:
    """Only addresses of the web are linked to."""
    iri = link if ":" in link.split("/", maxsplit=1)[0] else f"urn:{link}"
    found = pages(tmp_path / "links.nq", hostile("plain", iri))

    assert iri not in found["id/X"].links


@pytest.mark.parametrize("name", ["/evil.example/x", "//evil.example/x", "\\evil.example", "/"])
def test_paths_stay_here(name: str) -> None:
    """The address of a term never begins with two slashes, which would name a host."""
    found = read(html("page.html", "/", page=Page("x", sections=(_list(BASE + name),))).decode())

    for link in found.links:
        assert not urlsplit(link).netloc
        assert not link.startswith(("//", "/\\"))


def _list(iri: str) -> Section:
    return Section("", items=(Link("x", path=path_of(iri)),))
