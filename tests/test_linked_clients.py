"""Linked data for a real client over real sockets: the OWL API."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from owl_reports import owl_api_report
from waiting import wait_for_address

from kg.compile import builder
from kg.model import resources
from kg.model.rdf import rebase
from kg.model.vocabulary import BASE, ROOT_ONTOLOGY
from kg.serve.http.limits import Limits
from kg.serve.server import Address, listen, make_server
from kg.serve.services import Published, Source
from kg.serve.settings import Settings
from kg.serve.state import AppState
from kg.store.artifact import Artifact
from kg.store.artifact_writer import publish


@contextmanager
def serving(source: Source, address: Address | None = None) -> Iterator[str]:
    """The URL of a server of a graph."""
    with listen(address or Address(port=0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        settings = Settings(
            public_url=url, limits=Limits(seconds_per_minute=0, errors_per_minute=0)
        )
        ready = threading.Event()
        server = make_server(AppState(settings, source, ready.set), Address(port=0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        assert ready.wait(30)
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(20)


def moved(found: Artifact, root: Path, base: str) -> Source:
    """A built graph as it would be with another KG_BASE."""
    files = {
        name: rebase(content.decode(), base).encode() if name.endswith(".nq") else content
        for name, content in found.files().items()
    }
    facts = replace(found.manifest, versions={**found.manifest.versions, "base": base})
    publish(root, found.version, files, facts)
    return Published(root)


@pytest.mark.slow
@pytest.mark.jvm
@pytest.mark.parametrize("name", ["ontology", "ontology/0.3.0"])
def test_open_from_url(tmp_path: Path, name: str) -> None:
    """The OWL API loads the ontology from the URL of any server, whole and with nothing to import.

    The graph is published under another address than the server's, as it is wherever the shipped
    graph is served: it is what Protégé does with "Open from URL".
    """
    source = moved(builder.ready(), tmp_path / "graphs", BASE)

    with serving(source) as url:
        wait_for_address(f"{url}/{name}")
        report = owl_api_report(tmp_path, f"{url}/{name}")
    whole = owl_api_report(tmp_path, str(resources.ontology_dir()))

    assert report["name"] == ROOT_ONTOLOGY
    assert report["violations"] == []
    assert report["ontologies"] == 1
    assert 50 < more(report, whole, "annotated_axioms") == more(report, whole, "logical_axioms")


def more(report: dict[str, object], other: dict[str, object], key: str) -> int:
    """How many more there are; what limits imply is told by a server, each marked as inferred."""
    return int(str(report[key])) - int(str(other[key]))


@pytest.mark.slow
@pytest.mark.jvm
def test_modules_stay_at_their_own_addresses(tmp_path: Path) -> None:
    """Under the address that it is published at, a module can be opened by itself."""
    with listen(Address(port=0)) as door:
        port = door.getsockname()[1]
    base = f"http://127.0.0.1:{port}/"
    source = moved(builder.ready(), tmp_path / "graphs", base)

    with serving(source, Address(port=port)):
        report = owl_api_report(tmp_path, f"{base}ontology/core")

    assert report["name"] == f"{base}ontology/core"
    assert report["violations"] == []
    assert report["ontologies"] == 1
