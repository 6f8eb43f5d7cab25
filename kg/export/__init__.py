"""The graph as files for the tools of others: one registry of formats, each with its writer.

formats     every format by name: media type, what it is for, and the function that writes it
source      what every writer is given: one version of the graph, in the forms that writers need
files       an export in a folder: written whole, its names checked
datasets    all graphs as they are: N-Quads, TriG, JSON-LD
ontology    the ontology as one: its files merged under the header of the root
tables      how statements are said in the words of others: the tables of `ontology/exports`
biolink     statements as edges of Biolink, and what of them Biolink cannot say
nanopubs    each statement as a nanopublication, and whether one is what it says

A writer takes a `Source` and gives the content of each file by its name; it opens no file, knows
no clock and no folder, so the same graph gives the same bytes everywhere.
"""
