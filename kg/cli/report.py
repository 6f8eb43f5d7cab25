"""`kg report`: what the graph says about itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import FORMAT, TEXTS, texts_folder, write
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from kg.show.blocks import Section

_NAMES = ("coverage", "citations", "quality", "terms")


@click.command()
@click.argument("name", metavar="coverage|citations|quality|terms", type=click.Choice(_NAMES))
@click.option("--texts", metavar="DIR", help=f"{TEXTS} For coverage: their lines are counted.")
@FORMAT
def report(name: str, texts: str | None, form: str) -> None:
    """Say what the graph covers, what it can follow, and how well it is described.

    \b
    coverage   lines of each document: with statements, set aside, OPEN; exit code 1 if one is open,
               or if a folder of texts lacks a document
    citations  what is known of each number that a document prints
    quality    evidence of the axioms, use of the statements, findings of the rules
    terms      terms by kind, with labels, definitions and codes
    """  # noqa: D301 - click wants the character itself
    folder = texts_folder(texts)
    if folder is not None and name != "coverage":
        raise UsageError(f"--texts goes with coverage; the report on {name} is about the graph.")
    from kg.show.data import render

    sections, data, passes = _report(name, folder)
    write(render(form, sections, data))
    sys.exit(0 if passes else 1)


def _report(name: str, texts: Path | None) -> tuple[Iterable[Section], object, bool]:
    """A report for readers and for programs, and whether it is a pass."""
    from kg.compile.check import read_rules
    from kg.compile.check.sources import check_sources
    from kg.curate import reports
    from kg.model import resources
    from kg.model.copies import read_copies
    from kg.model.rdf import read_sources
    from kg.show import graph as show
    from kg.store.statements import read_coverage

    folder = resources.ontology_dir()
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
