"""Every IRI of the graph under the server's own address: as a page for people, as RDF for programs.

All of it runs in the confined workers. A path is looked up as a term of the graph; it becomes
neither the name of a file nor a part of a query.
"""
