"""What was typed for a term, as the term; a name that is none is left, with the reason.

No name stops an answer: what is not known is told at its head, and everything else is used.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kg.case.model import Unused
from kg.model.errors import AmbiguousTermError, UnknownTermError, UsageError
from kg.model.terms import LONGEST_NAME, Entry, Kind, Lexicon, quoted

NOT_COVERED: Final = "not covered"
AMBIGUOUS: Final = "ambiguous"
_LONGEST_SHOWN: Final = 60


class ReadName(Struct, frozen=True):
    """A name as it was understood."""

    entry: Entry


def read_name(text: str, lexicon: Lexicon, *kinds: Kind, given: str = "") -> ReadName | Unused:
    """The term of these kinds that a name stands for, or why it is not used.

    `given` is what an answer repeats, where it is more than the name. UsageError where it is
    empty, or longer than any name.
    """
    if not text.strip() or len(text) > LONGEST_NAME:
        raise UsageError(f"no {' or '.join(kinds)} is called {quoted(text)}.")
    shown = cut(given or text)
    try:
        return ReadName(lexicon.find(text, *kinds))
    except UnknownTermError as error:
        reason = f"no {' or '.join(kinds)} of this graph is called so"
        return Unused(shown, reason, NOT_COVERED, error.suggestions)
    except AmbiguousTermError as error:
        reason = f"it has more than one reading: {'; '.join(error.choices)}"
        return Unused(shown, reason, AMBIGUOUS, error.choices)
    except UsageError as error:
        return Unused(shown, error.message.rstrip("."))


def cut(text: str) -> str:
    """A text as an answer repeats it: on one line, and not longer than a line."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
