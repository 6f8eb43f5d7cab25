"""Lets PyLD read JSON-LD from its addresses: `python linked.py`, with a list of them in JSON.

Run with the Python that `fetch.py` makes. Printed are, as JSON, the N-Quads of each document.
"""

from __future__ import annotations

import json
import sys

from pyld import jsonld

if __name__ == "__main__":
    wanted = {"format": "application/n-quads"}
    sys.stdout.write(json.dumps([jsonld.to_rdf(each, wanted) for each in json.load(sys.stdin)]))
