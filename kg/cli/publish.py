"""`kg publish`: the graph in a store of somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.common import Progress, write
from kg.cli.store import account_options, wire

if TYPE_CHECKING:
    from kg.store.artifact import Artifact
    from kg.store.publishing import Plan, Target

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
@account_options
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
    from kg.store.layouts import found_doors
    from kg.store.publishing import Target, planned
    from kg.store.publishing import publish as published

    way = wire(user, timeout)
    target = Target(found_doors(to, way, update=update, graphs=graphs), way)
    plan = planned(target, _artifact())
    if dry_run:
        write(_told(plan, target))
    elif published(target, plan, Progress(), force=force):
        write(f"{to} holds the graph {plan.wanted.version[:12]}.\n{_NOT_AT_ONCE}")
    else:
        write(f"{to} holds the graph {plan.wanted.version[:12]} already, whole.\n")


def _artifact() -> Artifact:
    """The graph as the sources make it now; built first where it has to be."""
    from kg.compile.builder import ready

    return ready(Progress("Building the graph from its sources (once) ..."))


def _told(plan: Plan, target: Target) -> str:
    """What publishing would do."""
    present = plan.present
    said = f"{present.version[:12]}, built {present.built_at}" if present else "no whole graph"
    lines = [
        f"{target.doors.query} says it holds: {said}.",
        f"It would hold: {plan.wanted.version[:12]}, built {plan.wanted.built_at}.",
        *(f"  put     {part.graph}  {part.triples} triples" for part in plan.wanted.parts),
        *(f"  delete  {graph}" for graph in plan.leftovers),
        f"Graphs would go to {target.doors.graphs}, or as updates to {target.doors.update}.",
    ]
    if plan.is_there:
        lines.append("It is the same graph: nothing would be sent, unless it is not whole there.")
    return "\n".join(lines) + "\n"
