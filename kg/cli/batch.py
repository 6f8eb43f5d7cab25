"""`kg ask --batch`: a file of cases, one a line, and a file of answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from kg.cli.case import today
from kg.cli.common import lexicon
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from kg.cli.batch_answers import Batch
    from kg.store.knowledge import Knowledge


@dataclass(frozen=True)
class BatchOptions:
    """Where cases come from, and where answers go."""

    source: str
    output: str | None
    resume: bool
    jobs: int


def run(options: BatchOptions, open_graph: Callable[[], Knowledge]) -> int:
    """Answer every line; gives the exit code, 1 where a line has no answer."""
    if options.resume and options.output is None:
        raise UsageError("--resume goes on with a file; name it with --output.")
    with ExitStack() as stack:
        source = _source(options.source, stack)
        graph = open_graph()
        from kg.cli.batch_answers import Batch

        batch = Batch(graph, lexicon(graph), today())
        output, after = _output(options, batch, stack)
        refused = _answer(batch, source, output, after, options.jobs)
    if refused:
        click.echo(f"{refused} lines have no answer; each says why in its place.", err=True)
    return 1 if refused else 0


def _answer(batch: Batch, source: IO[bytes], output: IO[bytes], after: int, jobs: int) -> int:
    """Write the answers; gives how many lines have none."""
    from kg.cli.batch_answers import read_lines

    refused = 0
    bar: ProgressBar[int]
    with click.progressbar(
        length=_size(source), label="answering", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        for written in batch.answers(read_lines(source, after), jobs):
            output.write(written.text)
            refused += not written.answered
            bar.update(source.tell() - bar.pos if bar.length else 1)
    output.flush()
    return refused


def _source(name: str, stack: ExitStack) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(name).open("rb"))
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from None


def _output(options: BatchOptions, batch: Batch, stack: ExitStack) -> tuple[IO[bytes], int]:
    """The file that answers go to, and the last line that it already answers."""
    from kg.cli.batch_answers import finished

    legend = batch.legend()
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
        return output, finished(output, legend)
    output.write(legend)
    return output, 0


def _size(source: IO[bytes]) -> int | None:
    """The bytes of a file; None where they are not known beforehand."""
    return os.fstat(source.fileno()).st_size if source.seekable() else None
