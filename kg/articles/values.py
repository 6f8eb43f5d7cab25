"""The values of a record looked up: words, numbers, terms, statements, and figures with units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from kg.articles.records import texts
from kg.articles.source import Written
from kg.articles.words import CASE, Qualifier, Words
from kg.model.report import Finding
from kg.model.statements import STATEMENT_ID
from kg.model.vocabulary import IRI, PREFIXES, XSD, Literal, Term, eg, english, expand, number

TRIPLE: Final = ("subject", "predicate", "object")
Keys = tuple[str | int, ...]
Values = tuple[Term, ...]

_STATEMENT: Final = re.compile(STATEMENT_ID)
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FIGURE: Final = re.compile(
    r"(?P<comparator>=|~|<=|>=|<|>|within)?\s*"
    r"(?:(?P<low>[0-9]+(?:\.[0-9]+)?)(?:\s*[-–]\s*(?P<high>[0-9]+(?:\.[0-9]+)?))?)?"  # noqa: RUF001
    r"\s*(?P<unit>[^\s0-9].*)?"
)
"""`>= 25 %`, `~ 50 %`, `25-30 %`, `< 1.5-2 {ULN}`, `within`: comparator, number or range, unit."""
_UNBOUND: Final = "within"
"""The comparator of a size that has no number: within the range of what it is relative to."""
_SPELT_ALIKE: Final = 0.85
_OF_CASES: Final = (
    " Name a condition, a state, a treatment or a finding, of whose patients the sentence is: "
    "their kind of case is made. What is new goes under `terms:`, as `Name: {is: Condition, …}`."
)
_LISTED: Final = 12
"""How many names of a list are told to one who wrote none of them."""
_RULE: Final = "article-file"


class Lookup:
    """Makes terms of what a file has, and keeps a finding for what cannot be made one."""

    def __init__(self, written: Written, words: Words) -> None:
        self._written = written
        self._words = words
        self._predicates = frozenset(words.members("Predicate"))
        self.findings: list[Finding] = []

    def find(self, problem: str, solution: str, keys: Keys) -> None:
        """Keep what is wrong at a place."""
        self.findings.append(finding(self._written, problem, solution.strip(), keys))

    def triple(self, label: str, value: Any, keys: Keys) -> Values:  # noqa: ANN401
        """The one term of a part of the triple."""
        if not isinstance(value, str):
            self.find(f"`{label}` wants one term", "", keys)
            return ()
        if label == "predicate" and value not in self._predicates:
            near = self._words.near(value, self._predicates)
            self.find(f"{value!r} is no predicate", near, keys)
            return ()
        return self._term(value, keys)

    def kind(self, value: Any, keys: Keys) -> Values:  # noqa: ANN401
        """The class of a statement by what a curator calls it."""
        if value in self._words.kinds:
            return (eg(self._words.kinds[value]),)
        near = self._words.near(str(value), self._words.kinds)
        wanted = f"Wanted one of {', '.join(self._words.kinds)}."
        self.find(f"{value!r} is no kind of statement", near or wanted, keys)
        return ()

    def ids(self, given: Any, keys: Keys) -> tuple[str, ...]:  # noqa: ANN401
        """Names of statements; whether each is there is known when all files are read."""
        found = texts(given)
        for each in found:
            if not _STATEMENT.fullmatch(each):
                self.find(f"{each!r} is no name of a statement", "", keys)
        return tuple(each for each in found if _STATEMENT.fullmatch(each))

    def values(self, qualifier: Qualifier, value: Any, keys: Keys) -> dict[str, Values]:  # noqa: ANN401
        """The values of a qualifier, and of the properties that put it into data."""
        if isinstance(value, dict):
            return dict(self._parts(qualifier, value, keys))
        given = value if isinstance(value, list) else [value]
        found = (each for text in given for each in self._value(qualifier, text, keys))
        return {qualifier.name: tuple(found)}

    def _parts(
        self, qualifier: Qualifier, given: Mapping[str, Any], keys: Keys
    ) -> Iterator[tuple[str, Values]]:
        """A figure: its words or number, and its data."""
        whole = "words" if qualifier.takes == "words" else "value"
        for label, value in given.items():
            part = qualifier if label == whole else qualifier.parts.get(label)
            if part is not None and isinstance(value, str):
                yield part.name, self._value(part, value, (*keys, label))
            elif label == "is" and qualifier.parts and isinstance(value, str):
                yield from self._figure(qualifier, value, (*keys, label))
            else:
                wanted = ", ".join((whole, "is", *qualifier.parts))
                self.find(
                    f"`{label}` is no part of `{qualifier.label}`", f"Wanted one of {wanted}.", keys
                )

    def _figure(self, qualifier: Qualifier, text: str, keys: Keys) -> Iterator[tuple[str, Values]]:
        """Comparator, numbers and unit of a figure that is written in short."""
        found = _FIGURE.fullmatch(text)
        if found is None or not (found["low"] or found["comparator"] == _UNBOUND):
            self.find(f"{text!r} is no figure", "Wanted one such as `>= 25 %` or `6-12 mo`.", keys)
            return
        low, high, unit = found["low"], found["high"], found["unit"]
        said = {
            "comparator": found["comparator"] or "=",
            "low": low,
            "high": high or low,
            "unit": unit,
        }
        for label, value in said.items():
            if value and label in qualifier.parts:
                part = qualifier.parts[label]
                yield part.name, self._value(part, value, keys)

    def _value(self, qualifier: Qualifier, text: Any, keys: Keys) -> Values:  # noqa: ANN401
        """One value; none, with a finding, for one that cannot be."""
        if not isinstance(text, str):
            self.find(f"`{qualifier.label}` wants {_wanted(qualifier)}", "", keys)
            return ()
        match qualifier.takes:
            case "statement":
                return tuple(IRI(PREFIXES["st"] + each) for each in self.ids(text, keys))
            case "term":
                return self._term(text, keys)
            case "words" | "code" | "number" | "yes":
                return self._plain(qualifier, text, keys)
        return self._member(qualifier, text, keys)

    def _plain(self, qualifier: Qualifier, text: str, keys: Keys) -> Values:
        """Words, a code, a number, or true."""
        match qualifier.takes:
            case "words":
                return (_english(text),)
            case "code":
                return (Literal(text),)
            case "number" if _NUMBER.fullmatch(text):
                return (number(text),)
            case "yes" if text == "true":
                return (Literal(text, XSD.boolean),)
        self.find(f"{text!r} is not {_wanted(qualifier)}", "", keys)
        return ()

    def member(self, name: str, text: str, keys: Keys) -> Values:
        """A term of the class that a property, by its name, takes its terms of."""
        named = (each for each in self._words.qualifiers.values() if each.name == name)
        qualifier = next(named, None)
        return self._member(qualifier, text, keys) if qualifier else ()

    def _member(self, qualifier: Qualifier, text: str, keys: Keys) -> Values:
        """A term of a class, with or without what the names of all of them begin with."""
        kind = qualifier.takes
        if kind == CASE and not self._words.is_of(text, kind):
            return self._case(text, keys)
        for name in (text, f"{qualifier.short}{text}"):
            if self._words.is_of(name, kind):
                return (_named(name),)
        shown = [each.removeprefix(qualifier.short) for each in self._words.members(kind)]
        label = self._words.labels.get(kind, kind)
        few = ", ".join(shown[:_LISTED]) + (" and others" if len(shown) > _LISTED else "")
        near = self._words.near(text, shown) or f"Wanted one of {few}."
        self.find(f"{text!r} is no {label}", near, keys)
        return ()

    def _case(self, text: str, keys: Keys) -> Values:
        """The kind of case of whoever has a condition, a treatment, a result or a finding.

        A name like it that is no near spelling would be that of other patients.
        """
        found = self._words.case_of(text)
        if found is not None:
            return (_named(found),)
        kinds = (each.removesuffix(CASE) for each in self._words.members(CASE))
        near = self._words.near(text.removesuffix(CASE), kinds, _SPELT_ALIKE)
        wanted = near.replace("?", f"{CASE}?") + _OF_CASES
        self.find(f"{text!r} is no kind of case", wanted, keys)
        return ()

    def _term(self, text: str, keys: Keys) -> Values:
        prefix, colon, local = text.partition(":")
        if text in self._words.terms:
            return (_named(text),)
        if colon and prefix in PREFIXES and prefix != "eg" and local:
            return (expand(text),)
        near = self._words.near(text)
        wanted = "Take a term of the ontology, or declare it under `terms:`."
        self.find(f"unknown term {text!r}", near or wanted, keys)
        return ()


def finding(written: Written, problem: str, solution: str, keys: Keys) -> Finding:
    """An error at the place of a value in the file of an article."""
    message = f"{problem[0].upper()}{problem[1:]}. {solution}".strip()
    focus = str(next((each for each in reversed(keys) if isinstance(each, str)), written.path.name))
    return Finding(_RULE, "error", focus, message, written.place(*keys), solution)


def _wanted(qualifier: Qualifier) -> str:
    plain = {
        "words": "words",
        "code": "words",
        "number": "a number",
        "yes": "true",
        "statement": "a statement",
    }
    return plain.get(qualifier.takes, "a term")


_named = lru_cache(maxsize=65_536)(eg)


@lru_cache(maxsize=4096)
def _english(text: str) -> Literal:
    return english(text)
