"""Cards, and texts in which nothing is markup.

The detail of a card is Markdown, and some clients render the HTML in it, so every sign of a text
that could mean something there is written with a backslash. A summary is plain text; what a client
could take for a tag or a link is written otherwise.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from kg.agents.inert import escaped, plain
from kg.answer.model import Document, GivenFact, Message
from kg.case import Case
from kg.case.model import NOTED
from kg.export.tables import read_table
from kg.show import words
from kg.show.blocks import NOTICE
from kg.show.facts import fact_text
from kg.show.runs import name_run

INFO: Final = "info"
WARNING: Final = "warning"
"""No card is `critical`: the sources were not reviewed, and the user decides."""
_SUMMARY: Final = 139
_LABEL: Final = 100
_LINKS: Final = 3
_NAMES: Final = 600


class Source(Struct, frozen=True):
    """Where what a card says comes from."""

    label: str
    url: str


class Link(Struct, frozen=True):
    """A page with the evidence."""

    label: str
    url: str
    type: str = "absolute"


class Coding(Struct, frozen=True):
    """A reason to set a card aside."""

    code: str
    system: str
    display: str


class Grounds(Struct, frozen=True):
    """What a card rests on."""

    documents: tuple[Document, ...]
    statements: tuple[str, ...] = ()
    """Their ids."""


class Card(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One card of CDS Hooks; it suggests nothing that a click would do."""

    uuid: str
    summary: str
    indicator: str
    source: Source
    detail: str = ""
    links: tuple[Link, ...] = ()
    override_reasons: tuple[Coding, ...] = ()


class Dealer(Struct, frozen=True):
    """Makes the cards of one request."""

    url: str
    """Where the server is found, without a slash at the end."""
    instance: str
    """The call that they answer: the same call has the same cards."""
    gaps: str = ""
    """What was not sent, which every card tells."""

    def card(
        self,
        about: str,
        summary: str,
        detail: Iterable[str],
        grounds: Grounds,
        *,
        indicator: str = INFO,
    ) -> Card:
        """A card; `detail` are blocks of Markdown.

        `about` names what it tells among the cards of a request, and gives it its id.
        """
        return Card(
            uuid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.url}/{self.instance}/{about}")),
            summary=words.cut(plain(f"{summary[:1].upper()}{summary[1:]}"), _SUMMARY),
            indicator=indicator,
            source=Source(_source(grounds.documents), f"{self.url}/sources"),
            detail="\n\n".join(filter(None, (*detail, escaped(self.gaps), str(NOTICE)))),
            links=tuple(self._links(grounds.statements)),
            override_reasons=reasons() if indicator == WARNING else (),
        )

    def _links(self, statements: Iterable[str]) -> Iterable[Link]:
        for each in words.each_once(statements)[:_LINKS]:
            yield Link(f"Statement {plain(each)}", f"{self.url}/statement/{each}")


def _source(documents: tuple[Document, ...]) -> str:
    publishers = words.each_once(each.publisher for each in documents)
    review = words.each_once(each.review for each in documents)
    return words.cut(plain(f"Etiograph: {', '.join(publishers)}; {', '.join(review)}"), _LABEL)


def reasons() -> tuple[Coding, ...]:
    """Why a user may set a card aside, as the table of the ontology has it."""
    return tuple(Coding(**row) for row in read_table("cds-override-reasons.tsv"))


def items(title: str, lines: Iterable[str]) -> str:
    """A block with a title and a list; empty where there is nothing to list."""
    listed = "\n".join(f"- {each}" for each in lines)
    return f"**{title}**\n\n{listed}" if listed else ""


def said_by(text: str, ids: Iterable[str]) -> str:
    """A text with the statements that it rests on."""
    named = ", ".join(map(escaped, ids))
    return f"{escaped(text)} ({named})" if named else escaped(text)


def cautions(messages: Iterable[Message]) -> str:
    """What the sources warn of."""
    return items("Cautions", (said_by(each.text, each.statements) for each in messages))


def given(case: Case) -> str:
    """What was read of the patient, and what was not."""
    facts = [GivenFact(e.kind, e.label, e.iri, e.value, e.given) for e in case.given]
    noted = [each for each in case.unused if each.kind == NOTED]
    unused = [each for each in case.unused if each.kind != NOTED]
    told = {
        "Read": [fact_text(each) for each in facts] or ["nothing"],
        "Used with a remark": [f"{each.given}: {each.reason}" for each in noted],
        "Not used": [f"{each.given}: {each.reason}" for each in unused],
    }
    lines = ((title, name_run(every, _NAMES)) for title, every in told.items() if every)
    return "\n".join(f"{title}: {escaped(run)}." for title, run in lines)
