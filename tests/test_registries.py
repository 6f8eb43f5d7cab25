"""What others read about the project: it parses, and says what package and graph say."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any, Final

import click
import pytest
import yaml

from kg.agents.catalogue import TOOLS
from kg.cli import main as command_line
from kg.export.formats import EVERY
from kg.model.statements import STATEMENT_ID, short_id
from kg.model.vocabulary import BASE, EG
from kg.serve.app import routes
from kg.serve.linked.frames import DUMPS
from kg.store.knowledge import KnowledgeGraph

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture(name="project", scope="module")
def _project(root: Path) -> dict[str, Any]:
    """Give what the package says of itself."""
    found: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return found


@pytest.fixture(name="entry", scope="module")
def _entry(root: Path) -> dict[str, Any]:
    """Give the entry for the Bioregistry."""
    found: dict[str, Any] = json.loads((root / "packaging" / "bioregistry.json").read_text("utf-8"))
    return dict(found["etiograph"])


@pytest.fixture(name="page", scope="module")
def _page(root: Path) -> dict[str, Any]:
    """Give the head of the page for the KG-Registry."""
    text = (root / "packaging" / "kg-registry" / "etiograph.md").read_text("utf-8")
    empty, head, body = text.split("---\n", 2)
    assert empty == ""
    assert body.strip()
    return dict(yaml.safe_load(head))


def test_one_version(
    root: Path, project: dict[str, Any], entry: dict[str, Any], page: dict[str, Any]
) -> None:
    """Archive, code and registries are told the version of the package."""
    told = [
        json.loads((root / name).read_text("utf-8")) for name in (".zenodo.json", "codemeta.json")
    ]

    assert {each["version"] for each in (*told, entry, page)} == {project["version"]}


def test_archive_and_code_say_what_the_package_says(root: Path, project: dict[str, Any]) -> None:
    """Words, authors, licences and the oldest Python are those of the package and the citation."""
    archive = json.loads((root / ".zenodo.json").read_text("utf-8"))
    code = json.loads((root / "codemeta.json").read_text("utf-8"))
    citation = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    authors = [each["name"] for each in project["authors"]]

    assert [each["name"] for each in archive["creators"]] == authors
    assert [each["name"] for each in code["author"]] == authors
    assert [each["name"] for each in citation["authors"]] == authors
    assert archive["keywords"] == code["keywords"] == project["keywords"]
    assert code["description"] == project["description"]
    assert project["description"] in archive["description"]
    assert code["runtimePlatform"] == f"Python {project['requires-python']}"
    licences = project["license"].split(" AND ")
    assert [each.rpartition("/")[2] for each in code["license"]] == licences
    assert archive["license"] in licences
    assert set(citation["license"]) <= set(licences)


def test_the_prefix_resolves_statements(entry: dict[str, Any], knowledge: KnowledgeGraph) -> None:
    """The pattern takes the id of every statement of a document, and the address is its IRI."""
    rows = knowledge.store.select(
        "SELECT DISTINCT ?s WHERE { ?s <" + EG.inDocument + "> ?d . "
        f"FILTER(STRSTARTS(STR(?s), '{BASE}statement/')) }}"
    )
    found = {short_id(str(row[0])) for row in rows}

    assert len(found) > 100
    assert [each for each in sorted(found) if not re.fullmatch(entry["pattern"], each)] == []
    assert entry["pattern"] == f"^{STATEMENT_ID}$"
    assert entry["example"] in found
    assert entry["uri_format"].replace("$1", "A005") == f"{BASE}statement/A005"
    assert entry["license"] == "CC-BY-4.0"


def test_products_are_served(entry: dict[str, Any], page: dict[str, Any]) -> None:
    """Every address that a registry is told is one that the server answers."""
    paths = {path.template for path in routes()} | {f"/dumps/{name}" for name in DUMPS}
    assert DUMPS.items() <= {(each.file, each.media_type) for each in EVERY}
    told = [entry["homepage"], entry["download_owl"], page["homepage_url"]]
    told += [each["product_url"] for each in page["products"]]

    assert page["license"]["id"] == LICENCE
    assert {f"/{each.removeprefix(BASE)}" for each in told} <= paths


def test_w3id_leads_every_address_to_one_server(root: Path) -> None:
    """One line names the server, and one rule keeps the whole path and the query."""
    text = (root / "packaging" / "w3id" / ".htaccess").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert [line for line in lines if "https://" in line] == [
        "SetEnvIf Request_URI ^ ETIOGRAPH=https://graph.example.org"
    ]
    (rule,) = (line for line in lines if line.startswith("RewriteRule"))
    assert rule == "RewriteRule ^(.*)$ %{ENV:ETIOGRAPH}/$1 [R=302,L,QSA]"


# ── The container ───────────────────────────────────────────────────────────────────────────


def _instructions(root: Path) -> list[tuple[str, str]]:
    """The instructions of the file, a line each, without comments."""
    text = re.sub(r"\\\n", " ", (root / "Containerfile").read_text("utf-8"))
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_takes_what_is_there(root: Path) -> None:
    """What is copied into the container exists, or is what `make wheel` makes, and is let in."""
    let_in = (root / ".containerignore").read_text("utf-8").splitlines()
    copied = [
        source
        for name, rest in _instructions(root)
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]

    assert copied
    assert let_in[0] == "*"
    for source in copied:
        assert source == "dist/*.whl" or (root / source).is_file(), source
        assert f"!{source}" in let_in


def test_the_container_starts_a_server_without_rights(root: Path, project: dict[str, Any]) -> None:
    """It runs `kg serve` with options that exist, as no root, on a Python that we say we run on."""
    from kg.cli import main

    told = _instructions(root)
    named = dict(told)
    command = json.loads(named["ENTRYPOINT"])
    serve = main.get_command(click.Context(main), command[1])
    bases = [rest.split()[0].rpartition("/")[2] for name, rest in told if name == "FROM"]
    version = bases[0].removeprefix("python:").removesuffix("-slim")

    assert command[0] in project["scripts"]
    assert serve is not None
    serve.make_parser(click.Context(serve)).parse_args(command[2:])
    assert int(named["USER"].split(":")[0]) > 0
    assert command[command.index("--port") + 1] == named["EXPOSE"]
    assert "/health" in named["HEALTHCHECK"]
    assert {path.template for path in routes()} >= {"/health"}
    assert len(set(bases)) == 1
    assert f"Programming Language :: Python :: {version}" in project["classifiers"]
    pip = [shlex.split(part) for name, rest in told if name == "RUN" for part in rest.split("&&")]
    fetching = [each for each in pip if "--requirement" in each]
    assert len(fetching) == 2
    assert all("--require-hashes" in each for each in fetching)


def test_the_entry_for_agents_is_of_this_package(root: Path, project: dict[str, Any]) -> None:
    """`server.json` starts the command that there is, from the release that there is."""
    found = json.loads((root / "packaging" / "server.json").read_text("utf-8"))
    (package,) = found["packages"]

    assert found["version"] == package["version"] == project["version"]
    assert package["identifier"] == project["name"]
    assert package["runtimeArguments"][0]["value"] == f"{project['name']}[mcp]"
    assert "mcp" in project["optional-dependencies"]
    assert package["packageArguments"][0]["value"] in command_line.commands
    assert len(found["description"]) <= 100
    told = (root / "README.md").read_text("utf-8")  # the registry looks for its name on PyPI
    assert f"mcp-name: {found['name']}" in told


def test_the_skill_names_tools_and_commands_that_there_are(root: Path) -> None:
    """An agent that reads it meets nothing that is gone."""
    path = root / "packaging" / "skills" / "etiograph" / "SKILL.md"
    _, head, text = path.read_text("utf-8").split("---\n", 2)
    about = yaml.safe_load(head)
    commands = set(re.findall(r"^kg (\S+)", text, re.MULTILINE))
    tools = set(re.findall(r"`(\w+_\w+)`", text))

    assert about["name"] == path.parent.name
    assert 0 < len(about["description"]) <= 1024
    assert commands <= command_line.commands.keys()
    assert tools <= TOOLS.keys()
    assert tools
