"""Completion in the shell: a press of the key in a real bash writes names of the graph."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import COMPLETES, main
from kg.model import resources

BASH = shutil.which("bash")
COMMAND = f"""#!{sys.executable}
import sys
sys.argv[0] = "kg"
from kg.cli import main
main()
"""
READY = "ready> "
TYPED = {
    "a command": ("kg compl\t", "kg completion "),
    "an option": ("kg ask --find\t", "kg ask --finding "),
    "a name of two words": ("kg ask --has osteit\t", r"kg ask --has osteitis\ deformans "),
    "a name in quotes": ('kg ask --has "osteit\t', 'kg ask --has "osteitis deformans" '),
    "a drug": ("kg ask --drug bortezomib\\ t\t", r"kg ask --drug bortezomib\ t"),
    "a marker": ("kg ask --lab iPT\t", "kg ask --lab iPTH="),
    "a result": ("kg ask --lab alp=h\t", "kg ask --lab alp=high "),
    "a result in quotes": ('kg ask --lab "alp=h\t', 'kg ask --lab "alp=high" '),
    "an answer": ("kg ask --finding pregnancy=u\t", "kg ask --finding pregnancy=unknown "),
    "a sex": ("kg ask --sex f\t", "kg ask --sex female "),
    "a finding that can be asked about": ("kg ask --about rai\t", r"kg ask --about raised\ ALP "),
    "a name behind a question": ("kg ask why --has osteit\t", r"why --has osteitis\ deformans "),
}


@pytest.fixture(name="shell", scope="module")
def _shell(tmp_path_factory: pytest.TempPathFactory, knowledge: object) -> Iterator[int]:
    """Give the terminal of a bash that completes kg."""
    assert knowledge is not None
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "kg"
    command.write_text(COMMAND)
    command.chmod(0o755)
    (folder / "rc").write_text(f"PS1='{READY}'\nbind 'set enable-bracketed-paste off'\n")
    with (folder / "rc").open("a") as file:
        file.write(CliRunner().invoke(main, ["completion", "bash"]).output)
    root = str(resources.package_dir().parent)
    path = {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": root, "TERM": "dumb"}
    terminal, other = pty.openpty()
    started = [BASH or "bash", "--noprofile", "--rcfile", str(folder / "rc"), "-i"]
    with subprocess.Popen(
        started, stdin=other, stdout=other, stderr=other, env=os.environ | path, cwd=root,
        start_new_session=True,
    ) as process:  # fmt: skip
        os.close(other)
        _read(terminal, READY)
        yield terminal
        process.kill()
        os.close(terminal)


def _read(terminal: int, until: str) -> str:
    """What a terminal shows, up to some text or until it has been still for a while."""
    shown = ""
    while until not in shown and select.select([terminal], [], [], 6)[0]:
        shown += re.sub(r"\x1b\[[?\d;]*[a-zA-Z]|\x07|\r", "", os.read(terminal, 4096).decode())
    return shown


@pytest.mark.skipif(BASH is None, reason="there is no bash")
@pytest.mark.parametrize("kind", TYPED)
def test_a_press_of_the_key(kind: str, shell: int) -> None:
    """Commands, options, terms, results and drugs are completed in bash, quoted as typed."""
    typed, whole = TYPED[kind]

    os.write(shell, typed.encode())
    shown = _read(shell, whole)
    os.write(shell, b"\x15echo next\n")
    _read(shell, f"next\n{READY}")

    assert whole in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str) -> None:
    """Each shell is given a script that asks kg by the variable that kg knows."""
    result = CliRunner().invoke(main, ["completion", shell])

    assert result.exit_code == 0
    assert COMPLETES in result.output


def test_without_a_graph_nothing_is_offered(tmp_path: Path) -> None:
    """Where no graph was built, completion offers no name, builds nothing and says nothing."""
    env = {COMPLETES: "bash_complete", "KG_COMPLETE_LINE": "kg ask --has mul"}
    code = "import sys; sys.argv[0] = 'kg'; from kg.cli import main; main()"

    result = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | env | {"KG_CACHE": str(tmp_path / "none")},
        capture_output=True,
        check=False,
    )

    assert result.stdout.strip() == result.stderr == b""
    assert not (tmp_path / "none").exists()
