"""Where terms stand in the source files, so that a finding leads to a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from kg.model.rdf import Sources
from kg.model.vocabulary import compact

_NAME: Final = re.compile(r"(?<![\w:./-])[A-Za-z]\w*:[A-Za-z0-9_](?:[\w.-]*[\w-])?")
_IRI: Final = re.compile(r"<([^<>\s]+)>")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Places:
    """Where terms stand in the source files."""

    paths: tuple[Path, ...] = ()

    @classmethod
    def of_sources(cls, sources: Sources) -> Places:
        """Where terms stand in the files of the sources."""
        return cls(tuple(module.path for module in sources.modules))

    def of(self, focus: str) -> str:
        """`file:line` of the first text about a term, or nothing when it is in no file."""
        name = compact(focus)
        return self._subjects.get(name) or self._mentions.get(name, "")

    @cached_property
    def _subjects(self) -> Mapping[str, str]:
        """The first line that opens with a term."""
        found: dict[str, str] = {}
        for place, line in self._lines():
            start = _NAME.match(line) or _IRI.match(line)
            if start:
                found.setdefault(compact(start[0].strip("<>")), place)
        return found

    @cached_property
    def _mentions(self) -> Mapping[str, str]:
        """The first line that names a term at all, outside of comments and texts."""
        found: dict[str, str] = {}
        for place, line in self._lines():
            if not line.startswith(("#", "@prefix")):
                bare = _STRING.sub('""', line)
                for name in (*_NAME.findall(bare), *map(compact, _IRI.findall(bare))):
                    found.setdefault(name, place)
        return found

    def _lines(self) -> Iterator[tuple[str, str]]:
        for path in self.paths:
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                yield f"{path}:{number}", line


NOWHERE: Final = Places()
