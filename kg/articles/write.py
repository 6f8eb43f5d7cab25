"""Writes the Turtle that is made of tables and articles, or says which is not what they make.

Read from the sources alone, so that what stands in the Turtle can never win over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from kg.articles.article import ARTICLES, Article, article_paths, new_terms, read_articles
from kg.articles.axiom_file import FILE, axioms_turtle
from kg.articles.document import document_turtle
from kg.articles.schema import SCHEMA_NAME, schema_text
from kg.articles.statements import statements_turtle
from kg.articles.tables.made import made_of_tables, message_places
from kg.articles.terms import FOLDER, module_of, terms_turtle
from kg.articles.words import read_words
from kg.model.errors import StaleSourceError
from kg.model.rdf import CATALOGUE_NAME, Triple, read_catalogue, read_turtle
from kg.model.uncollected import uncollected
from kg.model.vocabulary import IRI, PREFIXES, eg

_NODE: Final = re.compile(r"eg:([\w-]+) ")
REMEDY: Final = "Run `kg source write`, and change its source and not the file."


def made_files(folder: Path) -> dict[Path, str]:
    """Every file that the tables and articles of an ontology folder make, with its text.

    ValidationError lists what is wrong in them, before anything is made.
    """
    with uncollected():
        return _made_files(folder)


def _made_files(folder: Path) -> dict[Path, str]:
    made = made_of_tables(folder)
    if not article_paths(folder):
        return made
    words = read_words(folder, made)
    articles = read_articles(folder, words)
    own = {name: kinds for article in articles for name, kinds in new_terms(article.file)}
    made[folder / ARTICLES / SCHEMA_NAME] = schema_text(words.with_terms(own))
    for article in articles:
        _check_entered(folder, article)
        name = f"{article.id}.ttl"
        made[folder / "documents" / name] = document_turtle(article, words.release)
        made[folder / "statements" / name] = statements_turtle(article, words)
        if article.file.terms:
            made[folder / FOLDER / name] = terms_turtle(article, words.release)
    files = {path.resolve() for path in read_catalogue(folder).values()}
    axioms = folder / FILE
    if axioms.resolve() in files:
        others = sorted(files - {path.resolve() for path in (*made, axioms)})
        written = {
            **places_of_nodes(others),
            **message_places(folder),
            **places_of_terms(articles),
            **places_of(articles),
        }
        made[axioms] = axioms_turtle(_triples(others, made), words.release, written)
    return made


def places_of(articles: Iterable[Article]) -> dict[IRI, str]:
    """Where the record of each statement stands, as `path:line`."""
    return {
        IRI(f"{PREFIXES['st']}{each.id}"): article.place(each)
        for article in articles
        for each in article.statements
    }


def places_of_terms(articles: Iterable[Article]) -> dict[IRI, str]:
    """Where each new term is written, as `path:line`: its message where it has one."""
    return {
        eg(name): article.written.place("terms", name, "message")
        for article in articles
        for name in article.file.terms
    }


def places_of_nodes(paths: Iterable[Path]) -> dict[IRI, str]:
    """Where each term of files with patterns or templates is written, as `path:line`."""
    found: dict[IRI, str] = {}
    for path in paths:
        text = path.read_text("utf-8") if path.is_file() else ""
        if "eg:AxiomPattern" in text or "eg:messageTemplate" in text:
            for number, line in enumerate(text.splitlines(), 1):
                if start := _NODE.match(line):
                    found.setdefault(eg(start[1]), f"{path}:{number}")
    return found


def _triples(others: Iterable[Path], made: Mapping[Path, str]) -> Iterator[Triple]:
    """What the ontology says: other files as they stand, and those that are made as they are."""
    for path in others:
        if path.is_file():
            yield from read_turtle(path.read_bytes(), path=path)
    for path, text in made.items():
        if path.suffix == ".ttl":
            yield from read_turtle(text.encode(), path=path)


def _check_entered(folder: Path, article: Article) -> None:
    """The catalogue has to lead to what an article makes; SourceSyntaxError where it does not.

    What it does not lead to would be written, and be no part of the graph. An article that says
    nothing yet may wait.
    """
    wanted = ("documents", "statements", *((FOLDER,) if article.file.terms else ()))
    known = read_catalogue(folder)
    missing = [each for each in wanted if module_of(article, each) not in known]
    if missing and (article.file.statements or article.file.terms):
        what = " and ".join(missing)
        raise article.written.error(
            f"{CATALOGUE_NAME} does not lead to the {what} of this article; run `kg source write`."
        )


def stale_files(made: Mapping[Path, str]) -> tuple[Path, ...]:
    """Those files that hold something else, or are not there."""
    return tuple(path for path, text in made.items() if _text_of(path) != text)


def write_made(folder: Path) -> tuple[Path, ...]:
    """Write those files that hold something else, whole or not at all; which they are.

    StaleSourceError where one of them cannot be written.
    """
    made = made_files(folder)
    stale = stale_files(made)
    for path in stale:
        _write(path, made[path])
    return stale


def _text_of(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(text.encode())
        unfinished.replace(path)
    except OSError as error:
        raise StaleSourceError(
            f"{path} is not what its article makes, and cannot be written: {error.strerror}."
        ) from None
