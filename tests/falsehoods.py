"""A copy of the article files in which one thing is made wrong, and what the checks find in it.

What no change touches is read once: the words of the ontology, its triples, the texts.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kg.articles.article import Article, article_paths, read_articles
from kg.articles.axiom_file import FILE, axioms_turtle
from kg.articles.document import document_turtle
from kg.articles.statements import statements_turtle
from kg.articles.terms import terms_turtle
from kg.articles.words import read_words
from kg.articles.write import places_of
from kg.compile.check import Places, read_rules, run_queries, run_shapes
from kg.curate.sentences import check_sentences
from kg.curate.verify import check_places, check_words
from kg.model import resources
from kg.model.copies import Copy, visit_documents
from kg.model.errors import SourceSyntaxError, ValidationError
from kg.model.rdf import (
    Triple,
    ntriples_of,
    read_catalogue,
    read_turtle,
    turtle_to_nquads,
)
from kg.model.report import Finding
from kg.model.vocabulary import GRAPH_ONTOLOGY, PREFIXES
from kg.store.local import LocalStore
from kg.store.statements import read_statements

ONTOLOGY = resources.ontology_dir()
RULES = {rule.name: rule for rule in read_rules(resources.queries_dir() / "verify")}
SHAPES = ONTOLOGY / "shapes"


@dataclass(frozen=True, slots=True)
class Falsehood:
    """What is made wrong, and where and by which rule it has to be found."""

    name: str
    file: str
    rule: str
    edits: tuple[tuple[str, str], ...]
    record: str = ""
    """The record that is changed; anywhere in the file where it is empty."""
    at: str = ""
    """The record that the finding has to lead to, where it is another one."""
    needs_text: bool = False


class Desk:
    """The article files as they are, of which each falsehood changes a copy."""

    def __init__(self, folder: Path, copies: Sequence[Copy] = ()) -> None:
        shutil.copytree(ONTOLOGY / "articles", folder / "articles")
        self.folder = folder
        self.copies = copies
        self.words = read_words(ONTOLOGY)
        made = {ONTOLOGY / FILE}
        for each in article_paths(ONTOLOGY):
            made |= {ONTOLOGY / kind / f"{each.stem}.ttl" for kind in ("documents", "statements")}
        self._kept = sorted({*read_catalogue(ONTOLOGY).values()} - made)
        self._triples: list[Triple] = []
        for path in self._kept:
            self._triples += read_turtle(path.read_bytes(), path=path)
        self._nquads = b"".join(map(_nquads, self._kept))

    def path(self, falsehood: Falsehood) -> Path:
        """The file in which a finding has to be: of a table of places, its article."""
        return self.folder / "articles" / f"{falsehood.file.split('.')[0]}.yaml"

    def lines(self, falsehood: Falsehood, text: str) -> range:
        """The lines that a finding may name: those of the record, or of what was changed."""
        if record := falsehood.at or falsehood.record:
            found = re.search(_RECORD.format(record), text, re.DOTALL | re.MULTILINE)
            first = re.search(rf"^ *- {record}:", text, re.MULTILINE)
            start, end = found.span() if found else first.span() if first else (0, 0)
        else:
            new = falsehood.edits[0][1]
            start = text.index(new)
            end = start + len(new.rstrip())
        return range(text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 2)

    def plant(self, falsehood: Falsehood) -> tuple[tuple[Finding, ...], range]:
        """What is found where a falsehood is planted, and the lines where it has to be."""
        path = self.folder / "articles" / falsehood.file
        whole = path.read_text("utf-8")
        part = whole
        if falsehood.record:
            record = re.search(_RECORD.format(falsehood.record), whole, re.DOTALL | re.MULTILINE)
            assert record is not None, falsehood
            part = record[0]
        changed = part
        for old, new in falsehood.edits:
            places = list(re.finditer(r"\s+".join(map(re.escape, old.split(" "))), changed))
            assert places, (falsehood.name, old)
            for each in reversed(places):
                changed = changed[: each.start()] + self._quoted(new) + changed[each.end() :]
        assert whole.count(part) == 1
        text = whole.replace(part, changed)
        path.write_text(text, "utf-8")
        try:
            yaml = self.path(falsehood).read_text("utf-8")
            return tuple(self._find(falsehood)), self.lines(falsehood, yaml)
        finally:
            path.write_text(whole, "utf-8")

    def findings(self) -> Iterator[Finding]:
        """Everything that all checks find in the files as they are."""
        articles = read_articles(self.folder, self.words)
        nquads, found = self._graph(articles)
        yield from found
        yield from run_queries(LocalStore(nquads), RULES.values()).findings
        yield from run_shapes(ntriples_of(nquads), SHAPES).findings
        if self.copies:
            yield from self._against_texts(articles, nquads)

    def _quoted(self, new: str) -> str:
        """The new words; `{text 38}` stands for twelve words of a line of a text."""
        found = re.fullmatch(r"\{text (\d+)\}", new)
        if found is None:
            return new
        line = self.copies[0].lines[int(found[1]) - 1]
        return " ".join(re.findall(r"[^\W_]+", line)[:12])

    def _find(self, falsehood: Falsehood) -> Iterator[Finding]:
        try:
            articles = read_articles(self.folder, self.words)
            nquads, found = self._graph(articles)
        except ValidationError as error:
            yield from error.report.findings
            return
        except SourceSyntaxError as error:
            place = f"{error.path}:{error.line}"
            yield Finding("article-file", "error", place, str(error), place)
            return
        yield from found
        places = Places((), tuple(each.path for each in articles))
        if falsehood.rule in RULES:
            yield from run_queries(LocalStore(nquads), [RULES[falsehood.rule]], places).findings
        elif not falsehood.needs_text:
            yield from run_shapes(self._said(articles, falsehood.record), SHAPES, places).findings
        else:
            yield from self._against_texts(articles, nquads)

    def _said(self, articles: Sequence[Article], name: str) -> bytes:
        """One statement, with the words of the ontology for it."""
        texts = [statements_turtle(each, self.words) for each in articles]
        lines = b"".join(_renamed(text.encode(), "said") for text in texts).splitlines(
            keepends=True
        )
        own = [each for each in lines if each.startswith(f"<{PREFIXES['st']}{name}>".encode())]
        return ntriples_of(_nquads(ONTOLOGY / "evidence.ttl") + b"".join(own))

    def _graph(self, articles: Sequence[Article]) -> tuple[bytes, tuple[Finding, ...]]:
        """All that the ontology says where the articles are as they are now.

        Without axioms where none can be made, and why: what is wrong besides is found all the same.
        """
        made = [document_turtle(each, self.words.release) for each in articles]
        made += [statements_turtle(each, self.words) for each in articles]
        made += [terms_turtle(each, self.words.release) for each in articles if each.file.terms]
        triples = [each for text in made for each in _triples(text)]
        written = places_of(articles)
        found: tuple[Finding, ...] = ()
        try:
            made.append(axioms_turtle((*self._triples, *triples), self.words.release, written))
        except ValidationError as error:
            found = error.report.findings
        nquads = self._nquads + b"".join(
            _renamed(text.encode(), f"made{number}") for number, text in enumerate(made)
        )
        return nquads, found

    def _against_texts(self, articles: Sequence[Article], nquads: bytes) -> Iterator[Finding]:
        places = Places((), tuple(each.path for each in articles))
        yield from check_sentences(articles, self.copies).findings
        titles = [each.file.document.title for each in articles]
        for each in articles:
            titles += [work.title for work in each.file.references.values()]
            titles += [work.venue for work in each.file.references.values()]
        paths = [each.path for each in articles]
        yield from check_words(paths, self.copies, titles).findings
        names = sorted(places_of(articles))
        statements = read_statements(LocalStore(nquads), names)
        yield from check_places(visit_documents(statements, self.copies), places).findings


_RECORD = r"^ *- {}:.*?(?=^ *- |^ *#|^\s*$|\Z)"
"""A record up to the next one, a comment or an empty line."""


def _nquads(path: Path) -> bytes:
    return _renamed(path.read_bytes(), path.stem)


@lru_cache(maxsize=64)
def _renamed(turtle: bytes, name: str) -> bytes:
    """A file as quads whose nameless nodes are its own."""
    nquads = turtle_to_nquads(turtle, graph=GRAPH_ONTOLOGY)
    return nquads.replace(b"_:c14n", f"_:{name}x".encode())


@lru_cache(maxsize=64)
def _triples(turtle: str) -> tuple[Triple, ...]:
    return tuple(read_turtle(turtle.encode()))
