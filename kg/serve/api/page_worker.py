"""What the processes that answer cases do for browsers: the page with the form and its answer.

A form is read here and nowhere else. What was typed is shown again to who typed it, on the page;
what the form does not have is refused, and nothing of it is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final
from urllib.parse import parse_qsl

from msgspec import Struct

from kg.case.dates import day_there
from kg.model.errors import UsageError
from kg.model.terms import Lexicon
from kg.pages.ask.offers import names_json
from kg.pages.ask.page import Asking, AskPage
from kg.pages.ask.problems import choose
from kg.pages.ask.reading import UnreadableFormError
from kg.pages.ask.typed import ONCE, SEVERAL, Pair, Typed, typed_of
from kg.pages.html import html
from kg.sandbox.protocol import Frame
from kg.serve.api.places import find_places
from kg.show import render
from kg.store.knowledge import KnowledgeGraph

Job = Callable[[Frame], Frame]


class Pressed(Struct, frozen=True):
    """What is to be done with a form."""

    do: str
    row: str
    """The row that is to be proved, by its number or letter."""
    is_drawn: bool
    """Whether the way from the facts to the answer is to be drawn, which takes a while."""


DOWNLOADS: Final[Mapping[str, tuple[str, str, str]]] = {
    "json": ("json", "application/json", "answer.json"),
    "csv": ("csv", "text/csv; charset=utf-8", "answer.csv"),
    "ttl": ("ttl", "text/turtle; charset=utf-8", "answer.ttl"),
    "text": ("text", "text/plain; charset=utf-8", "answer.txt"),
    "md": ("md", "text/markdown; charset=utf-8", "answer.md"),
}
"""By the value of the button: the shape, its media type, and the name of the file."""
ASK: Final = "ask"
COMPARE: Final = "compare"
WHY: Final = "why"
CLEAR: Final = "clear"
READING: Final = "reading"
PICTURE: Final = "picture"
_PRESSED: Final = ("do", WHY, "row", READING, PICTURE)
"""The names of buttons, and the row that one is pressed for."""
_DO: Final = (ASK, COMPARE, WHY, CLEAR, *DOWNLOADS)
_MOST_FIELDS: Final = 40_000
_TEMPLATE: Final = "ask.html"
_WANTED: Final = (
    f"wanted: the fields of the form, which are {', '.join((*ONCE, *SEVERAL))}, and rows called "
    "finding-N, lab-N-KEY and drug-N-KEY."
)


def build_page_jobs(knowledge: KnowledgeGraph) -> Mapping[str, Job]:
    """The jobs on what is known; whatever they need is loaded and rendered once."""
    handler = PageHandler(knowledge)
    handler.warm_up()
    names = names_json(knowledge.lexicon)
    return {
        "form": handler.form,
        "page": handler.page,
        "names": lambda _: Frame({}, names),
    }


class PageHandler:
    """Answers one form after the other, and keeps none."""

    def __init__(self, knowledge: KnowledgeGraph) -> None:
        self._lexicon = knowledge.lexicon
        self._asking = Asking(knowledge, self._find)

    def form(self, request: Frame) -> Frame:
        """The page before anything is asked."""
        return _page(self._asking.empty(), str(request.head["root"]))

    def page(self, request: Frame) -> Frame:
        """The page with an answer, or a file with it."""
        root = str(request.head["root"])
        try:
            typed, pressed = _read(request.body, self._lexicon)
        except UsageError as error:
            return _refused(f"{error.message} {_WANTED}")
        now = datetime.fromisoformat(str(request.head["now"]))
        today = day_there(now, f"{typed.record} {typed.labs} {typed.drugs}")
        if pressed.do == CLEAR:
            return self.form(request)
        try:
            return self._answer(typed, today, pressed, root)
        except UnreadableFormError as error:
            return _page(self._asking.refused(error), root, status=422)

    def warm_up(self) -> None:
        """Render every part of the page once."""
        self.form(Frame({"root": "/"}))
        now = datetime.now().astimezone().isoformat()
        marker = next(iter(sorted(self._lexicon.asked)))
        body = f"lab-1-marker={marker}&lab-1-state=high&record=%7B%7D"
        sent = {f"{body}&{do}" for do in ("picture=graph", "do=compare&before=%7B%7D", "why=1")}
        sent |= {f"{body}&do={each}" for each in DOWNLOADS}
        sent |= {body, body.removesuffix("&record=%7B%7D"), "question=none", ""}
        for each in sorted(sent):
            self.page(Frame({"root": "/", "now": now}, each.encode()))

    def _answer(self, typed: Typed, today: date, pressed: Pressed, root: str) -> Frame:
        do = pressed.do
        asked = self._asking.ask(typed, today)
        if do in DOWNLOADS:
            shape, media_type, name = DOWNLOADS[do]
            head = {"status": 200, "media_type": media_type, "name": name}
            return Frame(head, render(asked.answer, shape).encode())
        if do == COMPARE:
            return _page(self._asking.compared(asked, typed, today), root)
        page = self._asking.answered(asked, pressed.row, drawn=pressed.is_drawn)
        return _page(page, root)

    def _find(self, document: object, today: date) -> list[dict[str, object]]:
        """Every place of a case that cannot be read."""
        return find_places(document, self._lexicon, today)


def _page(page: AskPage, root: str, status: int = 200) -> Frame:
    return Frame({"status": status}, html(_TEMPLATE, root, page=page))


def _refused(detail: str) -> Frame:
    problem = {"status": 400, "title": "Not the form", "detail": detail, "more": {}}
    return Frame({"refused": problem})


def _read(body: bytes, lexicon: Lexicon) -> tuple[Typed, Pressed]:
    """What stands in a form, and what was pressed in it."""
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except (UnicodeDecodeError, ValueError):
        raise UsageError("the form cannot be read.") from None
    said = {name: value for name, value in pairs if name in _PRESSED}
    do = said.get("do", "") or (WHY if WHY in said else ASK)
    if do not in _DO:
        raise UsageError(f"do is one of: {', '.join(_DO)}.")
    rest: list[Pair] = [(name, value) for name, value in pairs if name not in _PRESSED]
    row = (said.get(WHY) or said.get("row", "")) if do == WHY else ""
    typed = typed_of(rest)
    typed = choose(typed, said[READING], lexicon) if READING in said else typed
    return typed, Pressed(do, row, PICTURE in said)
