"""What a curator has still to write: comments that begin with TO FILL, and undeclared terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from kg.model.rdf import Quad
from kg.model.report import Finding, Report
from kg.model.vocabulary import BASE, EG, IRI, PREFIXES, RDF, Literal, compact, eg, expand

TO_FILL: Final = "TO FILL"
"""What a curator still has to write stands in a comment behind these words."""
UNKNOWN_TERM: Final = "unknown-term"
"""The rule of `queries/verify` that finds terms that no file declares."""

_LEFT: Final = re.compile(rf"^\s*#\s*{TO_FILL}\b:?\s*(?P<what>.*?)\s*$")


def find_unfinished(paths: Iterable[Path]) -> Report:
    """A finding for every comment that says that something is still to be written."""
    return Report(tuple(finding for path in paths for finding in _in(path)))


def _in(path: Path) -> Iterator[Finding]:
    text = path.read_text("utf-8")
    for number, line in enumerate(text.splitlines() if TO_FILL in text else (), 1):
        left = _LEFT.match(line)
        if left is not None:
            yield Finding(
                rule="to-fill",
                level="error",
                focus=left["what"],
                message=f"Not yet written: {left['what']} "
                f"Write it, and take `# {TO_FILL}:` from the front of the line.",
                place=f"{path}:{number}",
            )


# ── Terms that no file declares ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Declared:
    """The terms that the files declare, for comparing names."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Declared:
        """The terms of some quads."""
        own = PREFIXES["eg"]
        found = {
            str(quad.subject).removeprefix(own)
            for quad in quads
            if quad.predicate == RDF.type and str(quad.subject).startswith(own)
        }
        return cls(tuple(sorted(found)))

    def near(self, name: str) -> tuple[str, ...]:
        """The declared names that are nearest to one, nearest first."""
        folded: dict[str, str] = {_fold(each): each for each in self.names}
        near = get_close_matches(_fold(name), folded, n=3, cutoff=0.75)
        return tuple(compact(eg(folded[each])) for each in near)


def explain_unknown_terms(report: Report, quads: Iterable[Quad]) -> Report:
    """The report with a suggestion and a stub on every finding about an unknown term."""
    if not any(finding.rule == UNKNOWN_TERM for finding in report.findings):
        return report
    said = tuple(quads)
    declared = Declared.of(said)
    return replace(report, findings=tuple(_explained(e, said, declared) for e in report.findings))


def _explained(finding: Finding, quads: Iterable[Quad], declared: Declared) -> Finding:
    if finding.rule != UNKNOWN_TERM:
        return finding
    term = expand(finding.focus)
    near = declared.near(term.removeprefix(PREFIXES["eg"]))
    guess = f" Did you mean {' or '.join(near)}?" if near else ""
    written = "\n".join(f"    {line}" for line in stub(term, quads).splitlines())
    message = f"{finding.message}{guess} If it is new, declare it:\n{written}\n   "
    return replace(finding, message=message)


def stub(term: IRI, quads: Iterable[Quad]) -> str:
    """Turtle that declares a term by the way it is used, with what a curator has to write."""
    uses = {quad.predicate for quad in quads if quad.object == term}
    kind, parent, file = _kind(term, uses)
    lines = [
        f"{compact(term)} a {kind} ;",
        *([f"    rdfs:subClassOf {parent} ;"] if parent else []),
        f"    rdfs:label {Literal(_words(term), language='en').n3()} ;",
        f'    # {TO_FILL}: skos:definition "what kind of thing, and what sets it apart"@en ;',
        f"    rdfs:isDefinedBy <{BASE}ontology/{file}> .",
    ]
    return "\n".join(lines)


def _kind(term: IRI, uses: set[IRI]) -> tuple[str, str, str]:
    """The type of a term, its superclass and its file, by its spelling and its use."""
    local = term.removeprefix(PREFIXES["eg"])
    if EG.context in uses:
        return "owl:Class", "eg:Case", "rules"
    if not local[:1].isupper():
        return "eg:Finding , owl:NamedIndividual", "", "markers"
    if EG.analyte in uses:
        return "owl:Class", "eg:Observation", "markers"
    return "owl:Class", "eg:Condition", "conditions"


def _words(term: IRI) -> str:
    """The name of a term, in words."""
    local = term.removeprefix(PREFIXES["eg"])
    return " ".join(_pieces(local)) if local[:1].isupper() else local.replace("-", " ")


def _pieces(local: str) -> Iterator[str]:
    for piece in re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+", local):
        yield piece if piece.isupper() and len(piece) > 1 else piece.lower()


def _fold(name: str) -> str:
    return re.sub(r"[-_]", "", name).casefold()
