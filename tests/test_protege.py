"""The Protégé desktop opens the ontology, places classes, answers a question and gives reasons.

`make test-protege` puts Protégé together and runs these tests. What is seen stays as pictures under
`build/protege/pictures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fetching import there_or_skip
from protege.desktop import Desktop, opened
from protege.fetch import missing_protege
from servers import serving_built
from waiting import wait_for_address

from kg.compile import builder
from kg.model import resources

pytestmark = pytest.mark.protege

QUERY = "'may cause' value 'raised ALP' and 'raises from' value 'liver or bile ducts as a source'"
TAB = (392, 115)
"""Where the tab of DL queries is."""
SUPERCLASSES, SUBCLASSES = (1388, 362), (1388, 434)
"""Where the boxes are that ask for what a class is, and for what is such a class."""
AXIOM = (410, 389)
"""Where a row of an explanation is; who points at it is shown what stands behind the axiom."""
CASE = (
    "case and ('has condition' some 'multiple myeloma')"
    " and ('has observation' some 'raised serum ALP result')"
)
MENU = ("F10", "Right", "Right", "Right")
"""The keys that open the menu of reasoners: ELK is its second line, HermiT its third."""


@pytest.fixture(autouse=True)
def _there() -> None:
    there_or_skip(missing_protege())


def reason(desktop: Desktop, name: str) -> None:
    """Choose a reasoner and start it."""
    lines = {"ELK": 2, "HermiT": 3}[name]
    desktop.press(*MENU, *["Down"] * lines, "Return", "ctrl+r")
    desktop.waits_for(f"Ontologies processed in [0-9]+ ms by {name}")
    desktop.settle()


def ask(desktop: Desktop, query: str) -> None:
    """Ask on the tab of DL queries, which is shown."""
    desktop.click(1024, 200)
    desktop.write(query)
    desktop.click(520, 248)
    desktop.waits_for("Computed results for")
    desktop.settle()


def explanation(desktop: Desktop) -> str:
    """The title of the window that explains the first row of an answer, as soon as it is filled."""
    desktop.click(1355, 336)
    title = desktop.window("^Explanation for")
    desktop.waits_for("A total of [0-9]+ explanations? ha(s|ve) been computed")
    desktop.settle()
    return title


def test_a_file_is_opened_asked_and_explained(tmp_path: Path) -> None:
    """By its catalogue, with HermiT: every import is found, and an inference has its axioms."""
    place = resources.ontology_dir() / "etiograph.ttl"

    with opened(str(place), tmp_path) as desktop:
        desktop.picture("file-opened")
        reason(desktop, "HermiT")
        desktop.click(*TAB)
        ask(desktop, QUERY)
        desktop.picture("file-asked")
        title = explanation(desktop)
        desktop.picture("file-explained")
        desktop.point(*AXIOM)
        desktop.picture("file-evidence")

    assert "could not be" not in desktop.text()
    assert re.search(r"Explanation for '.+' SubClassOf \('may cause' value 'raised ALP'\)", title)


@pytest.fixture(name="address")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the ontology on a server that has sent it once."""
    builder.ready()
    with serving_built(tmp_path_factory.mktemp("server") / "log") as server:
        wait_for_address(f"{server.url}/ontology")
        yield f"{server.url}/ontology"


def test_an_address_is_opened_and_asked(address: str, tmp_path: Path) -> None:
    """From our server, with ELK: one ontology with nothing to import, in which a case is asked."""
    with opened(address, tmp_path) as desktop:
        desktop.picture("address-opened")
        reason(desktop, "ELK")
        desktop.picture("address-reasoned")
        desktop.click(*TAB)
        desktop.click(*SUPERCLASSES)
        desktop.click(*SUBCLASSES)
        ask(desktop, CASE)
        desktop.picture("address-asked")
        title = explanation(desktop)
        desktop.picture("address-explained")

    assert "Imported ontology document" not in desktop.text()
    assert title.endswith("SubClassOf 'case for a liver function panel'")
