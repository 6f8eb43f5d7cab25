"""Rules and shapes over the sources: a report of what was found, with the place in the file.

A rule is a query in `queries/verify/`; every row it gives is a finding, so no rows is a pass. Its
header says the problem, the level and the solution:

    # # Missing label
    #
    # **Problem:** …
    # **Level:** error
    # **Solution:** …

A row has `?focus`, the term that the finding is about, and may have `?found`. A shape is SHACL in
`ontology/shapes/`, checked by pySHACL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from kg.errors import Finding, Level, Report, SourceSyntaxError
from kg.rdf import ntriples_of, turtle_to_nquads
from kg.stores.base import Store
from kg.vocab import IRI, Term, compact, expand

if TYPE_CHECKING:
    import rdflib

__all__ = [
    "Finding",
    "Level",
    "Places",
    "Report",
    "Rule",
    "read_rules",
    "run_queries",
    "run_shapes",
]

_FIELD: Final = re.compile(r"^# \*\*(Problem|Level|Solution):\*\* (.+)$", re.MULTILINE)
_FIELDS: Final = {"Problem", "Level", "Solution"}
_LEVELS: Final = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Rule:
    """One verify query with the header that explains it."""

    name: str
    title: str
    problem: str
    level: Level
    solution: str
    query: str


@dataclass(frozen=True)
class Places:
    """Where terms stand in the source files."""

    paths: tuple[Path, ...] = ()

    def of(self, focus: str) -> str:
        """`file:line` of the first text about a term, or nothing when it is in no file."""
        name = compact(focus)
        if name == focus:
            return ""
        written = re.compile(rf"(?<![\w:.-]){re.escape(name)}(?![\w:-])")
        return self._first(written, at_start=True) or self._first(written, at_start=False)

    def _first(self, written: re.Pattern[str], *, at_start: bool) -> str:
        for path, lines in self._lines.items():
            for number, line in enumerate(lines, start=1):
                if written.match(line) if at_start else written.search(line):
                    return f"{path}:{number}"
        return ""

    @cached_property
    def _lines(self) -> Mapping[Path, list[str]]:
        return {path: path.read_text("utf-8").splitlines() for path in self.paths}


NOWHERE: Final = Places()


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Every rule of a folder, by name."""
    return tuple(_read_rule(path) for path in sorted(folder.glob("*.rq")))


def run_queries(store: Store, rules: Iterable[Rule], places: Places = NOWHERE) -> Report:
    """What the rules find in a store."""
    return Report(tuple(finding for rule in rules for finding in _findings(store, rule, places)))


def run_shapes(ntriples: bytes, folder: Path, places: Places = NOWHERE) -> Report:
    """What the SHACL shapes of a folder find in a graph."""
    import pyshacl

    shapes = _graph(_shapes(path) for path in sorted(folder.glob("*.ttl")))
    # Our own shapes over our own data: no imports are followed and nothing is inferred.
    _, results, _ = pyshacl.validate(
        _graph([ntriples]), shacl_graph=shapes, inference="none", do_owl_imports=False
    )
    return Report(tuple(sorted(_shape_findings(results, shapes, places))))


# ── Rules ───────────────────────────────────────────────────────────────────────────────────


def _read_rule(path: Path) -> Rule:
    text = path.read_text("utf-8")
    title = text.partition("\n")[0]
    fields = dict(_FIELD.findall(text))
    level = fields.get("Level", "")
    if not title.startswith("# # ") or set(fields) != _FIELDS or level not in _LEVELS:
        raise SourceSyntaxError(
            "a rule starts with `# # Title`, `# **Problem:** …`, "
            "`# **Level:** error|warning|info` and `# **Solution:** …`.",
            path=path,
            line=1,
        )
    return Rule(
        name=path.stem,
        title=title.removeprefix("# # "),
        problem=fields["Problem"],
        level=cast("Level", level),
        solution=fields["Solution"],
        query=text,
    )


def _findings(store: Store, rule: Rule, places: Places) -> Iterator[Finding]:
    for row in store.select(rule.query).records():
        focus, found = row.get("focus"), row.get("found")
        about = _shown(focus) if focus is not None else "a term"
        detail = f" ({_shown(found)})" if found is not None else ""
        yield Finding(
            rule=rule.name,
            level=rule.level,
            focus=about,
            message=f"{rule.title}: {about}{detail}. {rule.solution}",
            place=places.of(focus) if isinstance(focus, IRI) else "",
        )


def _shown(term: Term) -> str:
    return compact(term) if isinstance(term, IRI) else term.value


# ── Shapes ──────────────────────────────────────────────────────────────────────────────────

_SEVERITIES: Final[Mapping[str, Level]] = {
    expand("sh:Violation"): "error",
    expand("sh:Warning"): "warning",
    expand("sh:Info"): "info",
}


def _shapes(path: Path) -> bytes:
    return ntriples_of(turtle_to_nquads(path.read_bytes(), path=path))


def _graph(parts: Iterable[bytes]) -> rdflib.Graph:
    """One graph of several N-Triples texts, each with blank nodes of its own."""
    import rdflib

    graph = rdflib.Graph()
    for ntriples in parts:
        graph.parse(data=ntriples, format="nt")
    return graph


def _shape_findings(
    results: rdflib.Graph, shapes: rdflib.Graph, places: Places
) -> Iterator[Finding]:
    from rdflib import RDF, SH

    for result in results.subjects(RDF.type, SH.ValidationResult):
        focus = IRI(str(results.value(result, SH.focusNode)))
        path = results.value(result, SH.resultPath)
        value = results.value(result, SH.value)
        said = results.value(result, SH.resultMessage)
        about = compact(focus) + (f" {compact(str(path))}" if path is not None else "")
        found = f"; found {compact(str(value))}" if value is not None else ""
        yield Finding(
            rule=_shape_name(shapes, results.value(result, SH.sourceShape)),
            level=_SEVERITIES[str(results.value(result, SH.resultSeverity))],
            focus=compact(focus),
            message=f"{about}: {said}{found}.",
            place=places.of(focus),
        )


def _shape_name(shapes: rdflib.Graph, shape: rdflib.term.Node | None) -> str:
    """The name of the shape that a person wrote: of the node shape, not of its parts."""
    from rdflib import SH, BNode

    while isinstance(shape, BNode):
        shape = shapes.value(None, SH.property, shape)
    return str(shape).rpartition("/")[2]
