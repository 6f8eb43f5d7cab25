"""Writes docs/reference/ and the JSON Schemas from code and queries.

`--check` says whether they are up to date.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import click
from rdflib import RDF, Graph, Namespace
from rdflib.term import Node
from schemas import PRINTED, schema

import kg.model.errors
from kg.cli import main as command_line
from kg.compile.check import Rule, read_rules
from kg.curate.sentences import FixedRule
from kg.curate.verify import NOTHING, TEXT_RULES
from kg.model.vocabulary import Literal, compact, eg
from kg.show.data import SCHEMAS
from kg.store.queries import Query, Value, catalogue

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- made by docs/make_reference.py: change its source, then run `make reference` -->"
WIDTH = 88
EG = Namespace(eg(""))
ANSWERS = "tests/questions"
FACTS = "tests/questions/facts"
NOT_COVERED = "tests/questions/not_covered"
SHOWN = (
    "scope", "conflicts", "candidate", "undetermined", "argued against", "excluded", "absent",
    "alerts", "rules", "outcomes",
)  # fmt: skip
"""The parts of an answer that the page of questions names."""


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
    """Give the page of every error, as the tree that `kg.model.errors` draws and class by class."""
    blocks = [f"# Errors\n\n{MADE}\n\n```text\n{inspect.getdoc(kg.model.errors)}\n```\n"]
    for error in _family(kg.model.errors.KGError):
        parents = ", ".join(f"`{base.__name__}`" for base in error.__bases__)
        blocks.append(
            f"## {error.__name__}\n\n{_paragraph(error)}\n"
            f"Exit code {error.exit_code}; a kind of {parents}.\n"
        )
    return "\n".join(blocks)


def _family(error: type[kg.model.errors.KGError]) -> Iterator[type[kg.model.errors.KGError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == kg.model.errors.__name__:
            yield from _family(child)


def _paragraph(error: type[kg.model.errors.KGError]) -> str:
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


def rules() -> str:
    """Give the page of every rule, shape and check against the texts."""
    found = read_rules(ROOT / "queries" / "verify")
    head = (
        "`kg verify` checks them all, and `kg build` stops at an error.\n"
        "A finding names its rule; here is what each one is about, and what to do."
    )
    return "\n".join(
        [
            f"# Rules\n\n{MADE}\n\n{head}\n",
            "## Queries\n",
            "One query each, in `queries/verify/`.\n",
            *map(_rule, found),
            "## Shapes\n",
            "SHACL in `ontology/shapes/`; every finding is an error.\n",
            *_shapes(),
            "## With the texts\n",
            "`kg verify --texts DIR` checks these as well.\n",
            *map(_rule, TEXT_RULES),
            "## Of the check itself\n",
            "`kg verify` counts what it looked at.\n",
            _rule(NOTHING),
        ]
    )


def _rule(rule: Rule | FixedRule) -> str:
    said = f"{rule.title} ({rule.level}).\n{rule.problem}\n{rule.solution}"
    return f"### {rule.name}\n\n{said}\n"


def _shapes() -> Iterator[str]:
    """Each shape with what it asks, in the order of its file."""
    for path in sorted((ROOT / "ontology" / "shapes").glob("*.ttl")):
        for block in re.split(r"^shape:", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            asked = re.findall(r'sh:message\s+"([^"]+)"', block)
            items = "\n".join(f"- {each}" for each in asked)
            yield f"### {block.split()[0]}\n\n{items}\n"


def questions() -> str:
    """Give the page of what can be asked, with the answers in short, and of what cannot."""
    graph = Graph().parse(ROOT / "ontology" / "rules.ttl").parse(ROOT / "ontology" / "names.ttl")
    blocks = [
        f"# Questions\n\n{MADE}\n",
        "Every question here is put to the graph by the tests, and its whole answer is compared.",
        "Causes stand as their verdicts; nothing here is advice for a patient.\n",
        "## Asked of a case\n",
        "Each is a file in `queries/cases/`; its whole answer is in `tests/questions/`.\n",
        *map(_question, sorted((ROOT / "queries" / "cases").glob("*.json"))),
        "## Asked of the sources\n",
        "Each is a file in `tests/questions/facts/`, with the [queries](queries.md) it takes.\n",
        *_items(_asked(path) for path in sorted((ROOT / FACTS).glob("*.toml"))),
        "## Outside the scope\n",
        "The answer opens with it, and judges no cause.\n",
        *_items(_messages(graph, "Scope")),
        "## Not covered by the sources\n",
        "Statements leave it open and say so; [a query](queries.md#askgaps) finds the rest.\n",
        *_items(_messages(graph, "Gap")),
        "## Not covered\n",
        "What the graph has no term for is named at the head of the answer.\n",
        *_items(_asked(path) for path in sorted((ROOT / NOT_COVERED).glob("*.toml"))),
        "## Asked back\n",
        "These short forms have more than one reading, so none is guessed.\n",
        *_items(map(str, _ambiguous(graph))),
    ]
    return "\n".join(blocks)


def _question(path: Path) -> str:
    """One question in words, with the causes by verdict and what is said beside them."""
    asked = json.loads(path.read_text("utf-8"))["asked"]
    expected = tomllib.loads((ROOT / ANSWERS / f"{path.stem}.toml").read_text("utf-8"))["expect"]
    said = [f"{name}: {'; '.join(expected[name])}." for name in SHOWN if name in expected]
    return "\n".join([f"### {asked}\n", *(f"- {each}" for each in (f"`{path.stem}`", *said)), ""])


def _asked(path: Path) -> str:
    return str(tomllib.loads(path.read_text("utf-8"))["asked"])


def _messages(graph: Graph, kind: str) -> Iterator[str]:
    """What answers print for each limit or gap of the ontology."""
    for thing in graph.subjects(RDF.type, EG[kind]):
        yield from map(str, graph.objects(thing, EG.message))


def _ambiguous(graph: Graph) -> Iterator[Node]:
    """The short forms that may mean several things."""
    for each in graph.subjects(RDF.type, EG.AmbiguousForm):
        yield from graph.objects(each, EG.form)


def _items(texts: Iterable[str]) -> Iterator[str]:
    yield from (f"- {text}" for text in sorted(texts))
    yield ""


PAGES: dict[Path, Callable[[], str]] = {
    REFERENCE / "cli.md": commands,
    REFERENCE / "errors.md": errors,
    REFERENCE / "queries.md": queries,
    REFERENCE / "questions.md": questions,
    REFERENCE / "rules.md": rules,
    **{SCHEMAS / f"{name}.json": partial(schema, name) for name in PRINTED},
}


def outdated() -> list[Path]:
    """Give the pages and schemas that are not what code and queries say."""
    return [
        path
        for path, make in PAGES.items()
        if not path.is_file() or path.read_text("utf-8") != make()
    ]


def main() -> None:
    """Write the pages, or with `--check` refuse those that are out of date."""
    stale = outdated()
    if sys.argv[1:] == ["--check"]:
        if stale:
            names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
            sys.exit(f"Out of date: {names}. Run `make reference`.")
        print(f"The reference and the schemas are up to date: {len(PAGES)} files.")
        return
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(PAGES[path](), "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
