"""Why a row stands, as plain text: what decides first, then the steps, then what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kg.answer.model import StatementNote
from kg.answer.proof.model import AxiomNote, Contrasts, Explanation, Missing, Part, Proof
from kg.show.layout import WIDTH, block, paragraph, row, wrapped
from kg.show.words import FOOTER, counted, place_line

ROLES: Final = {
    "asked": "The question arises",
    "listed": "A statement lists the cause",
    "about": "The statement is about such a case",
    "shown": "The case shows the finding",
    "argued": "What the finding says",
    "open": "What the cause waits for",
    "present": "The cause is there",
    "follows": "What follows",
}
"""What each part of a proof is for."""

DEFINITION: Final = "definition of this ontology"

FORMATS: Final = ("text", "md", "json", "ttl")
"""The shapes of an explanation."""


def render_proof(found: Explanation, form: str) -> str:
    """An explanation in one of the shapes of FORMATS."""
    match form:
        case "text":
            return to_text(found)
        case "md":
            from kg.show.proofs_markdown import to_markdown

            return to_markdown(found)
        case "json":
            from kg.show.proofs_json import to_json_text

            return to_json_text(found)
        case "ttl":
            from kg.show.proofs_turtle import to_turtle

            return to_turtle(found)
    raise ValueError(form)


def to_text(found: Explanation) -> str:
    """The explanation for a terminal or a note."""
    numbers = axiom_numbers(found)
    blocks: list[Iterable[str]] = [_head(found)]
    for place, proof in enumerate(found.proofs, 1):
        blocks += _proof(found, proof, numbers, _title(place, len(found.proofs)))
    for proof in found.beside:
        blocks += _proof(found, proof, numbers, f"BESIDE, and not needed for it: {proof.claim}")
    blocks += [_axioms(found, numbers), _background(found.background), _also(found), [FOOTER]]
    parts = ["\n".join(lines) for lines in map(list, blocks) if lines]
    return "\n\n".join(parts) + "\n"


def contrasts_text(found: Contrasts) -> str:
    """What is missing for other verdicts, for a terminal or a note."""
    blocks: list[Iterable[str]] = [_contrast_head(found)]
    blocks += [_contrast(each.verdict, each.says, each.missing) for each in found.verdicts]
    blocks += [_statements("STATEMENTS", found.statements.values()), [FOOTER]]
    parts = ["\n".join(lines) for lines in map(list, blocks) if lines]
    return "\n\n".join(parts) + "\n"


def axiom_numbers(found: Explanation) -> dict[str, str]:
    """A short name for each axiom, in the order in which the proofs use them."""
    ids = dict.fromkeys(each for proof in found.all_proofs() for each in proof.axioms)
    return {each: f"a{number}" for number, each in enumerate(ids, 1)}


def carried(note: AxiomNote) -> str:
    """What an axiom rests on, in few words."""
    if note.standing == "definition":
        return DEFINITION
    background = f"background: {', '.join(note.background)}" if note.background else ""
    return "; ".join(filter(None, (", ".join(note.statements), background)))


def weakest(proof: Proof) -> str:
    """How strong a proof is, in words."""
    if not proof.statements:
        return "no statement of a document among its premises"
    return f"no stronger than its weakest premise, {proof.statements[0]}: {proof.strength}"


def _head(found: Explanation) -> Iterator[str]:
    yield from paragraph(f"WHY {found.claim}")
    yield from paragraph(
        f"given: {found.case}" if found.case else "of the classes, whoever the case is"
    )
    yield f"graph {found.graph}"


def _title(place: int, count: int) -> str:
    return f"REASON {place} of {count}, each enough by itself" if count > 1 else "REASON"


def _proof(
    found: Explanation, proof: Proof, numbers: Mapping[str, str], title: str
) -> Iterator[Iterable[str]]:
    said = "; ".join(proof.given) or "nothing said of the patient"
    yield [*paragraph(title), *paragraph(f"it takes: {said}", indent=2), *_strength(proof)]
    notes = [found.statements[each] for each in proof.statements]
    yield _statements("PREMISES            the weakest first", notes)
    yield _steps(proof, numbers)
    yield _absences(proof)


def _strength(proof: Proof) -> Iterator[str]:
    yield from paragraph(weakest(proof), indent=2)


def _statements(title: str, notes: Iterable[StatementNote]) -> Iterator[str]:
    notes = tuple(notes)
    if notes:
        yield title
    for note in notes:
        lines = wrapped(f"{note.text} [{note.modality}; of: {note.population}]", WIDTH - 8)
        lines += wrapped(place_line(note), WIDTH - 8)
        yield from (f"  {line}" for line in block(note.id, lines, indent=6))


def _steps(proof: Proof, numbers: Mapping[str, str]) -> Iterator[str]:
    yield "STEPS"
    for place, part in enumerate(proof.parts, 1):
        brought = f" ({part.statement})" if part.statement else ""
        yield from (
            f"  {line}" for line in wrapped(f"{place} {ROLES[part.role]}{brought}", WIDTH - 2)
        )
        yield from _lines(part, place, numbers)


def _lines(part: Part, place: int, numbers: Mapping[str, str]) -> Iterator[str]:
    for number, line in enumerate(part.lines, 1):
        start = [*line.given, *(f"{place}.{each}" for each in line.uses)]
        axioms = ", ".join(numbers[each] for each in line.axioms)
        left = f"{place}.{number} {line.says}"
        lines = row(left, ", ".join(start), axioms, hang=4, columns=(62, 20, 8))
        yield from (f"    {text}" for text in lines)
    if not part.lines:
        yield from paragraph(f"{place}.1 {part.claim}, as given", indent=4)


def _absences(proof: Proof) -> Iterator[str]:
    if proof.absences:
        yield "LOOKED FOR, AND NOT THERE"
    for absence in proof.absences:
        yield from paragraph(f"- {absence.claim}", indent=2)
        for each in absence.looked_at:
            yield from paragraph(each, indent=4)


def _axioms(found: Explanation, numbers: Mapping[str, str]) -> Iterator[str]:
    if numbers:
        yield f"AXIOMS              {counted(len(numbers), 'axiom')}, and what carries each"
    for identifier, number in numbers.items():
        note = found.axioms[identifier]
        lines = row(note.text, "", carried(note), hang=2, columns=(58, 0, 30))
        yield from (f"  {line}" for line in block(number, lines, indent=4))


def _background(background: Mapping[str, str]) -> Iterator[str]:
    if background:
        yield "BACKGROUND          common knowledge that no document here states"
    for identifier, text in background.items():
        yield from (f"  {line}" for line in wrapped(f"{identifier}: {text}", WIDTH - 2, hang=2))


def _also(found: Explanation) -> list[str]:
    if not found.also:
        return []
    return list(paragraph(f"SAID TOO by statements that are not needed: {', '.join(found.also)}"))


def _contrast_head(found: Contrasts) -> Iterator[str]:
    yield from paragraph(f"WHY NOT: {found.claim}")
    yield from paragraph(f"given: {found.case}")
    yield f"graph {found.graph}"


def _contrast(verdict: str, says: str, missing: Iterable[Missing]) -> Iterator[str]:
    yield from paragraph(f"NOT {verdict.upper()}: {says}")
    for each in missing:
        ids = " ".join(each.statements)
        lines = row(f"- {each.premise}", "", ids, hang=2, columns=(66, 0, 26))
        yield from (f"  {line}" for line in lines)
