"""SHACL shapes over the sources, checked by pySHACL: part by part, and what did not change once.

What was found of a part is kept by the digest of the part and of the shapes, so an article that
changes is looked at again and the others are not.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from kg.compile.check.parts import Part, in_parts
from kg.compile.check.places import NOWHERE, Places
from kg.compile.inputs import code_digest
from kg.compile.kept import digest_of, keep_results, kept_results
from kg.model.rdf import ntriples_of, turtle_to_nquads
from kg.model.report import Extent, Finding, Level, Report
from kg.model.vocabulary import IRI, compact, expand

if TYPE_CHECKING:
    import rdflib

_KEPT: Final = "shapes"
_TOGETHER: Final = 2_000_000
"""Parts are checked together up to so many bytes: each time costs the reading of the shapes."""
_WORTH_A_PROCESS: Final = 4
"""So many times that is worth starting processes for."""

_NAMELESS: Final = "_:"

_LOCAL: Final = frozenset(
    expand(f"sh:{name}")
    for name in (
        "and", "class", "datatype", "declare", "description", "disjoint", "equals", "hasValue",
        "in", "lessThan", "lessThanOrEquals", "maxCount", "maxExclusive", "maxInclusive",
        "maxLength", "message", "minCount", "minExclusive", "minInclusive", "minLength", "name",
        "nodeKind", "not", "or", "path", "pattern", "property", "severity", "targetClass",
        "targetObjectsOf", "targetSubjectsOf", "xone",
    )
)  # fmt: skip
"""What a shape may say and look no farther than at a node, its values, and their classes."""


def run_shapes(ntriples: bytes, folder: Path, places: Places = NOWHERE) -> Report:
    """What the SHACL shapes of a folder find in a graph."""
    text = b"".join(_shapes(path, path.read_bytes()) for path in sorted(folder.glob("*.ttl")))
    shapes = _shapes_graph(text)
    said = _about(ntriples, shapes)
    parts = in_parts(said, _leading(shapes)) if _are_local(shapes) else (Part(lines=[said]),)
    found = sorted(
        replace(each, focus=compact(focus), place=places.of(IRI(focus)))
        for each in _found(parts, text)
        if (focus := each.focus.removeprefix(_NAMELESS))
    )
    return Report(tuple(found), Extent(shapes=_count_shapes(shapes)))


def _found(parts: Sequence[Part], shapes: bytes) -> Iterator[Finding]:
    """What is found in parts; what was found before of the same part is not looked for again."""
    known = kept_results(_KEPT)
    judge = code_digest()
    names = [digest_of(judge, shapes, part.text) for part in parts]
    left = [place for place, name in enumerate(names) if name not in known]
    fresh = dict(zip(left, _check([parts[place] for place in left], shapes), strict=True))
    results = {
        name: fresh[place]
        if place in fresh
        else msgspec.json.decode(known[name], type=tuple[Finding, ...])
        for place, name in enumerate(names)
    }
    if fresh or len(known) != len(results):
        kept = {name: each for name, each in results.items() if not _has_nameless(each)}
        keep_results(_KEPT, kept)
    for each in results.values():
        yield from each


def _has_nameless(findings: Iterable[Finding]) -> bool:
    """Whether it is not sure of which part of several a finding is."""
    return any(each.focus.startswith(_NAMELESS) for each in findings)


def _check(parts: Sequence[Part], shapes: bytes) -> list[tuple[Finding, ...]]:
    """What pySHACL finds in each part; many parts are checked on all processors."""
    batches = _batches(parts)
    tasks = [(b"".join(each.text for each in batch), shapes) for batch in batches]
    if len(batches) < _WORTH_A_PROCESS:
        found = [_validate(*task) for task in tasks]
    else:
        workers = min(os.cpu_count() or 1, len(batches))
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(_validate, *zip(*tasks, strict=True)))
    return [
        own for batch, each in zip(batches, found, strict=True) for own in _shared_out(batch, each)
    ]


def _batches(parts: Sequence[Part]) -> list[list[Part]]:
    batches: list[list[Part]] = []
    size = _TOGETHER
    for part in parts:
        length = len(part.text)
        if size + length > _TOGETHER:
            batches.append([])
            size = 0
        batches[-1].append(part)
        size += length
    return batches


def _shared_out(
    batch: Sequence[Part], findings: Sequence[Finding]
) -> Iterator[tuple[Finding, ...]]:
    """The findings by part, those of nodes that are judged in another part left out."""
    by_focus: defaultdict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        by_focus[each.focus].append(each)
    nameless = tuple(each for each in findings if each.focus.startswith(_NAMELESS))
    for number, part in enumerate(batch):
        if not part.nodes:
            yield tuple(findings)
            continue
        names = sorted(node.decode() for node in part.nodes if node.startswith(b"<"))
        nodes = (name.strip("<>") for name in names)
        own = (each for node in nodes for each in by_focus.get(node, ()))
        yield (*own, *(nameless if number == 0 else ()))


def _validate(ntriples: bytes, shapes: bytes) -> tuple[Finding, ...]:
    """What pySHACL finds; the focus of each is a whole IRI."""
    import pyshacl

    graph = _graph(ntriples)
    shapes_graph = _graph() + _shapes_graph(shapes)  # pySHACL adds to what it is given
    # Our own shapes over our own data: no imports are followed and nothing is inferred.
    _, results, _ = pyshacl.validate(
        graph, shacl_graph=shapes_graph, inference="none", do_owl_imports=False
    )
    return tuple(sorted(_shape_findings(results, shapes_graph)))


_SEVERITIES: Final[Mapping[str, Level]] = {
    expand("sh:Violation"): "error",
    expand("sh:Warning"): "warning",
    expand("sh:Info"): "info",
}


@lru_cache(maxsize=32)
def _shapes(path: Path, content: bytes) -> bytes:
    """The shapes of a file, their blank nodes called so that no other file has them."""
    triples = ntriples_of(turtle_to_nquads(content, path=path))
    return triples.replace(b"_:c14n", b"_:" + path.stem.encode())


@lru_cache(maxsize=1)
def _shapes_graph(ntriples: bytes) -> rdflib.Graph:
    """The graph of the shapes, for readers: to parse it takes longer than most checks."""
    return _graph(ntriples)


def _graph(ntriples: bytes = b"") -> rdflib.Graph:
    import rdflib

    graph = rdflib.Graph()
    graph.parse(data=ntriples, format="nt")
    return graph


def _about(ntriples: bytes, shapes: rdflib.Graph) -> bytes:
    """The triples that shapes can speak of: reading the others would take half of the time."""
    named = {f"<{each}>".encode() for each in shapes.objects()}
    named |= {f"<{expand(name)}>".encode() for name in ("rdf:type", "rdfs:subClassOf")}
    lines = ntriples.splitlines(keepends=True)
    return b"".join(line for line in lines if line.split(b" ", 2)[1] in named)


def _are_local(shapes: rdflib.Graph) -> bool:
    """Whether no shape looks farther than at a node, its values, and their classes."""
    from rdflib import SH, URIRef

    own = str(SH)
    names = {str(each) for each in shapes.predicates() if str(each).startswith(own)}
    plain = all(isinstance(path, URIRef) for path in shapes.objects(None, SH.path))
    return plain and names <= _LOCAL


def _leading(shapes: rdflib.Graph) -> frozenset[bytes]:
    """The properties whose values shapes are about."""
    from rdflib import SH

    return frozenset(f"<{each}>".encode() for each in shapes.objects(None, SH.targetObjectsOf))


def _shape_findings(results: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Finding]:
    from rdflib import RDF, SH, BNode

    for result in results.subjects(RDF.type, SH.ValidationResult):
        node = results.value(result, SH.focusNode)
        focus = str(node)
        path = results.value(result, SH.resultPath)
        value = results.value(result, SH.value)
        said = results.value(result, SH.resultMessage)
        about = compact(focus) + (f" {compact(str(path))}" if path is not None else "")
        found = f"; found {compact(str(value))}" if value is not None else ""
        yield Finding(
            rule=_shape_name(shapes, results.value(result, SH.sourceShape)),
            level=_SEVERITIES[str(results.value(result, SH.resultSeverity))],
            focus=f"{_NAMELESS}{focus}" if isinstance(node, BNode) else focus,
            message=f"{about}: {said}{found}.",
        )


def _count_shapes(shapes: rdflib.Graph) -> int:
    """How many shapes a person wrote: those with a name, not their parts."""
    from rdflib import RDF, SH, URIRef

    return sum(isinstance(each, URIRef) for each in shapes.subjects(RDF.type, SH.NodeShape))


def _shape_name(shapes: rdflib.Graph, shape: rdflib.term.Node | None) -> str:
    """The name of the shape that a person wrote: of the node shape, not of its parts."""
    from rdflib import SH, BNode

    while isinstance(shape, BNode):
        shape = shapes.value(None, SH.property, shape)
    return str(shape).rpartition("/")[2]
