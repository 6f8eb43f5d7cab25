"""Promises about the repository as a whole, whatever is in it."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from urllib.parse import unquote

import pytest

from kg.model.rdf import read_sources

PHRASE = 8
"""So many words in a row of an article would be a quotation."""

MACHINE_PATH = re.compile(r"(?<![\w.:/~-])/(?:home|root|work|farm|Users)/\w")
STATEMENT_ID = re.compile(r"\b[A-Z]\d{3}\b")
FACET = re.compile(r"xsd:(?:min|max)(?:In|Ex)clusive\s+\"?(-?\d+(?:\.\d+)?)")
LABEL = re.compile(r"rdfs:label\s+\"([^\"]+)\"@en")
VERSION_INFO = re.compile(r"owl:versionInfo\s+\"([^\"]+)\"")
MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
NOT_KNOWLEDGE = frozenset({"0", "1", "100"})
"""Facets that are arithmetic everywhere: nothing, the limit itself, and per cent."""


def _tracked(root: Path) -> list[Path]:
    if not (root / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of the project's files")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (root / name for name in listing.stdout.split("\0") if name)
    return sorted({path for path in paths if path.is_file()})


def _texts_of(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def _place(root: Path, path: Path, text: str, offset: int) -> str:
    return f"{path.relative_to(root)}:{text.count(chr(10), 0, offset) + 1}"


def test_no_file_names_a_path_of_some_machine(root: Path) -> None:
    """Nothing in the repository depends on where somebody keeps it."""
    found = [
        _place(root, path, text, match.start())
        for path, text in _texts_of(_tracked(root))
        for match in MACHINE_PATH.finditer(text)
    ]

    assert found == []


def _words(text: str) -> list[tuple[str, int]]:
    return [(match.group().lower(), match.start()) for match in re.finditer(r"[A-Za-z0-9]+", text)]


def _phrases(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    words = _words(text)
    for start in range(len(words) - PHRASE + 1):
        yield tuple(word for word, _ in words[start : start + PHRASE]), words[start][1]


def _own_sentences(article: str) -> Iterator[str]:
    """Give the lines of an article without titles of works: its own, and its references."""
    titles = True
    for number, line in enumerate(article.splitlines()):
        if line.strip() in {"References", "Related Questions"}:
            titles = line.strip() == "References"
        elif number == 1:
            titles = False
        if not titles:
            yield line


def _phrases_of_articles(texts: Path) -> AbstractSet[tuple[str, ...]]:
    return {
        phrase
        for article in sorted(texts.glob("*.txt"))
        for line in _own_sentences(article.read_text(encoding="utf-8"))
        for phrase, _ in _phrases(line)
    }


@pytest.mark.slow
def test_no_file_repeats_an_article(root: Path, texts: Path) -> None:
    """The repository says where a sentence stands and never what it reads."""
    theirs = _phrases_of_articles(texts)
    found = [
        _place(root, path, text, offset)
        for path, text in _texts_of(_tracked(root))
        for phrase, offset in _phrases(text)
        if phrase in theirs
    ]

    assert theirs
    assert found == []


def test_no_file_holds_hidden_characters(root: Path) -> None:
    """What a reader of a file sees is what the machine reads: no character hides or turns text."""
    found = [
        _place(root, path, text, match.start())
        for path, text in _texts_of(_tracked(root))
        for match in HIDDEN.finditer(text)
    ]

    assert found == []


def test_every_file_of_the_ontology_is_read(root: Path) -> None:
    """No file is forgotten: the catalogue names it, and an import leads to it.

    Shapes are no part of the ontology, and bridges are for whoever joins it to others.
    """
    folder = root / "ontology"
    read = {module.path for module in read_sources(folder).modules}
    beside = {path for name in ("shapes", "bridges") for path in (folder / name).glob("*.ttl")}

    files = set(folder.rglob("*.ttl")) - beside

    assert files - read == set()


def _pages(root: Path) -> list[tuple[Path, str]]:
    return [(path, text) for path, text in _texts_of(_tracked(root)) if path.suffix == ".md"]


def test_links_between_pages_lead_somewhere(root: Path) -> None:
    """Whoever follows a link in the documentation arrives."""
    broken = [
        f"{path.relative_to(root)} -> {target}"
        for path, text in _pages(root)
        for target in MARKDOWN_LINK.findall(FENCED.sub("", text))
        if not re.match(r"[a-z][a-z0-9+.-]*:|#", target)
        and not (path.parent / unquote(target.split("#")[0])).exists()
    ]

    assert broken == []


def test_every_page_has_one_title(root: Path) -> None:
    """A page is about one thing, and its first heading says what."""
    titles = {
        str(path.relative_to(root)): len(re.findall(r"^# ", FENCED.sub("", text), re.MULTILINE))
        for path, text in _pages(root)
    }

    assert {page: count for page, count in titles.items() if count != 1} == {}


def test_every_page_of_the_documentation_is_in_its_index(root: Path) -> None:
    """No page is reachable only by those who know of it."""
    docs = root / "docs"
    linked = {
        (docs / target).resolve()
        for target in MARKDOWN_LINK.findall((docs / "index.md").read_text("utf-8"))
    }

    pages = {path for path, _ in _pages(root) if path.is_relative_to(docs)}

    assert pages - linked - {docs / "index.md"} == set()


def test_the_version_is_one(root: Path) -> None:
    """Package, citation, ontology and the newest release of the changelog are of one version."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    citation = re.search(
        r'^version: "(.+)"$', (root / "CITATION.cff").read_text("utf-8"), re.MULTILINE
    )
    changelog = re.search(
        r"^## \[(\d.+?)\]", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    ontology = {
        version
        for path in (root / "ontology").rglob("*.ttl")
        for version in VERSION_INFO.findall(path.read_text("utf-8"))
    }

    assert citation is not None
    assert changelog is not None
    assert {citation[1], changelog[1], *ontology} == {project}


def test_the_locks_name_no_index(root: Path) -> None:
    """A lock is good wherever packages come from, and names a digest for each of them."""
    locks = {path: path.read_text("utf-8") for path in (root / "requirements").glob("*.txt")}

    assert locks
    for path, text in locks.items():
        pins = re.findall(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
        assert "://" not in text, path.name
        assert all("==" in pin and "--hash=sha256:" in pin for pin in pins), path.name


def _modules(root: Path) -> list[tuple[Path, str]]:
    return [(path, path.read_text("utf-8")) for path in sorted((root / "kg").rglob("*.py"))]


def test_no_module_names_a_statement(root: Path) -> None:
    """What a document says is in the ontology, so no code has to change when it does."""
    found = [
        f"{_place(root, path, text, match.start())} {match.group()}"
        for path, source in _modules(root)
        for text in [re.sub(r"# noqa:.*", "", source)]
        for match in STATEMENT_ID.finditer(text)
    ]

    assert found == []


def _strings(source: str) -> Iterator[tuple[str, int]]:
    """Give the strings that a module works with: its docstrings are for readers."""
    tree = ast.parse(source)
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in prose and isinstance(node.value, str):
            yield node.value, node.lineno


def _clinical_terms(root: Path) -> set[str]:
    files = ("conditions.ttl", "drugs.ttl", "markers.ttl")
    text = "".join((root / "ontology" / name).read_text("utf-8") for name in files)
    names = re.findall(r"^eg:([\w-]+) a (?!owl:\w*Property)", text, re.MULTILINE)
    return {*names, *LABEL.findall(text)}


@pytest.mark.slow
def test_no_module_names_a_disease_drug_or_marker(root: Path) -> None:
    """A new disease, drug or marker is a term in the ontology and no line of code."""
    terms = _clinical_terms(root)
    found = [
        f"{path.relative_to(root)}:{line} {sorted(named)}"
        for path, source in _modules(root)
        for string, line in _strings(source)
        if (named := terms & {string, *re.findall(r"[\w-]+", string)})
    ]

    assert terms
    assert found == []


def test_no_module_holds_a_threshold(root: Path) -> None:
    """Limits that a source states are facets of the ontology; the code only compares."""
    rules = root.joinpath("ontology").rglob("*.ttl")
    thresholds = {limit for path in rules for limit in FACET.findall(path.read_text("utf-8"))}
    written = re.compile(r"Decimal\(\s*[\"']?(-?\d+(?:\.\d+)?)[\"']?\s*\)")
    found = [
        f"{_place(root, path, text, match.start())} {match.group()}"
        for path, text in _modules(root)
        for match in written.finditer(text)
        if match[1] in thresholds - NOT_KNOWLEDGE
    ]

    assert thresholds
    assert found == []
