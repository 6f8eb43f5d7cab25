"""An explanation as Markdown: a list in the order of reading, what carries each axiom below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.answer.proof.model import Explanation, Line, Part, Proof
from kg.show.markdown import escaped
from kg.show.proofs import ROLES, axiom_numbers, carried, weakest
from kg.show.words import FOOTER, place_line


def to_markdown(found: Explanation) -> str:
    """The explanation as a page, to be pasted into an issue."""
    blocks: list[Iterable[str]] = [
        [f"# Why {escaped(found.claim)}"],
        [_given(found)],
        *(_proof(found, each, "Reason") for each in found.proofs),
        *(_proof(found, each, "Beside, and not needed for it") for each in found.beside),
        _axioms(found),
        _list("Statements", _statements(found)),
        _list("Background", (f"{key}: {text}" for key, text in found.background.items())),
        _list("Said too by", found.also),
        [f"*{FOOTER}*"],
    ]
    parts = ["\n".join(lines) for lines in map(list, blocks) if lines]
    return "\n\n".join(parts) + "\n"


def _given(found: Explanation) -> str:
    case = f"Given: {found.case}." if found.case else "Of the classes, whoever the case is."
    return f"{escaped(case)} Graph {escaped(found.graph)}."


def _proof(found: Explanation, proof: Proof, title: str) -> Iterator[str]:
    yield f"## {title}: {escaped(proof.claim)}"
    yield ""
    yield f"- {escaped(weakest(proof))}"
    yield f"- takes of the case: {escaped('; '.join(proof.given) or 'nothing')}"
    for part in proof.parts:
        yield from _part(found, part)
    for absence in proof.absences:
        yield f"- looked for, and not there: {escaped(absence.claim)}"
        yield from (f"    - {escaped(each)}" for each in absence.looked_at)


def _part(found: Explanation, part: Part) -> Iterator[str]:
    brought = f" ({part.statement})" if part.statement else ""
    yield f"- {ROLES[part.role]}{brought}: **{escaped(part.claim)}**"
    for line in part.lines:
        yield from _line(found, line)


def _line(found: Explanation, line: Line) -> Iterator[str]:
    start = f" (given: {', '.join(line.given)})" if line.given else ""
    yield f"    - {escaped(line.says + start)}"
    numbers = axiom_numbers(found)
    for axiom in line.axioms:
        note = found.axioms[axiom]
        text = f"{numbers[axiom]} {note.text}: {carried(note)}"
        yield f"        - {escaped(text)}"


def _axioms(found: Explanation) -> Iterator[str]:
    yield "## Axioms"
    yield ""
    for identifier, number in axiom_numbers(found).items():
        note = found.axioms[identifier]
        yield f"- {number}: {escaped(note.text)}"
        yield f"    - {escaped(carried(note))}"


def _statements(found: Explanation) -> Iterator[str]:
    for note in found.statements.values():
        yield f"{note.id}: {note.text} [{note.modality}; of: {note.population}]; {place_line(note)}"


def _list(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {escaped(item)}" for item in items]
    return [f"## {title}", "", *lines] if lines else []
