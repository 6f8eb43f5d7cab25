"""What the processes that answer cases do: read a case, answer it, and write the answer.

A process can open no file and no module, so whatever a case may need is loaded in `load`. A case
may hold what nobody else is to see, so nothing of it is repeated: a refusal says where the case
could not be read and why, in words of ours and names of the graph.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from kg.answer.ask import ask
from kg.answer.model import Answer
from kg.answer.proof.explain import explain_row, find_row, proofs_of, rows_of
from kg.answer.questions import assume
from kg.answer.what_if import suppose
from kg.case import Case, parse_json, resolve_case
from kg.case.dates import day_there
from kg.case.fhir import read_case
from kg.model.errors import (
    AmbiguousQuestionError,
    KGError,
    QuestionError,
    UsageError,
)
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import IRI
from kg.sandbox.protocol import Frame
from kg.sandbox.worker import WARM
from kg.serve.api.places import KEYS, Samples, find_places
from kg.serve.api.refusals import RefusedCaseError, decode, no_assumption, no_fact, no_row, no_topic
from kg.serve.packing import QUICK, pack_if_wanted
from kg.show import FORMATS, PARTS, render
from kg.show.changes import render_supposition
from kg.show.proof import FORMATS as PROOF_FORMATS
from kg.show.proof import render_proof
from kg.store.artifact import open_artifact
from kg.store.knowledge import KnowledgeGraph, open_graph

Job = Callable[[Frame], Frame]

_USED: Final = (
    "kg.answer",
    "kg.answer.proof",
    "kg.case",
    "kg.case.fhir",
    "kg.case.words",
)
"""The packages that are imported whole."""
_MOST_SHOWN: Final = 10
"""Places at fault that the sentence names; `places` has all."""
_BY_FORM: Final = "the FHIR input: "
"""What the reader of FHIR puts before a message about the case that it made."""


def load(root: str, version: str) -> Mapping[str, Job]:
    """The jobs on one version of the graph; CorruptProductError where it is not whole."""
    return build_jobs(open_graph(open_artifact(Path(root), version)))


def load_answers(root: str, version: str) -> Mapping[str, Job]:
    """The jobs that are asked by programs, without those of pages, which take longer to load."""
    return _answer_jobs(open_graph(open_artifact(Path(root), version)))


def build_jobs(knowledge: KnowledgeGraph) -> Mapping[str, Job]:
    """The jobs on what is known."""
    # It draws, and fills in templates: to load what it needs takes longer than all the rest.
    from kg.serve.api.page_worker import build_page_jobs

    return {**_answer_jobs(knowledge), **_packed(build_page_jobs(knowledge))}


def _answer_jobs(knowledge: KnowledgeGraph) -> Mapping[str, Job]:
    handler = CaseHandler(knowledge, knowledge.lexicon)
    handler.warm_up()
    answering = {"ask": partial(reply, handler.ask), "why": partial(reply, handler.why)}
    return {WARM: handler.touch, **_packed(answering)}


def _packed(jobs: Mapping[str, Job]) -> dict[str, Job]:
    return {name: partial(pack_if_wanted, job, QUICK) for name, job in jobs.items()}


class CaseHandler:
    """Answers one case after the other, and keeps none."""

    def __init__(self, knowledge: KnowledgeGraph, words: Lexicon) -> None:
        self._knowledge = knowledge
        self._words = words

    def ask(self, question: Mapping[str, str], body: bytes) -> str:
        """The answer to a case in the form that is wanted, or what would change in it."""
        if "if" in question:
            return self._supposed(question, body)
        _, answer = self._answer(question, body)
        show = question.get("show", "")
        return render(answer, question["form"], show.split(",") if show else ())

    def why(self, question: Mapping[str, str], body: bytes) -> str:
        """The proof of one row of the answer to a case."""
        case, answer = self._answer(question, body)
        try:
            row = find_row(answer, question["row"], self._named(question["row"]))
        except UsageError:
            labels = (each.label for each in rows_of(answer))
            raise no_row(question["row"], labels) from None
        return render_proof(explain_row(self._knowledge, case, answer, row), question["form"])

    def warm_up(self) -> None:
        """Import and read whatever a case may need."""
        for name in _USED:
            _import_all(name)
        whole = {"conditions": [each.iri for each in self._words.of_kind(Kind.CONDITION)]}
        shown = {"labs": [{"marker": iri, "state": "high"} for iri in sorted(self._words.asked)]}
        today = date.today()  # noqa: DTZ011 - only to have the time zone read
        record = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": []})
        self._words.near("none", Kind)
        with suppress(QuestionError):
            resolve_case({"question": "none"}, self._words, today=today)
        for case in (
            resolve_case(whole, self._words, today=today),
            resolve_case(shown, self._words, today=today),
            read_case(record, self._words, today),
        ):
            answer = ask(self._knowledge, case)
            for form in FORMATS:
                render(answer, form)
            render(answer, "text", PARTS)
            for proof in proofs_of(self._knowledge, case, answer)[:1]:
                for form in PROOF_FORMATS:
                    render_proof(proof, form)

    def touch(self, _: Frame) -> Frame:
        """Go once where most cases go, in a process that has not been asked anything yet."""
        day = date.today().isoformat()  # noqa: DTZ011 - of no case
        case = {"labs": [{"marker": iri, "state": "high"} for iri in sorted(self._words.asked)]}
        question = {"kind": "plain", "form": "json", "day": day}
        return Frame({}, self.ask(question, json.dumps(case).encode()).encode())

    def _supposed(self, question: Mapping[str, str], body: bytes) -> str:
        """What would change in the answer if the facts of `if=`, a line each, were so."""
        case, answer = self._answer(question, body)
        day, about = date.fromisoformat(question["day"]), IRI(answer.finding.iri)
        facts = question["if"].split("\n")
        try:
            found = suppose(self._knowledge, self._words, case, facts, about=about, today=day)
        except KGError:
            raise no_fact(facts, self._words, Samples(self._words).marker) from None
        return render_supposition(found, question["form"])

    def _answer(self, question: Mapping[str, str], body: bytes) -> tuple[Case, Answer]:
        text = decode(body)
        today = date.fromisoformat(question["day"])
        if "now" in question:
            today = day_there(datetime.fromisoformat(question["now"]), text)
        if question["kind"] == "fhir":
            case = _read_fhir(text, self._words, today)
        elif question["kind"] == "words":
            case = _read_plain({"question": text}, self._words, today)
        else:
            case = _read_plain(_read_json(text, self._words), self._words, today)
        case = assume(self._knowledge, case, self._assumed(question.get("assume", "")))
        return case, ask(self._knowledge, case, self._topic(question.get("about")))

    def _assumed(self, names: str) -> tuple[str, ...]:
        """The conditions that are to be assumed, parted by commas."""
        found = tuple(name for name in map(str.strip, names.split(",")) if name)
        for name in found:
            if not self._named(name):
                raise no_assumption(name)
        return found

    def _topic(self, name: str | None) -> IRI | None:
        if name is None:
            return None
        findings = [each for each in self._words.of_kind(Kind.FINDING) if each.asked_as]
        named = self._named(name)
        if not any(named == each.iri for each in findings):
            raise no_topic(name, [each.label for each in findings])
        return IRI(named)

    def _named(self, text: str) -> str:
        """The term that a text names; empty where it names none."""
        try:
            return str(self._words.find(text).iri)
        except KGError:
            return ""


def reply(job: Callable[[Mapping[str, str], bytes], str], request: Frame) -> Frame:
    """What a handler makes of a request, or why it refuses it."""
    question = {key: value for key, value in request.head.items() if isinstance(value, str)}
    try:
        return Frame({}, job(question, request.body).encode())
    except RefusedCaseError as error:
        return Frame({"refused": error.problem})


def _import_all(package: str) -> None:
    found = importlib.import_module(package)
    for module in pkgutil.iter_modules(found.__path__, f"{package}."):
        importlib.import_module(module.name)


# ── Reading a case ──────────────────────────────────────────────────────────────────────────


def _read_plain(document: object, words: Lexicon, today: date) -> Case:
    """The case of plain values in the form of the case schema."""
    try:
        return resolve_case(document, words, today=today)
    except AmbiguousQuestionError as error:
        raise RefusedCaseError(
            422,
            "The question has more than one reading",
            "ask with the options of one of the readings, or say it in other words.",
            readings=list(error.readings),
        ) from None
    except UsageError:
        places = find_places(document, words, today)
        named = "; ".join(map(_told, places[:_MOST_SHOWN]))
        named += f"; and {len(places) - _MOST_SHOWN} more" if len(places) > _MOST_SHOWN else ""
        whole = f"a case is an object with the keys {', '.join(sorted(KEYS))}"
        detail = f"the case cannot be read: {named or whole}."
        raise _unusable(detail, places, example=Samples(words).case()) from None


def _told(place: Mapping[str, object]) -> str:
    """A place at fault in a few words: what is wrong, what was found, and what can stand there."""
    found = f"{place['at']}: {place['why']}; found {place['found']}"
    return f"{found}, for example {json.dumps(place['example'])}" if "example" in place else found


def _read_fhir(text: str, words: Lexicon, today: date) -> Case:
    """The case of a FHIR record; the messages of its reader name types and places alone."""
    try:
        return read_case(text, words, today)
    except UsageError as error:
        made = error.message.startswith(_BY_FORM)
        raise _unusable("the record makes no case." if made else error.message, []) from None


def _read_json(text: str, words: Lexicon) -> object:
    try:
        return parse_json(text)
    except UsageError as error:
        cause = error.__context__
        place = {}
        if isinstance(cause, json.JSONDecodeError):
            place = {"line": cause.lineno, "column": cause.colno}
    raise RefusedCaseError(
        400,
        "Not JSON",
        "the body is not JSON in which every key stands once, every number is one and every "
        "character is whole.",
        **place,
        example=Samples(words).case(),
    )


def _unusable(
    detail: str, places: Sequence[Mapping[str, object]], **whole: object
) -> RefusedCaseError:
    """What is told of a case: the places at fault, or where there is none what a `whole` one is."""
    more = {"places": list(places)} if places else whole
    return RefusedCaseError(422, "The case cannot be used", detail, **more)
