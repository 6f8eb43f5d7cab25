"""The groups of the lines of a graph, part by part, each counted once and kept by what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from kg.compile.inputs import code_digest
from kg.compile.kept import digest_of, keep_results, kept_results
from kg.compile.lines import Counts, count_lines
from kg.model.rdf import Module

_KEPT: Final = "lines"


class CountedParts:
    """Counts the lines of files and of other parts, and keeps what the last graph had."""

    def __init__(self) -> None:
        self._code = code_digest()
        self._known = kept_results(_KEPT)
        self._used: dict[str, Counts] = {}

    def of_files(self, modules: Iterable[Module]) -> Iterator[Counts]:
        """The groups of each file; its nodes without a name may be called otherwise each time."""
        for each in modules:
            yield self._counted((each.iri.encode(), each.sha256.encode()), each)

    def of_lines(self, nquads: bytes) -> Counts:
        """The groups of some lines."""
        return self._counted((nquads,), nquads)

    def _counted(self, made_of: tuple[bytes, ...], lines: Module | bytes) -> Counts:
        name = digest_of(self._code, *made_of)
        if name not in self._used:
            kept = self._known.get(name)
            if kept is None:
                nquads = lines if isinstance(lines, bytes) else lines.lines
                self._used[name] = count_lines(nquads)
            else:
                self._used[name] = msgspec.json.decode(kept, type=Counts)
        return self._used[name]

    def keep(self) -> None:
        """Keep what was used, in place of what was kept."""
        if self._used.keys() != self._known.keys():
            keep_results(_KEPT, self._used)
