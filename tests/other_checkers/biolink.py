"""What the model of Biolink objects to in nodes and edges of KGX, as JSON; empty where nothing.

Run with the Python that `fetch.py` makes: `python biolink.py NODES EDGES`, both JSON Lines. The
model is the one in the wheel; nothing is fetched.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def toolkit() -> Any:  # noqa: ANN401 - the library has no types
    """The toolkit with the model of the wheel, instead of the addresses that it asks."""
    import biolink_model
    from bmt import Toolkit

    schema = Path(next(iter(biolink_model.__path__))) / "schema" / "biolink_model.yaml"
    return Toolkit(str(schema), {"predicate mappings": []})


def objections(nodes: Path, edges: Path) -> Iterator[str]:
    """One line for each thing that is not in the model."""
    tool = toolkit()
    kinds = {}
    for line in nodes.read_text("utf-8").splitlines():
        node = json.loads(line)
        kinds[node["id"]] = node["category"]
        yield from _of_node(tool, node)
    for line in edges.read_text("utf-8").splitlines():
        yield from _of_edge(tool, json.loads(line), kinds)


def _of_node(tool: Any, node: dict[str, Any]) -> Iterator[str]:  # noqa: ANN401 - as above
    for category in node["category"]:
        if not tool.is_category(category):
            yield f"{category} is no category"
        prefixes = tool.get_element(category).id_prefixes
        if prefixes and node["id"].partition(":")[0] not in prefixes:
            yield f"{node['id']} names no {category}"


def _of_edge(
    tool: Any,  # noqa: ANN401 - as above
    edge: dict[str, Any],
    kinds: dict[str, list[str]],
) -> Iterator[str]:
    if not tool.is_predicate(edge["predicate"].removeprefix("biolink:").replace("_", " ")):
        yield f"{edge['predicate']} is no predicate"
    for end in ("subject", "object"):
        if edge[end] not in kinds:
            yield f"{edge[end]} is no node"
    for name, enum in (("knowledge_level", "KnowledgeLevelEnum"), ("agent_type", "AgentTypeEnum")):
        if not tool.is_permissible_value_of_enum(enum, edge[name]):
            yield f"{edge[name]} is no {name}"
    for name in edge:
        if name.endswith("_qualifier") and not tool.is_qualifier(name.replace("_", " ")):
            yield f"{name} is no qualifier"
        if tool.get_element(name.replace("_", " ")) is None:
            yield f"{name} is no slot"


if __name__ == "__main__":
    found = list(objections(Path(sys.argv[1]), Path(sys.argv[2])))
    sys.stdout.write(json.dumps(found))
