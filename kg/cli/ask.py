"""`kg ask`: what may explain a finding in a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.case import CaseOptions, case_options
from kg.cli.common import TEXTS, knowledge, lexicon, texts_folder, write
from kg.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.answers.model import Answer
    from kg.knowledge import Knowledge


@click.command()
@case_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json", "csv", "ttl"]),
    default="text",
    show_default=True,
    help="Shape of the answer.",
)
@click.option("--texts", metavar="DIR", help=f"{TEXTS} Sentences are added to text.")
def ask(given: CaseOptions, form: str, texts: str | None) -> None:
    """Ask what may explain a finding, and what each line rests on.

    \b
    kg ask --has "multiple myeloma" --lab alp=high --lab ggt=normal
    kg ask --has PCM --lab "alp=212U/L(35-105)" --drug bortezomib --age 68 --sex female
    kg ask --has osteoporosis --lab alp=high --finding "bone pain=yes"

    What is left out is unknown, and unknown is never taken for absent or normal.
    """  # noqa: D301 - click wants the character itself
    folder = texts_folder(texts)
    if folder is not None and form != "text":
        raise UsageError("--texts goes with --format text: sentences are shown and never written.")
    given.check()
    graph = knowledge()
    answer = _answer(graph, given)
    from kg.render import render

    write(render(answer, form))
    if folder is not None:
        write(_sentences(answer, graph, folder))


def _answer(graph: Knowledge, given: CaseOptions) -> Answer:
    from kg.answers.ask import ask as answered

    words = lexicon(graph)
    return answered(graph, given.case(words), given.topic(words))


def _sentences(answer: Answer, graph: Knowledge, folder: Path) -> str:
    """The sentences of the reader's own copies, for the statements behind the verdicts."""
    from kg.claims import check, read_claims
    from kg.render.sentences import sentences_text
    from kg.render.words import central
    from kg.vocab import IRI

    claims = read_claims(graph.store, [IRI(note.iri) for note in central(answer).values()])
    return sentences_text((claim.id, check(claim.place, folder)) for claim in claims if claim.place)
