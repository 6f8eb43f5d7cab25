"""Why a row stands, and why it does not stand otherwise, as blocks.

What decides comes first, then the steps, then what they rest on. On a page the steps are a nested
list, with what carries each axiom below the step that it makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kg.answer.proof.derivation import derivation_of
from kg.answer.proof.model import (
    Absence,
    AxiomNote,
    Contrast,
    Contrasts,
    Explanation,
    Part,
    Proof,
    ProofStep,
)
from kg.show.blocks import NOTICE, Paragraph, Row, Rows, Section, Strong, list_names
from kg.show.data import FORMS, check_form, json_text, render, with_notice
from kg.show.words import (
    background_section,
    count,
    each_once,
    headed,
    statement_row,
    statement_rows,
)

FORMATS: Final = (*FORMS, "ttl", "derivation")
"""The shapes of an explanation."""
ROLES: Final = {
    "asked": "The question arises",
    "listed": "A statement lists the cause",
    "about": "The statement is about such a case",
    "shown": "The case shows the finding",
    "argued": "What the finding says",
    "tissue": "The tissue that the cause would raise the marker from",
    "open": "What the cause depends on",
    "present": "The cause is present",
    "follows": "What follows",
}
"""What each part of a proof is for."""
DEFINITION: Final = "definition of this ontology"


def render_proof(found: Explanation, form: str) -> str:
    """An explanation in one of the shapes of FORMATS."""
    check_form(form, FORMATS)
    if form == "ttl":
        from kg.show.turtle import proof_turtle

        return proof_turtle(found)
    if form == "derivation":
        return json_text(with_notice(derivation_of(found)))
    return render(form, proof_sections(found), with_notice(found))


def render_contrasts(found: Contrasts, form: str) -> str:
    """What is missing for other verdicts, as text, Markdown or JSON."""
    return render(form, contrasts_sections(found), with_notice(found))


def proof_sections(found: Explanation) -> Iterator[Section]:
    """The explanation, in the order of reading."""
    numbers = _axiom_numbers(found)
    case = f"given: {found.case}" if found.case else "of the classes, whoever the case is"
    yield _head("Why", f"WHY {found.conclusion}", found, case)
    for place, proof in enumerate(found.proofs, 1):
        head = f"REASON {place} of {len(found.proofs)}, each enough by itself"
        head = head if len(found.proofs) > 1 else "REASON"
        yield from _proof(found, proof, numbers, (f"Reason: {proof.conclusion}", head))
    for proof in found.beside:
        beside = f"and not needed for it: {proof.conclusion}"
        yield from _proof(found, proof, numbers, (f"Beside, {beside}", f"BESIDE, {beside}"))
    yield _axioms(found, numbers)
    statements = (statement_row(each, joint="; ") for each in found.statements.values())
    yield Section("Statements", "", [statement_rows(each.off_terminal() for each in statements)])
    yield background_section(found.background, "common knowledge that no document here states")
    yield _said_too(found)
    against = "AGAINST IT: denied by "
    yield Section("Denied by", "", [list_names(found.counter, against, separator=", ")])
    yield Section(blocks=[Paragraph(NOTICE)])


def _said_too(found: Explanation) -> Section:
    """What agrees and is not needed: on a page by its names, its words stand there already."""
    rows = [statement_row(found.statements[each], joint="; ") for each in found.corroboration]
    names = Rows([Row(page=(each,)) for each in found.corroboration])
    head = headed("SAID TOO", "by statements that are not needed")
    return Section("Said too by", head, [statement_rows(r.off_page() for r in rows), names])


def contrasts_sections(found: Contrasts) -> Iterator[Section]:
    """What is missing for each other verdict, and the statements."""
    yield _head("Why not", f"WHY NOT: {found.conclusion}", found, f"given: {found.case}")
    yield from map(_contrast, found.verdicts)
    rows = statement_rows(statement_row(each, "; ") for each in found.statements.values())
    yield Section("Statements", "STATEMENTS", [rows])
    yield Section(blocks=[Paragraph(NOTICE)])


def weakest(proof: Proof) -> str:
    """How strong a proof is, in words."""
    if not proof.statements:
        return "no statement of a document among its premises"
    return f"no stronger than its weakest premise, {proof.statements[0]}: {proof.strength}"


def _head(title: str, head: str, found: Explanation | Contrasts, case: str) -> Section:
    page = f"{case[0].upper()}{case[1:]}. Graph {found.graph}."
    blocks = [Paragraph(case, page), Paragraph(f"graph {found.graph}", page="")]
    return Section(f"{title} {found.conclusion}", head, blocks, level=1)


# ── The steps ───────────────────────────────────────────────────────────────────────────────


def _proof(
    found: Explanation, proof: Proof, numbers: Mapping[str, str], heads: tuple[str, str]
) -> Iterator[Section]:
    """What a proof takes, its premises, its steps, and what had to be looked for."""
    given = "; ".join(proof.given)
    takes = [
        Row(f"it takes: {given or 'nothing said of the patient'}").off_page(),
        Row(weakest(proof)),
        Row(page=("takes of the case", given or "nothing")),
    ]
    yield Section(*heads, [Rows(takes, hang=0)])
    notes = (statement_row(found.statements[each], "; ") for each in proof.statements)
    premises = statement_rows(each.off_page() for each in notes)
    yield Section("", headed("PREMISES", "the weakest first"), [premises])
    parts = [_part(found, each, n, numbers) for n, each in enumerate(proof.parts, 1)]
    yield Section("", "STEPS", [Rows(parts, hang=0)])
    absences = Rows([_absence(each) for each in proof.absences], hang=0)
    yield Section("", "LOOKED FOR AND NOT FOUND", [absences])


def _part(found: Explanation, part: Part, place: int, numbers: Mapping[str, str]) -> Row:
    brought = f" ({part.statement})" if part.statement else ""
    role = f"{ROLES[part.role]}{brought}"
    lines = [_step(found, each, (place, n), numbers) for n, each in enumerate(part.steps, 1)]
    given = Row(f"{place}.1 {part.conclusion}, as given").off_page()
    steps = Rows(lines, (62, 20, 8), hang=4) if lines else Rows([given], hang=0)
    return Row(f"{place} {role}", page=(role, Strong(part.conclusion)), under=[steps])


def _step(
    found: Explanation, step: ProofStep, place: tuple[int, int], numbers: Mapping[str, str]
) -> Row:
    start = (*step.given, *(f"{place[0]}.{each}" for each in step.uses))
    given = f" (given: {', '.join(step.given)})" if step.given else ""
    notes = [(numbers[each], found.axioms[each]) for each in step.axioms]
    below = [Row(page=(f"{name} {note.text}", _carriers(note))) for name, note in notes]
    return Row(
        f"{place[0]}.{place[1]} {step.text}",
        ", ".join(start),
        right=", ".join(name for name, _ in notes),
        page=(f"{step.text}{given}",),
        under=[Rows(below)],
    )


def _absence(absence: Absence) -> Row:
    below = Rows([Row(each) for each in absence.looked_at], hang=0)
    page = ("looked for and not found", absence.text)
    return Row(f"- {absence.text}", page=page, under=[below])


# ── What the steps rest on ──────────────────────────────────────────────────────────────────


def _axiom_numbers(found: Explanation) -> dict[str, str]:
    """A short name for each axiom, in the order in which the proofs use them."""
    ids = each_once(each for proof in found.all_proofs() for each in proof.axioms)
    return {each: f"a{number}" for number, each in enumerate(ids, 1)}


def _axioms(found: Explanation, numbers: Mapping[str, str]) -> Section:
    rows = [_axiom(number, found.axioms[each]) for each, number in numbers.items()]
    head = headed("AXIOMS", f"{count(len(rows), 'axiom')}, and what carries each")
    return Section("Axioms", head, [Rows(rows, (58, 0, 30), margin=4)])


def _axiom(number: str, note: AxiomNote) -> Row:
    carriers = _carriers(note)
    below = [Rows([Row(page=(carriers,))])]
    return Row(note.text, right=carriers, mark=number, page=(number, note.text), under=below)


def _carriers(note: AxiomNote) -> str:
    """What an axiom rests on, in few words."""
    if note.standing == "definition":
        return DEFINITION
    background = f"background: {', '.join(note.background)}" if note.background else ""
    return "; ".join(filter(None, (", ".join(note.statements), background)))


def _contrast(contrast: Contrast) -> Section:
    rows = [
        Row(f"- {each.premise}", ids=each.statements, page=(each.premise,))
        for each in contrast.missing
    ]
    head = f"NOT {contrast.verdict.upper()}: {contrast.text}"
    title = f"Not {contrast.verdict}: {contrast.text}"
    return Section(title, head, [Rows(rows, (66, 0, 26))] if rows else ())
