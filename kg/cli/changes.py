"""`kg diff` and `kg what-if`: what a change of the sources does to the graph and its answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from kg.cli.common import FORMAT, ONCE, Progress, format_option, write
from kg.model.errors import ComparisonError, KGError

if TYPE_CHECKING:
    from kg.model.changes import Difference

_CHANGELOG: Final = "changelog"


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@format_option("text", "md", "json", _CHANGELOG, of="what is shown")
def diff(old: str, new: str | None, form: str) -> None:
    """Show what differs between two versions, and which answers move.

    \b
    kg diff HEAD                     what you changed since the last commit
    kg diff v0.1.0 v0.2.0            two revisions of the checkout
    kg diff ../other/ontology        another folder and the sources as they are
    kg diff 4bbbab0d build/product   a version in the cache and a built graph
    kg diff v0.2.0 --format changelog   the part Knowledge of the next release

    A version is an ontology folder, a built graph (folder or file), the first digits of a version
    in the cache, or a revision in git. Without NEW, it is the sources as they are now. What is not
    built yet is built first, and kept beside the graph in use.

    Questions and rules are those of this program for both. Exit code 0 means that the two are the
    same, 1 that they differ, 2 trouble.
    """  # noqa: D301 - click wants the character itself
    from kg.curate.diff.difference import current_version, difference, find_version

    with _trouble():
        before = find_version(old, Progress(f"Building {old} to compare it (once) ..."))
        after = (
            current_version(Progress(ONCE))
            if new is None
            else find_version(new, Progress(f"Building {new} to compare it (once) ..."))
        )
        found = difference(before, after)
    _show(found, form)
    sys.exit(1 if found.found else 0)


@click.command("what-if")
@click.option(
    "--withdraw",
    multiple=True,
    required=True,
    metavar="ID",
    help="A statement to leave out; several by repeating.",
)
@FORMAT
def what_if(withdraw: tuple[str, ...], form: str) -> None:
    """Show which answers would move if statements were withdrawn.

    The graph in use stays as it is. Where an axiom falls with the statements, what rests on it is
    reasoned about again; otherwise nothing is. Exit code 0 is an answer, as everywhere; 2 means
    that there is no such statement.
    """
    from kg.curate.diff.difference import what_if as found

    _show(found(withdraw, progress=Progress("Making the graph without the statements ...")), form)


@contextmanager
def _trouble() -> Iterator[None]:
    """Give every error the exit code that diff(1) gives to trouble, for 1 means a difference."""
    try:
        yield
    except KGError as error:
        raise ComparisonError(error.message) from error


def _show(found: Difference, form: str) -> None:
    if form == _CHANGELOG:
        from kg.show.changelog import render_changelog

        write(render_changelog(found))
        return
    from kg.show.changes import render_difference

    write(render_difference(found, form))
