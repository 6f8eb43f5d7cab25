"""What differs between two versions of the graph, and what that does to answers.

content     what a built graph says, thing by thing, in words that can be compared
difference  finds two graphs, and compares what they say, what follows, and what they answer

The values of a comparison are `kg.model.changes`.
"""
