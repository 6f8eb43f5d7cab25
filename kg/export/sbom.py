"""The software that wrote the files, as a bill of materials in CycloneDX 1.6, with the jars in it.

https://cyclonedx.org/docs/1.6/json/. What is told is what is installed: each distribution that the
project asks for, directly or not, with its licence, and every jar that one of them carries with
its SHA-256, for scanners look at the names of wheels alone; and what the SPARQL editor is made of.
It has no serial number and no time.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from typing import Any, Final

from kg.export.source import STEM, Source
from kg.model.resources import package_dir

Json = Any
"""A part of a document; its shape is that of the schema of CycloneDX."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA: Final = re.compile(r"\bextra\s*==")
_RELEASE: Final = re.compile(r'^JAVA_VERSION="([^"]+)"', re.MULTILINE)
_EDITOR: Final = "editor-licences.txt"
_TITLE: Final = re.compile(r"^(\S+) (\S+) \((.+)\)\n=+$", re.MULTILINE)
"""The name, version and licence of a package in that file."""
_LICENCE: Final = "License :: "
_EXPRESSION: Final = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")


def sbom(_source: Source) -> dict[str, bytes]:
    """The installed software, sorted by name, and what each needs."""
    found = installed(STEM)
    root = found.pop(STEM)
    scripts = list(_editor())
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component(root, "application")},
        "components": [*(_component(each, "library") for each in found.values()), *scripts],
        "dependencies": list(_dependencies({STEM: root} | found, scripts)),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return {f"{STEM}.cdx.json": f"{text}\n".encode()}


def installed(name: str) -> dict[str, Distribution]:
    """A distribution and all that it needs and that is installed, by name, sorted."""
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            try:
                found[each] = distribution(each)
            except PackageNotFoundError:
                continue  # asked for on another system
            waiting += _needs(found[each])
    return dict(sorted(found.items()))


def _needs(each: Distribution) -> list[str]:
    """The names of what a distribution asks for without any extra."""
    asked = (text for text in each.requires or () if not _EXTRA.search(text))
    return sorted({_normal(match[0]) for text in asked if (match := _NAME.match(text))})


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _reference(each: Distribution) -> str:
    return f"pkg:pypi/{_normal(each.name)}@{each.version}"


def _component(each: Distribution, kind: str) -> Json:
    reference = _reference(each)
    component = {
        "type": kind,
        "bom-ref": reference,
        "name": each.name,
        "version": each.version,
        "licenses": _licences(each),
        "purl": reference,
        "components": [*_jars(each), *_runtime(each)],
    }
    return {key: value for key, value in component.items() if value}


def _licences(each: Distribution) -> Json:
    """The licence as an expression of SPDX where the distribution has one, else as it says it."""
    asked = ("License-Expression", "License")
    said = next((text for name in asked for text in each.metadata.get_all(name) or ()), "")
    if _EXPRESSION.fullmatch(said):
        return [{"expression": said}]
    kinds = each.metadata.get_all("Classifier") or ()
    names = [kind.rpartition(" :: ")[2] for kind in kinds if kind.startswith(_LICENCE)]
    return [{"license": {"name": name}} for name in names or said.splitlines()[:1]]


def _jars(each: Distribution) -> Iterator[Json]:
    for path in sorted(each.files or (), key=str):
        if path.suffix == ".jar":
            jar = {"type": "library", "bom-ref": f"{_reference(each)}#{path}", "name": str(path)}
            yield jar | ({"hashes": [_hash(path)]} if path.hash else {})


def _hash(path: PackagePath) -> Json:
    value = path.hash.value if path.hash else ""
    digest = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()
    return {"alg": "SHA-256", "content": digest}


def _runtime(each: Distribution) -> Iterator[Json]:
    """The Java that a distribution carries."""
    for path in each.files or ():
        if path.name == "release" and (found := _RELEASE.search(path.read_text())):
            reference = f"{_reference(each)}#{path.parent}"
            yield {
                "type": "platform",
                "bom-ref": reference,
                "name": "OpenJDK",
                "version": found[1],
            }


def _editor() -> Iterator[Json]:
    """The packages of npm that the SPARQL editor of the pages is made of, where it is packed."""
    path = package_dir() / "pages" / "editor" / _EDITOR
    for name, version, licence in _TITLE.findall(path.read_text()) if path.is_file() else ():
        reference = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        yield {
            "type": "library",
            "bom-ref": reference,
            "name": name,
            "version": version,
            "licenses": [{"expression": licence}],
            "purl": reference,
        }


def _dependencies(found: Mapping[str, Distribution], scripts: Sequence[Json]) -> Iterator[Json]:
    """What each needs; the scripts of pages are the project's own."""
    sent = [each["bom-ref"] for each in scripts]
    for name, each in found.items():
        needed = [_reference(found[other]) for other in _needs(each) if other in found]
        yield {"ref": _reference(each), "dependsOn": [*needed, *(sent if name == STEM else ())]}
    yield from ({"ref": each, "dependsOn": []} for each in sent)
