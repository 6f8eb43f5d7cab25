"""Builds the graph from its sources, or opens the one that was built from them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kg.compile.inputs import software, wanted_version
from kg.model import resources
from kg.model.errors import CorruptProductError, NotBuiltError, ProductError, StaleGraphError
from kg.store import artifact as product
from kg.store.knowledge import Knowledge, open_product
from kg.store.prepared_queries import prepared_results

__all__ = [
    "build",
    "compared_dir",
    "ensure",
    "is_current",
    "of_folder",
    "ready",
    "roots",
    "wanted_version",
]

if TYPE_CHECKING:
    from kg.compile.steps import Progress
    from kg.store.artifact import Product


def ensure(progress: Progress | None = None) -> Knowledge:
    """The knowledge that the sources make as they are now; built first where it has to be."""
    return open_product(ready(progress))


def ready(progress: Progress | None = None) -> Product:
    """The graph that the sources make as they are now; built first where it has to be."""
    wanted = wanted_version()
    found = _built(wanted)
    if found is None:
        build(progress=progress)
        found = product.load(resources.cache_dir(), wanted=wanted)
    return found


def build(
    *, root: Path | None = None, force: bool = False, progress: Progress | None = None
) -> Path:
    """Build and publish the graph under `root`; gives the folder of the version.

    What was built before is not built again, unless forced, and is in use again. An error leaves
    the version that was in use.
    """
    root = root or resources.cache_dir()
    wanted = wanted_version()
    if not force and (folder := _folder(root, wanted)) is not None:
        product.use(root, wanted)
        return folder
    return _publish(resources.ontology_dir(), root, wanted, progress, checked=True)


def of_folder(folder: Path, *, progress: Progress | None = None, checked: bool = True) -> Product:
    """The graph that an ontology folder makes, built first where it has to be.

    The version that questions are put to stays what it was: other graphs are kept apart from it.
    """
    wanted = wanted_version(folder)
    found = _built(wanted)
    if found is not None:
        return found
    own = folder.resolve() == resources.ontology_dir().resolve()
    root = resources.cache_dir() if own else compared_dir()
    _publish(folder, root, wanted, progress, checked=checked)
    return product.load(root, wanted=wanted)


def compared_dir() -> Path:
    """The folder for graphs that were built to be compared with another."""
    return resources.cache_dir() / "compared"


def roots() -> tuple[Path, ...]:
    """Every folder that may hold built graphs."""
    shipped = resources.shipped_product()
    return (*([shipped] if shipped else []), resources.cache_dir(), compared_dir())


def is_current() -> bool:
    """Whether a graph built from the sources as they are now is at hand."""
    return _built(wanted_version()) is not None


def _publish(
    folder: Path, root: Path, wanted: str, progress: Progress | None, *, checked: bool
) -> Path:
    from kg.compile.about import about, published
    from kg.compile.steps import make
    from kg.store.local import LocalStore

    built = make(folder, progress or _silent, checked=checked)
    facts = product.Facts(
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=software(),
        counts=built.counts,
    )
    said = about(built.graph)
    files = {
        product.GRAPH: built.graph,
        product.RULES: built.rules,
        product.TOLD: built.told,
        product.PREPARED: prepared_results(LocalStore(built.graph)),
        product.ABOUT: said,
        product.PUBLISHED: published(wanted, facts.built_at, built.graph + said),
        product.MODULES: built.modules,
    }
    return product.publish(root, wanted, files, facts)


def _built(wanted: str) -> Product | None:
    for root in roots():
        try:
            return product.load(root, wanted=wanted)
        except (NotBuiltError, StaleGraphError, CorruptProductError):
            continue
    return None


def _folder(root: Path, wanted: str) -> Path | None:
    try:
        return product.load(root, wanted=wanted).folder
    except (ProductError, StaleGraphError):
        return None


def _silent(_: str) -> None:
    """Nobody watches."""
