"""What a process refuses that was sent a case: the case, its claims, a parameter of the address.

Nothing that was sent is repeated: what was found is told by its form, and names come from the
graph. An example stands as an address has to have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from kg.case.parse import sort_facts
from kg.model.errors import KGError
from kg.model.terms import Lexicon
from kg.serve.api.places import form_of


class RefusedCaseError(Exception):
    """A case that cannot be answered; `problem` is what its sender is told."""

    def __init__(self, status: int, title: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.problem = {"status": status, "title": title, "detail": detail, "more": more}


def decode(body: bytes) -> str:
    """The text of a body."""
    try:
        return body.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise RefusedCaseError(400, "Not UTF-8", "the body has to be UTF-8.") from None


def no_fact(facts: Sequence[str], words: Lexicon, marker: str) -> RefusedCaseError:
    """What is told of facts that cannot be supposed, each `if=` that cannot be read."""
    wrong = [number for number, each in enumerate(facts) if not _is_fact(each, words)]
    wanted = "a result, or the name of a condition, drug or finding of the graph"
    every = [
        _parameter("if", facts[n], wanted, f"{marker}=high", place=n if len(facts) > 1 else None)
        for n in wrong or range(len(facts))
    ]
    return _refused(400, "Nothing to suppose", every)


def no_assumption(name: str) -> RefusedCaseError:
    """What is told of a name of `assume=` that is none of a term."""
    wanted = "a condition that an answer asks about in ask_next"
    return _refused(400, "Nothing to assume", [_parameter("assume", name, wanted)])


def no_topic(name: str, known: Sequence[str]) -> RefusedCaseError:
    """What is told of a finding that the graph cannot be asked about."""
    wanted = f"a finding with a question: {', '.join(known)}"
    each = _parameter("about", name, wanted, known[0] if known else "", names=known)
    return _refused(400, "No such question", [each])


def no_row(row: str, labels: Iterable[str]) -> RefusedCaseError:
    """What is told of a row that the answer does not have, or has twice."""
    known = list(dict.fromkeys(labels))
    wanted = f"one row of the answer; its rows: {', '.join(known) or 'none'}"
    each = _parameter("row", row, wanted, known[0] if known else "", names=known)
    return _refused(422, "No such row", [each])


def _is_fact(text: str, words: Lexicon) -> bool:
    try:
        sort_facts([text], words)
    except KGError:
        return False
    return True


def _parameter(  # noqa: PLR0913 - what a program needs to mend it
    name: str,
    given: str,
    wanted: str,
    example: str = "",
    *,
    place: int | None = None,
    names: Sequence[str] = (),
) -> dict[str, object]:
    """`at`, with its place where it stands more than once, what was found, and what is wanted."""
    at = name if place is None else f"{name}[{place}]"
    said: dict[str, object] = {"at": at, "found": form_of(given, frozenset()), "wanted": wanted}
    said |= {"example": f"{name}={quote(example)}"} if example else {}
    return said | ({"names": list(names)} if names else {})


def _refused(status: int, title: str, parameters: Sequence[dict[str, object]]) -> RefusedCaseError:
    told = "; ".join(map(_told, parameters))
    return RefusedCaseError(status, title, f"{told}.", parameters=list(parameters))


def _told(each: dict[str, object]) -> str:
    example = f", such as {each['example']}" if "example" in each else ""
    return f"{each['at']}: cannot be used; found {each['found']}; wanted {each['wanted']}{example}"
