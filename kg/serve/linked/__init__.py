"""Every IRI of the graph under the server's own address: as a page for people, as RDF for programs.

A path is looked up as a term of the graph, in the confined workers; it becomes neither the name of
a file nor a part of a query.

- `routes`: the routes, and what their headers say
- `frames`: what the workers are asked, and in which forms
- `dumps`: the files that hold all of a graph, written once for each version
- `sending`: what is sent of a resource and of a search, and what a robot is told before
- `resolver`: between addresses of this server and IRIs of the graph
- `view`: a graph as pages and documents need it, and the description of a resource
- `links`: terms and codes as people read them
- `wording`: class expressions and axioms in words
- `taxonomy`: the tree of the terms, and why one class is a kind of another
- `search`: the index of everything that has a page
- `material`: what pages are made from, read before there is a request
- `pages`: the page of each kind of resource
- `neighbours`: what a term is joined to, for its picture
- `overviews`: the pages that lead to others
"""
