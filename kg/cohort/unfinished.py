"""What a run has done so far, beside the folder that is to be: one that was ended goes on there.

    .NAME.unfinished/
        run         what the parts are of: the digest of everything that they turn on
        answers/    the folder as it will be, with the tables of the parts
        finished/   what was counted of each part, written when its tables stand
        aside/      what the engine puts aside, new with every run

A part counts as finished by its file in `finished`, which comes into being whole and last. So what
was written of a part when the run was killed is written again, and nothing is taken twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

from kg.model.errors import UsageError

Counted = Mapping[str, list[tuple[Any, str, int]]]
"""What is told of a part: by what is counted, two names and in how many rows or patients."""
_OWNER_ALONE: Final = 0o700
_ALL_MAY_READ: Final = 0o755


class Unfinished:
    """The folder of a run that goes on, which nobody else writes."""

    def __init__(self, folder: Path, place: Path) -> None:
        self._folder = folder
        self._place = place
        self.answers = place / "answers"
        """The tables of answers, a folder each."""
        self.aside = (place / "aside").absolute()
        """A folder for what nobody needs when the run is at its end."""
        shutil.rmtree(self.aside, ignore_errors=True)
        self.aside.mkdir()

    def begin(self, identity: str, tables: Iterable[str]) -> None:
        """Keep the parts of an earlier run of the same identity; begin anew after another one.

        Without an identity nothing is known to be the same, and nothing is kept.
        """
        named = self._place / "run"
        if not identity or not named.exists() or named.read_text("utf-8") != identity:
            for each in (self.answers, self._finished):
                shutil.rmtree(each, ignore_errors=True)
            named.write_text(identity, "utf-8")
        for each in (self._finished, *(self.answers / name for name in tables)):
            each.mkdir(parents=True, exist_ok=True)

    def counted(self, part: int) -> Counted | None:
        """What was counted of a part; None where it is not finished."""
        file = self._file(part)
        return json.loads(file.read_bytes()) if file.exists() else None

    def finish(self, part: int, counted: Counted) -> None:
        """Tell that the tables of a part stand, and what was counted of it."""
        os.sync()  # a machine that loses its power has the tables before their mark
        file = self._file(part)
        new = file.with_suffix(".new")
        new.write_text(json.dumps(counted, ensure_ascii=False), "utf-8")
        new.rename(file)

    def publish(self) -> None:
        """Give the folder its name: everything stands in it."""
        self.answers.chmod(_ALL_MAY_READ)
        self.answers.rename(self._folder)

    def close(self) -> None:
        """Leave what a later run can go on with, if there is any."""
        goes_on = self.answers.exists() and any(self._finished.glob("*.json"))
        is_named = goes_on and bool((self._place / "run").read_text("utf-8"))
        shutil.rmtree(self.aside if is_named else self._place, ignore_errors=True)

    @property
    def _finished(self) -> Path:
        return self._place / "finished"

    def _file(self, part: int) -> Path:
        return self._finished / f"part-{part:05}.json"


def check_output(folder: Path) -> None:
    """UsageError where nothing can be written to a folder of that name."""
    if folder.exists():
        raise UsageError(f"{folder} is there already; name a folder that is not.")
    if not folder.parent.is_dir():
        raise UsageError(f"{folder.parent} is no folder.")


@contextmanager
def open_unfinished(folder: Path) -> Iterator[Unfinished]:
    """The place of the run that makes a folder, for its owner alone.

    UsageError where the folder is there, or where another run is at it.
    """
    check_output(folder)
    place = folder.with_name(f".{folder.name}.unfinished")
    place.mkdir(mode=_OWNER_ALONE, exist_ok=True)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another run writes {folder}; wait for it, or end it.") from None
        unfinished = Unfinished(folder, place)
        try:
            yield unfinished
        finally:
            unfinished.close()
    finally:
        os.close(descriptor)


def identity_of(said: Iterable[str], *read: Path) -> str:
    """One digest of what a run was told and of every file that it reads.

    Files are told apart by their bytes and their place in a folder, so that a source that was
    changed in between is never taken for the one that was judged.
    """
    digest = sha256("\n".join(said).encode())
    for place in read:
        for file in sorted((place, *place.rglob("*"))):
            if file.is_file():
                with file.open("rb") as content:
                    own = file_digest(content, "sha256").hexdigest()
                digest.update(f"\n{file.relative_to(place)} {own}".encode(errors="surrogateescape"))
    return digest.hexdigest()
