"""What is expected of an answer, as a file says it: the whole answer, in the order of reading.

`python tests/expectations.py NAME…` writes down the answers to the questions of these names, to
be read against the articles before they are kept; without names it writes down all of them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.answer.model import Answer, Argument, Cause, Message, Move, NextStep, Origin, Result

FOLDER = Path(__file__).parent / "questions"
LISTS = ("conflicts", "absent", "unused", "tensions", "unknown")
MESSAGES = ("scope", "alerts", "rules", "outcomes", "advice")
VERDICTS = ("candidate", "undetermined", "argued against", "excluded")
TABLES = (
    *MESSAGES,
    "origins",
    *VERDICTS,
    "other_patients",
    "ask_next",
    "advised_for_others",
    "unadvised",
)
"""What is said under a name, with what it rests on."""
WIDTH = 95

Shown = dict[str, Any]


def shown(answer: Answer) -> Shown:
    """The whole answer by names and statement ids; what is empty is left out."""
    labels = {cause.iri: cause.label for cause in answer.causes}
    found: Shown = {
        "conflicts": [each.text for each in answer.conflicts],
        "absent": [each.label for each in answer.absent],
        "unused": [each.given for each in answer.unused],
        "tensions": [" ".join(each.statements) for each in answer.tensions],
        "unknown": [each.label for each in answer.unknown],
        **{name: _messages(getattr(answer, name)) for name in MESSAGES},
        "origins": {origin.label: _origin(origin) for origin in answer.origins},
        **dict.fromkeys(VERDICTS),
        "other_patients": {
            each.label: [other.statement for other in each.elsewhere]
            for each in answer.other_populations
        },
        "ask_next": {step.label: _step(step, labels) for step in answer.ask_next},
        "advised_for_others": {
            each.label: [other.statement for other in each.elsewhere]
            for each in answer.steps_for_others
        },
        "unadvised": {each.label: _results(each.results) for each in answer.unadvised},
    }
    for verdict in VERDICTS:
        causes = (cause for cause in answer.causes if cause.verdict.value == verdict)
        found[verdict] = {cause.label: _cause(cause) for cause in causes}
    return _without_empty(found)


def as_written(expected: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The parts of an expectation, those in tables with their order, for comparison."""
    return [
        (name, list(part.items()) if name in TABLES else part)
        for name in (*LISTS, *TABLES)
        if (part := expected.get(name))
    ]


def as_toml(found: Mapping[str, Any]) -> str:
    """The expectation as a file, one line for each thing that is said."""
    head = [f"{name} = {_list(found[name])}" for name in LISTS if name in found]
    blocks = ["\n".join(["[expect]", *head])]
    for name in TABLES:
        if name in found:
            title = f"[expect.{name if name.isidentifier() else json.dumps(name)}]"
            lines = (f"{_key(key)} = {_value(value)}" for key, value in found[name].items())
            blocks.append("\n".join([title, *lines]))
    return "\n\n".join(blocks) + "\n"


def _messages(messages: Iterable[Message]) -> dict[str, list[str]]:
    """Each message with its statements, those that carry it first; a scope rests on background."""
    return {
        each.label: [*each.statements, *each.corroboration] or list(each.background)
        for each in messages
    }


def _origin(origin: Origin) -> Shown:
    return _without_empty(
        {
            "stands": origin.standing.value,
            "word": origin.strength,
            "supports": _arguments(origin.supports),
            "against": _arguments(origin.against),
        }
    )


def _cause(cause: Cause) -> Shown:
    return _without_empty(
        {
            "listed_by": list(cause.statements),
            "present": cause.present,
            "stands_there_as": "" if cause.basis.value == "listed" else cause.basis.value,
            "from": [each.label for each in cause.origins],
            "by_origin": cause.by_origin,
            "supports": _arguments(cause.supports),
            "against": _arguments(cause.against),
            "needs": [need.datum.label for need in cause.needs],
            "for_others": [each.statement for each in cause.elsewhere],
            "tensions": list(cause.tensions),
            "denied_by": list(cause.counter),
        }
    )


def _arguments(arguments: Iterable[Argument]) -> dict[str, list[str]]:
    return {each.finding.label: list(each.rule) for each in arguments}


def _step(step: NextStep, labels: Mapping[str, str]) -> Shown:
    return _without_empty(
        {
            "by": list(step.statements),
            "moves": _results(step.results),
            "informs": [labels.get(iri, iri) for iri in step.informs],
            "origins": [iri.rpartition("/")[2] for iri in step.origins],
            "to_consider": step.optional,
            "offered": step.offered,
            "urgent": step.urgent,
        }
    )


def _results(results: Iterable[Result]) -> dict[str, list[str]]:
    """Each result that would move a verdict, with what it would make of which cause, and why."""
    return {each.label: [_move(move) for move in each.moves] for each in results if each.moves}


def _move(move: Move) -> str:
    verdict = move.after.value if move.after else "not there"
    return " ".join([f"{move.label}: {verdict}", *move.statements])


def _without_empty(found: Shown) -> Shown:
    """What is said; only a scope may rest on nothing and still be said."""
    return {name: value for name, value in found.items() if value}


def _key(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else json.dumps(name, ensure_ascii=False)


def _list(texts: Iterable[str]) -> str:
    """A list on one line, or on lines that are filled."""
    texts = list(texts)
    if len(whole := _value(texts)) <= WIDTH:
        return whole
    lines = [""]
    for text in texts:
        entry = f"{_value(text)},"
        if lines[-1] and len(lines[-1]) + len(entry) > WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {entry}".strip()
    return "[\n" + "".join(f"    {line}\n" for line in lines) + "]"


def _value(value: Any) -> str:  # noqa: ANN401 - whatever TOML can hold
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)


def main(names: list[str]) -> None:
    """Write the answer to each named question, or to all, over what was expected of it."""
    from kg.case.document import read_questions
    from kg.compile import builder
    from kg.curate.diff.difference import answer_question, shipped_questions

    knowledge = builder.ensure()
    for question in read_questions(shipped_questions()):
        if not names or question.name in names:
            answer = answer_question(knowledge, question)
            if isinstance(answer, str):
                raise SystemExit(f"{question.name}: {answer}")
            path = FOLDER / f"{question.name}.toml"
            path.write_text(as_toml(shown(answer)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
