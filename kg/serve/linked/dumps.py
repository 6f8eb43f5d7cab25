"""All of the graph in one file."""

from __future__ import annotations

from typing import Final

from kg.model.rdf import read_nquads, write_dataset, write_graph
from kg.serve.linked.view import View

MEDIA_TYPES: Final = {
    "etiograph.nq": "application/n-quads",
    "etiograph.trig": "application/trig",
    "etiograph.owl": "application/rdf+xml",
}
"""The dumps that the description of the dataset names, with their media types."""


def written(view: View, name: str) -> bytes:
    """A dump; the same graph gives the same bytes.

    The ontology is its files as one, under the header of the root; the others hold all graphs.
    """
    media_type = MEDIA_TYPES[name]
    if name.endswith(".owl"):
        return write_graph(view.merged(), media_type, view.base)
    everything = view.everything()
    if name.endswith(".nq"):
        return everything
    return write_dataset(read_nquads(everything), media_type, view.base)
