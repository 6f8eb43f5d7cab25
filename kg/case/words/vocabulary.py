"""The words that a question is read with: names of terms, and the phrases of the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from kg.case.words.roles import STATES, Mark, Role
from kg.case.words.tokens import Token, joined_key, keys_joined, plain_text, words_of
from kg.model.language import Phrase, decode_phrases
from kg.model.spelling import fold
from kg.model.terms import AmbiguousForm, Entry, Kind, Lexicon
from kg.model.vocabulary import IRI

_KINDS: Final = frozenset({Kind.CONDITION, Kind.DRUG, Kind.TREATMENT, Kind.MARKER, Kind.STATE})
"""What a question can name; what is only a kind of finding is read from its result."""
_NAME: Final = 4
"""So many tokens the name of a measurement beside another has at most."""
_SHORT: Final = 2
"""A name of so few letters counts only as it is written, or beside a result."""


class Words(Struct, frozen=True):
    """All that one key may stand for."""

    entries: tuple[Entry, ...] = ()
    form: AmbiguousForm | None = None
    phrases: tuple[Phrase, ...] = ()


_NOTHING: Final = Words()


class Vocabulary:
    """Every key that a question is compared with."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._phrases = decode_phrases(lexicon.phrases)
        self._said: dict[str, list[Words]] = {}
        self._words: dict[str, Words] = {}
        """The same, put together for the keys that were asked for: most never are."""
        self._longest = 1
        for text, words in self._all():
            self._add(text, words)

    def marks(self, text: str, tokens: tuple[Token, ...]) -> tuple[Mark, ...]:
        """The tokens of a text as marks: at each place the longest words that are known."""
        found: list[Mark] = []
        place = 0
        while place < len(tokens):
            found.append(self._mark(text, tokens, place))
            place = found[-1].end
        return tuple(found)

    @classmethod
    def of(cls, lexicon: Lexicon) -> Vocabulary:
        """The vocabulary of a lexicon, made when its first question comes."""
        known = _known.get(id(lexicon))
        if known is None or known.lexicon is not lexicon:
            _known.clear()
            known = _known[id(lexicon)] = cls(lexicon)
        return known

    @property
    def topics(self) -> tuple[Entry, ...]:
        """The findings whose causes can be asked for."""
        return tuple(each for each in self.lexicon.of_kind(Kind.FINDING) if each.asked_as)

    def entry(self, iri: str) -> Entry | None:
        """The term of an IRI."""
        return self.lexicon.entries.get(IRI(iri))

    def phrases_of(self, tokens: tuple[Token, ...]) -> tuple[Phrase, ...]:
        """What some tokens in a row say as a phrase."""
        return self._at(joined_key(tokens)).phrases

    def _mark(self, text: str, tokens: tuple[Token, ...], start: int) -> Mark:
        if tokens[start].text != "-":
            for end, key, folded in reversed(self._spans(tokens, start)):
                typed = text[tokens[start].start : tokens[end - 1].end]
                if folded in self.lexicon.uncovered:
                    return Mark(start, end, typed, uncovered=True)
                words = self._fitting(self._at(key), typed, tokens, start, end)
                if words:
                    return Mark(start, end, typed, words.entries, words.form, words.phrases)
        return Mark(start, start + 1, tokens[start].text)

    def _spans(self, tokens: tuple[Token, ...], start: int) -> list[tuple[int, str, str]]:
        """Where the tokens from one on may end, with the key and the folded text up to there."""
        found: list[tuple[int, str, str]] = []
        key = folded = ""
        for end in range(start, min(start + self._longest, len(tokens))):
            token = tokens[end]
            if token.text != "-":
                key, folded = key + token.key, folded + fold(token.text)
                found.append((end + 1, key, folded))
        return found

    def _fitting(
        self, words: Words, typed: str, tokens: tuple[Token, ...], start: int, end: int
    ) -> Words | None:
        """What the words may stand for at this place; None where nothing fits."""
        entries = tuple(e for e in words.entries if self._is_meant(e, typed, tokens, start, end))
        if words.phrases:
            entries = tuple(e for e in entries if _is_written(e, typed))
        form = words.form
        if form is not None and start and tokens[start - 1].is_number and typed != form.form:
            form = None  # 5 mm is a length
        if len(typed) == 1 and _is_glued(tokens, end):
            form = None  # P1NP is no phosphate
        phrases = tuple(e for e in words.phrases if len(typed.split()) == 1 or not e.text.isalnum())
        if len(typed) == 1 and typed.isalpha() and not self._is_flag(typed, tokens, start):
            phrases = tuple(each for each in phrases if each.role not in STATES)
        return Words(entries, form, phrases) if entries or form or phrases else None

    def _is_meant(
        self, entry: Entry, typed: str, tokens: tuple[Token, ...], start: int, end: int
    ) -> bool:
        """Whether a short name is written as the term has it, or stands beside a result."""
        words = self._at(joined_key(tokens[start:end]))
        if words.phrases and typed.islower() and typed.upper() in entry.abbreviations:
            return False  # a short name that is an English word, such as got
        letters = typed.replace("-", "").replace(" ", "")
        if len(letters) > _SHORT:
            return True
        beside = (*tokens[max(start - 1, 0) : start], *tokens[end : end + 1])
        if any(self._tells_result(token) for token in beside):
            return True
        if entry.kind is not Kind.MARKER:
            return typed in entry.known_as
        return typed in entry.abbreviations and self._is_listed(tokens, start, end)

    def _is_listed(self, tokens: tuple[Token, ...], start: int, end: int) -> bool:
        """Whether the name of another measurement stands beside, or one joint further."""
        before = start - 1 - (start > 0 and self._joins(tokens[start - 1]))
        after = end + (end < len(tokens) and self._joins(tokens[end]))
        return self._ends_marker(tokens, before + 1) or self._begins_marker(tokens, after)

    def _joins(self, token: Token) -> bool:
        words = self._at(token.key)
        return token.text in (",", "/") or any(each.role == Role.AND for each in words.phrases)

    def _begins_marker(self, tokens: tuple[Token, ...], start: int) -> bool:
        ends = range(start + 1, min(start + _NAME, len(tokens)) + 1)
        return any(self._is_marker(tokens[start:end]) for end in ends)

    def _ends_marker(self, tokens: tuple[Token, ...], end: int) -> bool:
        return any(self._is_marker(tokens[n:end]) for n in range(max(end - _NAME, 0), end))

    def _is_marker(self, tokens: tuple[Token, ...]) -> bool:
        words = self._at(joined_key(tokens))
        return any(each.kind is Kind.MARKER for each in words.entries)

    def _is_flag(self, typed: str, tokens: tuple[Token, ...], start: int) -> bool:
        """Whether a letter is the flag of a laboratory, and no part of a unit."""
        before = tokens[start - 1] if start else None
        if before is None or not typed.isupper():
            return False
        return before.text[-1].isalpha() or self._ends_marker(tokens, start)

    def _tells_result(self, token: Token) -> bool:
        roles = {phrase.role for phrase in self._at(token.key).phrases}
        return (
            token.is_number or token.text in "=:<>≥≤" or not roles.isdisjoint((*STATES, "copula"))
        )

    def _all(self) -> Iterator[tuple[str, Words]]:
        for entry in self.lexicon.entries.values():
            if entry.kind in _KINDS:
                words = Words((entry,))
                for name in entry.known_as:
                    yield name, words
        for form in self.lexicon.ambiguous.values():
            yield form.form, Words(form=form)
        for phrase in self._phrases:
            yield phrase.text, Words(phrases=(phrase,))
        yield from self._turned()

    def _turned(self) -> Iterator[tuple[str, Words]]:
        """Names that begin with the word for a result, with that word behind: `scan is normal`."""
        states = {each.text for each in self._phrases if each.role in (*STATES, Role.ABSENT)}
        joining = ("", "is", "was")
        for entry in self.lexicon.entries.values():
            if entry.kind is not Kind.CONDITION:
                continue
            for name in entry.known_as:
                state, _, rest = name.partition(" ")
                if state in states and rest:
                    yield from ((f"{rest} {each} {state}", Words((entry,))) for each in joining)

    def _add(self, text: str, words: Words) -> None:
        parts = words_of(plain_text(text))
        self._said.setdefault(keys_joined(parts), []).append(words)
        self._longest = max(self._longest, len(parts))

    def _at(self, key: str) -> Words:
        """Everything that a key may stand for; nothing where it is not known."""
        known = self._words.get(key)
        if known is None:
            said = self._said.get(key)
            if said is None:
                return _NOTHING  # and is not kept: what is typed has no end
            known = self._words[key] = Words(
                _once(entry for each in said for entry in each.entries),
                next((each.form for each in reversed(said) if each.form), None),
                tuple(phrase for each in said for phrase in each.phrases),
            )
        return known


def _is_glued(tokens: tuple[Token, ...], end: int) -> bool:
    """Whether a number stands behind without a blank, as in P1NP."""
    return end < len(tokens) and tokens[end].is_number and tokens[end - 1].end == tokens[end].start


def _is_written(entry: Entry, typed: str) -> bool:
    """Whether a term is called so to the letter: a rise is no plural of RIS."""
    return typed.casefold() in (each.casefold() for each in entry.known_as)


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple({entry.iri: entry for entry in entries}.values())


_known: dict[int, Vocabulary] = {}
"""The vocabulary of the lexicon that was asked last: a program asks one graph many times."""
