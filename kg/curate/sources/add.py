"""Adds an article: one file, with what its text says of itself, and what is still to be written."""

from __future__ import annotations

from pathlib import Path

from kg.articles.article import ARTICLES
from kg.curate.sources.desk import article_path
from kg.curate.sources.outline import read_outline
from kg.curate.sources.skeleton import skeleton
from kg.model.citations import CitationStyle
from kg.model.errors import UsageError
from kg.model.statements import decode_text, digest_of


def add_article(
    folder: Path, name: str, raw: bytes, *, style: CitationStyle | None = None
) -> dict[Path, str]:
    """The text of the file of a new article; UsageError for a name that another has.

    The citation style is the one that is chosen, or else recognised. The article becomes part of
    the graph when its places are filled in.
    """
    path = article_path(folder, name)
    taken = _taken(folder, name)
    if taken is not None:
        raise UsageError(f"{taken} exists; wanted a name that no document has.")
    outline = read_outline(decode_text(raw), style=style)
    return {path: skeleton(name, outline, digest_of(raw))}


def _taken(folder: Path, name: str) -> Path | None:
    """The file that has the name, whatever the case of its letters."""
    wanted = ((ARTICLES, ".yaml"), ("documents", ".ttl"), ("statements", ".ttl"))
    for kind, suffix in wanted:
        for path in sorted((folder / kind).glob(f"*{suffix}")):
            if path.stem.casefold() == name.casefold():
                return path
    return None
