"""Readers of others ask a running server for documents of each kind, in every form, by themselves.

What each understood is compared with the N-Quads of the same document, as Oxigraph reads them.
`make test-servers` fetches the readers where it can.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import pyoxigraph as ox
import pytest
from addresses import some_of_each_kind
from exporting import exported
from fetching import there_or_skip
from other_clients.fetch import NODE, PACKAGES, missing_clients
from other_readers.fetch import PYTHON, jars_of_java, missing_rdf4j, missing_readers
from other_stores.fetch import missing_fuseki
from servers import Server, serving_built

from kg.compile import builder
from kg.model.rdf import FORMATS

pytestmark = pytest.mark.servers

SCRIPTS = Path(__file__).parent / "other_readers"
NQUADS = "application/n-quads"
WHOLE = "/ontology"
FORMS = [each.media_type for each in FORMATS if "triples" in each.carries]


@pytest.fixture(name="server", scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server of the built graph."""
    builder.ready()
    with serving_built(
        tmp_path_factory.mktemp("readers") / "serve.log", "--timeout", "600"
    ) as server:
        yield server


def paths_of_each_kind(count: int) -> list[str]:
    """The paths of so many documents of each kind.

    Not of dumps, which are files, nor of the graph of the ontology: the ontology says the same.
    """
    return some_of_each_kind(builder.ready(), count, without=("/dumps/", "/graph/ontology"))


def said(nquads: bytes) -> set[ox.Quad]:
    """What N-Quads say, with nameless nodes called by a rule."""
    found = ox.Dataset(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(found)


def by_us(server: Server, path: str) -> set[ox.Quad]:
    """What the server says of a path in N-Quads."""
    answer = server.request("GET", path, headers={"accept": NQUADS})
    assert answer.status == 200, path
    return said(answer.body)


def by_java(wanted: Sequence[tuple[str, str, str]], folder: Path) -> list[str]:
    """What a reader could not read of an address as a media type; what it could is in a folder."""
    command = [sys.executable, str(SCRIPTS / "java.py"), str(folder), *map(str, jars_of_java())]
    done = subprocess.run(
        command, input=json.dumps(wanted), capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    failures: list[str] = json.loads(done.stdout)
    return failures


def read_in_every_form(server: Server, paths: Sequence[str], folder: Path) -> None:
    """Jena and RDF4J read some documents, and have the triples of each."""
    there_or_skip(missing_fuseki() or missing_rdf4j())
    wanted = list(product(("jena", "rdf4j"), paths, FORMS))

    addresses = [(reader, f"{server.url}{path}", form) for reader, path, form in wanted]
    assert by_java(addresses, folder) == []
    assert len(wanted) > 200
    ours = {path: by_us(server, path) for path in paths}
    for number, (reader, path, form) in enumerate(wanted):
        found = said((folder / f"{number}.nq").read_bytes())
        assert found == ours[path], (reader, path, form)


def test_jena_and_rdf4j_read_every_form(server: Server, tmp_path: Path) -> None:
    """Both ask by themselves, know what they were sent, and have the triples of the document."""
    paths = paths_of_each_kind(1)
    read_in_every_form(server, [path for path in paths if path != WHOLE], tmp_path)


@pytest.mark.nightly
def test_jena_and_rdf4j_read_many_of_each_kind(server: Server, tmp_path: Path) -> None:
    """So do they with forty of each kind, and with the whole ontology, which takes long."""
    paths = paths_of_each_kind(40)
    assert WHOLE in paths
    read_in_every_form(server, paths, tmp_path)


def test_jena_reads_what_is_reified(tmp_path: Path) -> None:
    """Jena has the statements that are reifiers of triples, as RDF 1.2 writes them."""
    there_or_skip(missing_fuseki())
    ours = exported("rdf12")["etiograph-reified.nt"].content
    file = tmp_path / "reified.nt"
    file.write_bytes(ours)

    assert by_java([("jena", file.as_uri(), "application/n-triples")], tmp_path) == []
    assert said((tmp_path / "0.nq").read_bytes()) == said(ours)
    assert ours.count(b"<<(") > 100


def understood(command: Sequence[str | Path], addresses: Sequence[str]) -> list[str]:
    """The N-Quads of each document, as a reader of JSON-LD prints them."""
    given = json.dumps(addresses)
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def test_pyld_reads_every_kind(server: Server) -> None:
    """PyLD opens each document by its address alone, and has its triples."""
    there_or_skip(missing_readers())
    paths = paths_of_each_kind(1)

    found = understood((PYTHON, SCRIPTS / "linked.py"), [f"{server.url}{path}" for path in paths])

    for path, nquads in zip(paths, found, strict=True):
        assert said(nquads.encode()) == by_us(server, path), path


def test_jsonld_js_reads_every_kind(server: Server) -> None:
    """So does jsonld.js, but for the whole ontology: it waits ten seconds and no longer."""
    there_or_skip(missing_clients())
    paths = [path for path in paths_of_each_kind(1) if path != WHOLE]
    command = (NODE, SCRIPTS / "linked.mjs", PACKAGES)

    found = understood(command, [f"{server.url}{path}" for path in paths])

    for path, nquads in zip(paths, found, strict=True):
        assert said(nquads.encode()) == by_us(server, path), path
    assert len(paths) > 10
