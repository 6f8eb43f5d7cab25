"""Sentences of the operator's own copies: shown beside their statements, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from asgi import Client, Response, running

from kg.compile import builder
from kg.model.copies import Copy, read_copies
from kg.model.rdf import Quad, write_nquads
from kg.model.statements import digest_of
from kg.model.vocabulary import BASE, EG, IRI, XSD, Literal, Term, expand
from kg.sandbox.client import Program
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.linked.pages.place import find_sentence
from kg.serve.linked.view import View
from kg.serve.services import GraphFile, without_texts
from kg.serve.settings import Settings
from kg.serve.state import AppState
from kg.store.local import LocalStore

SENTENCE = "Heffalumps may raise the zorp <b>very</b> & often."
TEXT = f"About zorp\n\n- {SENTENCE} 1, 2\n- Another line.\n"
STATEMENT, DOCUMENT, REGION = (
    IRI(BASE + each) for each in ("statement/Z001", "document/Z", "region/Z-3")
)
FORMS = ("ttl", "rdf", "jsonld", "nt", "nq", "trig")
DUMPS = ("etiograph.nq", "etiograph.trig", "sitemap.xml")


def graph() -> bytes:
    """A statement, its place and its document; the sentence itself is in none of it."""
    copy = Copy("", "", TEXT)
    start, end = copy.span(3)
    said: list[tuple[IRI, str, Term]] = [
        (STATEMENT, "rdfs:label", Literal("Z001 a heffalump can raise zorp")),
        (STATEMENT, "eg:predicate", IRI(f"{BASE}id/causes")),
        (STATEMENT, "eg:inDocument", DOCUMENT),
        (STATEMENT, "eg:region", REGION),
        (DOCUMENT, "rdfs:label", Literal("document Z")),
        (DOCUMENT, "eg:documentDigest", IRI(digest_of(TEXT.encode()))),
        (REGION, "eg:inDocument", DOCUMENT),
        (REGION, "eg:line", Literal("3", XSD.integer)),
        (REGION, "eg:charStart", Literal(str(start), XSD.integer)),
        (REGION, "eg:charEnd", Literal(str(end), XSD.integer)),
        (REGION, "eg:sentenceDigest", IRI(digest_of(SENTENCE.encode()))),
        (IRI(f"{BASE}citation/Z-2"), "eg:inDocument", DOCUMENT),
        (IRI(f"{BASE}citation/Z-2"), "eg:number", Literal("2", XSD.integer)),
    ]
    name = IRI(f"{BASE}graph/g")
    return write_nquads(Quad(subject, expand(role), value, name) for subject, role, value in said)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "graph.nq").write_bytes(graph())
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "z.txt").write_text(TEXT, "utf-8")
    return tmp_path


def served(folder: Path, texts: str) -> Iterator[Client]:
    """A server of the small graph, with a folder of copies or without one."""
    limits = Limits(seconds_per_minute=0, errors_per_minute=0)
    settings = Settings(limits=limits, texts=bool(texts))
    source = GraphFile(folder / "graph.nq", BASE, texts)
    with running(create_app(AppState(settings, source))) as client:
        yield client


@pytest.fixture(name="client")
def _client(folder: Path) -> Iterator[Client]:
    yield from served(folder, str(folder / "texts"))


def page(client: Client, path: str = "/statement/Z001") -> Response:
    """What a browser is sent."""
    return client.get(path, accept="text/html")


def test_the_sentence_is_shown(client: Client) -> None:
    """Beside the statement stands the sentence, without bullet and citation numbers, escaped."""
    found = re.findall(r"<blockquote>(.*?)</blockquote>", page(client).text)

    assert [unescape(each) for each in found] == [SENTENCE]


def test_nobody_keeps_it(client: Client) -> None:
    """A page with a sentence is kept by no cache, the server's own included."""
    for _ in range(2):
        response = page(client)

        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers
    assert "\nkg_cache_hits_total 0" in client.get("/metrics").text


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_data_stays_data(client: Client, folder: Path, form: str) -> None:
    """No form of the data holds the sentence; each is byte for byte what it is without texts."""
    paths = [f"/{each}.{form}" for each in ("statement/Z001", "document/Z", "region/Z-3")]
    found = [client.get(each).body for each in paths]

    assert not any(b"eff" in each and b"often" in each for each in found)
    for plain in served(folder, ""):
        assert [plain.get(each).body for each in paths] == found


@pytest.mark.parametrize("name", DUMPS)
def test_dumps_stay_dumps(client: Client, name: str) -> None:
    """No dump holds the sentence."""
    path = f"/{name}" if name.endswith("xml") else f"/dumps/{name}"
    found = client.get(path)

    assert found.status == 200
    assert b"often" not in found.body


def test_it_is_not_searched_or_queried(client: Client) -> None:
    """A search or a query finds no word of the sentence that the graph does not say itself."""
    assert client.get("/search?q=often").json["total"] == 0
    assert client.get("/search?q=heffalump").json["total"] == 1
    asked = "/sparql?query=ASK+%7B+?s+?p+?o+FILTER(CONTAINS(STR(?o),%22often%22))+%7D"
    assert client.get(asked, accept="application/sparql-results+json").json["boolean"] is False


@pytest.mark.parametrize("text", [TEXT.replace("often", "seldom"), f"{TEXT} ", TEXT[1:], ""])
def test_another_version_is_not_shown(folder: Path, text: str) -> None:
    """A copy that differs in one character shows nothing, and the page says why."""
    (folder / "texts" / "z.txt").write_text(text, "utf-8")

    for client in served(folder, str(folder / "texts")):
        response = page(client)

        assert "<blockquote>" not in response.text
        assert "Not shown" in response.text
        assert response.headers["cache-control"] == "no-store"  # tomorrow the copy may be right


def test_without_the_option_nothing_changes(folder: Path) -> None:
    """Without a folder the page does not speak of a sentence, and is kept as ever."""
    for client in served(folder, ""):
        response = page(client)

        assert "The sentence" not in response.text
        assert response.headers["cache-control"].startswith("public")
        again = client.get(
            "/statement/Z001", accept="text/html", if_none_match=response.headers["etag"]
        )
        assert again.status == 304


def test_an_old_page_is_not_taken_for_the_new_one(folder: Path) -> None:
    """Who has the page from before the option is sent the new one."""
    tags = [page(client).headers["etag"] for client in served(folder, "")]

    for client in served(folder, str(folder / "texts")):
        found = client.get("/statement/Z001", accept="text/html", if_none_match=tags[0])
        assert (found.status, SENTENCE[:10] in found.text) == (200, True)


def test_every_sentence(texts: Path) -> None:
    """With the articles at hand each statement shows the very sentence that its digest is of."""
    product = builder.ready()
    view = View(LocalStore(product.served), product.base)
    copies = read_copies(texts)
    regions = {each.object for each in view.saying(EG.region)}

    assert len(regions) > 50
    for region in regions:
        assert isinstance(region, IRI)
        found = find_sentence(view, region, copies)
        assert view.text(region, EG.sentenceDigest) == digest_of(found.text.encode()), region
        assert find_sentence(view, region, ()).text == ""


def test_cases_do_not_see_them() -> None:
    """The processes that answer cases are not told of the folder."""
    program = Program("m:f", {"root": "r", "texts": "t"}, "1")

    assert without_texts(program) == Program("m:f", {"root": "r"}, "1")
