"""Whose a request is: the connection that it came on, where one client alone can be at its end."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from kg.sandbox.kept import Owner

CONNECTION: Final = "kg.connection"
"""Where a request has the future that is done when its connection has ended."""
_HANDED_ON: Final = frozenset(
    (
        "cdn-loop",
        "cf-connecting-ip",
        "client-ip",
        "fastly-client-ip",
        "forwarded",
        "true-client-ip",
        "via",
        "x-amzn-trace-id",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-original-forwarded-for",
        "x-real-ip",
    )
)
"""Headers that say that a proxy handed a request on."""
_BY_PROXY: Final = "x-forwarded-"
"""What others that say so begin with."""


def owner_of(request: Request) -> Owner | None:
    """The connection of a request; None where a proxy may send on it what several clients ask.

    A proxy that was not named to the server is known by the headers that it adds.
    """
    for name in request.headers:
        if name in _HANDED_ON or name.startswith(_BY_PROXY):
            return None
    owner: Owner | None = request.scope.get(CONNECTION)
    return owner
