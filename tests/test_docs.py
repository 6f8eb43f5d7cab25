"""Promises of the documentation: what a page tells a reader to type is there to be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from other_stores.fake import fake_store
from other_stores.in_memory import InMemory
from test_tutorials import READERS

from kg.store.knowledge import KnowledgeGraph

ANSWER = re.compile(r"<!-- begin answer -->\n```text\n(.*?)```\n<!-- end answer -->", re.DOTALL)
STORE = "http://127.0.0.1:3030/kg/sparql"
"""The address of a store, as the pages write it."""
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROOT = Path(__file__).resolve().parent.parent
WITH_PYTHON = [
    page.relative_to(ROOT).as_posix()
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if PYTHON.search(page.read_text("utf-8"))
]


def _typed(root: Path) -> list[list[str]]:
    """Give every command line of the pages, and of a pipe its last part.

    Most tutorials are left out: `test_tutorials.py` runs them whole, in a folder of their own.
    """
    run_whole = {root / "docs" / "tutorials" / f"{name}.md" for name in READERS}
    docs = sorted({*(root / "docs").rglob("*.md")} - run_whole)
    pages = [root / "README.md", root / "CONTRIBUTING.md", *docs]
    lines = [
        line.removeprefix("$ ")
        for page in pages
        for block in CONSOLE.findall(page.read_text("utf-8"))
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    return [shlex.split(line.rpartition(" | ")[2], comments=True) for line in lines]


def test_commands_of_the_pages_are_understood(root: Path) -> None:
    """Every `kg` line in the documentation names a command and options that exist."""
    from kg.cli import main

    lines = [line[1:] for line in _typed(root) if line[0] == "kg"]

    assert lines
    for name, *arguments in lines:
        command = main.get_command(click.Context(main), name)
        assert command is not None, name
        try:
            command.make_parser(click.Context(command)).parse_args(arguments)
        except click.UsageError as error:
            pytest.fail(f"kg {name} {shlex.join(arguments)}: {error.format_message()}")


def _asked(line: list[str]) -> list[str]:
    """Give the SPARQL queries that a command line sends."""
    if line[0] == "curl":
        return [each.removeprefix("query=") for each in line if each.startswith("query=")]
    if line[0] == "python":
        return re.findall(r"setQuery\('(.+?)'\)", line[-1])
    return line[2:] if line[0] == "comunica-sparql" else []


def test_queries_of_the_pages_have_an_answer(root: Path, knowledge: KnowledgeGraph) -> None:
    """Every query that the pages send to an endpoint finds something there."""
    queries = [query for line in _typed(root) for query in _asked(line)]

    assert len(queries) >= 4
    for query in queries:
        if query.startswith("ASK"):
            assert knowledge.store.ask(query), query
        else:
            assert len(knowledge.store.select(query)), query


def test_make_targets_of_the_pages_exist(root: Path) -> None:
    """Every `make` that the documentation speaks of is a target with a line in `make help`."""
    makefile = (root / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    pages = [root / "README.md", root / "CONTRIBUTING.md", *(root / "docs").rglob("*.md")]
    named = {
        target
        for page in pages
        for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text("utf-8"))
    }

    assert named
    assert named <= targets


@pytest.mark.slow
@pytest.mark.usefixtures("knowledge")
def test_commands_of_the_pages_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every `kg` line that needs nothing but the project runs and has something to say.

    A line that reads a folder or a key of the reader's own, or that starts a server, is left to the
    tests of that command; the store that the pages speak of is one in memory.
    """
    from kg.cli import main

    for each in root.iterdir():  # what a command writes beside the project stays out of it
        (tmp_path / each.name).symlink_to(each)
    monkeypatch.chdir(tmp_path)

    lines = [
        line[1:]
        for line in _typed(root)
        if line[0] == "kg" and line[1] != "serve" and not {"--texts", "--sign", "--key"} & {*line}
    ]

    with fake_store(InMemory()) as fake:
        for line in lines:
            arguments = [fake.url if each == STORE else each for each in line]
            piped = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1" if arguments[-1] == "-" else None
            result = CliRunner().invoke(main, arguments, input=piped)
            assert result.exit_code == 0, (arguments, result.output)
            assert result.stdout.strip(), arguments


@pytest.mark.slow
@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("page", WITH_PYTHON)
def test_the_python_of_the_pages_runs(
    root: Path, page: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Python that a page shows runs from top to bottom, and prints what it says it prints."""
    monkeypatch.chdir(root)
    program = "".join(PYTHON.findall((root / page).read_text("utf-8")))

    exec(compile(program, page, "exec"), {})  # noqa: S102 - our own page

    assert bool(capsys.readouterr().out.strip()) is ("print(" in program)


@pytest.mark.usefixtures("knowledge")
def test_the_answer_in_the_readme_is_the_answer(root: Path) -> None:
    """Every line of the answer that the README shows is a line of the answer that is given."""
    from kg.cli import main

    shown = ANSWER.findall((root / "README.md").read_text("utf-8"))

    question = ["ask", "--has", "multiple myeloma", "--lab", "alp=high", "--lab", "ggt=normal"]
    lines = CliRunner().invoke(main, question).stdout.splitlines()
    (text,) = shown
    assert [line for line in text.splitlines() if line != "…" and line not in lines] == []


def test_the_picture_in_the_readme(root: Path) -> None:
    """The README shows the page in one picture, which says in words what is on it, and is small."""
    (picture,) = re.findall(r"!\[([^]]+)\]\(([^)]+)\)", (root / "README.md").read_text("utf-8"))
    words, name = picture

    assert len(words.split()) > 20
    assert (root / name).read_bytes().startswith(b"\x89PNG")
    assert (root / name).stat().st_size <= 150_000


def test_the_threat_model_names_tests_that_exist(root: Path) -> None:
    """Every promise of the threat model has a test, and the test is there."""
    page = (root / "docs" / "explanation" / "threat-model.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    written = "".join(path.read_text("utf-8") for path in (root / "tests").rglob("*.py"))

    assert named
    assert {name for name in named if f"def {name}(" not in written} == set()
