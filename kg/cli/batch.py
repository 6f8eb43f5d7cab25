"""`kg ask --batch`: many cases, one answer a line, in bounded memory; no case stops another.

The first line of the output is a legend: the graph, its documents, and every statement and
background statement that the answers below name by id. Each further line is the answer to one
line of the input, with its number, or says why there is none. Of a folder, which is a bulk export,
it is the answer to one patient.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click
from msgspec import Struct

from kg.answer.ask import ask, ask_shortly
from kg.case import Case, parse_json, resolve_case
from kg.case.dates import day_there
from kg.case.fhir import read_case as read_record
from kg.case.merge import NOTHING, Beside
from kg.case.names import HeardNames
from kg.case.ranges import RangeTable
from kg.cli.bulk import Bulk, Export
from kg.cli.case_options import NOT_ALL_USED, any_left_out
from kg.model.errors import KGError, UsageError
from kg.model.terms import Lexicon
from kg.show.blocks import NOTICE
from kg.show.data import LEGEND, Json, fields_of, json_line, short_line
from kg.store.knowledge import KnowledgeGraph

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

LONGEST: Final = 2_000_000
"""Bytes of one line; more is no case."""

_CHUNK: Final = 50
"""Lines that go to a worker at once: enough that passing them on costs nothing to speak of."""


class BatchOptions(Struct, frozen=True):
    """Where cases come from, and where answers go."""

    source: str
    output: str | None
    resume: bool
    jobs: int
    strict: bool = False
    """Whether it matters that something of a case is not used."""
    with_maps: Callable[[Lexicon], Lexicon] = lambda words: words
    """Adds the codes of a hospital to the lexicon."""
    read_ranges: Callable[[Lexicon], RangeTable | None] = lambda _: None
    """Reads the reference ranges of a hospital."""
    shortly: bool = False
    """Whether lines hold verdicts and ids only."""


def answer_file(options: BatchOptions, open_graph: Callable[[], KnowledgeGraph]) -> int:
    """Answer every line; gives the exit code, 1 where a line has no answer.

    With `strict` it is 3 where every line has one, and something of a case was left out.
    """
    gc.enable()  # a command of one question runs without, and many questions would fill the memory
    if options.resume and options.output is None:
        raise UsageError("--resume goes on with a file; name it with --output.")
    with ExitStack() as stack:
        source = _Source(options.source, stack)
        graph = open_graph()
        words = options.with_maps(graph.lexicon)
        beside = Beside(ranges=options.read_ranges(words))
        now = datetime.now().astimezone()
        batch = Batch(graph, words, now.date(), beside, now, options.shortly)
        output, after = _open_output(options, batch.legend(), stack)
        counts = _answer_all(batch, source, output, after, options.jobs)
        for told in source.told():
            click.echo(f"not read: {told}", err=True)
    if counts.refused:
        what = "patients" if source.bulk else "lines"
        click.echo(f"{counts.refused} {what} have no answer; each says why in its place.", err=True)
        return 1
    return NOT_ALL_USED if options.strict and counts.not_all_used else 0


class _Counts(Struct):
    """How many lines have no answer, and how many an answer that leaves something out."""

    refused: int = 0
    not_all_used: int = 0


class _Source:
    """Where cases come from: the lines of a file, or the patients of a bulk export."""

    def __init__(self, name: str, stack: ExitStack) -> None:
        self.bulk = Bulk(Path(name), stack) if name != "-" and Path(name).is_dir() else None
        self._stream = _open_source(name, stack) if self.bulk is None else None

    def cases(self, after: int) -> Iterator[Line | Export]:
        """The cases behind a number."""
        if self.bulk is not None:
            return self.bulk.patients(after)
        return iter(()) if self._stream is None else read_lines(self._stream, after)

    @property
    def size(self) -> int | None:
        """The bytes of a file."""
        known = self._stream is not None and self._stream.seekable()
        return os.fstat(self._stream.fileno()).st_size if self._stream and known else None

    @property
    def place(self) -> int:
        """How many bytes of a file were read."""
        return self._stream.tell() if self._stream is not None and self.size else 0

    def told(self) -> list[str]:
        """What was not read."""
        return self.bulk.told() if self.bulk is not None else []


def _answer_all(batch: Batch, source: _Source, output: IO[bytes], after: int, jobs: int) -> _Counts:
    """Write the answers."""
    counts = _Counts()
    size = source.size
    hidden = not sys.stderr.isatty() or not size
    bar: ProgressBar[int]
    with click.progressbar(
        length=size or 1, label="answering", file=sys.stderr, hidden=hidden
    ) as bar:
        for reply in batch.answers(source.cases(after), jobs):
            output.write(reply.text)
            counts.refused += not reply.is_answer
            counts.not_all_used += not reply.is_all_used
            bar.update(source.place - bar.pos)
    output.flush()
    return counts


def _open_source(name: str, stack: ExitStack) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(name).open("rb"))
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from None


def _open_output(options: BatchOptions, legend: bytes, stack: ExitStack) -> tuple[IO[bytes], int]:
    """The file that answers go to, and the last line that it already answers."""
    if options.output is None:
        sys.stdout.buffer.write(legend)
        return sys.stdout.buffer, 0
    path = Path(options.output)
    if path.exists() and not options.resume:
        raise UsageError(f"{path} exists; --resume goes on where it ends.")
    try:
        output = stack.enter_context(path.open("r+b" if path.exists() else "xb"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
    if output.seek(0, os.SEEK_END):
        output.seek(0)
        return output, find_end(output, legend)
    output.write(legend)
    return output, 0


class Line(Struct, frozen=True):
    """One line of the input that holds something."""

    number: int
    text: bytes


class Reply(Struct, frozen=True):
    """What one line came to: the bytes of its answer, and whether it is one."""

    text: bytes
    is_answer: bool
    is_all_used: bool = True
    """Whether everything of the case was used."""


class Batch(Struct, frozen=True, dict=True):
    """Answers cases of one graph."""

    knowledge: KnowledgeGraph
    words: Lexicon
    today: date
    """Results after this day are not used, where a case does not name the day it asks about."""
    beside: Beside = NOTHING
    """What is known of the laboratory."""
    now: datetime | None = None
    """Where it is given, a case written in a time zone ahead is asked about the day there."""
    shortly: bool = False
    """Whether an answer is its verdicts with the ids that they rest on."""

    @cached_property
    def _heard(self) -> HeardNames:
        """The words, with what became of the names of the cases so far."""
        return HeardNames.of(self.words)

    def _day(self, written: str) -> date:
        return self.today if self.now is None else day_there(self.now, written)

    def legend(self) -> bytes:
        """The first line of the output."""
        tables = self.knowledge.model.tables
        legend = (tables.documents, tables.notes.statements, tables.notes.background)
        values = dict(zip(LEGEND, legend, strict=True))
        lines = {"lines": "verdicts"} if self.shortly else {}
        return json_line({"graph": self.knowledge.version, **lines, **values, "notice": NOTICE})

    def answers(self, lines: Iterable[Line | Export], jobs: int = 1) -> Iterator[Reply]:
        """The answer to every line, in their order, worked out by so many processes."""
        if jobs == 1:
            yield from map(self.answer, lines)
            return
        context = get_context("fork")  # what is loaded here is there in every worker at once
        with ProcessPoolExecutor(jobs, context, _start_worker, (self,)) as workers:
            waiting: deque[Future[list[Reply]]] = deque()
            source = iter(lines)
            while chunk := tuple(islice(source, _CHUNK)):
                waiting.append(workers.submit(_answer_chunk, chunk))
                if len(waiting) > 2 * jobs:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    def answer(self, given: Line | Export) -> Reply:
        """The answer to one line or one patient of an export, or why there is none.

        A line is a case as JSON, or a FHIR Bundle of one patient.
        """
        head: Json = {"line": given.number}
        try:
            if isinstance(given, Export):
                case = self._exported(given, head)
            else:
                case = self._read(given, head)
            text = self._written(head, case)
        except KGError as error:
            told = {"kind": type(error).__name__, "message": error.message}
            return Reply(json_line({**head, "error": told}), is_answer=False)
        left_out = any_left_out(each.kind for each in case.unused)
        return Reply(text, is_answer=True, is_all_used=not left_out)

    def _written(self, head: Json, case: Case) -> bytes:
        """The answer to a case behind the head of its line, without what the legend says."""
        if self.shortly:
            return short_line(head, ask_shortly(self.knowledge, case))
        answer = fields_of(ask(self.knowledge, case))
        told = {key: answer[key] for key in answer if key not in LEGEND}
        return json_line({**head, "answer": told})

    def _read(self, line: Line, head: Json) -> Case:
        """The case of a line; its id goes to the head of the answer."""
        document = _parse_line(line.text)
        head |= {key: document[key] for key in ("id",) if {key, "case"} <= document.keys()}
        text = line.text.decode("utf-8-sig")
        if "resourceType" in document:
            _check_whole(document["resourceType"])
            return read_record(text, self._heard, self._day(text), self.beside)
        plain = document.get("case", document)
        return resolve_case(plain, self._heard, today=self._day(text), beside=self.beside)

    def _exported(self, patient: Export, head: Json) -> Case:
        """The case of a patient of an export, whose id goes to the head of the answer."""
        head["id"] = patient.id
        if patient.refused:
            raise UsageError(patient.refused)
        texts = {place: text.decode("utf-8-sig") for place, text in patient.lines.items()}
        return read_record(texts, self._heard, self._day(" ".join(texts.values())), self.beside)


def _check_whole(kind: object) -> None:
    """UsageError for one resource, which is no record: an answer to it would be one to nobody."""
    if kind != "Bundle":
        found = f"one {kind}" if isinstance(kind, str) and kind.isalpha() else "one resource"
        raise UsageError(
            f"the line is {found}, one resource and not the record of a patient; wanted is a "
            "Bundle with all resources of a patient on each line. A file of a bulk export is "
            "answered by its folder (--batch DIR), and a cohort is judged from it by kg cohort run "
            "DIR --from fhir."
        )


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


def find_end(output: IO[bytes], legend: bytes) -> int:
    """The last line that an earlier run answered; what it left half written is cut off.

    UsageError where the file was not written from the same graph.
    """
    if output.readline() != legend:
        raise UsageError("the output is not of this graph: its first line differs; begin anew.")
    last, end = 0, output.tell()
    while (text := output.readline()).endswith(b"\n"):
        last, end = _number_of(text), output.tell()
    output.seek(end)
    output.truncate()
    return last


def _number_of(text: bytes) -> int:
    try:
        return int(json.loads(text)["line"])
    except (ValueError, KeyError, TypeError):
        raise UsageError("the output holds a line that no batch has written.") from None


def _parse_line(text: bytes) -> dict[str, object]:
    if len(text) > LONGEST:
        raise UsageError(f"the line is longer than {LONGEST} bytes.")
    try:
        value = parse_json(text.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        raise UsageError(f"the line is not UTF-8: {error.reason} at {error.start}.") from None
    if not isinstance(value, dict):
        raise UsageError(f"a case is an object; found {type(value).__name__}.")
    if "case" in value and (extra := sorted(value.keys() - {"id", "case"})):
        raise UsageError(f"beside case there may be an id; found {', '.join(extra)}.")
    if "case" in value and not isinstance(value.get("id", ""), str):
        raise UsageError("the id of a case is a text.")
    return value


_worker: Batch | None = None


def _start_worker(batch: Batch) -> None:
    global _worker  # noqa: PLW0603 - what a worker process has, it has for all its chunks
    _worker = batch


def _answer_chunk(chunk: Iterable[Line | Export]) -> list[Reply]:
    if _worker is None:
        raise RuntimeError("a worker was asked before it was started")
    return [_worker.answer(line) for line in chunk]
