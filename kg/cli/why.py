"""`kg why` and `kg why-not`: what a row of an answer rests on, and what others lack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from kg.cli.case_options import NOT_ALL_USED, STRICT, CaseOptions, any_left_out, case_options
from kg.cli.common import FORMAT, format_option, load_graph, write
from kg.model.errors import KGError, UsageError

if TYPE_CHECKING:
    from kg.answer.model import Answer
    from kg.answer.proof.model import Explanation
    from kg.case import Case
    from kg.model.terms import Lexicon
    from kg.store.knowledge import KnowledgeGraph

_ROW: Final = re.compile(r"-?\d+|[a-z]")
"""The number of a cause or the letter of a next step."""


@click.command()
@click.argument("row", metavar="ROW")
@case_options
@STRICT
@format_option("text", "md", "json", "ttl", "derivation", of="the proof")
def why(given: CaseOptions, row: str, form: str, *, strict: bool) -> int:
    """Show why a row of an answer stands: the facts, axioms and statements that it takes.

    \b
    kg why 3 --has "multiple myeloma" --lab alp=high --lab ggt=normal
    kg why "hepatic amyloidosis" --has "multiple myeloma" --lab alp=high --lab ggt=normal
    kg why "normal GGT" --has "multiple myeloma" --lab alp=high --lab ggt=normal
    kg why "hepatobiliary origin argued against by normal GGT"

    ROW is the number of a cause or the letter of a next step in the answer to the same case, or a
    cause by any of its names, or an alert, rule, outcome, advice or next step by its name or some
    words of it. Without a case it is a conclusion about classes.
    """  # noqa: D301 - click wants the character itself
    from kg.show.proof import render_proof

    graph = load_graph()
    explained, case = _explained(graph, given, row)
    write(render_proof(explained, form))
    return (
        NOT_ALL_USED
        if strict and case is not None and any_left_out(e.kind for e in case.unused)
        else 0
    )


@click.command(name="why-not")
@click.argument("row", metavar="ROW")
@case_options
@click.option(
    "--verdict",
    type=click.Choice(["candidate", "undetermined", "argued against", "excluded"]),
    help="Only this verdict; by default all that the row does not have.",
)
@FORMAT
def why_not(given: CaseOptions, row: str, verdict: str | None, form: str) -> None:
    """Show which premise is missing for the verdicts that a row does not have.

    \b
    kg why-not "hepatic amyloidosis" --has "multiple myeloma" --lab alp=high
    kg why-not "bone metastases" --verdict excluded --has "multiple myeloma" --lab alp=high

    ROW is a cause that the sources list, or an alert, outcome, advice or next step, by its name,
    or by its number or letter in the answer to the same case.
    """  # noqa: D301 - click wants the character itself
    from kg.answer.model import Verdict
    from kg.answer.proof.explain import Explainer
    from kg.answer.proof.why_not import contrasts_of
    from kg.show.proof import render_contrasts

    graph = load_graph()
    words = graph.lexicon
    case, answer = _answered(graph, given, words)
    wanted = Verdict(verdict) if verdict else None
    explainer = Explainer.of(graph, case, answer)
    found = contrasts_of(explainer, row, iri=_named(words, row), verdict=wanted)
    write(render_contrasts(found, form))


def _explained(
    graph: KnowledgeGraph, given: CaseOptions, row: str
) -> tuple[Explanation, Case | None]:
    """The proof of a row, with its case; of a conclusion about classes there is none."""
    words = graph.lexicon
    if given.is_empty:
        from kg.answer.proof.explain import explain_classes

        if _ROW.fullmatch(row.strip()):
            wanted = f"kg why {row.strip()} --has … --lab …"
            raise UsageError(f"a row number needs its case: {wanted}")
        return explain_classes(graph, words, row), None
    from kg.answer.proof.explain import explain_row, find_row

    case, answer = _answered(graph, given, words)
    found = find_row(answer, row, _named(words, row))
    return explain_row(graph, case, answer, found), case


def _answered(graph: KnowledgeGraph, given: CaseOptions, words: Lexicon) -> tuple[Case, Answer]:
    from kg.answer.ask import ask

    given.check()
    case = given.asked_case(graph)
    return case, ask(graph, case, given.topic(words))


def _named(words: Lexicon, text: str) -> str:
    """The term that a text names; empty where it names none, for a row may have other words."""
    try:
        return str(words.find(text).iri)
    except KGError:
        return ""
