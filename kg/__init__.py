"""Etiograph: a clinical knowledge graph whose every answer shows the statements it rests on."""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """`kg.__version__`, read from the installed distribution only when it is asked for."""
    if name != "__version__":
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    from importlib.metadata import version

    return version("etiograph")
