"""What words do in a question, and the marks that a question is cut into."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Final

from msgspec import Struct

from kg.model.language import Phrase
from kg.model.terms import AmbiguousForm, Entry


class Role(StrEnum):
    """What the words of a group do; `ontology/language.ttl` holds the words."""

    HIGH = "high"
    RISE = "rise"
    FALL = "fall"
    LOW = "low"
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    DEGREE = "degree"
    ISOLATED = "isolated"
    NO = "no"
    NOT_DO = "does not"
    ABSENT = "absent"
    RULED_OUT = "ruled out"
    YES = "yes"
    SURELY = "surely"
    UNKNOWN = "unknown"
    OPEN = "open"
    EXCEPT = "except"
    VERSUS = "versus"
    FAMILY = "family"
    RELATIVE = "relative"
    MINE = "mine"
    SPEAKER = "speaker"
    SUSPECTED = "suspected"
    SUSPECTED_AFTER = "suspected after"
    PAST = "past"
    PAST_AFTER = "past after"
    ENDED = "ended"
    ENDED_AFTER = "ended after"
    PLANNED = "planned"
    PLANNED_AFTER = "planned after"
    STARTED = "started"
    TAKING = "taking"
    SINCE = "since"
    DIAGNOSED = "diagnosed"
    UNTIL = "until"
    AGO = "ago"
    NOW = "now"
    DURATION = "duration"
    BOUNDARY = "boundary"
    VERB = "verb"
    COPULA = "copula"
    ASKS = "asks"
    EFFECT = "effect"
    DOES = "does"
    COULD = "could"
    DUE = "due"
    ULN = "upper limit"
    NORMAL_LIMIT = "usual limit"
    LLN = "lower limit"
    TIMES = "times"
    RANGE = "range"
    ABOVE = "above"
    AT_LEAST = "at least"
    BELOW = "below"
    AT_MOST = "at most"
    BETWEEN = "between"
    ABOUT = "about"
    DOSE = "dose"
    NUMBER = "number"
    MULTIPLE = "multiple"
    SEX = "sex"
    SEX_LETTER = "sex letter"
    PRONOUN = "pronoun"
    ABSENT_TERM = "absent term"
    YEARS_OLD = "years old"
    MONTHS_OLD = "months old"
    AGED = "aged"
    TIME = "time"
    MONTH = "month"
    OTHERS = "others"
    AND = "and"
    OR = "or"
    NOR = "nor"
    ELSEWHERE = "elsewhere"
    ORDINAL = "ordinal"
    ARTICLE = "article"
    BASELINE = "baseline"
    PLAIN = "plain"


STATES: Final = (Role.HIGH, Role.LOW, Role.NORMAL, Role.ABNORMAL, Role.RISE)
"""The roles that say how a result is."""
COMPARED: Final = (Role.ABOVE, Role.AT_LEAST, Role.BELOW, Role.AT_MOST)
"""The roles that stand before a number."""


LEADING: Final = (
    Role.FAMILY,
    Role.SUSPECTED,
    Role.OPEN,
    Role.EXCEPT,
    Role.ENDED,
    Role.PLANNED,
    Role.PAST,
    Role.UNKNOWN,
    Role.RULED_OUT,
    Role.SURELY,
    Role.NO,
)
"""What is said of things that follow; of two at once the first one counts."""


class Mark(Struct, frozen=True, dict=True):
    """Some tokens in a row that are one thing: a name of terms, a phrase, a number or a sign."""

    start: int
    """The first of its tokens."""
    end: int
    """The token after its last."""
    text: str
    """Its words, as they were typed."""
    entries: tuple[Entry, ...] = ()
    """The terms that it names."""
    form: AmbiguousForm | None = None
    """The short form that it is, where it is one with several readings."""
    phrases: tuple[Phrase, ...] = ()
    uncovered: bool = False
    """Whether it is a name near to a term that is known to mean something else."""

    def phrase(self, *roles: Role) -> Phrase | None:
        """What it says in one of some roles; None where it has none of them."""
        return next((each for each in self.phrases if each.role in roles), None)

    def plays(self, *roles: Role) -> bool:
        """Whether it may have one of some roles."""
        return not self._roles.isdisjoint(roles)

    @cached_property
    def _roles(self) -> frozenset[str]:
        return frozenset(each.role for each in self.phrases)

    @property
    def is_term(self) -> bool:
        """Whether it names terms of the graph."""
        return bool(self.entries) or self.form is not None

    @property
    def is_unread(self) -> bool:
        """Whether it is a word that is neither a term nor a known word."""
        return not self.is_term and not self.phrases and any(map(str.isalnum, self.text))
