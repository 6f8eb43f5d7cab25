"""A curator's way from a text to statements: what a machine can find in a text, it writes down.

No sentence is written: a place is a line, characters and a digest. The Turtle that people wrote is
never written anew; lines are added to it and the rest stays byte for byte.

citing        how a text prints its citation numbers
tables        rows of tables, told from sentences
lines         the lines of a page, and which of them are boilerplate
outline       section, item and characters of each line
references    the works of a reference list, to be confirmed
front_matter  what a page says of itself: title, date, publisher, review
files         the two files of a document, read, and what became of each line
add           a document gets its files, and its place in catalogue and root
fill          statements get their places and citation numbers
watch         a look at the articles while they are written
compare       two curators' files of one text
turtle        lines added to Turtle that people wrote
templates/    the two files as a new document has them
"""
