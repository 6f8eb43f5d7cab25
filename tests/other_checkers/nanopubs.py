"""What the Python library of nanopublications says of files, as JSON; it imports nothing of ours.

Run with the Python that `fetch.py` makes: `python nanopubs.py check FILE...`, or
`python nanopubs.py sign KEY FILE`, which signs a nanopublication of its own into a file.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path


def check(*names: str) -> dict[str, list[bool]]:
    """Of each file: whether structure, address and signature are valid, in the library's words."""
    from nanopub import Nanopub, NanopubConf

    found = {}
    for name in names:
        read = Nanopub(rdf=Path(name), conf=NanopubConf(use_test_server=True))
        found[name] = [
            _holds(read, each) for each in ("is_valid", "has_valid_trusty", "has_valid_signature")
        ]
    return found


def _holds(read: object, name: str) -> bool:
    try:
        return bool(getattr(read, name))
    except ValueError:
        return False


def sign(key: str, name: str) -> str:
    """The address of a nanopublication that the library makes, signs and writes."""
    from nanopub import Nanopub, NanopubConf, Profile
    from rdflib import DCTERMS, Graph, URIRef

    profile = Profile("https://orcid.org/0000-0000-0000-0000", "Nobody", Path(key).read_text())
    conf = NanopubConf(
        profile=profile,
        use_test_server=True,
        add_prov_generated_time=True,
        attribute_publication_to_profile=True,
        attribute_assertion_to_profile=True,
    )
    assertion = Graph()
    assertion.add(
        (URIRef("https://example.org/a"), DCTERMS.relation, URIRef("https://example.org/b"))
    )
    made = Nanopub(assertion=assertion, conf=conf)
    this = made.metadata.namespace[""]
    made.pubinfo.add((this, DCTERMS.creator, URIRef(profile.orcid_id)))
    made.pubinfo.add(
        (this, DCTERMS.license, URIRef("https://creativecommons.org/licenses/by/4.0/"))
    )
    from rdflib import XSD, Literal

    made.pubinfo.add(
        (this, DCTERMS.created, Literal("2026-11-22T00:00:00Z", datatype=XSD.dateTime))
    )
    made.sign()
    made.store(Path(name))
    return str(made.source_uri)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    verb, *words = sys.argv[1:]
    made = sign(*words) if verb == "sign" else check(*words)
    sys.stdout.write(json.dumps(made))
