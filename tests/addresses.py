"""The addresses of a graph, of each kind a few: what a server of linked data has to answer."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from urllib.parse import urldefrag

from kg.model.vocabulary import BASE
from kg.store.artifact import Artifact


def documents(product: Artifact) -> list[str]:
    """Every IRI of a graph that the server's address stands for, in an order by chance."""
    found = re.findall(rf"<({re.escape(BASE)}[^>]*)>", product.served.decode())
    iris = sorted({urldefrag(iri).url for iri in found} - {f"{BASE}sparql"})
    random.Random(5).shuffle(iris)
    return iris


def some_of_each_kind(product: Artifact, count: int, *, without: tuple[str, ...]) -> list[str]:
    """The paths of so many documents of each kind: alike in their first part and their depth.

    Those that begin with a part of `without` are left out.
    """
    kinds: dict[tuple[str, int], list[str]] = defaultdict(list)
    for iri in documents(product):
        path = f"/{iri.removeprefix(BASE)}"
        if not path.startswith(without):
            kinds[path.split("/")[1], path.count("/")].append(path)
    return [path for paths in kinds.values() for path in paths[:count]]
