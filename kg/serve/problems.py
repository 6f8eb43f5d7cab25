"""Whatever goes wrong, as a status and a JSON object that says what (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from kg.model import errors
from kg.model.errors import BusyError, KGError, QuerySyntaxError

MEDIA_TYPE: Final = "application/problem+json"
_ECHO: Final = 2000
"""Characters of a message that are sent; what a client sent may be in it."""


class Problem(Exception):  # noqa: N818 - it is what RFC 9457 calls it
    """One thing that went wrong with a request.

    `more` is what a program may want to know besides, such as `line` and `column`.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        more: Mapping[str, object] | None = None,
        *,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.more = more or {}
        self.headers = headers

    @property
    def body(self) -> bytes:
        """The object that is sent."""
        said = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail[:_ECHO],
            **self.more,
        }
        return (json.dumps(said, ensure_ascii=True, indent=1) + "\n").encode()


_STATUS: Final[tuple[tuple[type[KGError], int, str], ...]] = (
    (errors.RefusedQueryError, 403, "Not offered here"),
    (errors.QuerySyntaxError, 400, "The query cannot be read"),
    (errors.UsageError, 400, "The request cannot be understood"),
    (errors.DeadlineError, 504, "The query took too long"),
    (errors.ExhaustedError, 422, "The query needs more than it may have"),
    (errors.ResultTooLargeError, 413, "The result is too large"),
    (errors.BusyError, 503, "Busy"),
    (errors.StoreError, 422, "The query cannot be answered"),
    (errors.ProductError, 503, "No graph"),
)
"""The first that fits; 500 is for mistakes of ours."""


def problem_of(error: KGError) -> Problem:
    """What a client is told of an error."""
    status, title = next(
        ((status, title) for kind, status, title in _STATUS if isinstance(error, kind)),
        (500, "A mistake in the server"),
    )
    more: dict[str, object] = {}
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, QuerySyntaxError) and error.line is not None:
        more = {"line": error.line, "column": error.column}
    if isinstance(error, BusyError):
        headers = (("Retry-After", str(error.retry_after)),)
    return Problem(status, title, error.message, more, headers=headers)


def unexpected() -> Problem:
    """What a client is told of a mistake of ours: that it is one, and nothing of its inside."""
    return Problem(500, "A mistake in the server", "This should not happen; it has been counted.")
