"""`kg publish`: the graph in a store of somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.common import Progress, write
from kg.cli.store import credential_options, http_client

if TYPE_CHECKING:
    from kg.store.artifact import Artifact
    from kg.store.publish import Plan, Target

_NOT_AT_ONCE = (
    "Each graph was replaced in one step, the set of them was not: while it went on, other "
    "clients of the\nstore could see old and new graphs side by side. kg asks such a store only "
    "when it is whole again.\n"
)


@click.command()
@click.option("--to", metavar="URL", required=True, help="The address of the store's queries.")
@click.option("--update", default="", metavar="URL", help="Where it takes updates, if elsewhere.")
@click.option(
    "--graphs", default="", metavar="URL", help="Where it takes graphs, if kg cannot tell."
)
@credential_options
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--force", is_flag=True, help="Send the graph even if the store holds it.")
def publish(  # noqa: PLR0913 - one store, described
    to: str,
    update: str,
    graphs: str,
    user: str | None,
    timeout: float,
    *,
    dry_run: bool,
    force: bool,
) -> None:
    """Put the graph into a SPARQL store, replacing the version that is there.

    \b
    kg publish --to http://127.0.0.1:3030/kg/sparql
    KG_STORE_PASSWORD=... kg publish --to http://127.0.0.1:8890/sparql --user dba

    Graph by graph, by the Graph Store Protocol or else by updates; then every graph is read back.
    """  # noqa: D301 - click wants the character itself
    from kg.store.publish import Target, find_endpoints, plan_publication
    from kg.store.publish import publish as send

    client = http_client(user, timeout)
    target = Target(find_endpoints(to, client, update=update, graphs=graphs), client)
    plan = plan_publication(target, _artifact())
    if dry_run:
        write(_announce(plan, target))
    elif send(target, plan, Progress(), force=force):
        write(f"{to} holds the graph {plan.wanted.version[:12]}.\n{_NOT_AT_ONCE}")
    else:
        write(f"{to} holds the graph {plan.wanted.version[:12]} already, whole.\n")


def _artifact() -> Artifact:
    """The graph as the sources make it now; built first where it has to be."""
    from kg.compile.builder import ready

    return ready(Progress("Building the graph from its sources (once) ..."))


def _announce(plan: Plan, target: Target) -> str:
    """What publishing would do."""
    present = plan.present
    said = f"{present.version[:12]}, built {present.built_at}" if present else "no whole graph"
    to = target.endpoints
    lines = [
        f"{to.query} says it holds: {said}.",
        f"It would hold: {plan.wanted.version[:12]}, built {plan.wanted.built_at}.",
        *(f"  put     {part.graph}  {part.triples} triples" for part in plan.wanted.parts),
        *(f"  delete  {graph}" for graph in plan.leftovers),
        f"Graphs would go to {to.graphs}, or as updates to {to.update}.",
    ]
    if plan.is_there:
        lines.append("It is the same graph: nothing would be sent, unless it is not whole there.")
    return "\n".join(lines) + "\n"
