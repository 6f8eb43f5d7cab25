"""What differs between two versions of the graph, and what that does to answers."""
