"""The built graph on disk: whole or not there, checked when read, never silently old."""

from __future__ import annotations

import fcntl
import hashlib
import os
import random
import select
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn
from zlib import crc32

import pytest

from kg.compile.inputs import files_under, inputs_hash
from kg.model.errors import CorruptProductError, NotBuiltError, ProductError, StaleGraphError
from kg.store.artifact import BuildFacts, current, open_artifact, seal_of, versions
from kg.store.artifact_writer import publish, use

# The children only write files and end: they touch no thread that a fork might have left behind.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

FACTS = BuildFacts("2026-01-01T00:00:00Z", {"reasoner": "1"}, {"quads": 2})


def version(number: int) -> str:
    """A name for a version."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def files(number: int) -> dict[str, bytes]:
    """The files of a version; each can be told from those of the others."""
    return {"graph.nq": f"graph {number}\n".encode() * 500, "model.json": b'{"n": %d}' % number}


def put(root: Path, number: int) -> Path:
    """Publish a version of the test."""
    return publish(root, version(number), files(number), FACTS)


def is_whole(root: Path, *numbers: int) -> bool:
    """Whether what is served is exactly one of these versions."""
    found = open_artifact(root)
    return any(found.version == version(n) and found.files() == files(n) for n in numbers)


def test_back_to_the_version_before(tmp_path: Path) -> None:
    """A version that is still there can be the current one again, and is the last to go."""
    for number in (1, 2, 3):
        put(tmp_path, number)

    use(tmp_path, version(1))

    assert current(tmp_path) == version(1)
    assert is_whole(tmp_path, 1)
    put(tmp_path, 4)
    assert versions(tmp_path) == (version(4), version(1), version(3))


def test_no_way_to_what_is_not_there(tmp_path: Path) -> None:
    """A version that is gone does not become the current one."""
    put(tmp_path, 1)

    with pytest.raises(ProductError):
        use(tmp_path, version(2))
    assert current(tmp_path) == version(1)


def test_round_trip(tmp_path: Path) -> None:
    """What was published is what is read, with the facts of its build."""
    put(tmp_path, 1)

    found = open_artifact(tmp_path, version(1))

    assert (found.graph, found.model) == (files(1)["graph.nq"], files(1)["model.json"])
    said = found.manifest
    assert (said.built_at, said.versions, said.counts) == (
        FACTS.built_at,
        FACTS.versions,
        FACTS.counts,
    )
    assert found.notice == ""


def test_nothing_built(tmp_path: Path) -> None:
    """Where nothing was published, the message says how to build."""
    for wanted in (None, version(1)):
        with pytest.raises(NotBuiltError, match="kg build"):
            open_artifact(tmp_path / "none", wanted)


def test_stale(tmp_path: Path) -> None:
    """A graph built from other sources is never given to a caller who says what it wants."""
    put(tmp_path, 1)

    with pytest.raises(StaleGraphError, match=version(1)[:12]):
        open_artifact(tmp_path, version(2))


def test_earlier_version_again(tmp_path: Path) -> None:
    """Sources that return to an earlier state find the graph that was built from it."""
    put(tmp_path, 1)
    put(tmp_path, 2)

    assert open_artifact(tmp_path, version(1)).graph == files(1)["graph.nq"]


def test_keeps_three(tmp_path: Path) -> None:
    """The last three versions stay, older ones go."""
    for number in range(5):
        put(tmp_path, number)

    kept = {path.name for path in tmp_path.iterdir() if path.is_dir()}

    assert kept == {version(2), version(3), version(4)}


def test_same_version_twice(tmp_path: Path) -> None:
    """Publishing a version that is there leaves its files as they are."""
    folder = put(tmp_path, 1)
    before = (folder / "graph.nq").stat().st_ino

    put(tmp_path, 1)

    assert (folder / "graph.nq").stat().st_ino == before


@pytest.mark.parametrize("name", ["graph.nq", "model.json", "manifest.json", "manifest.sha256"])
def test_flipped_bits(tmp_path: Path, name: str) -> None:
    """Any flipped bit in any file is noticed."""
    path = put(tmp_path, 1) / name
    whole = path.read_bytes()
    chance = random.Random(name)
    for _ in range(50):
        place = chance.randrange(len(whole))
        path.write_bytes(
            whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
        )

        with pytest.raises(CorruptProductError):
            open_artifact(tmp_path, version(1)).files()


@pytest.mark.parametrize("name", ["graph.nq", "model.json", "manifest.json", "manifest.sha256"])
def test_cut_or_gone(tmp_path: Path, name: str) -> None:
    """A file that is cut short or gone is noticed."""
    path = put(tmp_path, 1) / name
    for content in (path.read_bytes()[:-1], b""):
        path.write_bytes(content)
        with pytest.raises(CorruptProductError):
            open_artifact(tmp_path, version(1)).files()
    path.unlink()

    with pytest.raises(CorruptProductError):
        open_artifact(tmp_path, version(1)).files()


def test_a_file_is_checked_when_it_is_read(tmp_path: Path) -> None:
    """Damage to one file is no reason to refuse another, and is found as soon as it is read."""
    (put(tmp_path, 1) / "graph.nq").write_bytes(b"damaged")

    found = open_artifact(tmp_path, version(1))

    assert found.model == files(1)["model.json"]
    with pytest.raises(CorruptProductError, match=r"graph\.nq is not the file"):
        found.read("graph.nq")


def test_the_hash_decides(tmp_path: Path) -> None:
    """Where all files are read, one whose quick check was made to fit is found by its hash."""
    folder = put(tmp_path, 1)
    altered = b"altered!"
    text = (folder / "manifest.json").read_text()
    entry = open_artifact(tmp_path, version(1)).manifest.files["model.json"]
    (folder / "model.json").write_bytes(altered[: entry.size])
    text = text.replace(str(entry.crc32), str(crc32(altered[: entry.size])))
    (folder / "manifest.json").write_text(text)
    (folder / "manifest.sha256").write_bytes(seal_of(text.encode()))

    found = open_artifact(tmp_path, version(1))

    assert found.read("model.json") == altered[: entry.size]
    with pytest.raises(CorruptProductError, match=r"model\.json is not the file"):
        found.files()


def test_renamed_version(tmp_path: Path) -> None:
    """A folder under another version's name is noticed."""
    put(tmp_path, 1).rename(tmp_path / version(2))

    with pytest.raises(CorruptProductError, match="holds the version"):
        open_artifact(tmp_path, version(2))


def test_falls_back(tmp_path: Path) -> None:
    """When the newest version is damaged the one before it is used, and the answer says so."""
    put(tmp_path, 1)
    (put(tmp_path, 2) / "graph.nq").write_bytes(b"damaged")

    found = open_artifact(tmp_path)

    assert found.version == version(1)
    assert "an older graph" in found.notice
    assert f"{version(2)}/graph.nq is not the file that was published" in found.notice


def test_nothing_whole(tmp_path: Path) -> None:
    """When no version is whole nothing is served."""
    (put(tmp_path, 1) / "graph.nq").unlink()

    with pytest.raises(CorruptProductError, match="no whole graph is left"):
        open_artifact(tmp_path)


def test_repair(tmp_path: Path) -> None:
    """Publishing a damaged version again makes it whole."""
    (put(tmp_path, 1) / "graph.nq").write_bytes(b"damaged")

    put(tmp_path, 1)

    assert is_whole(tmp_path, 1)


@pytest.mark.parametrize("pointer", [b"", b"../../etc", b"\xff\xff", b"0" * 64])
def test_damaged_pointer(tmp_path: Path, pointer: bytes) -> None:
    """A damaged pointer leads nowhere else: the newest whole version is used."""
    put(tmp_path, 1)
    (tmp_path / "CURRENT").write_bytes(pointer)

    assert open_artifact(tmp_path).version == version(1)


@pytest.mark.parametrize("name", ["../x", "abc", ""])
def test_bad_version(tmp_path: Path, name: str) -> None:
    """A version is named by a hash and by nothing else."""
    with pytest.raises(ProductError, match="64 hexadecimal digits"):
        publish(tmp_path, name, files(1), FACTS)


def test_disk_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full leaves the version before in use, and no rubbish."""
    put(tmp_path, 1)

    def full(_descriptor: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ProductError, match="No space left on device"):
            put(tmp_path, 2)

    assert is_whole(tmp_path, 1)
    assert not list(tmp_path.glob(".tmp-*"))


def test_eight_publishers(tmp_path: Path) -> None:
    """Eight publishers at once all succeed, and one whole version is in use."""
    children = [_child(partial(put, tmp_path, n)) for n in range(8)]

    results = [os.waitpid(child, 0)[1] for child in children]

    assert results == [0] * 8
    assert is_whole(tmp_path, *range(8))
    assert not list(tmp_path.glob(".tmp-*"))


def test_killed_at_every_step(tmp_path: Path) -> None:
    """A kill before or after any system call that writes leaves the old version or the new."""
    put(tmp_path, 0)
    step, status = 0, -1
    while status != 0:
        step += 1
        child = _child(partial(_publish_and_die, tmp_path, step))
        status = os.waitpid(child, 0)[1]

        assert is_whole(tmp_path, *range(step + 1))
        put(tmp_path, 0)

    assert step > 20
    assert not list(tmp_path.glob(".tmp-*"))


def test_killed_at_random(tmp_path: Path) -> None:
    """Forty-eight kills at random moments of a publishing loop always leave a whole version."""
    put(tmp_path, 0)
    chance = random.Random(11)
    for _ in range(48):
        ready, told = os.pipe()
        child = _child(partial(_publish_forever, tmp_path, told))
        select.select([ready], [], [], 5)
        threading.Event().wait(chance.uniform(0, 0.012))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(told)

        assert is_whole(tmp_path, *range(10))

    put(tmp_path, 0)
    assert not list(tmp_path.glob(".tmp-*"))


def test_lock_is_free_after_a_kill(tmp_path: Path) -> None:
    """A killed publisher does not lock out the next one."""
    put(tmp_path, 1)

    with (tmp_path / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_inputs_hash(tmp_path: Path) -> None:
    """One changed byte, name or version changes the hash; nothing else does."""
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    Path(a).write_bytes(b"1")
    Path(b).write_bytes(b"2")
    base = inputs_hash({"a": a, "b": b}, {"java": "25"})

    assert base == inputs_hash({"b": b, "a": a}, {"java": "25"})
    others = [
        inputs_hash({"a": b, "b": a}, {"java": "25"}),
        inputs_hash({"a": a, "c": b}, {"java": "25"}),
        inputs_hash({"a": a}, {"java": "25"}),
        inputs_hash({"a": a, "b": b}, {"java": "26"}),
    ]
    Path(a).write_bytes(b"3")
    others.append(inputs_hash({"a": a, "b": b}, {"java": "25"}))
    assert len({base, *others}) == 6


def test_files_under(tmp_path: Path) -> None:
    """Hidden and made files are left out, and those with another suffix."""
    for name in ("x/a.ttl", "x/sub/b.rq", "x/__pycache__/c.rq", "x/.git/d.ttl", "x/e.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    found = sorted(files_under(str(tmp_path / "x"), ".ttl", ".rq"))

    assert found == [str(tmp_path / "x/a.ttl"), str(tmp_path / "x/sub/b.rq")]


def _child(work: Callable[[], object]) -> int:
    """Run something in a process of its own; gives its id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:  # noqa: BLE001 - a child of the test must not run the parent's handlers
        os._exit(1)
    os._exit(0)


def _publish_forever(root: Path, told: int) -> None:
    os.write(told, b".")
    number = 0
    while True:
        number = (number + 1) % 10
        put(root, number)


def _publish_and_die(root: Path, fatal: int) -> None:
    """Publish a new version, and die before the call number `fatal` that touches the disk."""
    steps = 0

    def counted(call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object, **options: object) -> object:
            nonlocal steps
            steps += 1
            if steps == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return wrapped

    for name in ("fsync", "rename", "replace", "mkdir", "open", "utime", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))
    put(root, fatal)
