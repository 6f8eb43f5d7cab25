"""What differs between two versions of the graph, and what that does to answers.

versions    finds a version by what a user calls it, and builds it where it has to be
content     what a built graph says, thing by thing, in words that can be compared
difference  compares two graphs: what they say, what follows, and what they answer

The values of a comparison are `kg.model.changes`.
"""
