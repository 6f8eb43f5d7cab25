"""A build that uses what the one before it kept makes what a build from nothing makes."""

from __future__ import annotations

import random
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from kg.articles.write import write_made
from kg.compile import builder
from kg.compile.check.sources import check_sources
from kg.model import resources
from kg.model.errors import KGError
from kg.model.rdf import read_sources
from kg.model.report import Report
from kg.model.vocabulary import PROV
from kg.store.artifact import sha256

Edit = Callable[[random.Random, Path], str]
"""Changes something in a folder of sources, and says what."""
Product = tuple[dict[str, str], Report] | str
"""The digests of a built graph and what checks found, or the error that both ended with."""

SEED: Final = 13
_BLOCK: Final = r"(?m)^st:[A-Z]\d{3} a (?:[^\n]|\n(?!\n))*\n"
"""A statement in a file of them."""
_INVALIDATED: Final = PROV.wasInvalidatedBy.n3()


# ── Edits ───────────────────────────────────────────────────────────────────────────────────


def _edited(path: Path, found: re.Match[str], instead: str) -> str:
    text = path.read_text("utf-8")
    path.write_text(text[: found.start()] + instead + text[found.end() :], "utf-8")
    return f"{path.name}: {found[0][:60]!r} → {instead[:60]!r}"


def _one(
    chance: random.Random, folder: Path, names: str, pattern: str
) -> tuple[Path, re.Match[str]]:
    """Some place in some of the files that match a pattern."""
    paths = sorted(
        path for path in folder.glob(names) if re.search(pattern, path.read_text("utf-8"))
    )
    path = chance.choice(paths)
    return path, chance.choice(list(re.finditer(pattern, path.read_text("utf-8"))))


def change_figure(chance: random.Random, folder: Path) -> str:
    """Another number, in what a statement says or in what a rule asks for."""
    names = chance.choice(["statements/*.ttl", "rules.ttl", "language.ttl"])
    path, found = _one(chance, folder, names, r"(?<= )\d+(?:\.\d+)?(?= [;.\]])")
    return _edited(path, found, str(chance.randrange(1, 90)))


def change_words(chance: random.Random, folder: Path) -> str:
    """Another name or definition, of a statement or a term."""
    names = chance.choice(["statements/*.ttl", "documents/*.ttl", "*.ttl"])
    path, found = _one(chance, folder, names, r'(?<=")[A-Za-z][^"\\\n]* [^"\\\n]*(?="@en)')
    return _edited(path, found, f"{found[0]} {chance.randrange(100)}")


def change_link(chance: random.Random, folder: Path) -> str:
    """Another value of what a statement says: its modality, its population, its subject."""
    path, found = _one(chance, folder, "statements/[A-Z]*.ttl", r"(?<= )eg:[\w-]+(?= ;\n)")
    property_ = path.read_text("utf-8")[: found.start()].rsplit(None, 1)[-1]
    others = re.findall(rf"(?<={property_} )eg:[\w-]+", path.read_text("utf-8"))
    return _edited(path, found, chance.choice(sorted({*others} - {found[0]} or {"eg:none"})))


def change_axiom(chance: random.Random, folder: Path) -> str:
    """Another statement that carries an axiom."""
    path, found = _one(chance, folder, "*.ttl", r"(?<=eg:evidence )st:[A-Z]\d{3}")
    return _edited(path, found, f"{found[0][:4]}0{chance.randrange(10, 60)}")


def add_statement(chance: random.Random, folder: Path) -> str:
    """A statement like another one, under an id of its own."""
    path, found = _one(chance, folder, "statements/[A-Z]*.ttl", _BLOCK)
    added = re.sub(r"\bst:[A-Z]\d{3}\b", f"st:A{chance.randrange(200, 999)}", found[0], count=1)
    return _edited(path, found, f"{found[0]}\n{added}")


def remove_statement(chance: random.Random, folder: Path) -> str:
    """No statement where there was one, whatever rests on it."""
    path, found = _one(chance, folder, "statements/[A-Z]*.ttl", _BLOCK)
    return _edited(path, found, "\n")


def withdraw_statement(chance: random.Random, folder: Path) -> str:
    """A statement that its source took back, so that axioms fall."""
    path, found = _one(chance, folder, "statements/[A-Z]*.ttl", r"st:[A-Z]\d{3}(?= a )")
    withdrawn = f"{found[0]} {_INVALIDATED} eg:none .\n{found[0]}"
    return _edited(path, found, withdrawn)


def add_term(chance: random.Random, folder: Path) -> str:
    """A kind of something that is there."""
    path, found = _one(chance, folder, "*.ttl", r"(?<=\n)eg:[A-Z]\w+(?= a owl:Class)")
    name = f"eg:Added{chance.randrange(1000)}"
    return _edited(path, found, f"{name} a owl:Class ; rdfs:subClassOf {found[0]} .\n{found[0]}")


def rename_article(chance: random.Random, folder: Path) -> str:
    """Another letter for an article, in its files and wherever it is spoken of."""
    path = chance.choice(sorted((folder / "documents").glob("[A-Z].ttl")))
    old, new = path.stem, chance.choice("GHJKLMNPQ")
    if old == new or (folder / "documents" / f"{new}.ttl").exists():
        return "nothing"
    for each in sorted([*folder.rglob("*.ttl"), folder / "catalog-v001.xml"]):
        text = each.read_text("utf-8")
        text = re.sub(rf"\b(st|reg|cite|ref):{old}(?=[\d-])", rf"\1:{new}", text)
        text = re.sub(rf"(doc:|(?:statements|documents)/){old}\b", rf"\g<1>{new}", text)
        each.write_text(text, "utf-8")
    for kind in ("documents", "statements"):
        (folder / kind / f"{old}.ttl").rename(folder / kind / f"{new}.ttl")
    shutil.rmtree(folder / "articles", ignore_errors=True)
    return f"{old} is called {new}"


def change_table(chance: random.Random, folder: Path) -> str:
    """Another row of the table of drugs or markers, and the Turtle that it makes."""
    path, found = _one(chance, folder, "tables/*.yaml", r"(?<=definition: )[a-z][a-z ]+\n")
    told = _edited(path, found, f"{found[0].rstrip()} of kind {chance.randrange(100)}\n")
    write_made(folder)
    return told


def change_record(chance: random.Random, folder: Path) -> str:
    """Another word in a record of the file of an article, and the Turtle that it makes."""
    if not (folder / "articles").is_dir():  # an article that was called otherwise took it away
        return "nothing"
    path, found = _one(
        chance, folder, "articles/*.yaml", r"(?m)(?<=^  - )[A-Z]\d{3}: [a-z][^:\n]*$"
    )
    told = _edited(path, found, f"{found[0]}, {chance.choice(('again', 'at times', 'here'))}")
    write_made(folder)
    return told


def undo_words(chance: random.Random, folder: Path) -> str:
    """The words of a statement or term before they were made longer: a state built before."""
    pattern = r'(?<=[a-z]) \d{1,2}(?="@en)'
    if not any(re.search(pattern, each.read_text("utf-8")) for each in folder.glob("*/*.ttl")):
        return "nothing"
    path, found = _one(chance, folder, "*/*.ttl", pattern)
    return _edited(path, found, "")


EDITS: Final = (
    change_figure, change_record, change_record, change_words, change_words, change_link,
    change_axiom, add_statement, remove_statement, withdraw_statement, add_term, change_table,
    rename_article, undo_words,
)  # fmt: skip


# ── Builds ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Sources:
    """A copy of the sources that is edited, and the cache that remembers its builds."""

    folder: Path
    cache: Path

    def built(self, cache: Path) -> Product:
        """What the sources make with a cache: files by digest, and what is found in them."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KG_CACHE", str(cache))
            try:
                files = builder.of_folder(self.folder, checked=False).files()
                report = check_sources(read_sources(self.folder), self.folder, made=True)
            except KGError as error:
                return f"{type(error).__name__}: {error}"
        return {name: sha256(content) for name, content in files.items()}, report

    def edits(
        self, chance: random.Random, number: int, among: Sequence[Edit] = EDITS
    ) -> Iterator[str]:
        """So many edits, one after the other; one that no build survives is taken back."""
        for _ in range(number):
            saved = self.folder.with_name("saved")
            shutil.rmtree(saved, ignore_errors=True)
            shutil.copytree(self.folder, saved)
            yield chance.choice(among)(chance, self.folder)
            if isinstance(self.built(self.cache), str):
                shutil.rmtree(self.folder)
                saved.rename(self.folder)


@pytest.fixture(name="sources")
def _sources(tmp_path: Path) -> Sources:
    folder = tmp_path / "ontology"
    shutil.copytree(resources.ontology_dir(), folder)
    return Sources(folder, tmp_path / "cache")


@pytest.fixture(name="grown")
def _grown(root: Path, tmp_path: Path) -> Sources:
    """Six articles on two topics, of which each edit changes one and leaves five."""
    sys.path.insert(0, str(root / "benchmarks"))
    from grow import grow

    grow(resources.ontology_dir(), tmp_path / "ontology", articles=3, topics=2)
    return Sources(tmp_path / "ontology", tmp_path / "cache")


def _compare(
    sources: Sources, tmp_path: Path, number: int, seed: int, among: Sequence[Edit] = EDITS
) -> None:
    sources.built(sources.cache)
    for place, told in enumerate(sources.edits(random.Random(seed), number, among)):
        empty = tmp_path / f"empty{place}"

        assert sources.built(sources.cache) == sources.built(empty), told
        shutil.rmtree(empty, ignore_errors=True)


@pytest.mark.slow
def test_edits_make_what_a_cold_build_makes(sources: Sources, tmp_path: Path) -> None:
    """After each of five edits made by chance a build has the bytes of one with an empty cache."""
    _compare(sources, tmp_path, 5, SEED)


LINES: Final = r"(?m)^<[^>]*/statement/[AB]\d+-\d+> .*\n"
"""What a grown article says of a statement, a line each."""


def change_line(chance: random.Random, folder: Path) -> str:
    """A line of a grown article less, or one with another number or another word."""
    path, found = _one(chance, folder, "statements/[AB][0-9]*.ttl", LINES)
    line = found[0]
    if '"@en' in line:
        return _edited(path, found, line.replace('"@en', f' {chance.randrange(100)}"@en'))
    if line.endswith("XMLSchema#integer> .\n"):
        return _edited(path, found, re.sub(r'"\d+"', f'"{chance.randrange(1, 90)}"', line))
    return _edited(path, found, "")


def add_like(chance: random.Random, folder: Path) -> str:
    """A statement of a grown article once more, under an id of its own."""
    path, found = _one(chance, folder, "statements/[AB][0-9]*.ttl", LINES)
    subject = found[0].partition(" ")[0]
    own = [line for line in path.read_text("utf-8").splitlines() if line.startswith(f"{subject} ")]
    other = f"{subject.rstrip('>')}{chance.randrange(10, 99)}>"
    added = "".join(f"{line.replace(subject, other)}\n" for line in own)
    return _edited(path, found, f"{found[0]}{added}")


OF_ONE: Final = (change_line, change_line, change_line, add_like)
"""Edits of one article of several."""


@pytest.mark.slow
def test_edits_of_one_of_six_articles(grown: Sources, tmp_path: Path) -> None:
    """Two edits of one article of several, with the five others taken as they were kept."""
    _compare(grown, tmp_path, 2, SEED, OF_ONE)


@pytest.mark.nightly
def test_many_edits_of_one_of_six_articles(grown: Sources, tmp_path: Path) -> None:
    """Twenty edits of one article of several, each build using what the one before it kept."""
    _compare(grown, tmp_path, 20, SEED + 2, OF_ONE)


@pytest.mark.nightly
def test_many_edits_make_what_a_cold_build_makes(sources: Sources, tmp_path: Path) -> None:
    """After each of fifty edits made by chance a build has the bytes of one with an empty cache."""
    _compare(sources, tmp_path, 50, SEED + 1)
