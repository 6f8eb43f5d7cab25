"""The sentences of a text as claims: each is read whole, or named with what was not read of it.

A sentence has one relation, the thing before it and the thing behind it; what else it names says
whom it is about. Of a word that is not known nobody can say what it changes, so a sentence with
one is not read.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import Final

from msgspec import Struct

from kg.audit.evidence import Evidence
from kg.audit.model import Claim, Figure, Unread
from kg.audit.terms import ANALYTE, DIRECTION, SEX, TO_RESULT, Terms
from kg.audit.wording import Meaning, Role, Wording
from kg.case.words.tokens import Token, plain_text, tokens_of
from kg.model.errors import AmbiguousTermError
from kg.model.spelling import fold, singular
from kg.model.vocabulary import EG

_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+(?![^()\[\]\n]{0,60}[)\]])|\n+")
"""What parts sentences; what stands in brackets is of one."""
_MARKS: Final = re.compile(r"^(?:[\s#*•]|[>\-–](?!\s*\d))+|^\d+[.)]\s+|[*_`]+")  # noqa: RUF001
_CITED: Final = re.compile(r"\[(?P<square>[^\[\]]+)\]|\((?P<round>[^()]+)\)")
"""What stands in brackets; in round ones, ids of statements alone are sources."""
_PARTED: Final = re.compile(r"[,;]")
_LONGEST: Final = 12
"""So many tokens a name has at most."""
_WORD: Final = re.compile(r"\w")
_SIGN: Final = re.compile(r"[^\w\s,;:.'’\"“”()–-]")  # noqa: RUF001
"""What stands between words and is no mark of a sentence: it changes what they say."""
_MOST: Final = 1_000
"""So many characters a sentence has at most."""


class UnreadError(Exception):
    """A sentence that is not read, with the reason."""


class Mark(Struct, frozen=True):
    """Some tokens in a row that are one thing."""

    text: str
    things: tuple[str, ...] = ()
    """The terms that they name."""
    meanings: tuple[Meaning, ...] = ()

    def term(self, *roles: Role) -> str:
        """The term that they stand for in one of some roles; empty where they play none."""
        return next((each.term for each in self.meanings if each.role in roles), "")


def read_sentences(text: str, evidence: Evidence) -> tuple[tuple[Claim, ...], tuple[Unread, ...]]:
    """The claims of a text, and the sentences that were not read."""
    claims, unread = [], []
    reader = _Reader(evidence, evidence.wording)
    for sentence in _sentences(text):
        try:
            claims.append(reader.claim(sentence))
        except UnreadError as error:
            unread.append(Unread(sentence, str(error)))
    return tuple(claims), tuple(unread)


def _sentences(text: str) -> Iterator[str]:
    for each in _SENTENCE.split(text):
        plain = _MARKS.sub("", each).strip()
        if _WORD.search(plain):
            yield plain


class _Reader(Struct, frozen=True):
    """Reads one sentence after the other."""

    evidence: Evidence
    wording: Wording

    @property
    def terms(self) -> Terms:
        """The terms that sentences name."""
        return self.evidence.terms

    @property
    def _readings(self) -> Container[str]:
        """The short forms that have more than one."""
        return self.terms.lexicon.ambiguous

    def claim(self, sentence: str) -> Claim:
        """A sentence as a claim; UnreadError where it is not read whole."""
        if len(sentence) > _MOST:
            raise UnreadError(f"it has more than {_MOST} characters")
        if "?" in sentence:
            raise UnreadError("it is a question")
        cites, text = self._cited(sentence)
        text = plain_text(text).rstrip(".!?;: ")
        figures, text = self._figures(text)
        marks = self._marks(text)
        left = [each.text for each in marks if not each.things and not each.meanings]
        left += _SIGN.findall(text)
        if left:
            raise UnreadError(f"words that are not read: {', '.join(left)}")
        return _assembled(_Parts(marks, self.terms, self.wording), sentence, figures, cites)

    def _cited(self, sentence: str) -> tuple[list[str], str]:
        """The sources that a sentence gives in brackets, and the sentence without them."""
        cites: list[str] = []
        text = sentence
        for match in reversed(list(_CITED.finditer(sentence))):
            names = [each.strip() for each in _PARTED.split(match["square"] or match["round"])]
            if match["square"] or all(map(self.evidence.is_id, names)):
                cites[:0] = names
                text = f"{text[: match.start()]} {text[match.end() :]}"
        return cites, text

    def _figures(self, text: str) -> tuple[list[Figure], str]:
        """The figures of a sentence, and the sentence without them."""
        figures = list(self.wording.figures(text))
        for start, end, _ in reversed(figures):
            text = f"{text[:start]} {text[end:]}"
        return [figure for _, _, figure in figures], text

    def _marks(self, text: str) -> tuple[Mark, ...]:
        tokens = tokens_of(text)
        found: list[Mark] = []
        place = 0
        while place < len(tokens):
            mark, place = self._mark(text, tokens, place)
            if _WORD.search(mark.text):
                found.append(mark)
        return tuple(found)

    def _mark(self, text: str, tokens: tuple[Token, ...], start: int) -> tuple[Mark, int]:
        """The longest run of tokens from one on that is known."""
        for end in range(min(start + _LONGEST, len(tokens)), start, -1):
            typed = text[tokens[start].start : tokens[end - 1].end]
            things = self._things(typed)
            meanings = self.wording.meanings.get(singular(typed), ())
            if things or meanings:
                return Mark(typed, things, meanings), end
        return Mark(tokens[start].text), start + 1

    def _things(self, typed: str) -> tuple[str, ...]:
        """What can stand at the end of a statement, or what cases have, of that name."""
        if singular(typed) not in self.terms.names and fold(typed) not in self._readings:
            return ()
        try:
            named = self.terms.called(typed)
        except AmbiguousTermError as error:
            raise UnreadError(error.message) from None
        return tuple(sorted(filter(self._is_thing, named)))

    def _is_thing(self, term: str) -> bool:
        """Whether statements speak of it, or people have it; a kind of case is said in parts."""
        if term in self.evidence.by_end:
            return True
        role = SEX if self.terms.is_below(term, EG.Case) else ""
        return any(not role or part[0] == role for part in self.terms.scope_of((term,)))


class _Parts(Struct, frozen=True):
    """The marks of a sentence, and what they say together."""

    marks: tuple[Mark, ...]
    terms: Terms
    wording: Wording

    def places(self, *roles: Role) -> list[int]:
        """Where words play one of some roles."""
        return [n for n, each in enumerate(self.marks) if not each.things and each.term(*roles)]

    def one(self, role: Role) -> str:
        """The one term in a role; UnreadError where a sentence has two."""
        found = {each.term(role) for each in self.marks if not each.things} - {""}
        if len(found) > 1:
            names = ", ".join(sorted(map(self.terms.label, found)))
            raise UnreadError(f"it has more than one {role}: {names}")
        return next(iter(found), "")

    def relation(self) -> tuple[str, int, bool]:
        """The predicate, where it stands, and whether its ends are turned."""
        found = self.places(Role.RELATION, Role.CONVERSE)
        if len(found) > 1:
            raise UnreadError("it has more than one relation")
        if found:
            mark = self.marks[found[0]]
            predicate = mark.term(Role.RELATION)
            return predicate or mark.term(Role.CONVERSE), found[0], not predicate
        for place in self.places(Role.MODALITY, Role.FREQUENCY):
            alone = self.wording.alone.get(self.marks[place].term(Role.MODALITY, Role.FREQUENCY))
            if alone:
                return alone, place, False
        if moved := self.places(Role.DIRECTION):
            return self.wording.alone[self.marks[moved[0]].term(Role.DIRECTION)], moved[0], False
        raise UnreadError("no relation of statements is read in it")

    def end(self, places: Iterable[int]) -> int:
        """The first of some places where a thing is named that is no population, or else is one."""
        named = [n for n in places if self.marks[n].things]
        if not named:
            raise UnreadError("a thing is missing before or behind its relation")
        return next((n for n in named if not self._is_of_whom(n)), named[0])

    def _is_of_whom(self, place: int) -> bool:
        """Whether words that say whom it is about stand before a thing, or before one beside it."""
        for before in range(place - 1, -1, -1):
            mark = self.marks[before]
            if mark.things:
                if before < place - 1:
                    return False
                place = before
            elif mark.term(Role.OF_WHOM):
                return True
            elif not mark.term(Role.PLAIN):
                return False
        return False

    def is_denied(self, before: int, at: int) -> bool:
        """Whether a denial stands in the verb of the relation, between its first end and itself.

        UnreadError where one stands elsewhere, or beside a word that says how firmly or how often:
        what cannot be is denied more firmly than what is not, and what often is not may be.
        """
        found = self.places(Role.DENIED)
        if not found:
            return False
        if len(found) > 1 or not before < found[0] < at:
            raise UnreadError("a denial in it is not of its relation alone")
        verb = self.marks[found[0] + 1 : at]
        ahead = self.places(Role.MODALITY, Role.FREQUENCY)
        limited = any(n < found[0] or self._limits(self.marks[n]) for n in ahead)
        if limited or any(each.things or each.term(Role.OF_WHOM) for each in verb):
            raise UnreadError("a denial in it may be of another word than its relation")
        return True

    def _limits(self, mark: Mark) -> bool:
        """Whether words say how firmly or how often, and nothing of the relation itself."""
        return mark.term(Role.MODALITY, Role.FREQUENCY) not in self.wording.alone

    def rest(self, *ends: int) -> tuple[str, ...]:
        """Whom it is about, of the things beside its ends; UnreadError where one says no such."""
        places = [n for n, each in enumerate(self.marks) if each.things and n not in ends]
        other = [self.marks[n].text for n in places if not self._is_of_whom(n)]
        if other:
            raise UnreadError(f"it names more than its relation takes: {', '.join(other)}")
        return tuple(_name(self.marks[n].things) for n in places)


def _assembled(parts: _Parts, sentence: str, figures: list[Figure], cites: list[str]) -> Claim:
    """The claim of the parts of a sentence."""
    predicate, at, turned = parts.relation()
    before = parts.end(range(at - 1, -1, -1))
    behind = parts.end(range(at + 1, len(parts.marks)))
    direction, word = parts.one(Role.DIRECTION), parts.one(Role.MODALITY)
    if not parts.terms.fits(word, predicate):
        label = parts.terms.label
        raise UnreadError(f"{label(word)!r} does not go with {label(predicate)!r}")
    one, other = parts.marks[before].things, parts.marks[behind].things
    if direction and parts.terms.says(TO_RESULT, predicate):
        other, direction = _result(parts.terms, direction, other), ""
    if turned:
        one, other = other, one
    return Claim(
        subject=_name(one),
        relation=predicate,
        object=_name(other),
        polarity="denied" if parts.is_denied(before, at) else "affirmed",
        strength=word,
        population=parts.rest(before, behind),
        frequency=parts.one(Role.FREQUENCY),
        direction=direction,
        numbers=tuple(figures),
        cites=tuple(cites),
        text=sentence,
    )


def _result(terms: Terms, direction: str, marker: tuple[str, ...]) -> tuple[str, ...]:
    """The result that something causes which moves a measurement: the widest of its findings."""
    analytes, ways = terms.said[ANALYTE], terms.said[DIRECTION]
    found = [
        term
        for term, measured in analytes.items()
        if direction in ways.get(term, ()) and set(measured) & set(marker) and term in terms.alike
    ]
    widest = tuple(each for each in found if not terms.any_below((each,), found))
    if not widest:
        raise UnreadError("what is moved has no result of that direction")
    return widest


def _name(things: tuple[str, ...]) -> str:
    return things[0]
