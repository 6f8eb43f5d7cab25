"""`kg statement`, `kg term`, `kg schema`, `kg query` and `kg queries`: what is in the graph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import click.shell_completion

from kg.cli.common import (
    FORMAT,
    TEXTS,
    load_graph,
    load_graph_to_look_up,
    offers,
    read_text,
    texts_folder,
    write,
)
from kg.cli.store import StoreOptions, store_options
from kg.model.errors import KGError, ParameterError, UsageError, rebuild

if TYPE_CHECKING:
    from kg.model.vocabulary import Term
    from kg.store.base import Store
    from kg.store.queries import Query


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

    store = load_graph().store
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


class _Terms(click.Group):
    """A group whose first word is a term to show, unless it is the name of a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words, with the command that shows a term in front of a term."""
        named = args and args[0] in {*self.commands, "--help"}
        return super().parse_args(ctx, args if named or not args else ["show", *args])

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """The names of terms, as after the command that shows one."""
        shown = self.commands["show"]
        names = shown.params[0].shell_complete(ctx, incomplete)
        return [*names, *super().shell_complete(ctx, incomplete)]


@click.group(cls=_Terms)
def term() -> None:
    """Show a term, as `kg term "multiple myeloma"`, or add one with its code."""


@term.command()
@click.argument("code", metavar="CODE")
@click.option("--to", "article", metavar="ID", required=True, help="Article whose file gains it.")
@click.option("--is", "kind", metavar="CLASS", required=True, help="What it is, such as Condition.")
@click.option("--label", required=True, help="Its name, in standard clinical English.")
@click.option("--definition", required=True, help="What sets it apart, in one phrase.")
@click.option("--name", default="", help="Its name in the ontology; by default made of the label.")
@click.option(
    "--relation",
    type=click.Choice(("exactMatch", "narrowMatch", "broadMatch", "closeMatch", "relatedMatch")),
    default="exactMatch",
    show_default=True,
    help="How the code stands to the term; narrowMatch: the code is narrower.",
)
@click.option("--ontology", metavar="DIR", help="Folder of the ontology that is edited.")
def add(article: str, ontology: str | None, **given: str) -> None:
    """Add a term to the file of an article, and its code to the table of the terminology.

    CODE has the prefix of its table, such as SNOMEDCT:235856003. A code that a table has already is
    refused, with the term that it means. The repository holds no terminology: label and definition
    are yours.
    """
    from kg.articles.words import read_words
    from kg.cli.desk import ontology_folder
    from kg.curate.sources.desk import read_desk
    from kg.curate.sources.writing import check_writable, write_all
    from kg.curate.terms import NewTerm, add_term

    folder = check_writable(ontology_folder(ontology))
    edits = add_term(folder, read_desk(folder, article), read_words(folder), NewTerm(**given))
    write_all(edits)
    write("".join(f"{path}\n" for path in edits))


@term.command(hidden=True)
@click.argument("text", metavar="TERM", shell_complete=offers("terms"))
@FORMAT
def show(text: str, form: str) -> None:
    """Show a term: its names and codes, what it is a kind of, and the statements about it."""
    from kg.model.vocabulary import compact
    from kg.show.data import render
    from kg.show.graph import term_sections
    from kg.store.named import Names
    from kg.store.term_card import read_card

    graph = load_graph_to_look_up()
    names = Names(graph.store, graph.lexicon)
    found = names.find(text)
    card = read_card(graph.store, found)
    write(render(form, term_sections(card), card))
    for each in names.besides(text, found):
        click.echo(f"note: {compact(each.iri)} ({each.kind}) is called so too.", err=True)


@click.command()
@click.argument("name")
def schema(name: str) -> None:
    """Print the JSON Schema of what a command prints or reads.

    \b
    answer       kg ask              statement    kg statement
    supposition  kg ask --if         term         kg term
    proof        kg why              coverage, citations, quality, terms, review    kg report
    contrasts    kg why-not          findings     kg verify
    difference   kg diff, what-if    case         what kg ask --case reads
    """  # noqa: D301 - click wants the character itself
    from kg.show.data import schema_text

    write(schema_text(name))


_MEDIA_TYPES: Final = {
    "SELECT": {"csv": "text/csv", "json": "application/sparql-results+json"},
    "ASK": {"json": "application/sparql-results+json"},
    "CONSTRUCT": {"ttl": "text/turtle", "json": "application/ld+json"},
}
_MEMORY: Final = 4 * 1024**3
"""Bytes that a query of one's own may use: far more than a sensible one does."""


@click.command()
@click.argument("source", metavar="FILE|NAME|-")
@click.option(
    "--param",
    multiple=True,
    metavar="NAME=VALUE",
    help="Value of a VALUES row, as eg:NAME, <IRI>, a number or a text; several by repeating.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "ttl"]),
    help="Shape of the result; by default a table, or Turtle for triples.",
)
@store_options
def query(source: str, param: tuple[str, ...], form: str | None, where: StoreOptions) -> None:
    """Run a query by its name, from a file, or from standard input.

    \b
    kg query causes
    kg query causes --param about=eg:raised-serum-alp --format csv
    kg query causes --store https://example.org/sparql
    echo 'SELECT ?s WHERE { ?s a/rdfs:subClassOf* eg:Statement }' | kg query -
    """  # noqa: D301 - click wants the character itself
    from kg.store.queries import bind, read_query
    from kg.store.unknown import unknown_terms

    found = None if _is_text(source) else _by_name(source)
    given: dict[str, list[Term]] = {}
    for name, value in map(_parameter, param):
        given.setdefault(name, []).extend(value)
    if found is not None:
        write(_result(where.open_store(), bind(found, given), form))
        return
    text = bind(read_query(read_text(source), source), given)
    if where.store:
        write(_result(where.open_store(), text, form))
    else:
        store = where.open_store()
        write(_confined(store, text, form, where.timeout))
        for each in unknown_terms(text, store):
            click.echo(f"note: {each}", err=True)


@click.command()
def queries() -> None:
    """List the queries that can be run by name."""
    from kg.model.resources import queries_dir
    from kg.show.blocks import Row, Rows, Section, to_text
    from kg.store.queries import catalogue

    rows = []
    for name, each in catalogue(queries_dir()).items():
        taken = ", ".join(each.parameters)
        rows.append(Row(name, each.summary))
        rows += [Row("", f"parameters: [{taken}]")] if taken else []
    write(to_text([Section(blocks=(Rows(tuple(rows), (36, 62, 0), indent=0),))]))


def _is_text(source: str) -> bool:
    """Whether a query is given as a text: a file, or standard input for a dash."""
    return source == "-" or source.endswith(".rq") or Path(source).is_file()


def _by_name(source: str) -> Query:
    from kg.model.resources import queries_dir
    from kg.store.queries import load

    if Path(source).is_dir():
        raise UsageError(f"{source} is a folder; wanted a file or the name of a query.")
    return load(queries_dir(), source)


def _confined(store: Store, text: str, form: str | None, timeout: float) -> str:
    """The result of a query that did not come with the graph, made where it can be stopped."""
    from kg.sandbox.jail import Jail
    from kg.sandbox.protocol import SandboxError
    from kg.sandbox.worker import run_isolated

    store.ask("ASK {}")  # a store that opens when it is first asked cannot open in there
    limits = Jail(memory=_MEMORY)
    try:
        return run_isolated(
            lambda: _result(store, text, form).encode(), seconds=timeout, limits=limits
        ).decode()
    except SandboxError as error:
        raise rebuild(error.kind, str(error), error.details) or error from None


def _parameter(text: str) -> tuple[str, list[Term]]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ParameterError(f"{text!r} is no parameter; wanted NAME=VALUE.")
    return name.strip().removeprefix("?"), [_term(value.strip())] if value.strip() else []


def _term(text: str) -> Term:
    """What a typed value stands for: an IRI, a number, true or false, or else a text."""
    import re

    from kg.model.vocabulary import XSD, Literal, expand, number

    if len(text) > 1 and text[0] == text[-1] == '"':
        return Literal(text[1:-1])
    if re.fullmatch(r"[+-]?(\d+|\d*\.\d+)", text):
        return number(text)
    if text in ("true", "false"):
        return Literal(text, XSD.boolean)
    if text.startswith("<") or re.fullmatch(r"[A-Za-z][\w.+-]*:\S+", text):
        return expand(text)
    return Literal(text)


def _result(store: Store, text: str, form: str | None) -> str:
    from kg.store.syntax import form_of

    kind = form_of(text).replace("DESCRIBE", "CONSTRUCT")
    kind = kind or "SELECT"  # what is no query, the store refuses
    form = form or ("ttl" if kind == "CONSTRUCT" else "table")
    if form == "table":
        return _table(store, text, kind)
    media_type = _MEDIA_TYPES[kind].get(form)
    if media_type is None:
        able = ", ".join(["table", *_MEDIA_TYPES[kind]])
        raise UsageError(f"the result of this {kind} query is no {form}; wanted: {able}.")
    written = store.answer(text, media_type).decode("utf-8")
    return written if written.endswith("\n") else f"{written}\n"


def _table(store: Store, text: str, kind: str) -> str:
    if kind == "ASK":
        return "yes\n" if store.ask(text) else "no\n"
    if kind == "CONSTRUCT":
        return _aligned(("subject", "predicate", "object"), store.construct(text))
    found = store.select(text)
    return _aligned(found.variables, found.rows)


def _aligned(head: Sequence[str], rows: Sequence[Sequence[Term | None]]) -> str:
    """Columns as wide as their widest value; nothing is cut."""
    from kg.show.blocks import table_lines
    from kg.show.words import count

    lines = table_lines(head, [tuple(map(_shown, each)) for each in rows])
    return "\n".join([*lines, count(len(rows), "row")]) + "\n"


def _shown(term: Term | None) -> str:
    from kg.model.vocabulary import Literal, short_text_of

    text = short_text_of(term)
    if isinstance(term, Literal):
        return text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return text
