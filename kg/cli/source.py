"""`kg source`: from an article to its files, and an account of every line of it."""

from __future__ import annotations

import re
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from kg.cli.common import TEXTS, decode, options_as, read_file, texts_folder, write
from kg.cli.desk import ONTOLOGY, accept, compare, ontology_folder, watch
from kg.model.errors import UsageError, ValidationError
from kg.show.words import count

if TYPE_CHECKING:
    from kg.curate.sources.desk import Desk
    from kg.curate.sources.outline import Outline

_TEXTS = click.option("--texts", metavar="DIR", help=TEXTS)
_CITATIONS = click.option(
    "--citations",
    metavar="STYLE",
    help="How the text prints its citation numbers: plain, square, round, superscript, attached or "
    "none; recognised where it is not given.",
)


@click.group(short_help="Add an article, and account for every line of it.")
def source() -> None:
    """Add an article to the ontology, in text files alone.

    \b
    kg source add ~/in/article.txt --id C    files for the document and its statements
    kg source outline C --texts ~/in         what may be a statement, and what may not
    kg source references C --texts ~/in      the works of its list, to be confirmed
    kg source fill C --texts ~/in            places and citation numbers, out of the text
    kg source coverage C --texts ~/in        the lines that are still open
    kg source watch C                        what is wrong while you write, and which answers move
    kg source accept C                       tests of what each statement does in an answer
    kg source compare C.yaml other/C.yaml    how far two curators agree

    Before the places are filled in, a curator writes the statements. No sentence of an article is
    written to a file.
    """  # noqa: D301 - click wants the character itself


source.add_command(watch)
source.add_command(compare)
source.add_command(accept)


@source.command()
@click.argument("file", metavar="FILE")
@click.option("--id", "name", metavar="ID", required=True, help="Name of the document, such as C.")
@_CITATIONS
@ONTOLOGY
def add(file: str, name: str, citations: str | None, ontology: str | None) -> None:
    """Make the file of an article, with what its text says of itself.

    What is still to be written is printed. The article becomes part of the graph when its places
    are filled in.
    """
    from kg.compile.check.unfinished import TO_FILL
    from kg.curate.sources.skeleton import add_article
    from kg.curate.sources.writing import write_all
    from kg.model.citations import style_named

    folder = _folder(ontology)
    edits = add_article(folder, name, _bytes(file), style=style_named(citations or ""))
    write_all(edits)
    for path, text in edits.items():
        write(f"{path}\n")
        for number, line in enumerate(text.splitlines(), 1):
            write(f"  {number}: {line.strip()}\n" if f"# {TO_FILL}" in line else "")


class TextOptions(Struct, frozen=True):
    """Which text is read: one file, or a document's own copy."""

    name: str
    file: str | None
    texts: str | None
    citations: str | None
    ontology: str | None

    def outline(self) -> tuple[Outline, Desk | None]:
        """The outline of the text, and the article where it was added."""
        if (self.file is None) == (self.texts is None):
            raise UsageError("one of --text FILE and --texts DIR is wanted.")
        from kg.curate.sources.desk import article_path, find_copy, read_desk
        from kg.curate.sources.outline import read_outline
        from kg.model.citations import style_named
        from kg.model.statements import decode_text

        folder = ontology_folder(self.ontology)
        known = article_path(folder, self.name).is_file()
        desk = read_desk(folder, self.name) if known or self.file is None else None
        if self.file is not None:
            text = decode_text(_bytes(self.file))
        else:
            text = find_copy(_required(desk), _texts(self.texts)).text
        style = style_named(self.citations or "") or (desk.style if desk else None)
        return read_outline(text, declared=desk.declared if desk else 0, style=style), desk


_text_options = options_as(
    "given",
    TextOptions,
    (
        click.argument("name", metavar="ID"),
        click.option(
            "--text", "file", metavar="FILE", help="One text, whether it was added or not."
        ),
        _TEXTS,
        _CITATIONS,
        ONTOLOGY,
    ),
)


@source.command()
@_text_options
def outline(given: TextOptions) -> None:
    """List the lines of an article with section, item and citations, and what stands on each."""
    from kg.show.sources import show_outline

    write(show_outline(*given.outline()))


@source.command()
@_text_options
def references(given: TextOptions) -> None:
    """List the works of the reference list, with DOI, PubMed number and year, to be confirmed.

    Nothing is written: a number points at a work once a curator says so in the file of the article.
    """
    from kg.curate.sources.references import read_references
    from kg.show.sources import show_references

    write(show_references(read_references(given.outline()[0])))


@source.command()
@click.argument("name", metavar="ID")
@_TEXTS
@click.option(
    "--set-aside",
    is_flag=True,
    help="Set aside the lines that the outline takes for no statement, with its reason.",
)
@click.option(
    "--aside",
    multiple=True,
    metavar="LINES=REASON",
    help="Set lines aside for a reason of your own: --aside '36=says whom it leaves out'; several "
    "as 5-8 or 5, 7.",
)
@ONTOLOGY
def fill(
    name: str, texts: str | None, *, set_aside: bool, aside: tuple[str, ...], ontology: str | None
) -> None:
    """Write the table of places, out of the reader's own copy, and the Turtle of the article.

    A statement needs no more than its line. A place that is there stays as it is while its sentence
    is the same, and the words of the curator are not touched: with --set-aside and --aside, lines
    are added under `set aside`. Exit code 1 if something in an article is wrong.
    """
    from kg.curate.sources.desk import find_copy, read_desk
    from kg.curate.sources.fill import edits_of, fill_places
    from kg.curate.sources.writing import write_all

    folder = _folder(ontology)
    desk = read_desk(folder, name)
    text = find_copy(desk, _texts(texts)).text
    done = fill_places(
        desk,
        text,
        set_aside=set_aside,
        reasons=dict(chain.from_iterable(_reasons(each).items() for each in aside)),
    )
    write_all(edits_of(desk, done))
    write(
        f"{count(done.statements, 'statement')}, {count(len(done.places), 'new place')}, "
        f"{count(len(done.pointers), 'new citation number')}, "
        f"{count(len(done.set_aside), 'line')} set aside.\n"
    )
    wrong = _make(folder)
    write(wrong)
    sys.exit(1 if wrong else 0)


@source.command()
@click.argument("name", metavar="ID")
@_TEXTS
@ONTOLOGY
def coverage(name: str, texts: str | None, ontology: str | None) -> None:
    """Account for every line of an article; exit code 1 while something is open.

    A line is in an answer, kept as reading with a reason, set aside with a reason, or OPEN. A
    statement on which no answer rests, and that does not say why, is open too.
    """
    from kg.curate.sources.desk import account_of
    from kg.show.sources import show_account

    found = account_of(ontology_folder(ontology), name, _texts(texts))
    write(show_account(found))
    sys.exit(0 if found.complete else 1)


@source.command()
@ONTOLOGY
def schema(ontology: str | None) -> None:
    """Print the JSON Schema of the file of an article, with the words that the ontology offers."""
    from kg.articles.schema import schema_text
    from kg.articles.words import read_words

    write(schema_text(read_words(ontology_folder(ontology))))


@source.command("write")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if something is stale.")
@ONTOLOGY
def write_turtle(ontology: str | None, *, check: bool) -> None:
    """Write the Turtle that the tables and the files of the articles make.

    An article that the catalogue and the imports of the root do not name is entered there.
    """
    from kg.articles.write import REMEDY, made_files, stale_files
    from kg.curate.sources.entering import make_all

    folder = ontology_folder(ontology)
    if not check:
        for path in make_all(_folder(ontology)):
            write(f"{path}\n")
        return
    stale = stale_files(made_files(folder))
    for path in stale:
        write(f"{path} is not what its source makes. {REMEDY}\n")
    sys.exit(1 if stale else 0)


def _make(folder: Path) -> str:
    """Enter the articles and write their Turtle; what is wrong in them, or nothing."""
    from kg.curate.sources.entering import make_all

    try:
        make_all(folder)
    except ValidationError as error:
        return "".join(f"{finding}\n" for finding in error.report.findings)
    return ""


def _reasons(given: str) -> dict[int, str]:
    """Lines, named as under `set aside`, and why they are set aside."""
    from kg.articles.article import lines_of
    from kg.articles.records import LINES_PATTERN

    named, _, why = given.partition("=")
    if not re.match(LINES_PATTERN, named.strip()) or not why.strip():
        raise UsageError(
            f"--aside: {given!r} is not understood; wanted LINES=REASON, with a line or lines as "
            "5-8 or 5, 7."
        )
    return dict.fromkeys(lines_of(named), why.strip())


def _folder(named: str | None) -> Path:
    """The ontology folder to edit."""
    from kg.curate.sources.writing import check_writable

    return check_writable(ontology_folder(named))


def _texts(named: str | None) -> Path:
    folder = texts_folder(named)
    if folder is None:
        raise UsageError("--texts DIR is wanted: the folder with your own copy of the article.")
    return folder


def _bytes(file: str) -> bytes:
    """A text as it is, which has to be UTF-8 with something in it."""
    raw = read_file(Path(file).expanduser(), file)
    if not decode(raw, file).strip():
        raise UsageError(f"{file} is empty; wanted the text of an article.")
    return raw


def _required(desk: Desk | None) -> Desk:
    if desk is None:
        raise UsageError("the document was not added; --text FILE outlines a text without that.")
    return desk
