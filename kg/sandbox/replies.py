"""Errors of a job on their way from a worker to its caller, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.model import errors
from kg.model.errors import KGError, QuerySyntaxError
from kg.sandbox.frames import Frame

_LONGEST: Final = 500

_KINDS: Final[Mapping[str, type[KGError]]] = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, KGError) and kind is not errors.ValidationError
}
"""The errors that a message alone makes."""


class UnexpectedError(Exception):
    """A job ended with an error that is none of this library's: a mistake in the program."""


def failure(error: Exception) -> Frame:
    """The reply for an error that a job ended with."""
    if not isinstance(error, KGError):
        return Frame({"error": type(error).__name__, "message": str(error)[:_LONGEST]})
    told: dict[str, object] = {"error": type(error).__name__, "message": error.message}
    if isinstance(error, QuerySyntaxError):
        told |= {"line": error.line, "column": error.column}
    return Frame(told)


def checked(reply: Frame) -> Frame:
    """The reply, or else the error that the job ended with is raised."""
    name = reply.head.get("error")
    if name is None:
        return reply
    message = str(reply.head.get("message"))
    kind = _KINDS.get(str(name))
    if kind is None:
        raise UnexpectedError(f"{name}: {message}")
    if issubclass(kind, QuerySyntaxError):
        raise kind(message, line=_number(reply, "line"), column=_number(reply, "column"))
    raise kind(message)


def _number(reply: Frame, name: str) -> int | None:
    value = reply.head.get(name)
    return value if isinstance(value, int) else None
