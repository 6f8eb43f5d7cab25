"""A question in words, read as the options that it stands for.

Nothing is guessed: what can be read in two ways is asked back, what is said of the family, of the
past or as a suspicion is no fact of the patient, and every word that was not used is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice, product
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.case.model import Case, ReadAs, Unused
from kg.case.words.asked import read_proposals, read_topic
from kg.case.words.days import read_days
from kg.case.words.facts import FactReader
from kg.case.words.labs import LabReader
from kg.case.words.left import words_left
from kg.case.words.person import read_person
from kg.case.words.results import Bound, read_results
from kg.case.words.roles import Role
from kg.case.words.scope import read_standings
from kg.case.words.sheet import Fork, Sheet
from kg.case.words.vocabulary import Vocabulary
from kg.model.errors import AmbiguousQuestionError, QuestionError
from kg.model.terms import Lexicon, quoted

_PLAIN: Final = re.compile(r"[\w=.,:@%+/-]+")
_SPECIAL: Final = re.compile(r'(["\\$`!])')
LONGEST: Final = 4000
"""Characters of a question; more is a letter, and no question."""
_MOST_READINGS: Final = 8
_MOST_FORKS: Final = 6
_MOST_DOUBTS: Final = 30
"""A question with more doubtful words than these is refused, and none of them is guessed."""
_MOST: Final = 6
"""So many words that were not used are named in an error."""


class Reading(Struct, frozen=True, kw_only=True):
    """A question as the options that it stands for."""

    has: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    age: str | None = None
    sex: str | None = None
    notes: tuple[str, ...] = ()
    """How a word was read that says more or less than its option."""
    unused: tuple[Unused, ...] = ()
    """The words that were not used, each with the reason."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of a patient."""
        return not any((self.has, self.drugs, self.labs, self.findings, self.age, self.sex))

    @property
    def line(self) -> str:
        """The options as they are typed."""
        return " ".join(f"{name} {quote(value)}" for name, value in self._options())

    def tell(self, case: Case) -> Case:
        """A case of these options that tells how the question was read, and what is left of it."""
        read_as = ReadAs(self.line, self.notes)
        return replace(case, read_as=read_as, unused=(*self.unused, *case.unused))

    def _options(self) -> Iterator[tuple[str, str]]:
        several = {
            "--has": self.has,
            "--lab": self.labs,
            "--drug": self.drugs,
            "--finding": self.findings,
        }
        for name, values in several.items():
            yield from ((name, value) for value in values)
        once = {"--age": self.age, "--sex": self.sex}
        yield from ((name, value) for name, value in once.items() if value is not None)


def quote(text: str) -> str:
    """A text as one word of a shell, in quotes where it needs them."""
    return text if _PLAIN.fullmatch(text) else '"' + _SPECIAL.sub(r"\\\1", text) + '"'


def read_question(lexicon: Lexicon, text: str, today: date) -> Reading:
    """The options that a question stands for.

    AmbiguousQuestionError, with every reading, where there is more than one; QuestionError where
    the question says nothing of one patient.
    """
    if len(text) > LONGEST:
        raise QuestionError(
            f"the question has {len(text)} characters; of a question at most {LONGEST} are read."
        )
    words = Vocabulary.of(lexicon)
    sheet, reading = _read(words, text, today, {})
    if sheet.is_of_several:
        raise QuestionError(
            "the question speaks of more than one patient; ask for each by itself: kg ask answers "
            "for one."
        )
    if sheet.forks:
        forks = list({each.key: each for each in sheet.forks}.values())
        if len(forks) > _MOST_DOUBTS:
            raise QuestionError(
                f"{len(forks)} words of the question can be read in more than one way, and at most "
                f"{_MOST_DOUBTS} are tried; ask it in fewer words, or with options."
            )
        readings = _readings(words, text, today, forks)
        if len(readings) > 1:
            raise _asked_back(forks, readings)
    if reading.is_empty:
        left = "; ".join(f"{quoted(each.given)}: {each.reason}" for each in reading.unused[:_MOST])
        raise QuestionError(
            f"nothing of a patient is read in the question{f' ({left})' if left else ''}; a "
            'question is such as "causes of raised ALP given myeloma and normal GGT".'
        )
    return reading


def _readings(
    words: Vocabulary, text: str, today: date, forks: list[Fork]
) -> list[tuple[dict[str, int], Reading]]:
    """Every reading of a question that differs, with the ways that were taken at its forks.

    Each fork is varied by itself against the first way of the others, however many there are, so
    that none is passed over; the ways of the first few are joined as well.
    """
    found: dict[str, tuple[dict[str, int], Reading]] = {}
    for choices in (*_joined(forks[:_MOST_FORKS]), *_alone(forks)):
        _, reading = _read(words, text, today, choices)
        found.setdefault(reading.line, (choices, reading))
        if len(found) == _MOST_READINGS:
            break
    return list(found.values())


def _alone(forks: list[Fork]) -> Iterator[dict[str, int]]:
    """The ways of each fork, with the first way of all the others."""
    yield from ({fork.key: way} for fork in forks for way in range(1, len(fork.ways)))


def _joined(forks: list[Fork]) -> Iterator[dict[str, int]]:
    """The ways of a few forks, joined as far as there are not too many."""
    ways = product(*(range(len(fork.ways)) for fork in forks))
    keys = [fork.key for fork in forks]
    yield from (dict(zip(keys, way, strict=True)) for way in islice(ways, _MOST_READINGS * 2))


def _asked_back(
    forks: list[Fork], readings: list[tuple[dict[str, int], Reading]]
) -> AmbiguousQuestionError:
    """The error with every reading, and what each takes the words for that make them differ."""
    doubtful = [fork for fork in forks if any(choices.get(fork.key) for choices, _ in readings)]
    doubts = "; ".join(dict.fromkeys(each.what for each in doubtful))
    lines = [reading.line or "nothing of a patient" for _, reading in readings]
    told = [
        "; ".join(dict.fromkeys(fork.ways[choices.get(fork.key, 0)] for fork in doubtful))
        for choices, _ in readings
    ]
    return AmbiguousQuestionError(
        f"the question can be read in {len(lines)} ways ({doubts}); ask with the options of one:",
        readings=lines,
        meanings=told,
    )


def _read(
    words: Vocabulary, text: str, today: date, choices: Mapping[str, int]
) -> tuple[Sheet, Reading]:
    """One reading of a question, with the sheet that it was made on."""
    sheet = Sheet(words, text, today, choices)
    read_days(sheet)
    read_standings(sheet)
    bound = read_results(sheet)
    read_proposals(sheet)
    facts = FactReader(sheet)
    facts.read()
    labs = LabReader(sheet, bound)
    labs.read()
    person = read_person(sheet)
    reading = Reading(
        has=tuple(facts.has),
        drugs=tuple(facts.drugs),
        labs=tuple(labs.labs),
        findings=tuple(facts.findings),
        age=person.age or None,
        sex=person.sex.flag if person.sex else None,
        notes=tuple(dict.fromkeys(sheet.notes)),
    )
    unused = (*_topics(sheet, bound), *labs.unused, *words_left(sheet))
    return sheet, replace(reading, unused=tuple(unused))


_SAID_OF: Final = {"high": (Role.HIGH, Role.RISE), "low": (Role.LOW, Role.FALL)}
"""The words with which the causes of a result are asked for, by the flag of the laboratory."""


def _topics(sheet: Sheet, bound: list[Bound]) -> Iterator[Unused]:
    """Of a question for the causes of something that no source lists causes of, that it is so."""
    place = read_topic(sheet, bound)
    if place is None:
        return
    asked = next(each for each in bound if each.place == place)
    flags = sheet.words.lexicon.asked.get(asked.marker.iri, ())
    roles = (role for flag in flags for role in _SAID_OF.get(flag, ()))
    said = asked.said_at is not None and sheet.plays(asked.said_at, *roles)
    if not (flags and (said or asked.value)):
        known = ", ".join(each.label for each in sheet.words.topics)
        words = sheet.marks[asked.said_at].text if asked.said_at is not None else ""
        reason = f"the sources list no causes of it; the causes that can be asked for: {known}"
        yield Unused(f"causes of {words} {sheet.marks[place].text}".replace("  ", " "), reason)
