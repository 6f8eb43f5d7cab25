"""What the wheel carries besides code: the ontology, the queries and, once built, the graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PRODUCT = "build/product"


class DataHook(BuildHookInterface[Any]):
    """Puts the data where `kg.model.resources` looks for them in an installed package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the data folders; an editable install reads them from the checkout instead."""
        if self.target_name != "wheel" or version == "editable":
            return
        included: dict[str, str] = build_data["force_include"]
        included["ontology"] = "kg/_data/ontology"
        included["queries"] = "kg/_data/queries"
        if (Path(self.root) / PRODUCT).is_dir():
            included[PRODUCT] = "kg/_data/product"
        else:
            self.app.display_info(
                f"No built graph in {PRODUCT}: the first question will build it. "
                "`make wheel` builds the graph first."
            )
