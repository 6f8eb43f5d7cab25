"""Whatever is shown: made into one small tree of blocks, and written as text or as Markdown.

What programs read is made from the value itself: JSON whose keys are the fields of the model, CSV,
and Turtle. Of an answer a page is shown first, and its parts open by name.

blocks   the tree, and its two writers
data     JSON, CSV and the published schemas
frames   tables as data frames of pandas or polars
turtle   answers and proofs as RDF
words    the words for what an answer holds
facts    the facts of a case in few words
runs     names, numbers and ids one after the other
groups   the causes under headings, numbered through
layout   how much of an answer has room on a page, and its columns
page     an answer on one page, as it is shown by default
answer   an answer in every part
brief    an answer in few words, for a program
proof    why a row stands, and why it does not stand otherwise
audit    claims of others, and what the statements make of them
changes  two versions of the graph; an answer and what would become of it
changelog  two versions, as the part *Knowledge* of a changelog
graph    a statement, and a term
reports  the reports of a graph on itself, what is reviewed, and what `kg verify` found
sources  the lines of a text, its references, and what became of each line
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from kg.answer.model import Answer
from kg.model.errors import UsageError

if TYPE_CHECKING:
    from kg.show.blocks import Section

FORMATS: Final = ("text", "md", "json", "csv", "ttl", "brief")
"""The names of the shapes of an answer."""
PARTS: Final = (
    "causes", "steps", "statements", "other", "missing", "conflicts", "advice", "inputs", "sources",
    "all",
)  # fmt: skip
"""What can be opened behind the page that text and Markdown show; `all` is the whole answer."""


def render(
    answer: Answer, form: str, show: Collection[str] = (), *, width: int | None = None
) -> str:
    """The answer in one of the shapes of FORMATS.

    Text and Markdown are one page, and what is opened of PARTS behind it; JSON, CSV and Turtle are
    whole. `width` is that of a terminal with less than 100 columns. UsageError where a shape or a
    part has no such name, or the shape no page.
    """
    from kg.show import data

    data.check_form(form, FORMATS)
    check_parts(show, form)
    if form in ("text", "md"):
        from kg.show.blocks import WIDTH, to_markdown, to_text

        places = min(width or WIDTH, WIDTH)
        sections = sections_of(answer, show, width=places)
        return to_text(sections, places) if form == "text" else to_markdown(sections)
    if form == "csv":
        return data.to_csv(answer)
    if form == "ttl":
        from kg.show.turtle import answer_turtle

        return answer_turtle(answer)
    if form == "brief":
        from kg.show.brief import brief_json

        return brief_json(answer)
    return data.json_text(data.with_notice(answer))


def sections_of(
    answer: Answer, show: Collection[str] = (), *, width: int | None = None
) -> list[Section]:
    """The page of an answer with the parts that are opened; or the whole answer, as blocks."""
    from kg.show.answer import answer_sections, part_sections
    from kg.show.blocks import WIDTH
    from kg.show.page import page_sections

    if "all" in show:
        return list(answer_sections(answer))
    return [*page_sections(answer, width or WIDTH), *part_sections(answer, show)]


def check_parts(show: Collection[str], form: str) -> None:
    """UsageError where what is to be opened is no part of an answer, or has no page before it."""
    unknown = [each for each in show if each not in PARTS]
    if unknown:
        raise UsageError(f"there is no part {unknown[0]!r}; there are: {', '.join(PARTS)}.")
    if show and form not in ("text", "md"):
        raise UsageError(f"parts are opened in text and md; {form} is whole.")
