"""Two small versions of a graph that can be told apart in every answer, and their publisher.

python -m editions ROOT
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Final

from servers import Server

from kg.compile import builder
from kg.model.rdf import Quad, write_nquads
from kg.model.vocabulary import EG, Literal, eg
from kg.store import artifact
from kg.store import artifact_writer as writer
from kg.store.artifact import BuildFacts

ROWS: Final = {"a" * 64: 400, "b" * 64: 700}
"""The versions, and how many triples each has; every value in a version is its name."""
VALUES: Final = "SELECT ?v (COUNT(*) AS ?n) { ?s ?p ?v } GROUP BY ?v"
_SHORT: Final = 12
_PROGRAM: Final = """
from kg.cli import main
from kg.store import artifact_writer
artifact_writer.use = lambda *_: None
main()
"""
AS_PUBLISHED: Final = ("-c", _PROGRAM)
"""`kg` that starts with the version that was published last, and not with that of the sources."""


def cache(root: Path) -> Path:
    """A folder with both versions, and with that of the sources, which `kg serve` asks for."""
    built = builder.ready()
    writer.publish(root, built.version, built.files(), built.manifest)
    for version in ROWS:
        publish(root, version)
    return root


def publish(root: Path, version: str) -> Path:
    """Publish one of the versions under a root."""
    facts = BuildFacts("2026-01-01T00:00:00+00:00", {}, {})
    return writer.publish(root, version, _files(version), facts)


def publish_by_turns(root: Path) -> None:
    """Publish one version after the other until the process is killed, and say when it begins."""
    sys.stdout.write("publishing\n")
    sys.stdout.flush()
    while True:
        publish_other(root)


def publish_other(root: Path) -> str:
    """Publish the version that is not the current one, and give its name.

    It is taken away before it comes again, so that it is written each time.
    """
    (version,) = ROWS.keys() - {artifact.current(root)}
    with tempfile.TemporaryDirectory(dir=root.parent) as aside:
        if (root / version).exists():
            (root / version).rename(Path(aside) / version)
    publish(root, version)
    return version


def answered(server: Server, remark: object = "") -> str:
    """The version that answers, after a look at whether all of the answer is of that version."""
    answer = server.query(f"{VALUES} # {remark}", accept="application/sparql-results+json")
    assert answer.status == 200, answer.body
    return of_one_version(answer.headers["graph-version"], answer.body)


def of_one_version(said: str, body: bytes) -> str:
    """The version that an answer to VALUES has in its head and in its rows; they have to agree."""
    (row,) = json.loads(body)["results"]["bindings"]
    version: str = row["v"]["value"]
    assert said == version[:_SHORT]
    assert int(row["n"]["value"]) == ROWS[version]
    return version


def _files(version: str) -> dict[str, bytes]:
    quads = (Quad(eg(f"s{n}"), EG.p, Literal(version), EG.g) for n in range(ROWS[version]))
    # With a file of what an endpoint says of it, a version is one that servers follow.
    return {
        artifact.GRAPH: write_nquads(quads),
        artifact.MODEL: builder.ready().model,
        artifact.PUBLISHED: b"",
    }


if __name__ == "__main__":
    publish_by_turns(Path(sys.argv[1]))
