"""Reads the table of real codes, and says how many mean what they should: `make codes`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kg.case.fhir.builder import RefusedError
from kg.case.fhir.codes import Codes
from kg.model.terms import Lexicon
from kg.model.vocabulary import compact

TABLE = Path(__file__).parent / "data" / "golden_codes.tsv"
NONE = "none"


class GoldenCode(NamedTuple):
    """A code as a record holds it, and the term, or the terms, that it has to mean there."""

    system: str
    code: str
    display: str
    expected: str
    source: str


class Read(NamedTuple):
    """What a code was read as."""

    golden: GoldenCode
    term: str
    reason: str

    @property
    def right(self) -> bool:
        """Whether that is the term that it has to mean."""
        return self.term == self.golden.expected

    @property
    def wrong(self) -> bool:
        """Whether it was read as a term that it does not mean, which is worse than not at all."""
        return not self.right and self.term != NONE


def golden_codes() -> list[GoldenCode]:
    """Every line of the table."""
    lines = TABLE.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [GoldenCode(*row) for row in rows[1:]]


def read_all(lexicon: Lexicon, codes: Iterable[GoldenCode]) -> Iterator[Read]:
    """What the reader of records makes of each code, with the name printed beside it."""
    reader = Codes(lexicon)
    systems = {prefix: uri for uri, prefix in lexicon.systems.items()}
    for golden in codes:
        coding = {"system": systems[golden.system], "code": golden.code}
        if golden.display:
            coding["display"] = golden.display
        try:
            found = reader.matches({"coding": [coding]})
        except RefusedError as error:
            yield Read(golden, NONE, error.message)
        else:
            terms = sorted(compact(each.entry.iri) for each in found)
            yield Read(golden, "+".join(terms), "; ".join(each.remark for each in found))


def recall(found: Iterable[Read]) -> float:
    """Of the codes that mean a term, the part that was read as it."""
    meant = [each for each in found if each.golden.expected != NONE]
    return sum(each.right for each in meant) / len(meant)


def report(found: list[Read]) -> Iterator[str]:
    """A line for each terminology, then every code that is not read as it should be."""
    yield f"{'terminology':12} {'codes':>6} {'read':>6} {'recall':>7} {'traps':>6} {'wrong':>6}"
    names = [*dict.fromkeys(each.golden.system for each in found), "all"]
    for name in names:
        of_name = [each for each in found if name in (each.golden.system, "all")]
        meant = [each for each in of_name if each.golden.expected != NONE]
        right = sum(each.right for each in meant)
        part = f"{100 * right / len(meant):.1f} %" if meant else ""
        traps = len(of_name) - len(meant)
        wrong = sum(each.wrong for each in of_name)
        yield f"{name:12} {len(meant):6} {right:6} {part:>7} {traps:6} {wrong:6}"
    for each in found:
        if not each.right:
            code = f"{each.golden.system} {each.golden.code}"
            yield f"{code}: wanted {each.golden.expected}, found {each.term} ({each.reason})"


if __name__ == "__main__":
    from kg.compile.builder import ensure

    lines = report(list(read_all(ensure().lexicon, golden_codes())))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
