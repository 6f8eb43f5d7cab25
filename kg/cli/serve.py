"""`kg serve` and `kg publish`: the graph for others, from here or from a store of theirs."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from kg.cli.common import ONCE, Progress, write
from kg.cli.store import credential_options, http_client
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from kg.serve.http.limits import Network
    from kg.serve.services import Source
    from kg.store.artifact import Artifact
    from kg.store.publish import Plan, Target

_SECONDS: Final = click.FloatRange(min=0.05, max=3600)
_AMOUNT: Final = click.FloatRange(min=0)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65_535),
    help="Port to listen on; 0 takes any.",
)  # fmt: skip
@click.option(
    "--timeout", default=5.0, show_default=True, metavar="SECONDS", type=_SECONDS,
    help="Time after which a query is stopped.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), help="Processes for quick queries.")
@click.option(
    "--slow-workers", type=click.IntRange(min=1), help="Processes for queries that take longer."
)
@click.option(
    "--memory", default=512, show_default=True, metavar="MIB", type=click.IntRange(min=32),
    help="Memory that one query may use.",
)  # fmt: skip
@click.option(
    "--client-seconds", default=30.0, show_default=True, metavar="SECONDS", type=_AMOUNT,
    help="Processor time for one client in a minute; 0 is any.",
)  # fmt: skip
@click.option(
    "--client-errors", default=30.0, show_default=True, metavar="N", type=_AMOUNT,
    help="Failing queries of one client in a minute; 0 is any.",
)  # fmt: skip
@click.option("--public-url", metavar="URL", help="Where clients find the server.")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name of the server.")
@click.option(
    "--proxy", multiple=True, metavar="ADDRESS",
    help="A proxy, or a network of them, whose X-Forwarded-For header is believed.",
)  # fmt: skip
@click.option(
    "--graph", type=click.Path(exists=True, dir_okay=False), metavar="FILE",
    help="Serve a file of N-Quads instead of the built graph.",
)  # fmt: skip
@click.option(
    "--texts", type=click.Path(exists=True, file_okay=False), metavar="DIR",
    help="Your own copies of the articles; a sentence is shown beside its statement where the "
    "copy is the very version that was read.",
)  # fmt: skip
@click.option(
    "--redirect", type=click.Choice(["303"]),
    help="Answer the IRI of a thing with a redirect to its description.",
)  # fmt: skip
@click.option(
    "--allow-origin", multiple=True, metavar="ORIGIN",
    help="A site whose pages may send cases and hooks, such as https://ehr.example.org.",
)  # fmt: skip
@click.option(
    "--hook-clients", type=click.Path(exists=True, dir_okay=False), metavar="FILE",
    help="Public keys of the clients that CDS Hooks are answered for: a JWK Set for each issuer.",
)  # fmt: skip
@click.option("--no-access-log", is_flag=True, help="Write no line for each request.")
def serve(  # noqa: PLR0913 - one for each option
    *,
    host: str,
    port: int,
    timeout: float,
    workers: int | None,
    slow_workers: int | None,
    memory: int,
    client_seconds: float,
    client_errors: float,
    public_url: str | None,
    allow_host: tuple[str, ...],
    proxy: tuple[str, ...],
    graph: str | None,
    texts: str | None,
    redirect: str | None,
    allow_origin: tuple[str, ...],
    hook_clients: str | None,
    no_access_log: bool,
) -> None:
    """Serve the graph as a SPARQL 1.1 endpoint and as linked data.

    \b
    kg serve
    kg serve --host 0.0.0.0 --public-url https://graph.example.org --proxy 10.0.0.1
    kg serve --texts ~/articles

    Agents find their tools at /mcp, with the extra mcp, and electronic records CDS Hooks at
    /cds-services.

    Queries run in processes of their own, which can open no file and no connection and are stopped
    at the time limit. A version that `kg build` publishes meanwhile is taken up.
    """  # noqa: D301 - click wants the character itself
    from kg.hooks.trust import read_clients
    from kg.sandbox.jail import MEBIBYTE, Jail
    from kg.sandbox.queue import Sizes
    from kg.serve.http.limits import ConnectionLimits, Limits
    from kg.serve.server import Address, listen, run
    from kg.serve.settings import Settings

    networks = tuple(map(_network, proxy))
    if public_url is not None:
        _check_url(public_url)
    _warn_root()
    source = _source(graph, _texts(texts))
    clients = None if hook_clients is None else read_clients(Path(hook_clients))
    usual = Sizes()
    address = Address(host, port, tuple(map(str, networks)), ConnectionLimits(trusted=networks))
    with listen(address) as door:
        url = public_url or _url(host, door.getsockname()[1])
        settings = Settings(
            public_url=url.rstrip("/"),
            hosts=frozenset(allow_host),
            sizes=replace(
                usual,
                quick=workers or usual.quick,
                slow=slow_workers or usual.slow,
                deadline=timeout,
            ),
            jail=Jail(memory=memory * MEBIBYTE),
            limits=Limits(seconds_per_minute=client_seconds, errors_per_minute=client_errors),
            access_log=not no_access_log,
            texts=texts is not None,
            redirect=redirect is not None,
            origins=frozenset(map(_origin, allow_origin)),
            hook_clients=clients,
        )
        notice = f"SPARQL endpoint: {settings.public_url}/sparql  (Ctrl-C stops it)"
        run(settings, source, address, door, lambda: click.echo(notice, err=True))


def _texts(folder: str | None) -> str:
    """The folder with copies of articles; an error where it cannot be read."""
    from kg.model.copies import read_copies

    if folder is None:
        return ""
    read_copies(Path(folder))
    return str(Path(folder).absolute())


def _source(graph: str | None, texts: str) -> Source:
    """A file of N-Quads, or else the built graph and whatever is published after it."""
    from kg.model import resources
    from kg.model.vocabulary import BASE
    from kg.serve.services import GraphFile, Published
    from kg.store.artifact_writer import use

    if graph is not None:
        return GraphFile(Path(graph), resources.publishing_base() or BASE, texts)
    found = _artifact()
    use(found.folder.parent, found.version)  # the last one built may be another
    return Published(found.folder.parent, texts)


def _network(text: str) -> Network:
    """The addresses that a proxy may have."""
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise UsageError(
            f"--proxy: {error}; wanted: an address or a network, such as 10.0.0.1 or 10.0.0.0/8."
        ) from None


def _origin(text: str) -> str:
    """A site as a browser names it; UsageError for anything with a path, or for any site."""
    if not _ORIGIN.fullmatch(text):
        raise UsageError(
            f"--allow-origin: {text!r} is no origin; wanted: http(s)://HOST[:PORT], no path."
        )
    return text.lower()


def _check_url(url: str) -> None:
    """UsageError where clients cannot find a server at an address."""
    try:
        parts = urlsplit(url)
        well_formed = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        well_formed = False
    # What stands in it is written into the pages, the headers and the graphs of the server.
    if not well_formed or parts.scheme not in ("http", "https") or not _PLAIN.fullmatch(url):
        raise UsageError(
            f"--public-url: {url!r} is no address; wanted: http(s)://HOST[:PORT][/PATH]."
        )


_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+")
_PLAIN: Final = re.compile(r"[A-Za-z]+://[A-Za-z0-9.:_\[\]-]+(?:/[A-Za-z0-9._~/-]*)?")


def _warn_root() -> None:
    """Say what does not hold for the superuser."""
    if 0 in (os.getuid(), os.geteuid()):
        click.echo(
            "warning: kg serve runs as root, whom the system lets start processes without limit; "
            "run it as another user.",
            err=True,
        )


def _url(host: str, port: int) -> str:
    """Where a server that listens there is found from this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - told apart, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


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

    return ready(Progress(ONCE))


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
