"""`kg build`: from the sources to a graph."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from kg.cli.common import Progress, write
from kg.model.errors import UsageError


@click.command()
@click.option("--output", metavar="DIR", help="Folder to publish the graph in, not the cache.")
@click.option("--force", is_flag=True, help="Build even if nothing changed.")
@click.option("--check", is_flag=True, help="Only say whether the graph is up to date.")
def build(output: str | None, *, force: bool, check: bool) -> None:
    """Build the graph from its sources; with nothing changed there is nothing to do.

    An error in the sources leaves the graph that was in use.
    """
    from kg.compile import builder

    if check:
        if force or output:
            raise UsageError("--check stands alone: it builds nothing.")
        current = builder.is_current()
        write("The graph is up to date.\n" if current else "The graph is older than its sources.\n")
        sys.exit(0 if current else 1)
    started = time.perf_counter()
    root = None if output is None else Path(output).expanduser()
    folder = builder.build(root=root, force=force, progress=Progress())
    write(f"{folder}  ({time.perf_counter() - started:.1f} s)\n")
