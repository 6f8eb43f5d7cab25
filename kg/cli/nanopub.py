"""`kg nanopub check`: whether nanopublications are what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import write
from kg.model.errors import KGError, NanopubError, UsageError

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
    since somebody signed, and not who that is. Where a folder has an index.tsv, each file that it
    names has to be there with its address, and no other.
    """  # noqa: D205 - click shows the first paragraph as it stands
    from kg.export.nanopubs.check import Wanted

    wanted = Wanted(_public_key(key), signed=not unsigned)
    told = [each for name in files for each in _all_told(Path(name).expanduser(), wanted)]
    write(f"{sum(told)} of {len(told)} nanopublications are what they say.\n")
    return 0 if all(told) else 1


def _public_key(key: str | None) -> str | None:
    if key is None:
        return None
    from kg.export.nanopubs.keys import read_public_key

    return read_public_key(Path(key).expanduser())


def _all_told(path: Path, wanted: Wanted) -> Iterator[bool]:
    """Whether each nanopublication that a name stands for is what it says, or is not there."""
    if not path.is_dir():
        yield _is_told(path, wanted)
        return
    indexed = _indexed(path)
    found = sorted(path.glob("*.trig"))
    if not found and not indexed:
        raise UsageError(f"{path} holds no nanopublication (*.trig).")
    for each in found:
        yield _is_told(each, wanted, indexed)
    for name in sorted((indexed or {}).keys() - {each.name for each in found}):
        write(f"{path / name}: missing: the index names it.\n")
        yield False


def _indexed(folder: Path) -> Mapping[str, str] | None:
    """The addresses by file that the index of a folder gives; a line says where there is none.

    An index that cannot be read names nothing, so that none of its files passes.
    """
    from kg.export.nanopubs.index import NAME, read_index

    try:
        found = read_index(folder)
    except NanopubError as error:
        write(f"{folder / NAME}: refused: {error.message}\n")
        return {}
    if found is None:
        write(f"{folder}: has no {NAME}, so nothing says whether one is missing.\n")
    return found


def _is_told(path: Path, wanted: Wanted, indexed: Mapping[str, str] | None = None) -> bool:
    """Whether a file is what it says, and what an index says; a line says so, or why not."""
    from kg.export.nanopubs.check import check_file

    try:
        checked = check_file(path, wanted)
        _refuse_other(path.name, checked.parts.iri, indexed)
    except KGError as error:
        write(f"{path}: refused: {error.message}\n")
        return False
    signed = "signed" if checked.public_key else "not signed"
    write(f"{path}: {checked.parts.code}, {signed}\n")
    return True


def _refuse_other(name: str, iri: str, indexed: Mapping[str, str] | None) -> None:
    """NanopubError for a file that an index does not name, or names with another address."""
    if indexed is None:
        return
    if name not in indexed:
        raise NanopubError("the index does not name it.")
    if indexed[name] != iri:
        raise NanopubError(f"it is another than the index names, which is {indexed[name]}.")
