"""Whatever is shown: made into one small tree of blocks, and written as text or as Markdown.

What programs read is made from the value itself: JSON whose keys are the fields of the model, CSV,
and Turtle. No form knows more than another.

blocks   the tree, and its two writers
data     JSON, CSV and the published schemas
turtle   answers and proofs as RDF
words    the words for what an answer holds
answer   an answer
proof    why a row stands, and why it does not stand otherwise
changes  two versions of the graph; an answer and what would become of it
graph    a statement, a term, the reports, and what `kg verify` found
"""

from __future__ import annotations

from typing import Final

from kg.answer.model import Answer

FORMATS: Final = ("text", "md", "json", "csv", "ttl")
"""The names of the shapes of an answer."""


def render(answer: Answer, form: str) -> str:
    """The answer in one of the shapes of FORMATS."""
    from kg.show import data
    from kg.show.answer import answer_sections

    if form == "csv":
        return data.to_csv(answer)
    if form == "ttl":
        from kg.show.turtle import answer_turtle

        return answer_turtle(answer)
    return data.render(form, answer_sections(answer), data.with_notice(answer))
