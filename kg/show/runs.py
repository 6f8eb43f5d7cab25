"""Names, numbers and ids one after the other, in as few places as they can be read in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_NUMBERED: Final = re.compile(r"(.*?)(\d+)\Z", re.DOTALL)
_OF_DOCUMENT: Final = re.compile(r"\d{1,3}\Z")
"""The number of a statement within its document, at the end of its id."""
_MARKS: Final = frozenset({"~", "<", "+"})
"""What stands before ids that are named for another reason than those before them."""
_FEW: Final = 2
"""As many neighbours are named; of more, the first and the last."""
DOCUMENTS: Final = 5
"""Statements of as many documents are named for one thing; those of more are counted."""


def letter(place: int) -> str:
    """The letter of a step by its place from 0; beyond the alphabet, none."""
    return _LETTERS[place] if place < len(_LETTERS) else ""


def number_run(numbers: Iterable[int]) -> str:
    """Numbers in order, neighbours joined: `1-3, 5`."""
    return ", ".join(_joined([(str(each), ("", each)) for each in sorted(numbers)]))


def runs(ids: Iterable[str], to: str = "-") -> Iterator[str]:
    """Ids in the order given, of three neighbours or more the first `to` the last."""
    return _joined([(each, _numbered(each)) for each in ids], to)


def id_run(ids: Iterable[str], places: int | None = None) -> str:
    """Ids in the order given, neighbours joined: `X1-X3 Y7`; no more than have places.

    Where they are of more than a few documents, those of the first are named.
    """
    return _id_run(tuple(ids), places)


@lru_cache(maxsize=1024)  # a page is laid out more than once
def _id_run(ids: tuple[str, ...], places: int | None) -> str:
    names = list(runs(few_ids(ids, documents=1)))
    run = " ".join(names)
    while places and len(run) > places and len(names) > 1:
        names.pop()
        run = " ".join((*names, "…"))
    return run


def few_ids(ids: Sequence[str], documents: int = DOCUMENTS) -> tuple[str, ...]:
    """The ids of the first documents, and of how many more there are some.

    They are all named where they are of few documents. What stands behind a mark, such as `~`, is
    counted by itself.
    """
    places = [0, *(at for at, each in enumerate(ids) if at and each in _MARKS), len(ids)]
    return tuple(e for start, end in pairwise(places) for e in _few(ids[start:end], documents))


def _few(ids: Sequence[str], documents: int) -> Iterator[str]:
    found = list(dict.fromkeys(_OF_DOCUMENT.sub("", each) for each in ids if each not in _MARKS))
    if len(found) <= DOCUMENTS + 1:
        yield from ids
        return
    named = {*_MARKS, *found[:documents]}
    yield from (each for each in ids if _OF_DOCUMENT.sub("", each) in named)
    yield f"+{len(found) - documents} documents"


def name_run(names: Sequence[str], room: int, *, opens: str = "", joint: str = "; ") -> str:
    """As many names as have room, the first always; then how many more, and what opens them."""
    whole = joint.join(names)
    if len(whole) <= room or not names:
        return whole
    shown, left = [names[0]], len(names) - 1
    for name in names[1:]:
        end = _and_more(left - 1, opens)
        if len(joint.join((*shown, name))) + len(end) > room:
            break
        shown, left = [*shown, name], left - 1
    return joint.join(shown) + _and_more(left, opens)


def _and_more(left: int, opens: str) -> str:
    if not left:
        return ""
    return f" … +{left} ({opens})" if opens else f" … +{left}"


def _numbered(name: str) -> tuple[str, int] | None:
    found = _NUMBERED.match(name)
    return (found[1], int(found[2])) if found else None


def _joined(named: Sequence[tuple[str, tuple[str, int] | None]], to: str = "-") -> Iterator[str]:
    """The names, of more than two neighbours the first and the last."""
    found: list[list[int]] = []
    for place, (_, key) in enumerate(named):
        before = named[place - 1][1] if place else None
        follows = key is not None and before is not None and key == (before[0], before[1] + 1)
        if follows:
            found[-1].append(place)
        else:
            found.append([place])
    for run in found:
        names = [named[place][0] for place in run]
        yield from names if len(names) <= _FEW else [f"{names[0]}{to}{names[-1]}"]
