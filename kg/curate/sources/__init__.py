"""A curator's way from a text to statements: what a machine can find in a text, it writes down.

No sentence is written: a place is a line, characters and a digest. The Turtle that people wrote is
never written anew; lines are added to it and the rest stays byte for byte.
"""
