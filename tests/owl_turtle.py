"""Reads an ontology with the OWL API and prints it as Turtle: `python owl_turtle.py < ONTOLOGY`.

Run by a test in a process of its own, for a JVM cannot be started twice in one.
"""

from __future__ import annotations

import sys

from owl_proofs import start_java


def main() -> None:
    """Print what was read."""
    find = start_java()
    manager = find("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    stream = find("java.io.ByteArrayInputStream")(sys.stdin.buffer.read())
    ontology = manager.loadOntologyFromOntologyDocument(stream)
    written = find("java.io.ByteArrayOutputStream")()
    form = find("org.coode.owlapi.turtle.TurtleOntologyFormat")()
    manager.saveOntology(ontology, form, written)
    sys.stdout.write(str(written.toString("UTF-8")))


if __name__ == "__main__":
    main()
