"""Where terms stand in the source files, so that a finding leads to a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from kg.compile.kept import digest_of, keep_results, kept_results
from kg.model.rdf import Sources
from kg.model.statements import STATEMENT_ID
from kg.model.vocabulary import compact

_NAME: Final = re.compile(r"(?<![\w:./-])[A-Za-z]\w*:[A-Za-z0-9_](?:[\w.-]*[\w-])?")
_RECORD: Final = re.compile(rf"\s*- ({STATEMENT_ID}):")
_BLOCK: Final = re.compile(r"([a-z][a-z ]*):")
_TERM: Final = re.compile(r"  ([A-Za-z][\w-]*):")
_KEPT: Final = "places"
_MADE: Final = "statements"
"""The folder of what is made of the records of articles."""
_IRI: Final = re.compile(r"<([^<>\s]+)>")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Places:
    """Where terms stand in the source files."""

    paths: tuple[Path, ...] = ()
    articles: tuple[Path, ...] = ()
    """The files of which statements are made, which a person mends in their place."""

    @classmethod
    def of_sources(cls, sources: Sources) -> Places:
        """Where terms stand in the files of the sources."""
        paths = tuple(module.path for module in sources.modules)
        made = (path for path in paths if path.parent.name == _MADE)
        articles = (path.parents[1] / "articles" / f"{path.stem}.yaml" for path in made)
        return cls(paths, tuple(path for path in articles if path.is_file()))

    def of(self, focus: str) -> str:
        """`file:line` of the first text about a term, or nothing when it is in no file."""
        name = compact(focus)
        return self._written.get(name) or self._subjects.get(name) or self._mentions.get(name, "")

    @cached_property
    def _written(self) -> Mapping[str, str]:
        """The line of the record of each statement, and of each term that is new with it."""
        found: dict[str, str] = {}
        for path in self.articles:
            block = ""
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                if start := _BLOCK.match(line):
                    block = start[1]
                elif start := _RECORD.match(line):
                    found[f"st:{start[1]}"] = f"{path}:{number}"
                elif block == "terms" and (start := _TERM.match(line)):
                    found.setdefault(f"eg:{start[1]}", f"{path}:{number}")
        return found

    @cached_property
    def _subjects(self) -> Mapping[str, str]:
        """The first line that opens with a term; the lines of a file are kept by its text."""
        known, used = kept_results(_KEPT), {}
        found: dict[str, str] = {}
        for path in self.paths:
            text = path.read_bytes()
            name = digest_of(_NAME.pattern.encode(), _IRI.pattern.encode(), text)
            kept = known.get(name)
            lines = (
                _opened(text) if kept is None else msgspec.json.decode(kept, type=dict[str, int])
            )
            used[name] = lines
            for term, number in lines.items():
                found.setdefault(compact(term), f"{path}:{number}")
        if used.keys() != known.keys():
            keep_results(_KEPT, used)
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


def _opened(text: bytes) -> dict[str, int]:
    """The first line of a file that opens with each term."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.decode("utf-8").splitlines(), start=1):
        start = _NAME.match(line) or _IRI.match(line)
        if start:
            found.setdefault(start[0].strip("<>"), number)
    return found


NOWHERE: Final = Places()
