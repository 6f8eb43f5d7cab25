"""An answer as blocks: what limits it first, then the causes by verdict, then what is beside them.

Every line of a terminal ends in the ids of its statements; what stands behind them comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from kg.answer.model import (
    Answer,
    Cause,
    Document,
    Message,
    NextStep,
    Origin,
    OtherPopulation,
    Result,
    StatementNote,
    Tension,
    Verdict,
)
from kg.case.model import NOTED
from kg.show import words
from kg.show.blocks import NOTICE, WIDTH, Block, Columns, Paragraph, Row, Rows, Section, list_names
from kg.show.facts import given, read_as
from kg.show.runs import DOCUMENTS, few_ids, name_run
from kg.show.words import by_effect, by_gap, headed

_IDS: Final = 26
"""The places for ids at the end of a line."""
_MARGIN: Final = 9
_NAMED: Final = 60
"""The places for the ids of documents that are only named."""
_CAUSE: Final = (34, 34, _IDS)
_STEP: Final = (44, 24, _IDS)
_EFFECT: Final = (64, 0, _IDS)
_NO_EXCLUSION: Final = "no sentence of the sources excludes a cause on these facts"
_UNADVISED: Final = "would change a verdict, and no statement advises it for such a case"
_ELSEWHERE: Final = "not applicable to this patient as described"
_COMMAND: Final = "kg statement ID"
_LEGEND: Final = (
    "marks: + supported by, < weakened by, ~ in tension with; (word) how strongly it is said",
    f"a statement in full: {_COMMAND}    its sentence in your copy: {_COMMAND} --texts DIR",
)


def answer_sections(answer: Answer) -> Iterator[Section]:
    """The whole answer, in the order of reading."""
    yield _head(answer)
    yield _scope(answer)
    yield _conflicts(answer)
    yield _sources(answer)
    yield from _said(answer)
    yield _origins(answer)
    yield _causes(answer)
    yield _absent(answer)
    yield _other_causes(answer)
    yield _tensions(answer)
    yield _next_steps(answer)
    yield _other_steps(answer)
    yield _unadvised(answer)
    yield _unknown(answer)
    yield _gaps(answer)
    yield from _inputs(answer)
    yield _statements(answer)
    yield _background(answer)
    yield Section(blocks=[*(Paragraph(each, page="") for each in _LEGEND), Paragraph(NOTICE)])


def part_sections(answer: Answer, names: Collection[str]) -> Iterator[Section]:
    """Some parts of the whole answer, in its order, by the names of PARTS."""
    for name, parts in _PARTS.items():
        if name in names:
            yield from parts(answer)


def _section(title: str, block: Block, meaning: str = "") -> Section:
    """A section with the same words for its heading and its head."""
    return Section(title, headed(title.upper(), meaning).rstrip(), [block])


# ── What limits an answer, and where it comes from ──────────────────────────────────────────


def _head(answer: Answer) -> Section:
    facts = given(answer) or "nothing"
    page = Paragraph("", page=f"Given: {facts}.")
    blocks = [page, *map(Paragraph, read_as(answer))]
    title = words.title(answer)
    return Section(title, f"{title}    given: {facts}", blocks, level=1)


def _scope(answer: Answer) -> Section:
    return _messages("Scope", "SCOPE", answer.scope)


def _said(answer: Answer) -> Iterator[Section]:
    yield _messages("Alerts", "ALERT", answer.alerts)
    yield _messages("Prognosis", "OUTCOME", answer.outcomes)
    yield _messages("Rules", "RULE", answer.rules)
    yield _messages("What the sources say of treatment and follow-up", "ADVICE", answer.advice)


def _messages(title: str, mark: str, messages: Iterable[Message]) -> Section:
    rows = [_message(mark, each) for each in messages]
    return Section(title, blocks=[_marked(rows, (WIDTH - _MARGIN - _IDS - 4, 0, _IDS))])


def _message(mark: str, message: Message) -> Row:
    """A message; how strongly it is said stands on a page, and behind a rule also elsewhere."""
    full = f"{message.text} ({message.strength})" if message.strength else message.text
    ids = (*message.statements, *message.corroboration)
    text = full if mark == "RULE" else message.text
    return Row(text, ids=ids, mark=mark, page=(full,))


def _conflicts(answer: Answer) -> Section:
    texts = [words.conflict_text(each) for each in answer.conflicts]
    rows = [Row(text, mark="CONFLICT", page=(text,)) for text in texts]
    return Section("Conflicts", blocks=[_marked(rows)])


def _marked(rows: Sequence[Row], columns: Columns | None = None) -> Rows:
    """Rows with a word in the margin, where they have one."""
    return Rows(rows, columns, indent=0, margin=_MARGIN, hang=0)


def _sources(answer: Answer) -> Section:
    """The documents behind an answer; of more than a few, the others are counted by origin."""
    few = DOCUMENTS if len(answer.documents) > DOCUMENTS + 1 else len(answer.documents)
    shown, rest = answer.documents[:few], answer.documents[few:]
    documents = Rows(
        [*map(_document, shown), *_of_each_origin(rest)],
        columns=(31, 31, 25),
        indent=0,
        margin=_MARGIN,
        mark="SOURCES",
        hang=3,
        head=("Id", "Document", "Published", "Review", "Standing"),
    )
    voices, graph = words.origins(answer.documents), f"graph {answer.graph}"
    below = _marked([Row(voices).off_page(), Row(graph).off_page()])
    page = Paragraph("", page=f"{voices} G{graph[1:]}.")
    return Section("Sources", blocks=[documents, below, page])


def _of_each_origin(documents: Iterable[Document]) -> Iterator[Row]:
    """How many more documents there are of each origin, and which."""
    found: dict[str, list[str]] = {}
    for each in documents:
        found.setdefault(each.origin, []).append(each.id)
    for origin, ids in found.items():
        more = f"{words.count(len(ids), 'more document')} of {origin}"
        named = name_run(ids, _NAMED, joint=" ")
        yield Row(more, named, cells=("", more, named, "", ""))


def _document(document: Document) -> Row:
    dated = f"{document.publisher}, updated {document.updated}"
    followed = words.standing(document)
    return Row(
        f"{document.id}  {document.title}",
        dated,
        right=document.review,
        cells=(document.id, document.title, dated, document.review, followed),
        under=[Rows([Row(followed)], indent=3, hang=0)],
    )


# ── The causes ──────────────────────────────────────────────────────────────────────────────


def _origins(answer: Answer) -> Section:
    rows = [_origin(each) for each in answer.origins]
    table = Rows(rows, _CAUSE, head=("Tissue", "How it stands", "Statements"))
    return _section(words.source_of(answer), table)


def _origin(origin: Origin) -> Row:
    arguments = (*origin.supports, *origin.against)
    said, ids = words.argued(arguments) or words.OPEN, words.rule_ids(arguments)
    return Row(origin.label, said, ids, cells=(origin.label, said, _listed(ids)))


def _causes(answer: Answer) -> Section:
    return Section(blocks=[_verdict(answer, each) for each in Verdict if answer.judged])


def _verdict(answer: Answer, verdict: Verdict) -> Section:
    causes = answer.by_verdict(verdict)
    _, name, meaning = words.VERDICTS[verdict]
    if verdict is Verdict.EXCLUDED and not causes:
        meaning = _NO_EXCLUSION
    title = f"{name} ({len(causes)})"
    rows = [_cause(cause, depth) for cause, depth in words.nested(causes)]
    table = Rows(rows, _CAUSE, head=("Cause", "Why", "Listed by", "Argued by", "Background"))
    page = Paragraph("", page=f"{meaning[0].upper()}{meaning[1:]}.")
    return Section(title, headed(title.upper(), f" {meaning}"), [page, table])


def _cause(cause: Cause, depth: int) -> Row:
    arguments = (*cause.supports, *cause.against)
    reasons = words.why(cause)
    cells = (
        f"{'↳ ' * depth}{cause.label}",
        reasons,
        _listed(cause.statements),
        "; ".join(
            f"{e.finding.label} {e.direction}: {_listed(e.rule or e.background)}" for e in arguments
        ),
        ", ".join(words.used_background(arguments)),
    )
    inferred = Rows([Row(words.inference(cause))], hang=0)
    sign, *_ = words.VERDICTS[cause.verdict]
    left, right = f"{sign} {cause.label}", words.marked_ids(cause)
    return Row(left, reasons, right=right, depth=depth, cells=cells, under=[inferred])


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(few_ids(ids))


def _absent(answer: Answer) -> Section:
    names = [term.label for term in answer.absent]
    block = list_names(names, lead="NOT PRESENT, as given: ")
    return Section("Not present, as given", blocks=[block])


# ── What is beside the causes ───────────────────────────────────────────────────────────────


def _other_causes(answer: Answer) -> Section:
    return _for_others("Other causes in the sources", "Cause", answer.other_populations)


def _other_steps(answer: Answer) -> Section:
    return _for_others("Other steps in the sources", "Step", answer.steps_for_others)


def _for_others(title: str, what: str, others: Iterable[OtherPopulation]) -> Section:
    rows = [
        Row(
            f"? {other.label}",
            f"already diagnosed; {gap}" if other.present else gap,
            ids,
            cells=(other.label, gap, _listed(ids)),
        )
        for other in others
        for gap, ids in by_gap(other.elsewhere)
    ]
    table = Rows(rows, _CAUSE, head=(what, "Of whom", "Statements"))
    return Section(f"{title}, {_ELSEWHERE}", f"{title.upper()}, {_ELSEWHERE}", [table])


def _tensions(answer: Answer) -> Section:
    rows = [_tension(each, answer.statements) for each in answer.tensions]
    table = Rows(rows, head=("One says", "", "The other says"))
    return _section("Points of disagreement", table)


def _tension(tension: Tension, notes: Mapping[str, StatementNote]) -> Row:
    first, second = tension.statements
    one, other = (f"{each}: {words.qualified(notes[each])}" for each in tension.statements)
    return Row(
        f"{first} {tension.relation} {second}",
        cells=(one, tension.relation, other),
        under=[Rows([Row(one, other)], (46, 46, 0), hang=6)],
    )


def _next_steps(answer: Answer) -> Section:
    steps = [_step(number, step) for number, step in enumerate(answer.ask_next, 1)]
    head = [Row("NEXT STEPS", "a result", right="advised by").off_page()] if steps else []
    table = Rows(steps, _STEP, head=("", "Step", "What each result would do", "Advised by"))
    return Section("Next steps", blocks=[Rows(head, _STEP, indent=0), table])


def _step(number: int, step: NextStep) -> Row:
    mark = step.offered or ("to consider" if step.optional else "")
    label = f"{step.label} ({mark})" if mark else step.label
    does = words.would_do(step)
    cells = (str(number), label, _effects(step.results) or does, _listed(step.statements))
    under = [_results(step.results)]
    return Row(f"{number} {label}", does, step.statements, cells=cells, under=under)


def _unadvised(answer: Answer) -> Section:
    rows = [
        Row(each.label, cells=(each.label, _effects(each.results)), under=[_results(each.results)])
        for each in answer.unadvised
    ]
    table = Rows(rows, head=("To find out", "Result"))
    return Section(f"Not advised: {_UNADVISED}", headed("NOT ADVISED", _UNADVISED), [table])


def _results(results: Iterable[Result]) -> Rows:
    """Each result that would do something, and below it what."""
    rows = [
        Row(result, under=[Rows([Row(text, ids=ids) for text, ids in effects], _EFFECT)])
        for result, effects in by_effect(results)
    ]
    return Rows(rows, hang=0)


def _effects(results: Iterable[Result]) -> tuple[str, ...]:
    """The same in a cell, a line for each result."""
    lines = []
    for result, effects in by_effect(results):
        done = (f"{text} ({_listed(ids)})" if ids else text for text, ids in effects)
        lines.append(f"{result} {'; '.join(done)}")
    return tuple(lines)


def _unknown(answer: Answer) -> Section:
    rows = [Row(each.label, ids=each.statements) for each in answer.unknown]
    meaning = "not given, and statements depend on it"
    return _section("Missing information", Rows(rows, (54, 0, 40), hang=4), meaning)


def _read(answer: Answer) -> Section:
    rows = [Row(each) for each in read_as(answer)]
    return Section(blocks=[Rows(rows, indent=0)])


def _given(answer: Answer) -> Section:
    return _section("Given", list_names([fact.text for fact in answer.case], indent=2))


def _gaps(answer: Answer) -> Section:
    return _section("Not covered by the sources", list_names(answer.not_covered, indent=2))


def _inputs(answer: Answer) -> Iterator[Section]:
    """What was not used, and what has no effect on the answer."""
    noted = [each for each in answer.unused if each.kind == NOTED]
    for title, inputs in (
        ("Given and not used", [each for each in answer.unused if each not in noted]),
        ("Given and used with a remark", noted),
    ):
        yield _section(title, Rows([Row(f"{e.given}: {e.reason}") for e in inputs], hang=0))
    idle = list_names([fact.text for fact in answer.idle], indent=2)
    yield _section("Given and without effect on this answer", idle)


def _statements(answer: Answer) -> Section:
    """Those behind verdicts and messages; on a page those of the other rows too."""
    central = words.central(answer)
    rows = [
        row if key in central else row.off_terminal()
        for key, note in answer.statements.items()
        for row in [words.statement_row(note, joint=". ")]
    ]
    meaning = "in our words; behind what stands above, with what the document cites"
    head = headed("STATEMENTS", meaning) if central else ""
    return Section("Statements", head, [words.statement_rows(rows)])


def _background(answer: Answer) -> Section:
    meaning = "common knowledge that no document here states, used by inference"
    return words.background_section(answer.background, meaning)


_PARTS: Final[Mapping[str, Callable[[Answer], Iterable[Section]]]] = {
    "sources": lambda answer: [_sources(answer)],
    "causes": lambda answer: [_causes(answer), _absent(answer)],
    "other": lambda answer: [_other_causes(answer), _other_steps(answer)],
    "conflicts": lambda answer: [_scope(answer), _conflicts(answer), _tensions(answer)],
    "advice": _said,
    "steps": lambda answer: [_next_steps(answer), _unadvised(answer)],
    "missing": lambda answer: [_unknown(answer), _gaps(answer)],
    "inputs": lambda answer: [_read(answer), _given(answer), *_inputs(answer)],
    "statements": lambda answer: [_statements(answer), _background(answer)],
}
"""The parts that can be opened by name, in the order of the whole answer."""
