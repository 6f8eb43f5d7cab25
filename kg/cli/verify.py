"""`kg verify`: what is wrong with the sources, by rules, by shapes and by texts."""

from __future__ import annotations

import sys
from typing import Final

import click

from kg.cli.common import TEXTS, json_text, texts_folder, write
from kg.errors import Level

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
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def verify(texts: str | None, level: Level, form: str) -> None:
    """Check the sources by rules and shapes; exit code 1 if an error is found.

    Each finding has its file and line, its level, what is wrong, what to do, and the rule.
    """
    texts_dir = texts_folder(texts)
    from kg.build.checks import check_texts
    from kg.build.steps import check
    from kg.rdf import read_sources
    from kg.render.findings import report_json, report_text
    from kg.resources import ontology_dir

    folder = ontology_dir()
    sources = read_sources(folder)
    report = check(sources, folder)
    if texts_dir is not None:
        report += check_texts(sources, folder, texts_dir)
    shown = _LEVELS[: _LEVELS.index(level) + 1]
    write(json_text(report_json(report, shown)) if form == "json" else report_text(report, shown))
    sys.exit(0 if report.passes else 1)
