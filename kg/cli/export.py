"""`kg export`: the graph as files for the tools of others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.cli.common import Progress, write
from kg.export.formats import EVERY, NAMES
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from kg.export.source import Source

_ALL: Final = "all"


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
    a statement said before is kept, superseded or retracted; it takes the key of that export.
    """
    if listed:
        write(_listing())
        return
    if output is None:
        raise UsageError("--output is wanted: the folder for the files.")
    from kg.export.files import write_files
    from kg.export.formats import export as files_of

    wanted = NAMES if _ALL in names else names
    source = _source(key=_path(sign), former=_path(since))
    for path in write_files(Path(output).expanduser(), files_of(source, wanted)):
        write(f"{path}\n")


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name).expanduser()


def _source(*, key: Path | None, former: Path | None) -> Source:
    from kg.compile.builder import ready
    from kg.export.source import source_of
    from kg.model.resources import ontology_dir

    built = ready(Progress("Building the graph from its sources (once) ..."))
    return source_of(built, ontology_dir(), key=key, former=former)


def _listing() -> str:
    width = max(map(len, NAMES))
    lines = (f"{each.name:{width}}  {each.about} ({each.media_type})\n" for each in EVERY)
    return "".join(lines)
