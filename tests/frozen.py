"""The ontology that tests are run on: the articles that they pin, whatever else a curator added.

Tests of the program say what the graph of the articles in `ARTICLES` says, to the count. Where a
checkout holds others too, the tests are run on a selection: a copy without those articles, without
what the Turtle, the tables and the mappings say of their terms, and without what nothing else
speaks of. Only tests that ask for the fixture `whole` see the others. While there are no others,
nothing is copied, and the graph is the project's own.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from kg.articles.write import write_made
from kg.compile.inputs import wanted_version
from kg.model import resources

ARTICLES: Final = frozenset({"A", "B"})
"""The articles whose graph the tests pin."""
ROOT: Final = Path(__file__).resolve().parent.parent
VARIABLE: Final = "KG_ONTOLOGY"
_KEPT: Final = ROOT / "build" / "tests" / "frozen"
_MADE_OF_ONE: Final = ("documents", "statements", "terms")
_MADE: Final = frozenset({"axioms.ttl", "drugs.ttl", "etiograph.ttl", "markers.ttl"})
_NAME: Final = re.compile(r"[A-Za-z][\w-]*")
_TERM: Final = re.compile(r"\b(?:eg|st|bg):([\w-]+)")
_KEY: Final = re.compile(r"(?:^|[{,])\s*([\w-]+):", re.MULTILINE)
_CASE: Final = re.compile(r"\bcase: ([\w-]+)")
_UNIT: Final = re.compile(r"[\w./%]+")
_HEADING: Final = re.compile(r"\s*# ──")
_RESULTS: Final = ("Raised", "Normal", "Low")
"""What a table makes of a marker: its results that are so."""


@dataclass(eq=False)
class _Piece:
    """A part of a file that can be left out: a block of Turtle, a row of a table or a mapping."""

    text: str
    own: frozenset[str]
    """The terms that it declares."""
    named: frozenset[str]
    """Everything that it names."""
    is_row: bool
    """Of a table, whose texts are words as much as names."""


def select() -> None:
    """Let this process and those that it starts work on the selection, where there is a choice."""
    folder = ROOT / "ontology"
    others = {path.stem for path in (folder / "articles").glob("*.yaml")} - ARTICLES
    if others and VARIABLE not in os.environ:
        os.environ[VARIABLE] = str(_selection(folder, others))


def as_tested(name: str) -> Path:
    """A folder of the checkout; of its ontology what the tests are run on."""
    return resources.ontology_dir() if name == "ontology" else ROOT / name


def _selection(folder: Path, others: Iterable[str]) -> Path:
    """The selection of an ontology folder, made where no test has made it before."""
    made = _KEPT / wanted_version(folder) / "ontology"
    if not made.is_dir():
        made.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_KEPT) as place:
            copy = without_articles(folder, Path(place) / "ontology", others)
            try:
                copy.rename(made)
            except OSError:  # another process was quicker
                assert made.is_dir()
    return made


def without_articles(folder: Path, copy: Path, others: Iterable[str]) -> Path:
    """A copy of an ontology folder without some articles and what is there for their sake."""
    shutil.copytree(folder, copy)
    left_out = [(copy / "articles" / f"{each}.yaml").read_text("utf-8") for each in others]
    gone = {name for text in left_out for name in _declared_in_article(text)}
    for each in others:
        for path in copy.glob(f"articles/{each}.*"):
            path.unlink()
        for kind in _MADE_OF_ONE:
            (copy / kind / f"{each}.ttl").unlink(missing_ok=True)
        _leave_out_modules(copy, each)
    _leave_out_pieces(copy, gone, {name for text in left_out for name in _NAME.findall(text)})
    write_made(copy)
    return copy


def _declared_in_article(text: str) -> Iterator[str]:
    """The statements and the new terms of an article."""
    yield from re.findall(r"(?m)^\s*- (\w+):", text)
    terms = re.search(r"(?ms)^terms:\n(.*?)(?=^\S)", text)
    yield from re.findall(r"(?m)^  ([\w-]+):", terms[1] if terms else "")


def _leave_out_modules(copy: Path, article: str) -> None:
    """Import nothing that is made of an article."""
    module = rf"<?[^\s<>\"]*/(?:{'|'.join(_MADE_OF_ONE)})/{article}"
    for name, pattern in (
        ("etiograph.ttl", rf"\s*,\s*{module}>"),
        ("catalog-v001.xml", rf"\n *<uri name=\"{module}\"[^\n]*"),
    ):
        path = copy / name
        path.write_text(re.sub(pattern, "", path.read_text("utf-8")), "utf-8")


def _leave_out_pieces(copy: Path, gone: set[str], named: set[str]) -> None:
    """Leave out what names a term that is gone, and what only things that are gone speak of."""
    files = {path: list(_pieces(path)) for path in sorted(copy.rglob("*.*")) if path.is_file()}
    articles = (path.read_text("utf-8") for path in (copy / "articles").glob("*.yaml"))
    wanted = {name for text in articles for name in _NAME.findall(text)}
    kept = [piece for pieces in files.values() for piece in pieces]
    while leave := [piece for piece in kept if _is_gone(piece, gone, named, wanted, kept)]:
        for piece in leave:
            gone |= piece.own
            named |= piece.named
        kept = [piece for piece in kept if piece not in leave]
    for path, pieces in files.items():
        text = "".join(piece.text for piece in _with_heading(pieces, kept))
        for each in gone:
            text = re.sub(rf"\n +threshold from: {each}(?=\n)", "", text)
        if pieces and text != path.read_text("utf-8"):
            path.write_text(f"{text.rstrip()}\n", "utf-8")


def _with_heading(pieces: list[_Piece], kept: Iterable[_Piece]) -> Iterator[_Piece]:
    """The pieces that are kept, without a heading under which none is."""
    headings = [number for number, piece in enumerate(pieces) if _HEADING.match(piece.text)]
    for number, end in pairwise([*headings, len(pieces)]):
        below = pieces[number + 1 : end]
        if below and not any(piece in kept for piece in below):
            pieces[number].text = ""
    yield from (piece for piece in pieces if piece in kept)


def _is_gone(
    piece: _Piece, gone: set[str], named: set[str], wanted: set[str], kept: Iterable[_Piece]
) -> bool:
    if not piece.is_row and not gone.isdisjoint(piece.named):
        return True
    if piece.own.isdisjoint(named) or not piece.own.isdisjoint(wanted):
        return False
    return all(each is piece or piece.own.isdisjoint(each.named) for each in kept)


def _pieces(path: Path) -> Iterator[_Piece]:
    """The parts of a file, which are the file when they are joined; none of a file that is made."""
    if path.name in _MADE or path.parent.name in (*_MADE_OF_ONE, "articles"):
        return
    if path.suffix == ".ttl":
        for text in re.split(r"(?<=\n)(?=\n)", path.read_text("utf-8")):
            subject = re.match(r"\s*(?:eg|bg):([\w-]+) a ", text)
            own = frozenset(subject.groups()) if subject else frozenset()
            yield _Piece(text, own, frozenset(_TERM.findall(text)), is_row=False)
    elif path.suffix == ".tsv":
        for text in path.read_text("utf-8").splitlines(keepends=True):
            yield _Piece(text, frozenset(), frozenset(_TERM.findall(text)), is_row=False)
    elif path.suffix == ".yaml":
        for text in re.split(r"(?m)^(?=  [\w\"'{%-]|\S)", path.read_text("utf-8")):
            row = re.match(r"  ([A-Za-z][\w/-]*):", text)
            names = {row[1], *_KEY.findall(text), *_CASE.findall(text)} if row else set()
            names |= {f"{state}{row[1]}" for state in _RESULTS} if row else set()
            own = frozenset(each for each in names if not each.islower() or {*each} & {*"-/"})
            named = frozenset((*_NAME.findall(text), *_UNIT.findall(text)))
            yield _Piece(text, own, named, is_row=True)
