"""Reads an export with the tools of others and prints what each found, as JSON.

Run with the Python that `fetch.py` makes: `python read.py FOLDER`. It imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

TERM = "eg:PagetDiseaseOfBone"
BELOW = "eg:HepaticAmyloidosis"


def sssom(folder: Path) -> dict[str, Any]:
    """Of each set of mappings its rows, those that deny, and what the validator says."""
    from sssom.constants import SchemaValidationType
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    found = {}
    for path in sorted(folder.glob("mappings/*.tsv")):
        parsed = parse_sssom_table(str(path))
        results = validate(parsed, [SchemaValidationType.JsonSchema], fail_on_error=False)
        problems = [each.message for report in results.values() for each in report.results]
        modifiers = parsed.df.get("predicate_modifier")
        found[path.name] = {
            "rows": len(parsed.df),
            "denied": 0 if modifiers is None else int((modifiers == "Not").sum()),
            "authors": sorted(set(parsed.df["author_label"])),
            "problems": problems,
        }
    return found


def oak(folder: Path) -> dict[str, str]:
    """What `runoak` prints of a term, in the OWL and the OBO file."""
    from click.testing import CliRunner
    from oaklib.cli import main

    found = {}
    for name in (str(folder / "etiograph.owl"), f"simpleobo:{folder / 'etiograph.obo'}"):
        for words in (["info", TERM], ["ancestors", "-p", "i", BELOW], ["mappings", TERM]):
            done = CliRunner().invoke(main, ["-i", name, *words], catch_exceptions=False)
            found[f"{name.rpartition('.')[2]} {words[0]}"] = done.output
    return found


def obographs(folder: Path) -> dict[str, int]:
    """The sizes of the graph that OAK's own model of obographs reads."""
    from linkml_runtime.loaders import json_loader
    from oaklib.datamodels.obograph import GraphDocument

    (graph,) = json_loader.load(str(folder / "etiograph.json"), GraphDocument).graphs
    return {
        "nodes": len(graph.nodes),
        "edges": len(graph.edges),
        "definitions": len(graph.logicalDefinitionAxioms),
    }


def fastobo(folder: Path) -> int:
    """The frames of the OBO file."""
    import fastobo as parser

    return len(parser.load(str(folder / "etiograph.obo")))


def horned_owl(folder: Path) -> dict[str, list[int]]:
    """The axioms of each ontology, and those that are annotated."""
    import pyhornedowl

    found = {}
    for path in sorted((*folder.glob("*.owl"), *folder.glob("*.ofn"))):
        components = pyhornedowl.open_ontology(str(path)).get_components()
        found[path.name] = [len(components), sum(bool(each.ann) for each in components)]
    return found


def crate(folder: Path) -> dict[str, Any]:
    """What the library of RO-Crate reads of the crate."""
    from rocrate.rocrate import ROCrate

    read = ROCrate(str(folder))
    return {
        "name": read.name,
        "license": read.license["@id"],
        "date": read.root_dataset["datePublished"],
        "files": sorted(each.id for each in read.get_by_type("File")),
    }


def cyclonedx(folder: Path) -> str:
    """What the strict validator of CycloneDX objects to; empty where nothing."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = (folder / "etiograph.cdx.json").read_text("utf-8")
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return "" if problem is None else str(problem)


def pyld(folder: Path) -> list[Any]:
    """The statements of the JSON-LD dump as PyLD frames them, with nothing from any network."""
    from pyld import jsonld

    def load(address: str, _: object = None) -> dict[str, Any]:
        text = (folder / address.rpartition("/")[2]).read_text("utf-8")
        return {"contextUrl": None, "documentUrl": address, "document": json.loads(text)}

    jsonld.set_document_loader(load)
    frame = json.loads((folder / "frames" / "statement.jsonld").read_text("utf-8"))
    found: list[Any] = jsonld.frame(_near_statements(folder), frame)["@graph"]
    return found


def _near_statements(folder: Path) -> dict[str, Any]:
    """The part of the dump that a frame of statements can reach; all of it takes long."""
    dump = json.loads((folder / "etiograph.jsonld").read_text("utf-8"))
    nodes = [node for graph in dump["@graph"] for node in graph.get("@graph", [graph])]
    statements = {node["@id"] for node in nodes if "eg:polarity" in node}
    values = [value for node in nodes if node["@id"] in statements for value in node.values()]
    each = [one for value in values for one in (value if isinstance(value, list) else [value])]
    named = {one["@id"] for one in each if isinstance(one, dict) and "@id" in one}
    wanted = [node for node in nodes if node["@id"] in statements | named]
    return {"@context": dump["@context"], "@graph": wanted}


READERS = (sssom, oak, obographs, fastobo, horned_owl, crate, cyclonedx, pyld)

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    where = Path(sys.argv[1])
    sys.stdout.write(json.dumps({each.__name__: each(where) for each in READERS}))
