"""Terms: what people type, and the term that it stands for.

A term is found by label, synonym, abbreviation, narrower name, mapped code, local name or IRI.
Case, spaces, hyphens and apostrophes do not matter, nor does it whether the spelling is British or
American, or a name singular or plural. What could mean two things is refused with the choices,
and what means nothing is refused, with a name that it may be a slip of: a guess would be silent.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

import re
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Final, Self

from msgspec import DecodeError, Raw, Struct

from kg.model.codes import Classifications, Coded, decode_codes
from kg.model.derived import Line, Recipe
from kg.model.errors import AmbiguousTermError, CorruptProductError, UnknownTermError, UsageError
from kg.model.spelling import Slips, fold, singular
from kg.model.units import NO_UNITS, Units
from kg.model.vocabulary import IRI, PREFIXES, compact, expand


class Kind(StrEnum):
    """What a term is, in the words of a message."""

    CONDITION = "condition"
    DRUG = "drug"
    TREATMENT = "treatment"
    MARKER = "laboratory measurement"
    STATE = "state of a laboratory measurement"
    RESULT = "class of results"
    SEX = "sex"
    FINDING = "kind of finding"


_TAKEN_BY: Final = {
    Kind.CONDITION: "--has takes it",
    Kind.DRUG: "--drug takes it",
    Kind.TREATMENT: "--drug takes it",
    Kind.MARKER: "--lab takes it, with its result: NAME=high, or NAME=VALUE UNIT(LOW-HIGH)",
    Kind.STATE: "--lab takes the measurement and its result: NAME=high",
    Kind.RESULT: "--lab takes the value: NAME=VALUE UNIT(LOW-HIGH)",
    Kind.SEX: "--sex takes it",
    Kind.FINDING: "it follows from results, and --lab takes those; --about asks for its causes",
}
LONGEST_NAME: Final = 200
"""No name of a term is longer; what is longer is not compared with every name."""
_MOST_FOUND: Final = 4096
"""How many names a lexicon remembers the terms of."""
_MOST_PAIRS: Final = 16_384
"""Of how many pairs of terms it remembers whether one comes under the other."""
_SHORTEST_SLIP: Final = 5
"""Shorter names differ by a letter and mean something else: ALT is no slip of ALP."""
_NUMBER: Final = r"(?:\d+(?:[.,]\d+)?|[ivx]+)[a-d]?"
"""What `#` stands for in words beside a name: a number in digits or Roman, with a letter."""


class Entry(Struct, frozen=True, omit_defaults=True):
    """One term with everything that it is known by."""

    iri: IRI
    label: str
    kind: Kind
    abbreviations: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    parents: frozenset[IRI] = frozenset()
    flag: str = ""
    """The laboratory's word: of a state for it, of a finding that can be asked about for the result
    that shows it. Of a sex: the word for it."""
    of: IRI | None = None
    """Of a state, and of a finding that can be asked about: the measurement."""
    measured_in: Units = NO_UNITS
    """Of a measurement: its units. What they are follows from the term."""
    usable_for_days: int = 0
    """Of a measurement: how many days a result speaks of the patient; 0 where no bound is set."""
    asked_as: str = ""
    """Of a finding: the question whose answer lists its causes."""
    narrower: tuple[str, ...] = ()
    """Names of what is a kind of it and has no term of its own."""
    members: tuple[IRI, ...] = ()
    """Of tests that are read together: the measurements among them."""
    set_aside_by: tuple[IRI, ...] = ()
    """Of a state: the states of other measurements beside which it is not used."""
    set_aside_reason: str = ""
    read_with: tuple[IRI, ...] = ()
    """Of a state: the measurements without which it is shown with a note."""

    @property
    def units(self) -> tuple[str, ...]:
        """Of a measurement: the names of its units."""
        return self.measured_in.names

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in words: the label first."""
        return (self.label, *self.abbreviations, *self.synonyms)

    @property
    def known_as(self) -> tuple[str, ...]:
        """Every name by which it is found: its own, and those of its kinds."""
        return (*self.names, *self.narrower)

    def is_narrowed_by(self, text: str) -> bool:
        """Whether a name by which it is found says more than the term."""
        return singular(text) in map(singular, self.narrower) and singular(text) not in map(
            singular, self.names
        )


class AmbiguousForm(Struct, frozen=True):
    """A short form that clinical use reads in more than one way."""

    form: str
    means: tuple[IRI, ...]
    elsewhere: tuple[str, ...]


class NameWords(Struct, frozen=True, omit_defaults=True):
    """Words that people put beside a name, and what they make of it."""

    forms: tuple[str, ...]
    """In each, `#` stands for a number."""
    read_as: str
    """`same`, `kept`, `absent` or `apart`."""
    message: str = ""
    """Of those that set a name apart: why it is not used."""


class NameIndex(Struct, frozen=True):
    """The terms of a lexicon by what they are asked for by."""

    forms: Mapping[str, tuple[IRI, ...]]
    """By each name by which a term is found, folded."""
    singulars: Mapping[str, tuple[IRI, ...]]
    """By each of these in the singular."""
    codes: Mapping[str, tuple[IRI, ...]]
    kinds: Mapping[str, tuple[IRI, ...]]
    """The terms of each kind, by label."""
    states: Mapping[IRI, Mapping[str, IRI]]
    """The states of a measurement, or of a case, by the word for each."""
    groups: tuple[IRI, ...]
    """The measurements that are several tests read together."""
    asked: Mapping[IRI, tuple[str, ...]]
    """The measurements whose findings can be asked about, with the flags that show them."""

    @classmethod
    def of(cls, entries: Collection[Entry]) -> Self:
        """The index of some terms."""
        states: dict[IRI, dict[str, IRI]] = {}
        for each in entries:
            if each.of is not None and each.flag and each.kind in (Kind.STATE, Kind.SEX):
                states.setdefault(each.of, {})[each.flag] = each.iri
        asked: dict[IRI, tuple[str, ...]] = {}
        for each in entries:
            if each.kind is Kind.FINDING and each.asked_as and each.of is not None:
                asked[each.of] = (*asked.get(each.of, ()), each.flag)
        by_label = sorted(entries, key=lambda each: each.label.casefold())
        return cls(
            forms=_grouped((fold(name), e.iri) for e in entries for name in e.known_as),
            singulars=_grouped((singular(name), e.iri) for e in entries for name in e.known_as),
            codes=_grouped((_code_key(code), e.iri) for e in entries for code in e.codes),
            kinds=_grouped((each.kind.value, each.iri) for each in by_label),
            states=states,
            groups=tuple(each.iri for each in entries if each.members),
            asked=asked,
        )


class Lexicon(Struct, frozen=True, dict=True):
    """Every term that a case can name."""

    entries: Mapping[IRI, Entry]
    ambiguous: Mapping[str, AmbiguousForm] = {}
    """By folded form."""
    codes: Raw = Raw(b"{}")
    """How codes of other terminologies stand to terms; `coded` decodes them."""
    systems: Mapping[str, str] = {}
    """The prefix of a terminology, by each URI that records name it by."""
    classifications: Mapping[str, str] = {}
    """The form of the codes, by the prefix of each terminology whose codes show their place."""
    name_tags: Mapping[str, str] = {}
    """What full names end in that is no word of them, by the prefix of a terminology: a form."""
    beside: tuple[NameWords, ...] = ()
    """Words that may stand beside a name."""
    uncovered: frozenset[str] = frozenset()
    """Names near to one of a term that mean something else, folded."""
    phrases: Raw = Raw(b"[]")
    """The words of questions that are no names of terms; `kg.model.language` decodes them."""
    recipes: tuple[Recipe, ...] = ()
    """How the observations are worked out that rules speak of and no laboratory reports."""
    lines: Mapping[IRI, tuple[Line, ...]] = {}
    """By measurement, the figures with a unit that rules have limits in."""
    index: NameIndex | None = None
    """The index that was made before; without it one is made when it is asked for."""

    def find(self, text: str, *kinds: Kind) -> Entry:
        """The one term of these kinds that the text names; of any kind where none is given."""
        known = self._found.get((text, kinds))
        return known or self._remember(text, kinds, self._find(text, kinds))

    @cached_property
    def _found(self) -> dict[tuple[str, tuple[Kind, ...]], Entry]:
        """The terms of names that were asked for: the same ones come again and again."""
        return {}

    def _remember(self, text: str, kinds: tuple[Kind, ...], entry: Entry) -> Entry:
        if len(self._found) >= _MOST_FOUND:
            self._found.clear()
        self._found[text, kinds] = entry
        return entry

    def _find(self, text: str, kinds: tuple[Kind, ...]) -> Entry:
        wanted = frozenset(kinds) or frozenset(Kind)
        reading = self.ambiguous.get(fold(text))
        if reading is not None:
            choices = [self.entries[iri].label for iri in reading.means if iri in self.entries]
            choices += [f"{name} (not a term of this graph)" for name in reading.elsewhere]
            raise AmbiguousTermError(f"{quoted(text)} has more than one reading.", choices=choices)
        found = [] if self.is_uncovered(text) else self.called(text)
        fitting = [entry for entry in found if entry.kind in wanted]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise AmbiguousTermError(
                f"{quoted(text)} stands for {len(fitting)} terms.",
                choices=[
                    f"{entry.label} [{entry.kind}, {compact(entry.iri)}]" for entry in fitting
                ],
            )
        if found:
            raise _wrong_kind(text, found[0], kinds)
        raise UnknownTermError(
            f"no {_either(kinds) or 'term'} is called {quoted(text)}.",
            suggestions=[entry.label for entry in self.near(text, wanted)],
        )

    def has_name(self, text: str, *kinds: Kind) -> bool:
        """Whether the text names a term of these kinds, or has several readings."""
        if kinds and (text, kinds) in self._found:
            return True
        if fold(text) in self.ambiguous:
            return True
        found = () if self.is_uncovered(text) else self.called(text)
        return any(entry.kind in kinds for entry in found)

    def near(self, text: str, kinds: Iterable[Kind], most: int = 4) -> list[Entry]:
        """The terms of these kinds of whose names the text is a slip of the key.

        What is farther away is another disease, drug or test, and is never offered.
        """
        folded = fold(text)
        if not _SHORTEST_SLIP <= len(folded) <= LONGEST_NAME:
            return []
        wanted = frozenset(kinds)
        near = (self.by_name.forms[form] for form in self._slips.of(folded))
        iris = dict.fromkeys(iri for each in near for iri in each)
        return [self.entries[iri] for iri in iris if self.entries[iri].kind in wanted][:most]

    @cached_property
    def _slips(self) -> Slips:
        return Slips(tuple(self.by_name.forms))

    def is_uncovered(self, text: str) -> bool:
        """Whether the text is known to name something near to a term that is no term."""
        return fold(text) in self.uncovered

    def words_beside(self, text: str) -> NameWords | None:
        """The words that may stand beside a name, if the text is such; None where it is none."""
        folded = fold(text)
        exact = self._beside.get(folded)
        starts, ends = self._around
        if exact or not (folded.startswith(starts) or folded.endswith(ends)):
            return exact
        return next((w for pieces, w in self._patterns if _fits(folded, pieces)), None)

    @cached_property
    def _beside(self) -> dict[str, NameWords]:
        return {fold(form): words for words in self.beside for form in words.forms}

    @cached_property
    def _patterns(self) -> tuple[tuple[list[str], NameWords], ...]:
        """The forms with a number in them, as what stands around it."""
        pairs = [(form, words) for words in self.beside for form in words.forms if "#" in form]
        return tuple((fold(form).split("#"), words) for form, words in pairs)

    @cached_property
    def _around(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """How texts begin that may fit such a form, and how those end that may begin anyhow."""
        pieces = [pieces for pieces, _ in self._patterns]
        starts = (first for first, *_ in pieces if first)
        return tuple(starts), tuple(last for first, *_, last in pieces if not first)

    def states(self, marker: IRI) -> Mapping[str, Entry]:
        """The states of a measurement, or of a case, by the word for each."""
        if marker not in self._states:
            found = self.by_name.states.get(marker, {})
            self._states[marker] = {flag: self.entries[iri] for flag, iri in found.items()}
        return self._states[marker]

    @cached_property
    def _states(self) -> dict[IRI, Mapping[str, Entry]]:
        return {}

    @property
    def groups(self) -> tuple[Entry, ...]:
        """The measurements that are several tests read together."""
        return tuple(self.entries[iri] for iri in self.by_name.groups)

    @property
    def asked(self) -> Mapping[IRI, tuple[str, ...]]:
        """The measurements whose findings can be asked about, with the flags that show them."""
        return self.by_name.asked

    @cached_property
    def by_name(self) -> NameIndex:
        """The terms by their names and codes."""
        return self.index or NameIndex.of(self.entries.values())

    def of_kind(self, kind: Kind) -> tuple[Entry, ...]:
        """Every term of one kind, by label."""
        return tuple(self.entries[iri] for iri in self.by_name.kinds.get(kind.value, ()))

    def is_a(self, narrower: IRI, wider: IRI) -> bool:
        """Whether one term is the other or comes under it."""
        known = self._is_a.get((narrower, wider))
        if known is None:
            if len(self._is_a) >= _MOST_PAIRS:
                self._is_a.clear()
            known = self._is_a[narrower, wider] = self._comes_under(narrower, wider)
        return known

    @cached_property
    def _is_a(self) -> dict[tuple[IRI, IRI], bool]:
        return {}

    def _comes_under(self, narrower: IRI, wider: IRI) -> bool:
        seen: set[IRI] = set()
        waiting = [narrower]
        while waiting:
            current = waiting.pop()
            if current == wider:
                return True
            entry = self.entries.get(current)
            if entry is not None and current not in seen:
                seen.add(current)
                waiting.extend(entry.parents)
        return False

    def called(self, text: str) -> list[Entry]:
        """Every term that the text names: by a name, a code, its IRI, or a name in the plural."""
        names = self.by_name
        iris = names.forms.get(fold(text)) or self._coded_as(text) or _named_iri(text)
        found = [self.entries[iri] for iri in iris if iri in self.entries]
        return found or [self.entries[iri] for iri in names.singulars.get(singular(text), ())]

    def uses(self, key: str) -> tuple[Coded, ...]:
        """How a code with its prefix stands to terms, by its own rows and by its place."""
        places = self._places
        return places.uses(key) if places.has(key) else self.coded.get(key, ())

    @cached_property
    def coded(self) -> Mapping[str, tuple[Coded, ...]]:
        """How codes of other terminologies stand to terms, by code with its prefix."""
        try:
            return decode_codes(self.codes)
        except DecodeError as error:
            raise CorruptProductError(f"the compiled model cannot be read: {error}.") from error

    @cached_property
    def _places(self) -> Classifications:
        return Classifications(self.coded, self.classifications)

    def _coded_as(self, text: str) -> tuple[IRI, ...]:
        """The terms that a code with its prefix names, by its own rows or else by its place.

        Where records say a narrower term by the code than it means, it is that one here too.
        """
        own = self.by_name.codes.get(_code_key(text), ())
        if ":" not in text:
            return own
        key = text.strip().upper()
        said = tuple(use.term for use in self.uses(key) if use.stands)
        if not own:
            return said if self._places.has(key) else ()
        named = dict.fromkeys((*own, *(t for t in said if any(self.is_a(t, o) for o in own))))
        return tuple(t for t in named if not any(self.is_a(o, t) for o in named if o != t))


def _fits(text: str, pieces: list[str]) -> bool:
    """Whether a text is these pieces with a number between each two.

    An expression is compiled only for what begins and ends so.
    """
    if not (text.startswith(pieces[0]) and text.endswith(pieces[-1])):
        return False
    return re.fullmatch(_NUMBER.join(map(re.escape, pieces)), text) is not None


def quoted(text: str, most: int = 60) -> str:
    """What was typed, as a message shows it: in quotes, on one line, cut if it is long."""
    return repr(text if len(text) <= most else f"{text[: most - 1]}…")


def _code_key(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()


def _named_iri(text: str) -> tuple[IRI, ...]:
    """The IRI that a name with a prefix, a full IRI or a local name of ours stands for."""
    try:
        return (expand(text.strip()),)
    except UnknownTermError:
        return (IRI(PREFIXES["eg"] + text.strip()),)


def _grouped(pairs: Iterable[tuple[str, IRI]]) -> dict[str, tuple[IRI, ...]]:
    groups: dict[str, dict[IRI, None]] = {}
    for key, iri in pairs:
        groups.setdefault(key, {})[iri] = None
    return {key: tuple(iris) for key, iris in groups.items() if key}


def _either(kinds: Iterable[Kind]) -> str:
    return " or ".join(kinds)


def _wrong_kind(text: str, entry: Entry, kinds: Iterable[Kind]) -> UsageError:
    named = quoted(text) if fold(text) == fold(entry.label) else f"{quoted(text)}, {entry.label},"
    return UsageError(
        f"{named} is a {entry.kind}; wanted here: a {_either(kinds)}. For a {entry.kind}, "
        f"{_TAKEN_BY[entry.kind]}."
    )
