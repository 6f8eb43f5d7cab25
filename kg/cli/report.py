"""`kg report`: what the graph says about itself."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.common import TEXTS, json_text, texts_folder, write
from kg.model.errors import UsageError

_NAMES = ("coverage", "citations", "quality", "terms")


@click.command()
@click.argument("name", metavar="coverage|citations|quality|terms", type=click.Choice(_NAMES))
@click.option("--texts", metavar="DIR", help=f"{TEXTS} For coverage: their lines are counted.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
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
    said, values, passes = _made(name, folder)
    write(json_text(values) if form == "json" else said)
    sys.exit(0 if passes else 1)


def _made(name: str, texts: Path | None) -> tuple[str, dict[str, object], bool]:
    """A report as text, as values, and whether it is a pass."""
    from kg.compile.check import read_rules
    from kg.compile.check.sources import check_sources
    from kg.curate import reports
    from kg.model import resources
    from kg.model.copies import read_copies
    from kg.model.rdf import read_sources
    from kg.show import report_values as values
    from kg.show import reports as texts_of
    from kg.store.statements import read_coverage

    folder = resources.ontology_dir()
    sources = read_sources(folder)
    store = reports.open_sources(sources, folder)
    if name == "coverage":
        covered = read_coverage(store, read_copies(texts) if texts else ())
        passes = not any(each.open or (texts and not each.copy) for each in covered)
        return texts_of.coverage_text(covered), values.coverage_json(covered), passes
    if name == "citations":
        cited = reports.read_citations(store)
        return texts_of.citations_text(cited), values.citations_json(cited), True
    if name == "terms":
        terms = reports.read_terms(store)
        return texts_of.terms_text(terms), values.terms_json(terms), True
    rules = read_rules(resources.queries_dir() / "verify")
    quality = reports.read_quality(store, rules, check_sources(sources, folder).findings)
    return texts_of.quality_text(quality), values.quality_json(quality), True
