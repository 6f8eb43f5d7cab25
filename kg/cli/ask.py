"""`kg ask`: what may explain a finding in a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.case_options import NOT_ALL_USED, STRICT, CaseOptions, case_options
from kg.cli.common import TEXTS, format_option, texts_folder, write
from kg.cli.store import StoreOptions, store_options
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.answer.model import Answer
    from kg.store.knowledge import KnowledgeGraph


_SUPPOSED = ("text", "md", "json")
"""The shapes of what would change."""


@click.command()
@case_options
@format_option("text", "md", "json", "csv", "ttl", of="the answer")
@click.option(
    "--if",
    "supposed",
    multiple=True,
    metavar="FACT",
    help="Show what would change if this were so: a result as in --lab, a finding as in --finding, "
    "or the name of a condition or drug. It takes the place of what is given; may be repeated.",
)
@click.option("--texts", metavar="DIR", help=f"{TEXTS} Sentences are added to text.")
@click.option(
    "--batch",
    metavar="FILE",
    help="Many cases as JSON, one a line, and one answer a line; - is stdin.",
)
@click.option("--output", metavar="FILE", help="With --batch: the file that answers go to.")
@click.option("--resume", is_flag=True, help="With --batch: go on where the output ends.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="With --batch: processes that work beside each other.",
)
@STRICT
@store_options
def ask(  # noqa: PLR0913 - one question or many, with their options
    given: CaseOptions,
    form: str,
    texts: str | None,
    *,
    supposed: tuple[str, ...],
    batch: str | None,
    output: str | None,
    resume: bool,
    jobs: int,
    strict: bool,
    where: StoreOptions,
) -> int:
    """Ask what may explain a finding, and what each line rests on.

    \b
    kg ask --has "multiple myeloma" --lab alp=high --lab ggt=normal
    kg ask --has PCM --lab "alp=212U/L(35-105)" --drug bortezomib --age 68 --sex female
    kg ask --has osteoporosis --lab alp=high --finding "bone pain=yes"

    What is left out is unknown, and unknown is never taken for absent or normal. A name that the
    graph does not know is told at the head of the answer, and everything else is used.
    """  # noqa: D301 - click wants the character itself
    if batch is not None:
        if not given.is_empty or supposed or texts is not None:
            raise UsageError(
                "--batch holds the cases; give it without facts, --about, --if and --texts."
            )
        from kg.cli.batch import BatchOptions, answer_file

        options = BatchOptions(batch, output, resume, jobs, strict, given.with_maps)
        return answer_file(options, where.load_graph)
    if output is not None or resume:
        raise UsageError("--output and --resume go with --batch.")
    folder = texts_folder(texts)
    if folder is not None and form != "text":
        raise UsageError("--texts goes with --format text: sentences are shown and never written.")
    given.check()
    graph = where.load_graph()
    if supposed:
        write(_supposition(graph, given, supposed, form, folder))
        return 0
    answer = _answer(graph, given)
    from kg.show import render

    write(render(answer, form) if folder is None else _with_sentences(answer, graph, folder))
    return NOT_ALL_USED if strict and answer.unused else 0


def _answer(graph: KnowledgeGraph, given: CaseOptions) -> Answer:
    from kg.answer.ask import ask as answered

    words = graph.lexicon
    return answered(graph, given.case(words), given.topic(words))


def _supposition(
    graph: KnowledgeGraph,
    given: CaseOptions,
    supposed: tuple[str, ...],
    form: str,
    folder: Path | None,
) -> str:
    """What would change if something were so."""
    if form not in _SUPPOSED or folder is not None:
        raise UsageError(f"--if goes with --format {', '.join(_SUPPOSED)}, and not with --texts.")
    from kg.answer.what_if import suppose
    from kg.cli.case_options import today
    from kg.show.changes import render_supposition

    words = graph.lexicon
    case, about = given.case(words), given.topic(words)
    found = suppose(graph, words, case, supposed, about=about, today=today())
    return render_supposition(found, form)


def _with_sentences(answer: Answer, graph: KnowledgeGraph, folder: Path) -> str:
    """The answer, and the sentences of the reader's own copies behind its verdicts."""
    from kg.model.copies import check_place
    from kg.model.vocabulary import IRI
    from kg.show.answer import answer_sections
    from kg.show.blocks import to_text
    from kg.show.graph import sentences_section
    from kg.show.words import central
    from kg.store.statements import read_statements

    behind = read_statements(graph.store, [IRI(note.iri) for note in central(answer).values()])
    checked = ((each.id, check_place(each.place, folder)) for each in behind if each.place)
    return to_text((*answer_sections(answer), sentences_section(checked)))
