"""The options that name a store of somebody else's, and the graph that is asked there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct
from msgspec.structs import replace

from kg.cli.common import load_graph, options_as
from kg.model.errors import OtherGraphError, UsageError

if TYPE_CHECKING:
    from kg.store.base import Store
    from kg.store.http import HttpClient
    from kg.store.knowledge import KnowledgeGraph
    from kg.store.publication import Publication
    from kg.store.remote import RemoteStore

PASSWORD: Final = "KG_STORE_PASSWORD"  # noqa: S105 - the name of a variable
TOKEN: Final = "KG_STORE_TOKEN"  # noqa: S105 - the name of a variable

_USER = click.option(
    "--user",
    envvar="KG_STORE_USER",
    metavar="NAME",
    help=f"Who asks, where the store wants to know; the password is in {PASSWORD}.",
)
_TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one question may take, with all its tries.",
)
_OPTIONS: Final = (
    click.option(
        "--store",
        envvar="KG_STORE",
        metavar="URL",
        help="Ask the graph in this SPARQL endpoint, where `kg publish` put it.",
    ),
    _USER,
    _TIMEOUT,
    click.option(
        "--row-cap",
        type=click.IntRange(min=1),
        metavar="N",
        help="The rows at which the store is known to stop; a result that full is refused.",
    ),
)


class StoreOptions(Struct, frozen=True):
    """What was typed of a store."""

    store: str | None
    user: str | None
    timeout: float
    row_cap: int | None

    def remote(self) -> RemoteStore:
        """The store, as it is before it is known which graphs are ours."""
        from kg.store.remote import RemoteStore

        return RemoteStore(
            self.store or "", client=http_client(self.user, self.timeout), row_cap=self.row_cap
        )

    def load_graph(self) -> KnowledgeGraph:
        """The graph in the store with the rules of the same graph here; without a store, ours."""
        here = load_graph()
        if not self.store:
            return here
        from kg.compile.model import compile_model
        from kg.store.base import CachingStore
        from kg.store.publication import open_published

        remote, found = open_published(self.remote())
        _expect_same(found, here, self.store)
        store = CachingStore(remote)
        model = compile_model(store, here.rules, here.asserted)
        return replace(here, model=model, open_store=lambda: store)

    def open_store(self) -> Store:
        """What any query is put to: our graph in the store, or all that a strange store shows."""
        if not self.store:
            return load_graph().store
        from kg.store.publication import open_published

        remote = self.remote()
        try:
            return open_published(remote)[0]
        except OtherGraphError as error:
            click.echo(f"note: {error.message} Its own default graph is asked.", err=True)
            return remote


store_options = options_as("where", StoreOptions, _OPTIONS)
"""Gives a command the options of a store, as one value, `where`."""


def credential_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `user` and `timeout`."""
    return _USER(_TIMEOUT(command))


def http_client(user: str | None, timeout: float) -> HttpClient:
    """The way to a store for a user; what is secret is in the environment, or asked for."""
    from kg.store.http import Credentials, HttpClient, RetryPolicy

    token = os.environ.get(TOKEN, "")
    credentials = Credentials(user or "", _password(user) if user else "", token)
    return HttpClient(credentials, RetryPolicy(seconds=timeout))


def _password(user: str) -> str:
    password = os.environ.get(PASSWORD)
    if password is not None:
        return password
    if sys.stdin.isatty():
        return str(click.prompt(f"Password of {user}", hide_input=True, err=True))
    raise UsageError(f"the password of {user} is wanted in {PASSWORD}.")


def _expect_same(found: Publication, here: KnowledgeGraph, url: str) -> None:
    """OtherGraphError where the rules of this program were made from another graph."""
    if found.version.startswith(here.version):
        return
    from kg.store.publication import digest_of_store

    if digest_of_store(here.store) != found.digest:
        raise OtherGraphError(
            f"{url} holds the graph {found.version[:12]}, built {found.built_at}; the rules for "
            f"cases here belong to {here.version}. Publish this one with `kg publish --to {url}`, "
            "or ask with the version of the program that published the other."
        )
