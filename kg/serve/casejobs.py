"""What the processes that answer cases do: read a case, answer it, and write the answer.

A process can open no file and no module, so whatever a case may need is loaded in `load`.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.answer.proof.explain import explain_row, find_row, proofs_of
from kg.case import Case, resolve_case
from kg.case.fhir import read_case
from kg.model.errors import KGError, UsageError
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import IRI
from kg.sandbox.protocol import Frame
from kg.serve import refusals
from kg.serve.refusals import RefusedCaseError
from kg.show import FORMATS, render
from kg.show.proofs import FORMATS as PROOF_FORMATS
from kg.show.proofs import render_proof
from kg.store.artifact import open_artifact
from kg.store.knowledge import Knowledge, open_graph

_USED: Final = ("kg.answer", "kg.answer.proof", "kg.case", "kg.case.fhir", "kg.show")
"""The packages that are imported whole."""


def load(root: str, version: str) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs on one version of the graph; CorruptProductError where it is not whole."""
    return over(open_graph(open_artifact(Path(root), version)))


def over(knowledge: Knowledge) -> Mapping[str, Callable[[Frame], Frame]]:
    """The jobs on what is known."""
    desk = CaseDesk(knowledge, knowledge.lexicon)
    desk.warm_up()
    return {"ask": partial(_answered, desk.ask), "why": partial(_answered, desk.why)}


class CaseDesk:
    """Answers one case after the other, and keeps none."""

    def __init__(self, knowledge: Knowledge, words: Lexicon) -> None:
        self._knowledge = knowledge
        self._words = words

    def ask(self, told: Mapping[str, str], body: bytes) -> str:
        """The answer to a case in the form that is wanted."""
        _, answer = self._answer(told, body)
        return render(answer, told["form"])

    def why(self, told: Mapping[str, str], body: bytes) -> str:
        """The proof of one row of the answer to a case."""
        case, answer = self._answer(told, body)
        try:
            row = find_row(answer, told["row"], self._named(told["row"]))
        except UsageError:
            raise refusals.no_row(answer) from None
        return render_proof(explain_row(self._knowledge, case, answer, row), told["form"])

    def warm_up(self) -> None:
        """Import and read whatever a case may need."""
        for name in _USED:
            _import_all(name)
        whole = {"conditions": [each.iri for each in self._words.of_kind(Kind.CONDITION)]}
        shown = {"labs": [{"marker": iri, "state": "high"} for iri in sorted(self._words.asked)]}
        today = date.today()  # noqa: DTZ011 - only to have the time zone read
        record = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": []})
        self._words.near("none", Kind)
        for case in (
            resolve_case(whole, self._words, today=today),
            resolve_case(shown, self._words, today=today),
            read_case(record, self._words, today),
        ):
            answer = ask(self._knowledge, case)
            for form in FORMATS:
                render(answer, form)
            for proof in proofs_of(self._knowledge, case, answer)[:1]:
                for form in PROOF_FORMATS:
                    render_proof(proof, form)

    def _answer(self, told: Mapping[str, str], body: bytes) -> tuple[Case, Answer]:
        today = date.fromisoformat(told["day"])
        text = refusals.text_of(body)
        if told["kind"] == "fhir":
            case = refusals.fhir(text, self._words, today)
        else:
            case = refusals.plain(text, self._words, today)
        return case, ask(self._knowledge, case, self._topic(told.get("about")))

    def _topic(self, name: str | None) -> IRI | None:
        if name is None:
            return None
        findings = [each for each in self._words.of_kind(Kind.FINDING) if each.asked_as]
        named = self._named(name)
        if not any(named == each.iri for each in findings):
            raise refusals.no_topic([each.label for each in findings])
        return IRI(named)

    def _named(self, text: str) -> str:
        """The term that a text names; empty where it names none."""
        try:
            return str(self._words.find(text).iri)
        except KGError:
            return ""


def _answered(job: Callable[[Mapping[str, str], bytes], str], request: Frame) -> Frame:
    told = {key: value for key, value in request.head.items() if isinstance(value, str)}
    try:
        return Frame({}, job(told, request.body).encode())
    except RefusedCaseError as error:
        return Frame({"refused": error.told})


def _import_all(package: str) -> None:
    found = importlib.import_module(package)
    for module in pkgutil.iter_modules(found.__path__, f"{package}."):
        importlib.import_module(module.name)
