"""`kg ask`: what may explain a finding in a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from kg.cli.case_options import NOT_ALL_USED, STRICT, CaseOptions, any_left_out, case_options
from kg.cli.common import TEXTS, format_option, terminal_width, texts_folder, write
from kg.cli.store import StoreOptions, store_options
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from kg.answer.model import Answer
    from kg.store.knowledge import KnowledgeGraph

_SUPPOSED = ("text", "md", "json")
"""The shapes of what would change."""


@click.command()
@case_options
@format_option("text", "md", "json", "csv", "ttl", of="the answer")
@click.option(
    "--show",
    multiple=True,
    metavar="PART",
    help="Open parts of the answer behind its page, in text and md: causes, steps, statements, "
    "other, missing, conflicts, advice, inputs, sources, or all for the whole answer. Several are "
    "parted by commas.",
)
@click.option(
    "--brief",
    is_flag=True,
    help="The answer in few words for a program: JSON of at most 6,000 characters.",
)
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
    metavar="FILE|DIR",
    help="Many cases as JSON or FHIR Bundles, one a line, and one answer a line; - is stdin. A "
    "folder is a FHIR bulk export (*.ndjson), answered patient by patient.",
)
@click.option(
    "--verdicts",
    is_flag=True,
    help="With --batch: a short line for each case, of verdicts, alerts, next steps and what is "
    "not used, with the ids of statements (`kg schema verdicts`).",
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
    show: tuple[str, ...],
    brief: bool,
    supposed: tuple[str, ...],
    batch: str | None,
    verdicts: bool,
    output: str | None,
    resume: bool,
    jobs: int,
    strict: bool,
    where: StoreOptions,
) -> int:
    """Ask what may explain a finding, and what each line rests on.

    \b
    kg ask "causes of raised ALP given multiple myeloma and normal GGT"
    kg ask --has "multiple myeloma" --lab alp=high --lab ggt=normal
    kg ask --has PCM --lab "alp=212U/L(35-105)" --drug bortezomib --age 68 --sex female
    kg ask --has osteoporosis --lab alp=high --finding "bone pain=yes"
    kg ask --has osteoporosis --lab alp=high --show missing,other

    A QUESTION in words is read as options, and the answer tells which. The answer is one page, and
    --show opens the rest of it. What is left out is unknown, and unknown is never taken for absent
    or normal. A name that the graph does not know is told at the head of the answer, and everything
    else is used.
    """  # noqa: D301 - click wants the character itself
    if batch is not None:
        if not given.is_empty or supposed or texts is not None or show or brief:
            raise UsageError(
                "--batch holds the cases; give it without facts and options of one answer: "
                "--about, --if, --texts, --show and --brief."
            )
        from kg.cli.batch import BatchOptions, answer_file

        options = BatchOptions(
            batch, output, resume, jobs, strict, given.with_maps, given.read_ranges, verdicts
        )
        return answer_file(options, where.load_graph)
    if output is not None or resume or verdicts:
        raise UsageError("--verdicts, --output and --resume go with --batch.")
    shape = AnswerShape("brief" if brief else form, _parts(show), texts_folder(texts))
    shape.check()
    given.check()
    graph = where.load_graph()
    if supposed:
        write(_supposition(graph, given, supposed, shape))
        return 0
    answer = _answer(graph, given)
    write(shape.render(answer, graph))
    return NOT_ALL_USED if strict and any_left_out(e.kind for e in answer.unused) else 0


class AnswerShape(Struct, frozen=True):
    """How an answer is wanted."""

    form: str
    show: tuple[str, ...]
    """The parts that are opened behind its page."""
    folder: Path | None
    """The reader's own copies of the documents."""

    def check(self) -> None:
        """UsageError where the wishes do not go together."""
        if self.folder is not None and self.form != "text":
            raise UsageError(
                "--texts goes with --format text: sentences are shown and never written."
            )
        if self.show:
            from kg.show import check_parts

            check_parts(self.show, self.form)

    def render(self, answer: Answer, graph: KnowledgeGraph) -> str:
        """The answer as it is wanted."""
        from kg.show import render

        if self.folder is None:
            return render(answer, self.form, self.show, width=terminal_width())
        return _with_sentences(answer, self.show, graph, self.folder)


def _parts(show: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for each in show for name in each.split(","))


def _answer(graph: KnowledgeGraph, given: CaseOptions) -> Answer:
    from kg.answer.ask import ask as answered

    words = graph.lexicon
    return answered(graph, given.asked_case(graph), given.topic(words))


def _supposition(
    graph: KnowledgeGraph,
    given: CaseOptions,
    supposed: tuple[str, ...],
    shape: AnswerShape,
) -> str:
    """What would change if something were so."""
    if shape.form not in _SUPPOSED or shape.folder is not None or shape.show:
        raise UsageError(
            f"--if goes with --format {', '.join(_SUPPOSED)}, and not with --texts, --show and "
            "--brief."
        )
    from kg.answer.what_if import suppose
    from kg.cli.case_options import today
    from kg.show.changes import render_supposition

    words = graph.lexicon
    case, about = given.asked_case(graph), given.topic(words)
    found = suppose(graph, words, case, supposed, about=about, today=today())
    return render_supposition(found, shape.form)


def _with_sentences(
    answer: Answer, show: tuple[str, ...], graph: KnowledgeGraph, folder: Path
) -> str:
    """The answer, and the sentences of the reader's own copies behind its verdicts."""
    from kg.model.copies import check_place
    from kg.model.vocabulary import IRI
    from kg.show import sections_of
    from kg.show.blocks import to_text
    from kg.show.graph import sentences_section
    from kg.show.words import central
    from kg.store.statements import read_statements

    behind = read_statements(graph.store, [IRI(note.iri) for note in central(answer).values()])
    checked = ((each.id, check_place(each.place, folder)) for each in behind if each.place)
    return to_text((*sections_of(answer, show), sentences_section(checked)))
