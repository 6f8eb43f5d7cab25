"""Where the graph is asked: one question, several stores.

base              what a store can be asked, what it answers, and a store that caches
local             the graph in memory, by pyoxigraph; results counted and checked
remote            a store of somebody else's: SPARQLWrapper puts the question, replies are read
http              requests to such a store: credentials, retries, one deadline, whole replies
plain             a name without its language, read in English too
unknown           terms that a query names and the graph does not have, with the nearest
syntax            SPARQL as tokens, and syntax errors that a person can act on
queries           a query file as a value: header, parameters, `bind`
publication       what a store says of the graph in it, and how that is checked
publish           puts a built graph into a store, and where stores have their addresses
artifact          the built graph on disk, read
artifact_writer   the same, written
knowledge         a built graph that is open for questions
statements        statements read from a store
named             every named thing of the graph, by what it is called
term_card         everything the graph says of one term
"""
