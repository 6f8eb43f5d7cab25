"""Writes docs/reference/ from the code and the queries; `--check` says whether it is up to date."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

import kg.errors
from kg.cli import main as command_line
from kg.queries import Query, Value, catalogue
from kg.vocab import Literal, compact

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- made by docs/make_reference.py: change its source, then run `make reference` -->"
WIDTH = 88


def commands() -> str:
    """Give the page of every command with the help it prints."""
    blocks = [
        f"{'#' * min(depth + 1, 2)} {context.command_path}\n\n```text\n{context.get_help()}\n```\n"
        for depth, context in _contexts(command_line, "kg", None)
    ]
    blocks[0] = blocks[0].replace("# kg\n", f"# Commands\n\n{MADE}\n", 1)
    return "\n".join(blocks)


def _contexts(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[int, click.Context]]:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH
    )
    yield context.command_path.count(" "), context
    if isinstance(command, click.Group):
        for child in sorted(command.commands):
            yield from _contexts(command.commands[child], child, context)


def errors() -> str:
    """Give the page of every error, as the tree that `kg.errors` draws and class by class."""
    blocks = [f"# Errors\n\n{MADE}\n\n```text\n{inspect.getdoc(kg.errors)}\n```\n"]
    for error in _family(kg.errors.KGError):
        parents = ", ".join(f"`{base.__name__}`" for base in error.__bases__)
        blocks.append(
            f"## {error.__name__}\n\n{_paragraph(error)}\n"
            f"Exit code {error.exit_code}; a kind of {parents}.\n"
        )
    return "\n".join(blocks)


def _family(error: type[kg.errors.KGError]) -> Iterator[type[kg.errors.KGError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == kg.errors.__name__:
            yield from _family(child)


def _paragraph(error: type[kg.errors.KGError]) -> str:
    return (inspect.getdoc(error) or "").split("\n\n")[0].replace("\n", " ")


def queries() -> str:
    """Give the page of every query that is there, with its parameters and their defaults."""
    found = catalogue(ROOT / "queries")
    head = "Run one with `kg query NAME`; the files are in `queries/`, one folder for each kind."
    return "\n".join([f"# Queries\n\n{MADE}\n\n{head}\n", *map(_entry, found.values())])


def _entry(query: Query) -> str:
    said = [line for line in (query.summary, query.description) if line]
    rows = [
        f"- `{parameter.name}`, by default `{' '.join(map(_short, parameter.defaults))}`"
        for parameter in query.parameters.values()
    ]
    parameters = ["", "Parameters:", "", *rows] if rows else []
    return "\n".join([f"## {query.name}\n", *said, *parameters, ""])


def _short(value: Value) -> str:
    return value.n3() if isinstance(value, Literal) else compact(value)


PAGES = {"cli.md": commands, "errors.md": errors, "queries.md": queries}


def outdated() -> list[str]:
    """Give the names of the pages that are not what code and queries say."""
    return [
        name
        for name, make in PAGES.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text("utf-8") != make()
    ]


def main() -> None:
    """Write the pages, or with `--check` refuse those that are out of date."""
    stale = outdated()
    if sys.argv[1:] == ["--check"]:
        if stale:
            sys.exit(f"Out of date in docs/reference: {', '.join(stale)}. Run `make reference`.")
        print(f"docs/reference is up to date: {len(PAGES)} pages.")
        return
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (REFERENCE / name).write_text(PAGES[name](), "utf-8")
        print(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
