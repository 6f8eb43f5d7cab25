"""The nanopublications of an earlier export: checked before they are believed, never unsigned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.export.nanopubs.check import Checked, Wanted, check_file
from kg.export.nanopubs.trusty import normal_text
from kg.export.nanopubs.words import NPX
from kg.export.source import File
from kg.model.errors import NanopubError, UsageError
from kg.model.rdf import Quad
from kg.model.vocabulary import IRI, move_back

FOLDER: Final = "nanopubs"
_WORD: Final = NPX.hasSignature.rpartition("/")[2].encode()
"""What every syntax has of the property that says a signature, with a prefix or without."""


@dataclass(frozen=True, slots=True)
class Former:
    """A nanopublication that was published before."""

    name: str
    """The name of its file."""
    iri: IRI
    about: IRI
    """The statement, under the project's own base."""
    body: str
    """What it says, apart from who published it when, in normal form."""
    retracts: IRI | None
    public_key: str | None
    text: bytes


def read_former(folder: Path | None, base: str) -> tuple[Former, ...]:
    """Those of an earlier export, published under a base, by name; none without a folder.

    UsageError where the folder has none, NanopubError where one is not what it says.
    """
    if folder is None:
        return ()
    paths = sorted((folder / FOLDER).glob("*.trig"))
    if not paths:
        raise UsageError(f"{folder} holds no export of nanopublications ({FOLDER}/*.trig).")
    return tuple(_former(path, base) for path in paths)


def _former(path: Path, base: str) -> Former:
    try:
        checked = check_file(path, Wanted(signed=False))
    except NanopubError as error:
        raise NanopubError(f"{path}: {error}") from None
    if checked.parts.about is None:
        raise NanopubError(f"{path}: it does not say which statement it is about.")
    return Former(
        name=path.name,
        iri=checked.parts.iri,
        about=move_back(checked.parts.about, base),
        body=body_of(checked),
        retracts=_retracted(checked.parts.assertion),
        public_key=checked.public_key,
        text=checked.text,
    )


def body_of(checked: Checked) -> str:
    """What a nanopublication says, apart from who published it when."""
    parts = checked.parts
    return normal_text((*parts.assertion, *parts.provenance), parts.code)


def _retracted(assertion: Sequence[Quad]) -> IRI | None:
    found = (quad.object for quad in assertion if quad.predicate == NPX.retracts)
    return next((each for each in found if isinstance(each, IRI)), None)


def refuse_unsigning(folder: Path, files: Mapping[str, File]) -> None:
    """UsageError where a signed nanopublication of a folder would be replaced by an unsigned one.

    What was signed may have been cited by its address, and only who holds the key can make it anew.
    """
    lost = [
        name
        for name, file in files.items()
        if name.startswith(f"{FOLDER}/")
        and name.endswith(".trig")
        and _WORD not in file.content
        and _is_signed(folder / name)
    ]
    if lost:
        raise UsageError(
            f"{folder / lost[0]} is signed and would be replaced by one that is not, as would "
            f"{len(lost) - 1} more; nothing was written. Sign with --sign KEY, or write to a new "
            "folder."
        )


def _is_signed(path: Path) -> bool:
    try:
        return _WORD in path.read_bytes()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
