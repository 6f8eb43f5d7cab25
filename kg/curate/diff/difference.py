"""Finds two graphs, and compares what they say, what follows, and what they answer."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from kg.answer.ask import ask
from kg.answer.what_if import Answered, row_changes
from kg.case import resolve_case
from kg.case.document import Question, read_questions
from kg.compile import builder
from kg.compile.model import open_store
from kg.compile.pipeline import Built, make
from kg.compile.reasoned import Progress
from kg.curate.diff.content import Content, read_contents
from kg.model import resources
from kg.model.changes import AnswerChange, Change, ChangeKind, Difference, Side, changes
from kg.model.errors import UsageError
from kg.model.rdf import CATALOGUE_NAME
from kg.model.statements import short_id
from kg.model.terms import Kind
from kg.model.vocabulary import IRI
from kg.store import artifact
from kg.store.artifact import Artifact
from kg.store.knowledge import KnowledgeGraph, open_graph
from kg.store.local import LocalStore
from kg.store.statements import find_statement

_SHORTEST: Final = 6
"""So many digits tell one version from the others, and are no word or number by chance."""
_DIGITS: Final = frozenset("0123456789abcdef")
_ONTOLOGY: Final = "ontology"


@dataclass(frozen=True)
class Version:
    """A built graph, and the name under which it was asked for."""

    name: str
    product: Artifact


def current_version(progress: Progress) -> Version:
    """The graph that the sources make as they are now."""
    return Version("the sources", builder.of_folder(resources.ontology_dir(), progress=progress))


def find_version(name: str, progress: Progress) -> Version:
    """The version of a folder, a built graph, a hash in the cache or a git revision.

    UsageError where the name is none of them.
    """
    path = Path(name).expanduser()
    found = _at(path, progress) if path.exists() else None
    found = found or _kept(name) or _revision(name, progress)
    if found is None:
        raise UsageError(
            f"{name!r} is no version: wanted an ontology folder (with {CATALOGUE_NAME}), a built "
            f"graph, {_SHORTEST} or more digits of a version that `kg build` made, or a revision "
            f"in git of {resources.data_dir()}."
        )
    return Version(name, found)


def _at(path: Path, progress: Progress) -> Artifact | None:
    """What stands at a path: sources, a version, a folder of versions, or a file of a version."""
    for folder in (path, path / _ONTOLOGY):
        if (folder / CATALOGUE_NAME).is_file():
            return builder.of_folder(folder, progress=progress)
    folder = (path if path.is_dir() else path.parent).resolve()
    if (folder / artifact.MANIFEST).is_file():
        return artifact.open_artifact(folder.parent, folder.name)
    return artifact.open_artifact(folder) if path.is_dir() and artifact.versions(folder) else None


def _kept(name: str) -> Artifact | None:
    """The version of the cache whose hash begins so; UsageError where several do."""
    if len(name) < _SHORTEST or not _DIGITS.issuperset(name):
        return None
    kept = {each: root for root in builder.roots() for each in artifact.versions(root)}
    found = sorted(each for each in kept if each.startswith(name))
    if len(found) > 1:
        raise UsageError(f"{len(found)} versions begin with {name}: {', '.join(found)}.")
    return artifact.open_artifact(kept[found[0]], found[0]) if found else None


def _revision(name: str, progress: Progress) -> Artifact | None:
    """The graph of a revision of the checkout; its ontology is taken out into a folder for it."""
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if not commit:
        return None
    archive = _git("archive", "--format=tar", commit.decode().strip(), _ONTOLOGY)
    if not archive:
        raise UsageError(f"revision {name} of {resources.data_dir()} has no folder {_ONTOLOGY}.")
    with tempfile.TemporaryDirectory(prefix="kg-diff-") as folder:
        _unpack(archive, Path(folder))
        # It kept the rules of its time: what today's rules say of it is of no interest here.
        return builder.of_folder(Path(folder) / _ONTOLOGY, progress=progress, checked=False)


def _git(*arguments: str) -> bytes:
    """What git says of the checkout; nothing where it fails or there is none."""
    command = ["git", "-C", str(resources.data_dir()), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - no shell, and no option is read from the name
    except (OSError, subprocess.CalledProcessError):
        return b""


def _unpack(archive: bytes, folder: Path) -> None:
    """Write the files of an archive that git made; links and whatever else is in it are left."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            target = (folder / member.name).resolve()
            if content is not None and target.is_relative_to(folder.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def difference(
    old: Version, new: Version, *, questions: Iterable[Question] | None = None
) -> Difference:
    """Everything that differs between two versions."""
    sides = _side(old.name, old.product), _side(new.name, new.product)
    if old.product.manifest.files == new.product.manifest.files:
        return Difference(*sides, asked=len(_questions(questions)))
    return _difference(
        sides,
        (old.product.graph, new.product.graph),
        (open_graph(old.product), open_graph(new.product)),
        _questions(questions),
    )


def what_if(
    names: Iterable[str], *, progress: Progress, questions: Iterable[Question] | None = None
) -> Difference:
    """What would differ if statements were withdrawn; the graph in use stays as it is.

    UnknownTermError for a name that no statement has.
    """
    current = builder.of_folder(resources.ontology_dir(), progress=progress)
    now = open_graph(current)
    gone = frozenset(find_statement(now.store, name) for name in names)
    without = _without(gone, progress)
    sides = _side("the graph as it is", current), Side(_named(gone))
    graphs = current.graph, without[0]
    return _difference(sides, graphs, (now, without[1]), _questions(questions))


def compare_statements(old: Content, new: Content) -> tuple[Change, ...]:
    """The statements that differ; of those that were withdrawn, the reason."""
    found = {change.id: change for change in changes(old.statements, new.statements)}
    for name in sorted(old.withdrawn.keys() ^ new.withdrawn.keys()):
        if name in old.statements and name in new.statements:
            found[name] = _withdrawal(name, new, found.get(name))
    return tuple(found[name] for name in sorted(found))


def shipped_questions() -> Path:
    """The folder of the competency questions that ship with the project."""
    return resources.queries_dir() / "cases"


# ── Answers ────────────────────────────────────────────────────────────────────────────────────


def compare_answers(
    old: Callable[[Question], Answered],
    new: Callable[[Question], Answered],
    questions: Iterable[Question],
) -> tuple[AnswerChange, ...]:
    """The questions that are answered differently."""
    found = ((each, row_changes(old(each), new(each))) for each in questions)
    return tuple(AnswerChange(each.name, each.asked, rows) for each, rows in found if rows)


def answer_question(graph: KnowledgeGraph, question: Question) -> Answered:
    """The answer to a question, or why the graph cannot be asked it."""
    try:
        about = graph.lexicon.find(question.about, Kind.FINDING).iri if question.about else None
        return ask(graph, resolve_case(dict(question.case), graph.lexicon), about)
    except UsageError as error:
        return error.message


# ── The two sides ───────────────────────────────────────────────────────────────────────────────


def _without(gone: frozenset[IRI], progress: Progress) -> tuple[bytes, KnowledgeGraph]:
    """The graph without some statements, made in memory only."""
    built = make(resources.ontology_dir(), progress, without=frozenset(gone), checked=False)
    return built.graph, _opened(built)


def _opened(built: Built) -> KnowledgeGraph:
    return open_store(LocalStore(built.graph), built.rules, built.asserted, "what-if")


def _difference(
    sides: tuple[Side, Side],
    graphs: tuple[bytes, bytes],
    opened: tuple[KnowledgeGraph, KnowledgeGraph],
    questions: tuple[Question, ...],
) -> Difference:
    old, new = read_contents(*graphs)
    before, after = (partial(answer_question, each) for each in opened)
    return Difference(
        *sides,
        asked=len(questions),
        statements=compare_statements(old, new),
        terms=changes(old.terms, new.terms),
        records=changes(old.records, new.records),
        axioms=changes(old.axioms, new.axioms),
        conclusions=changes(old.conclusions, new.conclusions),
        answers=compare_answers(before, after, questions),
    )


def _questions(given: Iterable[Question] | None) -> tuple[Question, ...]:
    return read_questions(shipped_questions()) if given is None else tuple(given)


def _side(name: str, product: Artifact) -> Side:
    return Side(name, product.version[:12], product.built_at)


def _named(gone: Iterable[IRI]) -> str:
    return f"without {', '.join(sorted(short_id(each) for each in gone))}"


def _withdrawal(name: str, new: Content, found: Change | None) -> Change:
    """The change of a statement that ceased to stand, or stands again."""
    gone = name in new.withdrawn
    return Change(
        ChangeKind.WITHDRAWN if gone else ChangeKind.RESTORED,
        name,
        new.statements[name].label,
        found.fields if found else (),
        note=new.withdrawn[name] if gone else "",
    )
