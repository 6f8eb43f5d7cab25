"""What `kg source` prints: the lines of a text, its references, and what became of each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.curate.knowledge.entries import Accepted
from kg.curate.sources.citing import Citing
from kg.curate.sources.compare import Agreement, Comparison, RecordDifference
from kg.curate.sources.desk import Account, Desk
from kg.curate.sources.outline import Outline
from kg.curate.sources.references import ListedWork
from kg.curate.watch import Step
from kg.model.changes import Change
from kg.show.blocks import Row, Rows, Section, Table
from kg.show.changes import SIGNS
from kg.show.words import count


def show_outline(found: Outline, desk: Desk | None) -> str:
    """A line for each line of the text: number, section and item, what stands on it, its words."""
    rows = [_citing(found.citing)]
    for entry in found.entries:
        place = f"{entry.section} {entry.item}".strip() if not entry.aside else "-"
        rows.append(f"{entry.number:4}  {place:10}  {_standing(entry.number, desk):13} ")
        why = f"[not a statement: {entry.aside}] " if entry.aside else ""
        cited = ", ".join(map(str, entry.citations)) if not entry.aside else ""
        rows[-1] += f"{why}{entry.text}{f'   (cites {cited})' if cited else ''}"
        if entry.row and entry.row != entry.text:
            rows.append(f"{'':34}row: {entry.row}")
    return "\n".join(rows) + "\n"


def _citing(found: Citing) -> str:
    """How the text is taken to cite, and what else it might be."""
    how = "chosen" if found.chosen else "recognised; choose with --citations"
    told = f"Citation numbers: {found.style}, up to {found.highest} ({how})."
    others = [each for each in found.found if each.style is not found.style]
    if others:
        told += " Also printed: " + ", ".join(
            f"{each.style} on {count(each.lines, 'line')}" for each in others
        )
        told += "."
    return told


def _standing(line: int, desk: Desk | None) -> str:
    if desk is None:
        return ""
    on = [each.name for each in desk.records if each.line == line]
    return " ".join(on) or ("set aside" if line in desk.aside else "")


def show_account(found: Account) -> str:
    """What became of the lines of a text, and which are open."""
    lines = found.coverage
    filled = {*lines.filled}
    kept = [each for each in lines.carrying if each.is_kept and each.number in filled]
    waiting = [each for each in found.waiting if each in filled]
    carrying = {each.number for each in lines.carrying} & filled
    aside = {each.number for each in lines.lines if not each.statements} & filled
    rows = [
        f"{count(len(lines.filled), 'line')}, {count(lines.encoded, 'statement')}:",
        f"{len(carrying) - len(kept) - len(waiting):5}  in an answer",
        f"{len(kept):5}  kept as reading",
        *_because(lines.kept),
        f"{len(aside):5}  set aside",
        *_because(lines.aside),
        f"{len(lines.open) + len(waiting):5}  {_open((*lines.open, *waiting))}",
    ]
    if found.drafts:
        rows.append(f"{count(found.drafts, 'draft')} of a machine, which nobody has signed.")
    if found.idle:
        rows.append(f"No answer rests on {', '.join(found.idle)}, and no reason is given.")
    if lines.both:
        rows.append(f"Both set aside and with a statement: {_numbers(lines.both)}.")
    if lines.nowhere:
        rows.append(f"Named, and blank or not in the text: {_numbers(lines.nowhere)}.")
    return "\n".join(rows) + "\n"


def _because(reasons: Mapping[str, tuple[int, ...]]) -> Iterator[str]:
    """The lines for which each reason is given."""
    for why, numbers in reasons.items():
        yield f"       because: {why} ({_numbers(numbers)})"


def _open(lines: tuple[int, ...]) -> str:
    return f"OPEN: {_numbers(tuple(sorted(lines)))}" if lines else "open"


def _numbers(lines: tuple[int, ...]) -> str:
    return ", ".join(map(str, lines))


def show_references(works: Sequence[ListedWork]) -> str:
    """The works of a reference list with what was read of each, to be confirmed by a curator."""
    if not works:
        return "No reference list is printed.\n"
    rows = [f"{count(len(works), 'work')}, read by a machine: compare each with its entry."]
    for work in works:
        lines = f"{work.lines[0]}-{work.lines[-1]}" if len(work.lines) > 1 else f"{work.lines[0]}"
        rows.append(f"[{work.number or '-'}]  line {lines}   {_told(work)}")
        rows.append(f"      {work.text}")
    return "\n".join(rows) + "\n"


def _told(work: ListedWork) -> str:
    """The year and the identifiers of a work; what was not found is named."""
    found = {"year": str(work.year or ""), "DOI": work.doi, "PMID": work.pmid}
    told = [f"{name} {value or 'not found'}" for name, value in found.items()]
    return "   ".join([*told, work.pmcid]).rstrip()


# ── Two curators ────────────────────────────────────────────────────────────────────────────────


def comparison_sections(found: Comparison) -> Iterator[Section]:
    """Agreement field by field, and the records that differ."""
    one, other = found.records
    told = f"{found.one}: {count(one, 'record')}; {found.other}: {count(other, 'record')}; "
    yield Section(
        "Two files of one text",
        f"{told}{count(found.pairs, 'pair')}",
        [Table(("field", "compared", "same", "%", "kappa"), [*map(_agreement, _fields(found))])],
        level=1,
    )
    rows = [row for each in found.differing for row in _differing(each)]
    head = f"{len(found.differing)} differ" if rows else "none differs"
    yield Section(f"Records: {head}", f"RECORDS: {head}", [Rows(rows)] if rows else ())


def _fields(found: Comparison) -> tuple[Agreement, ...]:
    return (found.lines, *found.fields)


def _agreement(each: Agreement) -> tuple[str, ...]:
    kappa = "" if each.kappa is None else f"{each.kappa:.2f}"
    return each.field, str(each.compared), str(each.same), str(each.percent), kappa


def _differing(each: RecordDifference) -> Iterator[Row]:
    """A pair with each field in which it differs, or the record that is alone."""
    if not (each.one and each.other):
        which = "first" if each.one else "second"
        yield Row(f"line {each.line}: {each.one or each.other} is in the {which} file alone")
        return
    below = [Row(f"{field.field}: {field.one} | {field.other}") for field in each.fields]
    head = f"line {each.line}: {each.one} | {each.other}"
    yield Row(head, under=[Rows(below, indent=4)])


# ── Knowledge tests ─────────────────────────────────────────────────────────────────────────────


def show_accepted(found: Accepted) -> str:
    """What holds of the tests of an article, and what was written anew."""
    tests = len(found.entries.tests)
    changed = len({each.statement for each in found.changed})
    counts = f"{len(found.added)} new, {changed} changed, {len(found.gone)} gone"
    lines = [f"{count(tests, 'statement')} with a test: {counts}."]
    lines += (f"+ {each}" for each in found.added)
    lines += (f"~ {each}" for each in found.changed)
    lines += (f"- {each}" for each in found.gone)
    if found.entries.unreached:
        lines.append(
            "No case was found in which these speak, though each carries an axiom or agrees with "
            f"one: {', '.join(found.entries.unreached)}."
        )
    return "\n".join(lines) + "\n"


# ── A look while one writes ─────────────────────────────────────────────────────────────────────


def show_step(step: Step) -> str:
    """One step of a look: its seconds, its name, and what it found."""
    wrong = f"{count(len(step.errors), 'error')}" if step.errors else ""
    lines = [f"{step.seconds:6.1f} s  {step.name:15}  {wrong or step.told}".rstrip(), *step.errors]
    for answer in step.moved:
        lines.append(f"          ~ {answer.question}: {answer.asked}")
        lines += (f"              {_moved(row)}" for row in answer.rows)
    return "\n".join(lines) + "\n"


def _moved(row: Change) -> str:
    """One row of an answer that came, went or changed."""
    fields = "; ".join(
        f"{each.name} {', '.join(each.old) or '-'} → {', '.join(each.new) or '-'}"
        for each in row.fields
    )
    return f"{SIGNS[row.how]} {row.part}: {row.label}{f': {fields}' if fields else ''}"
