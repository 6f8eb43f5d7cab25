"""What the graph says about itself: citations, quality and terms, as values.

Which lines are covered is `kg.store.statements`. Every figure is the result of a query in
`queries/report/`, so that it can be asked of any store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.compile.check.rules import Rule
from kg.model.rdf import Quad, Sources, write_nquads
from kg.model.report import Finding
from kg.model.statements import short_id
from kg.model.vocabulary import compact
from kg.store.base import Rows, Store
from kg.store.queries import shipped_rows

STANDINGS: Final = ("resolved", "inferred", "ambiguous", "unresolved")
"""What can be known of a citation, best first: a statement counts by the best of its numbers."""
NOTHING_CITED: Final = "nothing cited"


@dataclass(frozen=True, slots=True)
class CitedNumber:
    """One number that a document prints, and the work behind it as far as it is known."""

    number: int
    status: str
    statements: int
    reference: str = ""
    confidence: str = ""
    method: str = ""
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citations:
    """The numbers of one document, and how many of its statements each standing has."""

    document: str
    title: str
    statements: int
    numbers: tuple[CitedNumber, ...]
    standings: Mapping[str, int]

    @property
    def resolved(self) -> int:
        """Statements that can be followed to a work that the document itself names for them."""
        return self.standings.get("resolved", 0)

    @property
    def followed(self) -> int:
        """The same, with the works that a curator matched."""
        return self.resolved + self.standings.get("inferred", 0)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule and how often it spoke."""

    name: str
    title: str
    level: str
    findings: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What rests on what: axioms on evidence, and what the statements are used for."""

    axioms: int
    by_statement: int
    """Axioms that a statement of a document carries."""
    by_background: int
    """Axioms that only background carries."""
    bare: tuple[str, ...]
    """Axioms without evidence."""
    statements: int
    roles: Mapping[str, int]
    unused: tuple[str, ...]
    """Statements that carry nothing and are linked with nothing."""
    rules: tuple[RuleCount, ...] = ()


@dataclass(frozen=True, slots=True)
class TermCount:
    """The terms of one kind, and how many of them are described."""

    sort: str
    kind: str
    terms: int
    labels: int
    definitions: int
    codes: int


def open_sources(sources: Sources, folder: Path) -> Store:
    """The sources and the mappings to codes as a store, without anything that is inferred."""
    from kg.compile.mappings import read_mappings, triples
    from kg.store.local import LocalStore

    mapped = (Quad(*triple, None) for triple in triples(read_mappings(folder / "mappings")))
    return LocalStore(sources.nquads + write_nquads(mapped))


def read_citations(store: Store) -> tuple[Citations, ...]:
    """The citations of every document."""
    numbers, standings = _numbers(store), _standings(store)
    return tuple(
        Citations(
            document=document,
            title=row["title"],
            statements=sum(standings.get(document, Counter()).values()),
            numbers=tuple(numbers.get(document, {}).values()),
            standings=standings.get(document, Counter()),
        )
        for row in shipped_rows(store, "report/documents").texts()
        for document in [short_id(row["document"])]
    )


def read_quality(store: Store, rules: Iterable[Rule], findings: Sequence[Finding]) -> Quality:
    """What rests on what, with what the rules found."""
    kinds = _groups(
        shipped_rows(store, "report/axioms"), ("axiom", "source", "property", "target"), "kind"
    )
    roles = _groups(shipped_rows(store, "report/reached-statements"), ("statement",), "role")
    return Quality(
        axioms=len(kinds),
        by_statement=sum("statement" in each for each in kinds.values()),
        by_background=sum(each == {"background"} for each in kinds.values()),
        bare=tuple(" ".join(map(compact, key[1:])) for key, each in kinds.items() if not each),
        statements=len(roles),
        roles=Counter(role for each in roles.values() for role in sorted(each)),
        unused=tuple(short_id(key[0]) for key, each in roles.items() if not each),
        rules=_rule_counts(rules, findings),
    )


def read_terms(store: Store) -> tuple[TermCount, ...]:
    """How many terms there are of each kind."""
    return tuple(
        TermCount(
            sort=row["sort"],
            kind=row["kind"],
            terms=int(row["terms"]),
            labels=int(row["labels"]),
            definitions=int(row["definitions"]),
            codes=int(row["codes"]),
        )
        for row in shipped_rows(store, "report/terms").texts()
    )


def _numbers(store: Store) -> dict[str, dict[int, CitedNumber]]:
    found: dict[str, dict[int, CitedNumber]] = {}
    for row in shipped_rows(store, "report/pointers").texts():
        of_document = found.setdefault(short_id(row["document"]), {})
        number = int(row["number"])
        cited = of_document.get(number) or _number(number, row)
        rejected = row.get("rejected", "")
        if rejected and rejected not in cited.rejected:
            cited = replace(cited, rejected=(*cited.rejected, rejected))
        of_document[number] = cited
    return found


def _number(number: int, row: Mapping[str, str]) -> CitedNumber:
    return CitedNumber(
        number=number,
        status=row["status"],
        statements=int(row["statements"]),
        reference=row.get("reference", ""),
        confidence=row.get("confidence", ""),
        method=row.get("method", ""),
    )


def _standings(store: Store) -> dict[str, Counter[str]]:
    """How many statements of each document have which best standing."""
    of_statement = _groups(
        shipped_rows(store, "report/citing-statements"), ("document", "statement"), "status"
    )
    found: dict[str, Counter[str]] = {}
    for (document, _), held in of_statement.items():
        best = next((each for each in STANDINGS if each in held), NOTHING_CITED)
        found.setdefault(short_id(document), Counter())[best] += 1
    return found


def _groups(rows: Rows, keys: Sequence[str], value: str) -> dict[tuple[str, ...], set[str]]:
    """The values of one variable by the values of others; a group may be empty."""
    found: dict[tuple[str, ...], set[str]] = {}
    for row in rows.texts():
        group = found.setdefault(tuple(row.get(key, "") for key in keys), set())
        if value in row:
            group.add(row[value])
    return found


def _rule_counts(rules: Iterable[Rule], findings: Iterable[Finding]) -> tuple[RuleCount, ...]:
    """Every rule with its count, and after them the shapes that found something."""
    counts = Counter(finding.rule for finding in findings)
    levels = {finding.rule: finding.level for finding in findings}
    queries = [RuleCount(r.name, r.title, r.level, counts.pop(r.name, 0)) for r in rules]
    shapes = [RuleCount(name, "shape", levels[name], n) for name, n in sorted(counts.items())]
    return (*queries, *shapes)
