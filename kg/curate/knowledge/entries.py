"""The file of the knowledge tests of one article: read, written, and held against a graph."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from kg.articles.source import Written
from kg.case.document import read_questions
from kg.curate.diff.difference import shipped_questions
from kg.curate.knowledge.search import (
    AGREES,
    Case,
    Search,
    Witness,
    agreements_of,
    answer_case,
    atoms_of,
    effects_of,
)
from kg.model import resources
from kg.model.errors import UsageError
from kg.model.statements import short_id
from kg.store.knowledge import KnowledgeGraph
from kg.store.queries import shipped_rows
from kg.store.statements import find_statement, read_statements

_HEAD: Final = """\
# Knowledge tests of document {name}, written by `kg source accept {name}`: for each statement a
# case in which it speaks, with every line that then rests on it or agrees with it, and the nearest
# case in which it is silent. Read them against the article before you keep them.
document: {name}
"""
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ()/._%+-]*[A-Za-z0-9)%]|[A-Za-z0-9]")
_YES: Final = {"true": True, "false": False}


@dataclass(frozen=True)
class Entries:
    """The tests of one article."""

    name: str
    tests: Mapping[str, Witness]
    """By the id of the statement."""
    unreached: tuple[str, ...] = ()
    """Statements that carry an axiom or agree with one, and speak in no case that was tried."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """What a graph says otherwise than a test."""

    statement: str
    case: Case
    wanted: tuple[str, ...]
    found: tuple[str, ...]

    def __str__(self) -> str:
        given = json.dumps(self.case, ensure_ascii=False)
        wanted, found = ("; ".join(each) or "nothing" for each in (self.wanted, self.found))
        return f"{self.statement} in {given}: wanted {wanted}; found {found}"


@dataclass
class Accepted:
    """The tests as they hold now, and what had to be written anew."""

    entries: Entries
    added: list[str] = field(default_factory=list)
    changed: list[Deviation] = field(default_factory=list)
    gone: tuple[str, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether every test that is wanted was there, and holds."""
        return not (self.added or self.changed or self.gone)


def check_entries(entries: Entries, graph: KnowledgeGraph) -> tuple[Deviation, ...]:
    """Every test that does not hold of a graph."""
    return tuple(
        deviation
        for each, witness in entries.tests.items()
        for deviation in _deviations(graph, each, witness)
    )


def _deviations(graph: KnowledgeGraph, statement: str, witness: Witness) -> Iterator[Deviation]:
    only_agrees = any(each.startswith(AGREES) for each in witness.gives)
    tell = partial(agreements_of, graph) if only_agrees else effects_of
    wanted = [(witness.fires, witness.gives)]
    if witness.silent is not None:
        wanted.append((witness.silent, ()))
    for case, lines in wanted:
        answer = answer_case(graph, case)
        found = tell(answer).get(statement, ()) if answer is not None else ()
        if found != lines:
            yield Deviation(statement, case, lines, found)


def accept(
    entries: Entries, graph: KnowledgeGraph, wanted: Iterable[str], shipped: Iterable[Case]
) -> Accepted:
    """The tests of the statements that are wanted: what holds stays, the rest is made anew."""
    names = set(wanted)
    held = {each: test for each, test in entries.tests.items() if each in names}
    changed = [each for name in held for each in _deviations(graph, name, held[name])]
    moved = {each.statement for each in changed}
    kept = {each: test for each, test in held.items() if each not in moved}
    search = Search(graph, names - kept.keys())
    for name in moved:  # the case that a curator has read before any other
        if name in search.effects(held[name].fires):
            search.first[name] = held[name].fires
    questions = tuple(shipped)
    found = search.run(questions)
    found |= _agreements(
        graph, names - kept.keys() - found.keys(), (*kept.values(), *found.values())
    )
    tests = dict(sorted({**kept, **found}.items()))
    return Accepted(
        Entries(entries.name, tests, tuple(sorted(names - tests.keys()))),
        added=sorted(found.keys() - moved),
        changed=changed,
        gone=tuple(sorted(entries.tests.keys() - names)),
    )


def _agreements(
    graph: KnowledgeGraph, names: set[str], others: Iterable[Witness]
) -> dict[str, Witness]:
    """Tests of statements that no row names: those that agree with a cause of one."""
    cases = sorted((each.fires for each in others), key=lambda case: sum(1 for _ in atoms_of(case)))
    distinct = {json.dumps(each, sort_keys=True): each for each in cases}
    search = Search(graph, names, partial(agreements_of, graph))
    return search.run_among(distinct.values()) if names else {}


# ── The file ────────────────────────────────────────────────────────────────────────────────────


def read_entries(path: Path, name: str) -> Entries:
    """The tests of an article; none where there is no file yet."""
    if not path.is_file():
        return Entries(name, {})
    value = Written.read(path).value
    tests = {each: _test(test) for each, test in value.get("statements", {}).items()}
    return Entries(value["document"], tests, tuple(value.get("nothing found for", ())))


def _test(value: Mapping[str, Any]) -> Witness:
    silent = value.get("silent")
    return Witness(
        fires=_case(value["fires"]),
        gives=tuple(value["gives"]),
        silent=None if silent is None else _case(silent),
    )


def _case(value: Mapping[str, Any]) -> Case:
    """A case as it was written: numbers stay text, and the one truth value is one again."""
    labs = [
        {key: _YES.get(each, each) if key == "baseline" else each for key, each in lab.items()}
        for lab in value.get("labs", ())
    ]
    return {**value, "labs": labs} if labs else dict(value)


def write_entries(entries: Entries, label: Callable[[str], str]) -> str:
    """The file as text, with what each statement says beside its id."""
    parts = [_HEAD.format(name=entries.name), "statements:\n" if entries.tests else ""]
    for each, test in entries.tests.items():
        parts.append(f"  {each}: # {label(each)}\n")
        parts.append(f"    fires: {_flow(test.fires)}\n    gives:\n")
        parts += (f"      - {_text(line)}\n" for line in test.gives)
        parts.append(f"    silent: {_flow(test.silent)}\n" if test.silent is not None else "")
    if entries.unreached:
        parts.append(f"nothing found for: [{', '.join(entries.unreached)}]\n")
    return "".join(parts)


def _flow(value: object) -> str:
    """A value on one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else _text(str(value))


def _text(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


# ── The tests of one article as they hold now ───────────────────────────────────────────────────

_SPEAKS: Final = frozenset(
    {
        "carries an axiom",
        "agrees with an axiom",
        "speaks against an axiom",
        "gives a threshold",
    }
)
"""What a statement does that an answer may show, in the words of `report/reached-statements`."""


def accept_article(
    graph: KnowledgeGraph, name: str, path: Path
) -> tuple[Accepted, Callable[[str], str]]:
    """The tests of an article as they hold now, and the words of each of its statements.

    UsageError for an article of which no statement reaches an answer.
    """
    wanted = sorted(set(speaking(graph, name)))
    if not wanted:
        raise UsageError(f"no statement of a document {name} carries an axiom or agrees with one.")
    cases = [dict(each.case) for each in read_questions(shipped_questions())]
    done = accept(read_entries(path, name), graph, wanted, cases)
    iris = [find_statement(graph.store, each) for each in done.entries.tests]
    texts = {each.id: each.text for each in read_statements(graph.store, iris)}
    return done, lambda each: texts.get(each, "")


def speaking(graph: KnowledgeGraph, name: str) -> Iterator[str]:
    """The statements of a document that an answer may rest on, by id."""
    for row in shipped_rows(graph.store, "report/reached-statements").texts():
        statement = short_id(row["statement"])
        if row.get("role", "") in _SPEAKS and _is_of(statement, name):
            yield statement


def _is_of(statement: str, name: str) -> bool:
    """Whether the id of a statement is that of a document, and digits."""
    return statement.startswith(name) and statement.removeprefix(name).isdigit()


def tests_folder() -> Path:
    """The folder of the tests in this checkout; UsageError where the package is installed."""
    folder = resources.data_dir() / "tests"
    if not folder.is_dir():
        raise UsageError(f"{folder} does not exist; name the folder of the tests with --output.")
    return folder / "knowledge"
