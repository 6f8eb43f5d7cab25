"""Builds the graph from its sources, or opens the one that was built from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from kg.compile.inputs import remembered_version, software, wanted_version
from kg.model import resources
from kg.model.errors import CorruptProductError, NotBuiltError, StaleGraphError
from kg.model.uncollected import uncollected
from kg.store import artifact
from kg.store.artifact import Artifact, open_artifact
from kg.store.knowledge import KnowledgeGraph, open_graph

if TYPE_CHECKING:
    from kg.compile.owl.oracle import Oracle
    from kg.compile.reasoned import Progress
    from kg.store.local import LocalStore

__all__ = [
    "build",
    "compared_dir",
    "ensure",
    "is_current",
    "last_built",
    "of_folder",
    "ready",
    "roots",
    "wanted_version",
]

_Used = TypeVar("_Used")
_TABLES: Final = "tables"
"""The name of the rows that a model is made of, where they are kept."""


def ensure(progress: Progress | None = None) -> KnowledgeGraph:
    """The knowledge that the sources make as they are now; built first where it has to be.

    What is damaged is built again when it is read: the store is opened when it is first asked, and
    what an endpoint says beside the graph is made with it, if it was not made before.
    """
    wanted = remembered_version()

    def store() -> LocalStore:
        from kg.store.local import LocalStore

        return LocalStore(_ready(wanted, lambda found: _described(found).content, progress))

    return _ready(wanted, lambda found: open_graph(found, store), progress)


def last_built() -> KnowledgeGraph:
    """The graph that was built last, whatever the sources say now; NotBuiltError without one."""
    from kg.store.local import LocalStore

    found = open_artifact(resources.cache_dir())
    return open_graph(found, lambda: LocalStore(found.content))


def ready(progress: Progress | None = None) -> Artifact:
    """The graph that the sources make as they are now, whole; built first where it has to be."""
    return _ready(wanted_version(), lambda found: _described(_whole(found)), progress)


def build(
    *,
    root: Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
    oracle: Oracle | None = None,
    served: bool = True,
) -> Path:
    """Build and publish the graph under `root`; gives the folder of the version.

    Turtle that is not what the articles make is written first. What was built before is not built
    again, unless forced or where an oracle is to agree, and is in use again. An error leaves the
    version that was in use. What is not to be `served` lacks what only an endpoint says of it.
    """
    from kg.articles.write import write_made

    root = root or resources.cache_dir()
    for path in write_made(resources.ontology_dir()):
        (progress or _silent)(f"wrote {path}")
    wanted = wanted_version()
    if not force and oracle is None and artifact.is_whole(root / wanted):
        from kg.store.artifact_writer import use

        if served:
            _described(open_artifact(root, wanted))
        use(root, wanted)
        return root / wanted
    folder = resources.ontology_dir()
    return _publish(folder, root, wanted, progress, made=True, served=served, oracle=oracle)


def of_folder(
    folder: Path,
    *,
    progress: Progress | None = None,
    checked: bool = True,
    made: bool = False,
) -> Artifact:
    """The graph that an ontology folder makes, built first where it has to be.

    `made` says that the Turtle of its articles was just written.

    The version that questions are put to stays what it was: what is built here is kept apart from
    it, to be compared and asked. It is not served, so nothing is said of it in other words.
    """
    wanted = wanted_version(folder)
    found = _built(wanted, _whole, roots())
    if found is None:
        root = compared_dir()
        _publish(folder, root, wanted, progress, checked=checked, made=made, served=False)
        found = open_artifact(root, wanted)
    return found


def compared_dir() -> Path:
    """The folder for graphs that were built to be compared with another."""
    return resources.cache_dir() / "compared"


def roots() -> tuple[Path, ...]:
    """Every folder that may hold built graphs."""
    return (*_served_roots(), compared_dir())


def _served_roots() -> tuple[Path, ...]:
    """The folders of graphs that are whole: with what is said of them, as an endpoint has it."""
    shipped = resources.shipped_product()
    return (*([shipped] if shipped else []), resources.cache_dir())


def is_current() -> bool:
    """Whether a graph built from the sources as they are now is at hand."""
    return _built(wanted_version(), _whole, _served_roots()) is not None


@uncollected()
def _publish(  # noqa: PLR0913 - what a build is told
    folder: Path,
    root: Path,
    wanted: str,
    progress: Progress | None,
    *,
    checked: bool = True,
    made: bool = False,
    served: bool = True,
    oracle: Oracle | None = None,
) -> Path:
    """Build the graph of a folder and publish it under a root; gives the folder of the version."""
    from kg.compile.model import write_model
    from kg.compile.pipeline import make
    from kg.compile.remembered import RememberingStore
    from kg.store.artifact import BuildFacts
    from kg.store.artifact_writer import publish

    built = make(folder, progress or _silent, checked=checked, made=made, oracle=oracle)
    facts = BuildFacts(
        built_at=resources.build_time().isoformat(timespec="seconds"),
        versions=software(),
        counts=built.counts,
    )
    store = RememberingStore(built.known, _TABLES, built.lines)
    files = {
        artifact.GRAPH: built.graph,
        artifact.MODEL: write_model(store, built),
        artifact.MODULES: built.modules,
    }
    store.keep()
    if served or built.graph is not built.known:  # under another base words cannot be added later
        files |= _said_of(built.graph, built.known, store.loaded)
        del store  # as large as all files; what is said last does not ask it
        files |= _version(files, wanted, facts.built_at)
    return publish(root, wanted, files, facts)


@uncollected()
def _described(found: Artifact) -> Artifact:
    """A version with what an endpoint says of it, which is made where it was not made before."""
    if artifact.PUBLISHED in found.manifest.files:
        return found
    from kg.store.artifact_writer import publish
    from kg.store.local import LocalStore

    files = found.files()
    graph = files[artifact.GRAPH]
    files |= _said_of(graph, graph, LocalStore(graph))
    files |= _version(files, found.version, found.built_at)
    root = found.folder.parent
    publish(root, found.version, files, found.manifest)
    return open_artifact(root, found.version)


def _said_of(graph: bytes, known: bytes, store: LocalStore) -> dict[str, bytes]:
    """What an endpoint holds beside a graph: its other words and its description.

    The store is of the graph under the project's own base, and has those words afterwards where it
    is published under that base.
    """
    from kg.compile.about import about
    from kg.compile.words import words
    from kg.store.local import LocalStore

    others = words(store)
    if graph is known:
        store.load(others)
    else:
        store = LocalStore(graph + others)
    return {artifact.WORDS: others, artifact.ABOUT: about(store)}


def _version(files: Mapping[str, bytes], version: str, built_at: str) -> dict[str, bytes]:
    """What says which version of a graph it is, with the size and digest of each part."""
    from kg.compile.about import published

    content = b"".join(files[name] for name in (artifact.GRAPH, artifact.WORDS, artifact.ABOUT))
    return {artifact.PUBLISHED: published(version, built_at, content)}


def _ready(wanted: str, use: Callable[[Artifact], _Used], progress: Progress | None) -> _Used:
    """What `use` makes of the graph of a version; built first where no whole one is at hand."""
    found = _built(wanted, use, _served_roots())
    if found is None:
        folder = build(progress=progress, served=False)
        found = use(open_artifact(folder.parent, folder.name))
    return found


def _built(wanted: str, use: Callable[[Artifact], _Used], places: tuple[Path, ...]) -> _Used | None:
    """What `use` makes of the first graph of a version that is whole as far as it is read."""
    for root in places:
        try:
            return use(open_artifact(root, wanted))
        except (NotBuiltError, StaleGraphError, CorruptProductError):
            continue
    return None


def _whole(found: Artifact) -> Artifact:
    found.files()
    return found


def _silent(_: str) -> None:
    """Nobody watches."""
