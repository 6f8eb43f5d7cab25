"""`kg statement`, `kg term`, `kg schema`: look one thing up."""

from __future__ import annotations

import click

from kg.cli.common import FORMAT, TEXTS, knowledge, lexicon, texts_folder, write
from kg.model.errors import KGError, UsageError


@click.command()
@click.argument("name", metavar="ID")
@click.option("--texts", metavar="DIR", help=f"{TEXTS} The sentence is shown if its digest agrees.")
@FORMAT
def statement(name: str, texts: str | None, form: str) -> None:
    """Show a statement: what it says, where it stands, and what is known of what it cites."""
    folder = texts_folder(texts)
    from kg.model.copies import check_place
    from kg.show.graph import render_statement
    from kg.store.statements import find_statement, read_statement

    store = knowledge().store
    found = read_statement(store, find_statement(store, name))
    if folder is not None and found.place is None:
        raise UsageError(f"{found.id} is background: no document states it.")
    checked = check_place(found.place, folder) if folder is not None and found.place else None
    write(render_statement(found, checked, form))
    if checked is not None and not checked.sentence:
        raise KGError(f"the sentence of {found.id} was not found in {texts}.")


claim = click.Command(
    "claim",
    callback=statement.callback,
    params=statement.params,
    help="Show a statement; the older name of `kg statement`.",
)


@click.command()
@click.argument("text", metavar="TERM")
@FORMAT
def term(text: str, form: str) -> None:
    """Show a term: its names and codes, what it is a kind of, and the statements about it."""
    from kg.show.data import render
    from kg.show.graph import term_sections
    from kg.store.term_card import read_card

    graph = knowledge()
    card = read_card(graph.store, lexicon(graph).find(text))
    write(render(form, term_sections(card), card))


@click.command()
@click.argument("name")
def schema(name: str) -> None:
    """Print the JSON Schema of what a command prints or reads.

    \b
    answer       kg ask              statement    kg statement
    supposition  kg ask --if         term         kg term
    proof        kg why              coverage, citations, quality, terms    kg report
    contrasts    kg why-not          findings     kg verify
    difference   kg diff, what-if    case         what kg ask --case reads
    """  # noqa: D301 - click wants the character itself
    from kg.show.data import schema_text

    write(schema_text(name))
