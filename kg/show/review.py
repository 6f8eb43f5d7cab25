"""What there is to review and what was said of it, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.curate.review import Review, Reviewable
from kg.show.blocks import Paragraph, Row, Rows, Section
from kg.show.words import count


def review_sections(found: Sequence[Reviewable]) -> Iterator[Section]:
    """Each rule and background statement with its evidence and reviews, and the counts first."""
    yield Section("Review", blocks=[Paragraph(_counts(found))], level=1)
    for kind in dict.fromkeys(each.kind for each in found):
        rows = [_row(each) for each in found if each.kind == kind]
        yield Section(kind.capitalize(), kind.upper(), [Rows(rows, hang=0)])


def _counts(found: Sequence[Reviewable]) -> str:
    current = [[r for r in each.reviews if not r.outdated] for each in found]
    reviewed = sum(bool(each) for each in current)
    outdated = sum(bool(each.reviews) and not now for each, now in zip(found, current, strict=True))
    told = f"{reviewed} of {count(len(found), 'rule or background statement')} reviewed"
    return f"{told}; {outdated} more in an older wording." if outdated else f"{told}."


def _row(each: Reviewable) -> Row:
    under = [*each.rests_on, *map(_told, each.reviews)]
    return Row(f"{each.id}  {each.says}", under=[Rows([Row(line) for line in under], hang=0)])


def _told(review: Review) -> str:
    words = [f"{review.decision} on {review.date} by {review.reviewer}"]
    words += [": ", review.comment] if review.comment else []
    words += [" (of an older wording)"] if review.outdated else []
    return "".join(words)
