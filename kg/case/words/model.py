"""What a question in words was read as: options, and what of it was not used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kg.case.model import Case, ReadAs, Unused

_PLAIN: Final = re.compile(r"[\w=.,:@%+/-]+")
_SPECIAL: Final = re.compile(r'(["\\$`!])')


class Reading(Struct, frozen=True, kw_only=True):
    """A question as the options that it stands for."""

    has: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    age: str | None = None
    sex: str | None = None
    notes: tuple[str, ...] = ()
    """How a word was read that says more or less than its option."""
    unused: tuple[Unused, ...] = ()
    """The words that were not used, each with the reason."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of a patient."""
        return not any((self.has, self.drugs, self.labs, self.findings, self.age, self.sex))

    @property
    def line(self) -> str:
        """The options as they are typed."""
        return " ".join(f"{name} {quote(value)}" for name, value in self._options())

    def tell(self, case: Case) -> Case:
        """A case of these options that tells how the question was read, and what is left of it."""
        read_as = ReadAs(self.line, self.notes)
        return replace(case, read_as=read_as, unused=(*self.unused, *case.unused))

    def _options(self) -> Iterator[tuple[str, str]]:
        several = {
            "--has": self.has,
            "--lab": self.labs,
            "--drug": self.drugs,
            "--finding": self.findings,
        }
        for name, values in several.items():
            yield from ((name, value) for value in values)
        once = {"--age": self.age, "--sex": self.sex}
        yield from ((name, value) for name, value in once.items() if value is not None)


def quote(text: str) -> str:
    """A text as one word of a shell, in quotes where it needs them."""
    return text if _PLAIN.fullmatch(text) else '"' + _SPECIAL.sub(r"\\\1", text) + '"'
