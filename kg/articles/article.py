"""The file of an article read whole: defaults filled in, and every word of it looked up.

Nothing is dropped in silence: a term that no file declares, a line without a place, a statement
that is named and is not there each make a finding with file and line, and with what was wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

from kg.articles.figures import check_figures
from kg.articles.new_terms import check_terms, named_in, standing_terms
from kg.articles.places import Place, places_path, read_length, read_places
from kg.articles.records import ArticleFile, Term, name_records, texts
from kg.articles.resolve import Records, Statement
from kg.articles.source import Written
from kg.articles.values import finding
from kg.articles.words import CASE, Words
from kg.model.errors import ValidationError
from kg.model.report import Extent, Finding, Report
from kg.model.vocabulary import IRI, PREFIXES

ARTICLES: Final = "articles"
"""The folder of the files, below that of the ontology."""
_ST: Final = PREFIXES["st"]


@dataclass(frozen=True)
class Article:
    """One file and its table of places."""

    written: Written = field(repr=False)
    file: ArticleFile = field(repr=False)
    places: Mapping[int, Place] = field(repr=False)
    groups: tuple[tuple[str, tuple[Statement, ...]], ...]
    """Headings with their statements, in the order of the file."""
    findings: tuple[Finding, ...] = ()

    @property
    def id(self) -> str:
        """Name of the document."""
        return self.file.document.id

    @property
    def path(self) -> Path:
        """Where the file stands."""
        return self.written.path

    @property
    def statements(self) -> Iterator[Statement]:
        """Every statement, in the order of the file, drafts too."""
        return (each for _, group in self.groups for each in group)

    @property
    def standing(self) -> Iterator[tuple[str, tuple[Statement, ...]]]:
        """Headings with the statements that stand: a draft does when a person has signed it."""
        for heading, group in self.groups:
            stands = tuple(each for each in group if not each.is_open_draft)
            if stands:
                yield heading, stands

    @property
    def drafts(self) -> tuple[Statement, ...]:
        """What a machine wrote and no person has signed."""
        return tuple(each for each in self.statements if each.is_open_draft)

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        """The terms that are new with it, but those that nothing needs except open drafts."""
        standing = (each for _, group in self.standing for each in group)
        named = {*self.file.populations, *named_in(standing)}
        named |= {each.removesuffix(CASE) for each in named}
        return standing_terms(self.file.terms, named, named_in(self.drafts))

    def place(self, statement: Statement, *keys: str | int) -> str:
        """`path:line` of a record, or of something in it."""
        return self.written.place(*statement.keys, *keys)


def article_paths(folder: Path) -> tuple[Path, ...]:
    """The files of the articles of an ontology folder, by name."""
    return tuple(sorted((folder / ARTICLES).glob("*.yaml")))


def read_articles(folder: Path, words: Words) -> tuple[Article, ...]:
    """Every article of a folder; ValidationError lists what is wrong in any of them."""
    files = [open_article(path) for path in article_paths(folder)]
    known = words.with_terms({name: kinds for _, file in files for name, kinds in new_terms(file)})
    found = tuple(_read(written, file, known) for written, file in files)
    findings = (*_names(found), *(each for article in found for each in article.findings))
    if findings:
        raise ValidationError(Report(tuple(findings), Extent(files=len(found))))
    return found


def read_article(path: Path, words: Words) -> Article:
    """One article, with its findings; SourceSyntaxError where the file has not the shape of one."""
    written, file = open_article(path)
    return _read(written, file, words.with_terms(dict(new_terms(file))))


def new_terms(file: ArticleFile) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The terms that a file brings, each with the classes that it is of."""
    return ((name, texts(term.is_)) for name, term in file.terms.items())


def open_article(path: Path) -> tuple[Written, ArticleFile]:
    """The file of an article with nothing looked up; SourceSyntaxError for another shape."""
    written = Written.read(path)
    return written, written.to(ArticleFile, name_records(written))


def _read(written: Written, file: ArticleFile, words: Words) -> Article:
    places = read_places(places_path(written.path))
    reading = Records(written, file, words)
    groups = tuple(reading.groups())
    findings = (
        *reading.findings,
        *_keys(written, file),
        *check_terms(written, file.terms, words),
        *_lines(written, file, places, groups),
        *_beyond(written, file, read_length(places_path(written.path))),
        *check_figures(written, groups),
        *_references(written, file),
    )
    return Article(written, file, places, groups, findings)


# ── Lines and names ─────────────────────────────────────────────────────────────────────────────


def lines_of(text: str) -> tuple[int, ...]:
    """The lines that a key of `set aside` or `citations` names: `5`, `5-8`, or `5, 7-9`.

    A part that runs backwards, which is an error, names the lines between its ends all the same.
    """
    parts = (sorted(each) for each in _ends_of(text))
    return tuple(line for first, last in parts for line in range(first, last + 1))


def _ends_of(text: str) -> Iterator[tuple[int, int]]:
    """The first and the last line of each part of such a key."""
    for part in text.split(","):
        first, _, last = re.sub(r"[–-]", "-", part.strip()).partition("-")  # noqa: RUF001
        yield int(first), int(last or first)


def _is_in_order(text: str) -> bool:
    """Whether each part of such a key begins after the one before, and ends after it begins."""
    ends = [*_ends_of(text)]
    after = all(before < first for (_, before), (first, _) in pairwise(ends))
    return after and all(first <= last for first, last in ends)


def _keys(written: Written, file: ArticleFile) -> Iterator[Finding]:
    """A name that is not that of the file, and keys of lines that run backwards or overlap."""
    if file.document.id != written.path.stem:
        problem = f"{written.path.name} is the file of another document than {file.document.id}"
        solution = "Name the file by the `id` of its document, and each document once."
        yield finding(written, problem, solution, ("document", "id"))
    for name, keys in (("set aside", file.set_aside), ("citations", file.citations)):
        before: set[int] = set()
        for key in keys:
            lines = lines_of(key)
            if not _is_in_order(key):
                yield finding(written, f"{key} runs backwards", "Turn it round.", (name, key))
            if again := before.intersection(lines):
                problem = f"{key} names {min(again)}, as a key before it does"
                yield finding(written, problem, "Keep one of the two.", (name, key))
            before.update(lines)


def _lines(
    written: Written,
    file: ArticleFile,
    places: Mapping[int, Place],
    groups: tuple[tuple[str, tuple[Statement, ...]], ...],
) -> Iterator[Finding]:
    """Statements without a place, statements on lines set aside, and names of another document."""
    aside = {line: key for key in file.set_aside for line in lines_of(key)}
    own = re.compile(rf"{re.escape(file.document.id)}[0-9]+")
    for _, group in groups:
        for each in group:
            if each.line in aside:
                yield finding(
                    written,
                    f"line {each.line} is set aside, and {each.id} stands on it",
                    "Take the one or the other away.",
                    (*each.keys, "says", "line"),
                )
            elif each.line and each.line not in places:
                yield finding(
                    written,
                    f"line {each.line} has no place yet",
                    f"Run `kg source fill {file.document.id}` with your copy of the text.",
                    (*each.keys, "says", "line"),
                )
            elif each.line and not _has_words(places[each.line].section, file.sections):
                yield finding(
                    written,
                    f"section {places[each.line].section}, where {each.id} stands, has no words",
                    "Name it under `sections`, in words of your own.",
                    (*each.keys, "says", "line"),
                )
            if not own.fullmatch(each.id):
                yield finding(
                    written,
                    f"{each.id} is no name of a statement of document {file.document.id}",
                    f"Wanted {file.document.id} and digits.",
                    each.keys,
                )


def _beyond(written: Written, file: ArticleFile, length: int) -> Iterator[Finding]:
    """Lines set aside, and entries of the reference list, after the last line of the text."""
    named = [(lines_of(key), ("set aside", key)) for key in file.set_aside]
    named += [((each.line,), ("references", name)) for name, each in file.references.items()]
    for lines, keys in named if length else ():
        if max(lines) > length:
            problem = f"line {max(lines)} is beyond the text, which has {length} lines"
            yield finding(written, problem, "Correct the number of the line.", keys)


def _has_words(section: str, named: Mapping[str, str]) -> bool:
    """Whether a section, or one that it is part of, has words, in a file that gives any."""
    parts = section.split(".")
    return not named or any(".".join(parts[:end]) in named for end in range(1, len(parts) + 1))


def _references(written: Written, file: ArticleFile) -> Iterator[Finding]:
    """Works that a citation number is said to point at, and that the list does not have."""
    for number, each in file.citations.items():
        named = {
            "inferred reference": texts(each.inferred_reference),
            "rejected reference": texts(each.rejected_reference),
        }
        for key, names in named.items():
            for name in sorted({*names} - file.references.keys()):
                problem = f"citation {number} names the reference {name}, which is not in the list"
                solution = "Correct the name, or write the work under `references`."
                yield finding(written, problem, solution, ("citations", number, key))


def _names(articles: tuple[Article, ...]) -> Iterator[Finding]:
    """Statements that are written twice, or named and not there."""
    first: dict[str, Article] = {}
    texts_of: dict[str, Article] = {}
    for article in articles:
        digest = article.file.document.digest
        if digest in texts_of:
            problem = f"this is the digest of the text of {texts_of[digest].path} too"
            solution = "Take the digest of the text that was read."
            yield finding(article.written, problem, solution, ("document", "digest"))
        texts_of[digest] = article
        for each in article.statements:
            if each.id in first:
                other = first[each.id].path
                problem = f"{each.id} is written twice, in {other} too"
                yield finding(article.written, problem, "Give one of them another.", each.keys)
            first[each.id] = article
    drafts = {each.id for article in articles for each in article.drafts}
    for article in articles:
        for each in article.statements:
            yield from _links(article, each, first.keys(), drafts)


def _links(
    article: Article, each: Statement, known: AbstractSet[str], drafts: AbstractSet[str]
) -> Iterator[Finding]:
    """The statements that a record names and that no file has, or that nobody has signed."""
    named = (value for values in each.values.values() for value in values)
    linked = {
        value.removeprefix(_ST)
        for value in named
        if isinstance(value, IRI) and value.startswith(_ST)
    }
    for name in sorted(linked - known):
        yield finding(
            article.written,
            f"{each.id} names {name}, and no article has a statement of that name",
            "Correct the name.",
            each.keys,
        )
    if each.id in linked:
        yield finding(article.written, f"{each.id} names itself", "Correct the name.", each.keys)
    for name in sorted(linked & drafts) if not each.is_open_draft else ():
        yield finding(
            article.written,
            f"{each.id} rests on {name}, a draft of a machine that nobody has signed",
            f"Read {name} against the text and sign it, or take its name away.",
            each.keys,
        )
