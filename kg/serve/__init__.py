"""The graph over HTTP: the SPARQL 1.1 Protocol, answered in confined processes."""
