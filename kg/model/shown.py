"""Values that show themselves in a notebook, by the writer that their kind has.

`kg.pages.notebook` has the writers: a value knows nothing of pages.
"""

from __future__ import annotations

from functools import singledispatch


@singledispatch
def html_of(value: object) -> str | None:  # noqa: ARG001 - what is shown, for the kinds that are
    """A value as HTML that loads nothing; None for a kind that has no writer."""
    return None


class Shown:
    """A value that a notebook shows as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """The value as a notebook asks for it; None where text has to do."""
        return html_of(self)
