"""What the records of one file say: defaults filled in, and every word looked up.

What cannot be looked up makes a finding with file and line, and with what was wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from msgspec import UNSET, UnsetType

from kg.articles.records import ArticleFile, Drafted, Group, Record, Signed, Withdrawn, texts
from kg.articles.source import Written
from kg.articles.values import TRIPLE, Keys, Lookup, Values
from kg.articles.words import NOTHING, Words
from kg.model.vocabulary import PREFIXES, text_of

_LINE: Final = "line"
_EG: Final = PREFIXES["eg"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One record with its defaults, and with terms where it has names."""

    id: str
    words: str
    kind: str
    """Name of its class, such as `CauseStatement`."""
    line: int
    values: Mapping[str, Values]
    """Each property by its name without prefix, in the order of the ontology: `subject`,
    `predicate`, `object`, then qualifiers and links."""
    says_nothing: str = ""
    """Why it stands behind no answer; empty where it may."""
    draft: Drafted | UnsetType = UNSET
    signed: Signed | UnsetType = UNSET
    withdrawn: Withdrawn | UnsetType = UNSET
    keys: Keys = ()
    """The way to its record in the file."""

    @property
    def is_open_draft(self) -> bool:
        """Whether a machine wrote it and no person has signed it."""
        return self.draft is not UNSET and self.signed is UNSET

    def term(self, name: str) -> str:
        """The first term of a property, without its prefix; empty where it has none."""
        return text_of(next(iter(self.values.get(name, ())), None)).removeprefix(_EG)


class Records:
    """Reads the records of one file."""

    def __init__(self, written: Written, file: ArticleFile, words: Words) -> None:
        self._file = file
        self._words = words
        self._look = Lookup(written, words)
        self.findings = self._look.findings
        self._populations = {
            text: self._look.member("populationClass", kind, ("populations", kind))
            for kind, given in file.populations.items()
            for text in texts(given)
        }
        self._order = {name: place for place, name in enumerate((*TRIPLE, *words.order))}
        self._kinds = {each.name: each.takes for each in words.qualifiers.values()}
        self._unless_said: dict[str, Values] = {
            name: (term,) for name, term in words.unless_said.items()
        }

    def groups(self) -> Iterator[tuple[str, tuple[Statement, ...]]]:
        """Every heading with its statements."""
        general = self._resolve(self._file.defaults, ("defaults",))
        for place, group in enumerate(self._file.statements):
            keys: Keys = ("statements", place)
            defaults = {**general, **self._resolve(group.defaults, (*keys, "defaults"))}
            yield group.under, tuple(self._statements(group, keys, defaults))

    def _statements(
        self, group: Group, keys: Keys, defaults: Mapping[str, Values]
    ) -> Iterator[Statement]:
        for place, record in enumerate(group.records):
            yield self._statement(record, (*keys, "records", place), defaults)

    def _statement(self, record: Record, keys: Keys, defaults: Mapping[str, Values]) -> Statement:
        here = (*keys, "says")
        own = self._resolve({k: v for k, v in record.says.items() if k != _LINE}, here)
        given: dict[str, Values] = {**self._unless_said, **defaults, **own}
        given |= dict(self._taken(given))
        given |= self._population(given, here)
        kind = self._kind(record.id, given, here)
        return Statement(
            id=record.id,
            words=record.words,
            kind=kind,
            line=self._line(record, here),
            values={each: given[each] for each in sorted(given, key=self._place) if given[each]},
            says_nothing=record.says_nothing_for_answers,
            draft=record.draft,
            signed=record.signed,
            withdrawn=record.withdrawn,
            keys=keys,
        )

    def _place(self, name: str) -> int:
        """Where a property stands among those of a statement."""
        return self._order[name]

    def _line(self, record: Record, keys: Keys) -> int:
        """The line that a record names; 0, with a finding, where it names none."""
        text = record.says.get(_LINE)
        if isinstance(text, str) and text.isdecimal() and int(text):
            return int(text)
        at = (*keys, _LINE) if text else keys
        self._look.find(f"{record.id} names no line", "Write `line:` and its number.", at)
        return 0

    def _taken(self, given: Mapping[str, Values]) -> Iterator[tuple[str, Values]]:
        """What the terms of a statement give it, where nothing else does."""
        for name, sources in self._words.taken_from.items():
            if name not in given:
                terms = (term for source in sources for term in given.get(source, ()))
                values = (self._words.give(name, self._kinds[name], term) for term in terms)
                if found := next(filter(None, values), None):
                    yield name, (found,)

    def _population(self, given: Mapping[str, Values], keys: Keys) -> dict[str, Values]:
        """The class of a population that the file names by its words."""
        words = text_of(next(iter(given.get("population", ())), None))
        found = self._populations.get(words)
        if "populationClass" in given or not words:
            return {}
        if not found:
            self._look.find(
                f"the population {words!r} stands under no class of cases",
                "Write it under `populations:`, at the class that it is; `Case` is anyone.",
                keys,
            )
        return {"populationClass": found} if found else {}

    def _kind(self, name: str, given: dict[str, Values], keys: Keys) -> str:
        """The class of a statement, after a look whether its triple is whole."""
        for each in TRIPLE:
            if each not in given:
                self._look.find(f"{name} has no {each}", f"Write `{each}:` in `says`.", keys)
        own = given.pop("kind", None) or ()
        predicate = text_of(next(iter(given.get("predicate", ())), None)).removeprefix(_EG)
        kind = text_of(next(iter(own), None)) or self._words.usual_kinds.get(predicate, "")
        if not kind and predicate:
            kinds = ", ".join(self._words.kinds)
            problem = f"{name} has no kind, and its predicate has no usual one"
            self._look.find(problem, f"Write `kind:` in `says`, one of {kinds}.", keys)
        return kind.removeprefix(_EG)

    def _resolve(self, given: Mapping[str, Any], keys: Keys) -> dict[str, Values]:
        """Values as terms, by property; `none` takes a default away."""
        found: dict[str, Values] = {}
        for label, value in given.items():
            here = (*keys, label)
            qualifier = self._words.qualifiers.get(label)
            if label in TRIPLE:
                found[label] = self._look.triple(label, value, here)
            elif label == "kind":
                found[label] = self._look.kind(value, here)
            elif qualifier is None:
                names = (_LINE, *TRIPLE, "kind", *self._words.qualifiers)
                near = self._words.near(label, names) or f"Wanted one of {', '.join(names)}."
                self._look.find(f"`{label}` is nothing that a record may have", near, here)
            elif value == NOTHING:
                found |= {each.name: () for each in (qualifier, *qualifier.parts.values())}
            else:
                found |= self._look.values(qualifier, value, here)
        return found
