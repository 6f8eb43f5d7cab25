"""`kg mcp`: the graph for an AI agent on this machine."""

from __future__ import annotations

import click

from kg.cli.common import load_graph
from kg.model.errors import UsageError


@click.command()
def mcp() -> None:
    """Offer the graph to an AI agent, in the Model Context Protocol on standard input and output.

    \b
    {"mcpServers": {"etiograph": {"command": "kg", "args": ["mcp"]}}}

    It needs the extra mcp: pip install "etiograph[mcp]". The tools answer, explain and
    suppose cases, find terms, read statements, check claims and run queries; none writes or reaches
    the network.
    `kg serve` offers the same over HTTP, at /mcp.
    """  # noqa: D301 - click wants the character itself
    try:
        import anyio
        from mcp.server.stdio import stdio_server

        from kg.agents.protocol import make_server
    except ImportError:
        raise UsageError(
            'the extra mcp is not installed; pip install "etiograph[mcp]" brings it.'
        ) from None
    from kg.agents.desk import OwnDesk
    from kg.library import Graph

    server = make_server(OwnDesk(Graph(load_graph())))

    async def serve() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(serve)
