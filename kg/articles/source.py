"""YAML read as text: no word of it means yes, no or a date, and every value knows its line.

The only address of PyYAML. Its parser builds the tree; what the tree means is read here, since the
constructors of YAML 1.1 make `no` a truth value, `1:30` a number and the later of two keys the one
that counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import yaml

from kg.model.errors import SourceSyntaxError

Value = "str | list[Value] | dict[str, Value]"
"""What stands in a file: text, a list, or a mapping of texts to such."""
Keys = Sequence[str | int]
"""The way from the top of a file to a value: keys of mappings and places in lists, from 0."""
_T = TypeVar("_T")


def spaced(name: str) -> str:
    """The key of a field: words with spaces, without the stroke that keeps Python content."""
    return name.strip("_").replace("_", " ")


_TAGS: Final = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """The parser of libyaml where PyYAML was built with it; every scalar is text without a look."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:  # noqa: ARG002
        return _TAGS[kind]

    def descend_resolver(self, *_: object) -> None:
        """No path of the tree means anything."""

    def ascend_resolver(self) -> None:
        """The same."""


_PLAIN: Final = frozenset({"str", "seq", "map"})
_TAG: Final = "tag:yaml.org,2002:"
_QUOTES: Final = (
    'A text with ": ", " #" or, inside braces or brackets, a comma stands in quotes: "…".'
)


@dataclass(frozen=True)
class Written:
    """A file that a person wrote, with the line of everything in it."""

    path: Path
    value: dict[str, Any]
    """The whole as mappings, lists and text."""
    _root: yaml.Node = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Written:
        """The file at a path; SourceSyntaxError, with line and column, where it cannot be read."""
        return cls.parse(path.read_bytes(), path)

    @classmethod
    def parse(cls, content: bytes, path: Path) -> Written:
        """The same of bytes; the path only names them."""
        root = _compose(_decode(content, path), path)
        if not isinstance(root, yaml.MappingNode):
            raise SourceSyntaxError("wanted keys with values, such as `document:`.", path=path)
        value = _Reading(path).value(root)
        return cls(path, value, root)

    def at(self, *keys: str | int) -> tuple[int, int]:
        """Line and column, from 1, of a value, or of the nearest that there is on the way to it."""
        mark = _find(self._root, keys).start_mark
        return mark.line + 1, mark.column + 1

    def key_at(self, *keys: str | int) -> tuple[int, int]:
        """Line and column of the key itself, where `at` is those of its value."""
        parent = _find(self._root, keys[:-1])
        if isinstance(parent, yaml.MappingNode):
            for key, _ in parent.value:
                if key.value == keys[-1]:
                    return key.start_mark.line + 1, key.start_mark.column + 1
        return self.at(*keys)

    def place(self, *keys: str | int) -> str:
        """`path:line` of a value, as findings name it."""
        return f"{self.path}:{self.at(*keys)[0]}"

    def error(self, message: str, *keys: str | int) -> SourceSyntaxError:
        """An error at the place of a value."""
        line, column = self.at(*keys)
        return SourceSyntaxError(message, path=self.path, line=line, column=column)

    def to(self, kind: type[_T], value: Any = None) -> _T:  # noqa: ANN401 - what a file holds
        """The file as a typed value; SourceSyntaxError says what was found and what was wanted.

        Another value than that of the file may be given, where each part stands at its place still.
        """
        given = self.value if value is None else value
        try:
            return msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as error:
            raise _Fault(self, kind, given).explain(str(error)) from None


# ── Text to tree ────────────────────────────────────────────────────────────────────────────────


def _decode(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceSyntaxError(f"not UTF-8: {error.reason}.", path=path, line=line) from None


def _compose(text: str, path: Path) -> yaml.Node | None:
    """The tree of a text, without anything being made of it."""
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(filter(None, (error.context, error.problem)))
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise SourceSyntaxError(
            f"no YAML: {what}. {_QUOTES}", path=path, line=line, column=column
        ) from None
    except yaml.YAMLError as error:
        raise SourceSyntaxError(f"no YAML: {error}.", path=path) from None


class _Reading:
    """Makes plain values of a tree, and refuses what a reader could take for something else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: set[int] = set()

    def value(self, node: yaml.Node) -> Any:  # noqa: ANN401 - what a file holds is not known before
        tag = node.tag
        if tag[len(_TAG) :] not in _PLAIN:
            raise self._error(f"the tag {tag} is not read; wanted the value alone.", node)
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if id(node) in self._seen:
            raise self._error("an alias (*) is not read; write the value again.", node)
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        return [self._filled(each, "an item of a list") for each in node.value]

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value
            if not isinstance(key, yaml.ScalarNode) or not name:
                raise self._error("a key is a text, such as `words:`.", key)
            if name in found:
                first = next(each for each, _ in node.value if each.value == name)
                line = first.start_mark.line + 1
                raise self._error(f"`{name}` stands on line {line} already; wanted it once.", key)
            found[name] = self._filled(value, f"`{name}`")
        return found

    def _filled(self, node: yaml.Node, what: str) -> Any:  # noqa: ANN401 - as above
        if not node.value and node.tag == f"{_TAG}str":
            raise self._error(f"{what} is empty; write its value, or take it away.", node)
        return self.value(node)

    def _error(self, message: str, node: yaml.Node) -> SourceSyntaxError:
        mark = node.start_mark
        return SourceSyntaxError(
            message, path=self._path, line=mark.line + 1, column=mark.column + 1
        )


def _find(node: yaml.Node, keys: Keys) -> yaml.Node:
    """The node at the end of a way, or the last one that there is on it."""
    for key in keys:
        inner = _step(node, key)
        if inner is None:
            return node
        node = inner
    return node


def _step(node: yaml.Node, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        found: yaml.Node = node.value[key]
        return found
    return None


# ── What is wrong with a value ──────────────────────────────────────────────────────────────────

_STEP: Final = re.compile(r"\.([^.\[`]+)|\[(\d+|\.\.\.)\]")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>.*)`")
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>.*)`")
_OTHER: Final = re.compile(r"Expected `(?P<wanted>.*)`, got `(?P<found>.*)`")
_KINDS: Final = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "keys with values",
}


class _Fault:
    """Finds the value that msgspec stumbled over, and says it in the words of the file."""

    def __init__(self, written: Written, kind: Any, value: Any) -> None:  # noqa: ANN401
        self._written = written
        self._kind = kind
        self._value = value

    def explain(self, text: str) -> SourceSyntaxError:
        """The error that msgspec's text becomes."""
        message, _, where = text.partition(" - at ")
        keys, kind = self._follow(where)
        names = _fields_of(kind)
        if found := _UNKNOWN.match(message):
            name = found["name"]
            known = f"`{name}` is not known here; wanted {_listed(names)}.{_near(name, names)}"
            return self._error(known, self._written.key_at(*keys, name))
        if found := _MISSING.match(message):
            line = self._written.key_at(*keys)
            return self._error(f"`{found['name']}` is missing.", line)
        if wanted := _described(kind):
            at = self._written.key_at if "`key` in" in where else self._written.at
            return self._error(f"wanted {wanted}.", at(*keys))
        if found := _OTHER.match(message):
            wanted, got = (_in_words(found[each]) for each in ("wanted", "found"))
            return self._error(f"wanted {wanted}, and found {got}.", self._written.at(*keys))
        return self._error(f"{message}.", self._written.at(*keys))

    def _error(self, message: str, at: tuple[int, int]) -> SourceSyntaxError:
        return SourceSyntaxError(message, path=self._written.path, line=at[0], column=at[1])

    def _follow(self, where: str) -> tuple[list[str | int], Any]:
        """The keys of msgspec's path, with those that it leaves open, and the type at its end."""
        keys: list[str | int] = []
        kind: Any = msgspec.inspect.type_info(self._kind)
        value: Any = self._value
        for name, item in _STEP.findall(where):
            key, kind = _enter(_bare(kind), value, name, item)
            keys.append(key)
            value = value[key]
        if isinstance(_bare(kind), msgspec.inspect.DictType) and "`key` in" in where:
            key, kind = _enter(_bare(kind), value, "", "...")
            keys.append(key)
        return keys, kind


def _enter(kind: Any, value: Any, name: str, item: str) -> tuple[str | int, Any]:  # noqa: ANN401
    """The key of one step, and the type that stands behind it."""
    if name:
        fields = {each.encode_name: each.type for each in getattr(kind, "fields", ())}
        return name, fields.get(name)
    if item != "...":
        return int(item), getattr(kind, "item_type", None)
    inner, named = getattr(kind, "value_type", None), getattr(kind, "key_type", None)
    wanted = getattr(_bare(inner), "cls", Any)
    for key, each in value.items():
        if not re.search(getattr(_bare(named), "pattern", None) or "", key):
            return key, named
        try:
            msgspec.convert(each, wanted, strict=False)
        except msgspec.ValidationError:
            return key, inner
    return next(iter(value)), inner


def _bare(kind: Any) -> Any:  # noqa: ANN401 - any type that msgspec describes
    """The type without what is said about it."""
    while isinstance(kind, msgspec.inspect.Metadata):
        kind = kind.type
    return kind


def _described(kind: Any) -> str:  # noqa: ANN401 - as above
    """What is wanted, where the type says it."""
    found = isinstance(kind, msgspec.inspect.Metadata) and kind.extra_json_schema
    return str(found.get("description", "")) if found else ""


def _fields_of(kind: Any) -> list[str]:  # noqa: ANN401 - any type that msgspec describes
    return [each.encode_name for each in getattr(_bare(kind), "fields", ())]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


def _near(name: str, names: Sequence[str]) -> str:
    longer = [each for each in names if name in each.split()]
    near = longer or get_close_matches(name, names, n=1)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _in_words(kinds: str) -> str:
    parts = re.split(r"\s*\|\s*", kinds)
    return " or ".join(_KINDS.get(each, each) for each in parts)
