"""Linked data for real clients over real sockets: the OWL API, and a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from owl_reports import owl_api_report
from test_linked_pages import PAYLOADS, hostile

from kg.compile import builder
from kg.model import resources
from kg.model.rdf import read_sources, rebase, write_nquads
from kg.serve.http.limits import Limits
from kg.serve.server import Address, listen, make_server
from kg.serve.services import GraphFile, Published, Source
from kg.serve.settings import AppState, Settings
from kg.store.artifact import Artifact
from kg.store.artifact_writer import publish

PAGES = ("/", "/id/VitaminDDeficiency", "/statement/A005", "/document/A", "/query/causes", "/id/")
BROWSER = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


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


@pytest.mark.jvm
@pytest.mark.parametrize("name", ["ontology", "ontology/0.2.0"])
def test_open_from_url(tmp_path: Path, name: str) -> None:
    """The OWL API loads the ontology by its IRI or version IRI, with every import, from a URL.

    The graph is published under the server's own address, so nothing is mapped: it is what
    Protégé does with "Open from URL".
    """
    with listen(Address(port=0)) as door:
        port = door.getsockname()[1]
    base = f"http://127.0.0.1:{port}/"
    source = moved(builder.ready(), tmp_path / "graphs", base)

    with serving(source, Address(port=port)):
        report = owl_api_report(tmp_path, base + name)

    assert report["name"] == f"{base}ontology"
    assert report["violations"] == []
    assert report["ontologies"] == len(read_sources(resources.ontology_dir()).modules)
    assert int(str(report["annotated_axioms"])) > 50


# ── A browser ───────────────────────────────────────────────────────────────────────────────


def visit(folder: Path, address: str) -> tuple[str, list[str]]:
    """The elements that a browser makes of a page, and what its console says."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed")
    result = subprocess.run(
        [chromium, *BROWSER, f"--user-data-dir={folder / 'profile'}", "--dump-dom", address],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return result.stdout, [line for line in result.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.browser
def test_the_console_is_heard(tmp_path: Path) -> None:
    """The test of the console can fail: what a script says there is seen."""
    page = tmp_path / "page.html"
    page.write_text("<script>console.log('seen')</script>", "utf-8")

    assert any("seen" in line for line in visit(tmp_path, page.as_uri())[1])


@pytest.mark.browser
def test_pages_in_a_browser(tmp_path: Path) -> None:
    """Every kind of page loads without a word in the console, under its own policy."""
    with serving(Published(builder.ready().folder.parent)) as url:
        for path in PAGES:
            text, console = visit(tmp_path, url + path)

            assert console == []
            assert "<h1>" in text, path


@pytest.mark.browser
def test_hostile_pages_in_a_browser(tmp_path: Path) -> None:
    """Hostile labels make no element that a harmless page lacks, and no script runs."""
    elements = re.compile(r"<([a-z][a-z0-9]*)[ >]")
    pages: dict[str, list[str]] = {}
    for number, text in enumerate(("plain", *PAYLOADS[:6], *PAYLOADS[24:34])):
        path = tmp_path / f"{number}.nq"
        path.write_bytes(write_nquads(hostile(text)))
        with serving(GraphFile(path)) as url:
            dom, console = visit(tmp_path, f"{url}/id/X")
        pages[text] = elements.findall(re.sub(r"&lt;.*?&gt;", "", dom))

        assert console == [], text
        assert pages[text] == pages["plain"], text
