"""What the wheel carries besides code: ontology, queries, the SPARQL editor and a built graph."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PRODUCT = Path("build/product")
POINTER = "CURRENT"
READ = frozenset({".md", ".png", ".svg"})
BESIDE = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
"""The pages beside the folder of the documentation that `kg serve` shows (`kg.pages.docs`)."""


class DataHook(BuildHookInterface[Any]):
    """Puts the data where `kg.model.resources` looks for them in an installed package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the data folders; an editable install reads them from the checkout instead."""
        if version == "editable":
            return
        self._pack_editor()
        included: dict[str, str] = build_data["force_include"]
        wheel = self.target_name == "wheel"
        included |= self._built_graph(f"kg/_data/{PRODUCT.name}" if wheel else PRODUCT.as_posix())
        if wheel:
            included["ontology"] = "kg/_data/ontology"
            included["queries"] = "kg/_data/queries"
            included |= self._documentation()

    def _built_graph(self, target: str) -> dict[str, str]:
        """The version of the graph in use, and what names it; an archive of the sources has both.

        So a wheel made of the archive is the wheel made of the checkout.
        """
        pointer = Path(self.root) / PRODUCT / POINTER
        if not pointer.is_file():
            self.app.display_info(
                f"No built graph in {PRODUCT}: the first question will build it. "
                "`make wheel` builds the graph first."
            )
            return {}
        names = (POINTER, pointer.read_text("ascii").strip())
        return {f"{PRODUCT.as_posix()}/{name}": f"{target}/{name}" for name in names}

    def _documentation(self) -> dict[str, str]:
        """The pages and pictures that `kg serve` shows, which stand as in the checkout."""
        root = Path(self.root)
        found = [*(root / name for name in BESIDE), *(root / "docs").rglob("*.*")]
        names = (path.relative_to(root).as_posix() for path in found if path.suffix in READ)
        return {name: f"kg/_data/{name}" for name in names}

    def _pack_editor(self) -> None:
        """Pack the SPARQL editor where it is missing and npm is there.

        Without it the page keeps its plain form. What npm fetches and is not what the lists say
        ends the build.
        """
        editor = _module(Path(self.root) / "editor" / "pack.py")
        if not editor.missing():
            return
        npm = editor.system_npm()
        if npm is None:
            self._say_without("there is no npm on this machine")
            return
        try:
            editor.pack(npm)
        except editor.UnavailableError as error:
            self._say_without(error)

    def _say_without(self, reason: object) -> None:
        self.app.display_info(
            f"No SPARQL editor: {reason}. The page keeps its plain form. `make editor` packs it."
        )


def _module(path: Path) -> ModuleType:
    """A module of the checkout that is not a part of the package."""
    found = importlib.util.spec_from_file_location(path.stem, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
