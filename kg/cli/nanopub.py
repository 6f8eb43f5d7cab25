"""`kg nanopub check`: whether nanopublications are what they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import write
from kg.model.errors import KGError, UsageError

if TYPE_CHECKING:
    from kg.export.nanopubs.check import Wanted


@click.group()
def nanopub() -> None:
    """Work with nanopublications, as `kg export --format nanopubs` writes them."""


@nanopub.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--key", metavar="FILE", help="The public key that must have signed each of them.")
@click.option("--unsigned", is_flag=True, help="Accept those that nobody signed.")
def check(files: tuple[str, ...], key: str | None, *, unsigned: bool) -> int:
    """Check the structure, address and signature of each nanopublication; a folder stands for its
    files of TriG.

    The exit code is 1 where one is refused. Without --key a signature shows that nothing changed
    since somebody signed, and not who that is.
    """  # noqa: D205 - click shows the first paragraph as it stands
    from kg.export.nanopubs.check import Wanted

    wanted = Wanted(_public_key(key), signed=not unsigned)
    paths = [path for name in files for path in _paths(Path(name).expanduser())]
    refused = sum(not _is_told(path, wanted) for path in paths)
    write(f"{len(paths) - refused} of {len(paths)} nanopublications are what they say.\n")
    return 1 if refused else 0


def _public_key(key: str | None) -> str | None:
    if key is None:
        return None
    from kg.export.nanopubs.keys import read_public_key

    return read_public_key(Path(key).expanduser())


def _paths(path: Path) -> Sequence[Path]:
    """The files that a name stands for; UsageError for a folder with none."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.trig"))
    if not found:
        raise UsageError(f"{path} holds no nanopublication (*.trig).")
    return found


def _is_told(path: Path, wanted: Wanted) -> bool:
    """Whether a file is what it says; a line says so, or why not."""
    from kg.export.nanopubs.check import check_file

    try:
        checked = check_file(path, wanted)
    except KGError as error:
        write(f"{path}: refused: {error.message}\n")
        return False
    signed = "signed" if checked.public_key else "not signed"
    write(f"{path}: {checked.parts.code}, {signed}\n")
    return True
