"""Many cases, one answer a line: bounded memory, and no case stops another.

The first line of the output is a legend: the graph, its documents, and every statement and
background statement that the answers below name by id. Each further line is the answer to one
line of the input, with its number, or says why there is none.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import get_context
from typing import IO, Final

from kg.answer.ask import ask
from kg.answer.compiled import tables_of
from kg.case import Case
from kg.case.fhir import read_case as read_fhir
from kg.case.strict import strict
from kg.model.errors import KGError, UsageError
from kg.model.terms import Lexicon
from kg.show.structured import Json, answer_part, legend_part
from kg.store.knowledge import Knowledge

LONGEST: Final = 2_000_000
"""Bytes of one line; more is no case."""

_CHUNK: Final = 50
"""Lines that go to a worker at once: enough that passing them on costs nothing to speak of."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input that holds something."""

    number: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What one line came to: the bytes of its answer, and whether it is one."""

    number: int
    text: bytes
    answered: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Answers cases of one graph."""

    knowledge: Knowledge
    words: Lexicon
    today: date
    """Results after this day are not used, where a case does not name the day it asks about."""

    def legend(self) -> bytes:
        """The first line of the output."""
        tables = tables_of(self.knowledge)
        legend = legend_part(tables.documents, tables.notes.statements, tables.notes.background)
        return _line({"graph": self.knowledge.version, **legend})

    def answers(self, lines: Iterable[Line], jobs: int = 1) -> Iterator[Written]:
        """The answer to every line, in their order, worked out by so many processes."""
        if jobs == 1:
            yield from map(self.answer, lines)
            return
        context = get_context("fork")  # what is loaded here is there in every worker at once
        with ProcessPoolExecutor(jobs, context, _start_worker, (self,)) as workers:
            waiting: deque[Future[list[Written]]] = deque()
            for chunk in _chunks(lines):
                waiting.append(workers.submit(_work, chunk))
                if len(waiting) > 2 * jobs:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    def answer(self, line: Line) -> Written:
        """The answer to one line, or why there is none.

        A line is a case as JSON, or a FHIR resource or Bundle of one patient.
        """
        head: Json = {"line": line.number}
        try:
            document = _document(line.text)
            head |= {key: document[key] for key in ("id",) if {key, "case"} <= document.keys()}
            if "resourceType" in document:
                case = read_fhir(line.text.decode("utf-8-sig"), self.words, self.today)
            else:
                written = document.get("case", document)
                case = Case.from_json(written, self.words, today=self.today)
            body: Json = {"answer": answer_part(ask(self.knowledge, case))}
        except KGError as error:
            body = {"error": {"kind": type(error).__name__, "message": error.message}}
        return Written(line.number, _line(head | body), "answer" in body)


def read_lines(stream: IO[bytes], after: int = 0) -> Iterator[Line]:
    """The lines of a stream that hold something, without those up to a number."""
    number = 0
    while text := stream.readline(LONGEST + 1):
        number += 1
        whole = text
        while not text.endswith(b"\n") and len(text) > LONGEST:
            text = stream.readline(LONGEST + 1)  # the rest of a line that is refused anyway
        if number > after and whole.strip():
            yield Line(number, whole)


def finished(output: IO[bytes], legend: bytes) -> int:
    """The last line that an earlier run answered; what it left half written is cut off.

    UsageError where the file was not written from the same graph.
    """
    if output.readline() != legend:
        raise UsageError("the output is not of this graph: its first line differs; begin anew.")
    last, end = 0, output.tell()
    while (text := output.readline()).endswith(b"\n"):
        last, end = _number(text), output.tell()
    output.seek(end)
    output.truncate()
    return last


def _chunks(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    source = iter(lines)
    while chunk := tuple(islice(source, _CHUNK)):
        yield chunk


def _number(text: bytes) -> int:
    try:
        return int(json.loads(text)["line"])
    except (ValueError, KeyError, TypeError):
        raise UsageError("the output holds a line that no batch has written.") from None


def _document(text: bytes) -> dict[str, object]:
    if len(text) > LONGEST:
        raise UsageError(f"the line is longer than {LONGEST} bytes.")
    try:
        value = strict(text.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        raise UsageError(f"the line is not UTF-8: {error.reason} at {error.start}.") from None
    if not isinstance(value, dict):
        raise UsageError(f"a case is an object; found {type(value).__name__}.")
    if "case" in value and (extra := sorted(value.keys() - {"id", "case"})):
        raise UsageError(f"beside case there may be an id; found {', '.join(extra)}.")
    if "case" in value and not isinstance(value.get("id", ""), str):
        raise UsageError("the id of a case is a text.")
    return value


def _line(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


_worker: Batch | None = None


def _start_worker(batch: Batch) -> None:
    global _worker  # noqa: PLW0603 - what a worker process has, it has for all its chunks
    _worker = batch


def _work(chunk: Iterable[Line]) -> list[Written]:
    if _worker is None:
        raise RuntimeError("a worker was asked before it was started")
    return [_worker.answer(line) for line in chunk]
