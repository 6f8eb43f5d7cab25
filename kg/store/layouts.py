"""Where stores keep their doors: from the address of the queries to those for writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from kg.store.wire import Wire


@dataclass(frozen=True, slots=True)
class Doors:
    """The addresses of one store."""

    query: str
    update: str
    """SPARQL 1.1 Update."""
    graphs: str
    """SPARQL 1.1 Graph Store Protocol, with the graph as a parameter."""
    graph_parameter: str = "graph"


_QUERY_ENDS: Final = ("/sparql", "/query")
_REPOSITORY: Final = "/repositories/"


def found_doors(query: str, wire: Wire, *, update: str = "", graphs: str = "") -> Doors:
    """The doors of a store, after one small question that shows what it is."""
    from kg.store.remote import RemoteStore

    reply = RemoteStore(query, wire=wire).reply("ASK { }")
    server = reply.headers.get("server", "")
    return doors(query, server, update=update, graphs=graphs)


def doors(query: str, server: str, *, update: str = "", graphs: str = "") -> Doors:
    """The doors of the store behind a query address, by what it calls itself.

    What is given stands; a store that is not known is taken to have one door for everything.
    """
    guessed = next(_guesses(query, server.lower()), Doors(query, query, query))
    parameter = guessed.graph_parameter if not graphs or graphs == guessed.graphs else "graph"
    return Doors(query, update or guessed.update, graphs or guessed.graphs, parameter)


def _guesses(query: str, server: str) -> Iterator[Doors]:
    if server.startswith("virtuoso"):
        yield Doors(
            query, _at(query, "/sparql-auth"), _at(query, "/sparql-graph-crud-auth"), "graph-uri"
        )
    base = next((query[: -len(end)] for end in _QUERY_ENDS if query.endswith(end)), None)
    if "oxigraph" in server and base is not None:
        yield Doors(query, f"{base}/update", f"{base}/store")
    if _REPOSITORY in query:  # RDF4J and GraphDB
        yield Doors(query, f"{query}/statements", f"{query}/rdf-graphs/service")
    if base is not None and urlsplit(base).path.strip("/"):  # Fuseki: a dataset and its services
        yield Doors(query, f"{base}/update", f"{base}/data")


def _at(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path, query="", fragment=""))
