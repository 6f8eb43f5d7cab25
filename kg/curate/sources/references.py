"""The reference list of a text, entry by entry, with what a machine finds of each work.

A machine only proposes: whether a number points at the work, a curator confirms. Titles are not
read out of an entry, for where a title ends no text says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kg.curate.sources.citing import NUMBERED
from kg.curate.sources.lines import OF_A_REFERENCE
from kg.curate.sources.outline import Outline, OutlineEntry


@dataclass(frozen=True, slots=True)
class ListedWork:
    """One entry of a reference list; whatever the text does not say is empty, or 0."""

    number: int
    """The number that is printed in front of it; 0 where the list has none."""
    lines: tuple[int, ...]
    text: str
    """The entry as it is printed, to be shown to the curator and never written to a file."""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    year: int = 0

    @property
    def identifiers(self) -> dict[str, str]:
        """Year and identifiers as the file of an article names them, without what is not known."""
        found = {"year": str(self.year or ""), "doi": self.doi, "pmid": self.pmid}
        return {key: value for key, value in {**found, "pmcid": self.pmcid}.items() if value}


_DOI: Final = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)
_PMID: Final = re.compile(
    r"(?:\bPMID:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|nih\.gov/pubmed/)(\d{1,8})\b", re.IGNORECASE
)
_PMCID: Final = re.compile(r"\bPMC\d{4,9}\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://\S+")
_YEAR: Final = re.compile(r"\b(?:19|20)\d{2}\b(?![-–:/]\d)")  # noqa: RUF001
_YEAR_CERTAIN: Final = re.compile(
    r"\(((?:19|20)\d{2})[a-z]?\)|\b((?:19|20)\d{2})(?:\s+\w{3}\b[^;]*)?;"
)
"""A year in brackets, or in front of the volume; a number like a year may be a page or a title."""
_CONTINUED: Final = re.compile(r"^(?:doi|pmid|pmcid|https?://|available|accessed)\b", re.IGNORECASE)


def read_references(outline: Outline) -> tuple[ListedWork, ...]:
    """The entries of the reference list, in its order; none where the text prints none."""
    lines = [entry for entry in outline.entries if entry.aside == OF_A_REFERENCE]
    numbered = any(NUMBERED.match(entry.text) for entry in lines)
    groups = _by_number(lines) if numbered else _by_year(lines)
    return tuple(_work(group) for group in groups)


def _by_number(lines: Sequence[OutlineEntry]) -> Iterator[Sequence[OutlineEntry]]:
    """The lines from one number to the next; what stands before the first is no entry."""
    group: list[OutlineEntry] = []
    for entry in lines:
        if NUMBERED.match(entry.text):
            if group:
                yield group
            group = [entry]
        elif group:
            group.append(entry)
    if group:
        yield group


def _by_year(lines: Sequence[OutlineEntry]) -> Iterator[Sequence[OutlineEntry]]:
    """The lines up to one that names a year or a number of the work, and what continues it."""
    group: list[OutlineEntry] = []
    for position, entry in enumerate(lines):
        group.append(entry)
        following = lines[position + 1].text if position + 1 < len(lines) else ""
        ends = _YEAR.search(entry.text) or _DOI.search(entry.text) or _PMID.search(entry.text)
        if ends and not _CONTINUED.match(following):
            yield group
            group = []
    if group:
        yield group


def _work(group: Sequence[OutlineEntry]) -> ListedWork:
    first = NUMBERED.match(group[0].text)
    text = " ".join(entry.text for entry in group)
    return ListedWork(
        number=int(next(filter(None, first.groups()))) if first else 0,
        lines=tuple(entry.number for entry in group),
        text=text,
        doi=_doi(text),
        pmid=next(iter(_PMID.findall(text)), ""),
        pmcid=next(iter(_PMCID.findall(text)), "").upper(),
        year=_year(text),
    )


def _doi(text: str) -> str:
    """The first DOI, without what the sentence puts after it; lower case, as DOIs compare."""
    found = _DOI.search(text)
    if found is None:
        return ""
    doi = found[0].rstrip(".,;:")
    while doi.endswith((")", "]")) and doi.count("(") < doi.count(")") + doi.count("]"):
        doi = doi[:-1].rstrip(".,;:")
    return doi.lower()


def _year(text: str) -> int:
    plain = _ADDRESS.sub(" ", _DOI.sub(" ", text))
    certain = _YEAR_CERTAIN.search(plain)
    if certain is not None:
        return int(certain[1] or certain[2])
    return int(next(reversed(_YEAR.findall(plain)), 0))
