"""What agents read before they ask: which addresses there are for them."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from kg.serve.http.responses import Reply, etag_of
from kg.serve.settings import state_of

LLMS: Final = "/llms.txt"
_FOR_AN_HOUR: Final = "public, max-age=3600"
_TEXT: Final = """\
# Etiograph

> A clinical knowledge graph that judges the causes which documents list for a laboratory finding, \
and names the statement behind every line. Research and education; not a diagnosis.

What no document states is told as *not covered*. *Undetermined* is not *excluded*. Cite the ids \
of statements, and tell how the documents were reviewed.

## Ask

- [Tools]({url}/mcp): the Model Context Protocol by streamable HTTP; answer a case, why, what if, \
find terms, read statements, check claims, SPARQL
- [Cases]({url}/api/openapi.json?form=short): POST a case to {url}/api/case?detail=brief, as JSON, \
in words (text/plain) or as FHIR; a misread field is named with what is wanted; many cases, one a \
line (application/x-ndjson), to {url}/api/cases
- [Claims]({url}/docs/explanation/claims.html): POST what you are about to say to {url}/api/check, \
as claims (JSON) or in sentences (text/plain): does it say more than the statements do
- [SPARQL]({url}/sparql): SPARQL 1.1; subclasses by a/rdfs:subClassOf*; the prefixes of the graph \
need no declaration
- [Queries]({url}/api): named queries with parameters, each at {url}/api/NAME

## Read

- [Documentation]({url}/docs)
- [Sources]({url}/sources): the documents, and how they stand
- [Rules]({url}/rules)
- [Ontology]({url}/ontology/tree)
- [Everything at once]({url}/data): dumps with their digests
- [Electronic records]({url}/cds-services): CDS Hooks 2.0
"""


async def llms(request: Request) -> Reply:
    """The addresses for a language model (https://llmstxt.org/)."""
    body = _TEXT.format(url=state_of(request).settings.public_url).encode()
    return Reply(body, "text/plain; charset=utf-8", etag=etag_of(body), cache=_FOR_AN_HOUR)
