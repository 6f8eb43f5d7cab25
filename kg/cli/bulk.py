"""`kg ask --batch DIR`: a bulk export, whose files hold a type each, joined patient by patient.

It is read twice, in bounded memory: once to note in a database, in a temporary file, which lines
are of which patient, and once to read the lines of one patient after the other. The database holds
places and hashes of references, and nothing that a resource says.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from msgspec import Struct

from kg.case.document import parse_json
from kg.model.errors import UsageError

READ: Final = frozenset(
    {
        "Patient", "Condition", "Observation", "DiagnosticReport", "Medication",
        "MedicationStatement", "MedicationRequest", "MedicationAdministration",
    }
)  # fmt: skip
"""The types that say something of a case, or that such a type refers to."""
MOST_BYTES: Final = 64_000_000
"""The lines of one patient; more is no record of one."""
_LONGEST: Final = 16_000_000
_NO_JSON: Final = "no JSON"
_TYPE: Final = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]{1,60})"')

_TABLES: Final = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE TABLE patient (number INTEGER PRIMARY KEY, key BLOB UNIQUE);
    CREATE TABLE line (patient INTEGER, file INTEGER, number INTEGER, start INTEGER, size INTEGER);
    CREATE TABLE medication (key BLOB, file INTEGER, number INTEGER, start INTEGER, size INTEGER);
"""


class Export(Struct, frozen=True):
    """The record of one patient of an export."""

    number: int
    id: str
    """The id of the patient in the export."""
    lines: dict[str, bytes]
    """The resources by their places, such as `Observation.ndjson line 7`."""
    refused: str = ""
    """Why there is no answer to it, whatever the resources say."""


class Bulk:
    """A folder of a bulk export, read by patients."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._files = sorted(folder.glob("*.ndjson"))
        if not self._files:
            packed = " Unpack them first, as with gunzip." if any(folder.glob("*.gz")) else ""
            raise UsageError(f"{folder} has no files of a bulk export, *.ndjson.{packed}")
        self._streams = [stack.enter_context(path.open("rb")) for path in self._files]
        where = stack.enter_context(TemporaryDirectory(prefix="etiograph-"))
        self._data = stack.enter_context(closing(sqlite3.connect(Path(where) / "places.db")))
        self._data.executescript(_TABLES)
        self.left: Counter[str] = Counter()
        """How many lines are not read, by the reason."""
        self._first: dict[str, str] = {}
        """Where the first of them stands, where that helps."""
        for place in range(len(self._files)):
            self._note(place)
        self._data.execute("CREATE INDEX of_patient ON line (patient)")
        self._data.execute("CREATE INDEX of_medication ON medication (key)")

    def patients(self, after: int = 0) -> Iterator[Export]:
        """The record of each patient, in the order in which the files name them first."""
        numbers = self._data.execute(
            "SELECT patient, SUM(size) FROM line WHERE patient > ? "
            "GROUP BY patient ORDER BY patient",
            (after,),
        )
        for number, size in numbers:
            lines = dict(self._lines_of(number, most=1 if size > MOST_BYTES else -1))
            named = _patient_of(parse_json(next(iter(lines.values())).decode("utf-8-sig")))
            long = f"its lines have {size} bytes; at most {MOST_BYTES} are read."
            refused = long if size > MOST_BYTES else ""
            yield Export(number, named.rpartition("/")[2], {} if refused else lines, refused)

    def told(self) -> list[str]:
        """What was not read of the export, in lines for the reader."""
        told = (
            (count, f"{reason}{self._first.get(reason, '')}") for reason, count in self.left.items()
        )
        return [f"{count} lines: {reason}" for count, reason in sorted(told, key=itemgetter(1))]

    # ── First reading ───────────────────────────────────────────────────────────────────────────

    def _note(self, file: int) -> None:
        """Note the patient of every line of a file."""
        stream, start, number = self._streams[file], 0, 0
        while text := stream.readline(_LONGEST + 1):
            size, number = len(text), number + 1
            while not text.endswith(b"\n") and len(text) > _LONGEST:
                text = stream.readline(_LONGEST + 1)
                size += len(text)
            if size > _LONGEST:
                self.left[f"longer than {_LONGEST} bytes"] += 1
            elif text.strip():
                self._note_line(text, (file, number, start, size))
            start += size

    def _note_line(self, text: bytes, place: tuple[int, int, int, int]) -> None:
        if not READ.intersection(each.decode() for each in _TYPE.findall(text)):
            self.left["of a type that a case has no place for"] += 1
            return
        try:
            data = parse_json(text.decode("utf-8-sig"))
        except (UsageError, UnicodeDecodeError):
            self.left[_NO_JSON] += 1
            self._first.setdefault(_NO_JSON, f" (first: {self._place(*place[:2])})")
            return
        kind = data.get("resourceType") if isinstance(data, dict) else None
        if not isinstance(data, dict) or kind not in READ:
            self.left["of a type that a case has no place for"] += 1
        elif kind == "Medication":
            key = _hash(f"Medication/{data.get('id')}")
            self._data.execute("INSERT INTO medication VALUES (?, ?, ?, ?, ?)", (key, *place))
        elif not (named := _patient_of(data)):
            self.left["of no patient that is named by a reference"] += 1
        else:
            row = (self._number(named), *place)
            self._data.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?)", row)

    def _number(self, named: str) -> int:
        """The number of a patient, who may be new."""
        key = _hash(named)
        self._data.execute("INSERT OR IGNORE INTO patient (key) VALUES (?)", (key,))
        found = self._data.execute("SELECT number FROM patient WHERE key = ?", (key,)).fetchone()
        return int(found[0])

    # ── Second reading ──────────────────────────────────────────────────────────────────────────

    def _lines_of(self, patient: int, most: int) -> Iterator[tuple[str, bytes]]:
        """The lines of a patient, at most so many, and of the products that they refer to."""
        rows = self._data.execute(
            "SELECT file, number, start, size FROM line WHERE patient = ? "
            "ORDER BY file, number LIMIT ?",
            (patient, most),
        ).fetchall()
        products: dict[bytes, None] = {}
        for file, number, start, size in rows:
            text = self._read(file, start, size)
            products |= dict.fromkeys(_products_of(text))
            yield self._place(file, number), text
        for key in products:
            for file, number, start, size in self._data.execute(
                "SELECT file, number, start, size FROM medication WHERE key = ?", (key,)
            ).fetchall():
                yield self._place(file, number), self._read(file, start, size)

    def _place(self, file: int, number: int) -> str:
        return f"{self._files[file].name} line {number}"

    def _read(self, file: int, start: int, size: int) -> bytes:
        stream: IO[bytes] = self._streams[file]
        stream.seek(start)
        return stream.read(size)


_PRODUCT: Final = re.compile(rb'"reference"\s*:\s*"[^"]{0,300}?(Medication/[A-Za-z0-9.-]{1,64})')


def _products_of(text: bytes) -> list[bytes]:
    return [_hash(each.decode()) for each in _PRODUCT.findall(text)]


def _patient_of(data: object) -> str:
    """The reference that stands for the patient of a resource; empty where there is none."""
    if not isinstance(data, dict):
        return ""
    if data.get("resourceType") == "Patient":
        identifier = data.get("id")
        return f"Patient/{identifier}" if isinstance(identifier, str) and identifier else ""
    subject = data.get("subject", data.get("patient"))
    reference = subject.get("reference") if isinstance(subject, dict) else None
    plain = reference.partition("/_history/")[0] if isinstance(reference, str) else ""
    parts = plain.rsplit("/", 2)
    return "/".join(parts[-2:]) if len(parts) > 1 and parts[-2] == "Patient" else plain


def _hash(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "backslashreplace"), digest_size=16).digest()
