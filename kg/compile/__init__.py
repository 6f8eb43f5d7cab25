"""From the source files to a graph: read, check, classify, compile, justify, write."""
