"""`kg verify`: what is wrong with the sources, by rules, by shapes and by texts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from kg.cli.common import FORMAT, TEXTS, texts_folder, write
from kg.cli.store import StoreOptions, store_options
from kg.model.errors import UsageError
from kg.model.report import Level, Report

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
    from kg.show.graph import verification, verification_sections

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
