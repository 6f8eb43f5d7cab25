"""What the words of a source mean: each different one is read once, as the reader of cases does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from kg.case.labs import ABNORMAL, read_flag
from kg.case.model import GIVEN_KINDS, Unused
from kg.case.names import ReadName, read_absent, read_name, read_present
from kg.case.quantities import COMPARATORS, HIGH, LOW, NORMAL
from kg.case.ranges import RangeTable
from kg.case.resolve import read_sex
from kg.cohort.tables import Table, table
from kg.model.errors import UsageError
from kg.model.terms import Kind, Lexicon
from kg.model.vocabulary import EG, IRI

_PLACE: Final = Decimal("0.000000001")
_EMPTY: Final = "the name is empty, or longer than any name"
_KINDS: Final = {"condition": (Kind.CONDITION,), "treatment": GIVEN_KINDS}


class Words:
    """Reads the words of a source with one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def comparators(self) -> Table:
        """How a bound of a value is written."""
        return table("comparator_text", "text VARCHAR, comparator VARCHAR", COMPARATORS.items())

    def sexes(self, texts: Iterable[str]) -> Table:
        """The class of cases of each sex; none of a word that says none."""
        rows = ((text, found) for text in texts if (found := self._sex(text)))
        return table("sex_text", "text VARCHAR, term TERM", rows)

    def terms(self, said: Iterable[tuple[str, str, str]]) -> Table:
        """What each name of a condition or treatment says: `kind`, `said`, and the name.

        A name that is not used has its reason, and no term.
        """
        columns = "kind VARCHAR, said VARCHAR, text VARCHAR, term TERM, says VARCHAR, why VARCHAR"
        rows = ((*each, *self._term(*each)) for each in said)
        return table("term_text", columns, rows)

    def markers(self, texts: Iterable[str]) -> Table:
        """The measurement of each name; a reason where it is not used."""
        rows = ((text, *self._marker(text)) for text in texts)
        return table("marker_text", "text VARCHAR, term TERM, why VARCHAR", rows)

    def units(self, texts: Iterable[tuple[str, str]]) -> Table:
        """The unit of each spelling that is one of its measurement."""
        return table("unit_text", "marker TERM, text VARCHAR, unit VARCHAR", self._units(texts))

    def flags(self, texts: Iterable[str]) -> Table:
        """The flag of each word that is one."""
        states = (e.flag for e in self._lexicon.of_kind(Kind.STATE))
        known = {HIGH, NORMAL, LOW, ABNORMAL, *states}
        rows = ((text, word) for text in texts if (word := read_flag(text)) in known)
        return table("flag_text", "text VARCHAR, word VARCHAR", rows)

    def ranges(self, ranges: RangeTable | None) -> Table:
        """The reference ranges of a site; UsageError for one with more places than a table has."""
        columns = "marker TERM, unit VARCHAR, low DECIMAL(18,9), high DECIMAL(18,9)"
        columns += ", sex TERM, youngest INTEGER, oldest INTEGER"
        rows = [] if ranges is None else [each for e in ranges.rows.values() for each in e]
        for limit in (limit for row in rows for limit in (row.low, row.high) if limit is not None):
            if limit != limit.quantize(_PLACE):
                raise UsageError(f"the limit {limit} has more than nine places behind the point.")
        sexes = {word: each.iri for word, each in self._lexicon.states(EG.Case).items()}
        found = (
            (e.marker.iri, e.unit, e.low, e.high, sexes.get(e.sex), e.youngest, e.oldest)
            for e in rows
        )
        return table("site_range", columns, found)

    def drugs(self, texts: Iterable[str]) -> Table:
        """The drug or treatment that a result is said to be taken under."""
        rows = ((text, self._read(text, GIVEN_KINDS)) for text in texts)
        found = ((text, name.entry.iri) for text, name in rows if isinstance(name, ReadName))
        return table("drug_text", "text VARCHAR, term TERM", found)

    def _sex(self, text: str) -> str:
        try:
            return read_sex(text, self._lexicon).iri
        except UsageError:
            return ""

    def _read(self, text: str, kinds: tuple[Kind, ...]) -> ReadName | str:
        """The term of a name, or why it is none."""
        try:
            name = read_name(text, self._lexicon, *kinds)
        except UsageError:
            return _EMPTY
        return name.kind if isinstance(name, Unused) else name

    def _marker(self, text: str) -> tuple[str | None, str]:
        name = self._read(text, (Kind.MARKER,))
        if isinstance(name, str):
            return None, name
        return (None, "said to be absent") if name.denied else (name.entry.iri, "")

    def _term(self, kind: str, said: str, text: str) -> tuple[str | None, str, str]:
        """The term, what is said of it, and why it is not used."""
        if said not in ("yes", "no", "unknown"):
            return None, "", "said is none of yes, no and unknown"
        read = read_present if said == "yes" else read_absent
        try:
            name = read(text, self._lexicon, *_KINDS[kind])
        except UsageError:
            return None, "", _EMPTY
        if isinstance(name, Unused):
            return None, "", name.kind
        return name.entry.iri, "no" if said == "yes" and name.denied else said, ""

    def _units(self, texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
        for marker, text in texts:
            found = self._lexicon.entries[IRI(marker)].measured_in.read(text)
            if found is not None:
                yield marker, text, found[0]
