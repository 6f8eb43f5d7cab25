"""A look at the articles while they are written: what is wrong in them, and which answers move.

What is quick comes first: shape and words of the files, then words that are a text's own, then the
graph, and last the shipped questions. The first error ends a look, for nothing after it would hold.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from kg.answer.what_if import Answered
from kg.articles.article import Article, read_articles
from kg.articles.words import read_words
from kg.articles.write import write_made
from kg.case.document import Question, read_questions
from kg.compile import builder
from kg.curate.diff.difference import answer_question, compare_answers, shipped_questions
from kg.curate.sentences import check_sentences
from kg.curate.verify import check_words
from kg.model.changes import AnswerChange
from kg.model.copies import Copy, read_copies
from kg.model.errors import KGError, ValidationError
from kg.model.uncollected import uncollected
from kg.store.artifact import Artifact
from kg.store.knowledge import KnowledgeGraph, open_graph

_WATCHED: Final = ("articles/*.yaml", "articles/*.tsv", "tables/*.yaml", "mappings/*.tsv", "*.ttl")
"""What a curator writes, below the folder of the ontology."""


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a look, and what it found."""

    name: str
    seconds: float
    told: str
    """What there is to say where nothing is wrong."""
    errors: tuple[str, ...] = ()
    moved: tuple[AnswerChange, ...] = ()


@dataclass(frozen=True)
class Before:
    """The graph that answers are compared with, and its answers as far as they were asked for."""

    name: str
    graph: KnowledgeGraph
    answers: dict[str, Answered]

    @classmethod
    def of(cls, found: Artifact) -> Before:
        """What a built graph answers."""
        return cls(found.version[:12], open_graph(found), {})

    def answer(self, question: Question) -> Answered:
        """What it answers to a question, asked once."""
        if question.name not in self.answers:
            self.answers[question.name] = answer_question(self.graph, question)
        return self.answers[question.name]


def look(
    folder: Path, *, only: str = "", texts: Path | None = None, before: Before | None = None
) -> Iterator[Step]:
    """One look at the articles of a folder, step by step; a step with errors is the last.

    With `only`, copied words are looked for in the file of that article alone.
    """
    articles: list[Article] = []
    steps: list[Callable[[], Iterator[Step]]] = [lambda: _files(folder, only, articles)]
    if texts is not None:
        steps.append(lambda: _copied(articles, only, texts))
    steps.append(lambda: _graph(folder, before))
    for step in steps:
        for found in _said(step):
            yield found
            if found.errors:
                return


def _said(step: Callable[[], Iterator[Step]]) -> Iterator[Step]:
    """The step, or the error that it ends with."""
    started = time.perf_counter()
    try:
        yield from step()
    except ValidationError as error:
        errors = tuple(str(each) for each in error.report.findings if each.level == "error")
        yield Step("sources", time.perf_counter() - started, "", errors)
    except KGError as error:
        yield Step("sources", time.perf_counter() - started, "", (str(error),))


def _files(folder: Path, only: str, articles: list[Article]) -> Iterator[Step]:
    """Shape and words of every file, whose Turtle is written where it is not what they make.

    The articles are kept for the steps after it: reading them takes most of the time of a look.
    """
    started = time.perf_counter()
    write_made(folder)
    with uncollected():
        articles += read_articles(folder, read_words(folder))
    told = "; ".join(_counted(each) for each in articles if only in ("", each.id))
    yield Step("shape and words", time.perf_counter() - started, told)


def _counted(article: Article) -> str:
    statements = tuple(article.statements)
    drafts = sum(each.is_open_draft for each in statements)
    waiting = f", {drafts} of them drafts that nobody has signed" if drafts else ""
    return f"{article.id}: {len(statements)} statements{waiting}"


def _copied(articles: Sequence[Article], only: str, texts: Path) -> Iterator[Step]:
    """Words that are a text's own, in the files of the articles."""
    started = time.perf_counter()
    paths = [each.path for each in articles if only in ("", each.id)]
    copies = read_copies(texts)
    report = check_words(paths, copies, _titles(articles))
    told = f"none in {len(paths)} files" if not report.findings else ""
    errors = tuple(map(str, report.findings))
    yield Step("copied words", time.perf_counter() - started, told, errors)
    if not errors:
        yield _sentences([each for each in articles if only in ("", each.id)], copies)


def _sentences(articles: Sequence[Article], copies: tuple[Copy, ...]) -> Step:
    """Numbers, denials, headings and lines that are not those of the text."""
    started = time.perf_counter()
    errors = tuple(map(str, check_sentences(articles, copies).findings))
    told = f"as their texts have them in {len(articles)} files" if not errors else ""
    return Step("figures, denials, lines", time.perf_counter() - started, told, errors)


def _titles(articles: Iterable[Article]) -> Iterator[str]:
    """The titles of works and documents, which are no quotations."""
    for each in articles:
        yield each.file.document.title
        yield from (work.title for work in each.file.references.values())
        yield from (work.venue for work in each.file.references.values() if work.venue)


def _graph(folder: Path, before: Before | None) -> Iterator[Step]:
    """The graph that the files make, and what moves in its answers."""
    started = time.perf_counter()
    built = builder.of_folder(folder, made=True)
    yield Step("graph", time.perf_counter() - started, built.version[:12])
    if before is None:
        return
    started = time.perf_counter()
    questions = read_questions(shipped_questions())
    moved = () if before.name == built.version[:12] else _moved(before, built, questions)
    told = f"{len(moved)} of {len(questions)} move against {before.name}"
    yield Step("answers", time.perf_counter() - started, told, moved=moved)


@uncollected()
def _moved(
    before: Before, built: Artifact, questions: tuple[Question, ...]
) -> tuple[AnswerChange, ...]:
    """The questions that are answered otherwise than before."""
    return compare_answers(before.answer, partial(answer_question, open_graph(built)), questions)


def snapshot(folder: Path) -> Mapping[Path, tuple[int, int]]:
    """When each watched file was written, and its size: what tells one state from the next."""
    found: dict[Path, tuple[int, int]] = {}
    for pattern in _WATCHED:
        for path in folder.glob(pattern):
            try:
                told = path.stat()
            except FileNotFoundError:  # an editor puts another file in its place
                continue
            found[path] = (told.st_mtime_ns, told.st_size)
    return found


def wait_for_change(
    folder: Path, seen: Mapping[Path, tuple[int, int]], pause: Callable[[], None]
) -> Mapping[Path, tuple[int, int]]:
    """The next state that differs from one that was seen, once it stays the same for a pause."""
    state = seen
    while True:
        pause()
        now = snapshot(folder)
        if now != seen and now == state:
            return now
        state = now
