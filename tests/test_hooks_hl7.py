"""What HL7's own validator says of our services and cards, and we of HL7's test requests.

`make test-servers` fetches the validator where it can, and runs these tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest
from fetching import there_or_skip
from hl7.fetch import CASES, missing_hl7
from test_hooks import ALENDRONATE, LOWERED, RAISED, UNKNOWN, Hooks, bundle, request, result

from kg.hooks.services import services
from kg.store.knowledge import KnowledgeGraph

pytestmark = [pytest.mark.servers, pytest.mark.jvm]

VALIDATE = Path(__file__).resolve().parent / "hl7" / "validate.py"
MODELS = {part: f"CDSHooks{part.capitalize()}" for part in ("request", "response", "services")}
INSIDE = "org/hl7/fhir/testcases/validator"
OUTCOMES = f"{INSIDE}/outcomes/java/R4.cdshooks"
HOLDS_RESOURCES = "suggestion"
"""In the name of the message of which HL7's outcome is about a resource of FHIR R4 in it."""


@pytest.fixture(name="cases", scope="module")
def _cases() -> dict[str, tuple[bytes, bool]]:
    """Give the messages of HL7's test cases, by name, and whether HL7 finds them right."""
    there_or_skip(missing_hl7())
    with ZipFile(CASES) as held:
        manifest = json.loads(held.read(f"{INSIDE}/manifest.json"))
        return {
            each["file"]: (
                held.read(f"{INSIDE}/{each['file']}"),
                not _errors(json.loads(held.read(f"{INSIDE}/outcomes/{each['logical']['java']}"))),
            )
            for each in manifest["test-cases"]
            if each.get("module") == "cdshooks"
        }


def _errors(outcome: dict[str, Any]) -> list[dict[str, Any]]:
    issues = outcome.get("outcome", outcome).get("issue", [])
    return [each for each in issues if each["severity"] in ("fatal", "error")]


def _validated(folder: Path, messages: dict[str, tuple[str, bytes]]) -> dict[str, list[str]]:
    """The errors of each message, by its name; each is given with its kind."""
    named = {}
    for number, (name, (kind, content)) in enumerate(messages.items()):
        path = folder / f"{number}.json"
        path.write_bytes(content)
        named[str(path)] = name, f"{MODELS[kind]}={path}"
    command = [sys.executable, str(VALIDATE), str(CASES), *(each for _, each in named.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return {named[path][0]: errors for path, errors in json.loads(done.stdout).items()}


def test_the_validator_finds_what_hl7_says(
    cases: dict[str, tuple[bytes, bool]], tmp_path: Path
) -> None:
    """It tells HL7's right messages of services from the wrong ones, so its word on ours counts."""
    messages = {
        name: (kind, content)
        for name, (content, _) in cases.items()
        for kind in ("response", "services")
        if f"-{kind}-" in name and HOLDS_RESOURCES not in name
    }

    found = _validated(tmp_path, messages)

    assert len(found) >= 9
    assert {name: not errors for name, errors in found.items()} == {
        name: cases[name][1] for name in found
    }


def test_our_services_and_cards_are_right(knowledge: KnowledgeGraph, tmp_path: Path) -> None:
    """HL7's validator finds no error in what is discovered, nor in cards of every kind."""
    there_or_skip(missing_hl7())
    hooks = Hooks(knowledge)
    offered = msgspec.json.encode({"services": services(knowledge)})
    unusable = {**RAISED, "results": bundle(result("6768-6", None))}
    asked = {
        "chart": request("patient-view", RAISED),
        "chart that could not be judged": request("patient-view", unusable),
        "caution": request("order-sign", LOWERED, ALENDRONATE),
        "not checked": request("order-select", LOWERED, ALENDRONATE, UNKNOWN),
    }
    cards = {name: {"cards": hooks.cards(each)} for name, each in asked.items()}

    messages = {name: ("response", json.dumps(each).encode()) for name, each in cards.items()}
    found = _validated(tmp_path, {"offered": ("services", offered), **messages})

    assert all(each["cards"] for each in cards.values())
    assert found == {name: [] for name in ("offered", *cards)}


def test_requests_are_taken_as_hl7_judges_them(
    cases: dict[str, tuple[bytes, bool]], knowledge: KnowledgeGraph
) -> None:
    """A request that HL7 finds right has cards or is told what to send, and a wrong one is 400."""
    hooks = Hooks(knowledge)
    requests = {name: each for name, each in cases.items() if "-request-" in name}

    assert len(requests) >= 9
    for name, (content, is_right) in requests.items():
        status, _ = hooks(json.loads(content))
        assert status in ((200, 412) if is_right else (400,)), name
