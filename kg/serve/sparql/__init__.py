"""The SPARQL endpoint.

- `protocol`: the query operation of the SPARQL 1.1 Protocol
- `description`: what the endpoint says of itself, where no query is sent
- `lane`: the short way of a plain GET: the same, from bytes to bytes
- `form`: the same for people: a page with a query and its result
- `names`: what an editor of queries offers, the JSON-LD context, and the frame of a statement
"""
