"""Every IRI of the graph under the server's own address, for people, programs and strangers."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph
import pytest
import rdflib
from addresses import documents
from asgi import Client, Response, running
from rdflib.compare import isomorphic
from rdflib.namespace import OWL, RDF, RDFS, XSD

from kg.compile import builder
from kg.model import resources
from kg.model.rdf import FORMATS, read_catalogue, rebase
from kg.model.vocabulary import BASE, ROOT_ONTOLOGY
from kg.sandbox.queue import Sizes
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile, Published
from kg.serve.settings import Settings
from kg.serve.state import AppState
from kg.store.artifact import Artifact

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside rdflib

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
OWL_API = (
    "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
)
NO_BUDGET = Limits(seconds_per_minute=0, errors_per_minute=0)
ELSEWHERE = "https://kg.example.org/alp"
UNHURRIED = Sizes(deadline=60)
"""The deadline of a reply is no matter of these tests, and a busy machine is no error."""
ONTOLOGY = "/ontology/conditions"
TERM, STATEMENT = "/id/VitaminDDeficiency", "/statement/A005"
RDF_FORMATS = {
    "ttl": ("text/turtle", "turtle"),
    "rdf": ("application/rdf+xml", "xml"),
    "jsonld": ("application/ld+json", "json-ld"),
    "nt": ("application/n-triples", "nt"),
    "nq": ("application/n-quads", "nquads"),
    "trig": ("application/trig", "trig"),
}
KINDS = (
    TERM, "/id/MyelomaCase", "/id/mayCause", "/id/raised-serum-alp", STATEMENT, "/document/A",
    "/region/A-26", "/citation/B-5", "/reference/B-R1", "/query/causes", "/queries/prefixes",
    "/background/treatment-must-be-given", "/graph/inferred", "/graph/document/A", "/ontology",
    ONTOLOGY, "/ontology/0.3.0", "/ontology/documents/A/0.3.0", "/.well-known/void",
    "/.well-known/sparql-examples", "/id/", "/statement/", "/graph/",
)  # fmt: skip
"""One address of each kind."""


@pytest.fixture(name="product", scope="module")
def _product() -> Artifact:
    return builder.ready()


@pytest.fixture(name="elsewhere", scope="module")
def _elsewhere(product: Artifact) -> Iterator[Client]:
    """Give a client of a server whose public address has another host, and a path."""
    settings = Settings(limits=NO_BUDGET, sizes=UNHURRIED, public_url=ELSEWHERE)
    with running(create_app(AppState(settings, Published(product.folder.parent)))) as client:
        yield client


@pytest.fixture(name="iris", scope="module")
def _iris(product: Artifact) -> list[str]:
    """Give every IRI of the graph that the server's address stands for, in a random order."""
    return documents(product)


def graph(response: Response, name: str) -> rdflib.Dataset:
    """What a response says, as its format says it."""
    read = rdflib.Dataset(default_union=True)
    read.parse(data=response.body, format=name, publicID="http://localhost/")
    return read


def size(response: Response, media_type: str) -> int:
    """How many triples a response holds."""
    form = pyoxigraph.RdfFormat.from_media_type(media_type)
    return len({quad.triple for quad in pyoxigraph.parse(response.body, format=form)})


def of_file(path: Path, text: str, *, base: str = BASE, **settings: object) -> AppState:
    """A server of a small graph."""
    path.write_text(text, "utf-8")
    return AppState(Settings(limits=NO_BUDGET, sizes=UNHURRIED, **settings), GraphFile(path, base))  # type: ignore[arg-type]


# ── Forms ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "accept", "wanted"),
    [
        (TERM, None, "text/turtle"),
        (TERM, "*/*", "text/turtle"),
        (TERM, BROWSER, "text/html"),
        (TERM, "text/html;q=0.5, text/turtle;q=0.4", "text/html"),
        (TERM, "text/html;q=0.4, text/turtle;q=0.5", "text/turtle"),
        (TERM, "application/ld+json", "application/ld+json"),
        (TERM, "application/json", "application/ld+json"),
        (TERM, "application/n-triples", "application/n-triples"),
        (TERM, "text/plain", "application/n-triples"),
        (TERM, OWL_API, "application/rdf+xml"),
        (TERM, "image/png", "text/turtle"),
        (ONTOLOGY, None, "application/rdf+xml"),
        (ONTOLOGY, "*/*", "application/rdf+xml"),
        (ONTOLOGY, OWL_API, "application/rdf+xml"),
        (ONTOLOGY, "text/turtle", "text/turtle"),
        (ONTOLOGY, BROWSER, "text/html"),
        ("/", BROWSER, "text/html"),
        ("/", "text/turtle", "text/turtle"),
        ("/.well-known/void", "application/ld+json", "application/ld+json"),
    ],
)
def test_negotiation(client: Client, path: str, accept: str | None, wanted: str) -> None:
    """The Accept header decides; who asks for nothing gets what programs read."""
    response = client.get(path, **({"accept": accept} if accept else {}))

    assert response.status == 200
    assert response.headers["content-type"].partition(";")[0] == wanted
    assert "Accept" in response.headers["vary"]
    where = response.headers["content-location"].removeprefix("http://127.0.0.1:8000")
    assert client.get(where).body == response.body


@pytest.mark.parametrize("path", KINDS)
def test_each_kind_in_each_form(client: Client, path: str) -> None:
    """Whatever it is, it comes as a page and as RDF, and all RDF formats say the same."""
    page = client.get(path, accept="text/html")
    sizes = {
        media_type: size(client.get(path, accept=media_type), media_type)
        for media_type, _ in RDF_FORMATS.values()
    }

    assert page.text.startswith("<!DOCTYPE html>")
    assert set(sizes.values()) == {sizes["text/turtle"]}
    assert sizes["text/turtle"] > 0


def test_formats_agree(client: Client) -> None:
    """A class with expressions is the same graph in every format, blank nodes and all."""
    first, *others = (
        rdflib.Graph().parse(data=client.get(f"/id/MyelomaCase.{suffix}").body, format=name)
        for suffix, (_, name) in RDF_FORMATS.items()
        if suffix not in ("nq", "trig")
    )

    assert all(isomorphic(first, each) for each in others)


@pytest.mark.parametrize("suffix", [*RDF_FORMATS, "html", "owl", "json"])
def test_suffix_beats_accept(client: Client, suffix: str) -> None:
    """The address of a form gives that form, whatever the header says."""
    wanted = {"html": "text/html", "owl": "application/rdf+xml", "json": "application/ld+json"}
    expected = wanted.get(suffix) or RDF_FORMATS[suffix][0]
    accept = "text/html" if suffix != "html" else "text/turtle"

    for path in (TERM, ONTOLOGY, "/ontology/0.3.0"):
        response = client.get(f"{path}.{suffix}", accept=accept)

        assert (response.status, response.headers["content-type"].partition(";")[0]) == (
            200, expected,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("html", "text/html"),
        ("ttl", "text/turtle"),
        ("rdfxml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("owl", "application/rdf+xml"),
    ],
)
def test_format_in_the_query(client: Client, name: str, wanted: str) -> None:
    """`?format=` beats the Accept header too."""
    response = client.get(f"{TERM}?format={quote(name)}", accept="application/n-triples")

    assert response.headers["content-type"].startswith(wanted)


@pytest.mark.parametrize("name", ["docx", "csv", "", "../html", "%00"])
def test_unknown_format(client: Client, name: str) -> None:
    """A format that is not one is an error that names those that are."""
    response = client.get(f"{TERM}?format={name}")

    assert response.status == 400
    assert "turtle" in response.json["detail"]


# ── What is said ────────────────────────────────────────────────────────────────────────────


def test_description_is_closed(client: Client) -> None:
    """Every blank node is described to its end, and the annotations of axioms are there."""
    said = graph(client.get("/id/MyelomaCase.nt"), "nt")
    nodes = {o for _, _, o, _ in said.quads() if isinstance(o, rdflib.BNode)}

    assert nodes
    assert nodes <= {s for s, _, _, _ in said.quads()}
    term = graph(client.get(f"{TERM}.nt"), "nt")
    assert list(term.subjects(OWL.annotatedSource, rdflib.URIRef(BASE + TERM[1:])))


def test_links_to_a_resource_are_bounded(client: Client) -> None:
    """What half the graph points at is still a short document."""
    said = graph(client.get("/id/DerivedEdge.nt"), "nt")
    edges = list(said.subjects(RDF.type, rdflib.URIRef(f"{BASE}id/DerivedEdge")))

    assert 200 < len(edges) <= 250


def test_statement_page(client: Client) -> None:
    """The page of a statement is headed by its words, and shows its place and what it cites."""
    text = client.get("/statement/B023.html").text

    for part in ("For whom", "Where it stands", "What it cites", "Answers it moves"):
        assert part in text
    assert '<span class="id">B023</span></h1>' in text
    assert 'href="/document/B"' in text
    assert 'href="/citation/B-5"' in text
    assert "inferred" in text
    assert "Rules it feeds" in client.get("/statement/A005.html").text


def test_query_page_runs(client: Client) -> None:
    """The links and the button on the page of a query give its result."""
    text = client.get("/query/causes.html").text
    link = re.search(r'href="(/sparql\?[^"]*format=json)"', text)

    assert link is not None
    assert client.get(link[1].replace("&amp;", "&")).json["results"]["bindings"]
    assert '<form action="/sparql" method="get"' in text
    assert '<input type="hidden" name="example" value="causes">' in text
    run = client.get("/sparql?example=causes&run=yes", accept="text/html")
    assert (run.status, "<th scope" in run.text) == (200, True)


@pytest.mark.parametrize(
    ("path", "kind", "more"),
    [
        ("/statement/A005", "Claim", {"appearance", "isBasedOn", "about"}),
        ("/id/MultipleMyeloma", ["MedicalCondition"], {"description"}),
        ("/id/Bortezomib", ["Drug"], {"description"}),
    ],
)
def test_pages_say_what_they_are_of(
    path: str, kind: object, more: set[str], client: Client
) -> None:
    """A search engine reads a claim with its source, a condition, a drug."""
    text = client.get(path, accept="text/html").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)

    assert found is not None
    said = json.loads(found[1])
    assert said["@type"] == kind
    assert more <= said.keys()


def test_headers(client: Client) -> None:
    """A reply says what it is of, where the other forms are, and when it has to be asked again."""
    response = client.get(STATEMENT, accept="text/turtle")

    links = response.headers["link"]
    assert f'<{BASE}statement/A005>; rel="canonical"' in links
    assert 'A005.jsonld>; rel="alternate"; type="application/ld+json"' in links
    assert '/.well-known/void>; rel="describedby"' in links
    assert f'<{BASE}statement/A005>; rel="cite-as"' in links
    assert '<https://schema.org/Claim>; rel="type"' in links
    assert '/by/4.0/>; rel="license"' in links
    assert '/agent/the-etiograph-authors>; rel="author"' in links
    assert '#dataset>; rel="collection"' in links
    assert response.headers["access-control-allow-origin"] == "*"
    again = client.get(STATEMENT, accept="text/turtle", if_none_match=response.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    other = client.get(STATEMENT, accept="text/html", if_none_match=response.headers["etag"])
    assert other.status == 200


def test_json_ld_stands_alone(client: Client) -> None:
    """Beside JSON-LD no other form is named: PyLD reads no document that has several."""
    response = client.get(STATEMENT, accept="application/ld+json")

    assert 'rel="alternate"' not in response.headers["link"]
    assert 'rel="canonical"' in response.headers["link"]


@pytest.mark.parametrize(
    ("path", "file"),
    [
        (STATEMENT, "A005.ttl"),
        ("/ontology", "ontology.ttl"),
        ("/.well-known/void", "void.ttl"),
    ],
)
def test_a_document_that_is_saved_has_a_name(client: Client, path: str, file: str) -> None:
    """The file of a document is called after what it is of and how it is written."""
    response = client.get(path, accept="text/turtle")

    assert response.headers["content-disposition"] == f'inline; filename="{file}"'


def test_head(client: Client) -> None:
    """HEAD gives the headers alone, and nothing can be changed."""
    assert client.request("HEAD", TERM).body == b""
    assert client.request("DELETE", TERM).status == 405


@pytest.mark.slow
def test_redirect(product: Artifact) -> None:
    """With the option, a thing is answered with 303 and the address of its description."""
    settings = Settings(
        limits=NO_BUDGET, sizes=UNHURRIED, redirect=True, public_url="https://kg.example.org"
    )
    with running(create_app(AppState(settings, Published(product.folder.parent)))) as client:
        response = client.get(STATEMENT, accept="text/turtle", host="kg.example.org")
        form = client.get(f"{STATEMENT}.ttl")
        ontology = client.get("/ontology")

    assert response.status == 303
    assert response.headers["location"] == "https://kg.example.org/statement/A005.ttl"
    assert (form.status, ontology.status) == (200, 200)


@pytest.mark.parametrize("path", ["/nothing", "/id/nothing", "/dumps/nothing", "/id/nothing/"])
@pytest.mark.parametrize("suffix", RDF_FORMATS)
def test_not_found_as_data(client: Client, path: str, suffix: str) -> None:
    """That something is not there is said in the form of RDF that is asked for."""
    media_type, name = RDF_FORMATS[suffix]
    responses = [client.get(path, accept=f"{media_type}, */*;q=0.1")]
    if not path.endswith("/"):
        responses += [client.get(f"{path}.{suffix}"), client.get(f"{path}.{suffix.upper()}")]

    for response in responses:
        assert (response.status, response.headers["content-type"].partition(";")[0]) == (
            404, media_type,
        )  # fmt: skip
        ((_, predicate, said, _),) = graph(response, name).quads()
        assert (predicate, str(said)) == (
            RDFS.comment, "The graph has no term with this address.",
        )  # fmt: skip
        assert "nothing" not in response.text


@pytest.mark.parametrize("path", ["/nothing", "/id/nothing", "/id/nothing.html", "/dumps/nothing"])
def test_not_found_for_people(client: Client, path: str) -> None:
    """A browser gets a page, which repeats nothing of what was sent."""
    page = client.get(path, accept=BROWSER)

    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "nothing" not in page.text


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/plain", "image/png"])
def test_not_found_for_others(client: Client, accept: str) -> None:
    """Who asks for no form of RDF is told of it as of any other problem."""
    response = client.get("/id/nothing", accept=accept)

    assert response.status == 404
    assert "no term with this address" in response.text
    assert "comment" not in response.text


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/sparql/?query=ASK%20%7B%7D", "/sparql?query=ASK%20%7B%7D"),
        ("/api/", "/api"),
        ("/api/causes/?format=csv", "/api/causes?format=csv"),
        ("/statement/A005/", STATEMENT),
        ("/statement/A005/?format=ttl", f"{STATEMENT}?format=text%2Fturtle"),
        ("/statement/A005.ttl/", f"{STATEMENT}.ttl"),
        ("/ontology/", "/ontology"),
        ("/dumps/etiograph.nq/", "/dumps/etiograph.nq"),
        pytest.param("/dumps/SHA256SUMS/", "/dumps/SHA256SUMS", marks=pytest.mark.slow),
    ],
)
def test_a_slash_too_many(elsewhere: Client, path: str, wanted: str) -> None:
    """An address with a slash at its end leads to that without, whatever host was asked for."""
    response = elsewhere.get(path, host="localhost:99")

    assert (response.status, response.headers["location"]) == (308, ELSEWHERE + wanted)
    assert elsewhere.get(wanted).status == 200


@pytest.mark.parametrize(
    "path", ["/nothing/", "/api/nothing/", "/statement/A005//", "/live/", "/api/case/"]
)
def test_no_slash_too_many(client: Client, path: str) -> None:
    """Where there is nothing without the slash, there is no way to it."""
    assert client.get(path).status == 404
    assert client.request("POST", path).status == 405


@pytest.mark.parametrize("suffix", ["TTL", "Rdf", "HTML"])
def test_large_letters_of_a_suffix(client: Client, suffix: str) -> None:
    """The ending of an address says the form in large letters too."""
    large, small = (client.get(f"{TERM}.{each}") for each in (suffix, suffix.lower()))

    assert (large.status, large.body) == (200, small.body)


def test_when_it_was_built(client: Client, product: Artifact, tmp_path: Path) -> None:
    """A reply says when its graph was built, where that is known."""
    built = datetime.fromisoformat(product.built_at)
    for path in (TERM, f"{TERM}.html", "/dumps/etiograph.owl"):
        said = parsedate_to_datetime(client.get(path).headers["last-modified"])
        assert said == built.replace(microsecond=0)
    with running(create_app(of_file(tmp_path / "gone.nq", GONE))) as other:
        assert "last-modified" not in other.get("/id/old.ttl").headers


GONE = f"""
<{BASE}id/old> <{OWL.deprecated}> "true"^^<{XSD.boolean}> <urn:g> .
<{BASE}id/old> <http://purl.obolibrary.org/obo/IAO_0100001> <{BASE}id/new> <urn:g> .
<{BASE}id/new> <{RDFS.label}> "the new term"@en <urn:g> .
<{BASE}statement/X1> <http://www.w3.org/ns/prov#wasInvalidatedBy> <{BASE}id/act> <urn:g> .
<{BASE}id/act> <{BASE}id/reason> "read from the wrong line" <urn:g> .
"""


def test_deprecated_and_withdrawn(tmp_path: Path) -> None:
    """A term that is given up names its successor; a withdrawn statement says why."""
    with running(create_app(of_file(tmp_path / "gone.nq", GONE))) as client:
        old = client.get("/id/old.html")
        withdrawn = client.get("/statement/X1.html")
        data = client.get("/statement/X1.nt")

    assert "Deprecated" in old.text
    assert '<a href="/id/new">the new term</a>' in old.text
    assert '/id/new>; rel="successor-version"' in old.headers["link"]
    assert "Withdrawn" in withdrawn.text
    assert "read from the wrong line" in withdrawn.text
    assert "read from the wrong line" in data.text


# ── The ontology ────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_ontology_documents(client: Client) -> None:
    """The root is all of it, and each module answers by its own IRI, and by that of its version."""
    answer = client.get("/ontology")
    assert answer.status == 200, answer.text
    root = graph(answer, "xml")
    imports = read_catalogue(resources.ontology_dir()).keys() - {ROOT_ONTOLOGY}

    assert not set(root.objects(None, OWL.imports))
    assert len(set(root.subjects(RDF.type, OWL.Ontology))) == 1
    assert len(imports) >= 10
    for iri in sorted(imports):
        response = client.get(f"/{iri.removeprefix(BASE)}")
        document = graph(response, "xml")
        assert (rdflib.URIRef(iri), RDF.type, OWL.Ontology) in document
        version = str(document.value(rdflib.URIRef(iri), OWL.versionIRI))
        dated = client.get(f"/{version.removeprefix(BASE)}")
        assert dated.body == response.body
        assert "immutable" in dated.headers["cache-control"]
        assert "immutable" not in response.headers["cache-control"]


@pytest.mark.slow
def test_another_base(product: Artifact, tmp_path: Path) -> None:
    """A graph that is published under another base is found under that base."""
    base = "https://kg.example.org/alp/"
    text = rebase(product.served.decode(), base)
    state = of_file(tmp_path / "moved.nq", text, base=base, public_url="https://kg.example.org/alp")
    with running(create_app(state)) as client:
        data = client.get(f"{STATEMENT}.nt")
        page = client.get(f"{STATEMENT}.html")
        dump = client.get("/dumps/etiograph.nq")

    assert f"<{base}statement/A005>" in data.text
    assert BASE not in data.text
    assert f"{base}statement/A005" in page.text
    assert 'href="/alp/document/A"' in page.text
    assert "vitamin D deficiency" in page.text
    assert data.headers["content-location"] == f"{base}statement/A005.nt"
    assert not any(line.startswith(f"<{BASE}") for line in dump.text.splitlines())


# ── The description of the dataset ──────────────────────────────────────────────────────────

VOID_NS, DCAT = "http://rdfs.org/ns/void#", "http://www.w3.org/ns/dcat#"


def test_own_places(elsewhere: Client) -> None:
    """The description and the examples name the server's own endpoint and dumps as well."""
    said = [graph(elsewhere.get(path), "turtle") for path in ("/", "/.well-known/void.ttl")]
    examples = graph(elsewhere.get("/.well-known/sparql-examples"), "turtle")
    example = graph(elsewhere.get("/query/causes"), "turtle")
    stored = elsewhere.get(
        f"/sparql?format=ntriples&query=CONSTRUCT{{?s+<{quote(VOID_NS)}sparqlEndpoint>+?o}}"
        f"{{?s+<{quote(VOID_NS)}sparqlEndpoint>+?o}}"
    )

    endpoints = {f"{BASE}sparql", f"{ELSEWHERE}/sparql"}
    dumps = {f"{ELSEWHERE}/dumps/etiograph.{form}" for form in ("nq", "trig", "owl")}
    for each in said:
        assert ends(each, f"{VOID_NS}sparqlEndpoint") == endpoints
        for name in (f"{VOID_NS}dataDump", f"{DCAT}downloadURL"):
            found = ends(each, name)
            assert dumps < found
            assert len(found) == 8
    for each in (examples, example):
        assert ends(each, "https://schema.org/target") == endpoints
    assert ELSEWHERE not in stored.text
    assert f"{BASE}sparql" in stored.text


def ends(said: rdflib.Dataset, predicate: str) -> set[str]:
    """What a property leads to."""
    return {str(each) for each in said.objects(None, rdflib.URIRef(predicate))}


@pytest.mark.slow
def test_published_places(product: Artifact) -> None:
    """Where the graph is served under its own address, nothing is added."""
    state = AppState(
        Settings(limits=NO_BUDGET, sizes=UNHURRIED, public_url=BASE.rstrip("/")),
        Published(product.folder.parent),
    )
    with running(create_app(state)) as client:
        said = graph(client.get("/.well-known/void.ttl"), "turtle")

    assert ends(said, f"{VOID_NS}sparqlEndpoint") == {f"{BASE}sparql"}
    stored = {line for line in product.served.splitlines() if line.endswith(b"/void> .")}
    assert len(list(said.quads())) == len(stored)


def test_a_graph_without_a_description(tmp_path: Path) -> None:
    """A graph that does not describe itself is described in short, wherever one may look."""
    with running(create_app(of_file(tmp_path / "gone.nq", GONE))) as client:
        front, void = client.get("/", accept="text/turtle"), client.get("/.well-known/void")
        page = client.get("/.well-known/void", accept=BROWSER)
        said = graph(void, "turtle")
        places = ends(said, f"{VOID_NS}sparqlEndpoint") | ends(said, f"{VOID_NS}dataDump")
        statuses = {client.get(urlsplit(each).path).status for each in places}

    assert (front.status, void.status, page.status) == (200, 200, 200)
    assert front.body == void.body
    assert len(places) == 4
    assert statuses == {200}


# ── All of it ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_dumps(client: Client, product: Artifact) -> None:
    """The dumps hold the graph, their sums agree, and the description names them."""
    sums = client.get("/dumps/SHA256SUMS").text.splitlines()
    bodies = {}
    for line in sums:
        digest, name = line.split("  ")
        response = client.get(f"/dumps/{name}")
        assert hashlib.sha256(response.body).hexdigest() == digest
        bodies[name] = response.body
    void = client.get("/.well-known/void.ttl").text

    assert sorted(bodies["etiograph.nq"].splitlines()) == sorted(product.served.splitlines())
    trig = rdflib.Dataset().parse(data=bodies["etiograph.trig"], format="trig")
    assert len(list(trig.quads())) == len(product.served.splitlines())
    merged = rdflib.Graph().parse(data=bodies["etiograph.owl"], format="xml")
    assert list(merged.subjects(RDF.type, OWL.Ontology)) == [rdflib.URIRef(f"{BASE}ontology")]
    assert not list(merged.triples((None, OWL.imports, None)))
    reified = pyoxigraph.parse(
        bodies["etiograph-reified.nt"], format=pyoxigraph.RdfFormat.N_TRIPLES
    )
    assert any(isinstance(each.object, pyoxigraph.Triple) for each in reified)
    assert all(f"dumps/{name}>" in void for name in bodies)


def test_sitemap(client: Client) -> None:
    """Crawlers are told of pages that are there, and of no query."""
    robots = client.get("/robots.txt").text
    addresses = re.findall(r"<loc>([^<]*)</loc>", client.get("/sitemap.xml").text)

    assert "Allow: /sparql" in robots
    assert "Allow: /api/" in robots
    assert len(addresses) == len(set(addresses)) > 800
    for address in random.Random(1).sample(addresses, 25):
        path = address.removeprefix("http://127.0.0.1:8000")
        assert client.get(path, accept="text/html").status == 200, path


def test_data_page_for_search_engines(client: Client) -> None:
    """The page of the data describes the dataset as schema.org has it."""
    text = client.get("/data", accept="text/html").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)

    assert found is not None
    said = json.loads(found[1])
    assert said["@type"] == "Dataset"
    assert all(said[name] for name in ("name", "description", "license", "version"))
    assert len(said["distribution"]) == 4


def test_sample_dereferences(client: Client, iris: list[str]) -> None:
    """IRIs of the graph, taken at random, lead to themselves as RDF and as a page."""
    assert len(iris) > 2000
    dereference(client, iris[:100])


@pytest.mark.load
def test_everything_dereferences(client: Client, iris: list[str]) -> None:
    """Every IRI of the graph leads to itself as RDF and as a page."""
    dereference(client, iris)


GRAPHS = ("/graph/", "/.well-known/sparql-examples")
"""Where the addresses of graphs begin: a graph need not speak of itself."""


@pytest.mark.parametrize("form", ["nquads", "trig", "json-ld"])
def test_a_graph_is_a_document(client: Client, form: str) -> None:
    """The triples of a named graph stand in the default graph, where readers of documents look."""
    suffix = {"nquads": "nq", "trig": "trig", "json-ld": "jsonld"}[form]
    found = rdflib.Dataset()
    found.parse(data=client.get(f"/graph/mappings.{suffix}").body, format=form)
    plain = rdflib.Graph().parse(data=client.get("/graph/mappings.ttl").body, format="turtle")

    assert len(found.default_graph) == len(list(found.quads())) == len(plain) > 100


def dereference(client: Client, iris: list[str]) -> None:
    """Ask for each IRI twice, and follow what its page links to."""
    links: set[str] = set()
    for iri in iris:
        path = f"/{iri.removeprefix(BASE)}"
        data = client.get(path, accept="application/n-quads")
        page = client.get(path, accept="text/html")
        assert (data.status, page.status) == (200, 200), iri
        is_itself = path != "/" and not path.startswith(("/dumps/", *GRAPHS))
        assert not is_itself or f"<{iri}" in data.text, iri
        links |= set(re.findall(r'href="(/[^"?]*)"', page.text))
    for link in random.Random(2).sample(sorted(links), min(len(links), 100)):
        assert client.get(link, accept="text/html").status == 200, link


# ── Strangers ───────────────────────────────────────────────────────────────────────────────

CLIMBS = (
    "..", "%2e%2e", "%2E%2e", "..;", "..%00", "%c0%ae%c0%ae", "%252e%252e", "..%5c", "..\\", ".",
    "%uff0e%uff0e", "....", "..%ef%bc%8f", "%e0%80%ae%e0%80%ae",
)  # fmt: skip
SLASHES = ("/", "//", "%2f", "%5c", "\\", "%252f", "/./")
TARGETS = (
    "etc/passwd", "etc/passwd.ttl", "proc/self/environ", "app.py", "pyproject.toml",
    "pages/templates/page.html", "style.css",
)  # fmt: skip
STARTS = (
    "/",
    "/id/",
    "/dumps/",
    "/ontology/",
    "//evil.example/",
    "/http://evil.example/",
    "/graph/",
)


def traversals() -> list[str]:
    """A thousand paths that try to leave the graph."""
    forms = {
        start + slash.join([climb] * depth) + slash + target
        for start in STARTS
        for climb in CLIMBS
        for slash in SLASHES
        for target in TARGETS
        for depth in (1, 3, 7)
    }
    return random.Random(3).sample(sorted(forms), 1000)


def test_traversal(client: Client) -> None:
    """No path leads out of the graph: neither to a file nor to another host."""
    for path in traversals():
        response = client.get(path)

        assert response.status in (400, 404), path
        assert "location" not in response.headers
        assert b"root:" not in response.body
        assert b"evil" not in response.body


@pytest.mark.parametrize(
    "path",
    [
        '/id/x"> <script>', "/id/a b", "/id/<x>", "/id/%00", "/id/%ff", "/id/%ed%a0%80",
        "/id/" + "a" * 5000, "/id/x%3E%20%3Fs%20%3Fp%20%3Fo%20.%20%23",
        "/id/{?s}", "/id/%0d%0aX: y", "/%F0%9F%92%A9", "/id/\u202e",
    ],
)  # fmt: skip
def test_paths_that_are_no_iris(client: Client, path: str) -> None:
    """A path that no IRI can have leads nowhere."""
    response = client.get(quote(path, safe="/%<>{}?\"' "))

    assert response.status == 404


def hosts() -> list[dict[str, str]]:
    """Headers that name another host."""
    names = ("evil.example", "evil.example:80", "evil.example\t", "EVIL.example.", "a@evil.example")
    forwarded = (
        "x-forwarded-host", "x-forwarded-server", "x-host", "forwarded", "x-original-url",
        "x-rewrite-url", "x-forwarded-proto", "x-forwarded-prefix", "origin", "referer",
    )  # fmt: skip
    return (
        [{"host": name} for name in names]
        + [
            {header: value.format(name)}
            for header in forwarded
            for name in ("evil.example", "evil.example/x")
            for value in ("{}", "http://{}")
        ]
        + [{"forwarded": f'host="{name}";proto=http'} for name in names]
    )


def test_hosts(client: Client) -> None:
    """No header of a request names a host in a reply."""
    assert len(hosts()) >= 50
    for headers in hosts():
        for path in (TERM, "/", "/sitemap.xml", "/nothing"):
            response = client.get(path, **headers)

            assert response.status == (421 if "host" in headers else 404 if "noth" in path else 200)
            assert b"evil" not in response.body.lower()
            assert "evil" not in str(response.headers).lower()


def test_every_format_is_offered() -> None:
    """Whatever carries triples has an ending."""
    assert {form.extension for form in FORMATS if "triples" in form.carries} == set(RDF_FORMATS)
