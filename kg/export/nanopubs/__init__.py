"""Statements as nanopublications: addressed by content, signed, and followed over versions.

words       the terms of nanopublications, and their names inside one
trusty      trusty URIs of RDF: the one text of some quads, and the code made of it
keys        RSA keys in files; signatures made and checked
content     what a statement asserts, and where that comes from
publish     content with who publishes it: signed, addressed, written
former      those of an earlier export, checked before they are believed; signatures kept
index       which there are, each by its file and address
chain       all of one version: kept, new, superseding an earlier one, retracting one
structure   four graphs and what has to stand in them
check       whether a file is what it says: structure, address, signature, key
"""
