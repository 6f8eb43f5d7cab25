"""What the records of an article say, held against the sentences of a curator's copy of it.

Only what a machine can tell is told: numbers, whether a sentence denies anything, whether a line
that is called a heading is one, and lines that the text has not. The sentence itself is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.articles.article import Article, lines_of, read_articles
from kg.articles.figures import data_of, numbers_of, values_of
from kg.articles.resolve import Statement
from kg.articles.words import read_words
from kg.curate.sources.citing import read_citing
from kg.curate.sources.lines import LineKind, PageLine, read_lines
from kg.model.citations import CitationStyle, remove_citations, style_named
from kg.model.copies import Copy
from kg.model.errors import KGError
from kg.model.report import Finding, Level, Report


@dataclass(frozen=True, slots=True)
class FixedRule:
    """A rule that is no query: it needs the texts, or speaks of the check itself."""

    name: str
    title: str
    problem: str
    level: Level
    solution: str

    def finding(self, focus: str, found: str = "", place: str = "") -> Finding:
        """A finding about something, with what was found there."""
        detail = f" ({found})" if found else ""
        message = f"{self.title}: {focus}{detail}. {self.solution}"
        return Finding(self.name, self.level, focus, message, place, self.solution)


_OTHER_FIGURE: Final = FixedRule(
    "figure-not-in-text",
    "Figure that the text has not",
    "A statement gives a number that its sentence does not print.",
    "error",
    "Read the line again, and correct the number in the values and in the words.",
)
_LEFT_OUT: Final = FixedRule(
    "figure-left-out",
    "Figure that no statement gives",
    "A sentence prints a number, a size, a time or a dose, and no statement of its line has it.",
    "error",
    "Give the number in the statement that it limits.",
)
_NOT_DENIED: Final = FixedRule(
    "denial-not-in-text",
    "Denial that the text does not make",
    "A statement denies what its sentence affirms: no word of the sentence says no.",
    "error",
    "Read the line again, and correct polarity and words.",
)
_NO_HEADING: Final = FixedRule(
    "heading-is-none",
    "Line set aside as a heading that is none",
    "A row, an item or a sentence is set aside as a heading, and what it says is lost.",
    "error",
    "Write a statement of the line, or give the reason for which it is set aside.",
)
_BEYOND: Final = FixedRule(
    "line-beyond-text",
    "Line that the text has not",
    "A statement, a reference or a line set aside names a blank line, or one after the last.",
    "error",
    "Correct the number of the line.",
)
SENTENCE_RULES: Final = (_OTHER_FIGURE, _LEFT_OUT, _NOT_DENIED, _NO_HEADING, _BEYOND)
"""Every rule that holds records against sentences."""

_DENIES: Final = re.compile(
    r"\b(not|no|nor|never|neither|none|without|cannot|lacks?|absent|absence|unlike|differs?|distinct"
    r"|fails?|excludes?|rather than|free of)\b|n't\b",
    re.IGNORECASE,
)
"""Words by one of which a sentence says that something is not so."""
_HEADING: Final = re.compile(r"^heading\b")
_BODY: Final = (LineKind.ITEM, LineKind.ROW, LineKind.TABLE_HEAD)
"""Lines that a page shows as something else than a heading."""


def check_folder(folder: Path, copies: Iterable[Copy]) -> Report:
    """What the copies say of the articles of a folder; nothing where its files cannot be read."""
    try:
        articles = read_articles(folder, read_words(folder))
    except KGError:
        return Report()
    return check_sentences(articles, copies)


def check_sentences(articles: Iterable[Article], copies: Iterable[Copy]) -> Report:
    """What the very versions that were read say of the records of some articles."""
    texts = {copy.digest: copy for copy in copies}
    read = ((each, texts.get(each.file.document.digest)) for each in articles)
    return Report(
        tuple(found for each, copy in read if copy is not None for found in _findings(each, copy))
    )


def _findings(article: Article, copy: Copy) -> Iterator[Finding]:
    sentences = _sentences(article, copy)
    by_line: dict[int, list[Statement]] = {}
    for each in article.statements:
        by_line.setdefault(each.line, []).append(each)
    for line, statements in by_line.items():
        yield from _of_line(article, statements, sentences.get(line))
    yield from _asides(article, copy)
    for name, entry in article.file.references.items():
        if entry.line not in copy.filled:
            place = article.written.place("references", name, "line")
            yield _BEYOND.finding(f"reference {name}", f"line {entry.line}", place)


def _sentences(article: Article, copy: Copy) -> Mapping[int, str]:
    """The lines that are not blank, without their citation numbers."""
    document = article.file.document
    highest = max((n for each in article.places.values() for n in each.cites), default=0)
    style = style_named(document.citation_style) or CitationStyle.PLAIN
    return {
        line: remove_citations(copy.lines[line - 1], highest, style).strip() for line in copy.filled
    }


def _of_line(
    article: Article, statements: list[Statement], sentence: str | None
) -> Iterator[Finding]:
    """What a line says of the statements that stand on it."""
    if sentence is None:
        for each in statements:
            place = article.place(each, "says", "line")
            yield _BEYOND.finding(each.id, f"line {each.line}", place)
        return
    printed = numbers_of(sentence)
    for each in statements:
        place = article.place(each)
        for number in sorted((numbers_of(each.words) | data_of(each)) - printed):
            if number not in _marks(sentence):
                yield _OTHER_FIGURE.finding(each.id, number, place)
        if each.term("polarity") == "denied" and not _DENIES.search(sentence):
            yield _NOT_DENIED.finding(each.id, f"line {each.line}", place)
    said = {n for each in statements for n in numbers_of(each.words) | values_of(each)}
    for number in sorted(printed - said - _marks(sentence)):
        first = statements[0]
        found = f"{number} on line {first.line}"
        yield _LEFT_OUT.finding(first.id, found, article.place(first))


def _marks(sentence: str) -> frozenset[str]:
    """The number in front of an item, which is no figure."""
    mark = re.match(r"([0-9]+)[.)]\s", sentence)
    return frozenset((mark[1],)) if mark else frozenset()


def _asides(article: Article, copy: Copy) -> Iterator[Finding]:
    """Lines set aside that are not there, or are set aside as what they are not."""
    style = style_named(article.file.document.citation_style)
    lines = {
        each.number: each for each in read_lines(copy.text, read_citing(copy.text, style=style))
    }
    for key, why in article.file.set_aside.items():
        place = article.written.place("set aside", key)
        for number in lines_of(key):
            line = lines.get(number)
            if line is None:
                yield _BEYOND.finding(f"document {article.id}", f"line {number}", place)
            elif _HEADING.match(why) and _is_no_heading(line):
                yield _NO_HEADING.finding(f"document {article.id}", f"line {number}", place)


def _is_no_heading(line: PageLine) -> bool:
    """Whether a page shows a line as an item or a row, or it cites, or ends as a sentence does."""
    return line.kind in _BODY or bool(line.citations) or line.body.endswith(".")
