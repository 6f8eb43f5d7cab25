"""Renderings: one answer in several shapes, none of which knows more than the others."""

from __future__ import annotations

from typing import Final

from kg.answer.model import Answer

FORMATS: Final = ("text", "md", "json", "csv", "ttl")
"""The names of the shapes."""


def render(answer: Answer, form: str) -> str:
    """The answer in one of the shapes of FORMATS."""
    match form:
        case "text":
            from kg.show.text import to_text

            return to_text(answer)
        case "md":
            from kg.show.markdown import to_markdown

            return to_markdown(answer)
        case "json":
            from kg.show.structured import to_json_text

            return to_json_text(answer)
        case "csv":
            from kg.show.table import to_csv

            return to_csv(answer)
        case "ttl":
            from kg.show.turtle import to_turtle

            return to_turtle(answer)
    raise ValueError(form)
