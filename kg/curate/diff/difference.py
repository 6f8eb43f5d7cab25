"""Compares two built graphs: what they say, what follows, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.answer.ask import ask
from kg.answer.what_if import Answered, row_changes
from kg.case import resolve_case
from kg.case.document import Question, read_questions
from kg.compile import builder
from kg.compile.model import open_store
from kg.compile.pipeline import Built, make
from kg.compile.reasoned import Progress
from kg.curate.diff.content import Content, read_contents
from kg.curate.diff.versions import Version
from kg.model import resources
from kg.model.changes import AnswerChange, Change, ChangeKind, Difference, Side, changes
from kg.model.errors import UsageError
from kg.model.statements import short_id
from kg.model.terms import Kind
from kg.model.vocabulary import IRI
from kg.store.artifact import Artifact
from kg.store.knowledge import KnowledgeGraph, open_graph
from kg.store.local import LocalStore
from kg.store.statements import find_statement


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
    old: KnowledgeGraph, new: KnowledgeGraph, questions: Iterable[Question]
) -> tuple[AnswerChange, ...]:
    """The questions that the two graphs answer differently."""
    found: list[AnswerChange] = []
    for question in questions:
        before, after = (answer_question(each, question) for each in (old, new))
        if rows := row_changes(before, after):
            found.append(AnswerChange(question.name, question.asked, rows))
    return tuple(found)


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
    return Difference(
        *sides,
        asked=len(questions),
        statements=compare_statements(old, new),
        terms=changes(old.terms, new.terms),
        records=changes(old.records, new.records),
        axioms=changes(old.axioms, new.axioms),
        conclusions=changes(old.conclusions, new.conclusions),
        answers=compare_answers(*opened, questions),
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
