"""The summary of a cohort as one page that needs nothing beside it: tables, with a bar in each row.

It holds what the summary holds and no more: a count that is not told is in no length, no order and
no share. The bars are drawn in the template, for a rectangle takes no library.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from kg.answer.model import Verdict
from kg.cohort.summary import Count, Summary
from kg.pages.html import html, static
from kg.pages.verdicts import CHIPS

_SHEET: Final = "style.css"
_LEAST: Final = 0.4
"""Percent of the room: so wide is the bar of the smallest count that is told."""
_UNTOLD: Final = 4.0
"""The same of every count that is not told."""


class Bar(Struct, frozen=True):
    """A rectangle: where it begins and how wide it is, in percent of the room, and its class."""

    start: float
    width: float
    style: str


class Row(Struct, frozen=True):
    """What is counted, its counts in words, and a bar for each that is not 0."""

    label: str
    told: str
    bars: tuple[Bar, ...]


class Part(Struct, frozen=True):
    """A table under a heading."""

    title: str
    lead: str
    of: str
    """What is counted."""
    rows: tuple[Row, ...]


def summary_page(summary: Summary) -> bytes:
    """The page: the way of the patients first, what was not used last."""
    sheet = static()[_SHEET][1].decode()
    return html("cohort.html", "", page=summary, parts=tuple(_parts(summary)), style=sheet)


_VERDICTS: Final = {each.value: CHIPS[each] for each in Verdict}
_SAID: Final = (
    ("Cautions", "Patients whose facts set off a caution of the sources.", ("alert",)),
    ("Next steps", "Patients for whom the sources advise a step.", ("step",)),
    (
        "Said beside them",
        "Patients for whom a rule, an outcome or advice is told, or whom the sources do not cover.",
        ("rule", "outcome", "advice", "scope"),
    ),
)
"""The parts of what is said beside verdicts, with the kinds in each."""


def _parts(summary: Summary) -> Iterator[Part]:
    lead = "How many of the patients come so far; the lines are no sum."
    yield _single(summary, "The way of the patients", lead, summary.funnel, is_shared=True)
    lead = "A patient may have a verdict of several causes."
    yield _part(summary, "Verdicts by cause", lead, "patients", _by_cause(summary))
    for title, lead, kinds in _SAID:
        found = (each for each in summary.said if each.of[0] in kinds)
        first = 1 if len(kinds) == 1 else 0
        counts = _largest_first(summary, (Count(each.of[first:], each.many) for each in found))
        yield _single(summary, title, lead, counts)
    lead = "Rows of the tables, and not patients; what a row is of stands first."
    counts = _largest_first(summary, summary.unused)
    yield _single(summary, "Not used, by reason", lead, counts, of="rows")


def _single(  # noqa: PLR0913 - what a part of the page says
    summary: Summary,
    title: str,
    lead: str,
    counts: Iterable[Count],
    *,
    of: str = "patients",
    is_shared: bool = False,
) -> Part:
    """A part with one count in each row; `is_shared` adds its share of the first."""
    rows = {": ".join(each.of): {"": each.many} for each in counts}
    return _part(summary, title, lead, of, rows, is_shared=is_shared)


def _by_cause(summary: Summary) -> dict[str, dict[str, int]]:
    """How many patients have which verdict of which cause, the most candidates first."""
    found: dict[str, dict[str, int]] = {}
    for each in _largest_first(summary, summary.verdicts):
        cause, verdict = each.of
        found.setdefault(cause, {})[verdict] = each.many
    return {
        cause: {each: of[each] for each in _VERDICTS if each in of} for cause, of in found.items()
    }


def _largest_first(summary: Summary, counts: Iterable[Count]) -> list[Count]:
    """Counts by their size; those that are not told stand last, by their names."""
    return sorted(counts, key=lambda e: (-e.many if summary.tells(e.many) else 0, e.of))


def _part(  # noqa: PLR0913, PLR0917 - what a part of the page says
    summary: Summary,
    title: str,
    lead: str,
    of: str,
    counts: Mapping[str, Mapping[str, int]],
    is_shared: bool = False,  # noqa: FBT001, FBT002
) -> Part:
    """Counts by what is counted and by their sort; the longest row fills the room."""
    told = [[each for each in row.values() if summary.tells(each)] for row in counts.values()]
    most = max(map(sum, told), default=0)
    whole = next(iter(told), []) if is_shared else []
    return Part(title, lead, of, tuple(
        Row(
            label,
            ", ".join(_in_words(summary, *each, whole=sum(whole)) for each in row.items()),
            tuple(_bars(summary, row, most)),
        )
        for label, row in counts.items()
    ))  # fmt: skip


def _in_words(summary: Summary, sort: str, many: int, whole: int) -> str:
    """A count with its sort, and with its share of a whole that is told."""
    words = f"{summary.told(many)} {_VERDICTS[sort].word}" if sort else summary.told(many)
    return f"{words} ({100 * many / whole:.1f} %)" if whole and summary.tells(many) else words


def _bars(summary: Summary, row: Mapping[str, int], most: int) -> Iterator[Bar]:
    """A bar for each count of a row, one after the other."""
    room = 99 - _UNTOLD * (len(_VERDICTS) if summary.below > 1 else 0)
    start = 0.0
    for sort, many in row.items():
        if many:
            told = summary.tells(many)
            width = max(room * many / most, _LEAST) if told else _UNTOLD
            style = ("bar", _VERDICTS[sort].style if sort else "whole")
            yield Bar(round(start, 2), round(width, 2), " ".join(style) if told else "untold")
            start += width
