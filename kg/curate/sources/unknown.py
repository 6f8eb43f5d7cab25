"""Terms that are used and that no file declares: the nearest names, and a stub to paste."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from kg.curate.sources.add import TO_FILL
from kg.model.errors import Finding, Report
from kg.model.rdf import Quad
from kg.model.vocabulary import BASE, IRI, PREFIXES, RDF_TYPE, Literal, compact, eg, expand

RULE: Final = "unknown-term"
"""The rule of `queries/verify` that finds them."""


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
            if quad.predicate == RDF_TYPE and str(quad.subject).startswith(own)
        }
        return cls(tuple(sorted(found)))

    def near(self, name: str) -> tuple[str, ...]:
        """The declared names that are nearest to one, nearest first."""
        folded: dict[str, str] = {_fold(each): each for each in self.names}
        near = get_close_matches(_fold(name), folded, n=3, cutoff=0.75)
        return tuple(compact(eg(folded[each])) for each in near)


def explained(report: Report, quads: Iterable[Quad]) -> Report:
    """The report with a suggestion and a stub on every finding about an unknown term."""
    if not any(finding.rule == RULE for finding in report.findings):
        return report
    said = tuple(quads)
    declared = Declared.of(said)
    return Report(tuple(_explained(each, said, declared) for each in report.findings))


def _explained(finding: Finding, quads: Iterable[Quad], declared: Declared) -> Finding:
    if finding.rule != RULE:
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
    if eg("context") in uses:
        return "owl:Class", "eg:Case", "rules"
    if not local[:1].isupper():
        return "eg:Finding , owl:NamedIndividual", "", "markers"
    if eg("analyte") in uses:
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
