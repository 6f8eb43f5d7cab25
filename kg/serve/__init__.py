"""The graph over HTTP: a SPARQL endpoint, linked data and an interface, answered by workers.

- `app`: the routes as a table, the application made of them, and how it is
- `settings`: how a server is run
- `state`: the state of a running one, which every route finds
- `server`: sockets, signals and uvicorn
- `services`: the processes that answer: from the graph that is served, and for cases
- `queries`: queries as jobs, which need the graph and nothing else
- `jobs`: whatever else the workers of a graph do
- `packing`: long replies, packed by the worker that made them
- `files`: files of pages, the documentation, and what crawlers and agents read first
- `http/`: what holds for every request
- `sparql/`: the SPARQL 1.1 Protocol, and the same for people
- `linked/`: every IRI of the graph under the server's own address
- `api/`: the shipped queries and cases as an interface
- `agents`, `desk`: the tools for AI agents
- `hooks`: CDS Hooks for electronic records
"""
