"""The tools as agents reach them: over standard input and output, and over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from servers import Server
from test_agents import CALLS

from kg.agents import catalogue
from kg.agents.catalogue import call
from kg.library import Graph
from kg.store.knowledge import KnowledgeGraph

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(name="own", scope="module")
def _own(knowledge: KnowledgeGraph) -> dict[str, str]:
    """Give what the library answers to each call, by its arguments."""
    graph = Graph(knowledge)
    return {json.dumps(arguments): call(graph, name, arguments).text for name, arguments in CALLS}


@pytest.mark.slow
def test_on_standard_input_and_output(root: Path, own: dict[str, str]) -> None:
    """`kg mcp` answers as the library does, and a query that does not end is stopped."""
    here = {**os.environ, "PYTHONPATH": str(root)}
    program = StdioServerParameters(command=sys.executable, args=["-m", "kg", "mcp"], env=here)

    async def asked(client: Client) -> None:
        await _all_calls(client, own)
        endless = await client.call_tool("sparql", {"query": ENDLESS})
        assert endless.is_error
        assert "LIMIT" in _text(endless)

    asyncio.run(_with(stdio_client(program), asked))


@pytest.mark.slow
def test_over_http(site: Server, own: dict[str, str]) -> None:
    """`/mcp` answers the same, in the older and the newer way of the protocol."""
    for mode in ("auto", "legacy"):
        asyncio.run(_with(f"{site.url}/mcp", lambda client: _all_calls(client, own), mode=mode))


def test_nothing_of_a_call_is_logged(site: Server) -> None:
    """What an agent says of a patient stands nowhere."""
    secret = "Zacharias-4711"  # noqa: S105 - a name that nobody else has

    async def told(client: Client) -> None:
        result = await client.call_tool("answer_case", {"conditions": [secret], "age": 61})
        assert secret in _text(result)

    asyncio.run(_with(f"{site.url}/mcp", told))

    assert secret not in site.log.read_text("utf-8")


def test_what_agents_read_first(site: Server) -> None:
    """`/llms.txt` is short, and every address in it is there."""
    text = site.request("GET", "/llms.txt").body.decode()
    addresses = [each.removeprefix(site.url) for each in re.findall(r"\]\((\S+)\)", text)]

    assert len(text) <= 2048
    assert len(addresses) >= 8
    for each in addresses:
        found = site.request("GET", each, headers={"Accept": "text/html, */*;q=0.1"})
        assert found.status == (405 if each == "/mcp" else 200), each


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 405),
        ("DELETE", {}, 405),
        ("POST", {"Origin": "https://evil.example"}, 403),
        ("POST", {"Host": "evil.example"}, 421),
    ],
)
def test_who_is_turned_away(
    method: str, headers: dict[str, str], status: int, site: Server
) -> None:
    """No page of another site may call a tool, and no session is kept that one could listen to."""
    sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}

    assert site.request(method, "/mcp", body=b"{}", headers=sent).status == status


async def _with(
    server: Any,  # noqa: ANN401 - an address, or a way to a process
    ask: Callable[[Client], Awaitable[None]],
    mode: str = "auto",
) -> None:
    async with Client(server, mode=mode) as client:
        await ask(client)


async def _all_calls(client: Client, own: dict[str, str]) -> None:
    for name, arguments in CALLS:
        assert _text(await client.call_tool(name, arguments)) == own[json.dumps(arguments)], name
    refused = await client.call_tool("answer_case", {})
    assert refused.is_error
    assert "nothing is said of the patient" in _text(refused)
    for address in (*catalogue.RESOURCES, f"{catalogue.SCHEME}schema/case"):
        assert (await client.read_resource(address)).contents
    with pytest.raises(Exception, match="wanted: etiograph://standing"):
        await client.read_resource(f"{catalogue.SCHEME}none")


def _text(result: types.CallToolResult) -> str:
    (part,) = result.content
    assert isinstance(part, types.TextContent)
    return part.text
