"""What commands share: options, the graph, progress while it is built, texts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from msgspec import Struct

from kg.model.errors import BuildError, ProductError, UsageError

if TYPE_CHECKING:
    from kg.store.knowledge import KnowledgeGraph

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Given = TypeVar("_Given", bound=Struct)

_GZIP: Final = b"\x1f\x8b"
_NARROWEST: Final = 60
"""The fewest columns that a page is laid out for."""
_AS_BUILT_LAST: Final = (
    "the sources do not build as they are now (`kg verify` says why); this is from the graph that "
    "was built last."
)
ONCE: Final = "Building the graph from its sources (once) ..."
TEXTS: Final = "Folder with your own copies of the documents, as .txt."


def offers(name: str, *kinds: str) -> Callable[..., Any]:
    """What an option offers when its word is completed; read when a shell asks for it."""

    def offer(context: click.Context, parameter: click.Parameter, typed: str) -> Any:  # noqa: ANN401
        from kg.cli import completion

        return getattr(completion, name)(context, parameter, typed, *kinds)

    return offer


def options_as(
    name: str, kind: type[_Given], options: Sequence[Callable[[_Command], _Command]]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command options that it gets as one value, of a type with a field for each."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_value(*args: Any, **values: Any) -> Any:  # noqa: ANN401 - as click passes them
            given = kind(**{field: values.pop(field) for field in kind.__struct_fields__})
            return command(*args, **{name: given}, **values)

        decorated: Callable[..., Any] = with_value
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def format_option(*shapes: str, of: str) -> Callable[[_Command], _Command]:
    """Give a command the option `form`: one of some shapes, the first where none is given."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(shapes),
        default=shapes[0],
        show_default=True,
        help=f"Shape of {of}.",
    )


FORMAT: Final = format_option("text", "md", "json", of="what is shown")
"""The option of a command whose result has every shape that there is for everything."""


class Progress:
    """Says on stderr what a build is doing, after a first line that says why there is one."""

    def __init__(self, reason: str = "") -> None:
        self._reason = reason
        self._lines = 0

    def __call__(self, text: str) -> None:
        """Print a line."""
        if self._reason and not self._lines:
            click.echo(self._reason, err=True)
        self._lines += 1
        click.echo(f"  {text}", err=True)


def load_graph() -> KnowledgeGraph:
    """The graph as the sources make it now; built first where it has to be."""
    from kg.compile.builder import ensure

    found = ensure(Progress(ONCE))
    if found.notice:
        click.echo(f"note: {found.notice}", err=True)
    return found


def load_graph_to_look_up() -> KnowledgeGraph:
    """The graph of the sources; where they do not build, as while one writes, the last that did."""
    try:
        return load_graph()
    except BuildError:
        from kg.compile.builder import last_built

        with suppress(ProductError):
            found = last_built()
            click.echo(f"note: {_AS_BUILT_LAST}", err=True)
            return found
        raise


def texts_folder(name: str | None) -> Path | None:
    """The folder that was named; UsageError where there is none."""
    if name is None:
        return None
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise UsageError(f"--texts: {name} is not a folder.")
    return folder


def read_text(name: str) -> str:
    """The text of a file, or of standard input for a dash; UsageError where it cannot be read."""
    raw = sys.stdin.buffer.read() if name == "-" else read_file(Path(name), name)
    if raw.startswith(_GZIP):
        raise UsageError(f"{name} is compressed; unpack it first, as with gunzip.")
    return decode(raw, name, "utf-8-sig")


def read_file(path: Path, name: str) -> bytes:
    """The content of a file; UsageError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from None


def decode(raw: bytes, name: str, encoding: str = "utf-8") -> str:
    """The text of a file; UsageError, with the place, where it is not UTF-8."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8: {error.reason} at byte {error.start}.") from None


def terminal_width() -> int | None:
    """The columns of the terminal that is written to; None where it is a file or a pipe."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size

    return max(get_terminal_size().columns, _NARROWEST)


def write(text: str) -> None:
    """Print a text as it is; characters that the terminal cannot show are written as escapes."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)
