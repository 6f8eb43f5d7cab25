"""Every error a caller can meet, and what can be done about each.

    KGError                      1
    ├── UsageError               2   the request cannot be understood: change the request
    │   ├── UnknownTermError         a name that no term carries; `.suggestions` are the nearest
    │   ├── AmbiguousTermError       a name that several terms carry; `.choices` are those terms
    │   ├── LabFormatError           a laboratory value that cannot be read
    │   ├── ParameterError           a query parameter that is missing, unknown or not safe
    │   ├── QuerySyntaxError         a query that does not parse; `.line` and `.column` say where
    │   │   └── RefusedQueryError        a query for what is off: an update, another endpoint
    │   ├── UnknownQueryError        no query of that name; `.suggestions` are the nearest
    │   ├── QuestionError            a question in words that says nothing of one patient
    │   │   └── AmbiguousQuestionError   one that can be read in more than one way
    │   └── MediaTypeError           a format that cannot carry this kind of result
    ├── BuildError               1   the sources do not make a graph: change the sources
    │   ├── SourceSyntaxError        a source file that does not parse; `.path`, `.line`, `.column`
    │   ├── MissingImportError       an import that the catalogue does not lead to a file
    │   ├── ValidationError          rules or shapes with findings; `.report` lists them
    │   ├── NotHornError             an axiom outside the fragment that the case rules can carry
    │   ├── ReasonerError            the reasoner is missing, was stopped, or failed
    │   ├── InconsistentError        the axioms contradict each other
    │   ├── UnsatisfiableError       a class that can have no member
    │   ├── StaleSourceError         a file of Turtle that is not what its source makes
    │   └── StaleGraphError          a built graph that is older than its sources
    ├── ProductError             1   the built graph cannot be used: build it again
    │   ├── NotBuiltError            there is no built graph
    │   └── CorruptProductError      a file of the built graph is not the file that was published
    ├── StoreError               1   a store that could not answer: look at the store
    │   ├── DeadlineError            1   a query that was stopped at its deadline
    │   ├── ExhaustedError           1   a query that used up the memory or stack it may have
    │   ├── ResultTooLargeError      1   a result larger than may be sent; no part of it is
    │   ├── BusyError                1   no room for the query now; `.retry_after` seconds later
    │   ├── StoreUnreachableError    nobody answers at the address, or the connection broke
    │   ├── StoreAccessError         the store wants other credentials, or allows less
    │   ├── StoreRefusedError        the store does not do what was asked; `.status` says why
    │   ├── PartialResultError       a result that was cut, or may have been
    │   ├── StoreReplyError          an answer that is not what was asked for, or cannot be read
    │   └── OtherGraphError          the store holds another graph than the one wanted, or none
    ├── NanopubError             1   a nanopublication that is not what it says it is
    ├── SandboxError             1   processes cannot be confined or started on this machine
    ├── ListenError              1   the server cannot be reached under that address
    └── ComparisonError          2   two versions that cannot be compared, for 1 means they differ

The number is the exit code of the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model.report import Report


class KGError(Exception):
    """The root: whatever Etiograph refuses to do, it says with one of these."""

    exit_code: ClassVar[int] = 1

    @property
    def message(self) -> str:
        """The sentence meant for the reader."""
        return str(self)


class UsageError(KGError):
    """The request cannot be understood as it stands."""

    exit_code = 2


class UnknownTermError(UsageError):
    """A name that no term carries."""

    def __init__(self, message: str, *, suggestions: Sequence[str] = ()) -> None:
        super().__init__(_with_list(message, "Did you mean", suggestions))
        self.suggestions = tuple(suggestions)


class AmbiguousTermError(UsageError):
    """A name that more than one term carries."""

    def __init__(self, message: str, *, choices: Sequence[str] = ()) -> None:
        super().__init__(_with_list(message, "Choose one of", choices))
        self.choices = tuple(choices)


class QuestionError(UsageError):
    """A question in words that says nothing of one patient."""


class AmbiguousQuestionError(QuestionError):
    """A question in words that can be read in more than one way."""

    def __init__(
        self, message: str, *, readings: Sequence[str] = (), meanings: Sequence[str] = ()
    ) -> None:
        lines = [
            f"\n  {reading}    ({meaning})" if meaning else f"\n  {reading}"
            for reading, meaning in zip(readings, meanings, strict=True)
        ]
        super().__init__("".join((message, *lines)))
        self.readings = tuple(readings)
        """Each reading as the options that it stands for."""
        self.meanings = tuple(meanings)
        """What each reading takes the doubtful words for."""


class LabFormatError(UsageError):
    """A laboratory value that cannot be read."""


class ParameterError(UsageError):
    """A query parameter that is missing, unknown or not safe to write into a query."""


class QuerySyntaxError(UsageError):
    """A query that does not parse."""

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class RefusedQueryError(QuerySyntaxError):
    """A query that asks for what is switched off."""


class UnknownQueryError(UsageError):
    """No query carries that name."""

    def __init__(self, message: str, *, suggestions: Sequence[str] = ()) -> None:
        super().__init__(_with_list(message, "Did you mean", suggestions))
        self.suggestions = tuple(suggestions)


class MediaTypeError(UsageError):
    """A format that cannot carry this kind of result."""


class BuildError(KGError):
    """The sources do not make a graph."""


class SourceSyntaxError(BuildError):
    """A source file that does not parse."""

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(f"{_place(path, line, column)}{message}")
        self.path = path
        self.line = line
        self.column = column


class MissingImportError(BuildError):
    """An import that the catalogue does not lead to a file."""


class ValidationError(BuildError):
    """Rules or shapes that found something; the report lists every finding."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


class NotHornError(BuildError):
    """An axiom outside the fragment that the case rules can carry."""


class ReasonerError(BuildError):
    """The reasoner is missing, was stopped, or failed."""


class InconsistentError(BuildError):
    """The axioms contradict each other."""


class UnsatisfiableError(BuildError):
    """A class that can have no member."""


class StaleSourceError(BuildError):
    """A file of Turtle that is not what its source makes."""


class StaleGraphError(BuildError):
    """A built graph that is older than its sources."""


class ProductError(KGError):
    """The built graph cannot be used."""


class NotBuiltError(ProductError):
    """There is no built graph."""


class CorruptProductError(ProductError):
    """A file of the built graph is not the file that was published."""


class StoreError(KGError):
    """A store that could not answer."""


class DeadlineError(StoreError):
    """A query that was stopped at its deadline."""


class ExhaustedError(StoreError):
    """A query that used up the memory or the stack that it may have."""


class ResultTooLargeError(StoreError):
    """A result larger than may be sent; no part of it is sent."""


class BusyError(StoreError):
    """There is no room for the query now."""

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NanopubError(KGError):
    """A nanopublication whose structure, address, signature or key is not what it says."""


class SandboxError(KGError):
    """Processes cannot be confined, or not be started, on this machine."""


class ListenError(KGError):
    """The server cannot be started at an address."""


class StoreUnreachableError(StoreError):
    """Nobody answers at the address, or the connection broke."""


class StoreAccessError(StoreError):
    """The store wants other credentials, or allows less than was asked."""


class StoreRefusedError(StoreError):
    """The store does not do what was asked."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class PartialResultError(StoreError):
    """A result that was cut, or may have been; nothing of it is passed on."""


class StoreReplyError(StoreError):
    """An answer that is not what was asked for, or cannot be read."""


class OtherGraphError(StoreError):
    """The store holds another graph than the one that is wanted, or none."""


class ComparisonError(KGError):
    """Two versions that cannot be compared; 1 is the exit code of a difference, as in diff(1)."""

    exit_code = 2


def rebuild(kind: str, message: str, details: Mapping[str, int]) -> KGError | None:
    """The error that was sent as the name of its class, its message and its numbers.

    None where no such error is made of a message.
    """
    found = globals().get(kind)
    if found is ValidationError or not (isinstance(found, type) and issubclass(found, KGError)):
        return None
    return found(message, **details)


def _with_list(message: str, lead: str, names: Sequence[str]) -> str:
    return f"{message} {lead}: {', '.join(names)}." if names else message


def _place(path: Path | None, line: int | None, column: int | None) -> str:
    if path is None:
        return ""
    numbers = "".join(f":{number}" for number in (line, column) if number is not None)
    return f"{path}{numbers}: "
