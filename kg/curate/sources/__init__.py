"""A curator's way from a text to statements: what a machine can find in a text, it writes down.

No sentence is written: a place is a line, characters and a digest. What people wrote is never
written anew; lines are added to it and the rest stays byte for byte.

citing        how a text prints its citation numbers
lines         the lines of a page, its rows of tables, and which of them are boilerplate
outline       section, item and characters of each line
references    the works of a reference list, to be confirmed
desk          an article as it lies there: its file, its places, and what became of each line
skeleton      an article gets its file, with what its text says of itself
fill          statements get their places and citation numbers
entering      an article gets its Turtle, and its place in catalogue and root
compare       two curators' files of one text
writing       files changed by a command, each of them whole, with every other byte as it was
"""
