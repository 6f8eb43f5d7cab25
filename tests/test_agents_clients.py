"""Clients of others ask our tools: the SDK for Node.js, and the Inspector's command line.

`make test-servers` fetches them where it can, and runs these tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from agents.fetch import ASK, INSPECTOR, NODE, missing
from fetching import there_or_skip
from servers import Server
from test_agents import CALLS

from kg.agents.catalogue import TOOLS, call
from kg.library import Graph
from kg.store.knowledge import KnowledgeGraph

pytestmark = pytest.mark.servers


@pytest.fixture(name="here", scope="module")
def _here(root: Path) -> Mapping[str, str]:
    """Give what a process has to know to run this checkout; skip where there is no client."""
    there_or_skip(missing())
    return {**os.environ, "PYTHONPATH": str(root)}


def told(here: Mapping[str, str], *command: str | Path, given: str = "") -> Any:  # noqa: ANN401 - JSON
    """What a client prints."""
    done = subprocess.run(
        [NODE, *command], input=given, env=here, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1000:]
    return json.loads(done.stdout)


def test_the_sdk_for_node_gets_the_same(
    here: Mapping[str, str], knowledge: KnowledgeGraph, site: Server
) -> None:
    """On standard input and output, and over HTTP: the tools, and what each answers."""
    graph = Graph(knowledge)
    own = [call(graph, name, arguments).text for name, arguments in CALLS]

    for where in ((sys.executable, "-m", "kg", "mcp"), (f"{site.url}/mcp",)):
        found = told(here, ASK, *where, given=json.dumps(CALLS))
        assert found["tools"] == list(TOOLS)
        assert [each["content"][0]["text"] for each in found["results"]] == own
        assert [each["structuredContent"] for each in found["results"]] == list(
            map(json.loads, own)
        )


def test_the_inspector_finds_no_fault(here: Mapping[str, str], knowledge: KnowledgeGraph) -> None:
    """It lists the tools with no schema that some client cannot read, and calls one."""
    # It gives the server only those variables that it is told to give.
    known = [f"{name}={here[name]}" for name in ("PYTHONPATH", "KG_CACHE") if name in here]
    given = [word for each in known for word in ("-e", each)]
    kg = (sys.executable, "-m", "kg", "mcp", *given, "--connect-timeout", "50000", "--method")
    listed = told(here, INSPECTOR, *kg, "tools/list", "--strict")
    arguments = {"names": ["PCM"]}
    pairs = ("--tool-name", "find_term", "--tool-arg", f"names={json.dumps(arguments['names'])}")
    called = told(here, INSPECTOR, *kg, "tools/call", *pairs)

    assert [each["name"] for each in listed["tools"]] == list(TOOLS)
    assert called["content"][0]["text"] == call(Graph(knowledge), "find_term", arguments).text
