"""Etiograph: a clinical knowledge graph whose every answer shows the statements it rests on.

- `load()` opens the graph; `Graph.ask` gives an `Answer`, and `Answer.why` the `Proof` of a row.
- `KGError` is what can go wrong; each kind of it says what was found, wanted and where.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.library import Answer, Graph, Proof, load
    from kg.model.errors import KGError

    __version__: str

__all__ = ["Answer", "Graph", "KGError", "Proof", "__version__", "load"]

_PLACES = dict.fromkeys(("Answer", "Graph", "Proof", "load"), "kg.library") | {
    "KGError": "kg.model.errors"
}
"""The module of each public name: a command that needs none of them imports none."""


def _find(name: str) -> object:
    """A public name, imported when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("etiograph")
    if name not in _PLACES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


if not TYPE_CHECKING:  # a type checker knows the names above, and would take any other for granted
    __getattr__ = _find
