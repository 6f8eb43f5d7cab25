"""The work sheet of one question: its marks, and what each step of reading found out about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from kg.case.model import GIVEN_KINDS
from kg.case.words.roles import STATES, Mark, Role
from kg.case.words.tokens import Token, plain_text, tokens_of
from kg.case.words.vocabulary import Vocabulary
from kg.model.terms import Entry, Kind

_ENDS: Final = frozenset(".;!?")
_BETWEEN: Final = frozenset("()[]:=-*•\"'")
"""Signs that neither join nor part what stands around them."""


class Fork(Struct, frozen=True):
    """A place at which a question can be read in more than one way."""

    key: str
    what: str
    """What is read in more than one way, in words."""
    ways: tuple[str, ...]
    """What each way takes it for."""


class Day(Struct, frozen=True):
    """A day that the question names, or reckons from today."""

    text: str
    """As ISO writes it; empty where only the month or year is said."""
    note: str = ""
    """How it was reckoned."""
    until: bool = False
    """Whether something ended then."""
    month: str = ""
    """The month that is said where no day is: `2025-11`."""
    treatment: bool = False
    """Whether it is the first day of a treatment, told by a later one."""
    past: bool = False
    """Whether it is a time that something was at, and not one since which it is."""


class Sheet:
    """What is known of a question while it is read."""

    def __init__(
        self, words: Vocabulary, question: str, today: date, choices: Mapping[str, int]
    ) -> None:
        self.words = words
        self.today = today
        self.text = plain_text(question)
        self.tokens: tuple[Token, ...] = tokens_of(self.text)
        self.marks: tuple[Mark, ...] = words.marks(self.text, self.tokens)
        self.used: set[int] = set()
        """The marks that the reading used, by place."""
        self.standing: dict[int, Role] = {}
        """How what a mark names is said: denied, suspected, of the family; else it is given."""
        self.cues: dict[int, int] = {}
        """The word that says so, for each of them that stands before it."""
        self.days: dict[int, Day] = {}
        self.day_of: dict[int, int] = {}
        """The first mark of the day that a mark belongs to."""
        self.measured: set[int] = set()
        """The measurements of which a result is said."""
        self.told: dict[int, str] = {}
        """Marks that are named as not used, with the reason."""
        self.names: dict[int, str] = {}
        """The whole name of what such a mark names, with words beside it."""
        self.notes: list[str] = []
        self.is_of_several = False
        """Whether more than one patient is spoken of."""
        self.forks: list[Fork] = []
        self._choices = choices

    def choose(self, key: str, what: str, ways: tuple[str, ...]) -> int:
        """Which of several ways is taken; the first one, and the others are kept in mind."""
        self.forks.append(Fork(key, what, ways))
        return min(self._choices.get(key, 0), len(ways) - 1)

    # ── What stands at a place ────────────────────────────────────────────────────────────────

    def plays(self, place: int, *roles: Role) -> bool:
        """Whether the mark at a place may have one of some roles."""
        return 0 <= place < len(self.marks) and self.marks[place].plays(*roles)

    def typed(self, start: int, end: int) -> str:
        """The text from one place up to another, as it was typed."""
        first, last = self.tokens[self.marks[start].start], self.tokens[self.marks[end - 1].end - 1]
        return self.text[first.start : last.end]

    def sign(self, place: int) -> str:
        """The sign at a place; empty where there is none."""
        if not 0 <= place < len(self.marks):
            return ""
        mark = self.marks[place]
        return "" if any(map(str.isalnum, mark.text)) else mark.text

    def number(self, place: int) -> str:
        """The number at a place, in digits or as a word; empty where there is none."""
        if not 0 <= place < len(self.marks):
            return ""
        mark = self.marks[place]
        token = self.tokens[mark.start]
        if mark.end == mark.start + 1 and token.is_number:
            return token.text
        found = mark.phrase(Role.NUMBER)
        return found.value if found else ""

    def is_end(self, place: int) -> bool:
        """Whether a sentence ends at a place."""
        if not 0 <= place < len(self.marks):
            return True
        end = self.tokens[self.marks[place].start].end
        inside = end < len(self.text) and not self.text[end].isspace()
        return self.sign(place) in _ENDS and not (self.sign(place) == "." and inside)

    def is_comma(self, place: int) -> bool:
        """Whether there is a comma at a place."""
        return self.sign(place) == ","

    def is_quiet(self, place: int) -> bool:
        """Whether the mark at a place neither joins nor parts what stands around it."""
        if self.is_end(place) or self.marks[place].is_term:
            return False
        quiet = self.plays(place, Role.PLAIN, Role.COPULA, Role.DEGREE, Role.ISOLATED)
        quiet = quiet and (self.plays(place, Role.COPULA) or not self.plays(place, Role.VERB))
        return self.sign(place) in _BETWEEN if self.sign(place) else quiet

    def is_joint(self, place: int) -> bool:
        """Whether the mark at a place joins things of a list."""
        return self.plays(place, Role.AND, Role.OR, Role.NOR) or self.sign(place) in (",", "/")

    def is_marker(self, place: int) -> bool:
        """Whether the mark at a place names a measurement, and perhaps more."""
        return self._names(place, Kind.MARKER)

    def is_fact(self, place: int) -> bool:
        """Whether the mark at a place names a condition, drug or treatment, and no measurement."""
        return self.is_term(place) and not self.is_marker(place)

    def is_term(self, place: int) -> bool:
        """Whether the mark at a place names terms."""
        return 0 <= place < len(self.marks) and self.marks[place].is_term

    def is_state(self, place: int) -> bool:
        """Whether the mark at a place says how a result is."""
        said = self.plays(place, *STATES) and not self.is_term(place)
        return said and not (self.plays(place, Role.FALL) and self._is_change(place))

    def _is_change(self, place: int) -> bool:
        """Whether a word is of a change by or to a number: `decreased by 30%`, `reduced to 80`."""
        led = (Role.PLAIN, Role.UNTIL, Role.SINCE)
        after = place + 1
        while self.plays(after, *led) and not self.number(after):
            after += 1
        return bool(self.number(after)) and (after > place + 1 or self.sign(after + 1) == "%")

    def is_unread(self, place: int) -> bool:
        """Whether the mark at a place is a word that nothing is known of."""
        return (
            0 <= place < len(self.marks)
            and self.marks[place].is_unread
            and not (self.number(place) or place in self.day_of)
        )

    def is_dose(self, place: int) -> bool:
        """Whether a name that is also one of a drug has a dose behind it: `vitamin D 1000 IU`."""
        if not any(each.kind in GIVEN_KINDS for each in self.meant(place)):
            return False
        return bool(self.number(place + 1)) and self.plays(place + 2, Role.DOSE)

    def touches(self, place: int, other: int) -> bool:
        """Whether no blank stands between one mark and the next: `ALP↑`."""
        end, start = self.marks[place].end, self.marks[other].start
        return end == start and self.tokens[end - 1].end == self.tokens[start].start

    def after(self, place: int) -> int:
        """The next place whose mark is not quiet."""
        place += 1
        while self.is_quiet(place):
            place += 1
        return place

    def before(self, place: int) -> int:
        """The place before it whose mark is not quiet."""
        place -= 1
        while self.is_quiet(place):
            place -= 1
        return place

    def meant(self, place: int) -> tuple[Entry, ...]:
        """The terms that the mark at a place may mean, those of a short form among them."""
        mark = self.marks[place]
        of_form = mark.form.means if mark.form else ()
        entries = self.words.lexicon.entries
        return (*mark.entries, *(entries[iri] for iri in of_form if iri in entries))

    def _names(self, place: int, kind: Kind) -> bool:
        return self.is_term(place) and any(each.kind is kind for each in self.meant(place))
