"""`kg cohort`: all patients of a hospital judged at once, and the queries that do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from signal import SIGTERM, signal
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import click
from msgspec.structs import replace

from kg.cli.common import load_graph, read_text, write
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from kg.case.fhir import Reading
    from kg.case.ranges import RangeTable
    from kg.cli.bulk import Bulk
    from kg.cohort.compiler import Cohort
    from kg.cohort.engine import Days, Engine
    from kg.cohort.run import Run
    from kg.cohort.sources import Source
    from kg.model.terms import Lexicon
    from kg.store.knowledge import KnowledgeGraph


@click.group()
def cohort() -> None:
    """Judge all patients of a hospital at once; it takes etiograph[cohort]."""


_SOURCE = click.argument("source", type=click.Path(exists=True, path_type=Path))
_FORM = click.option(
    "--from",
    "form_of_source",
    type=click.Choice(["tables", "omop", "fhir"]),
    default="tables",
    show_default=True,
    help="What SOURCE is: our own tables, an OMOP common data model, or a bulk export of FHIR.",
)
_RANGES = click.option(
    "--ranges",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Reference ranges for values without one, as of kg ask.",
)
_ABOUT = click.option("--about", help="The finding whose causes are wanted, by any of its names.")
_DAY = click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that is asked about, where the table of persons names none.",
)


_ENGINE = click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What runs the queries: DuckDB here, or Spark, on this machine or a cluster.",
)


@cohort.command("sql")
@_ABOUT
@_ENGINE
def print_sql(about: str | None, engine: str) -> None:
    """Print the tables of knowledge and the queries, as an engine runs them, in their order."""
    from kg.cli.case_options import today
    from kg.cohort.text import all_sql

    if engine == "spark":
        _need(engine, "sqlglot")
    scripts = all_sql(_compile(load_graph(), about), today())
    if engine == "spark":
        from kg.cohort.spark.dialect import translate_script

        scripts = (each for script in scripts for each in translate_script(script))
    write("\n".join(scripts))


@cohort.command("run")
@_SOURCE
@_FORM
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="A new folder."
)
@_RANGES
@_ABOUT
@_DAY
@click.option(
    "--suppress-below",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Tell no count under N.",
)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
@click.option(
    "--threads",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="How many cores; all where none is named.",
)
@_ENGINE
@click.option("--master", metavar="URL", help="The cluster that Spark runs on, where it is one.")
@click.option(
    "--part",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many patients are judged at once: fewer take less memory. A finished part is kept.",
)
def run_cohort(  # noqa: PLR0913 - an option each
    *,
    source: Path,
    form_of_source: str,
    ranges: Path | None,
    output: Path,
    about: str | None,
    day: datetime | None,
    suppress_below: int,
    form: str,
    threads: int,
    engine: str,
    master: str | None,
    part: int | None,
) -> None:
    """Judge every patient of the tables in SOURCE, and write what is said of each.

    SOURCE holds person, condition, treatment and result, each as .parquet, .csv or .tsv or as a
    folder of such files; docs/how-to/judge-a-cohort.md names their columns. The output holds
    patients, verdicts, messages, steps and unused as Parquet, and the summary as summary.json
    and, for a browser, summary.html. A run that was ended or killed goes on with the parts that
    it had finished, if it is given again and nothing has changed.
    """
    import json

    if master is not None and engine != "spark":
        raise UsageError("--master names a cluster of Spark; it goes with --engine spark.")
    _need_duckdb()
    from kg.cohort.unfinished import open_unfinished
    from kg.pages.cohort import summary_page

    graph = load_graph()
    compiled = _compile(graph, about)
    days = _days(day)
    with ExitStack() as stack:
        stack.callback(signal, SIGTERM, signal(SIGTERM, _leave))
        unfinished = stack.enter_context(open_unfinished(output))
        start = _start_spark if engine == "spark" else _start_duckdb
        opened, kind, size = start(compiled, graph, unfinished.aside, threads, master, stack)
        size = part or size
        opened.ranges = _ranges(ranges, graph)
        read = _read(opened, source, form_of_source, graph, days, stack, unfinished.aside)
        opened.open_source(read)
        opened.read(size)
        run = kind(
            graph, compiled, opened, days, lambda said: click.echo(said, err=True), summary_page
        )
        said = (engine, form_of_source, str(size), graph.version, str(days))
        identity = _identity(said, compiled, source, ranges)
        summary = run.write_in(unfinished, source.name, below=suppress_below, identity=identity)
    match form:
        case "json":
            write(f"{json.dumps(summary.plain(), ensure_ascii=False)}\n")
        case "html":
            write(summary_page(summary).decode())
        case _:
            write(summary.text())


@cohort.command("explain")
@_SOURCE
@_FORM
@click.argument("patient")
@_RANGES
@_ABOUT
@_DAY
@click.option("--show", multiple=True, help="As of kg ask: what to open behind the page.")
def explain(  # noqa: PLR0913 - an option each
    *,
    source: Path,
    form_of_source: str,
    ranges: Path | None,
    patient: str,
    about: str | None,
    day: datetime | None,
    show: tuple[str, ...],
) -> None:
    """Hand the facts of one PATIENT of SOURCE to the judge, and print the whole answer."""
    _need_duckdb()
    from kg.answer.ask import ask
    from kg.cohort.engine import open_engine
    from kg.cohort.one import read_patient
    from kg.model.vocabulary import IRI
    from kg.show import render

    graph = load_graph()
    compiled = _compile(graph, about)
    days = _days(day)
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine(compiled, graph.lexicon))
        engine.ranges = _ranges(ranges, graph)
        aside = Path(stack.enter_context(TemporaryDirectory(prefix="etiograph-")))
        opened = _read(engine, source, form_of_source, graph, days, stack, aside)
        engine.open_source(opened.only(patient))
        engine.read()
        engine.judge_part(days)
        case = read_patient(engine, graph.lexicon, patient).case(graph.lexicon, days)
    write(render(ask(graph, case, IRI(compiled.topic.finding.iri)), "text", show))


def _start_duckdb(
    compiled: Cohort,
    graph: KnowledgeGraph,
    aside: Path,
    threads: int,
    _master: str | None,
    stack: ExitStack,
) -> tuple[Engine, type[Run], int]:
    """DuckDB, what runs a cohort on it, and how many patients at once."""
    from kg.cohort.engine import PART, open_engine
    from kg.cohort.run import Run

    opened = open_engine(compiled, graph.lexicon, threads=threads, beside=aside)
    return stack.enter_context(opened), Run, PART


def _start_spark(  # noqa: PLR0913, PLR0917 - what either engine takes
    compiled: Cohort,
    graph: KnowledgeGraph,
    aside: Path,
    threads: int,
    master: str | None,
    stack: ExitStack,
) -> tuple[Engine, type[Run], int]:
    """The same of Spark; what it puts aside is beside the output, where every machine has it."""
    _need("spark", "pyspark", "sqlglot")
    from kg.cohort.engine import Engine
    from kg.cohort.spark.database import PART, open_spark
    from kg.cohort.spark.judging import SparkRun

    here = f"local[{threads or '*'}]"
    data = stack.enter_context(open_spark(master or here, aside, threads=threads))
    return Engine(data, compiled, graph.lexicon), SparkRun, PART


def _identity(said: tuple[str, ...], compiled: Cohort, source: Path, ranges: Path | None) -> str:
    """What two runs share whose parts are the same: files, queries, options and programs."""
    from importlib.metadata import version

    from kg.cohort.run import queries_digest
    from kg.cohort.unfinished import identity_of

    names = ("etiograph", "duckdb", *(("pyspark", "sqlglot") if "spark" in said else ()))
    programs = (f"{each} {version(each)}" for each in names)
    read = (source,) if ranges is None else (source, ranges)
    return identity_of((*said, queries_digest(compiled), *programs), *read)


def _need_duckdb() -> None:
    """UsageError where patients cannot be judged."""
    _need("cohort", "duckdb")


def _need(extra: str, *modules: str) -> None:
    """UsageError where a module is not there, which an extra brings."""
    missing = [each for each in modules if find_spec(each) is None]
    if missing:
        raise UsageError(f"this takes {missing[0]}, which is not here; install etiograph[{extra}].")


def _compile(graph: KnowledgeGraph, about: str | None) -> Cohort:
    """The tables for a finding; UsageError where several can be asked about and none is named."""
    from kg.answer.ask import find_topic
    from kg.cohort.compiler import Compiler

    topics = graph.model.tables.topics
    if about is None and len(topics) > 1:
        known = ", ".join(each.finding.label for each in graph.model.tables.heads.values())
        raise UsageError(f"name the finding with --about; there are: {known}.")
    iri = next(iter(topics)) if about is None else find_topic(graph.lexicon, about)
    return Compiler(graph, topics[iri]).compile()


def _read(  # noqa: PLR0913, PLR0917 - what each form of a source takes
    engine: Engine,
    source: Path,
    form: str,
    graph: KnowledgeGraph,
    days: Days,
    stack: ExitStack,
    aside: Path,
) -> Source:
    """The tables of a source of any form; what they are made of is put aside."""
    from kg.cohort.omop import omop_source
    from kg.cohort.sources import flat_source

    if form == "omop":
        return omop_source(engine, source, graph.lexicon, days)
    if form == "fhir":
        return _read_export(engine, source, graph, days, stack, aside)
    return flat_source(source)


def _read_export(  # noqa: PLR0913, PLR0917 - as above
    engine: Engine,
    source: Path,
    graph: KnowledgeGraph,
    days: Days,
    stack: ExitStack,
    aside: Path,
) -> Source:
    """The tables of a bulk export: each patient is read as a record, and becomes rows.

    What is in none of them is counted with the rows that are not used.
    """
    from kg.cli.bulk import Bulk
    from kg.cohort.records import write_readings
    from kg.cohort.sources import flat_source

    export = Bulk(source, stack)
    folder = aside / "export"
    folder.mkdir()
    left: Counter[str] = Counter()
    day = days.day or days.today
    readings = _readings(export, graph.lexicon, day, engine.ranges, left)
    left += write_readings(readings, graph.lexicon, folder)
    engine.left_out |= {("resource", reason): count for reason, count in left.items()}
    engine.left_out |= {("line", reason): count for reason, count in export.left.items()}
    return replace(flat_source(folder), name=source.name)


def _readings(
    export: Bulk, lexicon: Lexicon, day: date, ranges: RangeTable | None, refused: Counter[str]
) -> Iterator[tuple[str, Reading]]:
    """What the record of each patient says; of one that cannot be read, that there is one.

    A value without a range is kept where `ranges` may have one.
    """
    from kg.case.fhir import parse_record

    for patient in export.patients():
        texts = {place: text.decode("utf-8-sig") for place, text in patient.lines.items()}
        try:
            reading = None if patient.refused else parse_record(texts, lexicon, day, ranges)
        except UsageError:
            reading = None
        if reading is not None:
            yield patient.id, reading
        else:
            refused["the record of the patient cannot be read"] += 1


def _ranges(file: Path | None, graph: KnowledgeGraph) -> RangeTable | None:
    """The reference ranges of a file."""
    from kg.case.ranges import read_table

    if file is None:
        return None
    return read_table(read_text(str(file)), graph.lexicon, file.name)


def _leave(number: int, _: object) -> NoReturn:
    """End as after an error, so that what is unfinished or was put aside is removed."""
    raise SystemExit(128 + number)


def _days(day: datetime | None) -> Days:
    from kg.cli.case_options import today
    from kg.cohort.engine import Days

    now = today()
    if day is not None and day.date() > now:
        raise UsageError(f"the day that is asked about, {day.date()}, is after {now}.")
    return Days(now, None if day is None else day.date())
