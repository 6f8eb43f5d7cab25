"""Results that XML cannot carry: found before they are sent, and said in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import unescape

from kg.model.errors import StoreError

_GRAPH: Final = "application/rdf+xml"
_OTHERS: Final[Mapping[str, str]] = {
    "application/sparql-results+xml": "JSON, CSV or TSV",
    _GRAPH: "Turtle or JSON-LD",
}
"""The types that are XML, and what can carry everything instead."""
_CONTROLS: Final = bytes({*range(0x20)} - {*b"\t\n\r"})
_NONE: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""What https://www.w3.org/TR/xml/#charsets leaves out, in UTF-8."""
_NO_NAME: Final = re.compile(rb'<oxprefix: xmlns:oxprefix="([^"]*)"')
"""How the engine writes a predicate that no XML name can be made of."""
_SHOWN: Final = 200


def readable(content: bytes, media_type: str) -> bytes:
    """A result that says to every reader what it says; StoreError where XML cannot carry it.

    A result in a type that is not XML is left as it is.
    """
    if media_type not in _OTHERS:
        return content
    culprit = _character(content) or (_predicate(content) if media_type == _GRAPH else "")
    if culprit:
        raise StoreError(
            f"the result holds {culprit}, which {media_type} cannot carry; "
            f"{_OTHERS[media_type]} can."
        )
    return content.replace(b"\r", b"&#13;")  # one that is written plainly is read as a line feed


def _character(content: bytes) -> str:
    """A character that XML does not have, however it is written."""
    if len(content.translate(None, _CONTROLS)) < len(content):  # ten times as fast as a pattern
        return next(f"the character U+{byte:04X}" for byte in content if byte in _CONTROLS)
    found = next((each for each in _NONE if each in content), None)
    return f"the character U+{ord(found.decode()):04X}" if found else ""


def _predicate(content: bytes) -> str:
    """A predicate that no XML name can be made of."""
    try:
        # A result has no document type, so nothing in it can grow.
        expat.ParserCreate(namespace_separator=" ").Parse(content, True)  # noqa: FBT003
    except expat.ExpatError:
        found = _NO_NAME.search(content)
        name = unescape(found[1].decode())[:_SHOWN] if found else ""
        return f"the predicate <{name}>" if name else "a name that XML keeps for itself"
    return ""
