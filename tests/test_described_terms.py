"""Every IRI of the graph, described in every form, says the same to two libraries that read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import pyoxigraph as ox
import pytest
import rdflib
from counting import share_of

from kg.compile import builder
from kg.model.rdf import FORMATS, write_graph
from kg.model.rdf.jsonld import JSON_LD, compact_jsonld
from kg.model.vocabulary import IRI
from kg.serve.linked.view import View, describe
from kg.store.artifact import Artifact
from kg.store.base import Wanted
from kg.store.local import LocalStore

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside rdflib

FORMS = {form.media_type: form.name for form in FORMATS if "triples" in form.carries}
OF_RDFLIB = {
    "turtle": "turtle",
    "ntriples": "nt",
    "rdfxml": "xml",
    "jsonld": "json-ld",
    "nquads": "nquads",
    "trig": "trig",
}
EVERY = 25
"""One IRI of so many is described in every run; all of them in the exhaustive one."""

Text = Callable[[str], bytes]
"""A description in the form of a media type."""


@pytest.fixture(name="product", scope="module")
def _product() -> Artifact:
    return builder.ready()


@pytest.fixture(name="store", scope="module")
def _store(product: Artifact) -> LocalStore:
    return LocalStore(product.served)


@pytest.fixture(name="view", scope="module")
def _view(product: Artifact, store: LocalStore) -> View:
    return View(store, product.base, product.modules, product.served)


@pytest.fixture(name="iris", scope="module")
def _iris(store: LocalStore) -> list[IRI]:
    """Give every IRI, in whatever place of a quad it stands."""
    found = sorted({term for quad in store.quads() for term in quad if isinstance(term, IRI)})
    assert len(found) > 4000
    return found


@pytest.fixture(autouse=True)
def _as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rdflib leave numbers and dates as they are spelled."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.mark.slow
def test_some_terms(store: LocalStore, view: View, iris: list[IRI]) -> None:
    """What is said of a term is the same in every form, whoever reads it."""
    for iri in iris[::EVERY]:
        check(partial(described, store, f"DESCRIBE <{iri}>"))
        check(partial(document, view, iri))


@pytest.mark.exhaustive
def test_every_term(store: LocalStore, view: View, iris: list[IRI]) -> None:
    """The same for all terms."""
    for iri in share_of(iris):
        check(partial(described, store, f"DESCRIBE <{iri}>"))
        check(partial(document, view, iri))


@pytest.mark.parametrize("form", ["turtle", "trig"])
def test_first_subject(store: LocalStore, form: str) -> None:
    """The prefix of a subject is declared also where nothing else uses it."""
    query = "CONSTRUCT { st:A005 rdfs:label 'x' } WHERE {}"
    media_type = next(media_type for media_type, name in FORMS.items() if name == form)
    text = described(store, query, media_type).decode()

    assert "\nst:A005 rdfs:label" in text
    assert [line.split()[1] for line in text.splitlines() if line.startswith("@prefix")] == [
        "rdfs:",
        "st:",
    ]


def check(text: Text) -> None:
    """Every form has to be read by both libraries as the same triples."""
    wanted = canonical(ox.parse(text("application/n-triples"), format=ox.RdfFormat.N_TRIPLES))
    for media_type in FORMS:
        content = text(media_type)
        assert read_by_oxigraph(content, media_type) == wanted, content
        assert read_by_rdflib(content, media_type) == wanted, content


def described(store: LocalStore, query: str, media_type: str) -> bytes:
    """The result of a query in one form, as the endpoint and `kg query` write it."""
    kinds = {"rows": "text/csv", "boolean": "text/csv", "triples": media_type}
    return store.write(query, Wanted(kinds)).content


def document(view: View, iri: IRI, media_type: str) -> bytes:
    """What the address of a term answers; a term of others has none, but can be described too."""
    written = write_graph(describe(view, iri), media_type, view.base)
    return compact_jsonld(written, view.base) if media_type == JSON_LD else written


def read_by_oxigraph(content: bytes, media_type: str) -> bytes:
    """The triples of a text as one canonical text."""
    return canonical(ox.parse(content, format=ox.RdfFormat.from_media_type(media_type)))


def read_by_rdflib(content: bytes, media_type: str) -> bytes:
    """The same as rdflib reads it."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=content, format=OF_RDFLIB[FORMS[media_type]])
    union = rdflib.Graph()
    union += dataset.triples((None, None, None))
    return canonical(ox.parse(union.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES))


def canonical(quads: Iterable[ox.Quad]) -> bytes:
    """One text for the same triples, whatever their blank nodes are called."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    written = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    return b"".join(sorted(written.splitlines(keepends=True)))
