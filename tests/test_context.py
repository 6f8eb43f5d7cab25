"""The published JSON-LD context and the frame of a statement: readable keys, and no triple lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import rdflib
from asgi import Client, running
from built import own_graph
from exporting import own_source
from rdflib.compare import isomorphic

from kg.export.context import FRAME, context_files, context_of
from kg.export.formats import export
from kg.export.source import Source
from kg.model.rdf.context import CONTEXT
from kg.model.vocabulary import BASE, EG, PREFIXES, RDFS, expand
from kg.serve.app import create_app
from kg.serve.http.limits import Limits
from kg.serve.services import GraphFile
from kg.serve.settings import Settings
from kg.serve.state import AppState

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own use of itself
OTHER = "https://kg.example.org/alp/"
LABEL = RDFS.label


@cache
def files() -> dict[str, Any]:
    """The context and the frame that are exported, as JSON."""
    return {name: json.loads(content) for name, content in context_files(own_source()).items()}


def terms() -> dict[str, Any]:
    """The keys of the context."""
    found: dict[str, Any] = files()[CONTEXT]["@context"]
    return found


def test_each_key_says_what_kind_of_value_it_has() -> None:
    """Things are names, text is a map of languages, numbers and days have their datatype."""
    assert terms()["subject"] == {"@id": "eg:subject", "@type": "@id"}
    assert terms()["label"] == {"@id": "rdfs:label", "@container": "@language"}
    assert terms()["line"] == {"@id": "eg:line", "@type": "xsd:integer"}
    assert terms()["note"]["@id"] == "eg:note"
    assert terms()["skos:note"] == {"@id": "skos:note", "@container": "@language"}
    assert (terms()["id"], terms()["type"]) == ("@id", "@type")


def test_what_the_graph_does_not_say_yet() -> None:
    """A property that nothing has, or whose values are of several kinds, is as the table says."""
    assert terms()["wasInvalidatedBy"]["@type"] == "@id"
    assert terms()["takenOn"]["@type"] == "xsd:date"
    assert terms()["magnitudeLow"] == "eg:magnitudeLow"


def test_no_prefix_is_hidden() -> None:
    """Each prefix of the project stands for what it stands for everywhere."""
    usable = {name: iri for name, iri in PREFIXES.items() if iri[-1] in "/#"}

    assert {name: terms()[name] for name in usable} == usable


def test_under_another_base() -> None:
    """The IRIs of a graph that is published elsewhere are those of the elsewhere."""
    found = json.loads(context_of([(f"{OTHER}id/subject", "@id")], OTHER))["@context"]

    assert (found["eg"], found["@vocab"]) == (f"{OTHER}id/", f"{OTHER}id/")
    assert found["subject"] == {"@id": "eg:subject", "@type": "@id"}


@pytest.mark.parametrize("name", ["st:B037", "eg:raised-serum-alp", "reg:A-43", "doc:A"])
def test_no_triple_is_lost(name: str) -> None:
    """What another library writes with the context and reads with it is what it had."""
    start = f"<{expand(name)}> ".encode()
    lines = [line for line in own_source().content.splitlines() if line.startswith(start)]
    plain = rdflib.Graph().parse(
        data=b"\n".join(line.rsplit(b" ", 2)[0] + b" ." for line in lines), format="nt"
    )

    written = plain.serialize(format="json-ld", context=terms(), auto_compact=True)

    assert isomorphic(rdflib.Graph().parse(data=written, format="json-ld"), plain)
    assert len(plain) > 5


def test_how_a_statement_reads() -> None:
    """Keys have no prefix, and names need no `@id`."""
    line = own_source().content.splitlines()
    start = f"<{expand('st:B037')}> ".encode()
    said = b"\n".join(each.rsplit(b" ", 2)[0] + b" ." for each in line if each.startswith(start))
    graph = rdflib.Graph().parse(data=said, format="nt")

    found = json.loads(graph.serialize(format="json-ld", context=terms(), auto_compact=True))

    assert found["id"] == "st:B037"
    assert found["subject"] == "eg:AlendronateTreatment"
    assert "TreatmentEffectStatement" in found["type"]
    assert found["label"]["en"].startswith("B037 alendronate")
    assert not [key for key in found if key.startswith("eg:")]


def test_the_frame_asks_for_what_there_is() -> None:
    """Each key of the frame is a property of the graph; it names the context by its address."""
    frame = files()[FRAME]

    assert frame["@context"] == f"{BASE}{CONTEXT}"
    for key in keys_of(frame):
        name = key if ":" in key else terms()[key]
        iri = name if isinstance(name, str) else name["@id"]
        assert expand(iri) in declared(), key


def keys_of(frame: dict[str, Any]) -> Iterator[str]:
    """The properties that a frame names, however deep."""
    for key, each in frame.items():
        if key[0] != "@" and key != "type":
            yield key
        if isinstance(each, dict):
            yield from keys_of(each)


@cache
def declared() -> frozenset[str]:
    """Every property that the graph uses or declares."""
    rows = own_graph().store.select(
        "SELECT DISTINCT ?p { { ?s ?p ?o } UNION { ?p a owl:AnnotationProperty } }"
    )
    return frozenset(map(str, rows.column("p")))


# ── Served ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("context") / "graph.nq"
    path.write_bytes(f'<{EG.a}> <{LABEL}> "a"@en .\n<{EG.a}> <{EG.subject}> <{EG.b}> .\n'.encode())
    unlimited = Limits(seconds_per_minute=0, errors_per_minute=0)
    with running(create_app(AppState(Settings(limits=unlimited), GraphFile(path)))) as client:
        yield client


def test_the_context_is_served(client: Client) -> None:
    """The context of the graph that is served is JSON-LD, for pages of any site, kept by ETag."""
    found = client.get(f"/{CONTEXT}", accept="*/*", origin="https://elsewhere.example.org")

    assert (found.status, found.headers["content-type"]) == (200, "application/ld+json")
    assert found.headers["access-control-allow-origin"] == "*"
    assert found.json["@context"]["subject"] == {"@id": "eg:subject", "@type": "@id"}
    again = client.get(f"/{CONTEXT}", if_none_match=found.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_the_frame_is_served(client: Client) -> None:
    """The frame names the context of the very server, so that it can be fetched."""
    found = client.get(f"/{FRAME}")

    assert (found.status, found.headers["content-type"]) == (200, "application/ld+json")
    assert found.json["@context"].endswith(f"/{CONTEXT}")
    assert found.json["type"] == "Statement"
    path = found.json["@context"].partition("://")[2].partition("/")[2]
    assert client.get(f"/{path}").status == 200


def test_the_dump_has_types_and_short_names() -> None:
    """In named graphs too a type is a type, so that frames find it, and names are short."""
    part = b"".join(
        line
        for line in own_source().content.splitlines(keepends=True)
        if b"/statement/B037>" in line
    )
    document = json.loads(export(Source(part, b""), ["jsonld"])["etiograph.jsonld"].content)

    nodes = [node for graph in document["@graph"] for node in graph["@graph"]]
    types = [node["@type"] for node in nodes if node["@id"] == "st:B037" and "@type" in node]
    assert any("eg:TreatmentEffectStatement" in each for each in types)
    assert not [key for node in nodes for key in node if key.startswith(BASE)]
