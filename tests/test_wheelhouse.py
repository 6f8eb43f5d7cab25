"""An installation without a network: packages in a folder, an empty environment, an answer."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from packing import asked, build, copied_checkout, with_graph
from wheelhouse import VERSIONS, missing, packages, python

pytestmark = pytest.mark.servers

SMOKE = """
import kg
graph = kg.load()
answer = graph.ask("multiple myeloma", alp="high", ggt="normal")
assert answer.causes and answer.why(answer.causes[0].label) and answer.render("json")
rows = graph.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
print(len(answer.causes), len(list(rows)))
"""


@pytest.fixture(name="wheel", scope="module")
def _wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the wheel of the checkout, with a graph."""
    folder = tmp_path_factory.mktemp("wheel")
    return build(with_graph(copied_checkout(root, folder / "checkout")), "wheel")[0]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_installation_without_a_network(version: str, wheel: Path, tmp_path: Path) -> None:
    """An empty environment that may ask no index installs the wheel, and answers at once."""
    if why := missing(version):
        pytest.skip(why)
    home = tmp_path / "venv"
    subprocess.run((str(python(version)), "-I", "-m", "venv", str(home)), check=True)
    within = home / "bin" / "python"
    offline = ("--quiet", "--no-compile", "--no-index", "--find-links", str(packages(version)))
    pip = (str(within), "-I", "-m", "pip", "--disable-pip-version-check", "install")

    subprocess.run((*pip, *offline, str(wheel)), check=True)
    said, beside = asked(within, tmp_path / "home", {})

    assert said.startswith("Causes of a raised ALP")
    assert beside == ""
    smoke = subprocess.run((str(within), "-I", "-c", SMOKE), check=True, capture_output=True)
    assert int(smoke.stdout.split()[0]) > 5
