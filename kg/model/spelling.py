"""Names as they are compared: without what two spellings of one name may differ in."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_DROPPED: Final = re.compile(r"[\s\-‐-―−'`´’‘ʼ′]+")  # noqa: RUF001


_SPELLINGS: Final = (("ae", "e"), ("oe", "e"), ("our", "or"), ("oul", "ol"))
"""British spellings with the American ones: haemoglobin, oestrogen, tumour, smouldering."""
_SWAPPED: Final = 2
_LITTLE: Final = frozenset({"a", "an", "the"})
_SHORTEST_PLURAL: Final = 4
_ENDINGS: Final = (("sis", "s"), ("ses", "s"), ("ies", "y"), ("se", "s"))


def fold(text: str) -> str:
    """The text as names are compared: no case, spaces, hyphens, apostrophes or British spelling."""
    folded = _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold())
    for british, american in _SPELLINGS:
        folded = folded.replace(british, american)
    return folded


def singular(text: str) -> str:
    """The folded text, the same for the singular and plural of every word; without articles."""
    words = (fold(word) for word in text.split())
    return "".join(without_plural(word) for word in words if word not in _LITTLE)


def without_plural(word: str) -> str:
    """One text for a word and its plural, to compare by: `diseas`, `metastas`, `biopsy`."""
    if len(word) < _SHORTEST_PLURAL:
        return word
    for ending, kept in _ENDINGS:
        if word.endswith(ending):
            return word.removesuffix(ending) + kept
    return word if word.endswith(("ss", "us", "is")) else word.removesuffix("s")


def is_slip(typed: str, name: str) -> bool:
    """Whether one letter is wrong, lacks or is too much, or two have changed places; no digit."""
    most = min(len(typed), len(name))
    if max(len(typed), len(name)) - most > 1:
        return False
    start = next((at for at in range(most) if typed[at] != name[at]), most)
    end = next((at for at in range(most - start) if typed[-1 - at] != name[-1 - at]), most - start)
    one, other = typed[start : len(typed) - end], name[start : len(name) - end]
    if any(letter.isdigit() for letter in one + other):
        return False
    return max(len(one), len(other)) <= 1 or (len(one) == _SWAPPED and one == other[::-1])


class Slips:
    """Names of which a text may be a slip of the key."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._halves: dict[int, dict[tuple[str, str], list[int]]] = {}

    def of(self, typed: str) -> list[str]:
        """Every name of which a folded text is a slip, in the order of the names.

        A slip is in one half of a name and leaves the other. Most names of a record are no slips.
        """
        halves = self._of_length(len(typed))
        near = {at for key in _halves(typed, len(typed)) for at in halves.get(key, ())}
        return [self._names[at] for at in sorted(near) if is_slip(typed, self._names[at])]

    def _of_length(self, length: int) -> dict[tuple[str, str], list[int]]:
        """Where the names stand that a text of a length may be a slip of, by each of their halves.

        It is kept when it is whole, since other threads look at it.
        """
        if length not in self._halves:
            found: dict[tuple[str, str], list[int]] = {}
            for at, name in enumerate(self._names):
                if abs(len(name) - length) <= 1:
                    for key in _halves(name, length):
                        found.setdefault(key, []).append(at)
            self._halves[length] = found
        return self._halves[length]


def _halves(name: str, length: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """How a name begins and ends, as far as a slip in the other half of such a text leaves it."""
    half = (length - 2) // 2
    return ("begins", name[:half]), ("ends", name[-half:])
