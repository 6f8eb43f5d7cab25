"""One digest for each shipped question and form: a guard for changes that shall move nothing.

`python tests/golden.py` writes the digests of what the graph answers now, and
`python tests/golden.py texts FOLDER` the texts themselves, to be compared with those of another
commit by `diff -r`. Where an answer is meant to move, write the digests anew and review the texts.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from msgspec.structs import replace

import kg
from kg.answer.model import Cause, OtherPopulation
from kg.answer.proof.explain import Explainer, proofs_of
from kg.answer.proof.why_not import contrasts_of
from kg.case import resolve_case
from kg.case.document import read_questions
from kg.case.fhir import read_case
from kg.curate.diff.difference import shipped_questions
from kg.library import Answer, Graph, Proof
from kg.model.errors import KGError
from kg.show import FORMATS
from kg.show.proof import render_contrasts
from kg.store.knowledge import KnowledgeGraph

DIGESTS: Final = Path(__file__).parent / "data" / "golden.txt"
FORMS: Final = (*FORMATS, "why.text", "why.json", "why.ttl", "whynot")
"""The answer in each form, the proofs of all its rows, and why its causes have no other verdict."""
RECORDS: Final = "FHIR"
"""The name of the line for all FHIR records of the test suites."""
_DAY: Final = date(2026, 11, 22)
_LENGTH: Final = 10


def golden_graph() -> Graph:
    """The graph with a version that no change of the code moves."""
    return as_golden(kg.load().knowledge)


def as_golden(knowledge: KnowledgeGraph) -> Graph:
    """Any graph with that version."""
    return Graph(replace(knowledge, version="golden", built_at=""))


def question_texts(graph: Graph) -> Iterator[tuple[str, dict[str, str]]]:
    """Every shipped question with the text of each form."""
    for question in read_questions(shipped_questions()):
        case = resolve_case(dict(question.case), graph.lexicon)
        yield question.name, texts_of(graph.answer(case, about=question.about or None))


def record_texts(graph: Graph, suites: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Every FHIR record of the test suites with the text of each form, or why it is refused."""
    for path in sorted((suites / "fhir").glob("r*/examples/*.json")):
        try:
            case = read_case(path.read_text("utf-8"), graph.lexicon, _DAY)
            yield f"{path.parts[-3]}.{path.stem}", texts_of(graph.answer(case))
        except KGError as error:
            yield f"{path.parts[-3]}.{path.stem}", {"text": _refusal(error)}


def texts_of(answer: Answer) -> dict[str, str]:
    """The text of each form of an answer."""
    proofs = [Proof(each) for each in proofs_of(answer.graph.knowledge, answer.case, answer.value)]
    whole = {form: answer.render(form) for form in FORMATS}
    why = {f"why.{form}": _joined(proofs, form) for form in ("text", "json", "ttl")}
    return whole | why | {"whynot": "\n".join(_contrasts(answer))}


def _joined(proofs: Iterable[Proof], form: str) -> str:
    return "\n".join(each.render(form) for each in proofs)


def _contrasts(answer: Answer) -> Iterator[str]:
    explainer = Explainer.of(answer.graph.knowledge, answer.case, answer.value)
    rows: tuple[Cause | OtherPopulation, ...] = (*answer.causes, *answer.value.other_populations)
    for row in rows:
        try:
            yield render_contrasts(contrasts_of(explainer, row.label, iri=row.iri), "text")
        except KGError as error:
            yield _refusal(error)


def _refusal(error: KGError) -> str:
    return f"{type(error).__name__}: {error.message}\n"


def question_digests(graph: Graph) -> dict[str, list[str]]:
    """The digests of each question, by FORMS."""
    return {name: list(map(_digest, texts.values())) for name, texts in question_texts(graph)}


def records_digest(graph: Graph, suites: Path) -> str:
    """One digest for all FHIR records."""
    return _digest("".join(f"{name}\n{texts}" for name, texts in record_texts(graph, suites)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def read_digests() -> dict[str, list[str]]:
    """The digests as they were written."""
    lines = DIGESTS.read_text("utf-8").splitlines() if DIGESTS.exists() else []
    return {name: rest for name, *rest in (line.split() for line in lines if line[0] != "#")}


def write_digests(found: Mapping[str, Iterable[str]]) -> None:
    """Write the digests, a line for each question."""
    head = f"# {' '.join(FORMS)}, by tests/golden.py\n"
    lines = (f"{name} {' '.join(each)}\n" for name, each in found.items())
    DIGESTS.write_text(head + "".join(lines), "utf-8")


def main(arguments: list[str]) -> None:
    """Write the digests, or the texts that they are of."""
    suites = Path(os.environ["KG_SUITES"]) if "KG_SUITES" in os.environ else None
    match arguments:
        case []:
            write_digests(_all_digests(suites))
        case ["texts", folder]:
            write_texts(Path(folder), suites)
        case _:
            sys.exit(__doc__)


def _all_digests(suites: Path | None) -> dict[str, list[str]]:
    """Every digest; without the suites, that of the records stays as it is."""
    graph = golden_graph()
    records = [records_digest(graph, suites)] if suites else read_digests().get(RECORDS, [])
    return question_digests(graph) | {RECORDS: records}


def write_texts(folder: Path, suites: Path | None) -> None:
    """Write each text to a file of its own."""
    graph = golden_graph()
    folder.mkdir(parents=True, exist_ok=True)
    for name, texts in (*question_texts(graph), *(record_texts(graph, suites) if suites else ())):
        for form, text in texts.items():
            (folder / f"{name}.{form}").write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
