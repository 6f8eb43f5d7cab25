"""`kg source watch` and `compare`: articles while they are written, and of two curators."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.cli.common import FORMAT, TEXTS, Progress, texts_folder, write
from kg.model.errors import KGError

if TYPE_CHECKING:
    from kg.curate.watch import Before

ONTOLOGY: Final = click.option(
    "--ontology",
    metavar="DIR",
    help="Folder of the ontology that is edited; by default the one of this checkout.",
)
_PAUSE: Final = 0.3
"""Seconds between two looks at the times of the files."""


def ontology_folder(named: str | None) -> Path:
    """The folder that was named, or else the shipped ontology."""
    from kg.model.resources import ontology_dir

    return Path(named).expanduser() if named else ontology_dir()


@click.command()
@click.argument("name", metavar="[ID]", default="")
@click.option("--texts", metavar="DIR", help=f"{TEXTS} Words of theirs are looked for.")
@click.option("--once", is_flag=True, help="One look; exit code 1 if anything is wrong.")
@click.option(
    "--since",
    metavar="VERSION",
    help="Version whose answers are compared, as in `kg diff`; by default the graph in use.",
)
@ONTOLOGY
def watch(
    name: str, texts: str | None, *, once: bool, since: str | None, ontology: str | None
) -> None:
    """Look at the articles whenever a file changes: what is wrong, and which answers move.

    Shape and words of the files come first, then words copied from a text, then the graph, which
    is built as far as something changed, and last the shipped questions that it answers otherwise.
    The first error ends a look. Ctrl-C ends the command.
    """
    from kg.curate.watch import snapshot, wait_for_change

    folder, copies = ontology_folder(ontology), texts_folder(texts)
    before = _before(since)
    state = snapshot(folder)
    right = _look(folder, name, copies, before)
    if once:
        sys.exit(0 if right else 1)
    while True:
        state = wait_for_change(folder, state, lambda: time.sleep(_PAUSE))
        write("\n")
        _look(folder, name, copies, before)


def _before(since: str | None) -> Before | None:
    """The graph that answers are compared with; none where none was built yet."""
    from kg.compile.builder import roots
    from kg.curate.watch import Before
    from kg.store.artifact import open_artifact

    if since is not None:
        from kg.curate.diff.difference import find_version

        return Before.of(find_version(since, Progress(f"Building {since} once ...")).product)
    for root in roots():
        try:
            return Before.of(open_artifact(root))
        except KGError:
            continue
    return None


def _look(folder: Path, name: str, texts: Path | None, before: Before | None) -> bool:
    """Print one look, step by step; whether nothing was wrong."""
    from kg.curate.watch import look
    from kg.show.sources import show_step

    right = True
    started = time.perf_counter()
    for step in look(folder, only=name, texts=texts, before=before):
        write(show_step(step))
        right = right and not step.errors
    write(f"{time.perf_counter() - started:6.1f} s in all\n")
    return right


@click.command()
@click.argument("one", metavar="ONE.yaml", type=click.Path(exists=True, dir_okay=False))
@click.argument("other", metavar="TWO.yaml", type=click.Path(exists=True, dir_okay=False))
@FORMAT
@ONTOLOGY
def compare(one: str, other: str, form: str, ontology: str | None) -> None:
    """Compare the files that two curators made of one text.

    Records are paired line by line. For each field: how often both say the same, of the records
    where either says anything, and Cohen's kappa where the values are terms. Exit code 0 means that
    the two agree, 1 that they differ.
    """
    from kg.articles.article import read_article
    from kg.articles.words import read_words
    from kg.curate.sources.compare import compare_articles
    from kg.show.data import render
    from kg.show.sources import comparison_sections

    words = read_words(ontology_folder(ontology))
    articles = [read_article(Path(each), words) for each in (one, other)]
    found = compare_articles(articles[0], articles[1], words)
    write(render(form, comparison_sections(found), found))
    sys.exit(1 if found.differing else 0)


@click.command()
@click.argument("name", metavar="ID")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a test does not hold.")
@click.option("--output", metavar="DIR", help="Folder of the tests, by default tests/knowledge.")
def accept(name: str, output: str | None, *, check: bool) -> None:
    """Write knowledge tests of an article: what each of its statements does in an answer.

    For each statement that carries an axiom or agrees with one, the least case in which it speaks,
    with the verdicts and lines that rest on it, and the nearest case in which it is silent. Tests
    that hold stay as they are. What changed is shown, to be read against the article and kept, or
    mended in the article.
    """
    from kg.cli.common import load_graph
    from kg.curate.knowledge.entries import accept_article, tests_folder, write_entries
    from kg.curate.sources.writing import write_all
    from kg.show.sources import show_accepted

    graph = load_graph()
    folder = Path(output).expanduser() if output else tests_folder()
    path = folder / f"{name}.yaml"
    done, labels = accept_article(graph, name, path)
    write(show_accepted(done))
    if not check:
        write_all({path: write_entries(done.entries, labels)})
        write(f"{path}\n")
    sys.exit(1 if check and not done.unchanged else 0)
