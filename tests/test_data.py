"""JSON is the fields of the model: each thing encoded in one way, and a schema for all of it."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from kg.answer.model import Term, Verdict
from kg.cli import main
from kg.model.vocabulary import IRI
from kg.show.data import json_line, json_text, schema_names, schema_text, to_data

CASE = ("--has", "multiple myeloma", "--lab", "alp=212U/L(35-105)", "--lab", "ggt=normal")
SHOWN = {
    "answer": ("ask", *CASE),
    "supposition": ("ask", *CASE, "--if", "ggt=high"),
    "proof": ("why", "hepatic amyloidosis", *CASE),
    "contrasts": ("why-not", "hepatic amyloidosis", *CASE),
    "statement": ("statement", "A005"),
    "term": ("term", "vitamin D deficiency"),
    "coverage": ("report", "coverage"),
    "citations": ("report", "citations"),
    "quality": ("report", "quality"),
    "terms": ("report", "terms"),
    "findings": ("verify",),
    "review": ("report", "review"),
}
"""A command that prints each thing with a schema; a difference is printed in test_changes, a brief
answer in test_page, what is said of claims in test_audit, a derivation in test_proof_checker."""
CHECKED = {"findings", "quality"}
"""What takes a check of all sources."""
SHOWN_OR_CHECKED = [
    pytest.param(name, marks=pytest.mark.slow if name in CHECKED else ()) for name in SHOWN
]


class Pair(NamedTuple):
    """A named tuple."""

    left: str
    right: Decimal


def shown(name: str, form: str) -> str:
    """What a command prints in a form."""
    result = CliRunner().invoke(main, [*SHOWN[name], "--format", form])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (Term("https://example.org/a", "a"), {"iri": "https://example.org/a", "label": "a"}),
        (Pair("a", Decimal("1E+2")), {"left": "a", "right": "100"}),
        (Decimal("0.00000012"), "0.00000012"),
        (Decimal("1.50"), "1.5"),
        (IRI("https://example.org/a"), "https://example.org/a"),
        (Verdict.ARGUED_AGAINST, "argued against"),
        (date(2026, 11, 22), "2026-11-22"),
        ({IRI("a"): (True, 1, None)}, {"a": [True, 1, None]}),
    ],
)
def test_each_sort_of_thing_has_one_encoding(value: object, data: object) -> None:
    """Whatever holds it, a thing is encoded alike, and its text is the same each time."""
    assert to_data(value) == data
    assert type(to_data(value)) is type(data)
    assert json.loads(json_text([value])) == [data]
    assert json.loads(json_line([value])) == [data]


def test_what_is_no_value_is_refused() -> None:
    """An object without fields is a mistake, and not an empty object."""
    with pytest.raises(TypeError, match="Path is no value"):
        to_data([Path()])


def test_a_line_is_one_line() -> None:
    """A batch has a value on each line, whatever is in its texts."""
    assert json_line({"text": "one\ntwo ü"}) == b'{"text":"one\\ntwo \xc3\xbc"}\n'


@pytest.mark.parametrize("name", schema_names())
def test_schemas_are_schemas(name: str) -> None:
    """What `kg schema` prints is a JSON Schema of the draft that it names."""
    schema = json.loads(schema_text(name))

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_everything_that_is_printed_has_a_schema() -> None:
    """Beside what is printed, the forms of a case and of claims that are read have one."""
    read = {"case", "claims"}
    assert {*SHOWN, *read, "brief", "derivation", "difference", "audit", "verdicts"} == set(
        schema_names()
    )


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("name", SHOWN_OR_CHECKED)
def test_what_is_printed_fits_its_schema(name: str) -> None:
    """The schema allows every key that is printed, and no other."""
    Draft202012Validator(json.loads(schema_text(name))).validate(json.loads(shown(name, "json")))


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("name", SHOWN_OR_CHECKED)
def test_everything_has_text_and_markdown(name: str) -> None:
    """A page has a title, and both say something of the same."""
    text, page = shown(name, "text"), shown(name, "md")

    assert page.startswith("# ")
    assert not page.endswith("\n\n")
    assert text != page


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("name", ["answer", "supposition", "proof", "contrasts"])
def test_what_speaks_of_a_case_ends_in_the_notice(name: str) -> None:
    """That it is no diagnosis stands below it, in every form."""
    notice = "Research and education. Not a diagnosis."

    assert shown(name, "text").endswith(f"\n{notice}\n")
    assert shown(name, "md").endswith(f"\n\n*{notice}*\n")
    assert json.loads(shown(name, "json"))["notice"] == notice


# ── The keys of 0.1 ─────────────────────────────────────────────────────────────────────────

ROW = re.compile(r"^\| (?:`(\S+)`)? ?\| (?:`(\S+)`)? ?\|", re.MULTILINE)


def _keys(name: str) -> set[str]:
    """Give the paths of the keys that a schema allows, with `.*` for keys that are ids."""
    schema = json.loads(schema_text(name))
    found: set[str] = set()

    def walk(part: dict[str, Any], path: str) -> None:
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rpartition("/")[2]]
        below = {
            f"{path}.{key}".strip("."): each for key, each in part.get("properties", {}).items()
        }
        if isinstance(part.get("additionalProperties"), dict):
            below[f"{path}.*"] = part["additionalProperties"]
        found.update(below)
        for key, each in below.items():
            walk(each, key)
        for each in part.get("anyOf", ()):
            walk(each, path)
        if "items" in part:
            walk(part["items"], f"{path}[]")

    walk(schema, "")
    return found


def _covers(named: str, key: str) -> bool:
    """Whether a path as the page writes it, or something above it, is that of a key."""
    anywhere = r"(.*\.)?" if named.startswith("….") else ""
    place = re.escape(named.removeprefix("….").removesuffix("[]"))
    return re.fullmatch(rf"{anywhere}{place}((\[\]|\.).*)?", key) is not None


def _recorded(root: Path, release: str) -> dict[str, set[str]]:
    """Give the keys of a release by what is printed."""
    found: dict[str, set[str]] = {}
    text = (root / f"tests/data/json-keys-{release}.txt").read_text("utf-8")
    for line in text.splitlines():
        name, _, key = line.partition(" ")
        found.setdefault(name, set()).add(key)
    return found


OF_0_2 = sorted(_recorded(Path(__file__).parent.parent, "0.2"))


@pytest.mark.parametrize("name", OF_0_2)
def test_the_page_says_what_became_of_the_keys_of_0_1(root: Path, name: str) -> None:
    """Every key that went or came with 0.2 is named, and nothing is named that did neither."""
    page = (root / "docs/reference/json-keys-0.2.md").read_text("utf-8")
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    named = ROW.findall(section[1]) if section else []
    old = _recorded(root, "0.1").get(name, set())
    new = _recorded(root, "0.2")[name]

    gone, come = old - new, new - old
    assert {
        key for key in gone if not any(_covers(each, key) for each, _ in named if each)
    } == set()
    assert {
        key for key in come if not any(_covers(each, key) for _, each in named if each)
    } == set()
    assert [each for each, _ in named if each and not any(_covers(each, key) for key in old)] == []
    assert [each for _, each in named if each and not any(_covers(each, key) for key in new)] == []


def test_keys_of_0_2_stay(root: Path) -> None:
    """Whoever reads the JSON of 0.2 can read that of today: keys came, and none went."""
    gone = {
        (name, key) for name, keys in _recorded(root, "0.2").items() for key in keys - _keys(name)
    }

    assert gone == set()
