"""What was typed for a term, as the term; a name that is none is left, with the reason.

A name is looked up as it stands. Where no term has it, words are taken from its ends that people
put beside a name (the ontology lists them): some leave it as it is, some narrow it and are kept,
some deny it, and some set it apart, so that it is not used. No name stops an answer: what is not
known is told at its head, and everything else is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, Self

from msgspec import Struct
from msgspec.structs import astuple

from kg.case.model import Unused
from kg.model.errors import AmbiguousTermError, UnknownTermError, UsageError
from kg.model.terms import LONGEST_NAME, Entry, Kind, Lexicon, NameWords, quoted

NOT_COVERED: Final = "not covered"
AMBIGUOUS: Final = "ambiguous"
KEPT: Final = "kept"
ABSENT: Final = "absent"
APART: Final = "apart"

_WORD: Final = re.compile(r"[^\s,;:()\[\]?]+|\?")
_GLOSS: Final = re.compile(r"\(([^()]+)\)")
_MOST_WORDS: Final = 12
"""Names of more words are not taken apart."""
_LONGEST_GROUP: Final = 5
"""No group of words that may stand beside a name has more."""
_LONGEST_SHOWN: Final = 60
_MOST_HEARD: Final = 20_000
"""How many names of a run are remembered; then they are read anew."""


class ReadName(Struct, frozen=True):
    """A name as it was understood."""

    entry: Entry
    words: str = ""
    """The whole name, where it says more than the term."""
    denied: bool = False
    """Whether the name itself says that it is not there."""
    apart: str = ""
    """Why the term is not used, where the name says it of the past, the family or a suspicion."""


class HeardNames(Lexicon, frozen=True, dict=True):
    """A lexicon for a run of cases, which remembers what became of each name.

    It ends with the run: what no term carries may be words about a patient.
    """

    @cached_property
    def heard(self) -> dict[tuple[str, tuple[Kind, ...]], ReadName | Unused]:
        """What each name of these kinds was read as."""
        return {}

    @classmethod
    def of(cls, lexicon: Lexicon) -> Self:
        """The same lexicon, for one run."""
        return cls(*astuple(lexicon))


def read_name(text: str, lexicon: Lexicon, *kinds: Kind) -> ReadName | Unused:
    """The term of these kinds that a name stands for, or why it is not used.

    UsageError where the name is empty, or longer than any name.
    """
    if not isinstance(lexicon, HeardNames):
        return _read_name(text, lexicon, kinds)
    heard, key = lexicon.heard, (text, kinds)
    name = heard.get(key)
    if name is None:
        if len(heard) >= _MOST_HEARD:
            heard.clear()
        name = heard[key] = _read_name(text, lexicon, kinds)
    return name


def _read_name(text: str, lexicon: Lexicon, kinds: tuple[Kind, ...]) -> ReadName | Unused:
    if not text.strip() or len(text) > LONGEST_NAME:
        raise UsageError(f"no {' or '.join(kinds)} is called {quoted(text)}.")
    shown = cut(text)
    try:
        name = _find(text, lexicon, kinds)
    except UnknownTermError as error:
        reason = f"the graph has no {' or '.join(kinds)} of that name"
        return Unused(shown, reason, NOT_COVERED, error.suggestions)
    except AmbiguousTermError as error:
        reason = f"more than one reading: {'; '.join(error.choices)}"
        return Unused(shown, reason, AMBIGUOUS, error.choices)
    except UsageError as error:
        return Unused(shown, error.message.rstrip("."))
    return Unused(shown, name.apart) if name.apart else name


def read_present(text: str, lexicon: Lexicon, *kinds: Kind) -> ReadName | Unused:
    """The term that a name says to be there or to be absent, or why it is not used."""
    name = read_name(text, lexicon, *kinds)
    if isinstance(name, ReadName) and name.denied and name.words:
        return _too_narrow(name, name.words)
    return name


def read_absent(text: str, lexicon: Lexicon, *kinds: Kind) -> ReadName | Unused:
    """The term that is said not to be there, or not to be known; or why it is not used.

    That something narrower is not there says nothing of the term.
    """
    name = read_name(text, lexicon, *kinds)
    if isinstance(name, Unused):
        return name
    if name.denied:
        return Unused(cut(text), "double negation")
    return _too_narrow(name, text) if name.words else name


def _too_narrow(name: ReadName, text: str) -> Unused:
    label = name.entry.label
    return Unused(cut(text), f"said of a kind of {label}, and not of {label} as such")


def _find(text: str, lexicon: Lexicon, kinds: Sequence[Kind]) -> ReadName:
    """The term of a name as it stands, or without the words beside it; an error for none."""
    name = None
    if not lexicon.has_name(text, *kinds):
        name = _taken_apart(text, lexicon, kinds) or _glossed(text, lexicon, kinds)
    if name is not None:
        return name
    entry = lexicon.find(text, *kinds)
    return ReadName(entry, words=cut(text) if entry.is_narrowed_by(text) else "")


def _taken_apart(text: str, lexicon: Lexicon, kinds: Sequence[Kind]) -> ReadName | None:
    """The term of the longest part of a name beside which stand only words that may stand there."""
    words = _WORD.findall(text)
    if len(words) > _MOST_WORDS or lexicon.is_uncovered(text):
        return None
    for start, end in _parts(len(words)):
        core = " ".join(words[start:end])
        before = _groups(words[:start], lexicon)
        after = None if before is None else _groups(words[end:], lexicon)
        if before is None or after is None:
            continue
        if lexicon.is_uncovered(core):
            return None
        if lexicon.has_name(core, *kinds):
            entry = lexicon.find(core, *kinds)
            return _with_words(text, core, entry, (*before, *after))
    return None


def _glossed(text: str, lexicon: Lexicon, kinds: Sequence[Kind]) -> ReadName | None:
    """The term of a name with a second name of it in brackets, as in `bortezomib (Velcade)`."""
    gloss = _GLOSS.search(text)
    if gloss is None:
        return None
    try:
        same = lexicon.find(gloss[1], *kinds)
        name = _find(f"{text[: gloss.start()]} {text[gloss.end() :]}", lexicon, kinds)
    except UsageError:
        return None
    return name if name.entry.iri == same.iri else None


def _parts(words: int) -> Iterator[tuple[int, int]]:
    """Where each part of so many words begins and ends, the longest first, without the whole."""
    for size in range(words - 1, 0, -1):
        for start in range(words - size + 1):
            yield start, start + size


def _groups(words: Sequence[str], lexicon: Lexicon) -> tuple[NameWords, ...] | None:
    """The words as groups that may stand beside a name, longest first; None where one may not."""
    if not words:
        return ()
    for size in range(min(len(words), _LONGEST_GROUP), 0, -1):
        group = lexicon.words_beside(" ".join(words[:size]))
        rest = None if group is None else _groups(words[size:], lexicon)
        if group is not None and rest is not None:
            return (group, *rest)
    return None


def _with_words(text: str, core: str, entry: Entry, beside: Sequence[NameWords]) -> ReadName:
    apart = next((each.message for each in beside if each.read_as == APART), "")
    denials = sum(each.read_as == ABSENT for each in beside)
    narrowed = entry.is_narrowed_by(core) or any(each.read_as == KEPT for each in beside)
    if denials > 1:
        apart = apart or "double negation"
    words = cut(text) if narrowed else ""
    return ReadName(entry, words, denied=denials == 1, apart=apart)


def cut(text: str) -> str:
    """A text as an answer repeats it: on one line, and not longer than a line."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
