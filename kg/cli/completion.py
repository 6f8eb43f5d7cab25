"""`kg completion`: names of the graph at the press of a key, and what each option offers.

A press of the key starts a process, so it reads the names of the compiled model and nothing else;
where no graph is built there are none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from kg.cli import COMPLETES

if TYPE_CHECKING:
    from kg.model.terms import Entry
    from kg.model.vocabulary import IRI

Offered: TypeAlias = list[CompletionItem[str]]
"""What an option offers for the beginning of a word."""

_BASH: Final = r"""%(complete_func)s() {
    local IFS=$'\n' line="${COMP_LINE:0:COMP_POINT}" word="$2" kind value whole
    COMPREPLY=()
    while IFS=',' read -r kind value; do
        case "$kind" in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                whole="${line##*[[:space:]]}"
                case "$whole" in
                    *=*) case "$word" in *=*) ;; *) value="${value#"${whole%%=*}="}" ;; esac ;;
                esac
                [[ "$value" == *= ]] && compopt -o nospace
                case "${line%%"$word"}" in
                    *\" | *\') COMPREPLY+=("$value") ;;
                    *) COMPREPLY+=("$(printf '%%q' "$value")") ;;
                esac
                ;;
        esac
    done < <(KG_COMPLETE_LINE="$line" %(complete_var)s=bash_complete "$1")
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    """Completion for bash: of the line as it is typed, for bash cuts words at an equals sign."""

    source_template = _BASH

    @staticmethod
    def _check_version() -> None:
        """Trust the shell that asks."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is typed, and that one."""
        line = os.environ.get("KG_COMPLETE_LINE", "")
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line[-1:].isspace() else (words[:-1], words[-1])


add_completion_class(_Bash)


def terms(_: click.Context, __: click.Parameter, typed: str, *kinds: str) -> Offered:
    """The names of terms of some kinds; of all where none is given."""
    return [CompletionItem(name) for name in _begun(typed, _names(kinds))]


def results(_: click.Context, __: click.Parameter, typed: str) -> Offered:
    """Measurements, and behind one its results: `alp=high`."""
    name, equals, state = typed.partition("=")
    if not equals:
        measured = _begun(typed, _names(("laboratory measurement",)))
        return [CompletionItem(f"{each}=") for each in measured]
    wanted = name.strip().casefold()
    iris = [iri for iri, e in _entries().items() if wanted in map(str.casefold, e.names)]
    flags = (e.flag for e in _entries().values() if e.of in iris and e.flag)
    return [CompletionItem(f"{name}={each}") for each in _begun(state, flags)]


def findings(_: click.Context, __: click.Parameter, typed: str) -> Offered:
    """Conditions, drugs and treatments, and behind one the answers."""
    name, equals, answer = typed.partition("=")
    if equals:
        return [
            CompletionItem(f"{name}={each}") for each in _begun(answer, ("no", "unknown", "yes"))
        ]
    return [
        CompletionItem(f"{e}=") for e in _begun(typed, _names(("condition", "drug", "treatment")))
    ]


def sexes(_: click.Context, __: click.Parameter, typed: str) -> Offered:
    """The sexes that statements speak of."""
    return [CompletionItem(e) for e in _begun(typed, (e.flag for e in _of_kind(("sex",))))]


def topics(_: click.Context, __: click.Parameter, typed: str) -> Offered:
    """The findings whose causes can be asked for."""
    asked = (each.label for each in _entries().values() if each.asked_as)
    return [CompletionItem(each) for each in _begun(typed, asked)]


def _begun(typed: str, names: Iterable[str]) -> list[str]:
    """The names that begin as typed, each once and in order."""
    wanted = typed.casefold()
    found = {name for name in names if name.casefold().startswith(wanted)}
    return sorted(found, key=lambda name: (name.casefold(), name))


def _names(kinds: Iterable[str]) -> Iterator[str]:
    return (name for each in _of_kind(kinds) for name in each.names)


def _of_kind(kinds: Iterable[str]) -> Iterator[Entry]:
    wanted = frozenset(kinds)
    return (each for each in _entries().values() if not wanted or each.kind in wanted)


def _entries() -> Mapping[IRI, Entry]:
    """The terms of the graph in use; none where there is none."""
    from kg.compile.builder import roots
    from kg.model.errors import KGError
    from kg.model.model_file import decode_model
    from kg.store.artifact import at, current

    for root in roots():
        try:
            version = current(root)
            if version:
                return decode_model(at(root / version).model).lexicon.entries
        except KGError:
            continue
    return {}


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options and names of the graph.

    \b
    eval "$(kg completion bash)"
    kg completion zsh > ~/.zfunc/_kg
    kg completion fish > ~/.config/fish/completions/kg.fish

    The names are those of the graph that was built last.
    """  # noqa: D301 - click wants the character itself
    made = get_completion_class(shell)
    if made is not None:
        click.echo(made(context.find_root().command, {}, "kg", COMPLETES).source())
