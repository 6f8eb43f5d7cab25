"""`kg build`, `kg verify` and `kg report`: the sources made a graph, checked, and reported on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.cli.common import FORMAT, TEXTS, Progress, format_option, texts_folder, write
from kg.cli.store import StoreOptions, store_options
from kg.model.errors import UsageError
from kg.model.report import Level, Report

if TYPE_CHECKING:
    from kg.compile.owl.oracle import Oracle
    from kg.show.blocks import Section


@click.command()
@click.option("--output", metavar="DIR", help="Folder to publish the graph in, not the cache.")
@click.option("--force", is_flag=True, help="Build even if nothing changed.")
@click.option("--check", is_flag=True, help="Only say whether the graph is up to date.")
@click.option("--oracle", is_flag=True, help="Build, and have HermiT agree with each conclusion.")
@click.option("--deadline", type=click.FloatRange(min=1), help="Seconds that HermiT may take.")
@click.option("--memory", type=click.IntRange(min=100), help="Megabytes that HermiT may take.")
def build(  # noqa: PLR0913 - what a build is told
    output: str | None,
    *,
    force: bool,
    check: bool,
    oracle: bool,
    deadline: float | None,
    memory: int | None,
) -> None:
    """Build the graph from its sources; with nothing changed there is nothing to do.

    An error in the sources leaves the graph that was in use. HermiT takes as long and as much
    memory as it needs, unless it is given a limit.
    """
    from kg.compile import builder

    if check:
        if force or output or oracle:
            raise UsageError("--check stands alone: it builds nothing.")
        current = builder.is_current()
        write("The graph is up to date.\n" if current else "The graph is older than its sources.\n")
        sys.exit(0 if current else 1)
    started = time.perf_counter()
    root = None if output is None else Path(output).expanduser()
    judge = _oracle(deadline, memory) if oracle else None
    folder = builder.build(root=root, force=force, progress=Progress(), oracle=judge)
    write(f"{folder}  ({time.perf_counter() - started:.1f} s)\n")


def _oracle(deadline: float | None, memory: int | None) -> Oracle:
    from kg.compile.owl.hermit import Limits
    from kg.compile.owl.oracle import Oracle

    return Oracle(Limits(deadline, memory))


_LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "info")


@click.command()
@click.option("--texts", metavar="DIR", help=f"{TEXTS} Every place is looked up in them.")
@click.option(
    "--level",
    type=click.Choice(_LEVELS),
    default="info",
    show_default=True,
    help="Least level that is printed.",
)
@FORMAT
@store_options
def verify(texts: str | None, level: Level, form: str, where: StoreOptions) -> None:
    """Check the sources by rules and shapes; exit code 1 if an error is found.

    Each finding has its file and line, its level, what is wrong, what to do, and the rule.
    With --store it is the published graph that is checked, and that it is whole.
    """
    texts_dir = texts_folder(texts)
    if where.store and texts_dir is not None:
        raise UsageError("--texts goes with the sources here, and not with --store.")
    report = _stored(where) if where.store else _sources(texts_dir)
    from kg.show.data import render
    from kg.show.reports import verification, verification_sections

    shown = _LEVELS[: _LEVELS.index(level) + 1]
    found = verification(report, shown)
    write(render(form, verification_sections(found), found))
    sys.exit(0 if report.passes else 1)


def _stored(where: StoreOptions) -> Report:
    from kg.compile.check import read_rules
    from kg.curate.verify import verify_store
    from kg.model.resources import queries_dir
    from kg.store.publication import open_published

    store, found = open_published(where.remote())
    return verify_store(store, found, read_rules(queries_dir() / "verify"))


def _sources(texts_dir: Path | None) -> Report:
    from kg.curate.verify import verify_sources
    from kg.model.rdf import read_sources
    from kg.model.resources import ontology_dir

    folder = ontology_dir()
    return verify_sources(read_sources(folder), folder, texts_dir)


_NAMES = ("coverage", "citations", "quality", "terms", "review", "conflicts", "hardening")


@click.command()
@click.argument("name", metavar="|".join(_NAMES), type=click.Choice(_NAMES))
@click.option("--texts", metavar="DIR", help=f"{TEXTS} For coverage: their lines are counted.")
@format_option("text", "md", "json", "csv", of="what is shown; csv for review alone")
def report(name: str, texts: str | None, form: str) -> None:
    """Say what the graph covers, what it can follow, and how well it is described.

    \b
    coverage   lines of each document: with statements, set aside, OPEN; exit code 1 if one is open,
               or if a folder of texts lacks a document
    citations  what is known of each number that a document prints
    quality    evidence of the axioms, use of the statements, findings of the rules
    terms      terms by kind, with labels, definitions and codes
    review     rules and background statements, their evidence, and who judged them; as csv a sheet
               to fill in, which `kg review import` reads
    conflicts  pairs of statements that speak of the same and say otherwise, say it of other or
               narrower patients, or draw another limit, found by their terms; and who linked them
    hardening  sentences of an article that say more than an earlier one of the same matter, or than
               the one they rest on: more firmly, of more patients, or the opposite
    """  # noqa: D301 - click wants the character itself
    folder = texts_folder(texts)
    if folder is not None and name != "coverage":
        raise UsageError(f"--texts goes with coverage; the report on {name} is about the graph.")
    if form == "csv":
        write(_sheet(name))
        return
    from kg.show.data import render

    sections, data, passes = _report(name, folder)
    write(render(form, sections, data))
    sys.exit(0 if passes else 1)


def _sheet(name: str) -> str:
    """The report that is a sheet to fill in."""
    from kg.curate.review import read_reviewables, write_sheet
    from kg.model.resources import ontology_dir

    if name != "review":
        raise UsageError(f"the report on {name} has no form csv; wanted: text, md, json.")
    return write_sheet(read_reviewables(ontology_dir()))


def _pairs(name: str) -> tuple[Iterable[Section], object]:
    """A report on pairs of statements of the built graph."""
    from kg.compile import builder

    knowledge = builder.ensure()
    if name == "conflicts":
        from kg.curate.conflicts import find_pairs
        from kg.show.reports import conflicts_sections

        pairs = find_pairs(knowledge.store)
        return conflicts_sections(pairs), {"pairs": pairs}
    from kg.audit.articles import audit_articles
    from kg.audit.evidence import evidence_of
    from kg.show.audit import hardening_sections

    found = audit_articles(knowledge.store, evidence_of(knowledge))
    return hardening_sections(found), {"pairs": found}


def _report(name: str, texts: Path | None) -> tuple[Iterable[Section], object, bool]:
    """A report for readers and for programs, and whether it is a pass."""
    from kg.compile.check import read_rules
    from kg.compile.check.sources import check_sources
    from kg.curate import reports
    from kg.model import resources
    from kg.model.copies import read_copies
    from kg.model.rdf import read_sources
    from kg.show import reports as show
    from kg.store.statements import read_coverage

    folder = resources.ontology_dir()
    if name == "review":
        from kg.curate.review import read_reviewables

        reviewables = read_reviewables(folder)
        return show.review_sections(reviewables), {"items": reviewables}, True
    if name in ("conflicts", "hardening"):
        return (*_pairs(name), True)
    sources = read_sources(folder)
    store = reports.open_sources(sources, folder)
    if name == "coverage":
        covered = read_coverage(store, read_copies(texts) if texts else ())
        passes = not any(each.open or (texts and not each.copy) for each in covered)
        return show.coverage_sections(covered), {"documents": covered}, passes
    if name == "citations":
        cited = reports.read_citations(store)
        return show.citations_sections(cited), {"documents": cited}, True
    if name == "terms":
        terms = reports.read_terms(store)
        return show.terms_sections(terms), {"kinds": terms}, True
    rules = read_rules(resources.queries_dir() / "verify")
    quality = reports.read_quality(store, rules, check_sources(sources, folder).findings)
    return show.quality_sections(quality), quality, True
