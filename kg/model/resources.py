"""Where things are: the ontology, the queries, the shipped graph and the user's cache.

What the environment says of a build stands here too: its base, and the time that it is dated to.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = _PACKAGE / "_data"


def data_dir() -> Path:
    """The folder that holds `ontology/` and `queries/`: in the wheel, or in a checkout."""
    return _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent


def package_dir() -> Path:
    """The folder of the code, which is an input of every build."""
    return _PACKAGE


def ontology_dir() -> Path:
    """The folder of the hand-written ontology: KG_ONTOLOGY, else the one beside the code."""
    chosen = os.environ.get("KG_ONTOLOGY")
    return Path(chosen) if chosen else data_dir() / "ontology"


def queries_dir() -> Path:
    """The folder of the queries, one subfolder for each verb."""
    return data_dir() / "queries"


def shipped_product() -> Path | None:
    """The graph that the wheel carries, or None in a checkout."""
    shipped = _SHIPPED / "product"
    return shipped if shipped.is_dir() else None


def cache_dir() -> Path:
    """The folder for built graphs: KG_CACHE, else XDG_CACHE_HOME/etiograph, else ~/.cache."""
    chosen = os.environ.get("KG_CACHE")
    if chosen:
        return Path(chosen)
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "etiograph"


def publishing_base() -> str | None:
    """The IRI base to publish under (KG_BASE), or None for the project's own."""
    return os.environ.get("KG_BASE") or None


def build_time() -> datetime:
    """Now, or what SOURCE_DATE_EPOCH names where a build is to have the same bytes again."""
    from datetime import UTC, datetime

    named = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(named), UTC) if named else datetime.now(UTC)
