"""What a process that was sent something refuses, in words that repeat nothing of it."""

from __future__ import annotations


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
