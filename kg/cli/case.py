"""The options by which a command is told of a case, and the case that they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import read_text
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.cases import Case
    from kg.terms import Lexicon
    from kg.vocab import IRI

_OPTIONS = (
    click.option("--has", multiple=True, metavar="TERM", help="A condition that the patient has."),
    click.option("--drug", multiple=True, metavar="TERM", help="A drug that the patient is given."),
    click.option(
        "--lab",
        multiple=True,
        metavar="RESULT",
        help="A result: alp=high, or alp=212U/L(35-105) with the range printed with it.",
    ),
    click.option(
        "--finding",
        multiple=True,
        metavar="TERM=ANSWER",
        help="A finding that was looked for: yes, no or unknown.",
    ),
    click.option("--age", metavar="YEARS", help="Age in years."),
    click.option("--sex", metavar="SEX", help="Sex, where statements speak of one only."),
    click.option(
        "--case",
        "case_file",
        metavar="FILE",
        help="The case as JSON (see: kg schema case), in place of the options above; - is stdin.",
    ),
    click.option(
        "--fhir",
        metavar="FILE",
        help="The case as a FHIR R4 or R5 record in JSON: a resource, a Bundle or NDJSON; - is "
        "stdin.",
    ),
    click.option(
        "--about",
        metavar="FINDING",
        help="The finding whose causes are asked for; by default the one that the case shows.",
    ),
)


@dataclass(frozen=True)
class CaseOptions:
    """What was typed of a case."""

    has: tuple[str, ...]
    drug: tuple[str, ...]
    lab: tuple[str, ...]
    finding: tuple[str, ...]
    age: str | None
    sex: str | None
    case_file: str | None
    fhir: str | None
    about: str | None

    def check(self) -> None:
        """UsageError where nothing is said of the patient, or the case is given twice."""
        typed = (self.has, self.drug, self.lab, self.finding, self.age, self.sex)
        whole = [
            name
            for name, file in (("--case", self.case_file), ("--fhir", self.fhir))
            if file is not None
        ]
        if len(whole) + any(typed) > 1:
            raise UsageError(f"{whole[0]} holds the whole case; give it without other facts.")
        if not whole and not any(typed):
            raise UsageError(
                "nothing is said of the patient; give a result, such as --lab alp=high."
            )

    def case(self, words: Lexicon) -> Case:
        """The case, in the terms of the graph."""
        from kg.cases import Case, read_case

        if self.fhir is not None:
            from kg.fhir import read_case as read_fhir

            return read_fhir(read_text(self.fhir), words, date.today())  # noqa: DTZ011 - as here
        if self.case_file is not None:
            return Case.read_json(read_text(self.case_file), words)
        return read_case(
            words,
            has=self.has,
            drugs=self.drug,
            labs=self.lab,
            findings=self.finding,
            age=self.age,
            sex=self.sex,
        )

    def topic(self, words: Lexicon) -> IRI | None:
        """The finding that is asked about; only some have a question."""
        from kg.terms import Kind

        if self.about is None:
            return None
        entry = words.find(self.about, Kind.FINDING)
        if not entry.asked_as:
            able = [each.label for each in words.of_kind(Kind.FINDING) if each.asked_as]
            raise UsageError(
                f"no causes of {entry.label} are listed; asked can be: {', '.join(able)}."
            )
        return entry.iri


def case_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a case; it gets them as one value, `given`."""
    names = [field.name for field in fields(CaseOptions)]

    @wraps(command)
    def with_case(**values: Any) -> None:  # noqa: ANN401 - as click passes them
        command(given=CaseOptions(**{name: values.pop(name) for name in names}), **values)

    decorated: Callable[..., None] = with_case
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
