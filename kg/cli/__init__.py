"""The command line: every command answers with text on stdout, or with one message on stderr.

Exit code 0 is an answer, 1 a failure or findings, 2 a request that cannot be understood.

ask, batch, bulk    a question, many of them, and an export of many patients
why                 why a row of an answer stands, and why others do not
cohort              all patients of a hospital at once
query               any SPARQL query, those that ship; one statement, one term, one schema
case_options        the options that say a case, and `kg case`
build               from the sources to a graph; what is wrong with them, reports on them
check               whether the claims of others say more than the evidence
changes             what an edit of the sources changes
export              the graph as files for the tools of others
source, desk        from an article to its files, and a look at them while they are written
review              from a sheet that clinicians filled in to the ontology
nanopub             whether nanopublications are what they say
serve, mcp          the graph as an endpoint, in other stores, and for an AI agent
completion          names of the graph at the press of a key
store, common       what commands share
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from importlib import import_module
from typing import Any, Final, NoReturn

_COLLECTS = gc.isenabled()
gc.disable()  # nothing of what is imported is garbage, and to look for it takes a tenth of the time

import click  # noqa: E402

from kg.model.errors import KGError, UsageError  # noqa: E402

if _COLLECTS:
    gc.enable()

_INTERRUPTED: Final = 130
COMPLETES: Final = "_KG_COMPLETE"
"""The variable by which a shell asks what a word can be."""

_MODULES: Final = {
    "ask": "ask",
    "build": "build",
    "case": "case_options",
    "check": "check",
    "claim": "query",
    "cohort": "cohort",
    "completion": "completion",
    "diff": "changes",
    "export": "export",
    "mcp": "mcp",
    "nanopub": "nanopub",
    "publish": "serve",
    "queries": "query",
    "query": "query",
    "report": "build",
    "review": "review",
    "schema": "query",
    "serve": "serve",
    "source": "source",
    "statement": "query",
    "term": "query",
    "verify": "build",
    "what-if": "changes",
    "why": "why",
    "why-not": "why",
}
"""The module of each command."""


class _Found(MutableMapping[str, click.Command]):
    """The commands by name, each imported when it is asked for: a question needs one of them."""

    def __init__(self) -> None:
        self._added: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._added:
            module = import_module(f"kg.cli.{_MODULES[name]}")
            self._added[name] = getattr(module, name.replace("-", "_"))
        return self._added[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._added[name] = command

    def __delitem__(self, name: str) -> None:
        del self._added[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


class _Commands(click.Group):
    """A group that turns every error into one message and an exit code."""

    debug = False

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - as click has it
        **extra: Any,  # noqa: ANN401 - as click has it
    ) -> object:
        """Run a command; never a traceback, except with --debug."""
        self.debug = False
        if COMPLETES in os.environ:
            import_module("kg.cli.completion")
        if args is None:
            gc.disable()  # a command of its own process is over before a collection would pay
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        given = list(sys.argv[1:] if args is None else args)
        try:
            _refuse_bytes(given)
            code = super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except Exception as error:
            if self.debug:
                raise
            _fail(error, as_json=_wants_json(given))
        sys.exit(code if isinstance(code, int) else 0)


def _refuse_bytes(args: Sequence[str]) -> None:
    for arg in args:
        try:
            arg.encode("utf-8")
        except UnicodeEncodeError:
            shown = arg.encode("utf-8", "backslashreplace").decode()
            raise UsageError(f"an argument is not UTF-8: {shown}") from None


def _wants_json(args: Sequence[str]) -> bool:
    """Whether the answer was to be JSON, so that an error is as well."""
    return any(
        each == "--format=json" or args[place : place + 2] == ["--format", "json"]
        for place, each in enumerate(args)
    )


def _fail(error: Exception, *, as_json: bool) -> NoReturn:
    """Say what went wrong, and leave with the exit code that belongs to it."""
    if isinstance(error, BrokenPipeError):
        # Whoever read the output has seen enough; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    message, code = _told(error)
    click.echo(_json_of(error, message, code) if as_json else f"error: {message}", err=True)
    sys.exit(code)


def _json_of(error: Exception, message: str, code: int) -> str:
    """An error as one line of JSON: its kind, its message, the exit code, names that are meant."""
    import json  # a command that answers in text needs none of it

    names = getattr(error, "suggestions", ()) or getattr(error, "choices", ())
    told = {"kind": type(error).__name__, "message": message, "exit": code}
    return json.dumps({"error": told | ({"names": list(names)} if names else {})})


def _told(error: Exception) -> tuple[str, int]:
    """The message for an error, and its exit code."""
    match error:
        case KGError():
            return error.message, error.exit_code
        case click.Abort():
            return "interrupted.", _INTERRUPTED
        case click.ClickException():
            return _click_message(error), error.exit_code
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or error}.", 1
    return f"unexpected {type(error).__name__}: {error} (--debug shows where)", 1


def _click_message(error: click.ClickException) -> str:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return "a command is wanted; kg --help lists them."
    return error.format_message()


def _debug(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001
    if isinstance(context.command, _Commands):
        context.command.debug = value


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001
    if value and not context.resilient_parsing:
        from kg import __version__

        click.echo(f"etiograph {__version__}")
        context.exit()


@click.group(
    cls=_Commands,
    commands=_Found(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="For research and education. Not a diagnosis.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the version.",
)
@click.option(
    "--debug",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_debug,
    help="Show where in the code an error arose.",
)
def main() -> None:
    """Ask a clinical knowledge graph, and see the statements every line rests on."""
