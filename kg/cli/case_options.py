"""The options that say a case, the case that they make, and `kg case`, which prints it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from kg.case import Case, case_to_json, parse_json, read_case, resolve_case
from kg.case.dates import day_there, read_day
from kg.case.merge import Beside
from kg.case.model import NOTED
from kg.case.parse import Options
from kg.case.ranges import RangeTable, read_table
from kg.cli.common import format_option, load_graph, offers, options_as, read_text, write
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.model.vocabulary import IRI

if TYPE_CHECKING:
    from kg.store.knowledge import KnowledgeGraph

_FACTS = ("question", "has", "drug", "lab", "finding", "age", "sex")
"""The options that say something of the patient."""
_OPTIONS = (
    click.argument("question", nargs=-1),
    click.option(
        "--has",
        multiple=True,
        metavar="TERM",
        help="A condition that the patient has: TERM, or TERM@2026-01-10 with the day on which it "
        "began.",
        shell_complete=offers("terms", "condition"),
    ),
    click.option(
        "--drug",
        multiple=True,
        metavar="TERM",
        help="A drug that the patient is given: TERM, TERM@2026-01-10 with the day of its start, "
        "or TERM@2026-01-10..2026-03-01 with that of its end as well.",
        shell_complete=offers("terms", "drug", "treatment"),
    ),
    click.option(
        "--lab",
        multiple=True,
        metavar="RESULT",
        help="A result: alp=high, or alp=212U/L(35-105) with the range printed with it; behind it "
        "@2026-03-01 for its day, ;high for the laboratory's flag, ;baseline for the value before "
        "treatment.",
        shell_complete=offers("results"),
    ),
    click.option(
        "--finding",
        multiple=True,
        metavar="TERM=ANSWER",
        help="A finding that was looked for: yes, no or unknown.",
        shell_complete=offers("findings"),
    ),
    click.option("--age", metavar="YEARS", help="Age in years."),
    click.option(
        "--sex",
        metavar="SEX",
        help="Sex, where statements speak of one only.",
        shell_complete=offers("sexes"),
    ),
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
        "stdin. What other options say is put beside it.",
    ),
    click.option(
        "--map",
        "maps",
        multiple=True,
        metavar="FILE",
        help="With --fhir: a FHIR ConceptMap from codes of the hospital to those of a terminology; "
        "may be repeated.",
    ),
    click.option(
        "--assume",
        multiple=True,
        metavar="TERM",
        help="A condition that the answer asks about, such as menopause, to be taken as present; "
        "the answer shows it as an assumption.",
    ),
    click.option(
        "--ranges",
        metavar="FILE",
        help="Reference ranges for results without one: a table with tabs or commas (marker, "
        "unit, low, high, sex, age), or FHIR ObservationDefinitions as JSON.",
    ),
    click.option(
        "--about",
        metavar="FINDING",
        help="The finding whose causes are asked for; by default the one that the case shows.",
        shell_complete=offers("topics"),
    ),
)


STRICT: Final = click.option(
    "--strict",
    is_flag=True,
    help="Exit with 3 where something that was given is not covered or not used.",
)
"""The option of a command whose answer can leave out something of the case."""
NOT_ALL_USED: Final = 3
"""The exit code of an answer that left something out, where that matters."""


def any_left_out(kinds: Iterable[str]) -> bool:
    """Whether any input of these kinds was left out; what was used with a remark was not."""
    return any(kind != NOTED for kind in kinds)


class CaseOptions(Struct, frozen=True):
    """What was typed of a case."""

    question: tuple[str, ...]
    """The words of a question, which are read as options beside the others."""
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
    maps: tuple[str, ...]
    assume: tuple[str, ...]
    ranges: str | None
    about: str | None

    @property
    def is_empty(self) -> bool:
        """Whether none of the options was given."""
        said = (name for name in self.__struct_fields__ if name not in ("maps", "ranges"))
        return not any(getattr(self, name) for name in said)

    def check(self) -> None:
        """UsageError where nothing is said of the patient, or the case is given twice."""
        facts = tuple(getattr(self, name) for name in _FACTS)
        if self.case_file is not None and any((*facts, self.day, self.fhir is not None)):
            raise UsageError("--case holds the whole case; give it without other facts.")
        if self.maps and self.fhir is None:
            raise UsageError("--map goes with --fhir and --batch: it is for the codes of records.")
        whole = self.case_file is not None or self.fhir is not None
        if not whole and not any((*facts, self.day)):
            raise UsageError(
                "nothing is said of the patient; ask in words, or give a result, such as "
                "--lab alp=high."
            )

    def with_maps(self, words: Lexicon) -> Lexicon:
        """The lexicon, with the codes of the hospital that --map gives."""
        if not self.maps:
            return words
        from kg.case.fhir.maps import with_maps

        return with_maps(words, [(name, read_text(name)) for name in self.maps])

    def case(self, words: Lexicon) -> Case:
        """The case, in the terms of the graph."""
        if self.fhir is not None:
            return self._record(self.fhir, self.with_maps(words))
        ranges = self.read_ranges(words)
        if self.case_file is not None:
            text = read_text(self.case_file)
            data = _parse(text, self.case_format or Path(self.case_file).suffix.lstrip("."))
            return resolve_case(data, words, today=today(text), beside=Beside(ranges=ranges))
        now = today(" ".join((*self.lab, *self.drug)))
        typed = self._typed()
        if self.day is not None:
            typed["day"] = self.day
        return read_case(words, today=now, ranges=ranges, **typed)

    def read_ranges(self, words: Lexicon) -> RangeTable | None:
        """The reference ranges of --ranges."""
        if self.ranges is None:
            return None
        text, name = read_text(self.ranges), Path(self.ranges).name
        if text.lstrip()[:1] in ("{", "["):
            from kg.case.fhir.definitions import read_definitions

            return read_definitions(text, words, name)
        return read_table(text, words, name)

    def _record(self, file: str, words: Lexicon) -> Case:
        """The case of a record, with what was typed beside it."""
        from kg.case.fhir import read_case as read_record

        written, typed = read_text(file), self._typed()
        beside = Beside(typed if any(typed.values()) else None, self.read_ranges(words))
        return read_record(written, words, self._asked_day(written), beside)

    def _typed(self) -> Options:
        """What was typed of the patient, but the day that is asked about."""
        return Options(
            has=self.has,
            drugs=self.drug,
            labs=self.lab,
            findings=self.finding,
            age=self.age,
            sex=self.sex,
            question=" ".join(self.question) if self.question else None,
        )

    def asked_case(self, graph: KnowledgeGraph) -> Case:
        """The case that an answer is about: with what is assumed, shown as that."""
        case = self.case(graph.lexicon)
        if not self.assume:
            return case
        from kg.answer.questions import assume

        return assume(graph, case, self.assume)

    def _asked_day(self, written: str) -> date:
        """The day that a record is asked about; UsageError where it is still to come."""
        now, asked = today(written), read_day(self.day, "--date")
        if asked and asked.day > now:
            raise UsageError(f"the day that is asked about, {asked.day}, is after {now}.")
        return asked.day if asked else now

    def topic(self, words: Lexicon) -> IRI | None:
        """The finding that is asked about; only some have a question."""
        from kg.answer.ask import find_topic

        return None if self.about is None else find_topic(words, self.about)


def _parse(text: str, form: str) -> object:
    """The plain values of a text with a case, as JSON or Turtle."""
    if form != "ttl":
        return parse_json(text)
    from kg.case.turtle import parse_turtle

    return parse_turtle(text)


def today(written: str = "") -> date:
    """The day on which the command runs: where the reader is, or where the dates were written."""
    return day_there(datetime.now().astimezone(), written)


case_options = options_as("given", CaseOptions, _OPTIONS)
"""Gives a command the options of a case, as one value, `given`."""


@click.command()
@case_options
@format_option("json", "ttl", of="the case")
def case(given: CaseOptions, form: str) -> None:
    """Print a case as it is understood, as JSON or Turtle; what is not used goes to stderr.

    \b
    kg case --has PCM --lab "alp=212U/L(35-105)@2025-03-01" --drug bortezomib@2025-01-10
    kg case --case case.json --format ttl

    What is printed can be given to --case.
    """  # noqa: D301 - click wants the character itself
    given.check()
    if given.assume:
        raise UsageError("--assume is for questions; a case holds what is stated.")
    found = given.case(load_graph().lexicon)
    notes = [each.text for each in found.contradictions]
    notes += [f"{each.given}: {each.reason}" for each in found.unused]
    for note in notes:
        click.echo(f"note: {note}", err=True)
    if form == "json":
        from kg.show.data import json_text

        write(json_text(case_to_json(found)))
    else:
        from kg.case.turtle import case_to_turtle

        write(case_to_turtle(found))
