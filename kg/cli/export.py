"""`kg export`: the graph as files for the tools of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.cli.common import ONCE, Progress, write
from kg.export.formats import EVERY, NAMES
from kg.export.formats import export as files_of
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from kg.export.source import Source

_ALL: Final = "all"
_NANOPUBS: Final = "nanopubs"


@click.command()
@click.option(
    "--format",
    "names",
    type=click.Choice([_ALL, *NAMES]),
    metavar="NAME",
    multiple=True,
    default=(_ALL,),
    show_default=True,
    help="A format to write; can be given more than once.",
)
@click.option("--output", metavar="DIR", help="Folder for the files; made where there is none.")
@click.option("--sign", metavar="KEY", help="A private RSA key, with which nanopubs are signed.")
@click.option("--since", metavar="DIR", help="An earlier export, whose nanopubs are followed.")
@click.option("--list", "listed", is_flag=True, help="Say which formats there are, and for whom.")
def export(
    names: tuple[str, ...],
    output: str | None,
    sign: str | None,
    since: str | None,
    *,
    listed: bool,
) -> None:
    """Write the graph as files for the tools of others, in the formats that are named.

    The same graph gives the same bytes wherever and whenever they are written. With --since what
    a statement said before is kept, superseded or retracted; it takes the key of that export. What
    is signed in the folder is not replaced by what is not.
    """
    if listed:
        write(_listing())
        return
    if not output:
        raise UsageError("--output is wanted: the folder for the files.")
    wanted = NAMES if _ALL in names else names
    _refuse_unused(wanted, {"--sign": sign, "--since": since})
    folder, former = Path(output).expanduser(), _path(since)
    _refuse_in_place(folder, former)
    for path in _written(wanted, folder, _path(sign), former):
        write(f"{path}\n")


def _refuse_unused(wanted: Sequence[str], options: Mapping[str, str | None]) -> None:
    """UsageError for an option of nanopublications where none are written."""
    for name, given in options.items():
        if given is not None and _NANOPUBS not in wanted:
            raise UsageError(f"{name} is for --format {_NANOPUBS}, which is not asked for.")


def _refuse_in_place(folder: Path, former: Path | None) -> None:
    """UsageError where the earlier export would be overwritten by what follows it."""
    if former is not None and former.resolve() == folder.resolve():
        raise UsageError(
            f"--since and --output both name {folder}; the earlier export has to stay as it was "
            "published. Give --output a new folder."
        )


def _written(
    wanted: Sequence[str], folder: Path, key: Path | None, former: Path | None
) -> Sequence[Path]:
    """The files that were written; all are made before the first of them is."""
    from kg.export.formats import write_files
    from kg.export.nanopubs.former import refuse_unsigning

    files = files_of(_source(key=key, former=former), wanted)
    refuse_unsigning(folder, files)
    return write_files(folder, files)


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name).expanduser()


def _source(*, key: Path | None, former: Path | None) -> Source:
    from kg.compile.builder import ready
    from kg.export.source import source_of
    from kg.model.resources import ontology_dir

    built = ready(Progress(ONCE))
    return source_of(built, ontology_dir(), key=key, former=former)


def _listing() -> str:
    width = max(map(len, NAMES))
    lines = (f"{each.name:{width}}  {each.about} ({each.media_type})\n" for each in EVERY)
    return "".join(lines)
