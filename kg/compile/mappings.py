"""Codes of other terminologies: SSSOM files as values, and as the triples of the mappings graph.

SSSOM (https://mapping-commons.github.io/sssom/) is a table of tab-separated values under a header
of comments. Only what these files need is read; everything else is refused with its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.model.errors import SourceSyntaxError
from kg.model.rdf import Triple
from kg.model.vocabulary import EG, IRI, PREFIXES, RDF, RDFS, SKOS, Literal, expand

PREDICATES: Final = {
    f"skos:{name}": expand(f"skos:{name}")
    for name in ("exactMatch", "narrowMatch", "broadMatch", "closeMatch", "relatedMatch")
} | {
    "eg:recordedAs": EG.recordedAs,
    "eg:askedBy": EG.askedBy,
    "eg:deniedBy": EG.deniedBy,
}
"""The relations that a mapping may state; `narrowMatch` says that the code is narrower."""

NO_TERM_FOUND: Final = "sssom:NoTermFound"
"""What stands for the code where a terminology was searched and has none."""

REQUIRED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
COLUMNS: Final = frozenset(
    {
        *REQUIRED,
        "author_id",
        "code_qualifier",
        "comment",
        "confidence",
        "mapping_date",
        "object_label",
        "object_source",
        "object_source_version",
        "predicate_modifier",
        "subject_label",
    }
)
"""The columns that are read; a misspelt one would otherwise lose its content in silence."""

_KEY: Final = re.compile(r"(?P<indent> *)(?P<key>[A-Za-z][\w.-]*):(?:\s+(?P<value>.*))?")
_ITEM: Final = re.compile(r"\s*-\s+\S.*")
_CURIE: Final = re.compile(r"(?P<prefix>[A-Za-z][\w.-]*):(?P<code>[\w.+-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeMapping:
    """One row: how a term of this ontology relates to a code of another terminology."""

    subject: IRI
    predicate: IRI
    code: str
    object: IRI
    object_label: str
    justification: IRI
    negated: bool = False
    comment: str = ""
    qualifier: str = ""
    """What the code says besides the term."""

    @property
    def found(self) -> bool:
        """Whether there is a code at all."""
        return self.code != NO_TERM_FOUND


@dataclass(frozen=True, slots=True)
class MappingSet:
    """One SSSOM file."""

    path: Path
    metadata: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    mappings: tuple[CodeMapping, ...] = ()

    @property
    def terminology(self) -> str | None:
        """The prefix of the codes where all are of one terminology, as those of words are not."""
        found = {each.code.partition(":")[0] for each in self.mappings if each.found}
        return found.pop() if len(found) == 1 else None


def read_mappings(folder: Path) -> tuple[MappingSet, ...]:
    """Every `*.sssom.tsv` of a folder, in the order of their names."""
    return tuple(read_mapping_set(path) for path in sorted(folder.glob("*.sssom.tsv")))


def read_mapping_set(path: Path) -> MappingSet:
    """The mappings of one file; SourceSyntaxError with the line where it is not as it should be."""
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise SourceSyntaxError(f"not UTF-8: {error.reason}.", path=path) from None
    count = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    metadata, prefixes = _header(path, lines[:count])
    numbered = [
        (number, _mapping(path, number, row, prefixes)) for number, row in _rows(path, lines, count)
    ]
    _refuse_repetition(path, numbered)
    return MappingSet(path, metadata, prefixes, tuple(mapping for _, mapping in numbered))


def triples(sets: Sequence[MappingSet]) -> list[Triple]:
    """The mappings as triples: the relation, and code and name of what it leads to."""
    found: dict[Triple, None] = {}
    for mapping in (mapping for each in sets for mapping in each.mappings):
        if not mapping.found:
            continue
        relation = EG.noMatch if mapping.negated else mapping.predicate
        found[Triple(mapping.subject, relation, mapping.object)] = None
        found[Triple(mapping.object, SKOS.notation, Literal(mapping.code))] = None
        if mapping.object_label:
            label = Literal(mapping.object_label, RDF.langString, "en")
            found[Triple(mapping.object, RDFS.label, label)] = None
        if mapping.qualifier:
            qualifier = Literal(mapping.qualifier, RDF.langString, "en")
            found[Triple(mapping.object, EG.codeQualifier, qualifier)] = None
    return list(found)


def _header(path: Path, lines: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The commented YAML: keys with one value, lists, and the table of prefixes."""
    metadata: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    section = ""
    for number, line in enumerate(lines, 1):
        content = unicodedata.normalize("NFC", line[1:].removeprefix(" ").rstrip())
        if not content or (section and section != "curie_map" and _ITEM.fullmatch(content)):
            continue
        match = _KEY.fullmatch(content)
        if match is None:
            raise SourceSyntaxError(
                f"the header wants `# key: value`; found {content!r}.", path=path, line=number
            )
        value = (match["value"] or "").strip().strip("\"'")
        if not match["indent"]:
            section = "" if value else match["key"]
        target = prefixes if match["indent"] and section == "curie_map" else metadata
        if match["key"] in target:
            raise SourceSyntaxError(f"{match['key']!r} stands twice.", path=path, line=number)
        target[match["key"]] = value
    if not prefixes:
        raise SourceSyntaxError("the header has no curie_map.", path=path, line=1)
    _check_prefixes(path, lines, prefixes)
    metadata.pop("curie_map", None)
    return metadata, prefixes


def _check_prefixes(path: Path, lines: Sequence[str], prefixes: Mapping[str, str]) -> None:
    for prefix, iri in prefixes.items():
        line = next(n for n, text in enumerate(lines, 1) if re.match(rf"# *{prefix}:", text))
        if not re.fullmatch(r"(?:https?://|urn:)[^\s<>\"{}|\\^`]+", iri):
            raise SourceSyntaxError(
                f"prefix {prefix!r} leads to {iri!r}; wanted an absolute IRI.", path=path, line=line
            )
        if PREFIXES.get(prefix, iri) != iri:
            raise SourceSyntaxError(
                f"prefix {prefix!r} stands for <{PREFIXES[prefix]}> here; found <{iri}>.",
                path=path,
                line=line,
            )


def _rows(path: Path, lines: Sequence[str], start: int) -> Iterator[tuple[int, dict[str, str]]]:
    if start >= len(lines) or not lines[start].strip():
        raise SourceSyntaxError("there is no line of column names.", path=path, line=start + 1)
    columns = lines[start].rstrip("\r").split("\t")
    _check_columns(path, start + 1, columns)
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) != len(columns):
            raise SourceSyntaxError(
                f"found {len(cells)} cells; wanted {len(columns)}.", path=path, line=number
            )
        yield number, dict(zip(columns, (cell.strip() for cell in cells), strict=True))


def _check_columns(path: Path, line: int, columns: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    for words, names in (
        ("column missing", missing),
        ("column not known", unknown),
        ("column given twice", twice),
    ):
        if names:
            raise SourceSyntaxError(f"{words}: {', '.join(names)}.", path=path, line=line)


def _mapping(
    path: Path, line: int, row: Mapping[str, str], prefixes: Mapping[str, str]
) -> CodeMapping:
    predicate = PREDICATES.get(row["predicate_id"])
    if predicate is None:
        known = ", ".join(PREDICATES)
        raise SourceSyntaxError(
            f"predicate_id is {row['predicate_id']!r}; wanted one of {known}.", path=path, line=line
        )
    modifier = row.get("predicate_modifier", "")
    if modifier not in ("", "Not"):
        raise SourceSyntaxError(
            f"predicate_modifier is {modifier!r}; wanted Not or nothing.", path=path, line=line
        )
    return CodeMapping(
        subject=_expanded(path, line, row["subject_id"], prefixes),
        predicate=predicate,
        code=row["object_id"],
        object=_expanded(path, line, row["object_id"], prefixes),
        object_label=row.get("object_label", ""),
        justification=_expanded(path, line, row["mapping_justification"], prefixes),
        negated=modifier == "Not",
        comment=row.get("comment", ""),
        qualifier=row.get("code_qualifier", ""),
    )


def _expanded(path: Path, line: int, curie: str, prefixes: Mapping[str, str]) -> IRI:
    match = _CURIE.fullmatch(curie)
    if match is None:
        raise SourceSyntaxError(
            f"found {curie!r}; wanted a code with its prefix.", path=path, line=line
        )
    known = {"semapv": PREFIXES["semapv"], "sssom": PREFIXES["sssom"], **prefixes}
    if match["prefix"] not in known:
        raise SourceSyntaxError(
            f"the prefix of {curie!r} is not in the curie_map; it has {', '.join(prefixes)}.",
            path=path,
            line=line,
        )
    return IRI(known[match["prefix"]] + match["code"])


def _refuse_repetition(path: Path, numbered: Sequence[tuple[int, CodeMapping]]) -> None:
    seen: set[tuple[str, str]] = set()
    for line, mapping in numbered:
        pair = (mapping.subject, mapping.code)
        if mapping.found and pair in seen:
            raise SourceSyntaxError(
                f"{mapping.code} is mapped twice to the same term.", path=path, line=line
            )
        seen.add(pair)
