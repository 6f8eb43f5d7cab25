"""The compiled model as a file: what every question reads, and tables of which it reads a part.

The first line is JSON: the format, where each table begins, and the model without its tables.
Behind it stand the tables (`parts`). So the time that a question takes grows with what it touches.
"""

# No `from __future__ import annotations`: msgspec would have to compile the text of each.

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import fields, replace

from kg.model.compiled import FORMAT, CaseKind, Criterion, Model, Name
from kg.model.errors import CorruptProductError
from kg.model.json_values import decode_part, encode
from kg.model.notes import Notes, StatementNote
from kg.model.parts import Plan, Row, Table, place_key, write_table
from kg.model.tables import Advice, CaseMessage, Tables, Threshold
from kg.model.terms import Entry, Lexicon
from kg.model.topics import Topic
from kg.model.vocabulary import IRI

_MAPPINGS: Final[Mapping[str, tuple[type[str], Any]]] = {
    "lexicon.entries": (IRI, Entry),
    "lexicon.index.codes": (str, tuple[IRI, ...]),
    "lexicon.index.forms": (str, tuple[IRI, ...]),
    "lexicon.index.kinds": (str, tuple[IRI, ...]),
    "lexicon.index.singulars": (str, tuple[IRI, ...]),
    "lexicon.index.states": (IRI, dict[str, IRI]),
    "kinds": (str, CaseKind),
    "names": (str, Name),
    "tables.advised_of": (str, tuple[int, ...]),
    "tables.messages_of": (str, tuple[int, ...]),
    "tables.notes.background": (str, str),
    "tables.notes.statements": (str, StatementNote),
    "tables.opposed": (str, tuple[str, ...]),
    "tables.reviews.accepted": (str, bool),
    "tables.reviews.rests": (str, dict[str, tuple[str, ...]]),
    "tables.rules_of": (str, tuple[int, ...]),
    "tables.topics": (str, Topic),
}
"""What is read by key: by its place in the model, the types of its keys and values."""
_SEQUENCES: Final[Mapping[str, Any]] = {
    "criteria": Criterion,
    "tables.advised": Advice,
    "tables.messages": CaseMessage,
    "tables.rules": CaseMessage,
    "tables.thresholds": Threshold,
}
"""What is read by number."""
_WHOLE: Final = ("asserted", "for_proofs", "lexicon.codes", "lexicon.phrases", "rules")
"""What is read as a whole, and later."""


class _Head(Struct, frozen=True):
    """The first line of the file."""

    format: int
    plans: Mapping[str, Plan]
    model: Raw


class _Format(Struct, frozen=True):
    """What every format of the model begins with."""

    format: int


class WrittenPart(Struct, frozen=True):
    """A part of a model as it stands in the file."""

    rest: Raw
    """What stands of it in the first line."""
    tables: Mapping[str, tuple[Plan, bytes]]
    """Its tables, by their place in the model, each planned from its own beginning."""


PARTS: Final = (
    "lexicon", "names", "criteria", "kinds", "tables", "tables.notes", "rules", "for_proofs",
    "asserted",
)  # fmt: skip
"""The parts that a model is written in; what is said of a statement is none of the other tables."""


def encode_model(model: Model) -> bytes:
    """The model as a file; the same model gives the same bytes."""
    return join_parts({each: write_part(each, _at(model, each)) for each in PARTS}, model.format)


def write_part(name: str, part: object) -> WrittenPart:
    """A part of a model, by its name and as it is."""
    if isinstance(part, Lexicon):
        part = replace(part, index=part.by_name)
    tables: dict[str, tuple[Plan, bytes]] = {}
    for path in (*_MAPPINGS, *_SEQUENCES, *_WHOLE):
        inside = path.removeprefix(name)
        if path.startswith(name) and inside[:1] in ("", ".") and _part_of(path) == name:
            inside = inside[1:]
            tables[path] = _written(_at(part, inside) if inside else part)
            part = _with(part, inside, _nothing(path)) if inside else _nothing(path)
    if isinstance(part, Tables):
        part = replace(part, notes=Notes({}, {}))
    return WrittenPart(Raw(encode(part)), tables)


def _part_of(path: str) -> str:
    """The part that a table is of: the smallest."""
    return max((each for each in PARTS if f"{path}.".startswith(f"{each}.")), key=len)


def join_parts(parts: Mapping[str, WrittenPart], form: int = FORMAT) -> bytes:
    """The file of a model that was written in all its parts."""
    plans: dict[str, Plan] = {}
    written: list[bytes] = []
    start = 0
    for path in (*_MAPPINGS, *_SEQUENCES, *_WHOLE):
        plan, content = parts[_part_of(path)].tables[path]
        plans[path] = plan.moved(start)
        written.append(content)
        start += len(content)
    rests = {each.name: parts[each.name].rest for each in fields(Model) if each.name in parts}
    head = _Head(form, plans, Raw(msgspec.json.encode({"format": form, **rests})))
    return b"\n".join((msgspec.json.encode(head), b"".join(written), b""))


def decode_model(content: bytes) -> Model:
    """The model that `encode_model` wrote; CorruptProductError where it is something else."""
    end = content.find(b"\n") + 1 or len(content)
    first, tables = memoryview(content)[:end], memoryview(content)[end:]
    _check_format(first)
    head: _Head = decode_part(first, _Head)
    model: Model = decode_part(head.model, Model)
    for path, (key, kind) in _MAPPINGS.items():
        model = _with(model, path, Table(tables, head.plans[path], key, kind))
    for path, kind in _SEQUENCES.items():
        row: Table[str, object] = Table(tables, head.plans[path], str, kind)
        model = _with(model, path, Row(row))
    for path in _WHOLE:
        start, end = head.plans[path].starts
        model = _with(model, path, Raw(tables[start:end]))
    return model


def _written(part: object) -> tuple[Plan, bytes]:
    """A part of the model as JSON: a table by key, one by number, or a whole."""
    if isinstance(part, Mapping):
        return write_table({str(key): encode(each) for key, each in part.items()})
    if isinstance(part, Sequence):
        return write_table({place_key(place): encode(e) for place, e in enumerate(part)})
    content = encode(part)
    return Plan((), (0, len(content)), 0), content


def _nothing(path: str) -> object:
    """What stands in the first line in place of a table."""
    if path in _WHOLE:
        return Raw(b"null")
    return {} if path in _MAPPINGS else ()


def _at(value: object, path: str) -> object:
    return reduce(getattr, path.split("."), value)


def _with(value: Any, path: str, part: object) -> Any:  # noqa: ANN401 - a struct, and the same
    """The struct with another part."""
    name, _, rest = path.partition(".")
    return replace(value, **{name: _with(getattr(value, name), rest, part) if rest else part})


def _check_format(first: memoryview) -> None:
    """CorruptProductError where it is no model, or one of another format."""
    found = decode_part(first, _Format).format
    if found != FORMAT:
        raise CorruptProductError(
            f"the compiled model has the format {found}; wanted here: {FORMAT}."
        )
