"""The words for what an answer holds, and the rows that answers and proofs share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from kg.answer.model import (
    Answer,
    Argument,
    Basis,
    Cause,
    Conflict,
    Document,
    Elsewhere,
    Move,
    NextStep,
    Result,
    ReviewStanding,
    StatementNote,
    Verdict,
)
from kg.show.blocks import Row, Rows, Section
from kg.show.runs import few_ids

VERDICTS: Final = {
    Verdict.CANDIDATE: (
        "+", "Candidate", "listed in the sources, and nothing given speaks against it",
    ),
    Verdict.UNDETERMINED: ("?", "Undetermined", "what would settle it stands beside it"),
    Verdict.ARGUED_AGAINST: (
        "-", "Argued against", "something given speaks against it; none is excluded",
    ),
    Verdict.EXCLUDED: (
        "x", "Excluded", "only where a source says that a fact like these excludes it",
    ),
}  # fmt: skip
"""Sign, title and meaning of each verdict: a sign beside the word, and never colour alone."""
NOT_THERE: Final = "not present"
NO_EFFECT: Final = "does not by itself change the assessment of a cause"
OPEN: Final = "open"
"""How a tissue stands as the origin where no finding speaks."""

_Thing = TypeVar("_Thing")
Effect = tuple[str, tuple[str, ...]]
"""What would happen to some causes, and the statements that bring it about."""


def headed(head: str, meaning: str, width: int = 20) -> str:
    """A head of a terminal with its meaning beside it."""
    return f"{head.ljust(width)}{meaning}"


def each_once(things: Iterable[_Thing]) -> tuple[_Thing, ...]:
    """Each thing once, in the order given."""
    return tuple(dict.fromkeys(things))


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 cause`, `2 causes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def cut(text: str, places: int, opens: str = "") -> str:
    """The text, or as much of it as has places, and what opens the whole."""
    if len(text) <= places:
        return text
    end = f" … ({opens})" if opens else " …"
    return f"{text[: max(0, places - len(end))].rstrip()}{end}"


# ── The question and the sources ────────────────────────────────────────────────────────────────


def title(answer: Answer) -> str:
    """What was asked; where the case does not show that finding, that it does not."""
    asked = answer.finding
    if any(each.iri == asked.iri for each in answer.scope):
        return f"{answer.question}: not judged, {asked.label} not shown"
    return answer.question


def origins(documents: Sequence[Document]) -> str:
    """How many independent voices the documents are."""
    names = each_once(document.origin for document in documents)
    noun = count(len(documents), "document")
    voices = f"{count(len(names), 'origin')} ({', '.join(names)})"
    again = (
        " Agreement between them is not a second opinion." if len(names) < len(documents) else ""
    )
    return f"{noun}, {voices}.{again}"


def sources(answer: Answer, *, brief: bool = False) -> str:
    """How many sources there are, how they stand, and what of it all was traced and reviewed."""
    documents, review = answer.documents, answer.review
    if not documents:
        return ""
    publishers = each_once(document.publisher for document in documents)
    reviews = each_once(document.review for document in documents)
    standing = "; ".join("review not stated" if e == "not stated" else e for e in reviews)
    head = f"{count(len(documents), 'document')} of {count(len(publishers), 'publisher')}"
    followed = sum(document.resolved for document in documents)
    whole = sum(document.statements for document in documents)
    if brief:
        rules = review.rules + review.background
        reviewed = f", rules reviewed {review.accepted}/{rules}" if rules else ""
        return f"{head}, {standing}; traced {followed}/{whole}{reviewed}"
    traced = f"{followed} of {whole} statements traced to a cited work"
    return f"{head}, {standing}; {traced}{_reviewed(review)}"


def _reviewed(review: ReviewStanding) -> str:
    whole = review.rules + review.background
    objected = f", {review.objected} objected to" if review.objected else ""
    told = f"; {review.accepted} of {whole} rules and background statements used here reviewed"
    return f"{told}{objected}" if whole else ""


def standing(document: Document) -> str:
    """What the document's statements can be followed to."""
    return (
        f"reference list {document.references}; "
        f"{document.resolved} of {document.statements} statements can be followed to a work"
    )


def source_of(answer: Answer) -> str:
    """The heading over the tissues that a finding may come from."""
    return answer.origin_question or f"Source of the {answer.finding.label}"


def conflict_text(conflict: Conflict) -> str:
    """What contradicts what, as a sentence, with the facts that it does not name itself."""
    text = f"{conflict.text[:1].upper()}{conflict.text[1:].removesuffix('.')}."
    if all(fact in text for fact in conflict.facts):
        return text
    return f"{text} Given: {'; '.join(conflict.facts)}."


# ── Causes ──────────────────────────────────────────────────────────────────────────────────


def why(cause: Cause) -> str:
    """Why a cause has its verdict, in few words."""
    known = cause.basis if cause.basis in (Basis.SHOWN, Basis.GIVEN) else Basis.DIAGNOSED
    parts = [known.value] if cause.present else []
    parts += [cause.note] if cause.note else []
    parts += [need.text for need in cause.needs]
    parts += list(filter(None, [argued(own_arguments(cause)), denied(cause)]))
    parts += [f"{' '.join(ids)} for {gap}" for gap, ids in by_gap(cause.elsewhere)]
    return "; ".join(parts)


def inference(cause: Cause) -> str:
    """That what speaks against a cause was reasoned, and from which background; else nothing."""
    if not any(argument.inferred for argument in cause.against):
        return ""
    background = ", ".join(used_background(cause.against))
    return f"by inference, with background: {background}" if background else "by inference"


def used_background(arguments: Iterable[Argument]) -> tuple[str, ...]:
    """The background statements that arguments rest on."""
    return each_once(each for argument in arguments for each in argument.background)


def used_statements(arguments: Iterable[Argument]) -> tuple[str, ...]:
    """The statements of documents that arguments rest on."""
    return each_once(each for argument in arguments for each in argument.statements)


def marked_ids(cause: Cause) -> str:
    """Its ids as they end a line: `<` weakened by, `+` supported by, `~` in tension with."""
    ids = list(cause.statements)
    for mark, others in (
        ("<", [*cause.counter, *(each for argument in cause.against for each in argument.rule)]),
        ("+", [each for argument in cause.supports for each in argument.rule]),
        ("~", [each for each in cause.tensions if each not in cause.counter]),
    ):
        ids += [mark, *each_once(others)] if others else []
    return " ".join(few_ids(ids))


def nested(causes: Sequence[Cause]) -> Iterator[tuple[Cause, int]]:
    """The causes with narrower ones under the wider, and how deep each stands."""
    here = {cause.iri for cause in causes}
    shown: set[str] = set()

    def below(parent: str | None, depth: int) -> Iterator[tuple[Cause, int]]:
        for cause in causes:
            wider = [iri for iri in cause.broader if iri in here and iri != cause.iri]
            if cause.iri in shown or (parent not in wider if parent else wider):
                continue
            shown.add(cause.iri)
            yield cause, depth
            yield from below(cause.iri, depth + 1)

    yield from below(None, 0)
    yield from ((cause, 0) for cause in causes if cause.iri not in shown)


def by_gap(elsewhere: Iterable[Elsewhere]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Statements for other patients, grouped by what keeps them from this one."""
    groups: dict[str, tuple[str, ...]] = {}
    for each in elsewhere:
        gap = _population_gap(each)
        groups[gap] = (*groups.get(gap, ()), each.statement)
    yield from groups.items()


def _population_gap(elsewhere: Elsewhere) -> str:
    """Of whom a statement is made, and what this case lacks for it."""
    applies = f"applies to: {elsewhere.population.label}"
    if elsewhere.contradicted:
        return f"{applies}; not this patient"
    return f"{', '.join(elsewhere.missing)} not given ({applies})" if elsewhere.missing else applies


def argued(arguments: Iterable[Argument], *, weighed: bool = True) -> str:
    """What findings say, each with the word of its statement where it is weighed.

    Where they speak on both sides, both are said in one breath.
    """
    sides: dict[str, list[str]] = {}
    for each in arguments:
        side = "supported by" if each.supports else _against(each)
        word = f" ({each.strength})" if weighed and each.weighed else ""
        sides.setdefault(side, []).append(f"{each.finding.label}{word}")
    joint = " and " if len(sides) > 1 else ""
    return joint.join(f"{side} {', '.join(each_once(found))}" for side, found in sides.items())


def denied(cause: Cause) -> str:
    """That statements list it and others deny it; else nothing."""
    if not cause.counter:
        return ""
    return f"said for it ({cause.strength}) and against it ({cause.counter_strength})"


def rule_ids(arguments: Iterable[Argument]) -> tuple[str, ...]:
    """The statements that carry what findings say."""
    return each_once(each for argument in arguments for each in argument.rule)


def own_arguments(cause: Cause) -> tuple[Argument, ...]:
    """What findings say of a cause, for it and against it."""
    return (*cause.supports, *cause.against)


def _against(argument: Argument) -> str:
    if argument.excludes:
        return "excluded by"
    return f"argued against {argument.limit} by" if argument.limit else "argued against by"


# ── What may turn out ───────────────────────────────────────────────────────────────────────


def would_do(step: NextStep) -> str:
    """How many verdicts a step may change, or causes it bears on, in few words."""
    if step.settles:
        return f"may change {count(len(step.settles), 'verdict')}"
    informed = len(step.informs)
    return f"bears on {count(informed, 'cause')}" if informed else NO_EFFECT


def by_effect(results: Iterable[Result]) -> Iterator[tuple[str, tuple[Effect, ...]]]:
    """The results, those with the same effects together, and what they would do."""
    groups: dict[tuple[Effect, ...], list[str]] = {}
    for result in results:
        groups.setdefault(tuple(_effects(result)), []).append(result.label)
    for effects, labels in groups.items():
        yield f"if {' or '.join(labels)}:", effects


def _effects(result: Result) -> Iterator[Effect]:
    labels: dict[Effect, list[str]] = {}
    for move in result.moves:
        labels.setdefault((_moved(move), move.statements), []).append(move.label)
    for each in result.supports:
        labels.setdefault(("speaks for", each.statements), []).append(each.label)
    for (effect, statements), names in labels.items():
        yield f"{effect}: {'; '.join(names)}", statements


def _moved(move: Move) -> str:
    if move.after is None:
        return NOT_THERE
    return move.after.value if move.before is not None else f"newly listed, {move.after.value}"


# ── Statements ──────────────────────────────────────────────────────────────────────────────


def central(answer: Answer) -> dict[str, StatementNote]:
    """The statements behind verdicts and messages, in the order of their ids."""
    used = {each for e in answer.messages for each in (*e.statements, *e.corroboration)}
    for cause in answer.causes:
        used |= {*cause.statements, *cause.tensions, *(e.statement for e in cause.elsewhere)}
        used |= {each for need in cause.needs for each in need.statements}
        for argument in (*cause.supports, *cause.against):
            used |= {*argument.rule, *argument.statements, *argument.corroboration}
    return {key: note for key, note in answer.statements.items() if key in used}


def qualified(note: StatementNote) -> str:
    """What a statement says, how surely, and of whom."""
    return f"{note.text} [{note.modality}; of: {note.population}]"


def statement_row(note: StatementNote, joint: str) -> Row:
    """A statement with its place: below it on a terminal, and behind it on a page."""
    said, place = qualified(note), place_of(note)
    page = (note.id, f"{said}{joint}{place}")
    return Row(
        said, mark=note.id, page=page, under=[Rows([Row(place).off_page()], indent=0, hang=0)]
    )


def statement_rows(rows: Iterable[Row]) -> Rows:
    """The layout of statements: the id in the margin."""
    return Rows(list(rows), margin=6, hang=0)


def background_section(background: Mapping[str, str], meaning: str) -> Section:
    """Background statements, each by its name."""
    rows = Rows([Row(f"{key}: {text}") for key, text in background.items()])
    return Section("Background", headed("BACKGROUND", meaning), [rows])


def place_of(note: StatementNote) -> str:
    """Where a statement stands and what its document cites for it."""
    place = f"document {note.document}, section {note.section}, item {note.item}, line {note.line}"
    return f"{place}; {citations_of(note)}"


def citations_of(note: StatementNote) -> str:
    """What a document cites for a statement, and what is known of it."""
    if not note.citations:
        return "cites nothing"
    cited = []
    for each in note.citations:
        sure = f", confidence {each.confidence}" if each.confidence else ""
        work = f": {each.reference}{sure}" if each.reference else ""
        cited.append(f"[{each.number}] {each.status}{work}")
    return f"cites {'; '.join(cited)}"
