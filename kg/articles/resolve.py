"""What the records of one file say: defaults filled in, and every word looked up.

What cannot be looked up makes a finding with file and line, and with what was wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from msgspec import UNSET, UnsetType

from kg.articles.records import ArticleFile, Drafted, Group, Record, Signed, Withdrawn, texts
from kg.articles.source import Written
from kg.articles.words import NOTHING, Qualifier, Words
from kg.model.report import Finding
from kg.model.vocabulary import PREFIXES, english

_TRIPLE: Final = ("subject", "predicate", "object")
_SAID: Final = (*_TRIPLE, "kind", "polarity", "modality")
_STATEMENT: Final = re.compile(r"[A-Z][A-Za-z]{0,15}[0-9]{3,}")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_RULE: Final = "article-file"
Keys = tuple[str | int, ...]
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One record with its defaults, every value written as Turtle writes it."""

    id: str
    words: str
    kind: str
    """Name of its class, such as `CauseStatement`."""
    line: int
    values: Mapping[str, Values]
    """Each property by its name without prefix, in the order of the ontology: `subject`,
    `predicate`, `object`, then qualifiers and links; terms as `eg:X`, statements with `st:`."""
    agrees_with: Values = ()
    """Ids of the statements whose axioms this one corroborates."""
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
        return next(iter(self.values.get(name, ())), "").removeprefix("eg:")


class Records:
    """Looks up what the records of one file say."""

    def __init__(self, written: Written, file: ArticleFile, words: Words) -> None:
        self._written = written
        self._file = file
        self._words = words
        self._unless_said = {name: (f"eg:{term}",) for name, term in words.unless_said.items()}
        self.findings: list[Finding] = []

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
        for name, record in group.records.items():
            yield self._statement(name, record, (*keys, "records", name), defaults)

    def _statement(
        self, name: str, record: Record, keys: Keys, defaults: Mapping[str, Values]
    ) -> Statement:
        says = record.says
        said = {each: text for each in _SAID if (text := getattr(says, each))}
        own = self._resolve(said, (*keys, "says")) | self._resolve(record.with_, (*keys, "with"))
        given = {**self._unless_said, **defaults, **own}
        kind = next(iter(given.pop("kind", ())), "") or self._usual_kind(given)
        for each in _TRIPLE:
            if each not in given:
                self._find(f"{name} has no {each}", f"Write `{each}:` in `says`.", (*keys, "says"))
        if not kind:
            self._find(
                f"{name} has no kind, and its predicate has no usual one",
                f"Write `kind:` in `says`, one of {', '.join(self._words.kinds)}.",
                (*keys, "says"),
            )
        return Statement(
            id=name,
            words=record.words,
            kind=kind,
            line=says.line,
            values={each: given[each] for each in self._order if given.get(each)},
            agrees_with=self._ids(record.agrees_with, (*keys, "agrees with")),
            says_nothing=record.says_nothing_for_answers,
            draft=record.draft,
            signed=record.signed,
            withdrawn=record.withdrawn,
            keys=keys,
        )

    @property
    def _order(self) -> Iterator[str]:
        yield from _TRIPLE
        yield from (each.name for each in self._words.qualifiers.values())

    def _usual_kind(self, given: Mapping[str, Values]) -> str:
        predicate = next(iter(given.get("predicate", ())), "").removeprefix("eg:")
        return self._words.usual_kinds.get(predicate, "")

    def _resolve(self, given: Mapping[str, Any], keys: Keys) -> dict[str, Values]:
        """Values as Turtle, by property; `none` takes a default away."""
        found: dict[str, Values] = {}
        for label, value in given.items():
            if label in _TRIPLE:
                found[label] = self._terms(label, value, (*keys, label))
            elif value == NOTHING:
                found[self._name(label)] = ()
            elif label == "kind":
                found[label] = self._kind(value, (*keys, label))
            elif label in self._words.qualifiers:
                qualifier = self._words.qualifiers[label]
                found[qualifier.name] = self._values(qualifier, value, (*keys, label))
            else:
                names = (*_SAID, *self._words.qualifiers)
                near = self._words.near(label, names) or f"Wanted one of {', '.join(names)}."
                self._find(f"`{label}` is nothing that a record may have", near, (*keys, label))
        return found

    def _name(self, label: str) -> str:
        qualifier = self._words.qualifiers.get(label)
        return qualifier.name if qualifier else label

    def _values(self, qualifier: Qualifier, value: Any, keys: Keys) -> Values:  # noqa: ANN401
        """The values of a qualifier, each as Turtle."""
        given = value if isinstance(value, list) else [value]
        found = []
        for each in given:
            if not isinstance(each, str):
                self._find(f"`{qualifier.label}` wants {_wanted(qualifier)}", "", keys)
            elif (turtle := self._value(qualifier, each, keys)) is not None:
                found.append(turtle)
        return tuple(found)

    def _value(self, qualifier: Qualifier, text: str, keys: Keys) -> str | None:
        """One value as Turtle; None, with a finding, for one that cannot be."""
        match qualifier.takes:
            case "words":
                return _quoted(text)
            case "statement":
                return next((f"st:{each}" for each in self._ids(text, keys)), None)
            case "term":
                return self._term(text, keys)
            case "number" | "yes":
                return self._plain(qualifier, text, keys)
        return self._member(qualifier, text, keys)

    def _plain(self, qualifier: Qualifier, text: str, keys: Keys) -> str | None:
        """A number, or true."""
        if _NUMBER.fullmatch(text) if qualifier.takes == "number" else text == "true":
            return text
        self._find(f"{text!r} is not {_wanted(qualifier)}", "", keys)
        return None

    def _member(self, qualifier: Qualifier, text: str, keys: Keys) -> str | None:
        """A term of a class, with or without what the names of all of them begin with."""
        kind = qualifier.takes
        for name in (text, f"{qualifier.short}{text}"):
            if self._words.is_of(name, kind):
                return f"eg:{name}"
        shown = [each.removeprefix(qualifier.short) for each in self._words.members(kind)]
        label = self._words.labels.get(kind, kind)
        self._find(
            f"{text!r} is no {label}",
            self._words.near(text, shown) or f"Wanted one of {', '.join(shown)}.",
            keys,
        )
        return None

    def _terms(self, label: str, value: Any, keys: Keys) -> Values:  # noqa: ANN401
        """The one term of a part of the triple."""
        if not isinstance(value, str):
            self._find(f"`{label}` wants one term", "", keys)
            return ()
        predicates = self._words.members("Predicate")
        if label == "predicate" and value not in predicates:
            self._find(f"{value!r} is no predicate", self._words.near(value, predicates), keys)
            return ()
        found = self._term(value, keys)
        return (found,) if found else ()

    def _term(self, text: str, keys: Keys) -> str | None:
        prefix, colon, local = text.partition(":")
        if text in self._words.terms:
            return f"eg:{text}"
        if colon and prefix in PREFIXES and prefix != "eg" and local:
            return text
        self._find(
            f"unknown term {text!r}",
            self._words.near(text) or "Take a term of the ontology, or declare it under `terms:`.",
            keys,
        )
        return None

    def _kind(self, value: Any, keys: Keys) -> Values:  # noqa: ANN401
        if value in self._words.kinds:
            return (self._words.kinds[value],)
        near = self._words.near(str(value), self._words.kinds)
        wanted = f"Wanted one of {', '.join(self._words.kinds)}."
        self._find(f"{value!r} is no kind of statement", near or wanted, keys)
        return ()

    def _ids(self, given: Any, keys: Keys) -> Values:  # noqa: ANN401
        """Names of statements; whether each is there is known when all files are read."""
        found = texts(given)
        for each in found:
            if not _STATEMENT.fullmatch(each):
                self._find(f"{each!r} is no name of a statement", "", keys)
        return tuple(each for each in found if _STATEMENT.fullmatch(each))

    def _find(self, problem: str, solution: str, keys: Keys) -> None:
        self.findings.append(finding(self._written, problem, solution.strip(), keys))


def _wanted(qualifier: Qualifier) -> str:
    plain = {"words": "words", "number": "a number", "yes": "true", "statement": "a statement"}
    return plain.get(qualifier.takes, "a term")


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    """Words as Turtle; a line break that the YAML was folded at is a blank already."""
    return english(text).n3()


def finding(written: Written, problem: str, solution: str, keys: Keys) -> Finding:
    """An error at the place of a value in the file of an article."""
    message = f"{problem[0].upper()}{problem[1:]}. {solution}".strip()
    focus = str(next((each for each in reversed(keys) if isinstance(each, str)), written.path.name))
    return Finding(_RULE, "error", focus, message, written.place(*keys), solution)
