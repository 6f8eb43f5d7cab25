"""`kg claim`, `kg term`, `kg schema`: look one thing up."""

from __future__ import annotations

import click

from kg.cli.common import TEXTS, knowledge, lexicon, texts_folder, write
from kg.model.errors import KGError, UsageError

_FORMATS = click.Choice(["text", "json"])


@click.command()
@click.argument("statement", metavar="ID")
@click.option("--texts", metavar="DIR", help=f"{TEXTS} The sentence is shown if its digest agrees.")
@click.option("--format", "form", type=_FORMATS, default="text", show_default=True)
def claim(statement: str, texts: str | None, form: str) -> None:
    """Show a statement: what it says, where it stands, and what is known of what it cites."""
    folder = texts_folder(texts)
    from kg.model.copies import check_place
    from kg.show.cards import statement_json, statement_text
    from kg.store.statements import find_statement, read_statement

    store = knowledge().store
    found = read_statement(store, find_statement(store, statement))
    if folder is not None and found.place is None:
        raise UsageError(f"{found.id} is background: no document states it.")
    checked = check_place(found.place, folder) if folder is not None and found.place else None
    write(
        _json(statement_json(found, checked)) if form == "json" else statement_text(found, checked)
    )
    if checked is not None and not checked.sentence:
        raise KGError(f"the sentence of {found.id} was not found in {texts}.")


@click.command()
@click.argument("text", metavar="TERM")
@click.option("--format", "form", type=_FORMATS, default="text", show_default=True)
def term(text: str, form: str) -> None:
    """Show a term: its names and codes, what it is a kind of, and the statements about it."""
    from kg.show.cards import card_json, card_text
    from kg.store.term_card import read_card

    graph = knowledge()
    card = read_card(graph.store, lexicon(graph).find(text))
    write(_json(card_json(card)) if form == "json" else card_text(card))


@click.command()
@click.argument("name", metavar="answer|case|proof")
def schema(name: str) -> None:
    """Print the JSON Schema of an answer, of a case or of a proof."""
    from kg.show.structured import schema_text

    write(schema_text(name))


def _json(value: dict[str, object]) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
