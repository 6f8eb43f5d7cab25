"""An article file with one value changed is refused, or no longer what was made of it.

What is made of an article is committed, and `kg verify` refuses a made file that is stale: so a
value that nothing is made of would be the only one to change unseen. `make test` tries sixty such
files, `make test-nightly` 600 and, of statements as they reach the graph, what the tested answers
and the checks would notice where everything is made anew.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from article_mutants import Bench, mutants
from counting import counts
from test_facts import ASKS, terms

from kg.articles.article import read_article
from kg.articles.document import document_turtle
from kg.articles.statements import statements_turtle
from kg.articles.words import Words, read_words
from kg.model import resources
from kg.model.errors import KGError
from kg.model.vocabulary import Term
from kg.store.base import Store
from kg.store.queries import shipped_rows

SEED = 13
REFUSED = "refused"
LEAST = 0.95
"""The share of mutants that has to be noticed."""


class Value(NamedTuple):
    """A value in a record of an article file, where its text has it."""

    key: str
    start: int
    end: int
    text: str


def _values(node: yaml.Node, key: str = "") -> Iterator[Value]:
    """Every scalar under a node, with the key that it is the value of."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _values(value, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _values(each, key)
    else:
        yield Value(key, node.start_mark.index, node.end_mark.index, node.value)


def _changed(text: str, seed: int) -> list[tuple[str, str]]:
    """Texts with one value of one record changed, in chance order, each with what was changed."""
    chance = random.Random(seed)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    parts = {key.value: value for key, value in root.value}
    values = list(_values(parts["statements"]))
    known: defaultdict[str, set[str]] = defaultdict(set)
    for each in values:
        known[each.key].add(text[each.start : each.end])
    found = []
    for each in values:
        own = text[each.start : each.end]
        others = sorted(known[each.key] - {own}) or [own[::-1]]
        other = chance.choice(others)
        changed = text[: each.start] + other + text[each.end :]
        found.append((f"{each.key}: {own[:60]} → {other[:60]}", changed))
    chance.shuffle(found)
    return found


@pytest.fixture(name="words", scope="module")
def _words() -> Words:
    return read_words(resources.ontology_dir())


@pytest.mark.slow
@counts(60, nightly=600)
def test_a_changed_value_is_noticed(words: Words, tmp_path: Path, count: int) -> None:
    """Of so many files with one value changed, 95 in 100 are refused or make other triples."""
    shutil.copytree(resources.ontology_dir() / "articles", tmp_path / "articles")
    found: dict[str, str] = {}
    for path in sorted((tmp_path / "articles").glob("*.yaml")):
        text = path.read_text("utf-8")
        made = _made(path, words)
        for name, changed in _changed(text, SEED)[: count // 2]:
            path.write_text(changed, "utf-8")
            try:
                now = _made(path, words)
            except KGError:
                now = REFUSED
            found[f"{path.stem} {name}"] = {made: "", REFUSED: REFUSED}.get(now, "stale")
        path.write_text(text, "utf-8")

    survivors = [name for name, noticed in found.items() if not noticed]
    print(Counter(found.values()), *survivors, sep="\n")  # noqa: T201
    assert len(found) > count * 0.9
    assert len(survivors) <= (1 - LEAST) * count, survivors


def _made(path: Path, words: Words) -> str:
    """What an article file makes, without remarks; or that it is refused."""
    article = read_article(path, words)
    if article.findings:
        return REFUSED
    made = document_turtle(article, "0") + statements_turtle(article, words)
    return "".join(line for line in made.splitlines() if not line.startswith("#"))


def _facts(store: Store) -> list[object]:
    """The rows of every fact that is asked for."""
    return [shipped_rows(store, f"ask/{each['query']}", **_given(each)) for each in ASKS.values()]


def _given(asked: dict[str, Any]) -> dict[str, tuple[Term, ...]]:
    return {name: terms(values) for name, values in asked.get("parameters", {}).items()}


@pytest.mark.nightly
def test_answers_and_checks_notice_a_changed_field() -> None:
    """Where all is made anew, most of 600 statements with one field changed are noticed still."""
    bench = Bench(_facts)
    tried = mutants(bench.graph, SEED)[:600]

    found = {str(each): bench.noticed_by(each) for each in tried}

    survivors = [name for name, noticed in found.items() if not noticed]
    print(Counter(found.values()), *survivors, sep="\n")  # noqa: T201
    assert len(survivors) < len(tried) / 3, survivors
