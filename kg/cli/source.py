"""`kg source`: from an article to its files, and an account of every line of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import TEXTS, texts_folder, write
from kg.model.errors import UsageError
from kg.show.words import count

if TYPE_CHECKING:
    from kg.curate.sources.files import Files
    from kg.curate.sources.outline import Outline
    from kg.model.copies import Coverage

_ONTOLOGY = click.option(
    "--ontology",
    metavar="DIR",
    help="Folder of the ontology that is edited; by default the one of this checkout.",
)
_TEXTS = click.option("--texts", metavar="DIR", help=TEXTS)


@click.group(short_help="Add an article, and account for every line of it.")
def source() -> None:
    """Add an article to the ontology, in text files alone.

    \b
    kg source add ~/in/article.txt --id C    files for the document and its statements
    kg source outline C --texts ~/in         what may be a statement, and what may not
    kg source fill C --texts ~/in            places and citation numbers, out of the text
    kg source coverage C --texts ~/in        the lines that are still open

    Between the second and the third, a curator writes the statements. No sentence of an article is
    written to a file.
    """  # noqa: D301 - click wants the character itself


@source.command()
@click.argument("file", metavar="FILE")
@click.option("--id", "name", metavar="ID", required=True, help="Name of the document, such as C.")
@_ONTOLOGY
def add(file: str, name: str, ontology: str | None) -> None:
    """Make the files of a document, and enter them in the catalogue and the root."""
    from kg.compile.check.unfinished import TO_FILL
    from kg.curate.sources.add import add_document
    from kg.curate.sources.files import write_all

    folder = _folder(ontology)
    edits = add_document(folder, name, _bytes(file))
    write_all(edits)
    for path, text in edits.items():
        write(f"{path}\n")
        for line in text.splitlines():
            write(f"  {line.strip()}\n" if line.strip().startswith(f"# {TO_FILL}") else "")


@source.command()
@click.argument("name", metavar="ID")
@click.option("--text", "file", metavar="FILE", help="One text, whether it was added or not.")
@_TEXTS
@_ONTOLOGY
def outline(name: str, file: str | None, texts: str | None, ontology: str | None) -> None:
    """List the lines of an article with section and item, and what stands on each."""
    if (file is None) == (texts is None):
        raise UsageError("one of --text FILE and --texts DIR is wanted.")
    from kg.curate.sources.files import find_copy, paths_of, read_files
    from kg.curate.sources.outline import read_outline
    from kg.model.statements import decode_text

    folder = _named(ontology)
    known = any(path.is_file() for path in paths_of(folder, name))
    files = read_files(folder, name) if known or file is None else None
    if file is not None:
        text = decode_text(_bytes(file))
    else:
        text = find_copy(_required(files), _texts(texts)).text
    declared = max(files.pointers, default=0) if files else 0
    write(_table(read_outline(text, declared=declared), files))


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
    metavar="LINE=REASON",
    help="Set a line aside for a reason of your own: --aside '36=says whom it leaves out'.",
)
@_ONTOLOGY
def fill(
    name: str, texts: str | None, *, set_aside: bool, aside: tuple[str, ...], ontology: str | None
) -> None:
    """Write places and citation numbers for the statements, out of the reader's own copy.

    A statement needs no more than its line, as eg:line 42. Lines that are there stay as they are.
    Exit code 1 if a statement uses a term that no file declares.
    """
    from kg.curate.sources.files import find_copy, read_files, write_all
    from kg.curate.sources.fill import fill_places

    folder = _folder(ontology)
    files = read_files(folder, name)
    text = find_copy(files, _texts(texts)).text
    done = fill_places(files, text, set_aside=set_aside, reasons=dict(map(_reason, aside)))
    write_all(
        {files.document.path: done.document_text, files.statements.path: done.statements_text}
    )
    write(
        f"{count(len(done.statements), 'statement')} filled in, "
        f"{count(len(done.regions), 'new region')}, "
        f"{count(len(done.pointers), 'new citation number')}, "
        f"{count(len(done.set_aside), 'line')} set aside.\n"
    )
    unknown = _unknown_terms(folder)
    write(unknown)
    sys.exit(1 if unknown else 0)


@source.command()
@click.argument("name", metavar="ID")
@_TEXTS
@_ONTOLOGY
def coverage(name: str, texts: str | None, ontology: str | None) -> None:
    """Account for every line of an article; exit code 1 while one is open."""
    from kg.curate.sources.files import find_copy, read_files

    folder = _named(ontology)
    files = read_files(folder, name)
    account = files.cover(find_copy(files, _texts(texts)))
    write(_account(account))
    sys.exit(0 if account.complete else 1)


@source.command()
@_ONTOLOGY
def schema(ontology: str | None) -> None:
    """Print the JSON Schema of the file of an article, with the words that the ontology offers."""
    from kg.articles.schema import schema_text
    from kg.articles.words import read_words

    write(schema_text(read_words(_named(ontology))))


def _reason(given: str) -> tuple[int, str]:
    """A line and why it is set aside."""
    line, _, why = given.partition("=")
    if not line.strip().isdecimal() or not why.strip():
        raise UsageError(f"--aside: {given!r} is not understood; wanted LINE=REASON.")
    return int(line), why.strip()


def _folder(named: str | None) -> Path:
    """The ontology folder to edit."""
    from kg.curate.sources.files import check_writable

    return check_writable(_named(named))


def _named(folder: str | None) -> Path:
    """The folder that was named, or else the shipped ontology."""
    from kg.model.resources import ontology_dir

    return Path(folder).expanduser() if folder else ontology_dir()


def _texts(named: str | None) -> Path:
    folder = texts_folder(named)
    if folder is None:
        raise UsageError("--texts DIR is wanted: the folder with your own copy of the article.")
    return folder


def _bytes(file: str) -> bytes:
    """A text as it is, which has to be UTF-8 with something in it."""
    try:
        raw = Path(file).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8: {error.reason} at byte {error.start}.") from None
    if not text.strip():
        raise UsageError(f"{file} is empty; wanted the text of an article.")
    return raw


def _required(files: Files | None) -> Files:
    if files is None:
        raise UsageError("the document was not added; --text FILE outlines a text without that.")
    return files


def _table(found: Outline, files: Files | None) -> str:
    """A line for each line of the text: number, section and item, what stands on it, its words."""
    rows = []
    for entry in found.entries:
        place = f"{entry.section} {entry.item}".strip() if not entry.aside else "-"
        rows.append(f"{entry.number:4}  {place:10}  {_standing(entry.number, files):14}")
        why = f"[not a statement: {entry.aside}] " if entry.aside else ""
        rows[-1] += f"{why}{entry.text}"
    return "\n".join(rows) + "\n"


def _standing(line: int, files: Files | None) -> str:
    if files is None:
        return ""
    on = [each.name for each in files.drafts if line in each.lines]
    return " ".join(on) or ("set aside" if line in files.aside else "")


def _account(found: Coverage) -> str:
    carrying = {line.number for line in found.carrying} & {*found.filled}
    aside = {line.number for line in found.lines if not line.statements} & {*found.filled}
    text = (
        f"{count(len(found.filled), 'line')}: {count(found.encoded, 'statement')} "
        f"on {count(len(carrying), 'line')}, "
        f"{len(aside)} set aside with a reason, {_open(found.open)}.\n"
    )
    if found.both:
        text += f"Both set aside and with a statement: {_numbers(found.both)}.\n"
    if found.nowhere:
        text += f"Named, and blank or not in the text: {_numbers(found.nowhere)}.\n"
    return text


def _open(lines: tuple[int, ...]) -> str:
    return f"{len(lines)} OPEN: {_numbers(lines)}" if lines else "0 open"


def _numbers(lines: tuple[int, ...]) -> str:
    return ", ".join(map(str, lines))


def _unknown_terms(folder: Path) -> str:
    """What `kg verify` would say of terms that no file declares."""
    from kg.compile.check.sources import find_unknown_terms
    from kg.model.rdf import read_sources

    found = find_unknown_terms(read_sources(folder))
    return "".join(f"{finding}\n" for finding in found.findings)
