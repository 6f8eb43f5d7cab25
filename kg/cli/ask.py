"""`kg ask`: what may explain a finding in a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.common import TEXTS, knowledge, lexicon, texts_folder, write
from kg.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.answers.model import Answer
    from kg.knowledge import Knowledge
    from kg.terms import Lexicon
    from kg.vocab import IRI


@click.command()
@click.option("--has", multiple=True, metavar="TERM", help="A condition that the patient has.")
@click.option("--drug", multiple=True, metavar="TERM", help="A drug that the patient is given.")
@click.option(
    "--lab",
    multiple=True,
    metavar="RESULT",
    help="A result: alp=high, or alp=212U/L(35-105) with the range printed with it.",
)
@click.option(
    "--finding",
    multiple=True,
    metavar="TERM=ANSWER",
    help="A finding that was looked for: yes, no or unknown.",
)
@click.option("--age", metavar="YEARS", help="Age in years.")
@click.option("--sex", metavar="SEX", help="Sex, where statements speak of one only.")
@click.option(
    "--case",
    "case_file",
    metavar="FILE",
    help="The case as JSON (see: kg schema case), in place of the options above; - is stdin.",
)
@click.option(
    "--about",
    metavar="FINDING",
    help="The finding whose causes are asked for; by default the one that the case shows.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json", "csv", "ttl"]),
    default="text",
    show_default=True,
    help="Shape of the answer.",
)
@click.option("--texts", metavar="DIR", help=f"{TEXTS} Sentences are added to text.")
def ask(  # noqa: PLR0913, PLR0917 - the inputs of a question
    has: tuple[str, ...],
    drug: tuple[str, ...],
    lab: tuple[str, ...],
    finding: tuple[str, ...],
    age: str | None,
    sex: str | None,
    case_file: str | None,
    about: str | None,
    form: str,
    texts: str | None,
) -> None:
    """Ask what may explain a finding, and what each line rests on.

    \b
    kg ask --has "multiple myeloma" --lab alp=high --lab ggt=normal
    kg ask --has MM --lab "alp=212U/L(35-105)" --drug bortezomib --age 68 --sex female
    kg ask --has osteoporosis --lab alp=high --finding "bone pain=yes"

    What is left out is unknown, and unknown is never taken for absent or normal.
    """  # noqa: D301 - click wants the character itself
    folder = texts_folder(texts)
    if folder is not None and form != "text":
        raise UsageError("--texts goes with --format text: sentences are shown and never written.")
    typed = (has, drug, lab, finding, age, sex)
    if case_file is not None and any(typed):
        raise UsageError("--case holds the whole case; give it without other facts.")
    if case_file is None and not any(typed):
        raise UsageError("nothing is said of the patient; give a result, such as --lab alp=high.")
    graph = knowledge()
    answer = _answer(graph, typed, case_file, about)
    from kg.render import render

    write(render(answer, form))
    if folder is not None:
        write(_sentences(answer, graph, folder))


def _answer(
    graph: Knowledge,
    typed: tuple[
        tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...], str | None, str | None
    ],
    case_file: str | None,
    about: str | None,
) -> Answer:
    from kg.answers.ask import ask as answered
    from kg.cases import Case, read_case
    from kg.cli.common import read_text

    words = lexicon(graph)
    finding = None if about is None else _about(about, words)
    if case_file is not None:
        return answered(graph, Case.read_json(read_text(case_file), words), finding)
    has, drugs, labs, findings, age, sex = typed
    case = read_case(words, has=has, drugs=drugs, labs=labs, findings=findings, age=age, sex=sex)
    return answered(graph, case, finding)


def _about(text: str, words: Lexicon) -> IRI:
    """The finding that is asked about; only some have a question."""
    from kg.terms import Kind

    entry = words.find(text, Kind.FINDING)
    if not entry.asked_as:
        able = [each.label for each in words.of_kind(Kind.FINDING) if each.asked_as]
        raise UsageError(f"no causes of {entry.label} are listed; asked can be: {', '.join(able)}.")
    return entry.iri


def _sentences(answer: Answer, graph: Knowledge, folder: Path) -> str:
    """The sentences of the reader's own copies, for the statements behind the verdicts."""
    from kg.claims import check, read_claims
    from kg.render.sentences import sentences_text
    from kg.render.words import central
    from kg.vocab import IRI

    claims = read_claims(graph.store, [IRI(note.iri) for note in central(answer).values()])
    return sentences_text((claim.id, check(claim.place, folder)) for claim in claims if claim.place)
