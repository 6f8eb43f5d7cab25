"""The reports of the graph about itself, as tables that people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.curate.reports import NOTHING_CITED, STANDINGS, Citations, CitedNumber, Quality, TermCount
from kg.model.copies import Coverage
from kg.show.layout import WIDTH, paragraph, wrapped

_SHOWN = 30
"""So many ids of a list are printed; the JSON has them all."""
_CELL = 80
"""So many characters of a reason fit into its column; the JSON has them all."""


def coverage_text(documents: Sequence[Coverage]) -> str:
    """Lines and statements of each document, the reasons for lines set aside, the open lines."""
    lines = [line for each in documents for line in (*_coverage(each), "")]
    left = sum(len(each.open) for each in documents)
    lines += paragraph(_verdict(left, documents))
    return _joined(lines)


def citations_text(documents: Sequence[Citations]) -> str:
    """Each number of each document with what is known of it, and what the statements have."""
    lines = [line for each in documents for line in (*_citations(each), "")]
    total = sum(each.statements for each in documents)
    lines += table(
        ("statements that can be followed to a source", "", "of"),
        [
            ("that the document itself resolves", _sum(d.resolved for d in documents), str(total)),
            ("with what a curator inferred", _sum(d.followed for d in documents), str(total)),
        ],
    )
    return _joined(lines)


def quality_text(quality: Quality) -> str:
    """Evidence of the axioms, use of the statements, findings of the rules."""
    found = [(each.name, each.level, str(each.findings)) for each in quality.rules]
    lines = [
        *table(("clinical axioms", "", "%"), _axiom_rows(quality)),
        *_listed("without evidence", quality.bare),
        "",
        *table(("statements of documents", "", "%"), _statement_rows(quality)),
        *_listed("none of these", quality.unused),
        "",
        *table(("rule", "level", "findings"), found),
    ]
    return _joined(lines)


def _axiom_rows(quality: Quality) -> Iterator[tuple[str, str, str]]:
    whole = quality.axioms
    yield _share("all", whole, whole)
    yield _share("with evidence", quality.by_statement + quality.by_background, whole)
    yield _share("  from a statement of a document", quality.by_statement, whole)
    yield _share("  from background alone", quality.by_background, whole)


def _statement_rows(quality: Quality) -> Iterator[tuple[str, str, str]]:
    whole = quality.statements
    yield _share("all", whole, whole)
    for role, count in sorted(quality.roles.items()):
        yield _share(f"  {role}", count, whole)
    yield _share("  none of these", len(quality.unused), whole)


def terms_text(terms: Sequence[TermCount]) -> str:
    """How many terms there are of each kind, and how many are described."""
    rows = [_term_row(each.sort, each.kind, [each]) for each in terms]
    rows.append(_term_row("all", "", terms))
    return _joined(table(("sort", "kind", "terms", "label", "definition", "code"), rows))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest value, with figures at the right."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    figures = [all(_is_figure(each) for each in column[1:]) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        parts = (
            cell.rjust(width) if figure else cell.ljust(width)
            for cell, width, figure in zip(row, widths, figures, strict=True)
        )
        yield "  ".join(parts).rstrip()
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def percent(part: int, whole: int) -> str:
    """A share as a whole per cent, rounded down: 100 means all."""
    return str(part * 100 // whole) if whole else "-"


def _is_figure(cell: str) -> bool:
    return not cell or cell.strip("-").isdigit() or cell == "-"


def _coverage(each: Coverage) -> Iterator[str]:
    yield from paragraph(f"{each.document}  {each.title}: {_encoded(each)}")
    yield from table(("lines", "count"), _line_rows(each))
    if each.open:
        yield from paragraph(f"open: {', '.join(map(str, each.open))}")


def _line_rows(each: Coverage) -> Iterator[tuple[str, str]]:
    counted = "not blank, in your copy" if each.copy else "known to the graph"
    yield counted, str(len(each.filled) if each.copy else len(each.lines))
    yield "with a statement", str(len(each.carrying))
    yield "set aside", str(sum(len(lines) for lines in each.aside.values()))
    for reason, lines in each.aside.items():
        first, *rest = wrapped(reason, _CELL)
        yield f"  {first}{' ...' if rest else ''}", str(len(lines))
    yield "OPEN", str(len(each.open))


def _encoded(each: Coverage) -> str:
    total = f" of {each.total}" if each.total else ""
    return f"{each.encoded}{total} statements encoded"


def _verdict(left: int, documents: Sequence[Coverage]) -> str:
    unread = [each.document for each in documents if not each.copy]
    said = f"{left} open lines." if left != 1 else "1 open line."
    if unread:
        said += (
            f" Of document {', '.join(unread)} only what the graph says was counted: name a folder"
            " with the text that was read (--texts) to count its lines."
        )
    return said


def _citations(each: Citations) -> Iterator[str]:
    yield from paragraph(f"{each.document}  {each.title}: {each.statements} statements")
    yield from table(
        ("number", "status", "statements", "confidence"),
        [(f"[{n.number}]", n.status, str(n.statements), n.confidence) for n in each.numbers],
    )
    for number in each.numbers:
        yield from _works(number)
    rows = [(name, str(each.standings.get(name, 0))) for name in (*STANDINGS, NOTHING_CITED)]
    yield ""
    yield from table(("best standing of a statement", "count"), rows)


def _works(number: CitedNumber) -> Iterator[str]:
    if number.reference:
        yield from paragraph(f"[{number.number}] taken for: {number.reference}", indent=2)
        yield from paragraph(f"how: {number.method}", indent=6)
    for work in number.rejected:
        yield from paragraph(f"[{number.number}] turned down: {work}", indent=2)


def _share(name: str, part: int, whole: int) -> tuple[str, str, str]:
    return name, str(part), percent(part, whole)


def _sum(values: Iterable[int]) -> str:
    return str(sum(values))


def _listed(name: str, values: Sequence[str]) -> Iterator[str]:
    if values:
        more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
        said = f"{name}: {', '.join(values[:_SHOWN])}{more}"
        yield from (line.rstrip() for line in wrapped(said, WIDTH, hang=2))


def _term_row(sort: str, kind: str, terms: Sequence[TermCount]) -> Sequence[str]:
    return (
        sort,
        kind,
        _sum(each.terms for each in terms),
        _sum(each.labels for each in terms),
        _sum(each.definitions for each in terms),
        _sum(each.codes for each in terms),
    )


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
