"""The options by which a command is told of a case, and the case that they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli.common import json_text, knowledge, lexicon, read_text, write
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from kg.case import Case
    from kg.model.terms import Lexicon
    from kg.model.vocabulary import IRI

_Result = TypeVar("_Result")

_OPTIONS = (
    click.option("--has", multiple=True, metavar="TERM", help="A condition that the patient has."),
    click.option(
        "--drug",
        multiple=True,
        metavar="TERM",
        help="A drug that the patient is given: TERM, TERM@2026-01-10 with the day of its start, "
        "or TERM@2026-01-10..2026-03-01 with that of its end as well.",
    ),
    click.option(
        "--lab",
        multiple=True,
        metavar="RESULT",
        help="A result: alp=high, or alp=212U/L(35-105) with the range printed with it; behind it "
        "@2026-03-01 for its day, ;high for the laboratory's flag, ;baseline for the value before "
        "treatment.",
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
        "--date",
        "day",
        metavar="DAY",
        help="The day that is asked about; later results are not used. By default today.",
    ),
    click.option(
        "--case",
        "case_file",
        metavar="FILE",
        help="The case as JSON (see: kg schema case) or Turtle, in place of the options above; "
        "- is stdin.",
    ),
    click.option(
        "--case-format",
        type=click.Choice(["json", "ttl"]),
        help="Form of --case; by default that of the name of the file, and JSON on stdin.",
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
    day: str | None
    case_file: str | None
    case_format: str | None
    fhir: str | None
    about: str | None

    @property
    def said(self) -> bool:
        """Whether any of the options was given."""
        return any(getattr(self, field.name) for field in fields(self))

    def check(self) -> None:
        """UsageError where nothing is said of the patient, or the case is given twice."""
        facts = (self.has, self.drug, self.lab, self.finding, self.age, self.sex)
        files = {"--case": self.case_file, "--fhir": self.fhir}
        whole = [name for name, file in files.items() if file is not None]
        if len(whole) + any((*facts, self.case_file and self.day)) > 1:
            raise UsageError(f"{whole[0]} holds the whole case; give it without other facts.")
        if not whole and not any((*facts, self.day)):
            raise UsageError(
                "nothing is said of the patient; give a result, such as --lab alp=high."
            )

    def case(self, words: Lexicon) -> Case:
        """The case, in the terms of the graph."""
        from kg.case import Case, read_case

        if self.fhir is not None:
            from kg.case.fhir import read_case as read_fhir

            return read_fhir(read_text(self.fhir), words, self._asked_day())
        if self.case_file is not None:
            read = Case.read_turtle if self._is_turtle else Case.read_json
            return read(read_text(self.case_file), words, today=today())
        return read_case(
            words,
            has=self.has,
            drugs=self.drug,
            labs=self.lab,
            findings=self.finding,
            age=self.age,
            sex=self.sex,
            day=self.day,
            today=today(),
        )

    def _asked_day(self) -> date:
        """The day that a record is asked about; UsageError where it is still to come."""
        from kg.case.dates import read_day

        asked = read_day(self.day, "--date")
        if asked and asked.day > today():
            raise UsageError(f"the day that is asked about, {asked.day}, is after {today()}.")
        return asked.day if asked else today()

    @property
    def _is_turtle(self) -> bool:
        by_name = "ttl" if (self.case_file or "").endswith(".ttl") else "json"
        return (self.case_format or by_name) == "ttl"

    def topic(self, words: Lexicon) -> IRI | None:
        """The finding that is asked about; only some have a question."""
        from kg.model.terms import Kind

        if self.about is None:
            return None
        entry = words.find(self.about, Kind.FINDING)
        if not entry.asked_as:
            able = [each.label for each in words.of_kind(Kind.FINDING) if each.asked_as]
            raise UsageError(
                f"no causes of {entry.label} are listed; asked can be: {', '.join(able)}."
            )
        return entry.iri


def today() -> date:
    """The day on which the command runs, where the reader is."""
    return datetime.now().astimezone().date()


def case_options(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Give a command the options of a case; it gets them as one value, `given`."""
    names = [field.name for field in fields(CaseOptions)]

    @wraps(command)
    def with_case(**values: Any) -> _Result:  # noqa: ANN401 - as click passes them
        return command(given=CaseOptions(**{name: values.pop(name) for name in names}), **values)

    decorated: Callable[..., _Result] = with_case
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


@click.command()
@case_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "ttl"]),
    default="json",
    show_default=True,
    help="Shape of the case.",
)
def case(given: CaseOptions, form: str) -> None:
    """Print a case as it is understood, as JSON or Turtle; what is not used goes to stderr.

    \b
    kg case --has PCM --lab "alp=212U/L(35-105)@2025-03-01" --drug bortezomib@2025-01-10
    kg case --case case.json --format ttl

    What is printed can be given to --case.
    """  # noqa: D301 - click wants the character itself
    given.check()
    graph = knowledge()
    found = given.case(lexicon(graph))
    notes = [each.text for each in found.contradictions]
    notes += [f"{each.given}: {each.reason}" for each in found.unused]
    for note in notes:
        click.echo(f"note: {note}", err=True)
    write(found.to_turtle() if form == "ttl" else json_text(found.to_json()))
